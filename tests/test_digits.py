"""Digits that run together: every reading that the rules allow, no other, within bounds."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guards import ends
from nianbao.forms.digits import MAX_CELL_DIGITS, Shape, split, values_of
from nianbao.forms.joint import Equation, narrow

APPLICANTS = Shape(7, (((0, 1, 2, 3, 4, 5), 6),))
REVIEWS = Shape(15, (((0, 1, 2, 3), 4), ((5, 6, 7, 8), 9), ((10, 11, 12, 13), 14)))
CUMULATIVE = Shape(2, (), ((0, 1),))


def readings(run: str, shape: Shape, breaks: frozenset[int] = frozenset()) -> list[tuple[int, ...]]:
    return [values_of(run, cuts) for cuts in split(run, shape, breaks).cuts]


@pytest.mark.parametrize(
    ("run", "shape", "expected"),
    [
        ("510030155", APPLICANTS, [(51, 0, 0, 3, 0, 1, 55)]),
        ("0000000", APPLICANTS, [(0,) * 7]),
        ("20305150001500000", REVIEWS, [(2, 0, 3, 0, 5, 15, 0, 0, 0, 15, 0, 0, 0, 0, 0)]),
        ("20306150001500000", REVIEWS, []),
        ("928", CUMULATIVE, [(9, 28)]),
        ("018", CUMULATIVE, [(0, 18)]),
        ("123", Shape(1), [(123,)]),
        ("012", Shape(1), []),
    ],
)
def test_readings(run: str, shape: Shape, expected: list[tuple[int, ...]]) -> None:
    assert readings(run, shape) == expected


def test_a_run_with_two_readings_gives_both() -> None:
    assert set(readings("340030138", APPLICANTS)) == {(3, 4, 0, 0, 30, 1, 38), (34, 0, 0, 3, 0, 1, 38)}


def test_blanks_are_boundaries() -> None:
    assert readings("410000041", APPLICANTS, frozenset({3})) == [(41, 0, 0, 0, 0, 0, 41)]
    assert readings("410000041", APPLICANTS, frozenset({1})) == []


def brute_force(run: str, shape: Shape) -> set[tuple[int, ...]]:
    """Every way to cut the run, kept where no part has a leading zero or too many digits and the rules hold."""
    found = set()
    for cuts in itertools.combinations(range(1, len(run)), shape.parts - 1):
        parts = [run[a:b] for a, b in zip((0, *cuts), (*cuts, len(run)), strict=True)]
        if any((len(part) > 1 and part[0] == "0") or len(part) > MAX_CELL_DIGITS for part in parts):
            continue
        values = tuple(map(int, parts))
        sums = all(sum(values[i] for i in terms) == values[total] for terms, total in shape.sums)
        if sums and all(values[a] <= values[b] for a, b in shape.order):
            found.add(values)
    return found


SHAPES = st.sampled_from(
    [
        APPLICANTS,
        CUMULATIVE,
        Shape(3),
        Shape(5, (((0, 1, 2, 3), 4),)),
        Shape(4, (((1, 2, 3), 0),)),
        Shape(4, (), ((0, 2), (1, 3))),
    ]
)


@settings(max_examples=300, deadline=None)
@given(run=st.text("01234569", min_size=1, max_size=12), shape=SHAPES)
def test_splitter_equals_brute_force(run: str, shape: Shape) -> None:
    found = split(run, shape)
    assert found.complete
    given_readings = [values_of(run, cuts) for cuts in found.cuts]
    assert len(given_readings) == len(set(given_readings))
    assert set(given_readings) == brute_force(run, shape)


@settings(max_examples=200, deadline=None)
@given(parts=st.lists(st.integers(0, 400), min_size=6, max_size=6))
def test_the_true_reading_is_always_among_them(parts: list[int]) -> None:
    row = (*parts, sum(parts))
    found = split("".join(map(str, row)), APPLICANTS)
    assert not found.complete or row in [values_of("".join(map(str, row)), cuts) for cuts in found.cuts]


@pytest.mark.parametrize("run", ["1" * 10_000, "10" * 30, "9" * 63, "123456789" * 7])
def test_hostile_runs_are_bounded(run: str) -> None:
    with ends(20):
        found = split(run, APPLICANTS)
    assert not found.complete or not found.cuts or len(found.cuts) < 400


def test_sums_between_rows_leave_one_reading() -> None:
    rows = {"granted": [(2, 7, 30), (27, 0, 27)], "refused": [(0, 1, 1)], "all": [(27, 1, 28)]}
    kept = {name: list(range(len(vectors))) for name, vectors in rows.items()}
    assert narrow(rows, [Equation(["granted", "refused"], ["all"])], kept) == []
    assert kept["granted"] == [1]


def test_a_sum_that_cannot_hold_is_given_back_and_bends_nothing() -> None:
    rows = {"granted": [(2, 7), (27, 0)], "all": [(99, 9)]}
    kept = {name: list(range(len(vectors))) for name, vectors in rows.items()}
    equation = Equation(["granted"], ["all"])
    assert narrow(rows, [equation], kept) == [equation]
    assert kept["granted"] == [0, 1]


def test_too_many_combinations_are_left_alone() -> None:
    rows = {f"row{i}": [(n,) for n in range(300)] for i in range(4)}
    kept = {name: list(range(300)) for name in rows}
    with ends(20):
        assert narrow(rows, [Equation(["row0", "row1", "row2"], ["row3"])], kept) == []
    assert all(len(indices) == 300 for indices in kept.values())
