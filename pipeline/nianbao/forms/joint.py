"""Readings of several rows against each other: a reading stays only if the sums between rows can hold with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

from nianbao.catalogue.forms import Table
from nianbao.catalogue.identities import Identity, expand
from nianbao.forms.model import RowCells

Vector = tuple[int, ...]
_MAX_COMBINATIONS = 50_000


@dataclass(slots=True)
class Equation:
    """Sum of the rows `left` = (or, with `at_most`, <=) sum of the rows `right`, column by column."""

    left: list[str]
    right: list[str]
    at_most: bool = False


def narrow(readings: dict[str, list[Vector]], equations: list[Equation], kept: dict[str, list[int]]) -> list[Equation]:
    """Leaves in `kept` (row to indices of its readings) what every equation allows; gives those that cannot hold.

    An equation that no reading meets is the report's own error (or a row that was not read): it is left out, digits
    are never bent to satisfy it. An equation with too many combinations is left out as well.
    """
    broken: list[Equation] = []
    active = [e for e in equations if any(len(kept[n]) > 1 for n in (*e.left, *e.right))]
    changed = True
    while changed:
        changed = False
        for equation in list(active):
            support = _support(readings, kept, equation)
            if support is None:
                continue
            if not support:
                active.remove(equation)
                broken.append(equation)
                continue
            for name, indices in support.items():
                if len(indices) < len(kept[name]):
                    kept[name] = sorted(indices)
                    changed = True
    return broken


def _support(
    readings: dict[str, list[Vector]], kept: dict[str, list[int]], equation: Equation
) -> dict[str, set[int]] | None:
    """The readings of the open rows that occur in a solution; {} where there is none, None where there are too many."""
    signs = [(name, 1) for name in equation.left] + [(name, -1) for name in equation.right]
    width = len(next(iter(readings.values()))[0])
    fixed = [0] * width
    free: list[tuple[str, int]] = []
    for name, sign in signs:
        if len(kept[name]) == 1:
            for column, value in enumerate(readings[name][kept[name][0]]):
                fixed[column] += sign * value
        else:
            free.append((name, sign))
    combinations = 1
    for name, _ in free if equation.at_most else free[:-1]:
        combinations *= len(kept[name])
    if combinations > _MAX_COMBINATIONS or not free:
        return None
    return _solve(readings, kept, equation, fixed, free)


def _solve(
    readings: dict[str, list[Vector]],
    kept: dict[str, list[int]],
    equation: Equation,
    fixed: list[int],
    free: list[tuple[str, int]],
) -> dict[str, set[int]]:
    *others, (last, last_sign) = free
    by_vector: dict[Vector, list[int]] = {}
    for index in kept[last]:
        by_vector.setdefault(readings[last][index], []).append(index)
    support: dict[str, set[int]] = {}
    for chosen, total in _combinations(readings, kept, others, tuple(fixed)):
        if equation.at_most:
            fits = [
                index
                for vector, indices in by_vector.items()
                for index in indices
                if all(t + last_sign * v <= 0 for t, v in zip(total, vector, strict=True))
            ]
        else:
            fits = by_vector.get(tuple(-last_sign * value for value in total), [])
        if fits:
            support.setdefault(last, set()).update(fits)
            for (name, _), index in zip(others, chosen, strict=True):
                support.setdefault(name, set()).add(index)
    return support


def _combinations(
    readings: dict[str, list[Vector]], kept: dict[str, list[int]], rows: list[tuple[str, int]], total: Vector
) -> Iterator[tuple[tuple[int, ...], Vector]]:
    if not rows:
        yield (), total
        return
    (name, sign), *rest = rows
    for index in kept[name]:
        moved = tuple(t + sign * v for t, v in zip(total, readings[name][index], strict=True))
        for chosen, reached in _combinations(readings, kept, rest, moved):
            yield (index, *chosen), reached


def names_of(rows: list[RowCells]) -> dict[int, str]:
    """A name for each row: its first metric, or what tells apart rows without one and rows that share one."""
    names: dict[int, str] = {}
    for row in rows:
        metric = next(iter(row.found.row.cells.values()), None)
        alone = metric is not None and metric not in names.values()
        names[id(row)] = metric if metric and alone else f"{row.found.table.name}:{row.found.row.index}"
    return names


def vector_of(row: RowCells) -> Vector | None:
    """A placed row's values; an empty cell adds nothing to a sum."""
    values = [Decimal(0) if (cell := row.placed.get(key)) is None else cell.value or Decimal(0) for key in row.columns]
    return tuple(int(value) for value in values) if all(value == int(value) for value in values) else None


def equations_of(
    table: Table, rows: list[RowCells], given: set[str], identities: tuple[Identity, ...]
) -> list[Equation]:
    """The identities of the form between the rows at hand; an equal one only where no row of the form is missing."""
    present = {row.found.row.index for row in rows if row.found.table is table}
    forms = {row.found.row.form for row in rows if row.found.row.form}
    missing = any(
        r.index not in present and not (r.heading or r.form or (r.heading_in and r.heading_in in forms))
        for r in table.rows
    )
    equations = []
    for identity in identities:
        if not identity.solve or not set(identity.forms) & set(table.forms):
            continue
        left = [expand(term, given) for term in identity.left]
        right = [expand(term, given) for term in identity.right]
        if not all(right) or not any(left) or (not identity.at_most and (not all(left) or missing)):
            continue
        equations.append(Equation(list(chain(*left)), list(chain(*right)), identity.at_most))
    return equations
