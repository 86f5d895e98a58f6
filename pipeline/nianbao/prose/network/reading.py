"""The network as it reads: the numbers of `nianbao.prose.network.net.forward`, sooner, and nothing kept for learning.

A document's stretches pass in groups that fit a processor's cache. Each tap of a convolution is a product of its own,
so that no wide copy of the places is made, and the heads of all candidates of a group look at once.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from nianbao.prose.network.net import (
    DILATIONS,
    HEAD_WIDTH,
    HEADS,
    OUTPUTS,
    WIDTH,
    Answers,
    Array,
    Weights,
    between_row,
    relative_row,
)
from nianbao.prose.network.stretch import Batch

# Places that are read at once.
_PLACES = 1024
_SPAN = HEADS * HEAD_WIDTH


class InferenceNetwork:
    """The weights, laid out for reading.

    Args:
        weights: as `nianbao.prose.network.net.shapes` names them. table: which facets each label has.
    """

    def __init__(self, weights: Weights, table: Array) -> None:
        self.weights = weights
        self._taps = [
            [np.ascontiguousarray(tap) for tap in weights[f"conv{layer}"].reshape(3, WIDTH, WIDTH)]
            for layer in range(len(DILATIONS))
        ]
        self._labels = np.ascontiguousarray((table @ weights["facets"]).T)
        self._looked = np.concatenate([weights["key"] * np.float32(HEAD_WIDTH**-0.5), weights["value"]], axis=1)
        self._ones = np.full(WIDTH, 1.0 / WIDTH, dtype=np.float32)
        self._outputs = np.concatenate([weights[name] for name in OUTPUTS], axis=1)
        self._outputs_b = np.concatenate([weights[f"{name}_b"] for name in OUTPUTS])

    def read(self, batch: Batch) -> Answers:
        """The answers for a batch's candidates."""
        weights, count = self.weights, len(batch)
        joined = np.zeros((count, WIDTH + _SPAN), dtype=np.float32)
        spans: list[Array] = []
        edges = np.searchsorted(batch.stretch, np.arange(len(batch.bounds) + 1))
        for first, last in _groups(batch):
            left, right = int(edges[first]), int(edges[last])
            if left == right:
                continue
            start, end = int(batch.bounds[first, 0]), int(batch.bounds[last - 1, 1])
            X = self._places(batch, start, end)
            Q = self._ask(batch, X, start, slice(left, right))
            joined[left:right, :WIDTH] = Q
            joined[left:right, WIDTH:] = self._look(batch, X, Q, start, slice(left, right), spans)
        Z = np.maximum(joined @ weights["answer"] + weights["answer_b"], 0)
        more, column = {}, 0
        every = Z @ self._outputs + self._outputs_b
        for name, size in OUTPUTS.items():
            more[name] = every[:, column : column + size]
            column += size
        return Answers(Z @ self._labels + weights["label_b"], more, spans)

    def _places(self, batch: Batch, start: int, end: int) -> Array:
        """What each place between two comes to."""
        weights = self.weights
        pairs = weights["pairs"]
        X = weights["chars"][batch.chars[start:end]]
        own = pairs[batch.pairs[start - 1 : end]]
        X += own[1:]
        X += own[:-1]
        X += weights["where"][batch.part[start:end]]
        tags = batch.tags[start:end]
        for slot in range(tags.shape[1]):
            at = np.flatnonzero(tags[:, slot])
            if len(at):
                X[at] += weights["tags"][tags[at, slot]]
        gaps = np.flatnonzero(batch.part[start:end] == 0)
        X[gaps] = 0.0
        product = np.empty_like(X)
        for layer, reach in enumerate(DILATIONS):
            X = self._convolve(layer, reach, X, gaps, product)
        return X

    def _convolve(self, layer: int, reach: int, X: Array, gaps: NDArray[np.intp], product: Array) -> Array:
        before, here, after = self._taps[layer]
        Y = X @ here
        np.matmul(X, before, out=product)
        Y[reach:] += product[:-reach]
        np.matmul(X, after, out=product)
        Y[:-reach] += product[reach:]
        Y += self.weights[f"conv{layer}_b"]
        np.maximum(Y, 0, out=Y)
        Y += X
        Y -= (Y @ self._ones)[:, None]
        Y *= (1.0 / np.sqrt(np.einsum("ij,ij->i", Y, Y) / WIDTH + 1e-5))[:, None]
        gain, shift = self.weights[f"norm{layer}"]
        Y *= gain
        Y += shift
        Y[gaps] = 0.0
        return Y

    def _ask(self, batch: Batch, X: Array, start: int, own: slice) -> Array:
        weights, kinds = self.weights, batch.kind[own]
        bounds = batch.name[own] - start
        names = np.zeros((len(kinds), WIDTH), dtype=np.float32)
        for row in np.flatnonzero((batch.name[own, 0] >= 0) & (kinds >= 2)):
            names[row] = X[bounds[row, 0] : bounds[row, 1] + 1].mean(axis=0)
        asked = np.concatenate(
            [X[batch.first[own] - start], X[batch.last[own] - start], names, weights["kind"][kinds]], axis=1
        )
        return np.asarray(np.maximum(asked @ weights["ask"] + weights["ask_b"], 0))

    def _look(self, batch: Batch, X: Array, Q: Array, start: int, own: slice, spans: list[Array]) -> Array:
        """What the heads of the candidates bring back; adds the first two heads' shares to `spans`."""
        weights, count = self.weights, len(Q)
        query = (Q @ weights["query"]).reshape(count, HEADS, HEAD_WIDTH).transpose(1, 0, 2)
        looked = (X @ self._looked).reshape(len(X), 2, HEADS, HEAD_WIDTH)
        # Each candidate with each place of its stretch, one after the other.
        bounds = batch.bounds[batch.stretch[own]] - start
        sizes = bounds[:, 1] - bounds[:, 0]
        stops = np.cumsum(sizes)
        begins = stops - sizes
        who = np.repeat(np.arange(count), sizes)
        where = np.arange(stops[-1]) + np.repeat(bounds[:, 0] - begins, sizes)
        first = batch.first[own] - start
        numbers = np.cumsum(batch.number[start : start + len(X)])
        scores = (query @ looked[:, 0].transpose(1, 2, 0))[:, who, where]
        scores += weights["distance"][:, relative_row(where - first[who])]
        scores += weights["between"][:, between_row(numbers[where] - numbers[first][who])]
        scores -= np.maximum.reduceat(scores, begins, axis=1)[:, who]
        np.exp(scores, out=scores)
        scores /= np.add.reduceat(scores, begins, axis=1)[:, who]
        shares = np.zeros((HEADS, count, len(X)), dtype=np.float32)
        shares[:, who, where] = scores
        spans.extend(scores[:2, begin:stop] for begin, stop in zip(begins.tolist(), stops.tolist(), strict=True))
        brought = shares @ looked[:, 1].transpose(1, 0, 2)
        return np.asarray(brought.transpose(1, 0, 2).reshape(count, -1))


def _groups(batch: Batch) -> Iterator[tuple[int, int]]:
    """First and last (exclusive) of the stretches that are read at once."""
    first = 0
    for index, (_, end) in enumerate(batch.bounds.tolist()):
        if end - batch.bounds[first, 0] > _PLACES and index > first:
            yield first, index
            first = index
    if len(batch.bounds):
        yield first, len(batch.bounds)
