"""The spaCy component nianbao_line_tagger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from spacy.language import Language
from spacy.pipeline import TrainablePipe
from spacy.tokens import Doc
from spacy.training import Example
from spacy.vocab import Vocab
from thinc.api import Model, set_dropout_rate
from thinc.types import Floats2d

from nianbao.pipes import extensions
from nianbao.pipes.tagger.units import units

LABELS = (
    "title",
    *(f"heading-{level}" for level in range(1, 6)),
    "prose",
    "caption",
    "column_head",
    "row_label",
    "value",
    "unit",
    "note",
    "table_row",
    "furniture",
)
SPANS_KEY = "nianbao_lines"
"""Where reference Docs hold what their lines are: a span group, one labelled span a line or cell."""

DEFAULT_MODEL = {
    "@architectures": "nianbao.LineTagger.v1",
    "tok2vec": {
        "@architectures": "spacy.HashEmbedCNN.v2",
        "pretrained_vectors": None,
        "width": 64,
        "depth": 2,
        "embed_size": 1000,
        "window_size": 1,
        "maxout_pieces": 2,
        "subword_features": True,
    },
}


class LineTagger(TrainablePipe):
    """Sets `doc._.line_labels`: [start, end, label, probability] of each line, or of each cell of a line.

    Offsets are code points into the text. A line is parted at newlines, a cell at pipes and tabs. It learns from the
    span group SPANS_KEY of reference Docs; lines without a span, and Docs without the group, teach nothing.
    """

    def __init__(
        self,
        vocab: Vocab,
        model: Model[list[Doc], list[Floats2d]],
        name: str = "nianbao_line_tagger",
        *,
        scorer: Callable[..., dict[str, Any]] | None = None,
    ) -> None:
        self.vocab = vocab
        self.model = model
        self.name = name
        self.scorer = scorer
        self.cfg: dict[str, Any] = {}
        extensions.register()
        softmax = next(node for node in model.walk() if node.name == "softmax")
        if softmax.has_dim("nO") is None:
            softmax.set_dim("nO", len(LABELS))

    @property
    def labels(self) -> tuple[str, ...]:
        """What a line can be."""
        return LABELS

    def predict(self, docs: Iterable[Doc]) -> list[Floats2d]:
        """Probabilities, one array a Doc, shape (lines, labels)."""
        docs = list(docs)
        if not any(len(doc) for doc in docs):
            return [self.model.ops.alloc2f(0, len(LABELS)) for _ in docs]
        return self.model.predict(docs)

    def set_annotations(self, docs: Iterable[Doc], scores: list[Floats2d]) -> None:
        """Writes the likeliest label of each line."""
        for doc, table in zip(docs, scores, strict=True):
            best = table.argmax(axis=1) if len(table) else []
            doc._.line_labels = [
                [doc[unit.start].idx, _end(doc, unit.end), LABELS[int(label)], round(float(row[int(label)]), 4)]
                for unit, label, row in zip(units(doc), best, table, strict=True)
            ]

    def update(
        self, examples: Iterable[Example], *, drop: float = 0.0, sgd: Any = None, losses: dict[str, float] | None = None
    ) -> dict[str, float]:
        """One step of training; see `spacy.pipeline.TrainablePipe.update`."""
        losses = {} if losses is None else losses
        losses.setdefault(self.name, 0.0)
        examples = [example for example in examples if len(example.predicted)]
        if not examples:
            return losses
        set_dropout_rate(self.model, drop)
        scores, backprop = self.model.begin_update([example.predicted for example in examples])
        loss, gradient = self.get_loss(examples, scores)
        backprop(gradient)
        if sgd is not None:
            self.finish_update(sgd)
        losses[self.name] += loss
        return losses

    def get_loss(self, examples: Iterable[Example], scores: list[Floats2d]) -> tuple[float, list[Floats2d]]:
        """Cross entropy over the lines whose label is known, and its gradient."""
        loss, gradients = 0.0, []
        numbers = {label: i for i, label in enumerate(LABELS)}
        for example, table in zip(examples, scores, strict=True):
            gradient = self.model.ops.alloc2f(*table.shape)
            for row, label in enumerate(reference_labels(example)):
                if label in numbers:
                    gradient[row] = table[row]
                    gradient[row, numbers[label]] -= 1.0
                    loss += float(self.model.ops.xp.square(gradient[row]).sum())
            gradients.append(gradient)
        return loss, gradients

    def initialize(
        self, get_examples: Callable[[], Iterable[Example]], *, nlp: Language | None = None, labels: Any = None
    ) -> None:
        """Shapes the network; the labels are fixed."""
        sample = [example.predicted for example in islice(get_examples(), 10)]
        self.model.initialize(X=[doc for doc in sample if len(doc)])

    def score(self, examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
        """Shares of lines labelled right, over all and for each label; see `score_lines`."""
        return score_lines(examples) if self.scorer is None else self.scorer(examples, **kwargs)


def _end(doc: Doc, token: int) -> int:
    return doc[token - 1].idx + len(doc[token - 1])


def reference_labels(example: Example) -> Iterator[str | None]:
    """For each line of the predicted Doc its label in the reference, None where it has none."""
    spans = example.reference.spans
    known = sorted((s.start_char, s.end_char, s.label_) for s in spans[SPANS_KEY]) if SPANS_KEY in spans else []
    at = 0
    for unit in units(example.predicted):
        start = example.predicted[unit.start].idx
        while at < len(known) and known[at][1] <= start:
            at += 1
        yield known[at][2] if at < len(known) and known[at][0] <= start else None


def score_lines(examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
    """`lines_acc`, `lines_macro_f` (mean F1 of the labels that occur) and `lines_per_type` (P, R, F)."""
    right: Counter[str] = Counter()
    said: Counter[str] = Counter()
    true: Counter[str] = Counter()
    for example in examples:
        guesses = example.predicted._.line_labels
        for label, guess in zip(reference_labels(example), guesses, strict=False):
            if label is not None:
                true[label] += 1
                said[guess[2]] += 1
                right[label] += label == guess[2]
    if not true:
        return {"lines_acc": None, "lines_macro_f": None, "lines_per_type": None}
    types = {
        label: {
            "p": right[label] / max(said[label], 1),
            "r": right[label] / true[label],
            "f": 2 * right[label] / max(said[label] + true[label], 1),
        }
        for label in sorted(true)
    }
    macro = sum(figures["f"] for figures in types.values()) / len(types)
    return {"lines_acc": right.total() / true.total(), "lines_macro_f": macro, "lines_per_type": types}


def make_line_scorer() -> Callable[..., dict[str, Any]]:
    """What the registry holds under `nianbao.line_scorer.v1`."""
    return score_lines


@Language.factory(
    "nianbao_line_tagger",
    assigns=["doc._.line_labels"],
    default_config={"model": DEFAULT_MODEL, "scorer": {"@scorers": "nianbao.line_scorer.v1"}},
    default_score_weights={"lines_acc": 0.5, "lines_macro_f": 0.5, "lines_per_type": None},
)
def create(nlp: Language, name: str, model: Model, scorer: Callable[..., dict[str, Any]] | None) -> LineTagger:
    """The component, as spaCy's registry wants it."""
    return LineTagger(nlp.vocab, model, name, scorer=scorer)
