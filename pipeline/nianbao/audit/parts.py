"""Parts that prose lists behind their whole, and shares beside the counts they are taken of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from nianbao.audit.make import Maker
from nianbao.audit.report import Report
from nianbao.audit.rules import Parts
from nianbao.schema import Fact, Finding, Severity


def part_findings(report: Report, make: Maker) -> Iterator[Finding]:
    """Wholes in prose that are smaller than the parts listed behind them."""
    sure = make.rules.certain["prose"]
    for rule in make.rules.parts:
        for (metric, applicant, year), wholes in report.prose.items():
            if metric != rule.whole or applicant not in (None, "total"):
                continue
            for whole in wholes:
                if whole.confidence >= sure and whole.qualifier == "exact":
                    yield from _listed(report, make, rule, whole, year)


def _listed(report: Report, make: Maker, rule: Parts, whole: Fact, year: int | None) -> Iterator[Finding]:
    parts = []
    for metric in rule.parts:
        for fact in (one for cell, facts in report.prose.items() if cell[0] == metric for one in facts):
            if fact.year == year and whole.end <= fact.start <= whole.end + make.rules.parts_within:
                parts.append(fact)
    if len({fact.metric for fact in parts}) < len(parts) or not parts:
        # One part said twice: it is not known which belongs to the whole.
        return
    most = (whole.value or 0.0) + sum(
        max((one.value or 0.0 for cell, facts in _both(report) if cell == metric for one in facts), default=0.0)
        for metric in rule.also
    )
    together = sum(fact.value or 0.0 for fact in parts)
    # What is counted in another unit is no part: 网上794条 behind 申请115件 were published.
    confident = all(
        fact.confidence >= make.rules.likely and fact.qualifier == "exact" and fact.unit == whole.unit for fact in parts
    )
    if together > most and confident:
        yield make.make("parts_exceed_whole", parts, [whole], relation=">", severity="warning", fault="report")


def _both(report: Report) -> Iterator[tuple[str, Sequence[Fact]]]:
    for numbers in (report.prose, report.tables):
        for (metric, applicant, _), facts in numbers.items():
            if applicant in (None, "total"):
                yield metric, facts


def share_findings(report: Report, make: Maker) -> Iterator[Finding]:
    """Shares that fit no whole: 信函申请14件，占34.1%, where nothing is 41."""
    for facts in report.prose.values():
        for fact in facts:
            if fact.qualifier != "exact" or fact.confidence < make.rules.data["perhaps"]:
                continue
            found = _share(report, fact, make)
            if found is None:
                continue
            share, decimals = found
            wholes = list(_wholes(report, fact, make))
            exact = [([whole], 100 * (fact.value or 0.0) / (whole.value or 1.0)) for whole in wholes]
            exact += _summed(report, fact, make)
            # Cut off or rounded, both are in use.
            if not exact or any(abs(value - share) <= 10.0**-decimals + 1e-9 for _, value in exact):
                continue
            listed = sum(one.value or 0.0 for one in _beside(report, fact))
            if listed and abs(100 * (fact.value or 0.0) / listed - share) <= 10.0**-decimals + 1e-9:
                continue
            yield from _unfit(fact, share, decimals, exact, make)


def _unfit(
    fact: Fact, share: float, decimals: int, exact: Sequence[tuple[list[Fact], float]], make: Maker
) -> Iterator[Finding]:
    """The share beside the one that it should be of the nearest whole, those that were surely read before others."""
    believed: tuple[tuple[float, Severity], ...] = (
        (make.rules.likely, "warning"), (make.rules.data["perhaps"], "doubt")
    )  # fmt: skip
    for least, severity in believed:
        sure = [one for one in exact if all(fact.confidence >= least for fact in (fact, *one[0]))]
        if sure:
            nearest, value = min(sure, key=lambda one: abs(one[1] - share))
            numbers = (share, round(value, max(decimals, 1)))
            yield make.make("share", [fact], nearest, sums=numbers, severity=severity, fault="report")
            return


def _summed(report: Report, fact: Fact, make: Maker) -> list[tuple[list[Fact], float]]:
    """The share of all parts together, where each of them is said once."""
    found = []
    for rule in make.rules.parts:
        if fact.metric in rule.parts:
            parts = [report.prose.get((metric, fact.applicant, fact.year), []) for metric in rule.parts]
            whole = sum(one.value or 0.0 for facts in parts for one in facts)
            if whole and all(len(facts) == 1 and facts[0].qualifier == "exact" for facts in parts):
                found.append(([facts[0] for facts in parts], 100 * (fact.value or 0.0) / whole))
    return found


def _beside(report: Report, fact: Fact) -> Iterator[Fact]:
    """The numbers that one sentence lists: together they may be the whole of its shares."""
    for facts in report.prose.values():
        yield from (one for one in facts if one.quote == fact.quote and one.unit == fact.unit)


def _share(report: Report, fact: Fact, make: Maker) -> tuple[float, int] | None:
    """The percentage right behind a number, and its decimals; None where it is not clear whose it is."""
    if not fact.value_text or not fact.value or make.rules.share.search(fact.quote) is None:
        return None
    behind = _behind(report, fact, make.rules.share_within)
    if behind is None:
        return None
    match = make.rules.share.search(behind)
    if match is None or re.search(r"[0-9]|[。；;]|同比|增长|上年|去年", behind[: match.start()]):
        return None
    if re.search("同比|增长|上年|去年", match["of"]):
        return None
    return float(match["number"]), len(match["number"].partition(".")[2])


def _behind(report: Report, fact: Fact, most: int) -> str | None:
    """What stands behind a number, of the text or else of its quote; None where that has the number more than once."""
    if report.text is not None:
        return "".join(report.text[fact.end : fact.end + 2 * most].split())[:most]
    # The digits of a percentage are no other place of the number.
    found = re.split(rf"(?<![0-9.]){re.escape(fact.value_text or '')}(?![0-9.%％])", fact.quote)
    return found[1][:most] if len(found) == 2 else None


def _wholes(report: Report, fact: Fact, make: Maker) -> Iterator[Fact]:
    metrics = make.rules.wholes_of(fact.metric or "")
    for numbers in (report.prose, report.tables):
        for (metric, applicant, year), facts in numbers.items():
            same = metric == fact.metric and fact.applicant not in (None, "total")
            if year == fact.year and applicant in (None, "total") and (metric in metrics or same):
                yield from (one for one in facts if one.value and one is not fact and one.qualifier == "exact")
