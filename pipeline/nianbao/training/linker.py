"""Trains the learned linker on simulated reports: `python -m nianbao.training.linker --out models/linker`."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nianbao.catalogue import Catalogue
from nianbao.extractor import Extractor, load
from nianbao.pipes import extensions
from nianbao.pipes.mentions import from_plain
from nianbao.prose.choice import CHOICE_FEATURES, candidate_features
from nianbao.prose.features import FOUND, PLAIN
from nianbao.prose.knowledge import Knowledge
from nianbao.prose.learned import LearnedLinker, rules_say
from nianbao.prose.linking import Link, Linker
from nianbao.prose.mention import Mention
from nianbao.prose.model import NONE, LinkModel, save_trained
from nianbao.reading.source import Source
from nianbao.simulate import SimulatedReport, generate, grammar
from nianbao.training.gold import WEIGHT, gold_labels, gold_parts

FEATURE_COLUMNS = 2**17
LEAST_THRESHOLD = 0.92
"""Simulated wordings are easier than real ones: however well it does on them, it abstains below this."""

LEAST_CALIBRATING = 10
"""Reports to calibrate on, however few there are to learn from."""


@dataclass(slots=True)
class Example:
    """A mention's features, its true label (a metric id, or "" for none), and the metric that the rules give it."""

    features: list[str]
    label: str
    said: str = NONE


def rule_linker() -> Linker:
    """The linker of the rules that ship."""
    return Linker(Catalogue.load().compiled(Knowledge))


def label_mentions(mentions: list[Mention], links: dict[int, list[Link]], report: SimulatedReport) -> list[str | None]:
    """The true label of each mention: None where it cannot be told (one clause that states several things)."""
    numbers: dict[int, list[str]] = defaultdict(list)
    for fact in report.facts:
        if fact.basis == "prose" and fact.status == "reported":
            numbers[fact.start].append(fact.metric)
    stated = [fact for fact in report.facts if fact.basis == "prose" and fact.status == "stated" and fact.value == 0]
    shared: dict[tuple[int, int], list[Mention]] = defaultdict(list)
    for mention in mentions:
        if mention.kind in ("zero", "maybe_zero"):
            shared[mention.start, mention.end].append(mention)
    labels: dict[int, str | None] = {}
    for (start, end), group in shared.items():
        gold = [fact.metric for fact in stated if fact.start < end and start < fact.end]
        labels.update(_share_out(group, gold, links))
    for mention in mentions:
        if mention.kind in ("count", "money"):
            gold = numbers.get(mention.start, [])
            # 为零 is a number to the reader and a statement to the annotator.
            gold = gold or [f.metric for f in stated if mention.value == 0 and f.start < mention.end <= f.end]
            said = links[id(mention)][0].metric if links.get(id(mention)) else None
            labels[id(mention)] = said if said in gold else (gold[0] if gold else NONE)
    return [labels.get(id(mention)) for mention in mentions]


def _share_out(group: list[Mention], gold: list[str], links: dict[int, list[Link]]) -> Iterator[tuple[int, str | None]]:
    if not gold:
        yield from ((id(mention), NONE) for mention in group)
        return
    said = {id(m): links[id(m)][0].metric for m in group if links.get(id(m))}
    left = [metric for metric in gold if metric not in said.values()]
    for mention in group:
        if said.get(id(mention)) in gold:
            yield id(mention), said[id(mention)]
        elif len(group) == len(gold) == 1 or (len(left) == 1 and sum(said.get(id(m)) not in gold for m in group) == 1):
            yield id(mention), left[0]
        else:
            yield id(mention), None


def examples(reports: Iterable[SimulatedReport], extractor: Extractor, linker: Linker) -> Iterator[Example]:
    """The labelled mentions of simulated reports, read as the pipeline reads them."""
    for report in reports:
        if not report.is_report:
            continue
        read = _Read(Source(report.id, report.text), extractor, linker)
        for mention, label in zip(read.mentions, label_mentions(read.mentions, read.links, report), strict=True):
            if label is not None:
                yield read.example(mention, label)


def gold_examples(folder: Path, extractor: Extractor, linker: Linker) -> Iterator[Example]:
    """The mentions of a folder of gold with the metrics that people left to them, WEIGHT times each.

    Raises:
        FileNotFoundError: there is no gold in the folder.
    """
    for part in gold_parts(folder):
        metadata = {"year": part["report_year"]} if part["report_year"] else {}
        read = _Read(Source(part["doc_id"], part["text"], metadata=metadata), extractor, linker)
        labels = gold_labels(part)
        for mention in read.mentions:
            metrics = labels.get((mention.start, mention.end), [NONE])
            # Several metrics of one mention: which of them a clause means cannot be told.
            if len(metrics) == 1:
                yield from [read.example(mention, metrics[0] or NONE)] * WEIGHT


class _Read:
    """A document's mentions, and the rules' links of each by its id."""

    def __init__(self, source: Source, extractor: Extractor, linker: Linker) -> None:
        doc = extractor.make_doc(source)
        for name in ("nianbao_tables", "nianbao_structure", "nianbao_mentions"):
            doc = extractor.nlp.get_pipe(name)(doc)
        self.norm = extensions.views(doc)[1]
        self.mentions = [from_plain(data) for data in doc._.mentions]
        self.links: dict[int, list[Link]] = defaultdict(list)
        for link in linker.link(self.mentions):
            self.links[id(link.mention)].append(link)
        self._linker = LearnedLinker(linker, None, frozenset(), Catalogue.load().metrics)  # type: ignore[arg-type]

    def example(self, mention: Mention, label: str) -> Example:
        found = self.links[id(mention)]
        return Example(self._linker.features(mention, self.norm, found), label, rules_say(found))


def fit(
    train: list[Example],
    validation: list[Example],
    precision: float = 0.98,
    seed: int = 0,
    keep: Path | None = None,
) -> LinkModel:
    """A calibrated model.

    Args:
        train, validation: examples of productions that do not overlap, so that the calibration is that of wordings
            never seen.
        precision: share of right answers wanted among those given; sets the threshold.
        seed: of the order of the examples and of the features left out.
        keep: a folder for scikit-learn's own objects, with skops.
    """
    from sklearn.feature_extraction import FeatureHasher
    from sklearn.linear_model import SGDClassifier

    rng = np.random.default_rng(seed)
    hasher = FeatureHasher(FEATURE_COLUMNS, input_type="string", alternate_sign=False, dtype=np.float32)
    rows, labels = [], []
    for example in train:
        for row in _thinned(example.features, rng):
            rows.append(row)
            labels.append(example.label)
    classifier = SGDClassifier(
        loss="log_loss", alpha=1e-5, max_iter=6, tol=None, average=True, random_state=seed, n_jobs=2
    )
    classifier.fit(hasher.transform(rows), labels)
    # Weights that a rounding could have made say nothing; without them the file is a tenth.
    classifier.coef_[np.abs(classifier.coef_) < 0.1] = 0.0
    # What averaging kept for further training is as large again, twice, and is not wanted any more.
    for name in ("_standard_coef", "_average_coef", "_standard_intercept", "_average_intercept"):
        if hasattr(classifier, name):
            setattr(classifier, name, None)
    classifier.sparsify()
    choice = _choice(LinkModel.of(hasher, classifier), validation)
    model = LinkModel.of(hasher, classifier, choice=choice)
    found = model.predict([example.features for example in validation], [example.said for example in validation])
    sure = np.array([prediction.confidence for prediction in found])
    right = np.array([p.metric == example.label for p, example in zip(found, validation, strict=True)], dtype=bool)
    answers = np.array([prediction.metric != NONE for prediction in found], dtype=bool)
    if keep is not None:
        save_trained(keep, hasher, classifier)
    return LinkModel.of(hasher, classifier, _threshold(sure[answers], right[answers], precision), choice)


def _choice(model: LinkModel, examples: list[Example]) -> np.ndarray:
    """Weights for the choice between the candidates of each mention: each is right or not.

    Too few examples to tell: no weight, so that no answer reaches the threshold and the rules stand.
    """
    from sklearn.linear_model import LogisticRegression

    if not examples:
        return np.zeros(len(CHOICE_FEATURES))
    places = {label: at for at, label in enumerate(model.labels)}
    none = places[NONE]
    rules = np.array([places.get(example.said, none) for example in examples])
    truth = np.array([places.get(example.label, -1) for example in examples])
    candidates, table = candidate_features(model.views([example.features for example in examples]), rules, none)
    right = candidates == truth[:, None]
    # What stands among the candidates twice counts once.
    first = np.array([[label not in row[:at] for at, label in enumerate(row)] for row in candidates.tolist()])
    if right[first].all() or not right[first].any():
        return np.zeros(len(CHOICE_FEATURES))
    learner = LogisticRegression(C=1.0, fit_intercept=False, max_iter=2000)
    learner.fit(table[first], right[first])
    return np.asarray(learner.coef_[0])


def _thinned(features: list[str], rng: np.random.Generator) -> list[list[str]]:
    """An example as the classifier sees it in training: with characters left out, so that it does not learn whole
    sentences by heart, and without the lexicon's and the rules' findings, so that the characters learn to speak."""
    found = [f for f in features if f.startswith(FOUND)]
    plain = [f for f in features if not f.startswith(FOUND) and f.startswith(PLAIN)]
    spelled = [f for f in features if not f.startswith(FOUND) and not f.startswith(PLAIN)]
    some = [f for f in spelled if rng.random() < 0.4]
    if rng.random() < 0.6:
        return [features, [*found, *plain, *some], [*plain, *spelled]]
    return [[*found, *plain, *some], [*found, *plain]]


def _threshold(confidence: np.ndarray, right: np.ndarray, precision: float) -> float:
    order = np.argsort(-confidence)
    share = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    good = np.nonzero(share >= precision)[0]
    return max(float(confidence[order][good[-1]]), LEAST_THRESHOLD) if len(good) else 1.0


def calibration_ids(share: int = 5) -> frozenset[str]:
    """Training productions set aside to calibrate on: of each group of sentences every `share`-th, by SHA-256.

    Names and words stay, so that no group runs empty.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for name in grammar.pool("train").ids():
        group = name.rsplit(":", 1)[0]
        if not group.startswith(("name.", "word.", "frame.", "negative.")):
            groups[group].append(name)
    aside: set[str] = set()
    for names in groups.values():
        ordered = sorted(names, key=lambda name: hashlib.sha256(f"calibrate/{name}".encode()).hexdigest())
        aside.update(ordered[: len(ordered) // share])
    return frozenset(aside)


def train(
    out: Path, reports: int = 1200, seed: int = 20, precision: float = 0.98, gold: Path | None = None
) -> LinkModel:
    """Trains on simulated reports, calibrates on productions set aside, and writes the model into `out`.

    `gold`: a folder of people's corrections, which count above what is simulated.
    """
    extractor, linker = Extractor(load(linker="rules")), rule_linker()
    aside = calibration_ids()
    training = list(examples(generate(reports, seed=seed, split="train", hold_out=aside), extractor, linker))
    few = max(reports // 5, LEAST_CALIBRATING)
    calibrating = list(examples(generate(few, seed=seed + 1, split="train", only=aside), extractor, linker))
    if gold is not None:
        training += gold_examples(gold, extractor, linker)
    model = fit(training, calibrating, precision, seed, keep=out)
    model.save(out)
    return model


def main() -> None:
    """The command line: where to write, how many reports, which seed."""
    import argparse

    parser = argparse.ArgumentParser(description="Train the learned linker on simulated reports.")
    parser.add_argument("--out", type=Path, default=Path("models/linker"))
    parser.add_argument("--reports", type=int, default=1200)
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--precision", type=float, default=0.98)
    options = parser.parse_args()
    model = train(options.out, options.reports, options.seed, options.precision)
    print(f"{len(model.labels)} labels, threshold {model.threshold:.3f}, in {options.out}")


if __name__ == "__main__":
    main()
