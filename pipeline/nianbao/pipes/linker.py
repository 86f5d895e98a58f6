"""Component nianbao_linker: the canonical metric of each mention, or none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from spacy.language import Language
from spacy.tokens import Doc

from nianbao.metrics import load_registry
from nianbao.paths import data_dir
from nianbao.pipes import extensions
from nianbao.pipes.mentions import from_plain
from nianbao.prose.learned import LearnedLinker, rules_say
from nianbao.prose.linking import Link, Linker
from nianbao.prose.model import NONE, LinkModel
from nianbao.prose.rules import default_rules

Mode = Literal["rules", "model", "all"]
MODES: tuple[Mode, ...] = ("rules", "model", "all")


def link_to_plain(link: Link) -> dict[str, Any]:
    """The link as plain data, with the mention's own span, year and scope."""
    mention = link.mention
    return {
        "start": mention.start,
        "end": mention.end,
        "metric": link.metric,
        "applicant": link.applicant,
        "value": link.value,
        "status": link.status,
        "qualifier": mention.qualifier,
        "year": mention.year,
        "scope": mention.scope,
        "confidence": link.confidence,
        "rule": link.rule,
        "runner_up": link.runner_up,
        "name": list(link.name),
        "unit": mention.unit,
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


class LinkerPipe:
    """Sets `doc._.links` from `doc._.mentions`.

    Args:
        mode: "rules" for the rules of configs/prose alone; "model" for the trained classifier, which abstains below
            its threshold; "all" for the classifier with the rules behind it where it abstains (the rules alone where
            none ships).
        model: the classifier; None loads the one that ships.
        registry: ids that may be given; None: all of the registry.

    Raises:
        ValueError: an unknown mode. FileNotFoundError: no classifier ships and the mode wants one.
    """

    def __init__(
        self, mode: Mode = "all", model: LinkModel | None = None, registry: frozenset[str] | None = None
    ) -> None:
        if mode not in MODES:
            raise ValueError(f"nianbao_linker has no mode {mode!r}; it has {', '.join(MODES)}")
        extensions.register()
        metrics = load_registry()
        by_applicant = frozenset(m.id for m in metrics if "applicant" in m.dimensions)
        self.mode = mode
        self.known = frozenset(m.id for m in metrics) if registry is None else registry
        self.linker = Linker(default_rules(), by_applicant)
        self.learned: LearnedLinker | None = None
        shipped = data_dir("models") / "linker"
        if model is None and mode == "all" and not LinkModel.is_in(shipped):
            return
        if mode != "rules":
            self._use(model or LinkModel.load(shipped))

    def _use(self, model: LinkModel) -> None:
        self.learned = LearnedLinker(self.linker, model, self.known, fall_back=self.mode == "all")

    def __call__(self, doc: Doc) -> Doc:
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

    def to_disk(self, path: str | Path, *, exclude: tuple[str, ...] = ()) -> None:
        """Writes the classifier, when there is one."""
        if self.learned is not None:
            self.learned.model.save(Path(path))

    def from_disk(self, path: str | Path, *, exclude: tuple[str, ...] = ()) -> LinkerPipe:
        """Reads the classifier that `to_disk` wrote."""
        if self.mode != "rules":
            self._use(LinkModel.load(Path(path)))
        return self

    def to_bytes(self, *, exclude: tuple[str, ...] = ()) -> bytes:
        """The classifier as bytes; empty without one."""
        return b"" if self.learned is None else self.learned.model.to_bytes()

    def from_bytes(self, data: bytes, *, exclude: tuple[str, ...] = ()) -> LinkerPipe:
        """Reads what `to_bytes` gave."""
        if data and self.mode != "rules":
            self._use(LinkModel.from_bytes(data))
        return self


@Language.factory(
    "nianbao_linker", assigns=["doc._.links"], requires=["doc._.mentions"], default_config={"mode": "all"}
)
def create(nlp: Language, name: str, mode: Mode) -> LinkerPipe:
    """The component, as spaCy's registry wants it."""
    return LinkerPipe(mode)
