"""The network of the line tagger: mean of a unit's token vectors beside its signs, its neighbours, a softmax."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from spacy.tokens import Doc
from thinc.api import Maxout, Model, Softmax, chain, expand_window, with_array
from thinc.types import Floats2d

from nianbao.pipes.tagger.units import Signs, features, read_signs, units


def build_line_tagger(
    tok2vec: Model[list[Doc], list[Floats2d]],
    hidden: int = 64,
    window: int = 2,
    labels: int | None = None,
    begins: Sequence[str] = (),
    holds: Sequence[str] = (),
) -> Model[list[Doc], list[Floats2d]]:
    """The model registered as `nianbao.LineTagger.v1`.

    Args:
        tok2vec: token vectors, usually a listener on the shared one.
        hidden: width of the layer between. window: how many units before and after a unit it sees.
        labels: number of classes; set by the component.
        begins, holds: patterns that a unit's words begin with, or hold: its signs, which go along with the model.

    Returns:
        A model from Docs to one array a Doc, shape (units, labels), each row summing to 1.
    """
    attrs = {"begins": list(begins), "holds": list(holds)}
    width = tok2vec.get_dim("nO") + len(read_signs(tuple(begins), tuple(holds)))
    head: Model[list[Floats2d], list[Floats2d]] = with_array(
        chain(
            Maxout(nI=width, nO=hidden, nP=2, normalize=True),
            expand_window(window),
            Maxout(nI=hidden * (2 * window + 1), nO=hidden, nP=2, normalize=True),
            Softmax(nO=labels, nI=hidden),
        ),
        pad=window,
    )
    return Model("nianbao_line_tagger", _forward, init=_init, layers=[tok2vec, head], dims={"nO": labels}, attrs=attrs)


def _init(model: Model, X: list[Doc] | None = None, Y: Any = None) -> None:
    tok2vec, head = model.layers
    tok2vec.initialize(X=X)
    head.initialize()


def _signs(model: Model) -> Signs:
    return read_signs(tuple(model.attrs["begins"]), tuple(model.attrs["holds"]))


def _forward(
    model: Model, docs: list[Doc], is_train: bool
) -> tuple[list[Floats2d], Callable[[list[Floats2d]], list[Doc]]]:
    tok2vec, head = model.layers
    vectors, back_tok2vec = tok2vec(docs, is_train)
    ops = model.ops
    signs = _signs(model)
    found = [units(doc) for doc in docs]
    inputs = []
    for doc, own, table in zip(docs, found, vectors, strict=True):
        pooled = ops.alloc2f(len(own), table.shape[1])
        for row, unit in enumerate(own):
            pooled[row] = table[unit.start : unit.end].mean(axis=0)
        inputs.append(ops.xp.hstack((pooled, ops.xp.asarray(features(doc, own, signs)))))
    outputs, back_head = head(inputs, is_train)

    def backprop(gradients: list[Floats2d]) -> list[Doc]:
        back = []
        for own, table, gradient in zip(found, vectors, back_head(gradients), strict=True):
            spread = ops.alloc2f(*table.shape)
            for row, unit in enumerate(own):
                spread[unit.start : unit.end] += gradient[row, : table.shape[1]] / np.float32(unit.end - unit.start)
            back.append(spread)
        return back_tok2vec(back)

    return outputs, backprop
