"""Tokens into columns, where the layout says which is which: as many as columns, or told by empty places."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal

from nianbao.forms.model import Placed, RowCells
from nianbao.forms.tokens import Mode, Token

EXACT, EXPLICIT_BLANK, TRACE = 0.99, 0.98, 0.93


def number_value(written: str) -> Decimal:
    """A cell's number as written; thousands separators and blanks inside it are dropped."""
    return Decimal(re.sub(r"[,\s]", "", written))


def reported(norm: str, start: int, end: int, confidence: float) -> Placed:
    """A printed number."""
    return Placed("reported", start, end, number_value(norm[start:end]), confidence)


def place_token(norm: str, token: Token, confidence: float) -> Placed:
    """The cell that a token prints."""
    if token.kind == "blank":
        return Placed("blank", token.start, token.end, None, min(confidence, EXPLICIT_BLANK))
    if token.kind == "none":
        return Placed("stated", token.start, token.end, Decimal(0), confidence)
    return reported(norm, token.start, token.end, confidence)


def broken_number(norm: str, token: Token) -> bool:
    """Whether a token cannot be one number: digits behind a leading zero."""
    written = norm[token.start : token.end]
    return len(written) > 1 and written[0] == "0" and written[1].isdigit()


def place_exact(norm: str, rows: list[RowCells]) -> None:
    """Fills the rows that print exactly one number a column."""
    for row in rows:
        cells = row.numbers
        if row.columns and len(cells) == len(row.columns) and not any(broken_number(norm, t) for t in cells):
            row.placed = {
                key: place_token(norm, token, EXACT * row.found.similarity)
                for key, token in zip(row.columns, cells, strict=True)
            }


def place_explicit(norm: str, rows: list[RowCells], mode: Mode) -> None:
    """Fills rows whose empty cells stand between separators.

    A label over several columns may leave empty cells before the first, a padded line some behind the last; full
    rows of the same table tell how many.
    """
    lead, trail = _padding(rows)
    for row in rows:
        if row.placed or not row.columns or not row.tokens or any(broken_number(norm, t) for t in row.numbers):
            continue
        if row.found.row.heading and not row.numbers:
            continue
        cells = _trim(row.tokens, len(row.columns), lead, trail)
        if cells is not None:
            row.placed = {key: place_token(norm, token, EXACT) for key, token in zip(row.columns, cells, strict=True)}


def _padding(rows: list[RowCells]) -> tuple[int, int]:
    """Empty cells before the first and behind the last column in most full rows."""
    lead: Counter[int] = Counter()
    trail: Counter[int] = Counter()
    for row in rows:
        kinds = [token.kind == "blank" for token in row.tokens]
        if row.placed and any(kinds):
            lead[kinds.index(False)] += 1
            trail[kinds[::-1].index(False)] += 1
        elif row.placed:
            lead[0] += 1
            trail[0] += 1
    return (lead.most_common(1)[0][0], trail.most_common(1)[0][0]) if lead else (-1, -1)


def _trim(tokens: list[Token], wanted: int, lead: int, trail: int) -> list[Token] | None:
    blank = [token.kind == "blank" for token in tokens]
    extra = len(tokens) - wanted
    if extra < 0 or blank.count(False) > wanted:
        return None
    if extra and lead + trail == extra and lead >= 0:
        first = lead
    elif wanted == 1 and all(blank):
        first = 0
    else:
        # Without full rows to compare: a wide label leaves its empty cells in front.
        first = min(extra, blank.index(False) if False in blank else extra)
    kept = tokens[first : first + wanted]
    dropped = tokens[:first] + tokens[first + wanted :]
    return kept if all(token.kind == "blank" for token in dropped) else None


def place_single_blanks(norm: str, rows: list[RowCells]) -> None:
    """A row of a one-column table that prints its label and no number: blank, its only column is certain."""
    for row in rows:
        if row.placed or len(row.columns) != 1 or row.numbers or row.found.row.heading:
            continue
        place = _behind_unit(norm, row.start, row.end)
        row.placed = {row.columns[0]: Placed("blank", place, place, None, TRACE)}


def _behind_unit(norm: str, start: int, end: int) -> int:
    match = re.compile(r"\s*[\u3400-\u9fff]{1,2}").match(norm, start, end)
    return match.end() if match else start


def place_traces(norm: str, rows: list[RowCells]) -> None:
    """Fills rows whose empty cells left longer gaps: extra empty lines between cells, double blanks in a line."""
    unit = _usual_gap(norm, rows)
    if unit is None:
        return
    sign, width = unit
    for row in rows:
        if row.placed or not row.columns or any(broken_number(norm, t) for t in row.numbers):
            continue
        missing = len(row.columns) - len(row.numbers)
        if missing <= 0 or (row.found.row.heading and not row.numbers):
            continue
        cells = _by_gaps(norm, row, missing, sign, width)
        if cells is not None:
            row.placed = {
                key: place_token(norm, token, TRACE) for key, token in zip(row.columns, cells, strict=True)
            }


def _usual_gap(norm: str, rows: list[RowCells]) -> tuple[str, int] | None:
    """What stands between two cells of a full row most often: how many line breaks, or else blanks."""
    gaps: Counter[tuple[str, int]] = Counter()
    for row in rows:
        if len(row.placed) > 1:
            for one, next_one in zip(row.numbers, row.numbers[1:], strict=False):
                gaps[_gap(norm, one.end, next_one.start)] += 1
    if not gaps:
        # No full row to go by: the row's own gaps, if most are alike.
        for row in rows:
            if len(row.numbers) > 4:
                for one, next_one in zip(row.numbers, row.numbers[1:], strict=False):
                    gaps[_gap(norm, one.end, next_one.start)] += 1
    if not gaps:
        return None
    usual = gaps.most_common(1)[0][0]
    return usual if usual[1] else None


def _gap(norm: str, start: int, end: int) -> tuple[str, int]:
    lines = norm.count("\n", start, end)
    return ("\n", lines) if lines else (" ", norm.count(" ", start, end))


def _by_gaps(norm: str, row: RowCells, missing: int, sign: str, width: int) -> list[Token] | None:
    """Empty cells by the lengths of gaps; None where these do not add up to the missing cells."""
    edges = [row.start, *(position for token in row.numbers for position in (token.start, token.end)), row.end]
    gaps = [(edges[i], edges[i + 1]) for i in range(0, len(edges), 2)]
    if not row.numbers:
        return _all_blank(norm, row, missing, sign, width)
    counts = [max(0, norm.count(sign, a, b) // width - 1) for a, b in gaps]
    inner = sum(counts[1:-1])
    before = min(counts[0], missing - inner)
    behind = missing - inner - before
    if before < 0 or behind < 0 or behind > counts[-1]:
        return None
    counts[0], counts[-1] = before, behind
    cells: list[Token] = []
    for index, (start, end) in enumerate(gaps):
        cells += _places(norm, start, end, counts[index], sign, width)
        if index < len(row.numbers):
            cells.append(row.numbers[index])
    return cells


def _all_blank(norm: str, row: RowCells, missing: int, sign: str, width: int) -> list[Token] | None:
    enough = norm.count(sign, row.start, row.end) // width >= missing
    return _places(norm, row.start, row.end, missing, sign, width) if enough else None


def _places(norm: str, start: int, end: int, count: int, sign: str, width: int) -> list[Token]:
    """Where `count` empty cells stand in a gap: behind each usual separator."""
    found: list[Token] = []
    position = start
    for _ in range(count):
        for _ in range(width):
            position = norm.find(sign, position, end) + 1
        found.append(Token(position, position, "blank"))
    return found
