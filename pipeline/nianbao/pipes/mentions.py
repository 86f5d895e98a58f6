"""Component nianbao_mentions: the numbers and stated numbers of the prose, with what surrounds them."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from nianbao.language.script import normalize
from nianbao.pipes import extensions
from nianbao.prose.compact import Stretch
from nianbao.prose.context import Reference
from nianbao.prose.mentions import Mention, MentionReader

_NAMES = tuple(f.name for f in fields(Mention))


def to_plain(mention: Mention) -> dict[str, Any]:
    """The mention as plain data (shallow: its parts are plain already)."""
    return {name: getattr(mention, name) for name in _NAMES}


def from_plain(data: dict[str, Any]) -> Mention:
    """The mention of plain data."""
    return Mention(**data)


def stretches(norm: str, structure: dict[str, Any], regions: list[dict[str, Any]]) -> list[Stretch]:
    """The document's prose in paragraphs: without headings, tables, furniture; hard line breaks joined.

    A paragraph goes on over a line break when the line before it does not end a sentence.
    """
    headings = structure["headings"]
    found: list[Stretch] = []
    start = stop = -1
    at = 0
    path: list[dict[str, Any]] = []
    current: tuple[str, ...] = ()

    def close() -> None:
        if start >= 0:
            found.append(Stretch(start, stop, current))

    for left, right, kind in structure["lines"]:
        while at < len(headings) and headings[at]["start"] < right:
            heading = headings[at]
            while path and path[-1]["level"] >= heading["level"]:
                path.pop()
            path.append(heading)
            at += 1
        if kind != "prose":
            if kind != "blank" or start < 0 or norm[stop - 1 : stop] in "。!?;:":
                close()
                start = -1
            continue
        above = tuple(normalize(h["text"]) for h in reversed(path))
        joins = start >= 0 and above == current and norm[stop - 1] not in "。!?;:" and left - stop <= 4
        if not joins:
            close()
            start, current = left, above
        stop = right
    close()
    return [piece for whole in found for piece in _outside(whole, regions)]


def _outside(stretch: Stretch, regions: list[dict[str, Any]]) -> list[Stretch]:
    pieces = []
    position = stretch.start
    for region in regions:
        if region["end"] <= position or region["start"] >= stretch.end:
            continue
        if region["start"] > position:
            pieces.append(Stretch(position, region["start"], stretch.headings))
        position = max(position, region["end"])
    if position < stretch.end:
        pieces.append(Stretch(position, stretch.end, stretch.headings))
    return pieces


class Mentions:
    """Sets `doc._.mentions` (list of plain mentions) from `doc._.structure` and `doc._.regions`."""

    def __init__(self) -> None:
        extensions.register()
        self.reader = MentionReader()

    def __call__(self, doc: Doc) -> Doc:
        _, norm = extensions.views(doc)
        structure = doc._.structure
        agency = structure.get("agency")
        reference = Reference(structure.get("report_year"), normalize(agency) if agency else None)
        found = self.reader.read(norm, stretches(norm, structure, doc._.regions), reference)
        doc._.mentions = [to_plain(mention) for mention in found]
        return doc


@Language.factory("nianbao_mentions", assigns=["doc._.mentions"], requires=["doc._.structure"])
def create(nlp: Language, name: str) -> Mentions:
    """The component, as spaCy's registry wants it."""
    return Mentions()
