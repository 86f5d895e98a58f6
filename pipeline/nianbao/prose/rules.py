"""The rules at work: each looks at one number's surroundings and names a metric or abstains."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nianbao.catalogue.rules import Rule

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
    joint: bool = False

    def context(self) -> frozenset[str]:
        return self.near.union(self.sentence, self.paragraph, *self.headings)

    def local(self) -> frozenset[str]:
        """The sentence and the headings, without the sentences between."""
        return self.near.union(self.sentence, *self.headings)


def matches(rule: Rule, view: View, disclosure: str) -> bool:
    """Whether a rule speaks; `disclosure`: the concept of what all reports are about."""
    near = view.near
    if view.unit != ANY_UNIT and view.unit not in rule.units:
        return False
    for group in rule.near:
        if group.isdisjoint(near):
            return False
    if not rule.excluded.isdisjoint(near):
        return False
    if rule.topic is not None and not _on_topic(rule, view):
        return False
    if (rule.zero and not view.zero) or (rule.counted and view.zero) or (rule.first and rule.metric in view.given):
        return False
    if view.report_year is not None and not rule.since <= view.report_year <= rule.until:
        return False
    if rule.excluded_before and not rule.excluded_before.isdisjoint(view.sentence):
        return False
    if rule.earlier and rule.earlier.isdisjoint(view.earlier):
        return False
    if rule.general and (view.special or (rule.general == "all" and view.special_heading)):
        return False
    if rule.disclosure_topic and disclosure not in view.local():
        return False
    if rule.ctx:
        context = view.context()
        return not any(group.isdisjoint(context) for group in rule.ctx)
    return True


def _on_topic(rule: Rule, view: View) -> bool:
    assert rule.topic is not None
    found = view.topics.get(rule.topic[0])
    return found == rule.topic[1] or (rule.topic_optional and found is None)


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
    """All rules, indexed by the concepts that must stand near.

    `topics`: topic group -> its concepts. `disclosure`: the concept of what all reports are about. `one_outlet`:
    metrics of a single outlet, which no number counts that several share.
    """

    rules: tuple[Rule, ...]
    topics: Mapping[str, frozenset[str]]
    disclosure: str = ""
    one_outlet: frozenset[str] = frozenset()
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
        matching = [rule for rule in candidates.values() if matches(rule, view, self.disclosure)]
        if view.joint:
            matching = [rule for rule in matching if rule.metric not in self.one_outlet]
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
