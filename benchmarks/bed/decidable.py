"""Which cells of glued rows their digits settle, given the form's arithmetic: the others are optional in the gold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice, product
from math import prod

from benchmarks.bed.table import Cell, Row, Table

Reading = tuple[int, ...]

MOST_READINGS = 3_000
MOST_COMBINATIONS = 20_000


def readings(runs: str, count: int, group: int | None) -> Iterator[Reading]:
    """The ways to read `runs` (digits, blanks between some cells) as `count` numbers without leading zeros.

    Args:
        runs: the row as printed.
        count: how many cells the row has.
        group: cells of a group whose last is the sum of the others; None where no sum holds.

    Yields:
        One number for each cell.
    """

    def walk(at: int, found: list[int]) -> Iterator[Reading]:
        if group and found and len(found) % group == 0 and sum(found[-group:-1]) != found[-1]:
            return
        while at < len(runs) and runs[at] == " ":
            at += 1
        if len(found) == count:
            if at == len(runs):
                yield tuple(found)
            return
        for end in range(at + 1, min(at + 8, len(runs)) + 1):
            if runs[end - 1] == " " or (runs[at] == "0" and end > at + 1):
                return
            yield from walk(end, [*found, int(runs[at:end])])

    yield from walk(0, [])


def short_rows(tables: Iterable[Table]) -> bool:
    """Whether a row of several cells lacks one: then every row may."""
    rows = ([cell for cell in row if cell.slot] for table in tables for row in table.rows)
    return any(len(cells) > 1 and not all(cell.text for cell in cells) for cells in rows)


def settle_zeros(table: Table) -> None:
    """In a report with short rows only as many zeros as cells can be nothing else; the rest is marked."""
    for row in table.rows:
        cells = [cell for cell in row if cell.slot]
        if len(cells) > 1 and any(cell.text != "0" for cell in cells):
            leave(cells)


def settle(table: Table, gaps: list[list[bool]]) -> None:
    """Marks the cells that the glued text does not settle. `gaps`: for each cell, whether a blank follows it."""
    group = {"requests": 7, "proceedings": 5}.get(table.kind)
    known: list[tuple[Row, list[Reading]]] = []
    for row, after in zip(table.rows, gaps, strict=True):
        cells = [cell for cell in row if cell.slot]
        if len(cells) < 2:
            continue
        if not all(cell.text.isdigit() for cell in cells):
            leave(cells)
            known.append((cells, []))
            continue
        pairs = zip(row, after, strict=True)
        runs = "".join(cell.text + " " * gap for cell, gap in pairs if cell.slot)
        found = list(islice(readings(runs, len(cells), None), 2))
        if len(found) > 1:
            found = list(islice(readings(runs, len(cells), group), MOST_READINGS))
        if printed(cells) not in found or len(found) == MOST_READINGS:
            leave(cells)
            found = []
        known.append((cells, found))
    if table.kind == "requests" and not table.cut and all(found for _, found in known):
        narrow(known)
    for cells, found in known:
        for at, cell in enumerate(cells):
            cell.optional = cell.optional or len({reading[at] for reading in found}) > 1


def printed(cells: list[Cell]) -> Reading:
    """The numbers that stand in the cells."""
    return tuple(int(cell.text) for cell in cells)


def leave(cells: list[Cell]) -> None:
    """Nothing is certain about these cells."""
    for cell in cells:
        cell.optional = True


def narrow(rows: list[tuple[Row, list[Reading]]]) -> None:
    """Keeps the readings with which the columns hold: received + carried in = concluded + carried out."""
    metrics = [cells[0].slot[0] for cells, _ in rows if cells[0].slot]
    ends = ("requests.received", "requests.carried_in", "requests.concluded", "requests.carried_out")
    if any(metrics.count(end) != 1 for end in ends):
        return
    at = [metrics.index(end) for end in ends]
    outcomes = [number for number, metric in enumerate(metrics) if metric.startswith("outcomes.")]

    def holds(choice: tuple[Reading, ...]) -> bool:
        received, carried_in, concluded, carried_out = (choice[number] for number in at)
        sums = map(sum, zip(*(choice[number] for number in outcomes), strict=True))
        columns = zip(received, carried_in, concluded, carried_out, sums, strict=True)
        return all(a + b == c + d and c == of for a, b, c, d, of in columns)

    if prod(len(found) for _, found in rows) > MOST_COMBINATIONS:
        return
    if not holds(tuple(printed(cells) for cells, _ in rows)):
        return
    left = [choice for choice in product(*(found for _, found in rows)) if holds(choice)]
    for number, (_, found) in enumerate(rows):
        found[:] = sorted({choice[number] for choice in left})
