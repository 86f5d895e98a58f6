"""What corrections are worth: simulated annotators correct part of a pool, chosen by uncertainty or at random.

The network starts from the texts of one hand of corpus/texts and from simulated reports. The pool is the texts of
another hand, the test those of a third: clerks whom the network never read. An annotator is the marks of the
texts. In rounds, the next tasks of the pool are made, scored and chosen as `annotate push --project links` does with
the network of the round before and the decision that ships (confidence, disagreement with the rules, failed checks;
spread over years, forms and layouts) and corrected. For each point the network of the start goes on learning for the
same number of steps, with what was corrected beside what it began with; for the first point, with that alone.

python benchmarks/learning_curve.py [--seeds 1] [--plot annotations/pictures/learning_curve.png]
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import numpy as np
from spacy.tokens import Doc
from spacy.training import Example
from spacy.training.batchers import minibatch_by_words
from spacy.vocab import Vocab
from thinc.api import Adam

from nianbao.annotate.select import select
from nianbao.annotate.settings import Settings, load_settings
from nianbao.annotate.suggest import make_tasks
from nianbao.annotate.tasks import Task
from nianbao.catalogue import Catalogue
from nianbao.extractor import Extractor, load
from nianbao.pipes.extensions import views
from nianbao.pipes.linker import LinkerPipe
from nianbao.pipes.number_linker import NumberLinker, build_network, score_numbers
from nianbao.reading.source import Source
from nianbao.training.marked import read_marked
from nianbao.training.number_linker import hands_of
from nianbao.training.numbers import NumberReader, by_characters, marked_docs, simulated_docs
from nianbao.training.stated_facts import of_marked

ROOT = Path(__file__).resolve().parents[1]
TEXTS = ROOT / "corpus" / "texts"
SHARES = (0.0, 0.1, 0.3)
# A corrected mention counts as much as so many simulated ones.
WEIGHT = 5
STEPS, MORE, WORDS = 900, 150, 3000
SIMULATED = 20
Choice = Literal["uncertain", "random"]
WAYS: tuple[Choice, ...] = ("uncertain", "random")
Place = tuple[str, int, int]


class Pool:
    """The texts of a hand with the truth of each mention, for the network to guess and people to correct."""

    def __init__(self, hand: str) -> None:
        reader = NumberReader()
        self.docs = [
            reader.read(Source(text.id, text.text), of_marked(text), text.year)
            for text in read_marked(TEXTS / f"{hand}.txt")
            if text.report
        ]
        self.after = Extractor(load(linker="rules")).nlp

    def tasks(self, network: NumberLinker, settings: Settings) -> list[Task]:
        """What `annotate push --project links` would make of the texts with this network."""
        linker = LinkerPipe(Catalogue.load())
        found: list[Task] = []
        for doc in self.docs:
            network.set_annotations([doc], network.predict([doc]))
            for pipe in (linker, *(self.after.get_pipe(name) for name in ("nianbao_facts", "nianbao_checks"))):
                doc = pipe(doc)  # type: ignore[operator]
            found += make_tasks(doc, "links", settings, linker.opinions(doc, settings.tasks["candidates"]))
        return found

    def corrected(self, taken: set[Place]) -> list[Doc]:
        """The texts with the truth of the numbers at these places alone."""
        found = []
        for doc in self.docs:
            truths = [
                truth
                if (doc._.source_id, mention["start"], mention["end"]) in taken
                else {**truth, "metrics": [], "running": False}
                for mention, truth in zip(doc._.mentions, doc._.truths, strict=True)
            ]
            if any(truth["metrics"] for truth in truths):
                copy = by_characters(doc.vocab, views(doc)[0])
                for name in ("mentions", "structure", "regions", "source_id"):
                    setattr(copy._, name, getattr(doc._, name))
                copy._.truths = truths
                found.append(copy)
        return found


def labels_of(docs: Iterable[Doc]) -> list[str]:
    """The metrics that docs tell, "" for none among them."""
    return sorted({metric for doc in docs for truth in doc._.truths for metric in truth["metrics"]})


def learn(docs: list[Doc], labels: list[str], seed: int, steps: int, start: NumberLinker | None = None) -> NumberLinker:
    """A network of these docs; from the weights of `start` on, where it is given."""
    network = NumberLinker(Vocab(), build_network(seed), Catalogue.load())
    examples = [Example(doc, doc) for doc in docs]
    network.initialize(lambda: examples, labels=labels)
    if start is not None:
        network.restore(start.network())
    optimizer, rng, done = Adam(0.004), random.Random(seed), 0
    while done < steps:
        rng.shuffle(examples)
        for batch in minibatch_by_words(examples, size=WORDS):
            network.update(batch, drop=0.25, sgd=optimizer)
            done += 1
            if done == steps:
                break
    return network


def numbers_f1(network: NumberLinker, docs: list[Doc]) -> float:
    """F1 of the metrics of all mentions, the likeliest answer taken for each."""
    for doc, entries in zip(docs, network.predict(docs), strict=True):
        doc._.numbers = entries
    return float(score_numbers([Example(doc, doc) for doc in docs])["numbers_f"])


def curves(seed: int) -> dict[Choice, list[float]]:
    """F1 at each of SHARES, for both ways of choosing, from the same network, pool and test."""
    settings, hands = load_settings(), hands_of(TEXTS)
    hands = hands[seed % len(hands) :] + hands[: seed % len(hands)]
    base = [*marked_docs(TEXTS, only=hands[2]), *simulated_docs(SIMULATED, 100 + seed, "train")]
    pool, test = Pool(hands[1]), list(marked_docs(TEXTS, only=hands[0]))
    labels = labels_of([*base, *pool.docs])
    begun = learn(base, labels, seed, STEPS)
    none = learn(base, labels, seed, MORE, begun)
    tasks = pool.tasks(none, settings)
    found: dict[Choice, list[float]] = {}
    for how in WAYS:
        network, taken = none, set[Place]()
        found[how] = [numbers_f1(none, test)]
        for share in SHARES[1:]:
            made = pool.tasks(network, settings) if taken and how == "uncertain" else tasks
            left = [t for t in made if (t.doc_id, t.start, t.end) not in taken]
            chosen = select(left, how, round(share * len(tasks)) - len(taken), seed, settings.sampling["spread"])
            taken.update((task.doc_id, task.start, task.end) for task in chosen)
            network = learn([*base, *pool.corrected(taken) * WEIGHT], labels, seed, MORE, begun)
            found[how].append(numbers_f1(network, test))
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
    axes.set_ylabel("F1 of numbers, texts of a hand never trained on")
    axes.grid(alpha=0.3)
    axes.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=120, metadata={"Software": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--plot", type=Path, default=ROOT / "annotations" / "pictures" / "learning_curve.png")
    options = parser.parse_args()
    runs = [curves(seed) for seed in range(options.seeds)]
    by_way = {how: [run[how] for run in runs] for how in WAYS}
    plot({"uncertainty": by_way["uncertain"], "chance": by_way["random"]}, options.plot)
    options.plot.with_suffix(".json").write_text(json.dumps({"shares": SHARES, **by_way}, indent=1) + "\n", "utf-8")
    for how, values in by_way.items():
        means = np.mean(values, axis=0)
        print(f"{how:<9} " + "  ".join(f"{share:.0%} {f1:.4f}" for share, f1 in zip(SHARES, means, strict=True)))


if __name__ == "__main__":
    main()
