"""The network itself, in numpy: forward for reading, and the way back for training.

Codes of characters and pairs, concepts and parts are summed, four dilated convolutions with residuals pass over each
stretch once. A candidate asks from its own place: four heads look over its stretch, the first for where the metric's
name begins, the second for where it ends (both taught), two freely. What they bring back and the candidate's own place
make the answer. A metric's weights are the sum of those of its facets (its id, its family, its action…), so that what
is rare learns from its kin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nianbao.prose.network.stretch import CHAR_ROWS, KINDS, PAIR_ROWS, PARTS, TAG_ROWS, Batch

Array = NDArray[np.float32]
Weights = dict[str, Array]

WIDTH = 64
DILATIONS = (1, 2, 4, 8)
HEADS, HEAD_WIDTH = 4, 24
HIDDEN = 128
_FAR, _BUCKETS, _COUNTS = 256, 40, 9

OUTPUTS = {"applicant": 8, "year": 5, "running": 2, "part": 2}
"""Answers beside the metric, and how many values each has (see `nianbao.prose.network.labels`)."""


def _bucket(distance: NDArray[np.int64]) -> NDArray[np.int64]:
    near = np.clip(distance, -8, 8) + 8
    far = np.clip(np.floor(np.log2(np.maximum(np.abs(distance), 1) / 8.0) * 2.5), 0, 10).astype(np.int64)
    return np.where(np.abs(distance) <= 8, near, np.where(distance < 0, 17 + far, 28 + far))


_RELATIVE = _bucket(np.arange(-_FAR, _FAR + 1))


def relative_row(distance: NDArray[Any]) -> NDArray[np.int64]:
    """The row of a distance between a place and a candidate's first place."""
    return np.asarray(_RELATIVE[np.clip(distance, -_FAR, _FAR) + _FAR])


def between_row(numbers: NDArray[Any]) -> NDArray[Any]:
    """The row of how many numbers stand between a place and a candidate."""
    return np.asarray(np.clip(numbers, -4, 4) + 4)


def shapes(labels: int, facets: int) -> dict[str, tuple[int, ...]]:
    """The arrays of a network, by name."""
    found: dict[str, tuple[int, ...]] = {
        "chars": (CHAR_ROWS, WIDTH),
        "pairs": (PAIR_ROWS, WIDTH),
        "tags": (TAG_ROWS, WIDTH),
        "where": (PARTS, WIDTH),
        "kind": (len(KINDS), WIDTH),
    }
    for layer in range(len(DILATIONS)):
        found[f"conv{layer}"] = (3 * WIDTH, WIDTH)
        found[f"conv{layer}_b"] = (WIDTH,)
        found[f"norm{layer}"] = (2, WIDTH)
    span = HEADS * HEAD_WIDTH
    found |= {"ask": (4 * WIDTH, WIDTH), "ask_b": (WIDTH,), "query": (WIDTH, span), "key": (WIDTH, span)}
    found |= {"value": (WIDTH, span), "distance": (HEADS, _BUCKETS), "between": (HEADS, _COUNTS)}
    found |= {"answer": (WIDTH + span, HIDDEN), "answer_b": (HIDDEN,), "facets": (facets, HIDDEN), "label_b": (labels,)}
    for name, size in OUTPUTS.items():
        found[name], found[f"{name}_b"] = (HIDDEN, size), (size,)
    return found


def fresh(labels: int, facets: int, rng: np.random.Generator) -> Weights:
    """Weights to begin with."""
    weights: Weights = {}
    for name, shape in shapes(labels, facets).items():
        if name.endswith("_b") or name in ("tags", "distance", "between"):
            weights[name] = np.zeros(shape, dtype=np.float32)
        elif name.startswith("norm"):
            weights[name] = np.stack([np.ones(WIDTH), np.zeros(WIDTH)]).astype(np.float32)
        else:
            scale = 0.3 if name in ("chars", "pairs", "where", "kind") else (2.0 / shape[0]) ** 0.5
            scale = 0.05 if name == "facets" else scale
            weights[name] = (rng.standard_normal(shape) * scale).astype(np.float32)
    return weights


@dataclass(slots=True)
class Answers:
    """For each candidate: `metric` logits, shape (candidates, labels); `more`: logits of OUTPUTS; `spans`: for each
    the chances of its places to begin and to end the name, shape (2, places of its stretch)."""

    metric: Array
    more: dict[str, Array]
    spans: list[Array]


@dataclass(slots=True)
class Activations:
    """What the way back needs of a forward pass."""

    values: dict[str, Any] = field(default_factory=dict)


def forward(
    weights: Weights, table: Array, batch: Batch, rng: np.random.Generator | None = None, dropout: float = 0.0
) -> tuple[Answers, Activations]:
    """The answers for a batch's candidates.

    Args:
        weights: as `shapes` names them.
        table: which facets each label has, shape (labels, facets).
        batch: the stretches. rng, dropout: for training: concepts, characters and hidden values are left out.
    """
    trace = Activations()
    keep = trace.values
    mask = (batch.part > 0).astype(np.float32)[:, None]
    chars, pairs, tags = batch.chars, batch.pairs, batch.tags
    if rng is not None and dropout:
        chars, pairs, tags = _leave_out(batch, rng, dropout)
    X = weights["chars"][chars] + weights["pairs"][pairs]
    X[1:] += weights["pairs"][pairs[:-1]]
    X += weights["where"][batch.part]
    for slot in range(tags.shape[1]):
        at = np.flatnonzero(tags[:, slot])
        if len(at):
            X[at] += weights["tags"][tags[at, slot]]
    X *= mask
    keep.update(mask=mask, chars=chars, pairs=pairs, tags=tags)
    if rng is not None and dropout:
        keep["drop_x"] = (rng.random(X.shape, dtype=np.float32) >= dropout * 0.5).astype(np.float32)
        X *= keep["drop_x"] / (1 - dropout * 0.5)
    for layer, reach in enumerate(DILATIONS):
        X = _convolve(weights, layer, reach, X, mask, keep)
    keep["X"] = X
    return _ask(weights, table, batch, X, keep, rng, dropout), trace


def _leave_out(
    batch: Batch, rng: np.random.Generator, dropout: float
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    chars = np.where(rng.random(len(batch.chars)) < dropout * 0.4, 0, batch.chars)
    pairs = np.where(rng.random(len(batch.pairs)) < dropout * 0.4, 0, batch.pairs)
    kept = rng.random(len(batch.bounds)) >= 0.35
    tags = np.zeros_like(batch.tags)
    for (start, end), stays in zip(batch.bounds, kept, strict=True):
        if stays:
            tags[start:end] = batch.tags[start:end]
    # A whole concept at a time: the places of one share its rows.
    lost = rng.random(TAG_ROWS) < 0.1
    tags[lost[tags]] = 0
    return chars, pairs, tags


def _convolve(weights: Weights, layer: int, reach: int, X: Array, mask: Array, keep: dict[str, Any]) -> Array:
    wide = np.zeros((len(X), 3 * WIDTH), dtype=np.float32)
    wide[reach:, :WIDTH] = X[:-reach]
    wide[:, WIDTH : 2 * WIDTH] = X
    wide[:-reach, 2 * WIDTH :] = X[reach:]
    Y = wide @ weights[f"conv{layer}"]
    Y += weights[f"conv{layer}_b"]
    np.maximum(Y, 0, out=Y)
    lit = Y > 0
    Y += X
    Y -= Y.mean(axis=1, keepdims=True)
    scale = 1.0 / np.sqrt(np.einsum("ij,ij->i", Y, Y) / WIDTH + 1e-5)
    Y *= scale[:, None]
    gain, shift = weights[f"norm{layer}"]
    out = Y * gain
    out += shift
    out *= mask
    keep[f"conv{layer}"] = (wide, lit, Y, scale)
    return out


def _back_convolve(
    weights: Weights, layer: int, reach: int, dX: Array, mask: Array, keep: dict[str, Any], grads: Weights
) -> Array:
    wide, lit, Y, scale = keep[f"conv{layer}"]
    dX = dX * mask
    grads[f"norm{layer}"] = np.stack([(dX * Y).sum(axis=0), dX.sum(axis=0)])
    dY = dX * weights[f"norm{layer}"][0]
    dY = (dY - dY.mean(axis=1, keepdims=True) - Y * np.einsum("ij,ij->i", dY, Y)[:, None] / WIDTH) * scale[:, None]
    dR = dY * lit
    grads[f"conv{layer}"] = wide.T @ dR
    grads[f"conv{layer}_b"] = dR.sum(axis=0)
    dwide = dR @ weights[f"conv{layer}"].T
    back = dY + dwide[:, WIDTH : 2 * WIDTH]
    back[:-reach] += dwide[reach:, :WIDTH]
    back[reach:] += dwide[:-reach, 2 * WIDTH :]
    return np.asarray(back)


def _ask(
    weights: Weights,
    table: Array,
    batch: Batch,
    X: Array,
    keep: dict[str, Any],
    rng: np.random.Generator | None,
    dropout: float,
) -> Answers:
    count = len(batch)
    named = batch.name[:, 0] >= 0
    # Only words need to be told which of several names is meant; a number stands alone.
    named &= batch.kind >= 2
    names = np.zeros((count, WIDTH), dtype=np.float32)
    for row in np.flatnonzero(named):
        names[row] = X[batch.name[row, 0] : batch.name[row, 1] + 1].mean(axis=0)
    asked = np.concatenate([X[batch.first], X[batch.last], names, weights["kind"][batch.kind]], axis=1)
    Q = np.maximum(asked @ weights["ask"] + weights["ask_b"], 0)
    query = (Q @ weights["query"]).reshape(count, HEADS, HEAD_WIDTH).transpose(1, 0, 2)
    key = (X @ weights["key"]).reshape(-1, HEADS, HEAD_WIDTH).transpose(1, 2, 0)
    value = (X @ weights["value"]).reshape(-1, HEADS, HEAD_WIDTH).transpose(1, 0, 2)
    numbers = np.cumsum(batch.number)
    brought = np.zeros((HEADS, count, HEAD_WIDTH), dtype=np.float32)
    looks: list[Any] = []
    spans: list[Array] = []
    edges = np.searchsorted(batch.stretch, np.arange(len(batch.bounds) + 1))
    scale = np.float32(HEAD_WIDTH**-0.5)
    for index, (start, end) in enumerate(batch.bounds):
        left, right = edges[index], edges[index + 1]
        if left == right:
            looks.append(None)
            continue
        places = np.arange(start, end)
        first = batch.first[left:right, None]
        relative = relative_row(places - first)
        between = between_row(numbers[start:end] - numbers[batch.first[left:right]][:, None])
        scores = query[:, left:right] @ key[:, :, start:end] * scale
        scores += weights["distance"][:, relative]
        scores += weights["between"][:, between]
        scores -= scores.max(axis=2, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=2, keepdims=True)
        brought[:, left:right] = scores @ value[:, start:end]
        looks.append((relative, between, scores))
        spans.extend(scores[:2, row] for row in range(right - left))
    joined = np.concatenate([Q, brought.transpose(1, 0, 2).reshape(count, -1)], axis=1)
    Z = np.maximum(joined @ weights["answer"] + weights["answer_b"], 0)
    dropped = None
    if rng is not None and dropout:
        dropped = (rng.random(Z.shape, dtype=np.float32) >= dropout).astype(np.float32) / np.float32(1 - dropout)
        Z = Z * dropped
    metric = Z @ (table @ weights["facets"]).T + weights["label_b"]
    more = {name: Z @ weights[name] + weights[f"{name}_b"] for name in OUTPUTS}
    keep.update(
        named=named, asked=asked, Q=Q, query=query, key=key, value=value, looks=looks, edges=edges, joined=joined,
        Z=Z, dropped=dropped,
    )  # fmt: skip
    return Answers(metric, more, spans)


def backward(
    weights: Weights,
    table: Array,
    batch: Batch,
    trace: Activations,
    d_metric: Array,
    d_more: dict[str, Array],
    d_spans: Sequence[Array | None],
) -> Weights:
    """The gradient of every weight.

    Args:
        d_metric, d_more: of the logits. d_spans: of the logarithm that the heads' scores are (score minus truth),
            for each candidate, shape (2, places); None where its name is not known.
    """
    keep, grads = trace.values, {}
    Z, joined, Q, count = keep["Z"], keep["joined"], keep["Q"], len(batch)
    out = table @ weights["facets"]
    grads["facets"], grads["label_b"] = table.T @ (d_metric.T @ Z), d_metric.sum(axis=0)
    dZ = d_metric @ out
    for name, d_logits in d_more.items():
        grads[name], grads[f"{name}_b"] = Z.T @ d_logits, d_logits.sum(axis=0)
        dZ += d_logits @ weights[name].T
    lit = Z > 0
    if keep["dropped"] is not None:
        dZ *= keep["dropped"]
    dZ *= lit
    grads["answer"], grads["answer_b"] = joined.T @ dZ, dZ.sum(axis=0)
    d_joined = dZ @ weights["answer"].T
    dQ = d_joined[:, :WIDTH]
    d_brought = d_joined[:, WIDTH:].reshape(count, HEADS, HEAD_WIDTH).transpose(1, 0, 2)
    d_query, d_key, d_value = _back_look(batch, keep, d_brought, d_spans, grads)
    X = keep["X"]
    flat = d_query.transpose(1, 0, 2).reshape(count, -1)
    grads["query"] = Q.T @ flat
    dQ = (dQ + flat @ weights["query"].T) * (Q > 0)
    grads["ask"], grads["ask_b"] = keep["asked"].T @ dQ, dQ.sum(axis=0)
    d_asked = dQ @ weights["ask"].T
    flat_key = d_key.transpose(2, 0, 1).reshape(len(X), -1)
    flat_value = d_value.transpose(1, 0, 2).reshape(len(X), -1)
    grads["key"], grads["value"] = X.T @ flat_key, X.T @ flat_value
    dX = flat_key @ weights["key"].T + flat_value @ weights["value"].T
    np.add.at(dX, batch.first, d_asked[:, :WIDTH])
    np.add.at(dX, batch.last, d_asked[:, WIDTH : 2 * WIDTH])
    for row in np.flatnonzero(keep["named"]):
        start, end = batch.name[row, 0], batch.name[row, 1] + 1
        dX[start:end] += d_asked[row, 2 * WIDTH : 3 * WIDTH] / (end - start)
    grads["kind"] = _rows(batch.kind, d_asked[:, 3 * WIDTH :], len(KINDS))
    for layer in reversed(range(len(DILATIONS))):
        dX = _back_convolve(weights, layer, DILATIONS[layer], dX, keep["mask"], keep, grads)
    return _back_embed(dX, batch, keep, grads)


def _back_embed(dX: Array, batch: Batch, keep: dict[str, Any], grads: Weights) -> Weights:
    dX *= keep["mask"]
    if "drop_x" in keep:
        dX *= keep["drop_x"]
    grads["chars"] = _rows(keep["chars"], dX, CHAR_ROWS)
    grads["pairs"] = _rows(np.concatenate([keep["pairs"], keep["pairs"][:-1]]), np.concatenate([dX, dX[1:]]), PAIR_ROWS)
    grads["where"] = _rows(batch.part, dX, PARTS)
    tags = keep["tags"]
    at = [np.flatnonzero(tags[:, slot]) for slot in range(tags.shape[1])]
    rows = np.concatenate([tags[where, slot] for slot, where in enumerate(at)])
    grads["tags"] = _rows(rows, dX[np.concatenate(at)], TAG_ROWS)
    return grads


def _back_look(
    batch: Batch, keep: dict[str, Any], d_brought: Array, d_spans: Sequence[Array | None], grads: Weights
) -> tuple[Array, Array, Array]:
    query, key, value, edges = keep["query"], keep["key"], keep["value"], keep["edges"]
    d_query, d_key, d_value = np.zeros_like(query), np.zeros_like(key), np.zeros_like(value)
    grads["distance"] = np.zeros((HEADS, _BUCKETS), dtype=np.float32)
    grads["between"] = np.zeros((HEADS, _COUNTS), dtype=np.float32)
    scale = np.float32(HEAD_WIDTH**-0.5)
    for index, (start, end) in enumerate(batch.bounds):
        left, right = edges[index], edges[index + 1]
        if left == right:
            continue
        relative, between, shares = keep["looks"][index]
        d_value[:, start:end] = shares.transpose(0, 2, 1) @ d_brought[:, left:right]
        d_shares = d_brought[:, left:right] @ value[:, start:end].transpose(0, 2, 1)
        d_scores = shares * (d_shares - (d_shares * shares).sum(axis=2, keepdims=True))
        for row in range(left, right):
            told = d_spans[row]
            if told is not None:
                d_scores[:2, row - left] += told
        d_query[:, left:right] = d_scores @ key[:, :, start:end].transpose(0, 2, 1) * scale
        d_key[:, :, start:end] = query[:, left:right].transpose(0, 2, 1) @ d_scores * scale
        for head in range(HEADS):
            flat = d_scores[head].ravel()
            grads["distance"][head] += np.bincount(relative.ravel(), flat, _BUCKETS)
            grads["between"][head] += np.bincount(between.ravel(), flat, _COUNTS)
    return d_query, d_key, d_value


def _rows(index: NDArray[Any], values: Array, rows: int) -> Array:
    """Sums of values by row."""
    order = np.argsort(index, kind="stable")
    ordered = index[order]
    out = np.zeros((rows, values.shape[1]), dtype=np.float32)
    if len(ordered):
        edges = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
        out[ordered[edges]] = np.add.reduceat(values[order], edges, axis=0)
    return out
