"""What travels on a Doc: plain data only, so that it survives `Doc.to_bytes`, DocBin and other processes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from spacy.tokens import Doc, Span

from nianbao.language.numeral import are_digits
from nianbao.language.script import normalize
from nianbao.language.tokenizer import VIEW
from nianbao.reading.source import Grid
from nianbao.structure import Block

_VIEWS = "nianbao.views"

# name -> a function that makes the value of a fresh Doc
_DEFAULTS: dict[str, Any] = {
    "source_id": lambda: "",
    "metadata": dict,
    "grids": list,
    "regions": list,
    "cells": list,
    "structure": dict,
    "mentions": list,
    "numbers": list,
    "truths": list,
    "links": list,
    "facts": list,
    "line_labels": list,
    # [name, what happened]: what a component could not do in full.
    "warnings": list,
}


def register() -> None:
    """Registers the extensions, once; a name that another package holds is left as it is."""
    for name, make in _DEFAULTS.items():
        if not Doc.has_extension(name):
            # spaCy copies a mutable default for each Doc.
            Doc.set_extension(name, default=make())
    for name, getter in _OF_SPANS.items():
        if not Span.has_extension(name):
            Span.set_extension(name, getter=getter)


def _facts(span: Span) -> list[dict[str, Any]]:
    """The rows whose value, or whose metric's name, is just this span."""
    place, own = (span.start_char, span.end_char), span.kb_id_
    return [
        row
        for row in span.doc._.facts
        if (row["start"], row["end"]) == place
        or ((row["metric_start"], row["metric_end"]) == place and own in ("", row["metric"]))
    ]


def _fact(span: Span) -> dict[str, Any] | None:
    return next(iter(_facts(span)), None)


def _of_fact(column: str, span: Span) -> Any:
    return None if (row := _fact(span)) is None else row[column]


def _level(span: Span) -> int | None:
    """Of a heading: 1 for the outermost."""
    name, _, level = span.label_.partition("-")
    return int(level) if name == "HEADING" and are_digits(level) else None


_OF_SPANS: dict[str, Callable[[Span], Any]] = {
    "facts": _facts,
    "fact": _fact,
    "level": _level,
    **{
        column: partial(_of_fact, column)
        for column in ("metric", "value", "applicant", "year", "unit", "status", "scope")
    },
}


def views(doc: Doc) -> tuple[str, str]:
    """The document's text and its normalised view.

    `Doc.text` is put together from the tokens at every call, which costs as much as a component; both views are
    kept on the Doc until `forget_views`.
    """
    found = doc.user_data.get(_VIEWS)
    return keep_views(doc, doc.text) if found is None else found


def keep_views(doc: Doc, text: str) -> tuple[str, str]:
    """Keeps the views of `text`, which must be the document's, until `forget_views`."""
    view = doc.user_data.pop(VIEW, None)
    kept = doc.user_data[_VIEWS] = (text, normalize(text) if view is None else view)
    return kept


def forget_views(doc: Doc) -> None:
    """Drops the kept views, so that they are not stored with the Doc."""
    doc.user_data.pop(_VIEWS, None)


def regions(doc: Doc) -> list[Block]:
    """Where the document's tables stand."""
    return [Block(region["start"], region["end"], "table") for region in doc._.regions]


def grid_to_plain(grid: Grid) -> dict[str, Any]:
    """A grid as plain data: start, end, and cells as [start, end, row, col, rowspan, colspan, header]."""
    cells = [[c.start, c.end, c.row, c.col, c.rowspan, c.colspan, c.header] for c in grid.cells]
    return {"start": grid.start, "end": grid.end, "cells": cells}
