"""The component that reads a document's statutory tables: `nianbao_tables`."""

from __future__ import annotations

from dataclasses import asdict

from spacy.language import Language
from spacy.tokens import Doc

from nianbao.catalogue import Catalogue
from nianbao.forms.knowledge import FormKnowledge
from nianbao.forms.reader import TableReader
from nianbao.pipes import extensions
from nianbao.pipes.base import CataloguePipe

__all__ = ["Tables", "create"]


class Tables(CataloguePipe):
    """Writes `doc._.cells` and `doc._.regions`, both lists of plain dicts.

    A cell says metric, applicant, status, value (canonical unit), the offsets of value and row label, and how sure
    the reading is. It reads `doc._.grids` where the format has true grids.

        nlp = spacy.blank("zh"); nlp.add_pipe("nianbao_tables")
        nlp("(一)收到申请数 | 件 | 28 |…")._.cells
    """

    def compile(self) -> None:
        self.reader = TableReader(self.catalogue.compiled(FormKnowledge))

    def __call__(self, doc: Doc) -> Doc:
        self.ready()
        text, norm = extensions.views(doc)
        reading = self.reader.read(text, norm, doc._.grids)
        doc._.regions = [asdict(region) for region in reading.regions]
        doc._.cells = reading.cells
        if reading.unread:
            what = f"{reading.unread} numbers of tables have no place in the form"
            doc._.warnings = [*doc._.warnings, ["unread_numbers", what]]
        return doc


@Language.factory(
    "nianbao_tables",
    assigns=["doc._.cells", "doc._.regions"],
    default_config={"catalogue": {"@misc": "nianbao.Catalogue.v1"}},
)
def create(nlp: Language, name: str, catalogue: Catalogue) -> Tables:
    """The factory that spaCy calls."""
    return Tables(catalogue, name)
