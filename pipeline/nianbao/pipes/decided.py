"""Component nianbao_decided_linker: rules, network and the decision between them, in place of nianbao_linker."""

from __future__ import annotations

from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from nianbao.catalogue import Catalogue
from nianbao.paths import data_dir
from nianbao.pipes.base import CataloguePipe
from nianbao.pipes.linker import link_to_plain
from nianbao.pipes.mentions import from_plain
from nianbao.prose.decision.decide import Decider
from nianbao.prose.decision.model import DecisionModel
from nianbao.prose.decision.options import Tables
from nianbao.prose.knowledge import Knowledge
from nianbao.prose.linking import Linker


def tables_say(doc: Doc) -> Tables:
    """The values that the document's tables give each metric, applicant and year."""
    report_year = doc._.structure.get("report_year")
    found: dict[tuple[Any, ...], frozenset[float]] = {}
    for cell in doc._.cells:
        if cell["metric"] and cell["value"] is not None:
            year = report_year + (cell["year_offset"] or 0) if report_year is not None else None
            slot = cell["metric"], cell["applicant"] or "total", year
            found[slot] = found.get(slot, frozenset()) | {float(cell["value"])}
    return found


class DecidedLinker(CataloguePipe):
    """Sets `doc._.links` from `doc._.mentions` and `doc._.numbers`.

    Args:
        model: the decision; None loads the one that ships. Without any, or for a Doc of which no network spoke, the
            rules link alone.
    """

    def __init__(
        self, catalogue: Catalogue, name: str = "nianbao_decided_linker", model: DecisionModel | None = None
    ) -> None:
        super().__init__(catalogue, name)
        self.model = model
        shipped = data_dir("models") / "decision"
        if model is None and DecisionModel.is_in(shipped):
            self.model = DecisionModel.load(shipped)

    def settings(self) -> dict[str, Any]:
        return {"model": self.model}

    def state(self) -> dict[str, bytes]:
        return {"model": b"" if self.model is None else self.model.to_bytes()}

    def restore(self, state: dict[str, bytes]) -> None:
        if state["model"]:
            self.model = DecisionModel.from_bytes(state["model"])

    def compile(self) -> None:
        self.linker = Linker(self.catalogue.compiled(Knowledge))
        known = frozenset(metric.id for metric in self.catalogue.metrics)
        self.decider = None if self.model is None else Decider(self.linker, self.model, known)

    def __call__(self, doc: Doc) -> Doc:
        self.ready()
        mentions = [from_plain(data) for data in doc._.mentions]
        if self.decider is not None and len(doc._.numbers) == len(mentions):
            links = self.decider.link(mentions, doc._.numbers, tables_say(doc))
        else:
            links = self.linker.link(mentions)
        doc._.links = [link_to_plain(link) for link in links]
        return doc


@Language.factory(
    "nianbao_decided_linker",
    assigns=["doc._.links"],
    requires=["doc._.mentions", "doc._.numbers"],
    default_config={"catalogue": {"@misc": "nianbao.Catalogue.v1"}},
)
def create(nlp: Language, name: str, catalogue: Catalogue) -> DecidedLinker:
    """The component, as spaCy's registry wants it."""
    return DecidedLinker(catalogue, name)
