"""Facts by section and metric, and checks with both sides, as the page lists them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from nianbao.catalogue import Catalogue
from nianbao.catalogue.identities import Identity
from nianbao.forms.checks import CERTAIN, Failure
from nianbao.review.page import Language
from nianbao.review.report.marks import describe, kind_of
from nianbao.review.words import mark_anchor
from nianbao.schema import Fact


@dataclass(slots=True)
class ShownFact:
    """A fact of a list. `anchor`: where the text marks it; `target`: where the list leads. `label`: all in one line."""

    index: int
    fact: Fact
    anchor: str
    kind: str
    label: str
    applicant: str
    qualifier: str
    doubtful: bool
    target: str = ""


@dataclass(slots=True)
class FactLine:
    """Facts of one metric, year and scope that follow each other: one for each applicant. `second`: the other name."""

    name: str
    second: str
    metric: str | None
    year: int | None
    scope: str | None
    quote: str
    entries: list[ShownFact] = field(default_factory=list)


@dataclass(slots=True)
class Section:
    """The facts under one heading, whose path is `path`."""

    path: str | None
    lines: list[FactLine] = field(default_factory=list)


@dataclass(slots=True)
class ShownCheck:
    """A check as it is shown: both sides as their facts."""

    name: str
    formula: str
    kind: str
    verdict: str
    holds: bool
    sign: str
    left_sum: float
    right_sum: float
    shared: str
    left: list[tuple[str, ShownFact]]
    right: list[tuple[str, ShownFact]]


def entries(facts: Sequence[Fact], lang: Language) -> list[ShownFact]:
    """Every fact, in the order of the rows."""
    places = [mark_anchor(fact.start, fact.end) for fact in facts]
    return [
        ShownFact(
            index,
            fact,
            places[index],
            kind_of(fact),
            describe(fact, lang),
            lang.applicants.get(fact.applicant or "", fact.applicant or ""),
            lang.qualifiers.get(fact.qualifier, ""),
            fact.metric is not None and fact.confidence < CERTAIN,
            places[index],
        )
        for index, fact in enumerate(facts)
    ]


def by_section(rows: Sequence[ShownFact], catalogue: Catalogue, lang: Language) -> list[Section]:
    """The facts under their headings, in the order of the text."""
    found: dict[str | None, Section] = {}
    for entry in rows:
        fact = entry.fact
        section = found.setdefault(fact.section, Section(fact.section))
        last = section.lines[-1] if section.lines else None
        same = last is not None and fact.metric is not None and fact.basis == "table"
        if last is None or not same or (last.metric, last.year, last.scope) != (fact.metric, fact.year, fact.scope):
            name, second = names(fact, catalogue, lang)
            quote = fact.quote if fact.basis == "prose" or fact.metric is None else ""
            last = FactLine(name, second, fact.metric, fact.year, fact.scope, quote)
            section.lines.append(last)
        last.entries.append(entry)
    return list(found.values())


def names(fact: Fact, catalogue: Catalogue, lang: Language) -> tuple[str, str]:
    """A fact's name in the page's language, and in the other; of an open fact what the report calls it."""
    if fact.metric is None or fact.metric not in catalogue.metrics:
        return fact.metric_text or lang.words["open_fact"], lang.words["open_fact"] if fact.metric_text else ""
    metric = catalogue.metrics.get(fact.metric)
    return (metric.name_zh, metric.name_en) if lang.name == "zh" else (metric.name_en, metric.name_zh)


def listed_checks(
    found: Sequence[Failure], rows: Sequence[ShownFact], catalogue: Catalogue, lang: Language
) -> tuple[list[ShownCheck], list[ShownCheck]]:
    """What fails, errors first, and what holds."""
    identities = {identity.name: identity for identity in catalogue.identities}
    shown = [_check(one, identities[one.check], rows, catalogue, lang) for one in found]
    failing = sorted((one for one in shown if not one.holds), key=lambda one: (one.kind != "error", one.verdict))
    return failing, [one for one in shown if one.holds]


def _check(
    one: Failure, identity: Identity, rows: Sequence[ShownFact], catalogue: Catalogue, lang: Language
) -> ShownCheck:
    sides = [[rows[index] for index in part] for part in (one.facts[: one.split], one.facts[one.split :])]
    applicants = {entry.applicant for side in sides for entry in side}
    metrics = {names(entry.fact, catalogue, lang)[0] for side in sides for entry in side}
    # What all terms have in common stands once, above them.
    if len(applicants) > 1 and len(metrics) == 1:
        [shared] = metrics
    else:
        shared = applicants.pop() if len(applicants) == 1 else ""

    def named(entry: ShownFact) -> str:
        name = names(entry.fact, catalogue, lang)[0]
        if shared == name:
            return entry.applicant
        return name if shared or not entry.applicant else f"{name} · {entry.applicant}"

    left, right = ([(named(entry), entry) for entry in side] for side in sides)
    holds, fails = ("≤", ">") if identity.at_most else ("=", "≠")
    formula = identity.formula if lang.name == "zh" else identity.name.replace("_", " ")
    return ShownCheck(
        identity.name,
        formula,
        one.kind,
        one.verdict,
        one.holds,
        holds if one.holds else fails,
        one.left,
        one.right,
        shared,
        left,
        right,
    )


def counts(facts: Sequence[Fact]) -> Counter[str]:
    """How many facts are open, blank, stated and doubtful."""
    found: Counter[str] = Counter(facts=len(facts))
    for fact in facts:
        found["open"] += fact.metric is None
        found["doubtful"] += fact.metric is not None and fact.confidence < CERTAIN
        if fact.metric is not None:
            found[fact.status] += 1
    return found
