"""Rows whose digits run together: the readings of each, narrowed by the sums between rows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain, pairwise

from nianbao.catalogue.forms import Table
from nianbao.catalogue.identities import Identity
from nianbao.forms.cells import number_value
from nianbao.forms.columns import shape_of
from nianbao.forms.digits import MAX_CELL_DIGITS, Readings, Shape, split
from nianbao.forms.joint import Equation, Vector, equations_of, names_of, narrow, vector_of
from nianbao.forms.model import Placed, RowCells
from nianbao.forms.place import beside_comma, broken_number, reported
from nianbao.forms.said import Said
from nianbao.forms.tokens import Mode
from nianbao.language.numeral import are_digits

FORCED, BY_SUMS, CORROBORATED, BY_SIZE, UNCHECKED = 0.98, 0.95, 0.95, 0.9, 0.9
_MAX_SHOWN = 6
_DIGITS = re.compile(r"[+-]?([0-9]+)(?:\.[0-9]+)?")
_WIDEST_BLANK, _THOUSANDS = 3, 3  # blanks between two digits of one number; digits of a thousand
# A running total since some year that is so many times this year's number is another way to cut the digits.
_MAX_RATIO, _MAX_RATIO_SMALL = 150, 5000


@dataclass(slots=True)
class Run:
    """A row's digits in one string, with the text offset of each, and its readings: ends of parts, and values.

    `spans`: of each reading, where its cells stand in the text. `own_sum` tells whether the readings obey the row's own
    sums; `whole`: no empty cell can hide in it. `confidence` is that of the reading that remains.
    """

    row: RowCells
    start: int
    end: int
    spans: list[list[tuple[int, int]]]
    values: list[Vector]
    own_sum: bool
    whole: bool
    complete: bool
    confidence: float = BY_SUMS

    def written(self, norm: str, reading: int) -> list[str]:
        """A reading's cells as printed."""
        return [norm[start:end] for start, end in self.spans[reading]]


def place_glued(
    norm: str,
    table: Table,
    rows: list[RowCells],
    mode: Mode,
    said: Said,
    identities: tuple[Identity, ...],
    traceless: bool = False,
) -> None:
    """Fills rows whose digits run together.

    `said`: what the rest of the report says of its rows.
    `traceless`: empty cells leave no trace here, so that a bare count of digits proves nothing.
    """
    whole = mode != "plain" or any(len(row.placed) > 2 for row in rows)
    whole = whole and not _touch_labels(norm, rows)
    open_rows = [
        row for row in rows if not row.placed and (is_glued(norm, row, whole) or _lacks_one_gap(norm, table, row))
    ]
    if not open_rows:
        return
    names = names_of(rows)
    runs = {names[id(row)]: run for row in open_rows if (run := read_run(norm, table, row))}
    if not runs:
        return
    readings = {names[id(row)]: [vector] for row in rows if row.placed and (vector := vector_of(row))}
    readings |= {name: run.values for name, run in runs.items() if run.complete and run.values}
    width = max(len(run.row.columns) for run in runs.values())
    kept = {name: list(range(len(vectors))) for name, vectors in readings.items()}
    readings = {name: vectors for name, vectors in readings.items() if len(vectors[0]) == width}
    equations = equations_of(table, rows, set(readings), identities)
    narrow(readings, equations, kept)
    preferred = [_prefer(norm, run, kept[name], said) for name, run in runs.items() if name in kept]
    if any(preferred):
        narrow(readings, equations, kept)
    confirmed = _confirmed(readings, equations, kept)
    for name, run in runs.items():
        left = kept.get(name, list(range(len(run.values))))
        sure = run.whole or (run.own_sum and (bool(shape_of(table, run.row.columns).sums) or not traceless))
        if not sure and name not in confirmed:
            left = []
        _fill(norm, table, run, left)


def _touch_labels(norm: str, rows: list[RowCells]) -> bool:
    """Whether most rows' numbers follow their label at once, as where everything runs together."""
    firsts = [norm[row.numbers[0].start - 1] for row in rows if row.numbers]
    return 3 * sum(character not in " \n\t|" for character in firsts) > 2 * len(firsts)


def lacks_digits(norm: str, rows: list[RowCells], mode: Mode) -> bool:
    """Whether a row has fewer digits than cells: some are empty without a trace, here and perhaps elsewhere."""
    for row in rows if mode == "plain" else ():
        digits = sum(token.end - token.start for token in row.numbers)
        if not row.placed and not row.heading and 0 < digits < len(row.columns):
            return True
    return False


def _confirmed(readings: dict[str, list[Vector]], equations: list[Equation], kept: dict[str, list[int]]) -> set[str]:
    """The rows of sums that hold with the one reading left of every row in them."""
    found: set[str] = set()
    for equation in equations:
        rows = (*equation.left, *equation.right)
        if equation.at_most or any(len(kept[name]) != 1 for name in rows):
            continue
        sides = [[readings[name][kept[name][0]] for name in side] for side in (equation.left, equation.right)]
        if [sum(column) for column in zip(*sides[0], strict=True)] == [sum(c) for c in zip(*sides[1], strict=True)]:
            found.update(rows)
    return found


def is_glued(norm: str, row: RowCells, whole: bool) -> bool:
    """Whether a row's digits may run together; where other rows print whole cells (`whole`), only if they must."""
    wide = len(row.columns)
    if wide < 2 or not row.numbers:
        return False
    if any(broken_number(norm, token) for token in row.numbers):
        return True
    if any(one.end == other.start for one, other in pairwise(row.numbers)):
        return True  # a sign between them
    if len(row.numbers) > wide:
        return wide > 2  # blanks inside numbers, if a sum says which
    if len(row.numbers) * 2 > wide and wide > 2:
        return False
    return not whole or (wide > 3 and len(row.numbers) == 1 and row.numbers[0].end - row.numbers[0].start >= wide)


def _lacks_one_gap(norm: str, table: Table, row: RowCells) -> bool:
    """Whether just one of a row's numbers must be two, and in one way, for its sum to hold.

    The numbers as they stand, one cell being empty, must not obey it; nor do totals of one digit prove anything.
    """
    wide, sums = len(row.columns), shape_of(table, row.columns).sums
    written = [norm[token.start : token.end] for token in row.tokens]
    if row.apart or len(sums) != 1 or len(written) != wide - 1 or not all(are_digits(number) for number in written):
        return False
    parts, total = sums[0]
    if total != wide - 1 or len(parts) != total or sum(map(int, written[:-1])) == int(written[-1]):
        return False
    found = 0
    for at, number in enumerate(written):
        for cut in range(1, len(number)):
            cells = [*written[:at], number[:cut], number[cut:], *written[at + 1 :]]
            whole = all(len(cell) == 1 or cell[0] != "0" for cell in cells)
            found += whole and len(cells[-1]) > 1 and sum(map(int, cells[:-1])) == int(cells[-1])
    return found == 1


def read_run(norm: str, table: Table, row: RowCells) -> Run | None:
    """The readings of a row's digits; None where there is something else than digits in it.

    A sign begins a cell, a fraction ends the last one.
    """
    digits, offsets = "", list[int]()
    breaks, hard, signs = set[int](), set[int](), set[int]()
    fraction, previous = 0, ""
    shape = shape_of(table, row.columns)
    for token in row.numbers:
        match = _DIGITS.fullmatch(norm, token.start, token.end)
        if match is None or fraction or beside_comma(norm, token):
            return None
        start, end = match.span(1)
        fraction = token.end - end
        if start > token.start:
            signs.add(len(digits))
        breaks.add(len(digits))
        between = norm[offsets[-1] + 1 : start] if offsets else "|"
        if between.strip(" ") or not _may_join(len(previous), end - start, len(between), bool(shape.sums)):
            hard.add(len(digits))
        previous = norm[start:end]
        digits += previous
        offsets += range(start, end)
    own_sum, complete, cuts = _cuts(digits, shape, frozenset(breaks), frozenset(hard))
    if row.more and not fraction:
        digits += norm[row.end : row.end + row.more]
        offsets += range(row.end, row.end + row.more)
        longer_sum, longer_complete, longer = _cuts(digits, shape, frozenset(breaks), frozenset(hard))
        if longer_sum == own_sum or not cuts:
            own_sum, complete, cuts = longer_sum, complete and longer_complete, cuts + longer
        elif longer_sum:
            own_sum, complete, cuts = longer_sum, longer_complete, longer
    if signs:
        signed = [at for at, key in enumerate(row.columns) if key in table.columns and table.columns[key].signed]
        cuts = [cut for cut in cuts if signs <= {(0, *cut)[at] for at in signed}]
    spans = [_spans(norm, offsets, cut, fraction) for cut in cuts]
    values = [tuple(int(number_value(norm[a:b]) or 0) for a, b in cells) for cells in spans]
    whole = _least_parts(digits) == shape.parts
    return Run(row, offsets[0], offsets[-1] + 1 + fraction, spans, values, own_sum, whole, complete)


def _may_join(left: int, right: int, blanks: int, summed: bool) -> bool:
    """Whether two groups of so many digits may be one number: thousands apart, or digits apart that a sum confirms."""
    if blanks >= _WIDEST_BLANK:
        return False
    return (left <= _THOUSANDS == right) or (summed and left == right == 1)


def _cuts(
    digits: str, shape: Shape, breaks: frozenset[int], hard: frozenset[int]
) -> tuple[bool, bool, list[tuple[int, ...]]]:
    """(whether the row's own sums hold, whether no reading is left out, the readings).

    Blanks are closed up if no reading obeys them, but for the `hard` breaks; sums that no reading obeys are left aside.
    """
    found = split(digits, shape, breaks)
    if not found.cuts and found.complete and len(breaks) > len(hard):
        found = split(digits, shape, hard)
    if not found.cuts and found.complete and len(shape.sums) > 2:
        found = _all_but_one(digits, shape, breaks)
    own_sum = bool(found.cuts) or not shape.sums
    if not found.cuts and found.complete and shape.sums:
        found = split(digits, Shape(shape.parts, (), shape.order), breaks)
    return own_sum, found.complete, list(found.cuts)


def _all_but_one(digits: str, shape: Shape, breaks: frozenset[int]) -> Readings:
    """The readings in which one of several sums is the report's own error."""
    kept = (shape.sums[:at] + shape.sums[at + 1 :] for at in range(len(shape.sums)))
    found = [split(digits, Shape(shape.parts, sums, shape.order), breaks) for sums in kept]
    cuts = dict.fromkeys(chain(*(readings.cuts for readings in found)))
    return Readings(tuple(cuts), all(readings.complete for readings in found))


def _spans(norm: str, offsets: list[int], cuts: tuple[int, ...], fraction: int) -> list[tuple[int, int]]:
    """Where the cells of a reading stand, signs and a last fraction included."""
    spans = [(offsets[a], offsets[b - 1] + 1) for a, b in zip((0, *cuts), cuts, strict=False)]
    spans[-1] = (spans[-1][0], spans[-1][1] + fraction)
    return [(start - (norm[start - 1 : start] in ("+", "-")), end) for start, end in spans]


def _least_parts(digits: str) -> int:
    """The fewest numbers that digits can be read as: a zero that begins one is all of it."""
    parts, at = 0, 0
    while at < len(digits):
        at += 1 if digits[at] == "0" else MAX_CELL_DIGITS
        parts += 1
    return parts


def _prefer(norm: str, run: Run, kept: list[int], said: Said) -> bool:
    """The reading whose numbers the report also says in words; of year and cumulative, the only likely one."""
    if len(kept) < 2 or not run.own_sum:
        return False
    chosen = said.choose(run.row.found.row, [run.written(norm, i) for i in kept])
    if chosen is not None:
        run.confidence = CORROBORATED
        kept[:] = [kept[chosen]]
        return True
    likely = [i for i in kept if not _unlikely(*run.values[i])] if len(run.row.columns) == 2 else []
    if len(likely) == 1:
        run.confidence = BY_SIZE
        kept[:] = likely
        return True
    return False


def _unlikely(year: int, cumulative: int) -> bool:
    ratio = cumulative / max(year, 1)
    return ratio > _MAX_RATIO_SMALL or (year >= 10 and ratio > _MAX_RATIO)


def _fill(norm: str, table: Table, run: Run, kept: list[int]) -> None:
    """Gives the cells in which all remaining readings agree; the others are ambiguous."""
    row = run.row
    if not run.values and run.complete:
        return  # fewer digits than cells: some are empty, and nothing says which
    if len(row.numbers) > len(row.columns) and not run.own_sum:
        return  # more numbers than cells, and no sum that tells which belong together
    certain = bool(kept) and run.complete
    kept = kept or list(range(len(run.values)))
    forced = len(run.values) == 1 and run.own_sum
    # Without a sum to confirm it, empty cells that left no trace would read the same.
    checked = bool(shape_of(table, row.columns).sums) or run.whole
    confidence = (FORCED if forced and checked else UNCHECKED if forced else run.confidence) * row.found.trust
    shown = tuple("/".join(run.written(norm, i)) for i in kept[:_MAX_SHOWN])
    if len(kept) > _MAX_SHOWN or not run.complete:
        shown += ("…",)
    for position, key in enumerate(row.columns):
        if certain and len({norm[slice(*run.spans[i][position])] for i in kept}) == 1:
            row.placed[key] = reported(norm, *run.spans[kept[0]][position], confidence)
        else:
            row.placed[key] = Placed("ambiguous", run.start, run.end, None, 0.5, shown)
