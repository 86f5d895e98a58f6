"""Trains the judge of texts, whole or cut: `python -m nianbao.training.genre --out models/genre`."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from nianbao.gate.model import GateModel
from nianbao.gate.page import PageParts, read_text
from nianbao.reading.config import load_config
from nianbao.simulate import SimulatedReport, generate
from nianbao.training.gate import fitted, shortened
from nianbao.training.pages import filled, near_misses

_OPENING = (150, 900)
"""Characters of an opening."""

_FEW = (2, 3, 4, 6, 9, 14)
"""Sentences of a passage."""


def examples(count: int, seed: int) -> Iterator[tuple[PageParts, bool]]:
    """Texts as they are crawled, whole, cut, with and without a title; half of them are reports."""
    rng = random.Random(f"genre/{seed}")
    reports = generate(count, seed, split="train", negatives=0.0)
    for report, other in zip(reports, near_misses(count, seed, "train"), strict=True):
        for text in (_whole(rng, report), _opening(rng, report), _passage(rng, report)):
            yield read_text(_headed(rng, text)), True
        for text in (other, _cut(rng, other), _own(rng)):
            yield read_text(_headed(rng, text)), False


def _whole(rng: random.Random, report: SimulatedReport) -> str:
    return shortened(rng, report) if rng.random() < 0.6 else report.text


def _opening(rng: random.Random, report: SimulatedReport) -> str:
    """The first characters, half of the time behind the title."""
    titles = [line.end for line in report.segments if line.kind == "title"]
    start = max(titles, default=0) if rng.random() < 0.5 else 0
    return report.text[start : start + rng.randint(*_OPENING)].strip() or report.text


def _passage(rng: random.Random, report: SimulatedReport) -> str:
    """Some consecutive sentences and headings from anywhere, without a title."""
    lines = [report.text[s.start : s.end] for s in report.segments if s.kind in ("prose", "heading")]
    pieces = [piece for line in lines for piece in (f"{s}。" for s in line.rstrip("。").split("。")) if len(piece) > 4]
    at = rng.randrange(max(len(pieces) - 2, 1))
    return rng.choice(("", "\n")).join(pieces[at : at + rng.choice(_FEW)]) or report.text


def _cut(rng: random.Random, text: str) -> str:
    """A near miss, or its first characters, at times without its first line."""
    body = text.partition("\n")[2] if rng.random() < 0.4 else text
    return (body or text)[: rng.randint(*_OPENING)]


@cache
def _kinds() -> list[dict[str, Any]]:
    names = ("gate/near_misses.yaml", "gate/other_texts.yaml")
    return [kind for name in names for kind in load_config(name)["kinds"].values()]


def _own(rng: random.Random) -> str:
    kind = rng.choice(_kinds())
    sentences = rng.sample(kind["sentences"], min(len(kind["sentences"]), rng.choice(_FEW)))
    lines = [*([rng.choice(kind["titles"])] if rng.random() < 0.7 else []), *sentences]
    return filled(rng, rng.choice(("\n", "\n", "")).join(lines))


def _headed(rng: random.Random, text: str) -> str:
    """The text, at times below what a page's head says of it."""
    if rng.random() >= 0.25:
        return text
    heads = load_config("gate/other_texts.yaml")["heads"]
    return filled(rng, "\n".join([*rng.sample(heads, rng.randint(1, 3)), text]))


def train(out: Path, count: int = 2500, seed: int = 17, cost: float = 20.0) -> GateModel:
    """Trains, saves and returns the judge.

    Args:
        count: reports, and as many near misses, three texts of each.
        cost: scikit-learn's C.
    """
    model = fitted(examples(count, seed), cost)
    model.save(out)
    return model


def main() -> None:
    """The command line: where to write, how many reports, which seed."""
    import argparse

    parser = argparse.ArgumentParser(description="Train the judge of texts on simulated and own texts.")
    parser.add_argument("--out", type=Path, default=Path("models/genre"))
    parser.add_argument("--reports", type=int, default=2500)
    parser.add_argument("--seed", type=int, default=17)
    options = parser.parse_args()
    model = train(options.out, options.reports, options.seed)
    print(f"{np.count_nonzero(model.weights):,} weights in {options.out}")


if __name__ == "__main__":
    main()
