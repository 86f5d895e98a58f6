"""The rules of configs/prose/rules.yaml: each looks at one number's surroundings and names a metric or abstains."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from nianbao.paths import data_dir, load_yaml
from nianbao.prose.lexicon import default_lexicon

Groups = tuple[frozenset[str], ...]
ANY_UNIT = "*"


@dataclass(slots=True)
class View:
    """What a rule may look at.

    `near`: concepts of the number's own stretch; `sentence`, `paragraph`: of the sentence, and of the sentences
    before it; `headings`: of each heading above, the nearest first; `topics`: for each topic group, the concept
    of it that stands nearest, looking back; `unit`: the measure word ("" for none, `ANY_UNIT` for a stated zero).
    """

    near: frozenset[str]
    sentence: frozenset[str]
    paragraph: frozenset[str]
    headings: tuple[frozenset[str], ...]
    topics: dict[str, str]
    unit: str
    earlier: frozenset[str] = frozenset()
    special_heading: bool = False
    special: bool = False
    report_year: int | None = None
    zero: bool = False
    given: frozenset[str] = frozenset()

    def context(self) -> frozenset[str]:
        return self.near.union(self.sentence, self.paragraph, *self.headings)

    def local(self) -> frozenset[str]:
        """The sentence and the headings, without the sentences between."""
        return self.near.union(self.sentence, *self.headings)


@dataclass(slots=True, frozen=True)
class Rule:
    """One labelling function. `name` is metric/number; the fields are those of the file (see its head)."""

    name: str
    metric: str
    near: Groups
    ctx: Groups
    excluded: frozenset[str]
    excluded_before: frozenset[str]
    units: frozenset[str]
    topic: tuple[str, str] | None
    earlier: frozenset[str]
    general: str
    disclosure_topic: bool
    specificity: float
    confidence: float
    topic_optional: bool = False
    also: tuple[str, ...] = ()
    since: int = 0
    until: int = 9999
    zero: bool = False
    first: bool = False
    counted: bool = False

    def matches(self, view: View) -> bool:
        near = view.near
        if any(group.isdisjoint(near) for group in self.near) or not self.excluded.isdisjoint(near):
            return False
        if view.unit != ANY_UNIT and view.unit not in self.units:
            return False
        if self.topic is not None and not self._on_topic(view):
            return False
        if (self.zero and not view.zero) or (self.counted and view.zero) or (self.first and self.metric in view.given):
            return False
        if view.report_year is not None and not self.since <= view.report_year <= self.until:
            return False
        if self.excluded_before and not self.excluded_before.isdisjoint(view.sentence):
            return False
        if self.earlier and self.earlier.isdisjoint(view.earlier):
            return False
        if self.general and (view.special or (self.general == "all" and view.special_heading)):
            return False
        if self.disclosure_topic and "INFO" not in view.local():
            return False
        if self.ctx:
            context = view.context()
            return not any(group.isdisjoint(context) for group in self.ctx)
        return True

    def _on_topic(self, view: View) -> bool:
        assert self.topic is not None
        found = view.topics.get(self.topic[0])
        return found == self.topic[1] or (self.topic_optional and found is None)


@dataclass(slots=True, frozen=True)
class Verdict:
    """What the rules say of one number: the metric (None: all abstain, or a tie), and the runner-up."""

    metric: str | None
    rule: str | None
    confidence: float
    runner_up: str | None = None
    also: tuple[str, ...] = ()


ABSTAIN = Verdict(None, None, 0.0)


@dataclass(slots=True)
class RuleSet:
    """All rules, indexed by the concepts that must stand near."""

    rules: tuple[Rule, ...]
    topics: dict[str, frozenset[str]]
    _index: dict[str, list[Rule]] = field(default_factory=dict)
    once: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        # Metrics with a rule that holds only until the metric was given.
        self.once = frozenset(rule.metric for rule in self.rules if rule.first)
        for rule in self.rules:
            for concept in rule.near[0]:
                self._index.setdefault(concept, []).append(rule)

    def votes(self, view: View) -> list[Rule]:
        """The rules that do not abstain, the most specific first."""
        candidates = {id(rule): rule for name in view.near for rule in self._index.get(name, ())}
        matching = [rule for rule in candidates.values() if rule.matches(view)]
        return sorted(matching, key=lambda rule: (-rule.specificity, rule.name))

    def judge(self, view: View) -> Verdict:
        """The most specific rule's metric. Two metrics with equal right: a tie, no metric."""
        votes = self.votes(view)
        if not votes:
            return ABSTAIN
        best = votes[0]
        second = next((rule for rule in votes[1:] if rule.metric != best.metric), None)
        if second is not None and second.specificity >= best.specificity:
            return Verdict(None, None, 0.0, second.metric)
        return Verdict(best.metric, best.name, best.confidence, second.metric if second else None, best.also)


def _flat(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [name for item in value or [] for name in _flat(item)]


def _groups(value: Any) -> Groups:
    return tuple(frozenset(item.split("|")) for item in _flat(value))


_FIELDS = frozenset(
    [
        "near",
        "ctx",
        "not",
        "notctx",
        "topic",
        "unit",
        "weight",
        "conf",
        "general",
        "disclosure_topic",
        "earlier",
        "also",
        "since",
        "until",
        "zero",
        "counted",
        "first",
    ],
)


def _build(metric: str, number: int, raw: dict[str, Any], units: dict[str, list[str]], groups: dict[str, Any]) -> Rule:
    unknown = set(raw) - _FIELDS
    if unknown:
        raise ValueError(f"unknown field {sorted(unknown)[0]!r}")
    near, ctx = _groups(raw["near"]), _groups(raw.get("ctx"))
    topic = raw.get("topic")
    optional = topic is not None and topic.endswith("?")
    topic = topic.rstrip("?") if topic else None
    home = next((name for name, members in groups.items() if topic in members), None)
    if topic == "REQ":
        home = "dealing"
    if topic is not None and home is None:
        raise ValueError(f"topic {topic!r} stands in no topic group")
    return Rule(
        name=f"{metric}/{number}",
        metric=metric,
        near=near,
        ctx=ctx,
        excluded=frozenset(_flat(raw.get("not"))),
        excluded_before=frozenset(_flat(raw.get("notctx"))),
        units=frozenset(raw["unit"] if isinstance(raw["unit"], list) else units[raw["unit"]]),
        topic=(home, topic) if topic is not None and home is not None else None,
        earlier=frozenset(_flat(raw.get("earlier"))),
        general=str(raw.get("general", "")),
        disclosure_topic=bool(raw.get("disclosure_topic")),
        specificity=len(near) + 0.5 * len(ctx) + float(raw.get("weight", 0)),
        confidence=float(raw.get("conf", 0.92)),
        topic_optional=optional,
        also=tuple(raw.get("also", ())),
        since=int(raw.get("since", 0)),
        until=int(raw.get("until", 9999)),
        zero=bool(raw.get("zero")),
        first=bool(raw.get("first")),
        counted=bool(raw.get("counted")),
    )


def load_rules(path: Path, concepts: Iterable[str], metrics: Iterable[str] | None = None) -> RuleSet:
    """The rules of a file, checked against the lexicon's concepts and, when given, the registry's metric ids.

    Raises:
        ValueError: an unknown concept, metric, unit class or field; says which rule.
    """
    raw = load_yaml(path)
    known, ids = frozenset(concepts), None if metrics is None else frozenset(metrics)
    rules = []
    for metric, entries in raw["rules"].items():
        if ids is not None and metric not in ids:
            raise ValueError(f"{path}: rules for {metric!r}, which is no metric of the registry")
        for number, entry in enumerate(entries, 1):
            try:
                rule = _build(metric, number, entry, raw["units"], raw["topics"])
            except (KeyError, TypeError, ValueError) as error:
                raise ValueError(f"{path}: rule {metric}/{number}: {error}") from error
            named = frozenset().union(*rule.near, *rule.ctx, rule.excluded, rule.excluded_before, rule.earlier)
            if named - known:
                raise ValueError(f"{path}: rule {rule.name} names the unknown concept {sorted(named - known)[0]!r}")
            rules.append(rule)
    return RuleSet(tuple(rules), {name: frozenset(members) for name, members in raw["topics"].items()})


@lru_cache(maxsize=1)
def default_rules() -> RuleSet:
    """The rules that ship, from configs/prose/rules.yaml."""
    return load_rules(data_dir("configs") / "prose" / "rules.yaml", default_lexicon().names)
