"""Component nianbao_structure: title, agency, year, period, headings and blocks of a document."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from nianbao.pipes import extensions
from nianbao.structure import Rules, analyze, load_rules


class StructureComponent:
    """Writes a document's structure, as plain data, to `doc._.structure` (see `Structure.to_dict`).

    It reads `doc._.metadata` and the places of tables in `doc._.regions`, so it stands behind nianbao_tables. It
    changes no token and no text.
    """

    def __init__(self, rules: Rules) -> None:
        extensions.register()
        self.rules = rules

    def __call__(self, doc: Doc) -> Doc:
        text, norm = extensions.views(doc)
        doc._.structure = analyze(text, norm, self.rules, extensions.regions(doc), doc._.metadata).to_dict()
        return doc


@Language.factory("nianbao_structure", assigns=["doc._.structure"])
def create(nlp: Language, name: str) -> StructureComponent:
    """The component, as spaCy's registry wants it."""
    return StructureComponent(load_rules())
