"""Cells whose last digits may be the number of the next row: told by leading zeros, by sums, by what the text says."""

from __future__ import annotations

from itertools import chain

from nianbao.catalogue.forms import Table
from nianbao.catalogue.identities import Identity, expand
from nianbao.forms.columns import shape_of
from nianbao.forms.joint import Equation, Vector, narrow
from nianbao.forms.model import Placed, RowCells
from nianbao.forms.place import TRACE, reported
from nianbao.forms.said import Said
from nianbao.language.numeral import are_digits, is_digit

BY_SUM = 0.93
_DOUBTFUL = 0.5
_LEAST_IN_SUM = 3  # rows


def place_touched(norm: str, table: Table, rows: list[RowCells], said: Said, identities: tuple[Identity, ...]) -> None:
    """Settles the last cells of rows that digits of the next row's number may belong to; the open ones are ambiguous.

    `said`: what the rest of the report says of its rows.
    """
    doubtful: dict[str, tuple[RowCells, list[str]]] = {}
    for at, row in enumerate(rows):
        if not row.more or not row.columns or (len(row.columns) > 1 and len(row.numbers) != len(row.columns)):
            continue
        readings = _readings(norm, table, row)
        if len(readings) == 1:
            _settle(norm, row, readings[0], TRACE)
        elif readings:
            doubtful[_name(row, at)] = (row, readings)
    if not doubtful:
        return
    if all(len(row.columns) == 1 for row in rows if row.columns):
        _by_sums(table, rows, doubtful, identities)
    for row, readings in doubtful.values():
        chosen = 0 if len(readings) == 1 else said.choose(row.found.row, [[written] for written in readings])
        if chosen is not None:
            _settle(norm, row, readings[chosen], BY_SUM)
        else:
            start, end = _span(row)
            row.placed[row.columns[-1]] = Placed("ambiguous", start, end, None, _DOUBTFUL, tuple(readings))


def _name(row: RowCells, at: int) -> str:
    return next(iter(row.found.row.cells.values()), None) or f"row {at}"


def _span(row: RowCells) -> tuple[int, int]:
    start = row.numbers[-1].start if row.numbers else row.end
    return start, row.end + row.more


def _readings(norm: str, table: Table, row: RowCells) -> list[str]:
    """The ways to write the last cell that are numbers and obey the row's own sums; an empty one is a blank cell."""
    start, end = _span(row)
    found = []
    for stop in range(row.end, end + 1):
        written = norm[start:stop]
        if len(written) > 1 and written[0] == "0" and is_digit(written[1]):
            continue
        found.append(written)
    sums = shape_of(table, row.columns).sums
    values = [row.placed[key].value for key in row.columns[:-1]] if sums and row.placed else []
    fitting = [
        written
        for written in found
        if are_digits(written)
        and None not in values
        and all(
            sum(v or 0 for v in ([*values, int(written)][i] for i in parts)) == [*values, int(written)][total]
            for parts, total in sums
        )
    ]
    return fitting if values and len(fitting) == 1 else found


def _settle(norm: str, row: RowCells, written: str, confidence: float) -> None:
    start, _ = _span(row)
    row.placed[row.columns[-1]] = (
        reported(norm, start, start + len(written), confidence * row.found.trust)
        if written
        else Placed("blank", start, start, None, confidence)
    )


def _by_sums(
    table: Table,
    rows: list[RowCells],
    doubtful: dict[str, tuple[RowCells, list[str]]],
    identities: tuple[Identity, ...],
) -> None:
    """Keeps the readings with which a sum of the form holds exactly, where one does; a report may break a sum."""
    vectors: dict[str, list[Vector]] = {}
    for at, row in enumerate(rows):
        name = _name(row, at)
        if name in doubtful:
            vectors[name] = [(int(written or 0),) for written in doubtful[name][1] if are_digits(written or "0")]
        elif row.placed and name not in vectors and (value := row.placed[row.columns[-1]].value) is not None:
            vectors[name] = [(int(value),)] if value == int(value) else []
    vectors = {name: found for name, found in vectors.items() if found}
    kept = {name: list(range(len(found))) for name, found in vectors.items()}
    for equation in _equations(table, set(vectors), identities):
        trial = {name: list(indices) for name, indices in kept.items()}
        if not narrow(vectors, [equation], trial):
            kept = trial
    for name, (_, readings) in doubtful.items():
        if name in kept:
            readings[:] = [str(vectors[name][i][0]) for i in kept[name]]


def _equations(table: Table, given: set[str], identities: tuple[Identity, ...]) -> list[Equation]:
    """The form's sums whose rows are all at hand."""
    found = []
    for identity in identities:
        terms = [*identity.left, *identity.right]
        if identity.at_most or not terms or not set(identity.forms) & set(table.forms):
            continue
        left, right = ([expand(term, given) for term in side] for side in (identity.left, identity.right))
        if all(left) and all(right) and len(terms) >= _LEAST_IN_SUM:
            found.append(Equation(list(chain(*left)), list(chain(*right))))
    return found
