"""What corrections are worth: simulated annotators correct part of a pool, chosen by uncertainty or at random.

The linker starts from simulated reports. The pool and the test are reports of productions that it never saw, the
test's reports others than the pool's. An annotator is the simulator's own truth. In rounds, the next tasks of the
pool are chosen by `nianbao.annotate.select`, as `annotate push` does (their score here is the linker's margin alone),
corrected, and the linker is fitted anew.

python benchmarks/learning_curve.py [--seeds 3] [--plot annotations/pictures/learning_curve.png]
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Literal

import numpy as np

from nianbao.annotate.marks import Layer
from nianbao.annotate.select import select
from nianbao.annotate.tasks import Task
from nianbao.extractor import Extractor, load
from nianbao.prose.model import NONE, LinkModel
from nianbao.simulate import SimulatedReport, generate
from nianbao.training.linker import Example, examples, fit, rule_linker

ROOT = Path(__file__).resolve().parents[1]
SHARES = (0.0, 0.01, 0.02, 0.03, 0.04, 0.05)
# A corrected mention counts as much as so many simulated ones.
WEIGHT = 5
Choice = Literal["uncertain", "random"]
WAYS: tuple[Choice, ...] = ("uncertain", "random")


class Pool:
    """Labelled mentions of reports, each a task as `annotate push --project links` would make it."""

    def __init__(self, reports: list[SimulatedReport], extractor: Extractor) -> None:
        self.tasks: list[Task] = []
        self.examples: dict[str, Example] = {}
        linker = rule_linker()
        for report in reports:
            for number, example in enumerate(examples([report], extractor, linker)):
                stratum = (str(report.report_year), "none", "prose")
                about = {"doc_sha256": report.id}
                task = Task("links", report.id, number, number + 1, "", Layer(), about, 0, 0.0, stratum)
                self.tasks.append(task)
                self.examples[task.key] = example

    def choose(self, how: Choice, count: int, model: LinkModel, taken: set[str], seed: int) -> list[str]:
        """Keys of the next `count` tasks."""
        left = [task for task in self.tasks if task.key not in taken]
        if how == "uncertain":
            shares = np.sort(model.scores([self.examples[task.key].features for task in left]), axis=1)
            for task, (second, first) in zip(left, shares[:, -2:], strict=True):
                task.score = float(1 - (first - second))
        return [task.key for task in select(left, how, count, seed, ["layout"])]


def prose_f1(model: LinkModel, test: list[Example]) -> float:
    """F1 of the metrics of all mentions, the likeliest answer taken for each."""
    shares = model.scores([example.features for example in test])
    said = np.array(model.labels)[shares.argmax(axis=1)]
    gold = np.array([example.label for example in test])
    right = float(((said == gold) & (gold != NONE)).sum())
    return 2 * right / float((said != NONE).sum() + (gold != NONE).sum())


def curves(seed: int, sizes: tuple[int, int, int]) -> dict[Choice, list[float]]:
    """F1 at each of SHARES, for both ways of choosing, from the same model, pool and test."""
    extractor, linker = Extractor(load(linker="rules")), rule_linker()
    base_size, pool_size, test_size = sizes
    base = list(examples(generate(base_size, seed=100 + seed, split="train"), extractor, linker))
    checks = list(examples(generate(base_size // 4, seed=200 + seed, split="train"), extractor, linker))
    pool = Pool(list(generate(pool_size, seed=300 + seed, split="held_out")), extractor)
    test = list(examples(generate(test_size, seed=400 + seed, split="held_out"), extractor, linker))
    start = fit(base, checks, seed=seed)
    found: dict[Choice, list[float]] = {}
    for how in WAYS:
        model, taken = start, set[str]()
        found[how] = []
        for share in SHARES:
            count = round(share * len(pool.tasks)) - len(taken)
            if count > 0:
                taken.update(pool.choose(how, count, model, taken, seed))
                corrected = [pool.examples[key] for key in sorted(taken)]
                model = fit([*base, *corrected * WEIGHT], checks, seed=seed)
            found[how].append(prose_f1(model, test))
            print(f"{how:<9} seed {seed}, {share:4.0%} ({len(taken):,} tasks): F1 {found[how][-1]:.4f}", flush=True)
    return found


def plot(ways: dict[str, list[list[float]]], path: Path) -> None:
    """Means, and the single runs behind them."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(6, 4))
    percent = [100 * share for share in SHARES]
    for (how, runs), color in zip(ways.items(), ("#c00000", "#1f4e79"), strict=True):
        for run in runs:
            axes.plot(percent, run, color=color, alpha=0.25, linewidth=1)
        axes.plot(percent, np.mean(runs, axis=0), color=color, marker="o", label=f"chosen by {how}")
    axes.set_xlabel("share of the pool corrected (%)")
    axes.set_ylabel("prose F1, productions never trained on")
    axes.grid(alpha=0.3)
    axes.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=120, metadata={"Software": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--sizes", type=int, nargs=3, default=(80, 200, 120), metavar=("BASE", "POOL", "TEST"))
    parser.add_argument("--plot", type=Path, default=ROOT / "annotations" / "pictures" / "learning_curve.png")
    options = parser.parse_args()
    sizes = tuple(options.sizes)
    runs = [curves(seed, sizes) for seed in range(options.seeds)]
    by_way = {how: [run[how] for run in runs] for how in WAYS}
    plot({"uncertainty": by_way["uncertain"], "chance": by_way["random"]}, options.plot)
    options.plot.with_suffix(".json").write_text(json.dumps({"shares": SHARES, **by_way}, indent=1) + "\n", "utf-8")
    for how, values in by_way.items():
        means = np.mean(values, axis=0)
        print(f"{how:<9} " + "  ".join(f"{share:.0%} {f1:.4f}" for share, f1 in zip(SHARES, means, strict=True)))


if __name__ == "__main__":
    main()
