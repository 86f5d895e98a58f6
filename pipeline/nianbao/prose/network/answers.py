"""Between the network's numbers and plain data: what is true for training, the loss, and entries for reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nianbao.prose.network.labels import APPLICANTS, NONE, YEARS
from nianbao.prose.network.net import OUTPUTS, Answers, Array
from nianbao.prose.network.stretch import Batch, Stretch

# Shares of the loss beside that of the metric.
_WEIGHTS = {"applicant": 0.3, "year": 0.3, "running": 0.3, "part": 0.2}
_NAME = 0.3
_SMOOTHING = 0.02
_RANKED = 8
# A name is no longer than this many places.
_LONGEST_NAME = 30


@dataclass(slots=True)
class Targets:
    """What is true of a batch's candidates, in its order.

    `metric`: shape (candidates, labels), rows of shares that sum to 1, or to 0 where it is unknown. `more`: indices
    into the answers of OUTPUTS, -1 for unknown, shape (candidates, outputs). `name`: first and last place of the
    metric's name within the stretch, or -1.
    """

    metric: Array
    more: NDArray[np.int32]
    name: NDArray[np.int32]


def targets(
    labels: Sequence[str], stretches: Sequence[Stretch], batch: Batch, truths: Sequence[Mapping[str, Any]]
) -> Targets:
    """The truths of a document's mentions in the order of its batch."""
    places = {label: at for at, label in enumerate(labels)}
    metric = np.zeros((len(batch), len(labels)), dtype=np.float32)
    more = np.full((len(batch), len(OUTPUTS)), -1, dtype=np.int32)
    name = np.full((len(batch), 2), -1, dtype=np.int32)
    for row, (index, number) in enumerate(zip(batch.stretch, batch.order, strict=True)):
        truth, stretch = truths[number], stretches[index]
        known = [places[one] for one in truth["metrics"] if one in places]
        if not known:
            continue
        metric[row, known] = 1.0 / len(known)
        some = labels[known[0]] != NONE
        more[row, 2] = int(truth["running"])
        if some:
            more[row] = (APPLICANTS.index(truth["applicant"] or ""), truth["year"], 0, int(truth["part"]))
            if (places_of_name := stretch.places(truth["name"])) is not None:
                name[row] = places_of_name
    return Targets(metric, more, name)


def join_targets(parts: Sequence[Targets]) -> Targets:
    """The targets of several documents one after the other."""
    return Targets(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Targets)))


def loss(batch: Batch, answers: Answers, true: Targets) -> tuple[float, Answers]:
    """The loss of a batch, a mean over its candidates, and its gradient in the shape of the answers."""
    count = np.float32(max(len(batch), 1))
    known = true.metric.sum(axis=1, keepdims=True) > 0
    shares = softmax(answers.metric)
    wanted = true.metric * (1 - _SMOOTHING) + _SMOOTHING / shares.shape[1]
    total = -float((wanted * np.log(shares + 1e-9) * known).sum())
    d_metric = (shares - wanted) * known / count
    more = {}
    for column, name in enumerate(OUTPUTS):
        logits, goal = answers.more[name], true.more[:, column]
        told = np.flatnonzero(goal >= 0)
        own = softmax(logits)
        total -= _WEIGHTS[name] * float(np.log(own[told, goal[told]] + 1e-9).sum())
        gradient = np.zeros_like(own)
        gradient[told] = own[told]
        gradient[told, goal[told]] -= 1.0
        more[name] = gradient * np.float32(_WEIGHTS[name]) / count
    spans: list[Any] = [None] * len(batch)
    for row in np.flatnonzero(true.name[:, 0] >= 0):
        chances = answers.spans[row]
        gradient = chances.copy()
        for side in range(2):
            total -= _NAME * float(np.log(chances[side, true.name[row, side]] + 1e-9))
            gradient[side, true.name[row, side]] -= 1.0
        spans[row] = gradient * np.float32(_NAME) / count
    return total / float(count), Answers(d_metric, more, spans)


def softmax(logits: Array) -> Array:
    """Shares of each row."""
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    return np.asarray(shares)


def entries(
    labels: Sequence[str], stretches: Sequence[Stretch], batch: Batch, answers: Answers
) -> list[dict[str, Any]]:
    """The answers as plain data, in the order of the document's mentions."""
    shares = softmax(answers.metric)
    best = _ranked(shares, _RANKED)
    likely = _plain(np.take_along_axis(shares, best, axis=1))
    none = _plain(shares[:, labels.index(NONE)])
    more = {name: softmax(logits) for name, logits in answers.more.items()}
    applicants, years = more["applicant"].argmax(axis=1).tolist(), more["year"].argmax(axis=1).tolist()
    asked, dated = _plain(more["applicant"].max(axis=1)), _plain(more["year"].max(axis=1))
    running, part = _plain(more["running"][:, 1]), _plain(more["part"][:, 1])
    found: list[dict[str, Any]] = [{}] * len(batch)
    places = zip(batch.order.tolist(), batch.stretch.tolist(), best.tolist(), strict=True)
    for row, (number, stretch, ranked) in enumerate(places):
        name, named = _name(stretches[stretch], answers.spans[row])
        found[number] = {
            "metrics": [(labels[at], share) for at, share in zip(ranked, likely[row], strict=True)],
            "none": none[row],
            "name": name,
            "named": round(named, 4),
            "applicant": (APPLICANTS[applicants[row]], asked[row]),
            "year": (YEARS[years[row]], dated[row]),
            "running": running[row],
            "part": part[row],
        }
    return found


def _ranked(shares: Array, count: int) -> NDArray[np.intp]:
    """The columns of the largest shares of each row, the largest first."""
    some = np.argpartition(-shares, min(count, shares.shape[1] - 1), axis=1)[:, :count]
    order = np.argsort(-np.take_along_axis(shares, some, axis=1), axis=1, kind="stable")
    return np.take_along_axis(some, order, axis=1)


def _plain(shares: Array) -> Any:
    """Shares to four digits."""
    return np.round(shares.astype(np.float64), 4).tolist()


def _name(stretch: Stretch, chances: Array) -> tuple[list[int] | None, float]:
    """The likeliest span that ends where it begins or after, and its chance."""
    begin = int(chances[0].argmax())
    stop = begin + int(chances[1, begin : begin + _LONGEST_NAME].argmax())
    start, end = stretch.offset(begin), stretch.offset(stop, end=True)
    if start is None or end is None or end <= start:
        return None, 0.0
    return [start, end], float(chances[0, begin] * chances[1, stop])
