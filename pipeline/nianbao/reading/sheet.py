"""A page as characters and rules at places: turned where its text runs sideways, letters printed twice counted once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from nianbao.reading.places import Box, Glyph
from nianbao.reading.rules import Edge

# Text that runs in another direction than most of the page's is read too when it has so many characters.
_LEAST_SIDEWAYS = 30
# A letter is the same printed again where it stands nearer than these shares of its width and size.
_SAME_WIDTH, _SAME_SIZE = 0.45, 0.3
# Letters of a page are looked for in fields of so many points.
_FIELD = 4.0


@dataclass(slots=True)
class Char:
    """A character where it is read; `glyph`: where it is printed. `turn`: quarter turns clockwise that set it upright.

    `turn` is None where it is set at an angle.
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    glyph: Glyph
    turn: int | None = 0


@dataclass(slots=True)
class Sheet:
    """A page, or the part of it whose text runs in one direction. Lengths in points from the upper left corner.

    `pictures`: how many stand on it; `turn`: quarter turns clockwise that were made to read it; `number`: of the page,
    from 1. `unread`: points where there is something that was not understood; `original`: from a box of the sheet to
    the one on the page, where they differ by more than turns.
    """

    number: int
    width: float
    height: float
    chars: list[Char]
    edges: list[Edge] = field(default_factory=list)
    pictures: int = 0
    turn: int = 0
    unread: list[tuple[float, float]] = field(default_factory=list)
    original: Callable[[Box], Box] | None = None

    def place(self, box: Box) -> Glyph:
        """Where a rectangle of the sheet is printed."""
        if self.original is not None:
            return Glyph(self.number, self.original(box))
        width, height = self.width, self.height
        for _ in range(-self.turn % 4):
            box = _turned(box, height)
            width, height = height, width
        return Glyph(self.number, box)


def once(chars: Sequence[Char]) -> tuple[list[Char], int]:
    """The characters without those printed again where the same one stands; and how many letters and digits went."""
    kept: list[Char] = []
    fields: dict[tuple[str, int, int], list[Char]] = {}
    gone = 0
    for char in chars:
        column, row = int(char.x0 // _FIELD), int(char.bottom // _FIELD)
        near = (
            other
            for x in (column - 1, column, column + 1)
            for y in (row - 1, row, row + 1)
            for other in fields.get((char.text, x, y), ())
        )
        if not char.text.isspace() and any(_is_same(char, other) for other in near):
            gone += char.text.isalnum()
            continue
        kept.append(char)
        fields.setdefault((char.text, column, row), []).append(char)
    return kept, gone


def _is_same(one: Char, other: Char) -> bool:
    width = min(one.x1 - one.x0, other.x1 - other.x0)
    size = min(one.size, other.size)
    across = abs(one.x0 - other.x0) <= _SAME_WIDTH * width
    return across and abs(one.bottom - other.bottom) <= _SAME_SIZE * size and abs(one.size - other.size) <= 0.2 * size


def upright(sheet: Sheet) -> list[Sheet]:
    """The sheet turned so that its text runs from left to right; text in several directions makes several sheets.

    A few characters in another direction are a stamp or a watermark, and left out like those at an angle.
    """
    counts = Counter(char.turn for char in sheet.chars if char.turn is not None and not char.text.isspace())
    ranked = [turn for turn, _ in sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))]
    if not ranked:
        return [replace(sheet, chars=[])]
    turns = [ranked[0], *(turn for turn in ranked[1:] if counts[turn] >= _LEAST_SIDEWAYS)]
    if turns == [0]:
        return [replace(sheet, chars=[char for char in sheet.chars if char.turn == 0])]
    parts = {turn: [char for char in sheet.chars if char.turn == turn] for turn in turns}
    frames = {turn: _around(chars) for turn, chars in parts.items()}
    found = []
    for turn in turns:
        others = [frames[other] for other in turns[turns.index(turn) + 1 :]]
        edges = [edge for edge in sheet.edges if not any(_inside(edge, frame) for frame in others)]
        if turn != turns[0]:
            edges = [edge for edge in edges if _inside(edge, frames[turn])]
        part = replace(sheet, chars=parts[turn], edges=edges)
        for _ in range(turn):
            part = _quarter(part)
        found.append(part)
    return found


def _around(chars: Sequence[Char]) -> Box:
    room = 2 * max(char.size for char in chars)
    left, top = min(char.x0 for char in chars), min(char.top for char in chars)
    return left - room, top - room, max(c.x1 for c in chars) + room, max(c.bottom for c in chars) + room


def _inside(edge: Edge, box: Box) -> bool:
    x, y = (edge["x0"] + edge["x1"]) / 2, (edge["top"] + edge["bottom"]) / 2
    return bool(box[0] <= x <= box[2] and box[1] <= y <= box[3])


def _quarter(sheet: Sheet) -> Sheet:
    """The sheet turned clockwise by a quarter."""
    chars = []
    for char in sheet.chars:
        x0, top, x1, bottom = _turned((char.x0, char.top, char.x1, char.bottom), sheet.height)
        chars.append(replace(char, x0=x0, top=top, x1=x1, bottom=bottom))
    edges = []
    for edge in sheet.edges:
        x0, top, x1, bottom = _turned((edge["x0"], edge["top"], edge["x1"], edge["bottom"]), sheet.height)
        orientation = {"h": "v", "v": "h"}.get(edge["orientation"], edge["orientation"])
        place = {"x0": x0, "top": top, "x1": x1, "bottom": bottom, "width": x1 - x0, "height": bottom - top}
        edges.append({**edge, **place, "orientation": orientation})
    turn = (sheet.turn + 1) % 4
    return replace(sheet, width=sheet.height, height=sheet.width, chars=chars, edges=edges, turn=turn)


def _turned(box: Box, height: float) -> Box:
    """A rectangle on a page of this height, after the page was turned clockwise by a quarter."""
    x0, top, x1, bottom = box
    return height - bottom, x0, height - top, x1
