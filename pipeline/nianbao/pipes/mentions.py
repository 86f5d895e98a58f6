"""Component nianbao_mentions: the numbers and stated numbers of the prose, with what surrounds them."""

from __future__ import annotations

from dataclasses import fields
from operator import attrgetter
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from nianbao.catalogue import Catalogue
from nianbao.language.script import normalize
from nianbao.pipes import extensions
from nianbao.pipes.base import CataloguePipe
from nianbao.prose.context import Reference
from nianbao.prose.knowledge import Knowledge
from nianbao.prose.mentions import Mention, MentionReader
from nianbao.prose.reflow import ProseParagraph
from nianbao.structure import Structure, paragraphs

_NAMES = tuple(f.name for f in fields(Mention))
_values = attrgetter(*_NAMES)


def to_plain(mention: Mention) -> dict[str, Any]:
    """The mention as plain data (shallow: its parts are plain already)."""
    return dict(zip(_NAMES, _values(mention), strict=True))


def from_plain(data: dict[str, Any]) -> Mention:
    """The mention of plain data."""
    return Mention(**{**data, "names": [None if place is None else tuple(place) for place in data["names"]]})


class Mentions(CataloguePipe):
    """Sets `doc._.mentions` (list of plain mentions) from `doc._.structure` and `doc._.regions`."""

    def compile(self) -> None:
        self.reader = MentionReader(self.catalogue.compiled(Knowledge))

    def __call__(self, doc: Doc) -> Doc:
        self.ready()
        _, norm = extensions.views(doc)
        structure = Structure.from_dict(doc._.structure)
        agency = structure.agency
        reference = Reference(structure.report_year, normalize(agency) if agency else None)
        prose = [ProseParagraph(*paragraph) for paragraph in paragraphs(norm, structure, extensions.regions(doc))]
        found = self.reader.read(norm, prose, reference)
        doc._.mentions = [to_plain(mention) for mention in found]
        return doc


@Language.factory(
    "nianbao_mentions",
    assigns=["doc._.mentions"],
    requires=["doc._.structure"],
    default_config={"catalogue": {"@misc": "nianbao.Catalogue.v1"}},
)
def create(nlp: Language, name: str, catalogue: Catalogue) -> Mentions:
    """The component, as spaCy's registry wants it."""
    return Mentions(catalogue, name)
