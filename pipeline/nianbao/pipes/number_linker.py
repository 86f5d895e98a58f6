"""Component nianbao_number_linker: what a trained network takes each number of the prose to be."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import srsly
from spacy.language import Language
from spacy.pipeline import TrainablePipe
from spacy.tokens import Doc
from spacy.training import Example
from spacy.vocab import Vocab
from thinc.api import Model

from nianbao.catalogue import Catalogue
from nianbao.paths import data_dir
from nianbao.pipes import extensions
from nianbao.prose.knowledge import Knowledge
from nianbao.prose.network.answers import Targets, entries, join_targets, loss, targets
from nianbao.prose.network.labels import NONE, facets
from nianbao.prose.network.net import Answers, backward, forward, fresh, shapes
from nianbao.prose.network.reading import InferenceNetwork
from nianbao.prose.network.stretch import Batch, Candidate, Stretch, StretchReader, join

NETWORK, CATALOGUE = "network.msgpack", "catalogue.msgpack"
_REMEMBERED = "nianbao.targets"
_READ_FROM = ("mentions", "structure", "regions")
# Tables whose rows are kept as bytes with a scale: a hundredth of their spread says nothing.
_COARSE = frozenset({"chars", "pairs", "tags"})

DEFAULT_MODEL = {"@architectures": "nianbao.NumberNetwork.v1", "seed": 0}


def build_network(seed: int = 0) -> Model[Batch, Answers]:
    """The model registered as `nianbao.NumberNetwork.v1`: weights as thinc keeps them, numpy that computes.

    Args:
        seed: of the first weights, and of what is left out while training.
    """
    params: dict[str, Any] = dict.fromkeys(shapes(1, 1))
    attrs = {"labels": [], "dropout_rate": 0.0, "seed": seed, "steps": 0}
    return Model("nianbao_number_network", _forward, init=_init, attrs=attrs, params=params)


def _init(model: Model[Batch, Answers], X: Any = None, Y: Any = None) -> None:
    labels = model.attrs["labels"]
    rng = np.random.default_rng(model.attrs["seed"])
    weights: dict[str, Any] = {**fresh(len(labels), _table(tuple(labels)).shape[1], rng)}
    for name, values in weights.items():
        model.set_param(name, values)


@lru_cache(maxsize=4)
def _table(labels: tuple[str, ...]) -> Any:
    return facets(labels)[1]


def _weights(model: Model[Batch, Answers]) -> dict[str, Any]:
    return {name: model.get_param(name) for name in model.param_names}


def _forward(model: Model[Batch, Answers], batch: Batch, is_train: bool) -> tuple[Answers, Callable[..., Batch]]:
    weights, table = _weights(model), _table(tuple(model.attrs["labels"]))
    rng = None
    if is_train:
        rng = np.random.default_rng((model.attrs["seed"], model.attrs["steps"]))
        model.attrs["steps"] += 1
    answers, trace = forward(weights, table, batch, rng, model.attrs["dropout_rate"])

    def back(gradient: Answers) -> Batch:
        found: dict[str, Any] = {
            **backward(weights, table, batch, trace, gradient.metric, gradient.more, gradient.spans)
        }
        for name, values in found.items():
            model.inc_grad(name, values)
        return batch

    return answers, back


class NumberLinker(TrainablePipe):
    """Sets `doc._.numbers` from `doc._.mentions`: for each mention what the network takes it to be.

    An entry has `metrics` (the likeliest with their shares, "" for none among them), `none` (the share of none), `name`
    (span of the words that name the metric, None where it is not seen) and `named` (the share of that span),
    `applicant` and `year` (a value of `nianbao.prose.network.labels` with its share), `running` and `part` (shares: it
    is a total since earlier years; it is about a part of the agency).

    It learns from `doc._.truths` of reference Docs that have `doc._.mentions`: entries of the same order with `metrics`
    (those that are true, [""] for none, empty where it is unknown), `applicant`, `year` (an index of YEARS), `running`,
    `part` and `name` (None where unknown).
    """

    def __init__(
        self,
        vocab: Vocab,
        model: Model[Batch, Answers],
        catalogue: Catalogue,
        name: str = "nianbao_number_linker",
        *,
        scorer: Callable[..., dict[str, Any]] | None = None,
    ) -> None:
        extensions.register()
        self.vocab, self.model, self.name, self.scorer = vocab, model, name, scorer
        self.cfg: dict[str, Any] = {"labels": []}
        self._read_by: InferenceNetwork | None = None
        self.use(catalogue)

    def use(self, catalogue: Catalogue) -> None:
        """Reads with this catalogue from now on."""
        self.catalogue = catalogue
        self._reader: StretchReader | None = None

    @property
    def reader(self) -> StretchReader:
        """Cuts documents into what the network reads; made when it is first asked for."""
        if self._reader is None:
            self._reader = StretchReader(self.catalogue.compiled(Knowledge).lexicon.scan)
        return self._reader

    @property
    def labels(self) -> tuple[str, ...]:
        """The metric ids that it can answer, "" for none."""
        return tuple(self.cfg["labels"])

    @property
    def label_data(self) -> list[str]:
        """The labels, for `initialize`."""
        return list(self.cfg["labels"])

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Language | None = None,
        labels: list[str] | None = None,
    ) -> None:
        """Weights to begin with, for the metrics that the examples name (or `labels`)."""
        found = set(labels or ())
        if labels is None:
            for example in get_examples():
                found.update(metric for truth in example.reference._.truths for metric in truth["metrics"])
        self._name([NONE, *sorted(found - {NONE})])
        self.model.initialize()
        self._read_by = None

    def _name(self, labels: list[str]) -> None:
        self.cfg["labels"] = self.model.attrs["labels"] = labels

    def read(self, doc: Doc) -> tuple[list[Stretch], Batch]:
        """The document's stretches and their codes."""
        _, norm = extensions.views(doc)
        candidates = [
            Candidate(m["start"], m["end"], m["kind"], m["names"][0] if m["names"] else None) for m in doc._.mentions
        ]
        headings = [(heading["start"], heading["end"]) for heading in doc._.structure.get("headings", ())]
        walls = [at for region in doc._.regions for at in (region["start"], region["end"])]
        stretches = self.reader.cut(norm, candidates, headings, walls)
        return stretches, self.reader.batch(norm, candidates, stretches)

    def predict(self, docs: Iterable[Doc]) -> list[list[dict[str, Any]]]:
        """The entries of each Doc."""
        return [self._answer(doc) for doc in docs]

    def _answer(self, doc: Doc) -> list[dict[str, Any]]:
        if not doc._.mentions or not self.labels:
            return []
        stretches, batch = self.read(doc)
        return entries(self.labels, stretches, batch, self._network().read(batch))

    def _network(self) -> InferenceNetwork:
        """The weights as they are now, laid out for reading. While it learns, others stand in for them at times."""
        weights = _weights(self.model)
        kept = self._read_by
        if kept is None or any(values is not kept.weights[name] for name, values in weights.items()):
            kept = self._read_by = InferenceNetwork(weights, _table(self.labels))
        return kept

    def set_annotations(self, docs: Iterable[Doc], scores: list[list[dict[str, Any]]]) -> None:
        """Puts the entries on the Docs."""
        for doc, found in zip(docs, scores, strict=True):
            doc._.numbers = found

    def update(
        self,
        examples: Iterable[Example],
        *,
        drop: float = 0.0,
        sgd: Any = None,
        losses: dict[str, float] | None = None,
    ) -> dict[str, float]:
        """One step on what the examples' references tell."""
        losses = {} if losses is None else losses
        losses.setdefault(self.name, 0.0)
        pairs = [self._taught(example.reference) for example in examples if example.reference._.mentions]
        if not pairs:
            return losses
        batch, true = join([one for one, _ in pairs]), join_targets([one for _, one in pairs])
        self.model.attrs["dropout_rate"] = drop
        answers, back = self.model.begin_update(batch)
        total, gradient = loss(batch, answers, true)
        back(gradient)
        losses[self.name] += total
        if sgd not in (None, False):
            self.finish_update(sgd)
        return losses

    def finish_update(self, sgd: Any) -> None:
        """Takes the step that gradients ask for."""
        super().finish_update(sgd)
        self._read_by = None

    def _taught(self, doc: Doc) -> tuple[Batch, Targets]:
        """A reference's codes and truths, made once: training comes back to it again and again."""
        labels, batch, true = doc.user_data.get(_REMEMBERED, (None, None, None))
        if labels != self.labels:
            stretches, batch = self.read(doc)
            true = targets(self.labels, stretches, batch, doc._.truths)
            doc.user_data[_REMEMBERED] = self.labels, batch, true
        return batch, true

    def score(self, examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
        """Figures against `reference._.truths`; empty without a scorer.

        Where no component before this one found mentions (`spacy evaluate` of the component alone), those of the
        reference are read.
        """
        if self.scorer is None:
            return {}
        examples = list(examples)
        for example in examples:
            doc, reference = example.predicted, example.reference
            if reference._.mentions and not doc._.mentions:
                for name in _READ_FROM:
                    setattr(doc._, name, getattr(reference._, name))
                self.set_annotations([doc], self.predict([doc]))
        return self.scorer(examples, **kwargs)

    def network(self) -> bytes:
        """Labels and weights alone; the large tables are rounded to bytes, the others to half precision."""
        return bytes(srsly.msgpack_dumps({"labels": self.label_data, "weights": _packed(_weights(self.model))}))

    def restore(self, network: bytes) -> None:
        """Takes over what `network` gave."""
        parts = srsly.msgpack_loads(network)
        self._name(list(parts["labels"]))
        for name, values in _unpacked(parts["weights"]).items():
            self.model.set_param(name, values)
        self._read_by = None

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (self.name, self.scorer, self.to_bytes())

    def to_bytes(self, *, exclude: tuple[str, ...] = ()) -> bytes:
        """Network and catalogue, as msgpack."""
        return bytes(srsly.msgpack_dumps({"catalogue": self.catalogue.to_bytes(), "network": self.network()}))

    def from_bytes(self, data: bytes, *, exclude: tuple[str, ...] = ()) -> NumberLinker:
        """Reads what `to_bytes` gave."""
        parts = srsly.msgpack_loads(data)
        self.use(Catalogue.from_bytes(parts["catalogue"]))
        self.restore(parts["network"])
        return self

    def to_disk(self, path: str | Path, *, exclude: tuple[str, ...] = ()) -> None:
        """Writes network and catalogue into a folder."""
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / NETWORK).write_bytes(self.network())
        (folder / CATALOGUE).write_bytes(self.catalogue.to_bytes())

    def from_disk(self, path: str | Path, *, exclude: tuple[str, ...] = ()) -> NumberLinker:
        """Reads what `to_disk` wrote; where the folder holds a network alone, the catalogue at hand stays.

        Raises:
            FileNotFoundError: there is no network in the folder.
        """
        folder = Path(path)
        if (folder / CATALOGUE).is_file():
            self.use(Catalogue.from_bytes((folder / CATALOGUE).read_bytes()))
        self.restore((folder / NETWORK).read_bytes())
        return self


def shipped_network() -> Path:
    """The folder of the network that ships."""
    return data_dir("models") / "number_linker"


def _restored(name: str, scorer: Callable[..., dict[str, Any]] | None, data: bytes) -> NumberLinker:
    network: Model[Batch, Answers] = build_network()
    return NumberLinker(Vocab(), network, Catalogue.load(), name, scorer=scorer).from_bytes(data)


def _packed(weights: dict[str, Any]) -> bytes:
    arrays = {}
    for name, values in weights.items():
        if values is None:
            continue
        if name in _COARSE:
            scale = np.maximum(np.abs(values).max(axis=1), 1e-6) / 127.0
            arrays[name] = np.rint(values / scale[:, None]).astype(np.int8)
            arrays[f"{name}:scale"] = scale.astype(np.float16)
        else:
            arrays[name] = values.astype(np.float16)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def _unpacked(data: bytes) -> dict[str, Any]:
    with np.load(io.BytesIO(data), allow_pickle=False) as parts:
        found = {}
        for name in parts.files:
            if name.endswith(":scale"):
                continue
            values = parts[name].astype(np.float32)
            if name in _COARSE:
                values *= parts[f"{name}:scale"].astype(np.float32)[:, None]
            found[name] = values
    return found


@Language.factory(
    "nianbao_number_linker",
    assigns=["doc._.numbers"],
    requires=["doc._.mentions"],
    default_config={
        "model": DEFAULT_MODEL,
        "catalogue": {"@misc": "nianbao.Catalogue.v1"},
        "scorer": {"@scorers": "nianbao.number_scorer.v1"},
    },
    default_score_weights={"numbers_f": 1.0, "numbers_p": 0.0, "numbers_r": 0.0, "numbers_name": 0.0},
)
def create(
    nlp: Language,
    name: str,
    model: Model[Batch, Answers],
    catalogue: Catalogue,
    scorer: Callable[..., dict[str, Any]] | None,
) -> NumberLinker:
    """The component, as spaCy's registry wants it."""
    return NumberLinker(nlp.vocab, model, catalogue, name, scorer=scorer)


def score_numbers(examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
    """Precision, recall and F of the metrics that mentions are given, and the share of names that begin and end right.

    Mentions whose truth is unknown are left out; "" is no metric. Where no document says the truth, each is None.

    Returns:
        `numbers_p`, `numbers_r`, `numbers_f` and `numbers_name`; the first three again as `spans_sc_p` …, and with the
        names in `spans_sc_per_type`, which is the form that `spacy evaluate` prints.
    """
    right = given = wanted = named = names = 0
    known = [(one.predicted._.numbers, one.reference._.truths) for one in examples]
    if not any(truths for _, truths in known):
        return dict.fromkeys(("numbers_p", "numbers_r", "numbers_f", "numbers_name"))
    for found, truths in known:
        for entry, truth in zip(found, truths, strict=True) if found and truths else ():
            if not truth["metrics"]:
                continue
            metric = entry["metrics"][0][0]
            given += metric != NONE
            wanted += NONE not in truth["metrics"]
            right += metric != NONE and metric in truth["metrics"]
            if truth["name"] is not None and metric in truth["metrics"]:
                names += 1
                named += entry["name"] is not None and list(entry["name"]) == list(truth["name"])
    precision, recall = right / given if given else 0.0, right / wanted if wanted else 0.0
    f = 2 * precision * recall / (precision + recall) if right else 0.0
    place = named / names if names else 0.0
    per_type = {
        "numbers: metric": {"p": precision, "r": recall, "f": f},
        "numbers: name": {"p": place, "r": place, "f": place},
    }
    figures = {"p": precision, "r": recall, "f": f}
    return {
        **{f"numbers_{name}": value for name, value in figures.items()},
        "numbers_name": place,
        **{f"spans_sc_{name}": value for name, value in figures.items()},
        "spans_sc_per_type": per_type,
    }


def make_number_scorer() -> Callable[..., dict[str, Any]]:
    """The scorer registered as `nianbao.number_scorer.v1`."""
    return score_numbers
