"""Tables drawn with rules: rectangles on pages become a grid, parts on following pages one table."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from nianbao.reading.layout import UnplacedCell
from nianbao.reading.places import Box, Glyph
from nianbao.reading.printed import PrintedText
from nianbao.reading.rules import NEAR


@dataclass(slots=True, frozen=True)
class RuledCell:
    """A rectangle and its text. `place`: where it is printed.

    `open_top`, `open_bottom`: the page's edge cuts it, no rule closes it there; `unread`: what stands in
    it was not understood.
    """

    box: Box
    words: PrintedText
    place: Glyph
    open_top: bool = False
    open_bottom: bool = False
    unread: bool = False

    @property
    def text(self) -> str:
        """What it says."""
        return self.words.text


@dataclass(slots=True, frozen=True)
class RuledTable:
    """A table, or the part of it that stands on one page."""

    cells: tuple[RuledCell, ...]

    @property
    def box(self) -> Box:
        """The rectangle around all cells."""
        x0s, tops, x1s, bottoms = zip(*(cell.box for cell in self.cells), strict=True)
        return min(x0s), min(tops), max(x1s), max(bottoms)

    def columns(self) -> list[float]:
        """Where cells begin, from left to right."""
        return _edges(cell.box[0] for cell in self.cells)

    def lines(self) -> list[list[RuledCell]]:
        """The cells by the height at which they begin, from left to right."""
        tops = _edges(cell.box[1] for cell in self.cells)
        rows: list[list[RuledCell]] = [[] for _ in tops]
        for cell in sorted(self.cells, key=lambda one: one.box[0]):
            rows[_index(tops, cell.box[1])].append(cell)
        return rows

    def slots(self) -> list[list[UnplacedCell]]:
        """The grid: cells with the rows and columns that they span."""
        xs, ys = self.columns(), _edges(cell.box[1] for cell in self.cells)
        rows: list[list[UnplacedCell]] = [[] for _ in ys]
        for cell in sorted(self.cells, key=lambda one: one.box[0]):
            x0, top, x1, bottom = cell.box
            row, col = _index(ys, top), _index(xs, x0)
            height = max(_index(ys, bottom - 2 * NEAR - 0.1) - row + 1, 1)
            width = max(_index(xs, x1 - 2 * NEAR - 0.1) - col + 1, 1)
            rows[row].append(
                UnplacedCell(
                    cell.text, row, col, height, width, unread=cell.unread, glyphs=cell.words.glyphs, place=cell.place
                )
            )
        return _without_slivers(rows)


def join(first: RuledTable, second: RuledTable) -> RuledTable | None:
    """A table and its part on the next page as one; None where the second is a table of its own.

    A head that is printed again is left out, and cells that the break cuts are whole again.
    """
    here, there = first.box, second.box
    if abs((here[2] - here[0]) - (there[2] - there[0])) > NEAR:
        return None
    lines = second.lines()
    repeated = _repeated(first.lines(), lines)
    if repeated is None:
        return None
    rest = [cell for line in lines[repeated:] for cell in line]
    shift = here[0] - there[0]
    down = here[3] - min(cell.box[1] for cell in rest)
    lower = [replace(cell, box=_moved(cell.box, shift, down)) for cell in rest]
    inner, below = first.columns()[1:], RuledTable(tuple(lower)).columns()[1:]
    common = sum(any(abs(x - y) <= NEAR for y in inner) for x in below)
    if 2 * common < min(len(inner), len(below)):
        return None
    return RuledTable(tuple(_sewn(first.cells, lower)))


def _sewn(upper: Sequence[RuledCell], lower: list[RuledCell]) -> list[RuledCell]:
    """Cells of two parts; those that the break cuts are joined, and strips that it leaves empty are dropped."""
    whole: list[RuledCell] = []
    for cell in upper:
        x0, top, x1, _ = cell.box
        other = None
        if cell.open_bottom:
            other = next((c for c in lower if c.open_top and _same(c.box, cell.box)), None)
        if other is not None:
            lower.remove(other)
            box = (x0, top, x1, other.box[3])
            unread = cell.unread or other.unread
            whole.append(RuledCell(box, cell.words + other.words, cell.place, cell.open_top, other.open_bottom, unread))
        elif cell.text or not cell.open_bottom:
            whole.append(cell)
    return whole + [cell for cell in lower if cell.text or not cell.open_top]


def _same(one: Box, other: Box) -> bool:
    return abs(one[0] - other[0]) <= NEAR and abs(one[2] - other[2]) <= NEAR


def _moved(box: Box, right: float, down: float) -> Box:
    return box[0] + right, box[1] + down, box[2] + right, box[3] + down


def _repeated(first: list[list[RuledCell]], second: list[list[RuledCell]]) -> int | None:
    """How many of the second's lines are the first's head again; None where the table itself begins again."""
    texts = [[[cell.text for cell in line] for line in lines] for lines in (first, second)]
    count = 0
    for one, other in zip(*texts, strict=False):
        if one != other or not any(one):
            break
        count += 1
    if count == len(second):
        return None
    # The same head over the same first label: a table of the same form that begins anew.
    again = count and count < len(first) and texts[0][count][0] == texts[1][count][0] != ""
    return None if again else count


def _without_slivers(rows: list[list[UnplacedCell]]) -> list[list[UnplacedCell]]:
    """The grid without rows in which only empty cells begin while others run through them.

    A browser that moves a row to the next page ends the cell beside it too early.
    """
    slots = [slot for row in rows for slot in row]
    columns = max((slot.col + slot.colspan for slot in slots), default=0)
    slivers = []
    for index, row in enumerate(rows):
        begun = sum(slot.colspan for slot in row)
        if begun < columns and not any(slot.text for slot in row):
            through = sum(s.colspan for s in slots if s.text and s.row < index < s.row + s.rowspan)
            if begun + through >= columns:
                slivers.append(index)
    for index in reversed(slivers):
        for slot in slots:
            if slot.row < index < slot.row + slot.rowspan:
                slot.rowspan -= 1
            elif slot.row > index:
                slot.row -= 1
        del rows[index]
    return rows


def _edges(values: Iterable[float]) -> list[float]:
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > NEAR:
            edges.append(value)
    return edges


def _index(edges: list[float], value: float) -> int:
    return max(bisect_right(edges, value + NEAR) - 1, 0)
