"""Component nianbao_linker: the canonical metric of each mention, or none."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Literal

from spacy.language import Language
from spacy.tokens import Doc

from nianbao.catalogue import Catalogue
from nianbao.paths import data_dir
from nianbao.pipes.base import CataloguePipe
from nianbao.pipes.mentions import from_plain
from nianbao.prose.decision.decide import NUMBERS, Decider, NetworkLinks
from nianbao.prose.decision.model import DecisionModel
from nianbao.prose.decision.options import Tables
from nianbao.prose.knowledge import Knowledge
from nianbao.prose.linking import Link, Linker

Mode = Literal["rules", "network", "decided"]
MODES: tuple[Mode, ...] = ("rules", "network", "decided")


def link_to_plain(link: Link) -> dict[str, Any]:
    """The link as plain data, with its mention's span."""
    mention = link.mention
    return {
        "start": mention.start,
        "end": mention.end,
        "metric": link.metric,
        "applicant": link.applicant,
        "value": link.value,
        "status": link.status,
        "qualifier": mention.qualifier,
        "year": link.year,
        "scope": link.scope,
        "confidence": link.confidence,
        "rule": link.rule,
        "runner_up": link.runner_up,
        "name": list(link.name) if link.name else None,
        "unit": mention.unit,
        "readings": None if mention.readings is None else [f"{value:g}" for value in mention.readings],
    }


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


@dataclass(slots=True, frozen=True)
class Opinion:
    """What rules, network and decision together think of a number.

    `names`: the likeliest metrics, best first; `confidence`: in its answer, no metric being one too (0 to 1);
    `disputed`: the rules alone answer otherwise.
    """

    names: list[str]
    confidence: float
    disputed: bool

    def beside(self, other: Opinion | None) -> Opinion:
        """One opinion of two on the same span."""
        if other is None:
            return self
        names = [*dict.fromkeys([*other.names, *self.names])][: max(len(self.names), len(other.names))]
        return Opinion(names, min(self.confidence, other.confidence), self.disputed or other.disputed)


class LinkerPipe(CataloguePipe):
    """Sets `doc._.links` from `doc._.mentions` and `doc._.numbers`.

    Args:
        mode: "rules" for the catalogue's rules alone; "network" for the network alone; "decided" for both with the
            decision between them (the rules alone where no decision ships, or for a Doc of which no network spoke).
        model: the decision; None loads the one that ships.
        without: ids that may not be given, as if the registry had them not.

    Raises:
        ValueError: an unknown mode.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        name: str = "nianbao_linker",
        mode: Mode = "decided",
        model: DecisionModel | None = None,
        without: Collection[str] = (),
    ) -> None:
        if mode not in MODES:
            raise ValueError(f"nianbao_linker has no mode {mode!r}; it has {', '.join(MODES)}")
        super().__init__(catalogue, name)
        self.mode = mode
        self.without = frozenset(without)
        self.model = model
        shipped = data_dir("models") / "decision"
        if model is None and mode == "decided" and DecisionModel.is_in(shipped):
            self.model = DecisionModel.load(shipped)

    def settings(self) -> dict[str, Any]:
        return {"mode": self.mode, "model": self.model, "without": sorted(self.without)}

    def state(self) -> dict[str, bytes]:
        return {"model": b"" if self.model is None else self.model.to_bytes()}

    def restore(self, state: dict[str, bytes]) -> None:
        if state["model"] and self.mode == "decided":
            self.model = DecisionModel.from_bytes(state["model"])

    def compile(self) -> None:
        self.known = frozenset(metric.id for metric in self.catalogue.metrics) - self.without
        self.linker = Linker(self.catalogue.compiled(Knowledge))
        self.decider: Decider | NetworkLinks | None = None
        if self.mode == "network":
            self.decider = NetworkLinks(self.linker, self.known)
        elif self.mode == "decided" and self.model is not None:
            self.decider = Decider(self.linker, self.model, self.known)

    def __call__(self, doc: Doc) -> Doc:
        self.ready()
        mentions = [from_plain(data) for data in doc._.mentions]
        if self.decider is not None and len(doc._.numbers) == len(mentions):
            links = self.decider.link(mentions, doc._.numbers, tables_say(doc))
        else:
            links = [found for link in self.linker.link(mentions) if (found := self._known(link)) is not None]
        doc._.links = [link_to_plain(link) for link in links]
        return doc

    def unseen(self, doc: Doc) -> list[dict[str, Any]]:
        """Links by one who has not seen the tables, of the numbers that these say otherwise: [] where none ships.

        What the tables say is a part of what is believed of the prose, so that a report that contradicts itself is the
        less believed; whoever looks for contradictions needs to hear the prose alone.
        """
        self.ready()
        tables = tables_say(doc)
        if not isinstance(self.decider, Decider) or not tables or len(doc._.numbers) != len(doc._.mentions):
            return []
        year = doc._.structure.get("report_year")
        found = []
        for link in self.decider.link([from_plain(data) for data in doc._.mentions], doc._.numbers, {}):
            slot = link.metric, link.applicant or "total", year if link.year is None else link.year
            if link.metric and link.value is not None and link.value not in tables.get(slot, {link.value}):
                found.append(link_to_plain(link))
        return found

    def _known(self, link: Link) -> Link | None:
        """The link; a number of an id that may not be given stays open."""
        if link.metric is None or link.metric in self.known:
            return link
        return replace(link, metric=None, applicant=None) if link.mention.kind in NUMBERS else None

    def opinions(self, doc: Doc, count: int) -> dict[tuple[int, int], Opinion]:
        """What the decision thinks of the span of each mention; empty without one.

        A span that several mentions share has the least confidence of theirs, and is disputed where one of them is.
        """
        self.ready()
        mentions = [from_plain(data) for data in doc._.mentions]
        if not isinstance(self.decider, Decider) or len(doc._.numbers) != len(mentions):
            return {}
        found: dict[tuple[int, int], Opinion] = {}
        answers = self.decider.judge(mentions, doc._.numbers, tables_say(doc))
        for mention, entry, answer in zip(mentions, doc._.numbers, answers, strict=True):
            ranked = [metric for metric, _ in entry["metrics"]]
            names = [name for name in dict.fromkeys([answer.metric, *ranked]) if name in self.known][:count]
            place = mention.start, mention.end
            found[place] = Opinion(names, answer.confidence, answer.disputed).beside(found.get(place))
        return found


@Language.factory(
    "nianbao_linker",
    assigns=["doc._.links"],
    requires=["doc._.mentions", "doc._.numbers"],
    default_config={"catalogue": {"@misc": "nianbao.Catalogue.v1"}, "mode": "decided"},
)
def create(nlp: Language, name: str, catalogue: Catalogue, mode: Mode) -> LinkerPipe:
    """The component, as spaCy's registry wants it."""
    return LinkerPipe(catalogue, name, mode)
