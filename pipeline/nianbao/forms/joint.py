"""Readings of several rows against each other: a reading stays only if the sums between rows can hold with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

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
