"""What corrections are worth: simulated annotators correct part of a pool, chosen by uncertainty or at random.

The linker starts from simulated reports. The pool and the test are reports of productions that it never saw, the
test's reports others than the pool's. An annotator is the simulator's own truth. In rounds, the next tasks of the
pool are made, scored and chosen as `annotate push --project links` does with the linker of the round before (its
confidence, its disagreement with the rules, failed checks; spread over years, forms and layouts), corrected, and the
linker is fitted anew.

python benchmarks/learning_curve.py [--seeds 3] [--plot annotations/pictures/learning_curve.png]
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import numpy as np
from spacy.tokens import Doc

from nianbao.annotate.select import select
from nianbao.annotate.settings import Settings, load_settings
from nianbao.annotate.suggest import make_tasks
from nianbao.annotate.tasks import Task
from nianbao.catalogue import Catalogue
from nianbao.extractor import Extractor, load
from nianbao.pipes.extensions import views
from nianbao.pipes.linker import LinkerPipe
from nianbao.pipes.mentions import from_plain
from nianbao.prose.learned import LearnedLinker, rules_say
from nianbao.prose.linking import Link
from nianbao.prose.model import NONE, LinkModel
from nianbao.reading.source import Source
from nianbao.simulate import SimulatedReport, generate
from nianbao.training.linker import Example, examples, fit, label_mentions, rule_linker

ROOT = Path(__file__).resolve().parents[1]
SHARES = (0.0, 0.01, 0.02, 0.03, 0.04, 0.05)
# A corrected mention counts as much as so many simulated ones.
WEIGHT = 5
Choice = Literal["uncertain", "random"]
WAYS: tuple[Choice, ...] = ("uncertain", "random")


class Pool:
    """Reports read up to their mentions, each labelled mention with its truth."""

    def __init__(self, reports: Iterable[SimulatedReport], extractor: Extractor) -> None:
        self.extractor = extractor
        self.docs: list[Doc] = []
        self.examples: dict[tuple[str, int, int], list[Example]] = defaultdict(list)
        self.rules = rule_linker()
        self._reader = LearnedLinker(self.rules, None, frozenset(), Catalogue.load().metrics)  # type: ignore[arg-type]
        for report in reports:
            if report.is_report:
                self._read(report)

    def _read(self, report: SimulatedReport) -> None:
        doc = self.extractor.make_doc(Source(report.id, report.text))
        for name in ("nianbao_tables", "nianbao_structure", "nianbao_mentions"):
            doc = self.extractor.nlp.get_pipe(name)(doc)
        self.docs.append(doc)
        mentions = [from_plain(data) for data in doc._.mentions]
        links: dict[int, list[Link]] = defaultdict(list)
        for link in self.rules.link(mentions):
            links[id(link.mention)].append(link)
        for mention, label in zip(mentions, label_mentions(mentions, links, report), strict=True):
            if label is not None:
                found = links[id(mention)]
                features = self._reader.features(mention, views(doc)[1], found)
                self.examples[report.id, mention.start, mention.end].append(Example(features, label, rules_say(found)))

    def tasks(self, model: LinkModel, settings: Settings) -> list[Task]:
        """What `annotate push --project links` would make of the reports with this linker."""
        linker = LinkerPipe(model=model)
        found = []
        for doc in self.docs:
            for pipe in (linker, *(self.extractor.nlp.get_pipe(name) for name in ("nianbao_facts", "nianbao_checks"))):
                doc = pipe(doc)
            opinions = linker.opinions(doc, settings.tasks["candidates"])
            found += make_tasks(doc, "links", settings, opinions)
        return found


def prose_f1(model: LinkModel, test: list[Example]) -> float:
    """F1 of the metrics of all mentions, the likeliest answer taken for each."""
    found = model.predict([example.features for example in test], [example.said for example in test])
    said = np.array([prediction.metric for prediction in found])
    gold = np.array([example.label for example in test])
    right = float(((said == gold) & (gold != NONE)).sum())
    return 2 * right / float((said != NONE).sum() + (gold != NONE).sum())


def curves(seed: int, sizes: tuple[int, int, int]) -> dict[Choice, list[float]]:
    """F1 at each of SHARES, for both ways of choosing, from the same model, pool and test."""
    extractor, linker, settings = Extractor(load(linker="rules")), rule_linker(), load_settings()
    base_size, pool_size, test_size = sizes
    base = list(examples(generate(base_size, seed=100 + seed, split="train"), extractor, linker))
    checks = list(examples(generate(base_size // 4, seed=200 + seed, split="train"), extractor, linker))
    pool = Pool(list(generate(pool_size, seed=300 + seed, split="held_out")), extractor)
    test = list(examples(generate(test_size, seed=400 + seed, split="held_out"), extractor, linker))
    start = fit(base, checks, seed=seed)
    size = len(pool.tasks(start, settings))
    found: dict[Choice, list[float]] = {}
    for how in WAYS:
        model, taken = start, set[tuple[str, int, int]]()
        found[how] = []
        for share in SHARES:
            count = round(share * size) - len(taken)
            if count > 0:
                left = [t for t in pool.tasks(model, settings) if (t.doc_id, t.start, t.end) not in taken]
                chosen = select(left, how, count, seed, settings.sampling["spread"])
                taken.update((task.doc_id, task.start, task.end) for task in chosen)
                corrected = [example for place in sorted(taken) for example in pool.examples[place]]
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
