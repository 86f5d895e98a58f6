"""Rows whose empty cells left no trace: their numbers in the columns that the sums of the table leave to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from nianbao.catalogue.forms import Table
from nianbao.catalogue.identities import Identity
from nianbao.forms.columns import shape_of
from nianbao.forms.joint import Equation, Vector, equations_of, names_of, vector_of
from nianbao.forms.model import RowCells
from nianbao.forms.place import broken_number, place_token
from nianbao.forms.tokens import Mode

_BY_SUMS = 0.95
_LARGEST = 100_000  # a column's sum, of which every smaller one is marked
Readings = dict[str, list[Vector]]
Places = tuple[int, ...]


def place_sparse(norm: str, table: Table, rows: list[RowCells], mode: Mode, identities: tuple[Identity, ...]) -> None:
    """Fills the cells of rows with fewer numbers than columns in which all readings agree that obey the sums.

    Only where the table prints no zero, so that nothing is an empty cell, and where its sums can hold in every column,
    so that no number of it stands elsewhere.
    """
    if mode != "plain" or any(row.apart for row in rows) or _prints_zero(norm, rows):
        return
    names = names_of(rows)
    places: dict[str, list[Places]] = {}
    readings: Readings = {}
    for row in rows:
        name = names[id(row)]
        if row.placed:
            readings[name] = [vector] if (vector := vector_of(row)) else []
        elif not row.numbers and row.columns and not row.heading:
            readings[name] = [(0,) * len(row.columns)]
        elif found := list(_readings(norm, table, row)):
            places[name], readings[name] = [place for place, _ in found], [vector for _, vector in found]
    if not places:
        return
    width = max(len(row.columns) for row in rows)
    readings = {name: found for name, found in readings.items() if found and len(found[0]) == width}
    kept = {name: list(range(len(found))) for name, found in readings.items()}
    equations = [one for one in equations_of(table, rows, set(readings), identities) if not one.at_most]
    _narrow(readings, equations, kept)
    if not equations or not all(_can_hold(readings, one, kept, at) for one in equations for at in range(width)):
        return
    for row in rows:
        name = names[id(row)]
        if name in places and name in kept:
            _fill(norm, row, [places[name][at] for at in kept[name]])


def _prints_zero(norm: str, rows: Iterable[RowCells]) -> bool:
    return any(token.kind == "none" or norm[token.start : token.end] == "0" for row in rows for token in row.numbers)


def _readings(norm: str, table: Table, row: RowCells) -> Iterator[tuple[Places, Vector]]:
    """The columns in which a row's numbers may stand, in their order, and its values: those that obey its sums."""
    sums, wide = shape_of(table, row.columns).sums, len(row.columns)
    tokens = row.tokens
    if not sums or not 1 < len(tokens) < wide or any(t.kind != "number" or broken_number(norm, t) for t in tokens):
        return
    values = [place_token(norm, token, 1.0).value for token in tokens]
    whole = [int(value) for value in values if value is not None and value == int(value)]
    if len(whole) < len(values):
        return
    for places in combinations(range(wide), len(whole)):
        vector = [0] * wide
        for place, value in zip(places, whole, strict=True):
            vector[place] = value
        if all(sum(vector[at] for at in parts) == vector[total] for parts, total in sums):
            yield places, tuple(vector)


def _narrow(readings: Readings, equations: Sequence[Equation], kept: dict[str, list[int]]) -> None:
    """Leaves in `kept` what the sum of every column allows, each column by itself.

    A column that no reading lets hold is the report's own error, and tells nothing.
    """
    changed = True
    while changed:
        changed = False
        for equation in equations:
            for column in range(len(next(iter(readings.values()))[0])):
                for name, values in _possible(readings, equation, kept, column).items():
                    left = [at for at in kept[name] if readings[name][at][column] in values]
                    changed = changed or len(left) < len(kept[name])
                    kept[name] = left


def _possible(readings: Readings, equation: Equation, kept: dict[str, list[int]], column: int) -> dict[str, set[int]]:
    """For each row with several readings the values in a column with which the equation can hold; {} where none do."""
    fixed, free = 0, []
    for name, sign in [(name, 1) for name in equation.left] + [(name, -1) for name in equation.right]:
        values = {sign * readings[name][at][column] for at in kept[name]}
        if len(values) == 1:
            fixed += values.pop()
        else:
            free.append((name, sign, values))
    low = -sum(min(values) for _, _, values in free)  # of each sum so far, so that none is below nothing
    if not free or low + sum(max(values) for _, _, values in free) > _LARGEST:
        return {}
    before, behind = _sums(free), _sums(free[::-1])[::-1]
    target = low - fixed
    if target < 0 or not before[-1] >> target & 1:
        return {}
    found = {}
    for at, (name, sign, values) in enumerate(free):
        left, right = before[at], behind[at + 1]
        found[name] = {sign * value for value in values if _meet(left, right, target - (value - min(values)))}
    return found


def _can_hold(readings: Readings, equation: Equation, kept: dict[str, list[int]], column: int) -> bool:
    """Whether an equation can hold in a column with what is left of the readings."""
    if _possible(readings, equation, kept, column):
        return True
    left, right = (
        [{readings[name][at][column] for at in kept[name]} for name in side] for side in (equation.left, equation.right)
    )
    whole = all(len(values) == 1 for values in (*left, *right))
    return whole and sum(values.pop() for values in left) == sum(values.pop() for values in right)


def _sums(free: Sequence[tuple[str, int, set[int]]]) -> list[int]:
    """The sums that the first rows can reach, as marked bits, each row's values counted from its least."""
    reached = [1]
    for _, _, values in free:
        least, here = min(values), 0
        for value in values:
            here |= reached[-1] << (value - least)
        reached.append(here)
    return reached


def _meet(left: int, right: int, target: int) -> bool:
    """Whether a sum of the left and one of the right make the target."""
    if target < 0:
        return False
    mirrored = int(f"{right & ((1 << target + 1) - 1):0{target + 1}b}"[::-1], 2)
    return left & mirrored != 0


def _fill(norm: str, row: RowCells, places: Sequence[Places]) -> None:
    for at, token in enumerate(row.numbers):
        columns = {place[at] for place in places}
        if len(columns) == 1:
            row.placed[row.columns[columns.pop()]] = place_token(norm, token, _BY_SUMS * row.found.trust)
