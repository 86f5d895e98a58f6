"""What the audit over reports finds in a simulated country, and whether it knows who is who and who is missing.

    python -m benchmarks.nation [--cities 40] [--show]

Planted: reports that repeat an earlier one, one agency's report under another's name, slipped digits, what was carried
over and did not arrive, documents in force, parts above their whole, parts that do not make it; renamed, merged and
split bodies; reports that are missing or hold nothing. Found and found without reason are counted.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable
from dataclasses import dataclass

from nianbao.audit import Auditor, Report
from nianbao.audit.coverage import Seen, coverage
from nianbao.audit.listed import Listed
from nianbao.audit.tree import Tree
from nianbao.catalogue import Catalogue
from nianbao.panel.who import JOINED, agencies
from nianbao.simulate.nation import Made, nation


@dataclass(frozen=True, slots=True)
class Judged:
    """What was planted and found, and what was found without reason."""

    name: str
    planted: int
    found: int
    wrong: list[object]


def judge(made: Made) -> list[Judged]:
    """Every kind of what is planted, and how it was found."""
    reports = [Report(facts[0].doc_id, facts) for facts in made.facts]
    tree = Tree({row["agency"]: row["parent"] for row in made.listed if row["parent"]})
    findings = {
        (one.check, one.doc_id)
        for one in Auditor(Catalogue.load()).audit(reports, tree)
        if not (one.check == "slipped_digit" and one.agency in made.foreign)
    }
    kinds = sorted({check for check, _ in made.findings | findings})
    found = [
        _judged(kind, (one for one in made.findings if one[0] == kind), (one for one in findings if one[0] == kind))
        for kind in kinds
    ]
    seen = [Seen(facts[0].agency or "", facts[0].report_year or 0, facts[0].doc_id, True) for facts in made.facts]
    who = agencies((one.agency, one.year) for one in seen)
    links = [link for one in who for link in one.links]
    joined = {(link.old, link.new) for link in links if link.kind in JOINED}
    apart = {(link.old, link.new) for link in links if link.kind not in JOINED}
    names = {one.name for one in who}
    planted_apart = {pair for pair in made.apart if set(pair) <= names}
    found += [_judged("one agency under two names", made.joined, joined)]
    found += [_judged("merged and split bodies", planted_apart, apart)]
    seen += [Seen(row["agency"], row["report_year"], row["doc_id"], False) for row in made.documents]
    rows = coverage(seen, [Listed(row["agency"], row["from"], row["to"]) for row in made.listed])
    ids = {one.name: one.id for one in agencies((one.agency, one.year) for one in seen)}
    for name, state, planted in (("missing reports", "none", made.gaps), ("unread reports", "unread", made.unread)):
        wanted = {(ids[agency], year) for agency, year in planted}
        found.append(_judged(name, wanted, {(row.agency_id, row.year) for row in rows if row.state == state}))
    return found


def _judged(name: str, planted: Iterable[object], found: Iterable[object]) -> Judged:
    wanted, given = set(planted), set(found)
    return Judged(name, len(wanted), len(wanted & given), sorted(given - wanted, key=str))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cities", type=int, default=40)
    parser.add_argument("--show", action="store_true", help="what was found without reason")
    args = parser.parse_args()
    made = nation(args.cities)
    print(f"{len(made.facts):,} reports, {sum(map(len, made.facts)):,} facts, {len(made.listed):,} names")
    start = time.perf_counter()
    for one in judge(made):
        print(f"{one.name:42} found {one.found:5,} of {one.planted:5,}   wrongly {len(one.wrong):5,}")
        if args.show:
            print("".join(f"    {wrong}\n" for wrong in one.wrong[:20]), end="")
    print(f"audited, identified and covered in {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
