"""Component nianbao_linker: the canonical metric of each mention, or none."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

from spacy.language import Language
from spacy.tokens import Doc

from nianbao.catalogue import Catalogue
from nianbao.paths import data_dir
from nianbao.pipes import extensions
from nianbao.pipes.base import CataloguePipe
from nianbao.pipes.mentions import from_plain
from nianbao.prose.knowledge import Knowledge
from nianbao.prose.learned import LearnedLinker, rules_say
from nianbao.prose.linking import Link, Linker
from nianbao.prose.model import NONE, LinkModel

Mode = Literal["rules", "model", "all"]
MODES: tuple[Mode, ...] = ("rules", "model", "all")


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


@dataclass(slots=True, frozen=True)
class Opinion:
    """What the trained linker thinks of a number.

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
    """Sets `doc._.links` from `doc._.mentions`.

    Args:
        mode: "rules" for the catalogue's rules alone; "model" for the trained classifier, which abstains below its
            threshold; "all" for the classifier with the rules behind it where it abstains (the rules alone where none
            ships).
        model: the classifier; None loads the one that ships.
        without: ids that may not be given, as if the registry had them not.

    Raises:
        ValueError: an unknown mode. FileNotFoundError: no classifier ships and the mode wants one.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        name: str = "nianbao_linker",
        mode: Mode = "all",
        model: LinkModel | None = None,
        without: Collection[str] = (),
    ) -> None:
        if mode not in MODES:
            raise ValueError(f"nianbao_linker has no mode {mode!r}; it has {', '.join(MODES)}")
        super().__init__(catalogue, name)
        self.mode = mode
        self.without = frozenset(without)
        self.learned: LearnedLinker | None = None
        self.model = model
        shipped = data_dir("models") / "linker"
        if model is None and mode != "rules" and (mode != "all" or LinkModel.is_in(shipped)):
            self.model = LinkModel.load(shipped)

    def settings(self) -> dict[str, Any]:
        return {"mode": self.mode, "model": self.model, "without": sorted(self.without)}

    def state(self) -> dict[str, bytes]:
        return {"model": b"" if self.model is None else self.model.to_bytes()}

    def restore(self, state: dict[str, bytes]) -> None:
        if state["model"] and self.mode != "rules":
            self.model = LinkModel.from_bytes(state["model"])

    def compile(self) -> None:
        metrics = self.catalogue.metrics
        self.known = frozenset(metric.id for metric in metrics) - self.without
        self.linker = Linker(self.catalogue.compiled(Knowledge))
        self.learned = None
        if self.model is not None:
            self.learned = LearnedLinker(self.linker, self.model, self.known, metrics, fall_back=self.mode == "all")

    def __call__(self, doc: Doc) -> Doc:
        self.ready()
        mentions = [from_plain(data) for data in doc._.mentions]
        if self.learned is None:
            links = [link for link in self.linker.link(mentions) if link.metric is None or link.metric in self.known]
        else:
            links = self.learned.link(mentions, extensions.views(doc)[1])
        doc._.links = [link_to_plain(link) for link in links]
        return doc

    def opinions(self, doc: Doc, count: int) -> dict[tuple[int, int], Opinion]:
        """What the trained linker, without thresholds, thinks of the span of each mention; empty without one.

        A span that several mentions share has the least confidence of theirs, and is disputed where one of them is.
        """
        self.ready()
        if self.learned is None:
            return {}
        mentions = [from_plain(data) for data in doc._.mentions]
        links: dict[int, list[Link]] = {id(mention): [] for mention in mentions}
        for link in self.linker.link(mentions):
            links[id(link.mention)].append(link)
        _, norm = extensions.views(doc)
        said = [rules_say(links[id(mention)]) for mention in mentions]
        rows = [self.learned.features(mention, norm, links[id(mention)]) for mention in mentions]
        answers, ranked = self.learned.model.predict(rows, said), self.learned.model.ranked(rows, count)
        found: dict[tuple[int, int], Opinion] = {}
        for mention, rule, answer, names in zip(mentions, said, answers, ranked, strict=True):
            names = [name for name in dict.fromkeys([answer.metric, *names]) if name != NONE][:count]
            place = mention.start, mention.end
            found[place] = Opinion(names, answer.confidence, answer.metric != rule).beside(found.get(place))
        return found


@Language.factory(
    "nianbao_linker",
    assigns=["doc._.links"],
    requires=["doc._.mentions"],
    default_config={"catalogue": {"@misc": "nianbao.Catalogue.v1"}, "mode": "all"},
)
def create(nlp: Language, name: str, catalogue: Catalogue, mode: Mode) -> LinkerPipe:
    """The component, as spaCy's registry wants it."""
    return LinkerPipe(catalogue, name, mode)
