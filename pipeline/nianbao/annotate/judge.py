"""Annotators compared: where they differ, how much they agree, and what stands in the end."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations
from typing import Literal

from nianbao.annotate.marks import Key
from nianbao.annotate.settings import Rule

Settled = Literal["agreed", "majority", "adjudicator", "open"]


@dataclass(slots=True, frozen=True)
class Annotation:
    """What one annotator says of a whole task, and when it was confirmed (the server's time)."""

    who: str
    at: str
    keys: frozenset[Key]
    relations: frozenset[tuple[Key, Key]] = frozenset()


@dataclass(slots=True)
class Conflict:
    """Marks on the same words that not all annotators have. `by`: who has each; `kept`: what stands."""

    by: dict[Key, list[str]]
    settled: Settled
    kept: list[Key]


@dataclass(slots=True)
class Adjudication:
    """What stands on a task."""

    keys: set[Key]
    relations: set[tuple[Key, Key]]
    conflicts: list[Conflict] = field(default_factory=list)

    @property
    def open(self) -> bool:
        return any(conflict.settled == "open" for conflict in self.conflicts)


def disputed(one: Key, other: Key) -> bool:
    """Whether two marks cannot both be meant: unlike, of one family of labels or of one span, on common words.

    A METRIC within a HEADING, or a VALUE, is no dispute; two VALUEs that overlap are.
    """
    if one == other:
        return False
    touching = one[0] < other[1] and other[0] < one[1]
    return (touching and _family(one) == _family(other)) or one[:2] == other[:2]


def _family(key: Key) -> str:
    return key[2].rstrip("0123456789")


def settle(judgements: list[Annotation], rule: Rule, adjudicator: str | None) -> Adjudication:
    """One verdict from all judgements of a place; an annotator's later judgement replaces the earlier.

    Where annotators differ: `majority` keeps what more than half of them have (and drops what more than half do not
    have); `adjudicator` keeps what that person has; otherwise, and where the rule decides nothing, it stays open and
    nothing of it is kept.
    """
    latest = {judgement.who: judgement for judgement in sorted(judgements, key=lambda j: (j.at, j.who))}
    votes = [latest[name] for name in sorted(latest)]
    counts = Counter(key for vote in votes for key in vote.keys)
    agreed = {key for key, count in counts.items() if count == len(votes)}
    verdict = Adjudication(set(agreed), set())
    for group in _groups(key for key in counts if key not in agreed):
        verdict.conflicts.append(_decide(group, votes, rule, adjudicator))
        verdict.keys.update(verdict.conflicts[-1].kept)
    pairs = Counter(pair for vote in votes for pair in vote.relations)
    for pair, count in pairs.items():
        known = sum(pair[0] in vote.keys and pair[1] in vote.keys for vote in votes)
        if pair[0] in verdict.keys and pair[1] in verdict.keys and 2 * count > known:
            verdict.relations.add(pair)
    return verdict


def _decide(group: list[Key], votes: list[Annotation], rule: Rule, adjudicator: str | None) -> Conflict:
    by = {key: [vote.who for vote in votes if key in vote.keys] for key in group}
    if rule == "adjudicator":
        for vote in votes:
            if vote.who == adjudicator:
                return Conflict(by, "adjudicator", [key for key in group if key in vote.keys])
    if rule == "majority":
        # The whole reading of the group is voted on: halves of two readings are nobody's.
        readings = Counter(frozenset(key for key in group if key in vote.keys) for vote in votes)
        reading, count = readings.most_common(1)[0]
        if 2 * count > len(votes):
            return Conflict(by, "majority", sorted(reading))
    return Conflict(by, "open", [])


def _groups(keys: Iterable[Key]) -> list[list[Key]]:
    """Keys that stand on common words, together."""
    groups: list[list[Key]] = []
    end = -1
    for key in sorted(keys):
        if (groups and key[0] < end) or (groups and key[:2] == groups[-1][-1][:2]):
            groups[-1].append(key)
        else:
            groups.append([key])
        end = max(end, key[1])
    return groups


@dataclass(slots=True, frozen=True)
class Agreement:
    """How far two annotators agree on `tasks` common tasks. `measure`: span_f1 or kappa."""

    first: str
    second: str
    measure: str
    value: float
    tasks: int


def span_agreement(places: Iterable[list[Annotation]]) -> list[Agreement]:
    """F1 of one annotator's marks against the other's, for each pair (it is the same both ways)."""
    common: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for judgements in places:
        for one, other in combinations(sorted(judgements, key=lambda j: j.who), 2):
            if one.who == other.who:
                continue
            counts = common[one.who, other.who]
            counts[0] += 2 * len(one.keys & other.keys)
            counts[1] += len(one.keys) + len(other.keys)
            counts[2] += 1
    return [
        Agreement(a, b, "span_f1", both / total if total else 1.0, tasks)
        for (a, b), (both, total, tasks) in sorted(common.items())
    ]


def link_agreement(places: Iterable[list[Annotation]]) -> list[Agreement]:
    """Cohen's kappa of the metrics that two annotators chose, for each pair."""
    from sklearn.metrics import cohen_kappa_score

    common: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for judgements in places:
        for one, other in combinations(sorted(judgements, key=lambda j: j.who), 2):
            if one.who != other.who:
                common[one.who, other.who].append((_choice(one), _choice(other)))
    found = []
    for (a, b), choices in sorted(common.items()):
        first, second = zip(*choices, strict=True)
        # Undefined where both always chose the same single metric: they agree.
        kappa = 1.0 if set(first) == set(second) and len(set(first)) == 1 else float(cohen_kappa_score(first, second))
        found.append(Agreement(a, b, "kappa", kappa, len(choices)))
    return found


def _choice(judgement: Annotation) -> str:
    return "+".join(sorted(key[2] for key in judgement.keys))
