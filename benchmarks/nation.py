"""The panel, the audit and the coverage of a simulated country: how long they take, what they find of what is planted.

    python -m benchmarks.nation [--cities 134] [--show]

Planted: reports that repeat an earlier one, one agency's report under another's name, slipped digits, what was carried
over and did not arrive, documents in force, parts above their whole, parts that do not make it; renamed, merged and
split bodies; reports that are missing or hold nothing. Found and found without reason are counted; who is who and who
is missing are taken from the panel that was built, as `nianbao coverage PANEL DOCUMENTS --agencies LIST` does.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from nianbao.audit import Auditor, Report
from nianbao.audit.coverage import Cover, coverage
from nianbao.audit.listed import Listed
from nianbao.audit.sources import seen_in
from nianbao.audit.tree import Tree
from nianbao.catalogue import Catalogue
from nianbao.panel import build
from nianbao.panel.who import JOINED, agencies
from nianbao.panel.write import write_table
from nianbao.schema import Document
from nianbao.simulate.nation import Made, nation
from nianbao.writing import Output


@dataclass(frozen=True, slots=True)
class Judged:
    """What was planted and found, and what was found without reason."""

    name: str
    planted: int
    found: int
    wrong: list[object]


def judge(made: Made) -> list[Judged]:
    """Every kind of what an audit should find, and how it was found."""
    reports = [Report(facts[0].doc_id, facts) for facts in made.facts]
    tree = Tree({row["agency"]: row["parent"] for row in made.listed if row["parent"]})
    findings = {
        (one.check, one.doc_id)
        for one in Auditor(Catalogue.load()).audit(reports, tree)
        if not (one.check == "slipped_digit" and one.agency in made.foreign)
    }
    kinds = sorted({check for check, _ in made.findings | findings})
    return [
        _judged(kind, (one for one in made.findings if one[0] == kind), (one for one in findings if one[0] == kind))
        for kind in kinds
    ]


def judge_names(made: Made, ids: dict[str, str]) -> list[Judged]:
    """Who is who: `ids`, name → id of its agency in the panel."""
    found = agencies((facts[0].agency or "", facts[0].report_year) for facts in made.facts)
    links = [link for one in found for link in one.links]
    apart = {(link.old, link.new) for link in links if link.kind not in JOINED}
    names: dict[str, list[str]] = defaultdict(list)
    for name, agency in sorted(ids.items()):
        names[agency].append(name)
    together = {frozenset(pair) for group in names.values() for pair in combinations(group, 2)}
    planted_apart = {pair for pair in made.apart if set(pair) <= ids.keys()}
    return [
        _judged("one agency under two names", map(frozenset, made.joined), together),
        _judged("merged and split bodies", planted_apart, apart),
    ]


def judge_gaps(made: Made, rows: Sequence[Cover]) -> list[Judged]:
    """Which reports are missing, and which were not read."""
    named = [(facts[0].agency or "", facts[0].report_year) for facts in made.facts]
    named += [(row["agency"], row["report_year"]) for row in made.documents]
    ids = {one.name: one.id for one in agencies(named)}
    found = []
    for name, state, planted in (("missing reports", "none", made.gaps), ("unread reports", "unread", made.unread)):
        wanted = {(ids[agency], year) for agency, year in planted}
        found.append(_judged(name, wanted, {(row.agency_id, row.year) for row in rows if row.state == state}))
    return found


def write(made: Made, target: Path) -> None:
    """The country as an output of extract."""
    blank: dict[str, Any] = dict.fromkeys(one.name for one in fields(Document)) | {"warnings": [], "model": "nation"}
    with Output(target) as output:
        for facts in made.facts:
            one = facts[0]
            row = {"doc_id": one.doc_id, "agency": one.agency, "report_year": one.report_year, "status": "facts"}
            output.write(Document(**blank | row | {"facts": len(facts), "open_facts": 0}), facts)
        for row in made.documents:
            output.write(Document(**blank | row | {"facts": 0, "open_facts": 0}))
        output.commit()


def _judged(name: str, planted: Iterable[object], found: Iterable[object]) -> Judged:
    wanted, given = set(planted), set(found)
    return Judged(name, len(wanted), len(wanted & given), sorted(given - wanted, key=str))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cities", type=int, default=134, help="134 make a country of 32,600 reports")
    parser.add_argument("--show", action="store_true", help="what was found without reason")
    args = parser.parse_args()
    made = nation(args.cities)
    print(f"{len(made.facts):,} reports, {sum(map(len, made.facts)):,} facts, {len(made.listed):,} names")
    with TemporaryDirectory() as folder:
        facts, panel, documents = (Path(folder) / f"{name}.parquet" for name in ("facts", "panel", "documents"))
        write(made, facts)
        clock = _Clock()
        with build([facts]) as built:
            write_table(built.connection, "panel", panel)
            write_table(built.connection, "documents", documents)
            ids = dict(built.connection.execute("SELECT DISTINCT agency_then, agency_id FROM panel").fetchall())
        clock.say("panel built and written")
        seen = [one for path in (panel, documents) for one in seen_in(path)[0]]
        rows = coverage(seen, [Listed(row["agency"], row["from"], row["to"]) for row in made.listed])
        clock.say("covered")
    found = judge(made)
    clock.say("audited")
    for one in [*found, *judge_names(made, ids), *judge_gaps(made, rows)]:
        print(f"{one.name:42} found {one.found:5,} of {one.planted:5,}   wrongly {len(one.wrong):5,}")
        if args.show:
            print("".join(f"    {wrong}\n" for wrong in one.wrong[:20]), end="")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


class _Clock:
    """Says how long each step took, by the clock and of the processors."""

    def __init__(self) -> None:
        self._last = time.perf_counter(), time.process_time()

    def say(self, what: str) -> None:
        now = time.perf_counter(), time.process_time()
        long, cpu = (b - a for a, b in zip(self._last, now, strict=True))
        self._last = now
        print(f"{what + ' in':42} {long:6.1f} s (of the processors {cpu:.1f} s)", flush=True)


if __name__ == "__main__":
    main()
