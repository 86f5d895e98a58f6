#!/usr/bin/env python3
"""Tables as the world's tools print them: cells right, ambiguous, missed and wrong, by tool and form.

    python -m venv TOOLS && TOOLS/bin/pip install -r benchmarks/dumps_tools/requirements.txt
    python benchmarks/dumps.py --tools TOOLS/bin/python [-n 4] [--seed 1] [--keep DIR] [--picture heat.png]

Simulated reports of the forms of 2014, 2019 and 2021 are printed by Chromium, then dumped by each tool; pages are
dumped as they are. Wrong: a value for a cell that the report gives another. Ambiguous: said to have several readings.
Open: its number is an open fact of the table. Lost: it is in no fact. Extra, blank: a value and an empty cell made up.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from benchmarks.formats import find_browser, to_pdf

FORMS = ("2014", "2019", "2021")
PRINTER = Path(__file__).with_name("dumps_tools") / "print_text.py"
COUNTS = ("right", "ambiguous", "open", "lost", "wrong", "extra", "blank")
Key = tuple[str, str | None, int | None]
Gold = tuple[str, dict[Key, float], set[Key]]


def key_of(fact: Any) -> Key:
    """Which cell of the report a fact is: metric, applicant, year."""
    return fact["metric"], fact["applicant"] or "total", fact["year"]


def cells_of(facts: Iterable[Any]) -> dict[Key, float]:
    """The table cells with a number, and their values."""
    return {
        key_of(fact): float(fact["value"])
        for fact in facts
        if fact["basis"] == "table" and fact["metric"] and fact["value"] is not None and not fact.get("scope")
    }


def blanks_of(facts: Iterable[Any]) -> set[Key]:
    """The empty cells."""
    return {key_of(fact) for fact in facts if fact["status"] == "blank"}


def compare(gold: dict[Key, float], empty: set[Key], facts: list[dict[str, Any]]) -> Counter[str]:
    """How many of the cells of a report, and of those read, are what COUNTS names."""
    found = cells_of(facts)
    doubted = {key_of(fact) for fact in facts if fact["status"] == "ambiguous"}
    open_ = Counter(fact["value"] for fact in facts if fact["metric"] is None and fact["value"] is not None)
    counts: Counter[str] = Counter()
    for key, value in gold.items():
        if key in found:
            counts["right" if abs(found[key] - value) < 1e-6 else "wrong"] += 1
        elif key in doubted:
            counts["ambiguous"] += 1
        else:
            counts["open" if open_[value] > 0 else "lost"] += 1
            open_[value] -= 1
    counts["extra"] = len(set(found) - set(gold))
    counts["blank"] = len(blanks_of(facts) - empty)
    return counts


def f1(counts: Counter[str]) -> float:
    right = counts["right"]
    others = 2 * counts["wrong"] + counts["open"] + counts["lost"] + counts["ambiguous"] + counts["extra"]
    return 2 * right / (2 * right + others) if right + others else 1.0


def make(folder: Path, count: int, seed: int) -> dict[str, Gold]:
    """Writes pages of simulated reports; for each stem its form and its cells, with numbers and empty."""
    from nianbao.simulate import generate

    gold: dict[str, Gold] = {}
    for form in FORMS:
        reports = generate(count, seed=seed, negatives=0.0, regimes=[form], layouts=["html"], noise=[0])
        for number, report in enumerate(reports):
            stem = f"{form}-{number}"
            (folder / f"{stem}.html").write_text(report.html or report.text, "utf-8")
            facts = [asdict(fact) for fact in report.facts]
            gold[stem] = form, cells_of(facts), blanks_of(facts)
    return gold


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tools", required=True, help="the python of the environment with the tools")
    parser.add_argument("-n", type=int, default=4, help="reports a form")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a folder for the pages, PDFs and dumps")
    parser.add_argument("--picture", type=Path, help="a heat map of F1 by tool and form")
    parser.add_argument("--errors", action="store_true", help="name the wrong cells")
    arguments = parser.parse_args()
    browser = find_browser()
    if browser is None:
        sys.exit("no Chromium was found: install chromium")
    with tempfile.TemporaryDirectory(prefix="nianbao-dumps-") as temporary:
        folder = arguments.keep or Path(temporary)
        dumps = folder / "dumps"
        shutil.rmtree(dumps, ignore_errors=True)
        dumps.mkdir(parents=True)
        gold = make(folder, arguments.n, arguments.seed)
        for stem in gold:
            page, pdf = folder / f"{stem}.html", folder / f"{stem}.pdf"
            to_pdf(page, pdf, browser)
            for path in (page, pdf):
                subprocess.run([arguments.tools, str(PRINTER), str(path), str(dumps)], check=True)
        report(gold, dumps, arguments)


def report(gold: dict[str, Gold], dumps: Path, arguments: argparse.Namespace) -> None:
    """Reads the dumps and prints the table."""
    from nianbao.extractor import Extractor
    from nianbao.reading.source import Source

    extractor = Extractor()
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for path in sorted(dumps.glob("*.txt")):
        stem, _, tool = path.stem.partition("@")
        form, cells, empty = gold[stem]
        facts = [fact.to_dict() for fact in extractor.run(Source(path.stem, path.read_text("utf-8"))).facts]
        counts[tool, form] += compare(cells, empty, facts)
        if arguments.errors:
            found = cells_of(facts)
            for key, value in cells.items():
                if key in found and found[key] != value:
                    print(path.stem, *key, value, "read as", found[key])
    print(f"{'tool':12s} {'form':5s} {'F1':>6s} " + " ".join(f"{name[:6]:>6s}" for name in COUNTS))
    for (tool, form), own in sorted(counts.items()):
        print(f"{tool:12s} {form:5s} {f1(own):6.3f} " + " ".join(f"{own[name]:6d}" for name in COUNTS))
    if arguments.picture:
        picture(counts, arguments.picture)


def picture(counts: dict[tuple[str, str], Counter[str]], path: Path) -> None:
    """A heat map: F1 by tool and form."""
    import matplotlib.pyplot as plt

    tools = sorted({tool for tool, _ in counts})
    grid = [[f1(counts[tool, form]) for form in FORMS] for tool in tools]
    figure, axes = plt.subplots(figsize=(4, 0.4 * len(tools) + 1))
    axes.imshow(grid, vmin=0.5, vmax=1.0, cmap="viridis", aspect="auto")
    axes.set_xticks(range(len(FORMS)), FORMS)
    axes.set_yticks(range(len(tools)), tools)
    for y, row in enumerate(grid):
        for x, value in enumerate(row):
            axes.text(x, y, f"{value:.3f}", ha="center", va="center", color="white" if value < 0.85 else "black")
    figure.savefig(path, bbox_inches="tight")


if __name__ == "__main__":
    main()
