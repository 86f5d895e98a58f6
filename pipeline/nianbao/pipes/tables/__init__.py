"""The component that reads a document's statutory tables: `nianbao_tables`."""

from __future__ import annotations

from dataclasses import asdict

from spacy.language import Language
from spacy.tokens import Doc

from nianbao.forms.knowledge import FormKnowledge, default_knowledge
from nianbao.forms.reader import TableReader
from nianbao.pipes import extensions

__all__ = ["Tables", "create"]


class Tables:
    """Writes `doc._.cells` and `doc._.regions`, both lists of plain dicts.

    A cell says metric, applicant, status, value (canonical unit), the offsets of value and row label, and how sure
    the reading is. It reads `doc._.grids` where the format has true grids.

        nlp = spacy.blank("zh"); nlp.add_pipe("nianbao_tables")
        nlp("(一)收到申请数 | 件 | 28 |…")._.cells
    """

    def __init__(self, name: str = "nianbao_tables", knowledge: FormKnowledge | None = None) -> None:
        self.name = name
        self.reader = TableReader(knowledge or default_knowledge())
        extensions.register()

    def __call__(self, doc: Doc) -> Doc:
        text, norm = extensions.views(doc)
        reading = self.reader.read(text, norm, doc._.grids)
        doc._.regions = [asdict(region) for region in reading.regions]
        doc._.cells = reading.cells
        return doc


@Language.factory("nianbao_tables")
def create(nlp: Language, name: str) -> Tables:
    """The factory that spaCy calls."""
    return Tables(name)
