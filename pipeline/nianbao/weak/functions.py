"""Labelling functions: each looks at one mention and names a metric, says that it counts none, or abstains.

The rules of configs/prose/rules.yaml are labelling functions, one a rule (`rule/<metric>/<number>`). The others are
small: why the number is excluded (`none/difference`), what its words are about (`none/category`), its measure word, the
heading above, and a table of the same document that prints the same number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from nianbao.paths import data_dir, load_yaml
from nianbao.prose.knowledge import Knowledge
from nianbao.prose.linking import judge
from nianbao.prose.mention import Mention
from nianbao.prose.rules import ANY_UNIT, RuleSet, Verdict, View

NONE = ""
"""The label of a number that counts no canonical metric."""

STATED = frozenset({"zero", "all", "done"})


@lru_cache(maxsize=1)
def settings() -> dict[str, Any]:
    """configs/weak.yaml."""
    path = data_dir("configs") / "weak.yaml"
    return load_yaml(path)


@dataclass(slots=True, frozen=True)
class Vote:
    """What one labelling function says of one mention."""

    function: str
    label: str


@dataclass(slots=True)
class PrintedCells:
    """A document's cells, as labelling functions see them: (value, is money) -> the metrics of the cells with it."""

    cells: dict[tuple[float, bool], set[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, cells: Iterable[dict[str, Any]], money: frozenset[str]) -> PrintedCells:
        """The scene of a document's cells (`doc._.cells`); `money`: ids of the metrics counted in yuan."""
        found: dict[tuple[float, bool], set[str]] = defaultdict(set)
        for cell in cells:
            if cell["metric"] and cell["value"] is not None and not cell["year_offset"]:
                found[cell["value"], cell["metric"] in money].add(cell["metric"])
        return cls(dict(found))


class VoteRecorder(RuleSet):
    """The rules, with every vote that they cast on the view judged last kept in `heard`."""

    __slots__ = ("heard", "view")

    def judge(self, view: View) -> Verdict:
        self.view = view
        self.heard = self.votes(view)
        return RuleSet.judge(self, view)


class Collector:
    """Collects the votes of all labelling functions.

    Args:
        knowledge: whose rules are the regex seeds; `rules` stands in their place where it is given.
    """

    def __init__(self, knowledge: Knowledge, rules: RuleSet | None = None) -> None:
        rules = knowledge.rules if rules is None else rules
        self._knowledge = knowledge
        self._recorder = VoteRecorder(rules.rules, rules.topics, rules.disclosure)
        self._money = knowledge.money
        self._units = frozenset().union(*(rule.units for rule in rules.rules)) if rules.rules else frozenset()
        self._settings = settings()
        self._small: tuple[Callable[[Mention, View, PrintedCells], Iterator[Vote]], ...] = (
            self._excluded,
            self._concepts,
            self._narrowed,
            self._unit,
            self._heading,
            self._table,
        )

    def without(self, metrics: Collection[str]) -> Collector:
        """The functions that name none of these metrics."""
        rules = tuple(rule for rule in self._recorder.rules if rule.metric not in metrics)
        return Collector(self._knowledge, RuleSet(rules, self._recorder.topics, self._recorder.disclosure))

    def trust(self) -> dict[str, float]:
        """Function -> what its votes are worth before any is compared with another's."""
        trust = self._settings["trust"]
        found = {f"rule/{rule.name}": rule.confidence for rule in self._recorder.rules}
        found |= {f"none/{name}": trust["excluded"] for name in self._settings["exclusions"]}
        found |= {f"none/{name}": trust[name] for name in ("narrowed", "unknown_unit", *self._settings["concepts"])}
        return found | {name: trust[name] for name in ("heading", "table", "corroborated")}

    def collect(self, mentions: Sequence[Mention], cells: Iterable[dict[str, Any]] = ()) -> list[list[Vote]]:
        """For each mention of one document, in the order of the text, the votes on it."""
        printed = PrintedCells.of(cells, self._money)
        given: set[str] = set()
        found = []
        for mention in mentions:
            verdict, _ = judge(mention, self._recorder, self._knowledge.roles.all, frozenset(given))
            found.append(self._votes(mention, printed))
            if verdict.metric and mention.scope is None and mention.exclusion is None:
                given.add(verdict.metric)
        return found

    def _votes(self, mention: Mention, cells: PrintedCells) -> list[Vote]:
        view, heard = self._recorder.view, self._recorder.heard
        # A rule abstains where a more specific one speaks, as its author meant it, and where the number is excluded: it
        # says what a number would count if it counted anything. Weaker rules for the same metric corroborate it.
        if mention.exclusion is not None:
            heard = []
        leading = [rule for rule in heard if rule.specificity == heard[0].specificity]
        votes = [Vote(f"rule/{rule.name}", rule.metric) for rule in {r.metric: r for r in leading}.values()]
        if any(rule.specificity < heard[0].specificity and rule.metric == heard[0].metric for rule in heard):
            votes.append(Vote("corroborated", heard[0].metric))
        for function in self._small:
            votes.extend(function(mention, view, cells))
        return votes

    def _excluded(self, mention: Mention, view: View, cells: PrintedCells) -> Iterator[Vote]:
        if mention.exclusion in self._settings["exclusions"]:
            yield Vote(f"none/{mention.exclusion}", NONE)

    def _concepts(self, mention: Mention, view: View, cells: PrintedCells) -> Iterator[Vote]:
        for name, words in self._settings["concepts"].items():
            wanted = frozenset(words["any"])
            holds = not wanted.isdisjoint(view.near) if wanted else not any(mention.candidates)
            if holds and view.near.isdisjoint(words["unless"]):
                yield Vote(f"none/{name}", NONE)

    def _narrowed(self, mention: Mention, view: View, cells: PrintedCells) -> Iterator[Vote]:
        words = self._settings["narrowed"]
        if mention.special and mention.kind == "count" and view.near <= frozenset(words):
            yield Vote("none/narrowed", NONE)

    def _unit(self, mention: Mention, view: View, cells: PrintedCells) -> Iterator[Vote]:
        if mention.kind == "count" and mention.unit not in self._units:
            yield Vote("none/unknown_unit", NONE)

    def _heading(self, mention: Mention, view: View, cells: PrintedCells) -> Iterator[Vote]:
        """The heading's own concepts, read as if they stood beside a number whose own words name nothing."""
        if not mention.headings or self._recorder.heard:
            return
        near = frozenset(mention.headings[0])
        unit = ANY_UNIT if mention.kind in STATED else mention.unit
        votes = self._recorder.votes(View(near, view.sentence, view.paragraph, view.headings, view.topics, unit))
        if votes and all(rule.metric == votes[0].metric for rule in votes):
            yield Vote("heading", votes[0].metric)

    def _table(self, mention: Mention, view: View, cells: PrintedCells) -> Iterator[Vote]:
        smallest = 10 ** (self._settings["table_digits"] - 1)
        if mention.value is None or mention.kind in STATED or mention.value < smallest:
            return
        metrics = cells.cells.get((mention.value, mention.kind == "money"), ())
        if len(metrics) == 1:
            yield Vote("table", next(iter(metrics)))
