"""The lines and tables of a page, from its characters and rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from nianbao.reading.places import Box, Glyph
from nianbao.reading.printed import PrintedText, put_together
from nianbao.reading.ruled import RuledCell, RuledTable
from nianbao.reading.rules import NEAR, Edge, covered, find_tables
from nianbao.reading.sheet import Char, Sheet

# A wide gap between two characters, in characters.
_GAP = 0.6
# Beyond so many rules a page is a drawing; finding cells among them takes their number squared.
_MAX_EDGES = 20_000


@dataclass(slots=True)
class GlyphLine:
    """A line of text and where it stands. `size`: of its characters, in points as all else; `gaps`: wide ones in it."""

    words: PrintedText
    top: float
    x0: float
    x1: float
    size: float
    gaps: int = 0

    @property
    def text(self) -> str:
        """What it says."""
        return self.words.text


Block = GlyphLine | RuledTable


def blocks(sheet: Sheet) -> list[Block]:
    """Lines and tables by their place on the page."""
    edges = sheet.edges
    boxes = [apart(cells) for cells in find_tables(edges)] if len(edges) <= _MAX_EDGES else []
    inside, outside = _placed(sheet.chars, [box for cells in boxes for box in cells])
    found: list[tuple[float, Block]] = [(line.top, line) for line in lines(outside)]
    flat = [edge for edge in edges if edge["orientation"] == "h"]
    for cells in boxes:
        ruled = RuledTable(tuple(_cell(sheet, box, inside.get(box, []), flat, cells) for box in cells))
        found.append((ruled.box[1], ruled))
    found.sort(key=lambda entry: entry[0])
    return [block for _, block in found]


def apart(cells: list[Box]) -> list[Box]:
    """The cells, none over others: where a rule breaks off, a large one lies over small ones, and keeps what is below.

    Else the small ones would be empty, and the numbers in them the large one's.
    """
    x0s, tops, x1s, bottoms = zip(*cells, strict=True)
    if sum((x1 - x0) * (bottom - top) for x0, top, x1, bottom in cells) <= 1.001 * (max(x1s) - min(x0s)) * (
        max(bottoms) - min(tops)
    ):
        return cells
    apart = []
    for cell in cells:
        x0, top, x1, bottom = cell
        low = max((other[3] for other in cells if other is not cell and _inside(other, cell)), default=top)
        if low == top:
            apart.append(cell)
        elif bottom - low > 2 * NEAR:
            apart.append((x0, low, x1, bottom))
    return apart


def _inside(box: Box, other: Box) -> bool:
    return all(a >= b - NEAR for a, b in zip(box[:2], other[:2], strict=True)) and all(
        a <= b + NEAR for a, b in zip(box[2:], other[2:], strict=True)
    )


def _cell(sheet: Sheet, box: Box, chars: list[Char], flat: list[Edge], table: list[Box]) -> RuledCell:
    """A cell with its text; at the table's top and foot, whether a rule closes it."""
    x0, top, x1, bottom = box
    first = top - min(other[1] for other in table) <= NEAR
    last = max(other[3] for other in table) - bottom <= NEAR
    words = sum((line.words for line in lines(chars)), PrintedText())
    open_top = first and covered(flat, "h", x0, x1, top) < 0.5
    open_bottom = last and covered(flat, "h", x0, x1, bottom) < 0.5
    unread = not words.text and any(x0 <= x <= x1 and top <= y <= bottom for x, y in sheet.unread)
    return RuledCell(box, words, sheet.place(box), open_top, open_bottom, unread)


def _placed(chars: Sequence[Char], boxes: list[Box]) -> tuple[dict[Box, list[Char]], list[Char]]:
    """The characters of each cell, and those outside of all."""
    inside: dict[Box, list[Char]] = {}
    outside = []
    # Characters of one line share their height: the cells that cross it are looked up once.
    crossing: dict[float, list[Box]] = {}
    for char in chars:
        x, y = (char.x0 + char.x1) / 2, round((char.top + char.bottom) / 2, 1)
        if y not in crossing:
            crossing[y] = [box for box in boxes if box[1] <= y <= box[3]]
        home = next((box for box in crossing[y] if box[0] <= x <= box[2]), None)
        if home is None:
            outside.append(char)
        else:
            inside.setdefault(home, []).append(char)
    return inside, outside


def lines(chars: Sequence[Char]) -> list[GlyphLine]:
    """Characters in lines; a wide gap between two is a blank."""
    rows: list[list[Char]] = []
    for char in sorted(chars, key=lambda c: (c.bottom, c.x0)):
        if rows and abs(rows[-1][0].bottom - char.bottom) <= max(3.0, char.size * 0.4):
            rows[-1].append(char)
        else:
            rows.append([char])
    found = []
    for row in rows:
        row.sort(key=lambda c: c.x0)
        parts: list[tuple[str, Glyph | None]] = [(row[0].text, row[0].glyph)]
        gaps = 0
        for left, char in pairwise(row):
            if (char.x0 - left.x1) / max(char.size, 1.0) > _GAP:
                parts.append((" ", None))
                gaps += 1
            parts.append((char.text, char.glyph))
        words = put_together(parts)
        if words.text:
            seen = [c for c in row if not c.text.isspace()] or row
            found.append(GlyphLine(words, row[0].top, seen[0].x0, seen[-1].x1, max(seen[-1].size, 1.0), gaps))
    return found
