"""The spaCy component nianbao_lines."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from nianbao.pipes import extensions
from nianbao.pipes.lines.analysis import analyze
from nianbao.pipes.lines.rules import load_rules
from nianbao.pipes.lines.types import Line


class LinesComponent:
    """Writes a document's structure, as plain data, to `doc._.structure` (see `Structure.to_dict`).

    It reads `doc._.metadata` (`year`) and the places of tables in `doc._.regions`, so it stands behind
    nianbao_tables. It changes no token and no text.
    """

    def __init__(self) -> None:
        extensions.register()
        self.rules = load_rules()

    def __call__(self, doc: Doc) -> Doc:
        regions = [Line(region["start"], region["end"], "table") for region in doc._.regions]
        text, norm = extensions.views(doc)
        doc._.structure = analyze(text, norm, regions, doc._.metadata, self.rules).to_dict()
        return doc


@Language.factory("nianbao_lines", assigns=["doc._.structure"])
def create(nlp: Language, name: str) -> LinesComponent:
    """The component, as spaCy's registry wants it."""
    return LinesComponent()
