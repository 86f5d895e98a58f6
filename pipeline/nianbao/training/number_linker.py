"""Trains the number linker and the decision: `python -m nianbao.training.number_linker --out models`.

The hands (files of the folder of marked texts) are parted into folds; for each fold a network learns from the other
hands, and what it says of the fold's texts teaches the decision how far a network is to be believed on texts by
strangers. The network that ships learns from all of them. The same texts, seed and machine give the same files.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from spacy.tokens import Doc
from spacy.vocab import Vocab

from nianbao.catalogue import Catalogue
from nianbao.paths import data_dir
from nianbao.pipes.linker import tables_say
from nianbao.pipes.mentions import from_plain
from nianbao.pipes.number_linker import NETWORK, NumberLinker, build_network
from nianbao.prose.decision.decide import Decider
from nianbao.prose.decision.model import Bounds, DecisionModel
from nianbao.reading.source import Source
from nianbao.simulate import generate
from nianbao.training.ablation import ablation, calibration
from nianbao.training.decision import (
    Case,
    Key,
    blank_model,
    case_of,
    fit,
    gold_keys,
    keep_trees,
    marked_keys,
    report_keys,
)
from nianbao.training.gold import WEIGHT, gold_parts
from nianbao.training.marked import read_marked
from nianbao.training.numbers import NumberReader, gold_docs, marked_docs, simulated_docs, write_corpus
from nianbao.training.whole import shares, whole_texts

FOLDS = 3
SIMULATED, SIMULATED_SEED = 90, 21
"""Simulated reports that teach the decision, and their seed."""

COMPONENT = "nianbao_number_linker"
_CORRECTED = "gold"
_AT_ONCE = 2


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

    trained = scratch / f"{out.name}-spacy"
    # Sums in another order round otherwise.
    with threadpool_limits(1):
        train(data_dir("configs") / "number_linker.cfg", trained, overrides=overrides)
    if out.exists():
        shutil.rmtree(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(trained / "model-last" / COMPONENT, out)
    return out


def stored_corpora(texts: Path, scratch: Path) -> dict[str, Any]:
    """Writes what the configuration reads as DocBins, once for all folds: simulated reports, and the texts by hand.

    Returns:
        Overrides by which `spacy train` reads the simulated reports.
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
    for hand in hands_of(texts):
        if not (path := _stored(scratch, hand)).exists():
            write_corpus(marked_docs(texts, only=hand), path)
    return found | {"paths.texts": None}


def hands_of(texts: Path) -> list[str]:
    """The hands of a folder of marked texts: the stems of its files."""
    return sorted(path.stem for path in texts.glob("*.txt"))


def _stored(scratch: Path, hand: str) -> Path:
    return scratch / f"texts-{hand}.spacy"


def taught_by(hands: Sequence[str], overrides: dict[str, Any], scratch: Path) -> dict[str, Any]:
    """The overrides, with the texts of these hands as often as the configuration asks for."""
    from spacy import util

    times = util.load_config(data_dir("configs") / "number_linker.cfg")["corpora"]["train"]["times"]
    paths = [overrides["corpora.train.path"], *[str(_stored(scratch, hand)) for hand in hands] * times]
    return {**overrides, "corpora.train.path": ",".join(paths)}


def train_networks(
    hands: Sequence[str], scratch: Path, overrides: dict[str, Any], gold: Path | None = None
) -> tuple[dict[str, Path], Path]:
    """For each hand a network that did not learn from it, hands of one fold sharing theirs; and one of all hands.

    Those that are there stay. Two are trained at a time, each in a process of its own.
    """
    parts = folds(hands)
    asked = {
        scratch / f"fold{number}": taught_by([hand for hand in hands if hand not in part], overrides, scratch)
        for number, part in enumerate(parts)
    }
    whole = scratch / "whole"
    # Corrections are what networks of the folds must not have read, so that they teach the decision as well.
    asked[whole] = with_gold(taught_by(hands, overrides, scratch), gold, scratch)
    with ProcessPoolExecutor(_AT_ONCE, mp_context=get_context("spawn")) as pool:
        left = [pool.submit(train_network, out, own, scratch) for out, own in asked.items() if not out.exists()]
        for one in left:
            one.result()
    return {hand: scratch / f"fold{number}" for number, part in enumerate(parts) for hand in part}, whole


def cases(texts: Path, foreign: Path, networks: Mapping[str, Path], gold: Path | None = None) -> list[Case]:
    """What rules and network say of each marked text, by a network that did not learn from its hand; of whole reports
    made of some of them; of simulated reports in productions that none learned from; and of what people corrected,
    which is one more hand."""
    reader = NumberReader()
    catalogue = Catalogue.load()
    decider = Decider(reader.linker, blank_model(), frozenset(metric.id for metric in catalogue.metrics))
    found = []

    def add(hand: str, kind: str, doc: Doc, keys: Sequence[tuple[int, int, Key, bool]], network: NumberLinker) -> None:
        (entries,) = network.predict([doc])
        mentions = [from_plain(plain) for plain in doc._.mentions]
        found.append(case_of(hand, kind, keys, decider, mentions, entries, tables_say(doc)))

    hands = sorted(networks)
    read = {hand: NumberLinker(Vocab(), build_network(), catalogue).from_disk(networks[hand]) for hand in hands}
    for hand, other in zip(hands, shares(foreign, len(hands)), strict=True):
        own = [text for text in read_marked(texts / f"{hand}.txt") if text.report]
        for kind, texts_ in (("text", own), ("whole", whole_texts(own, other, hand))):
            for text in texts_:
                doc = reader.marked(text)
                keys = marked_keys(text, [from_plain(plain) for plain in doc._.mentions])
                add(hand, kind, doc, keys, read[hand])
    for at, report in enumerate(generate(SIMULATED, seed=SIMULATED_SEED, split="held_out", negatives=0.0)):
        doc = reader.read(Source(report.id, report.text), ())
        # In two halves, so that reports are not judged by what was taught by texts alone.
        add(f"simulated {at % 2}", "simulated", doc, report_keys(report), read[hands[at % len(hands)]])
    for part in gold_parts(gold) if gold else ():
        add(_CORRECTED, "text", reader.gold(part), gold_keys(part), read[hands[0]])
    return found


def train_decision(
    out: Path,
    texts: Path,
    foreign: Path,
    networks: Mapping[str, Path],
    learnt: Sequence[str],
    gold: Path | None = None,
) -> dict[str, Any]:
    """Fits the decision, writes it into `out`, and returns its figures on hands left out.

    Args:
        networks: for each hand one that did not learn from it. learnt: metrics that the network that ships knows.
        gold: a folder of people's corrections, from which none of the networks learned.
    """
    found = cases(texts, foreign, networks, gold)
    model, trees = fit(found, learnt)
    model.save(out)
    keep_trees(out, trees)
    return told(found, model.bounds)


def told(found: Sequence[Case], bounds: Bounds) -> dict[str, Any]:
    """The decision's figures on cases rated out of fold, by hand and by kind of text."""
    figures: dict[str, Any] = {"bounds": asdict(bounds)}
    texts = [case for case in found if case.kind == "text"]
    for hand in sorted({case.hand for case in texts}):
        figures[hand] = ablation([case for case in texts if case.hand == hand], bounds)
    for kind in sorted({case.kind for case in found}):
        figures[kind] = ablation([case for case in found if case.kind == kind], bounds)
        figures[f"{kind}, calibration"] = calibration(found, bounds, [kind])
    figures["calibration"] = calibration(found, bounds, {case.kind for case in found})
    return figures


def train(
    out: Path, texts: Path, scratch: Path, gold: Path | None = None, foreign: Path | None = None
) -> dict[str, Any]:
    """Networks of the folds, the network that ships and the decision; returns the figures on hands left out.

    Args:
        out: the folder of models. texts: a folder of marked texts. scratch: what is there is used again. gold: a folder
            of people's corrections, which count above what is simulated. foreign: a folder of paragraphs about other
            business; None: the folder of that name beside the texts.
    """
    hands = hands_of(texts)
    overrides = stored_corpora(texts, scratch)
    networks, whole = train_networks(hands, scratch, overrides, gold)
    learnt = [metric for metric in ship(whole, out / "number_linker") if metric]
    return train_decision(out / "decision", texts, foreign or texts.parent / "foreign", networks, learnt, gold)


def try_out(out: Path, reports: int, scratch: Path, gold: Path | None = None) -> None:
    """A network of so many simulated reports and the gold alone, with the decision that ships: for a try."""
    overrides: dict[str, Any] = {
        "paths.texts": None,
        "corpora.train.reports": reports,
        "corpora.dev.reports": 2,
        "training.max_steps": 8 * reports,
        "training.eval_frequency": 8 * reports,
        "training.optimizer.learn_rate": 0.004,
    }
    train_network(scratch / "whole", with_gold(overrides, gold, scratch), scratch)
    ship(scratch / "whole", out / "number_linker")
    DecisionModel.load(data_dir("models") / "decision").save(out / "decision")


def with_gold(overrides: dict[str, Any], gold: Path | None, scratch: Path) -> dict[str, Any]:
    """The overrides, with a corpus of the gold beside that of simulated reports."""
    if gold is None:
        return overrides
    path = scratch / "gold.spacy"
    scratch.mkdir(parents=True, exist_ok=True)
    write_corpus(list(gold_docs(gold)) * WEIGHT, path)
    beside = overrides.get("corpora.train.path")
    return {**overrides, "corpora.train.path": f"{beside},{path}" if beside else str(path)}


def ship(network: Path, out: Path) -> tuple[str, ...]:
    """Puts the network alone into `out`: what ships reads with the catalogue that ships. Returns its labels."""
    out.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(network / NETWORK, out / NETWORK)
    return NumberLinker(Vocab(), build_network(), Catalogue.load()).from_disk(out).labels


def main() -> None:
    """The command line."""
    import argparse

    parser = argparse.ArgumentParser(description="Train the number linker and the decision.")
    parser.add_argument("--out", type=Path, default=Path("models"))
    parser.add_argument("--texts", type=Path, default=Path("corpus/texts"))
    parser.add_argument("--scratch", type=Path, default=Path("build/numbers"), help="what is there is used again")
    parser.add_argument("--reports", type=int, default=0, help="for a try: so many simulated reports alone")
    options = parser.parse_args()
    if options.reports:
        try_out(options.out, options.reports, options.scratch)
        return
    figures = train(options.out, options.texts, options.scratch)
    print(json.dumps(figures, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
