"""How tables are read on a test bed of its own: three forms, eight layouts, four levels of noise.

    python -m benchmarks.bed [-n 2] [--seed 0] [--layout glued] [--errors | --held | --write DIR]

Scored as the contract's score.py does: F1 of the table's cells that gold asks for, the share of linked facts that
contradict gold, blank cells apart, cells said to be ambiguous counted as missed. Reports come in two families: `dev`,
whose errors may be looked at, and `held` (--held), of which only figures are ever printed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from pathlib import Path

from benchmarks.bed.building import FORMS
from benchmarks.bed.reports import LAYOUTS, Report, generate
from benchmarks.bed.scoring import Score, compare
from benchmarks.bed.wreckage import LEVELS


def errors(report: Report, outcome: Score) -> None:
    """Prints what was missed or wrong, and the report's tables."""
    if not (outcome.missed or outcome.extra):
        return
    print(f"\n===== {report.id}")
    for name, keys in (("MISSED", outcome.missed), ("EXTRA", outcome.extra)):
        for key in keys:
            print(name, *key)
    print(report.source().text)


def write(reports: list[Report], folder: Path) -> None:
    """Texts and gold as the contract has them, for `nianbao extract` and score.py."""
    for report in reports:
        for name, text in (
            (f"reports/{report.id}.{report.suffix}", report.raw),
            (f"gold/{report.id}.json", json.dumps(report.gold, ensure_ascii=False, indent=1)),
        ):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, "utf-8")


def show(scores: dict[tuple[str, str, int], Score]) -> None:
    """A line for each layout and form, its levels side by side; then by layout, form, level, and all."""
    print(f"{'layout':<10}{'form':<6}" + "".join(f"{f'F1 at {level}':>9}" for level in LEVELS) + Score.head())
    for layout in LAYOUTS:
        for form in FORMS:
            cells = [scores[form, layout, level] for level in LEVELS if (form, layout, level) in scores]
            if cells:
                print(
                    f"{layout:<10}{form:<6}"
                    + "".join(f"{cell.f1:>9.4f}" for cell in cells)
                    + sum(cells, Score()).line()
                )
    for position, names in ((1, list(LAYOUTS)), (0, list(FORMS)), (2, list(LEVELS))):
        print()
        for name in names:
            cells = [score for key, score in scores.items() if key[position] == name]
            if cells:
                print(f"{name!s:<52}" + sum(cells, Score()).line())
    print(f"\n{'all':<52}" + sum(scores.values(), Score()).line())


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bed", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("-n", type=int, default=2, help="reports for each form, layout and noise level")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--layout", action="append", choices=list(LAYOUTS), help="only this one; may be given again")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--errors", action="store_true", help="print misses and what contradicts gold, with the text")
    kind.add_argument("--held", action="store_true", help="the other family, figures only")
    kind.add_argument("--write", type=Path, metavar="DIR", help="write reports and gold there, and read nothing")
    args = parser.parse_args()
    reports = generate("held" if args.held else "dev", args.n, args.seed, args.layout)
    if args.write:
        write(list(reports), args.write)
        return 0
    from nianbao.extractor import Extractor

    extractor = Extractor()
    scores: dict[tuple[str, str, int], Score] = defaultdict(Score)
    for report in reports:
        outcome = compare(report.gold, [fact.to_dict() for fact in extractor.run(report.source()).facts])
        if args.errors:
            errors(report, outcome)
        scores[report.form, report.layout, report.level] += outcome
    show(scores)
    return 0


if __name__ == "__main__":
    sys.exit(main())
