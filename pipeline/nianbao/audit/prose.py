"""Prose against tables, prose against itself, and tables that are printed twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

from nianbao.audit.make import Maker
from nianbao.audit.numbers import near, rounding
from nianbao.audit.report import Cell, Report
from nianbao.audit.rules import AuditRules, Includes
from nianbao.catalogue.series import Series
from nianbao.schema import Fact, Fault, Finding, Severity

_SAME_TABLE = 0.8
_FEW = 5
_TWO_DIGITS = 10


def prose_findings(report: Report, make: Maker, series: Series) -> Iterator[Finding]:
    """What the prose says otherwise than the tables, or than itself."""
    alone = report.alone()
    for cell in dict.fromkeys((*report.prose, *alone)):
        said, unseen = report.prose.get(cell, []), alone.get(cell, [])
        printed = report.tables.get(cell, [])
        parts = None if printed else _summed(report, series, cell)
        if printed or parts is not None:
            again = {fact.start for fact in unseen}
            said = [fact for fact in said if fact.start not in again] + unseen
        said = [fact for fact in said if fact.confidence >= make.rules.data["perhaps"]]
        if not said:
            continue
        if printed:
            yield from _against_table(report, make, cell, said, printed, unseen)
        elif parts is not None:
            yield from _against_sum(make, said, parts, unseen)
        else:
            yield from _in_prose(make, said)


def _against_table(
    report: Report,
    make: Maker,
    cell: Cell,
    said: Sequence[Fact],
    printed: Sequence[Fact],
    unseen: Sequence[Fact],
) -> Iterator[Finding]:
    """`unseen`: those of the numbers that the prose says by itself, and together with the tables for less certain."""
    values = {fact.value for fact in printed}
    # What one sentence says as the table does, another that says otherwise speaks of something else.
    if any(fact.value in values for fact in said):
        return
    for fact in said:
        table = min(printed, key=lambda one: abs((one.value or 0.0) - (fact.value or 0.0)))
        other = _elsewhere(report, cell, fact)
        if _compatible(fact, table) or _left(fact, make.rules) or (other and _names_applicants(fact, make)):
            continue
        included = _included(report, make.rules, cell, fact, table)
        if included is not None:
            also, told = included
            if not told:
                sums = (fact.value or 0.0, table.value or 0.0)
                likely = fact.confidence >= make.rules.likely and make.certain([table, *also])
                fault: Fault | None = "report" if likely else None
                if likely or not _another(report, cell, fact):
                    yield make.make(
                        "carried_included", [fact], [table, *also], sums=sums, severity="doubt", fault=fault, at=fact
                    )
        elif (severity := _severity(fact, table.value or 0.0, make.rules)) is not None:
            if severity == "error" and (other or fact in unseen):
                severity = "warning"
            fault = "report" if make.certain([table]) else None
            yield make.make("said_twice", [fact], [table], severity=severity, fault=fault)


def _names_applicants(fact: Fact, make: Maker) -> bool:
    return any(word in fact.quote for word in make.rules.data["applicants"])


def _severity(fact: Fact, other: float, rules: AuditRules) -> Severity | None:
    """Of a number of the prose beside another for the same thing: None where it may as well be about something else."""
    certain = fact.confidence >= rules.certain[fact.basis]
    telling = min(fact.value or 0.0, other) >= _TWO_DIGITS
    if near(fact.value or 0.0, other, rules):
        # Few and few are near by chance where the words leave a choice.
        if certain and (telling or fact.metric in rules.plain):
            return "error"
        if certain or (telling and fact.confidence >= rules.likely):
            return "warning"
        if telling:
            return "doubt"
        return "doubt" if fact.confidence >= rules.data["few"] else None
    if fact.metric not in rules.plain or fact.applicant not in (None, "total"):
        return None
    if fact.confidence >= rules.plain_confidence:
        return "warning"
    # One or two beside none: a table, or a sentence, that was left as it was.
    none = min(fact.value or 0.0, other) == 0 and abs((fact.value or 0.0) - other) <= rules.near_by
    return "doubt" if none and fact.confidence >= rules.data["few"] else None


def _compatible(fact: Fact, table: Fact) -> bool:
    """Whether a rounded number (余, 近, 约, 1.6万) allows for the table's."""
    said, printed = fact.value or 0.0, table.value or 0.0
    if abs(said - printed) < rounding(fact.value_text or "", said):
        return True
    allowed = {"over": said <= printed, "nearly": said >= printed, "approx": True}
    return allowed.get(fact.qualifier, False)


def _left(fact: Fact, rules: AuditRules) -> bool:
    """Whether the words make the number what is left of something: 其余62件."""
    return any(f"{word}{fact.value_text}" in fact.quote for word in rules.data["rest"])


def _elsewhere(report: Report, cell: Cell, fact: Fact) -> bool:
    """Whether the table has the number for another kind of applicant: then its kind was read wrongly."""
    metric, applicant, year = cell
    return bool(fact.value) and any(
        one.value == fact.value
        for (other, whose, when), facts in report.tables.items()
        if other == metric and whose != applicant and when == year
        for one in facts
    )


def _another(report: Report, cell: Cell, fact: Fact) -> bool:
    """Whether the table has the number in another row of that column: then that may be what the prose speaks of."""
    metric, applicant, year = cell
    room = metric.partition(".")[0]
    return any(
        one.value == fact.value
        for (other, whose, when), facts in report.tables.items()
        if other != metric and other.partition(".")[0] == room and whose == applicant and when == year
        for one in facts
    )


def _included(report: Report, rules: AuditRules, cell: Cell, fact: Fact, table: Fact) -> tuple[list[Fact], bool] | None:
    """The cells that make up the difference, and whether the words say so."""
    metric, applicant, year = cell
    for rule in rules.includes:
        if rule.metric != metric:
            continue
        found = _cells(report, rule, applicant, year)
        if found is None:
            continue
        also, less = found
        value = (table.value or 0.0) + sum(one.value or 0.0 for one in also) - sum(one.value or 0.0 for one in less)
        if value == fact.value and value != table.value:
            return [*also, *less], any(word in report.around(fact) for word in rule.words)
    return None


def _cells(
    report: Report, rule: Includes, applicant: str | None, year: int | None
) -> tuple[list[Fact], list[Fact]] | None:
    sides: list[list[Fact]] = []
    for metrics in (rule.also, rule.less):
        found = [report.tables.get((metric, applicant, year), []) for metric in metrics]
        if not all(found):
            return None
        sides.append([one[0] for one in found])
    return sides[0], sides[1]


def _summed(report: Report, series: Series, cell: Cell) -> list[Fact] | None:
    """The cells of the table that together are what the prose speaks of: direct suits and those after review."""
    metric, applicant, year = cell
    for one in series.sums:
        if one.metric == metric and year is not None and year >= one.first:
            found = [report.tables.get((part, applicant, year), []) for part in one.parts]
            if all(len(facts) == 1 for facts in found):
                return [fact for [fact] in found]
    return None


def _against_sum(make: Maker, said: Sequence[Fact], parts: list[Fact], unseen: Sequence[Fact]) -> Iterator[Finding]:
    """A number of the prose against cells that are together what it speaks of; `unseen` as above."""
    whole = sum(part.value or 0.0 for part in parts)
    if any(fact.value == whole for fact in said):
        return
    for fact in said:
        # One row of a group is soon told by the group's name: 无法提供 of what is not held.
        if fact.metric not in make.rules.plain or fact.qualifier != "exact":
            continue
        severity = _severity(fact, whole, make.rules)
        if severity is not None:
            fault: Fault | None = "report" if make.certain(parts) else None
            severity = "warning" if severity == "error" and fact in unseen else severity
            yield make.make("sum_of_parts", [fact], parts, severity=severity, fault=fault)


def _in_prose(make: Maker, said: Sequence[Fact]) -> Iterator[Finding]:
    """Two numbers for one thing; those that contradict each other are both believed less for it."""
    exact = [fact for fact in said if fact.qualifier == "exact"]
    first: dict[float, Fact] = {}
    for fact in exact:
        first.setdefault(fact.value or 0.0, fact)
    if len(first) == 2:
        one, other = first.values()
        if not one.metric_text or not near(one.value or 0.0, other.value or 0.0, make.rules):
            return
        if make.certain((one, other)):
            yield make.make("said_twice_in_prose", [one], [other], severity="warning")
        elif min(first) >= _TWO_DIGITS:
            yield make.make("said_twice_in_prose", [one], [other], severity="doubt", fault="report")


def table_findings(report: Report, make: Maker) -> Iterator[Finding]:
    """Tables of one form that are printed twice with other numbers."""
    again: dict[tuple[int, int], list[tuple[Fact, Fact]]] = defaultdict(list)
    for facts in report.tables.values():
        for one, other in combinations(sorted(facts, key=lambda fact: fact.start), 2):
            again[report.table_of(one), report.table_of(other)].append((one, other))
    for (first, second), pairs in again.items():
        if first == second:
            continue
        differ = [(one, other) for one, other in pairs if one.value != other.value]
        if not differ:
            continue
        same = 1 - len(differ) / len(pairs)
        if len(pairs) >= _FEW and same >= _SAME_TABLE:
            for one, other in differ:
                yield make.make("printed_twice", [one], [other])
        elif len(pairs) >= _FEW:
            one, other = differ[0]
            yield make.make("two_tables", [one], [other], severity="doubt", fault="unknown", sure=0.5)
