"""Component nianbao_structure: title, agency, year, period, headings and blocks of a document."""

from __future__ import annotations

from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from nianbao.catalogue import Catalogue
from nianbao.gate import Likeness
from nianbao.pipes import extensions
from nianbao.pipes.base import CataloguePipe
from nianbao.structure import analyze


class StructureComponent(CataloguePipe):
    """Writes a document's structure, as plain data, to `doc._.structure` (see `Structure.to_dict`).

    It reads `doc._.metadata` and the places of tables in `doc._.regions`, so it stands behind nianbao_tables. It
    changes no token and no text.

    Args:
        likeness: what judges by its words whether a text is a report, as evidence beside what the text says.
    """

    def __init__(self, catalogue: Catalogue, name: str, likeness: Likeness | None = None) -> None:
        super().__init__(catalogue, name)
        self.likeness = likeness or Likeness()

    def settings(self) -> dict[str, Any]:
        """The judge of words."""
        return {"likeness": self.likeness}

    def __call__(self, doc: Doc) -> Doc:
        text, norm = extensions.views(doc)
        doc._.structure = analyze(
            text, norm, self.catalogue.sections, extensions.regions(doc), doc._.metadata, self.likeness
        ).to_dict()
        return doc


@Language.factory(
    "nianbao_structure",
    assigns=["doc._.structure"],
    requires=["doc._.regions"],
    default_config={"catalogue": {"@misc": "nianbao.Catalogue.v1"}},
)
def create(nlp: Language, name: str, catalogue: Catalogue) -> StructureComponent:
    """The component, as spaCy's registry wants it."""
    return StructureComponent(catalogue, name)
