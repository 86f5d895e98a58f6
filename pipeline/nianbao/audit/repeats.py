"""Reports that repeat an earlier one of their agency, and numbers that jump as if a digit had slipped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nianbao.audit.copies import CopyEvidence, Print, likeness
from nianbao.audit.make import Maker
from nianbao.audit.report import Report
from nianbao.audit.years import Series
from nianbao.schema import Fact, Finding, Severity


def repeat_findings(series: Series, make: Maker, prints: Mapping[str, Print]) -> Iterator[Finding]:
    """Reports whose numbers, or numbers and words, are those of one of the years before."""
    back = make.rules.data["copies"]["back"]
    for at, this in series.items():
        for report in this.reports:
            for before in range(at - 1, at - 1 - back, -1):
                found = [
                    (other, alike)
                    for other in (series[before].reports if before in series else ())
                    if (alike := likeness(prints[report.doc_id], prints[other.doc_id], make.rules)) is not None
                ]
                if found:
                    yield _repeated(report, before, *found[0], make)
                    break


def _repeated(report: Report, year: int, other: Report, alike: CopyEvidence, make: Maker) -> Finding:
    names = "report_repeated", "numbers_repeated", "text_repeated"
    return alike_finding(names, report, other, alike, make, f"{year}/{other.doc_id}", 0.95, year=str(year))


def alike_finding(
    names: tuple[str, str, str],
    report: Report,
    other: Report,
    alike: CopyEvidence,
    make: Maker,
    what: str,
    sure: float,
    **words: str,
) -> Finding:
    """That a report is another one. `names`: the check where the text is the same, where the numbers alone are, and
    where there are hardly any; `what`: tells the finding from others; `sure`: of the first, 0 to 1."""
    whole = alike.text is True
    left_at, right_at = matching(report, other)
    severity: Severity = "doubt" if alike.few else "error" if whole else "warning"
    return make.missing(
        names[2] if alike.few else names[0] if whole else names[1],
        report.row,
        what,
        severity=severity,
        fault="report",
        sure=0.6 if alike.few else sure if whole else 0.7,
        left_at=left_at,
        right_at=right_at,
        numbers=(alike.same, alike.common),
        relation="=" if whole else "≈",
        other=other.doc_id,
        **words,
    )


def matching(report: Report, other: Report, most: int = 5) -> tuple[list[str], list[str]]:
    """The places of some numbers that two reports have in common, the largest first."""
    theirs = {cell[:2]: facts[0] for cells in (other.prose, other.tables) for cell, facts in cells.items()}
    pairs = [
        (facts[0], theirs[cell[:2]])
        for cells in (report.prose, report.tables)
        for cell, facts in cells.items()
        if cell[:2] in theirs and theirs[cell[:2]].value == facts[0].value and facts[0].value
    ]
    pairs.sort(key=lambda pair: -(pair[0].value or 0.0))
    one, two = ([f"{pair[n].doc_id}:{pair[n].start}-{pair[n].end}" for pair in pairs[:most]] for n in (0, 1))
    return one, two


def jump_findings(series: Series, make: Maker) -> Iterator[Finding]:
    """Numbers about ten times, or a tenth of, those of the years beside them."""
    rules = make.rules.data["jumps"]
    slipped: set[tuple[int, str]] = set()
    for at, this in series.items():
        last, after = series.get(at - 1), series.get(at + 1)
        if last is None:
            continue
        for (metric, applicant), _ in this.numbers.items():
            if applicant not in (None, "total") or not metric.startswith(tuple(rules["metrics"])):
                continue
            now, before = this.number(metric, applicant), last.number(metric, applicant)
            # The year after a slip jumps back.
            if now is None or before is None or (at - 1, metric) in slipped or not _jumps(before, now, rules):
                continue
            then = after.number(metric, applicant) if after is not None else None
            # Where the next year stays at the new height, nothing slipped.
            if then is not None and then.value and not _steady(before, then, rules):
                continue
            slipped.add((at, metric))
            yield make.make("slipped_digit", [before], [now], severity="doubt", fault="report", sure=0.5, at=now)


def _jumps(before: Fact, now: Fact, rules: Mapping[str, Any]) -> bool:
    low, high = sorted((before.value or 0.0, now.value or 0.0))
    least, most = rules["ratio"]
    return low > 0 and high >= 5 * rules["least"] and bool(least <= high / low <= most)


def _steady(before: Fact, then: Fact, rules: Mapping[str, Any]) -> bool:
    low, high = sorted((before.value or 0.0, then.value or 0.0))
    return low > 0 and bool(high / low <= rules["steady"])
