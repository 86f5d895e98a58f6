"""What the audit finds of errors planted in simulated reports, and what it says of reports without any.

    python -m benchmarks.audit [-n 1000] [--planted 40] [--seed 3]

One error a document, in the text itself, so that reading is part of what is measured. Found: a finding that touches the
place (or names what is missing) and lays it at the report's door.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from nianbao.audit import Auditor, Report
from nianbao.catalogue import Catalogue
from nianbao.extractor import Extractor
from nianbao.panel.regions import resolve
from nianbao.reading import Source
from nianbao.schema import Finding
from nianbao.simulate import generate
from nianbao.simulate.data import load
from nianbao.simulate.report import SimulatedFact, SimulatedReport

LAYOUTS = ("pipes", "tabs", "spaces", "double_spaces", "cell_lines", "cell_lines_apart", "empty_lines", "markdown")
"""Those in which a cell has its own place: glued digits are parted by the very sums that an error breaks."""

SINCE_2019 = ("2019", "2021")
Made = tuple[str, tuple[int, int] | str]
"""The text with the error, and where it is: a place, or the name of what is missing."""


@dataclass(frozen=True, slots=True)
class Kind:
    """An error: in which regimes it is planted, and how; None where a report does not lend itself to it."""

    name: str
    regimes: tuple[str, ...]
    plant: Callable[[random.Random, SimulatedReport], Made | None]


def _put(report: SimulatedReport, fact: SimulatedFact, value: int) -> Made:
    text = report.text[: fact.start] + str(value) + report.text[fact.end :]
    return text, (fact.start, fact.start + len(str(value)))


def _cells(report: SimulatedReport, basis: str = "table") -> list[SimulatedFact]:
    """Numbers in plain digits of the report year, about the whole agency, that stand once in their table."""
    plain = [
        fact
        for fact in report.facts
        if fact.basis == basis and fact.scope is None and fact.year == report.report_year and fact.qualifier == "exact"
        and re.fullmatch("[0-9]{1,7}", fact.value_text) and fact.value == float(fact.value_text)
    ]  # fmt: skip
    count = Counter((fact.metric, fact.applicant) for fact in plain)
    return [fact for fact in plain if count[fact.metric, fact.applicant] == 1]


def cell(pattern: str, applicant: str = ".*") -> Callable[[random.Random, SimulatedReport], Made | None]:
    """A cell of the table with another number."""

    def plant(rng: random.Random, report: SimulatedReport) -> Made | None:
        cells = [
            fact
            for fact in _cells(report)
            if re.fullmatch(pattern, fact.metric) and re.fullmatch(applicant, fact.applicant or "")
        ]
        if not cells:
            return None
        fact = rng.choice(cells)
        value = int(fact.value or 0)
        return _put(report, fact, value + rng.choice((1, 1, 2, 10)))

    return plant


def above(part: str, whole: tuple[str, ...]) -> Callable[[random.Random, SimulatedReport], Made | None]:
    """A part of the table that is more than its whole."""

    def plant(rng: random.Random, report: SimulatedReport) -> Made | None:
        cells = {fact.metric: fact for fact in _cells(report)}
        if part not in cells or any(name not in cells for name in whole):
            return None
        most = sum(int(cells[name].value or 0) for name in whole)
        return _put(report, cells[part], most + rng.randint(1, 9))

    return plant


def prose(rng: random.Random, report: SimulatedReport) -> Made | None:
    """A number of the prose with a slip of the pen; the table has the right one."""
    table = {(fact.metric, fact.applicant): fact.value for fact in _cells(report)}
    told = [
        fact
        for fact in _cells(report, "prose")
        if table.get((fact.metric, fact.applicant)) == fact.value and (fact.value or 0) >= 3 and not fact.optional
    ]
    if not told:
        return None
    fact = rng.choice(told)
    return _put(report, fact, int(fact.value or 0) + rng.choice((-1, 1, 2)))


def suits(rng: random.Random, report: SimulatedReport) -> Made | None:
    """Suits in prose that are not direct ones and those after review together."""
    told = [fact for fact in _cells(report, "prose") if fact.metric == "litigation.total" and not fact.optional]
    table = {fact.metric for fact in _cells(report)}
    if not told or not {"litigation.direct.total", "litigation.after_review.total"} <= table:
        return None
    return _put(report, told[0], int(told[0].value or 0) + rng.choice((1, 2)))


def share(rng: random.Random, report: SimulatedReport) -> Made | None:
    """A percentage behind a count that it no longer fits, whose whole the report gives as well."""
    wholes = [fact for basis in ("prose", "table") for fact in _cells(report, basis) if fact.value]
    for fact in _cells(report, "prose"):
        match = re.compile(r"[件条宗份例项次]?[,，](?:约?占)([0-9]{2})(?:\.[0-9])?%").match(report.text, fact.end)
        told = float(match[0].rpartition("占")[2].removesuffix("%")) if match else 0.0
        if match and any(abs(100 * (fact.value or 0) / one.value - told) < 1 for one in wholes if one is not fact):
            wrong = (int(match[1]) + rng.randint(15, 40)) % 90 + 5
            text = report.text[: match.start(1)] + f"{wrong:02d}" + report.text[match.end(1) :]
            return text, (fact.start, fact.end)
    return None


def section(rng: random.Random, report: SimulatedReport) -> Made | None:
    """One of the last two sections taken out."""
    tops = [heading for heading in report.headings if heading.level == 1]
    at = rng.choice((-1, -2))
    # Universities report by rules of their own.
    if len(tops) < 6 or resolve(report.agency or "").level == "university":
        return None
    end = len(report.text) if at == -1 else tops[at + 1].start
    name = "其他需要报告的事项" if at == -1 else "存在的主要问题及改进情况"
    if any(tops[at].start <= fact.start < end and fact.basis == "table" for fact in report.facts):
        return None
    return report.text[: tops[at].start] + report.text[end:], name


def table(rng: random.Random, report: SimulatedReport) -> Made | None:
    """One of the three tables taken out, its heading left."""
    tops = [heading for heading in report.headings if heading.level == 1]
    name, prefix = rng.choice(
        (("申请情况", "requests."), ("行政诉讼情况", "reviews."), ("主动公开政府信息情况", "licensing."))
    )
    at = next((n for n, heading in enumerate(tops[:-1]) if name in heading.text and n), None)
    if at is None or resolve(report.agency or "").level == "university":
        return None
    inside = [f for f in report.facts if tops[at].end <= f.start < tops[at + 1].start and f.basis == "table"]
    if not any(fact.metric.startswith(prefix) for fact in inside):
        return None
    return report.text[: tops[at].end] + "\n" + report.text[tops[at + 1].start :], "table"


ALL = ("normative_documents.disclosed_cumulative",)
ROWS = r"(outcomes\..*|requests\.(received|carried_in|concluded|carried_out))"
FORCE = ("normative_documents.in_force", "normative_documents.repealed")
KINDS = (
    Kind("a total of table 3", SINCE_2019, cell(ROWS, "total")),
    Kind("a cell of table 3", SINCE_2019, cell(ROWS, "(?!total).*")),
    Kind("what was concluded", SINCE_2019, cell(r"requests\.concluded")),
    Kind("what was carried in or over", SINCE_2019, cell(r"requests\.carried_(in|out)")),
    Kind("a number of reviews", SINCE_2019, cell(r"reviews\..*")),
    Kind("a number of suits", SINCE_2019, cell(r"litigation\.(direct|after_review)\..*")),
    Kind("documents disclosed above all", ("2019",), above("normative_documents.disclosed", ALL)),
    Kind("documents issued above those in force", ("2021",), above("normative_documents.issued", FORCE)),
    Kind("staff", ("2014",), cell(r"capacity\.staff(_full_time|_part_time)?")),
    Kind("replies of 2014", ("2014",), cell(r"requests\.replied|outcomes\.(granted|partly_granted|nonexistent)")),
    Kind("reasons of 2014", ("2014",), cell(r"outcomes\.refused\..*")),
    Kind("reviews and suits of 2014", ("2014",), cell(r"(reviews|litigation)\..*")),
    Kind("channels of 2014", ("2014",), cell(r"requests\.received_.*")),
    Kind("channels above all, local", ("local",), above("requests.received_mail", ("requests.received",))),
    Kind("refusals above replies, local", ("local",), above("outcomes.refused", ("requests.replied",))),
    Kind("prose against table", ("local", "2014", *SINCE_2019), prose),
    Kind("suits in prose", SINCE_2019, suits),
    Kind("a share", ("local", "2014", *SINCE_2019), share),
    Kind("a section missing", SINCE_2019, section),
    Kind("a table missing", SINCE_2019, table),
)


@dataclass(slots=True)
class Tally:
    """What became of one kind's errors. `misses`: examples."""

    planted: int = 0
    found: int = 0
    elsewhere: int = 0
    misses: list[str] = field(default_factory=list)


def without_errors() -> None:
    """From here on simulated reports hold none of their own."""
    habits = load("habits")
    habits["broken"] = habits["contradicted"] = 0.0
    habits["quirks"] |= {"two_tables": 0, "cut_off": 0}


def audit(extractor: Extractor, auditor: Auditor, name: str, text: str) -> list[Finding]:
    """A text read and audited."""
    result = extractor.run(Source(name, text))
    headings = result.structure["headings"]
    return auditor.audit([Report(name, result.facts, None, text, headings, result.forms, result.apart)])


def hit(findings: list[Finding], where: tuple[int, int] | str) -> tuple[bool, bool]:
    """Whether the error was found at the report's door, and whether it was found at all."""
    if isinstance(where, str):
        checks = {"table_missing"} if where == "table" else {"section_missing"}
        found = [one for one in findings if one.check in checks]
    else:
        found = [one for one in findings if any(_touches(place, where) for place in (*one.left_at, *one.right_at))]
    return any(one.fault == "report" for one in found), bool(found)


def _touches(place: str, where: tuple[int, int]) -> bool:
    start, end = map(int, place.rpartition(":")[2].split("-"))
    return start < where[1] and where[0] < end


def plant(kind: Kind, count: int, seed: int) -> Iterator[tuple[SimulatedReport, Made]]:
    """Reports with one error of the kind."""
    rng = random.Random(f"{kind.name}/{seed}")
    given = 0
    for report in generate(40 * count, seed, regimes=kind.regimes, layouts=LAYOUTS, noise=(0, 1), negatives=0.0):
        made = kind.plant(rng, report)
        if made is not None:
            given += 1
            yield report, made
        if given == count:
            return


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("-n", type=int, default=1000, help="reports without errors")
    parser.add_argument("--planted", type=int, default=40, help="reports of each kind")
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--show", action="store_true", help="what was missed, and what was found without reason")
    args = parser.parse_args()
    without_errors()
    extractor, auditor = Extractor(apart=True), Auditor(Catalogue.load())
    clean: Counter[str] = Counter()
    for report in generate(args.n, args.seed + 1, noise=(0, 1), negatives=0.0):
        found = audit(extractor, auditor, report.id, report.text)
        clean.update({one.severity for one in found})
        for one in found:
            clean[f"{one.severity} {one.check} ({one.fault})"] += 1
            if args.show:
                doc = f"{report.id} {report.meta['layout']}"
                print(f"  {one.severity} without reason: {doc} {one.message_zh} {one.left_quote} {one.right_quote}")
    print(f"reports without errors        {args.n:,}; with a finding of severity error {clean['error']:,}")
    for name, count in sorted(clean.items()):
        print(f"    {name:50} {count:5,}")
    total = Tally()
    for kind in KINDS if args.planted else ():
        tally = Tally()
        for report, (text, where) in plant(kind, args.planted, args.seed):
            door, any_ = hit(audit(extractor, auditor, report.id, text), where)
            tally.planted += 1
            tally.found += door
            tally.elsewhere += any_ and not door
            if not door:
                place = text[max(0, where[0] - 30) : where[1] + 12] if isinstance(where, tuple) else where
                tally.misses.append(f"{report.id} {report.meta['layout']}: {place!r}")
        total.planted, total.found = total.planted + tally.planted, total.found + tally.found
        total.elsewhere += tally.elsewhere
        print(f"{kind.name:42} {tally.found:4} of {tally.planted:4}; at another door {tally.elsewhere}")
        if args.show:
            print("".join(f"      {miss}\n" for miss in tally.misses), end="")
    if total.planted:
        share = total.found / total.planted
        print(f"{'planted errors found':42} {total.found:4} of {total.planted:4} ({share:.1%})")


if __name__ == "__main__":
    main()
