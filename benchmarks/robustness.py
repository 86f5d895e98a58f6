#!/usr/bin/env python3
"""How tables are read in every form, layout and state of wreckage: cells right, wrong, ambiguous and missed.

    python benchmarks/robustness.py [-n 2] [--plot docs/robustness.png] [--mixed 60]

Simulated reports, n for each combination of form, layout and noise level (0 clean to 3 wrecked). A cell is right where
metric, applicant, year and value (or the blank) are as simulated; wrong where another value stands for it, or a value
for what is no cell; ambiguous where the reader says that its digits can be read in several ways; missed otherwise.
After the table: all forms and layouts mixed at the middle noise level, glued digits, and shuffled Markdown; then what
it takes to read a report's tables where everything runs together, and a run of 10,000 digits.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

KINDS = ("right", "wrong", "ambiguous", "missed")
MIDDLE = 2
# Layouts that the last lines sum up, beside all of them.
SINGLED = ("glued", "shuffled")


@dataclass(slots=True)
class Cells:
    """Counts of cells; `extra`: of the wrong ones, those for which no cell stands."""

    counts: Counter[str] = field(default_factory=Counter)

    def add(self, report: Any, facts: list[Any]) -> None:
        """One report and what was found in it."""
        truth, optional = table_cells(report)
        found: dict[tuple[Any, ...], set[Any]] = {}
        for fact in facts:
            if fact.metric and fact.basis == "table":
                key = (fact.metric, fact.applicant, fact.year)
                value = "ambiguous" if fact.status == "ambiguous" else fact.value
                found.setdefault(key, set()).add(value)
        for key, values in truth.items():
            given = found.pop(key, set())
            for value in values:
                self.counts[judge(value, given, values)] += 1
            # A second value for a cell that was read right as well.
            if values <= given:
                self.counts["wrong"] += len(given - values - {"ambiguous"} - optional.get(key, set()))
        for key, given in found.items():
            extra = given - {"ambiguous", None} - optional.get(key, set())
            self.counts["wrong"] += len(extra)
            self.counts["extra"] += len(extra)

    def __getitem__(self, kind: str) -> int:
        return self.counts[kind]

    @property
    def share(self) -> float:
        """The share of cells that are right."""
        return self["right"] / max(self.total, 1)

    @property
    def f1(self) -> float:
        """F1, cells said to be ambiguous counted as not found."""
        given = self["right"] + self["wrong"]
        return 2 * self["right"] / max(given + self.total, 1)

    @property
    def total(self) -> int:
        """Simulated cells."""
        return sum(self.counts[kind] for kind in KINDS) - self["extra"]


def table_cells(report: Any) -> tuple[dict[tuple[Any, ...], set[Any]], dict[tuple[Any, ...], set[Any]]]:
    """(metric, applicant, year) → its values, None a blank: those of cells that must be read, and others."""
    must: dict[tuple[Any, ...], set[Any]] = {}
    may: dict[tuple[Any, ...], set[Any]] = {}
    for fact in report.facts:
        needed = fact.basis == "table" and not fact.optional
        (must if needed else may).setdefault((fact.metric, fact.applicant, fact.year), set()).add(fact.value)
    return must, may


def judge(value: Any, given: set[Any], cells: set[Any]) -> str:
    """What became of one cell."""
    if value in given:
        return "right"
    if "ambiguous" in given:
        return "ambiguous"
    return "wrong" if given - cells else "missed"


def measure(count: int, seed: int, **options: Any) -> Cells:
    """The cells of `count` simulated reports that hold tables; `options` as for `nianbao.simulate.generate`."""
    from nianbao.reading import Source
    from nianbao.reading.html import to_text
    from nianbao.simulate import generate

    cells = Cells()
    done = 0
    # Some reports have no table; they say nothing here.
    for report in generate(4 * count, seed=seed, negatives=0, **options):
        if done == count:
            break
        if any(fact.basis == "table" for fact in report.facts):
            source = Source(report.id, report.text)
            if report.html is not None:
                text, grids, *_ = to_text(report.html)
                source = Source(report.id, text, grids)
            cells.add(report, extractor().run(source).facts)
            done += 1
    return cells


def extractor() -> Any:
    """The reader, made once. Prose is not measured here: its learned linker is left aside."""
    global _extractor
    if _extractor is None:
        from nianbao.extractor import Extractor, load

        _extractor = Extractor(load(linker="rules"))
    return _extractor


_extractor: Any = None


def seconds(text: str) -> float:
    """Time to read the tables of a text, the best of three."""
    from nianbao.catalogue import Catalogue
    from nianbao.forms.knowledge import FormKnowledge
    from nianbao.forms.reader import TableReader
    from nianbao.language.script import normalize

    reader = TableReader(Catalogue.load().compiled(FormKnowledge))
    norm, best = normalize(text), float("inf")
    for _ in range(3):
        begin = time.perf_counter()
        reader.read(text, norm)
        best = min(best, time.perf_counter() - begin)
    return best


def timings(count: int, seed: int) -> str:
    """The median and longest time of reports whose tables are glued, and that of a hostile run."""
    from nianbao.simulate import generate

    times = sorted(seconds(r.text) for r in generate(count, seed=seed, negatives=0, layouts=["glued"], noise=MIDDLE))
    hostile = "一、本年新收政府信息公开申请数量" + "1234567890" * 1000 + "二、上年结转政府信息公开申请数量0000000"
    hostile += "(一)予以公开0000000(二)部分公开0000000"
    return (
        f"glued tables of a report: median {1000 * times[len(times) // 2]:.1f} ms, longest {1000 * times[-1]:.1f} ms; "
        f"a run of 10,000 digits: {1000 * seconds(hostile):.1f} ms"
    )


def combinations(count: int, seed: int) -> Iterator[tuple[str, str, int, Cells]]:
    """(form, layout, noise level, cells) of every combination."""
    from nianbao.simulate import LAYOUTS, NOISE_LEVELS, REGIMES

    for regime in REGIMES:
        for layout in LAYOUTS:
            for level in NOISE_LEVELS:
                yield regime, layout, level, measure(count, seed, regimes=[regime], layouts=[layout], noise=level)


def plot(found: dict[tuple[str, str, int], Cells], target: Path) -> None:
    """A heat map: layouts by forms and noise levels, coloured by the share of cells that are right."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    layouts = list(dict.fromkeys(layout for _, layout, _ in found))
    columns = list(dict.fromkeys((form, level) for form, _, level in found))
    shares = [[found[form, layout, level].share for form, level in columns] for layout in layouts]
    figure, axes = plt.subplots(figsize=(10, 4.6), layout="constrained")
    image = axes.imshow(shares, vmin=0.5, vmax=1, cmap="RdYlGn", aspect="auto")
    for y, row in enumerate(shares):
        for x, share in enumerate(row):
            axes.text(x, y, f"{100 * share:.0f}" if share < 0.9995 else "·", ha="center", va="center", fontsize=7)
    axes.set_yticks(range(len(layouts)), layouts)
    axes.set_xticks(range(len(columns)), [f"{form}\n{level}" for form, level in columns], fontsize=7)
    axes.set_xlabel("form, and noise level from 0 (clean) to 3 (wrecked)")
    axes.set_title("Cells read right, in per cent (· is all)")
    figure.colorbar(image, ax=axes)
    target.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(target, dpi=110)


def line(cells: Cells) -> str:
    """The counts and figures of one row of the table."""
    counts = "".join(f"{cells[kind]:>10,}" for kind in KINDS)
    given = cells["right"] + cells["wrong"]
    return f"{counts}{cells.share:>9.4f}{cells.f1:>8.4f}{cells['wrong'] / max(given, 1):>8.4f}"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("-n", type=int, default=2, help="reports for each combination")
    parser.add_argument("--mixed", type=int, default=60, help="reports for each of the last lines")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--plot", type=Path, help="where the heat map goes (.png)")
    args = parser.parse_args()
    header = "".join(f"{name:>10}" for name in KINDS) + f"{'share':>9}{'F1':>8}{'wrong':>8}"
    print(f"{'form':<7}{'layout':<18}{'noise':<6}{header}")
    found: dict[tuple[str, str, int], Cells] = {}
    for form, layout, level, cells in combinations(args.n, args.seed) if args.n else ():
        found[form, layout, level] = cells
        print(f"{form:<7}{layout:<18}{level:<6}{line(cells)}", flush=True)
    if args.plot is not None and found:
        plot(found, args.plot)
    rows: dict[str, dict[str, Any]] = {"all mixed": {}} | {name: {"layouts": [name]} for name in SINGLED}
    for name, options in rows.items():
        cells = measure(args.mixed, args.seed + 1, noise=MIDDLE, **options)
        print(f"{'mixed':<7}{name:<18}{MIDDLE:<6}{line(cells)}", flush=True)
    print(timings(args.mixed, args.seed + 2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
