"""The prose in paragraphs: blocks of prose joined over the line breaks inside their sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from nianbao.language.script import normalize
from nianbao.structure.types import Block, Heading, Structure, TextRange

_SENTENCE_ENDS = frozenset("。!?;:")
_WIDEST_BREAK = 4


class Paragraph(NamedTuple):
    """A paragraph of prose. `headings`: the normalised titles above it, the nearest first."""

    start: int
    end: int
    headings: tuple[str, ...]


def paragraphs(norm: str, structure: Structure, regions: Sequence[TextRange] = ()) -> list[Paragraph]:
    """The document's prose, in its order, without headings, tables and furniture.

    norm: the text's normalised view. regions: where tables stand; what lies in one is no prose. A paragraph goes on
    over a line break when the line before it does not end a sentence.
    """
    joined = _joined(norm, structure)
    return [piece for whole in joined for piece in _outside(whole, regions)]


def _joined(norm: str, structure: Structure) -> Iterator[Paragraph]:
    current: Paragraph | None = None
    for block, above in _under_headings(structure.blocks, structure.headings):
        goes_on = current is not None and norm[current.end - 1 : current.end] not in _SENTENCE_ENDS
        if block.kind == "blank" and goes_on:
            continue
        if block.kind != "prose":
            if current:
                yield current
            current = None
        elif current and goes_on and above == current.headings and block.start - current.end <= _WIDEST_BREAK:
            current = current._replace(end=block.end)
        else:
            if current:
                yield current
            current = Paragraph(block.start, block.end, above)
    if current:
        yield current


def _under_headings(blocks: Sequence[Block], headings: Sequence[Heading]) -> Iterator[tuple[Block, tuple[str, ...]]]:
    """Each block with the titles above it, the nearest first."""
    at = 0
    path: list[Heading] = []
    above: tuple[str, ...] = ()
    for block in blocks:
        while at < len(headings) and headings[at].start < block.end:
            while path and path[-1].level >= headings[at].level:
                path.pop()
            path.append(headings[at])
            above = tuple(normalize(heading.text) for heading in reversed(path))
            at += 1
        yield block, above


def _outside(paragraph: Paragraph, regions: Sequence[TextRange]) -> Iterator[Paragraph]:
    """The parts of a paragraph that lie in no region."""
    position = paragraph.start
    for region in regions:
        if region.end <= position or region.start >= paragraph.end:
            continue
        if region.start > position:
            yield paragraph._replace(start=position, end=region.start)
        position = max(position, region.end)
    if position < paragraph.end:
        yield paragraph._replace(start=position)
