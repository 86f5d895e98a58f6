"""Trains the number linker and the decision: `python -m nianbao.training.number_linker --out models`.

The hands (files of the folder of marked texts) are parted into folds; for each fold a network learns from the other
hands, and what it says of the fold's texts teaches the decision how far a network is to be believed on texts by
strangers. The network that ships learns from all of them. The same texts, seed and machine give the same files.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nianbao.paths import data_dir
from nianbao.training.numbers import simulated_docs, write_corpus

FOLDS = 3
COMPONENT = "nianbao_number_linker"


def folds(hands: Sequence[str], count: int = FOLDS) -> list[list[str]]:
    """The hands in `count` parts, each left out once."""
    return [list(hands[at::count]) for at in range(count)]


def train_network(out: Path, overrides: dict[str, Any], scratch: Path) -> Path:
    """Trains by configs/number_linker.cfg and puts the component alone into `out`.

    Args:
        out: a folder, replaced when training is done. overrides: settings of the configuration by their dotted names.
        scratch: a folder for what spaCy writes.
    """
    from spacy.cli.train import train
    from threadpoolctl import threadpool_limits

    # Sums in another order round otherwise.
    with threadpool_limits(1):
        train(data_dir("configs") / "number_linker.cfg", scratch / "spacy", overrides=overrides)
    if out.exists():
        shutil.rmtree(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(scratch / "spacy" / "model-last" / COMPONENT, out)
    return out


def simulated_corpora(scratch: Path) -> dict[str, Any]:
    """Writes the simulated reports that the configuration asks for as DocBins, once for all folds.

    Returns:
        Overrides by which `spacy train` reads them.
    """
    from spacy import util

    config = util.load_config(data_dir("configs") / "number_linker.cfg")
    found: dict[str, Any] = {}
    scratch.mkdir(parents=True, exist_ok=True)
    for part in ("train", "dev"):
        asked = config["corpora"][part]
        path = scratch / f"{part}.spacy"
        if not path.exists():
            write_corpus(simulated_docs(asked["reports"], asked["seed"], asked["split"], asked["most"]), path)
        found |= {f"corpora.{part}.path": str(path), f"corpora.{part}.reports": 0}
    return found


def train_folds(texts: Path, scratch: Path, overrides: dict[str, Any]) -> dict[str, Path]:
    """A network for each hand that did not learn from it, hands of one fold sharing theirs. Those there stay."""
    hands = sorted(path.stem for path in texts.glob("*.txt"))
    found: dict[str, Path] = {}
    for number, part in enumerate(folds(hands)):
        out = scratch / f"fold{number}"
        if not out.exists():
            own = {**overrides, "paths.texts": str(texts), "corpora.train.leave_out": ",".join(part)}
            train_network(out, own, scratch)
        found |= dict.fromkeys(part, out)
    return found


def main() -> None:
    """The command line."""
    import argparse

    parser = argparse.ArgumentParser(description="Train the number linker and the decision.")
    parser.add_argument("--out", type=Path, default=Path("models"))
    parser.add_argument("--texts", type=Path, default=Path("corpus/texts"))
    parser.add_argument("--scratch", type=Path, default=Path("build/numbers"), help="what is there is used again")
    parser.add_argument("--folds-only", action="store_true")
    options = parser.parse_args()
    overrides = simulated_corpora(options.scratch)
    train_folds(options.texts, options.scratch, overrides)
    if options.folds_only:
        return
    train_network(options.out / "number_linker", {**overrides, "paths.texts": str(options.texts)}, options.scratch)


if __name__ == "__main__":
    main()
