"""The audit of reports: every check, in one order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

from nianbao.audit.copies import print_of
from nianbao.audit.make import Maker
from nianbao.audit.numbers import near
from nianbao.audit.others import tree_findings, twin_findings
from nianbao.audit.parts import part_findings, share_findings
from nianbao.audit.prose import prose_findings, table_findings
from nianbao.audit.repeats import jump_findings, repeat_findings
from nianbao.audit.report import Report
from nianbao.audit.required import required_findings
from nianbao.audit.rules import AuditRules, load_rules
from nianbao.audit.tree import Tree
from nianbao.audit.years import carried_findings, series_of
from nianbao.catalogue import Catalogue
from nianbao.forms.checks import FactChecker, Failure
from nianbao.panel.who import Agency, agencies
from nianbao.schema import Fact, Finding

__all__ = ["Auditor", "Report"]

_NAMES = tuple(one.name for one in fields(Fact))
_VALUES = attrgetter(*_NAMES)
_BLANK: dict[str, Any] = dict.fromkeys(_NAMES)
_RANK = {"error": 0, "warning": 1, "doubt": 2}


class Auditor:
    """Audits reports against the identities and rules that were handed in.

    auditor = Auditor(Catalogue.load())
    findings = auditor.audit([Report("a", facts)])
    """

    def __init__(self, catalogue: Catalogue, rules: AuditRules | None = None) -> None:
        self.catalogue = catalogue
        self.rules = rules or load_rules()
        self.make = Maker(self.rules, catalogue.metrics, {one.name: one for one in catalogue.identities})
        within = [one for one in catalogue.identities if not one.same and not one.last]
        self._checker = FactChecker(catalogue.forms, within, blanks=True)
        self._over_years = [one for one in catalogue.identities if one.last]
        self._at_most = {one.name for one in catalogue.identities if one.at_most}

    def audit(self, reports: Sequence[Report], tree: Tree | None = None) -> list[Finding]:
        """Every finding, by document, the gravest first. `tree`: which agencies others are parts of."""
        found = [finding for report in reports for finding in self.within(report)]
        found += self.over_years(reports, tree)
        unique = {finding.key: finding for finding in found}
        return sorted(unique.values(), key=lambda one: (one.doc_id, _RANK[one.severity]))

    def within(self, report: Report) -> Iterator[Finding]:
        """What a report says against itself."""
        rows = [plain(fact) for fact in report.facts]
        for failure in self._checker.check(rows, report.forms):
            if (finding := self._arithmetic(failure, report.facts)) is not None:
                yield finding
        yield from table_findings(report, self.make)
        yield from prose_findings(report, self.make, self.catalogue.series)
        yield from part_findings(report, self.make)
        yield from share_findings(report, self.make)
        yield from required_findings(report, self.make, self.catalogue.forms)

    def over_years(self, reports: Sequence[Report], tree: Tree | None = None) -> Iterator[Finding]:
        """What reports say against each other: an agency's over the years, and those of several agencies."""
        who = {name: one.id for name, one in self.agencies(reports).items()}
        ids = {report.doc_id: who[report.agency] for report in reports if report.agency}
        prints = {report.doc_id: print_of(report) for report in reports}
        by_agency = series_of(reports, ids)
        for series in by_agency.values():
            yield from carried_findings(series, self.make, self._over_years)
            yield from repeat_findings(series, self.make, prints)
            yield from jump_findings(series, self.make)
        yield from twin_findings(reports, ids, prints, self.make)
        known = tree or Tree()
        parents, complete = known.of(by_agency, who)
        yield from tree_findings(by_agency, parents, complete, self.make)

    def agencies(self, reports: Sequence[Report]) -> dict[str, Agency]:
        """Name → agency, of all reports that name one."""
        return {one.name: one for one in agencies((r.agency, r.year) for r in reports if r.agency)}

    def _arithmetic(self, failure: Failure, facts: Sequence[Fact]) -> Finding | None:
        cells = [facts[index] for index in failure.facts]
        likely = not self.make.certain(cells) and any(fact.basis == "prose" for fact in cells)
        # Numbers of the prose that contradict each other are believed less for that; a slip between them tells.
        if likely and not (
            all(fact.confidence >= self.rules.likely for fact in cells)
            and near(failure.left, failure.right, self.rules)
        ):
            return None
        return self.make.make(
            failure.check,
            cells[: failure.split],
            cells[failure.split :],
            sums=(failure.left, failure.right),
            relation=">" if failure.check in self._at_most else "≠",
            severity="error" if failure.kind == "error" and not failure.blanks and not likely else "warning",
            fault="report" if likely else None,
            note="blanks" if failure.blanks else None,
        )


def plain(fact: Fact) -> dict[str, Any]:
    """A fact as the checker of identities takes it; its lists are not copied."""
    return dict(zip(_NAMES, _VALUES(fact), strict=True))


def reports_of(facts: Sequence[Mapping[str, Any]], documents: Sequence[Mapping[str, Any]] = ()) -> list[Report]:
    """Reports from rows of facts and of documents, in the order of their first fact; columns may be missing."""
    by_document: dict[str, list[Fact]] = {}
    for row in facts:
        by_document.setdefault(row["doc_id"], []).append(Fact(**{**_BLANK, **row, "quote": row.get("quote") or ""}))
    known = {row["doc_id"]: row for row in documents if row["doc_id"] is not None}
    found = [Report(doc_id, rows, known.get(doc_id)) for doc_id, rows in by_document.items()]
    empty = [row for doc_id, row in known.items() if doc_id not in by_document and row["status"] == "empty"]
    return found + [Report(row["doc_id"], [], row) for row in empty]
