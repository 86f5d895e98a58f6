"""Trains the gate for crawls on simulated and own texts: `python -m nianbao.training.gate --out models/gate`."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nianbao.gate.features import COLUMNS, features
from nianbao.gate.gate import page_reader
from nianbao.gate.model import GateModel
from nianbao.gate.page import PageParts
from nianbao.reading.config import load_config
from nianbao.simulate import SimulatedReport, generate
from nianbao.training.pages import dress, near_misses

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

SMALL = (0, 6)
"""Kilobytes of a page's surroundings in training: what they are made of matters, not how long they are."""

_SMALLEST_WEIGHT = 0.01


def examples(count: int, seed: int) -> Iterator[tuple[PageParts, bool]]:
    """Pages as the gate sees them, each text bare and within a page; half of them are reports."""
    rng = random.Random(f"gate/{seed}")
    read = page_reader().read
    reports = generate(count, seed, split="train", negatives=0.0)
    for report, other in zip(reports, near_misses(count, seed, "train"), strict=True):
        own = shortened(rng, report) if rng.random() < 0.4 else report.text
        for text, is_report in ((own, True), (other, False)):
            yield read(text.encode("utf-8", "replace")), is_report
            yield read(dress(rng, text, "train", SMALL)), is_report


def shortened(rng: random.Random, report: SimulatedReport) -> str:
    """What a small agency publishes: the title and a few of the report's sentences, at times a heading above each."""
    lines = {kind: _stretches(report, kind) for kind in ("title", "heading", "prose")}
    sentences = [s + "。" for text in lines["prose"] for s in text.split("。") if len(s) > 5]
    first = rng.randrange(max(len(sentences) - 3, 1))
    chosen = sentences[first : first + rng.choice((2, 3, 5, 8, 14))]
    if rng.random() < 0.5:
        for heading in lines["heading"][: rng.randint(1, 5)]:
            chosen.insert(rng.randint(0, len(chosen)), heading)
    return "\n".join([*lines["title"], *chosen]) or report.text


def _stretches(report: SimulatedReport, kind: str) -> list[str]:
    return [report.text[line.start : line.end] for line in report.segments if line.kind == kind]


def train(out: Path, count: int = 3000, seed: int = 11, cost: float = 100.0) -> GateModel:
    """Trains, saves and returns the gate.

    The threshold is the score that all but one in five hundred of the reports set aside reach, and 0.6 at most: in new
    wordings reports score lower.

    Args:
        count: reports, and as many near misses; a fifth as many are set aside for the threshold.
        cost: scikit-learn's C.
    """
    model = fitted(examples(count, seed), cost)
    scores = [model.score(page) for page, is_report in examples(count // 5, seed + 1) if is_report]
    model.threshold = min(0.6, float(np.quantile(scores, 1 / 500)))
    model.save(out)
    return model


def fitted(texts: Iterable[tuple[PageParts, bool]], cost: float) -> GateModel:
    """A model of which of these texts are reports, with a threshold of 0.5; `cost`: scikit-learn's C."""
    from sklearn.linear_model import LogisticRegression

    pages, truth = zip(*texts, strict=True)
    names = tuple(load_config("gate/words.yaml")["names"])
    classifier = LogisticRegression(C=cost, max_iter=500).fit(matrix([features(page, names) for page in pages]), truth)
    weights = classifier.coef_[0].astype(np.float32)
    weights[np.abs(weights) < _SMALLEST_WEIGHT] = 0.0
    return GateModel(weights, float(classifier.intercept_[0]), 0.5, names)


def matrix(found: Sequence[tuple[NDArray[np.intp], NDArray[np.float64]]]) -> csr_matrix:
    """The columns and values of each text as one sparse matrix, a row a text."""
    from scipy.sparse import csr_matrix

    ends = np.cumsum([0, *(len(columns) for columns, _ in found)])
    columns = np.concatenate([columns for columns, _ in found])
    values = np.concatenate([values for _, values in found])
    return csr_matrix((values, columns, ends), shape=(len(found), COLUMNS))


def main() -> None:
    """The command line: where to write, how many reports, which seed."""
    import argparse

    parser = argparse.ArgumentParser(description="Train the gate for crawls on simulated and own texts.")
    parser.add_argument("--out", type=Path, default=Path("models/gate"))
    parser.add_argument("--reports", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=11)
    options = parser.parse_args()
    model = train(options.out, options.reports, options.seed)
    print(f"{np.count_nonzero(model.weights):,} weights, threshold {model.threshold:.3f}, in {options.out}")


if __name__ == "__main__":
    main()
