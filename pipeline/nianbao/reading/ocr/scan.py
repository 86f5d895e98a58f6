"""A picture of a page to a sheet: its rules, and the characters of its cells and of the lines around them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from nianbao.language.numeral import are_digits
from nianbao.reading.config import load_config
from nianbao.reading.ocr.engine import RecognisedCharacter, find_lines, read_lines
from nianbao.reading.ocr.picture import DeskewedPicture, find_rules, ink, level, slant
from nianbao.reading.places import Box, Glyph
from nianbao.reading.rules import Edge, find_tables
from nianbao.reading.sheet import Char, Sheet

# White around a line that is cut out, as a share of its height.
_PAD = 0.25
# Specks of ink smaller than this share of a line's height (and pixels) are dirt.
_SPECK, _LEAST_INK = 0.2, 5
# Text is about this share of the height of its line.
_SIZE = 0.85
# Two characters further apart than so many sizes have a gap between them.
_GAP = 2.2
_MOST_TRIES = 4
# What is left of a rule is so many pixels thick, and stands so near to the edge of its cell.
_THIN, _NEAR_EDGE = 6, 4


@dataclass(slots=True)
class _Strip:
    """A line of text cut out: its box in the upright picture, in pixels; `in_cell`: it stands in a table's cell."""

    box: Box
    image: np.ndarray
    in_cell: bool


def scan(image: np.ndarray, number: int, scale: float) -> Sheet:
    """The sheet that a picture shows.

    Args:
        image: three channels.
        number: the page's, from 1; 0 for a picture in a document without pages.
        scale: points a pixel.
    """
    image, turns, quads = _standing(image)
    upright = level(image, slant(quads))
    dark = ink(upright.image)
    edges, ruled = find_rules(dark)
    page_edges = [_scaled(edge, scale) for edge in edges]
    cells = [_times(box, 1 / scale) for table in find_tables(page_edges) for box in table]
    strips = [strip for cell in cells for strip in _cell_strips(upright.image, dark & ~ruled, cell)]
    strips += _outer_strips(upright, quads, cells)
    height, width = upright.image.shape[:2]

    def original(box: Box) -> Box:
        lying = upright.box(*_times(box, 1 / scale))
        return _times(_turned_back(lying, image.shape[1], image.shape[0], turns), scale)

    sheet = Sheet(number, width * scale, height * scale, [], page_edges, 1, original=original)
    for strip, pieces in zip(strips, read_lines([strip.image for strip in strips]), strict=True):
        _write(sheet, strip, pieces, scale)
    return sheet


def page_scale(image: np.ndarray) -> float:
    """Points a pixel, for a picture that is as wide as a page."""
    return float(load_config("ocr.yaml")["page_width"]) / image.shape[1]


def _standing(image: np.ndarray) -> tuple[np.ndarray, int, list[np.ndarray]]:
    """The picture turned by quarters until its lines stand upright, how often, and its lines."""
    quads = find_lines(image)
    sides = [(np.linalg.norm(quad[1] - quad[0]), np.linalg.norm(quad[3] - quad[0])) for quad in quads]
    tall = sum(h > 2 * w for w, h in sides)
    lying = 2 * tall > sum(max(w, h) > 2 * min(w, h) for w, h in sides)
    turns = [1, 3] if lying else [0, 2]
    best: tuple[float, int, np.ndarray, list[np.ndarray]] | None = None
    for turn in turns:
        turned = np.ascontiguousarray(np.rot90(image, -turn)) if turn else image
        lines = find_lines(turned) if turn else quads
        sure = _sureness(turned, lines)
        if best is None or sure > best[0]:
            best = sure, turn, turned, lines
        if sure > 0.9:
            break
    assert best is not None
    return best[2], best[1], best[3]


def _sureness(image: np.ndarray, quads: list[np.ndarray]) -> float:
    """How surely the longest lines are read as they stand."""
    longest = sorted(quads, key=lambda quad: -float(np.linalg.norm(quad[1] - quad[0])))[:_MOST_TRIES]
    crops = [crop for quad in longest if (crop := _cut(image, _around(quad))) is not None]
    read = [piece.confidence for pieces in read_lines(crops) for piece in pieces]
    return float(np.mean(read)) if read else 1.0


def _around(quad: np.ndarray) -> Box:
    (x0, top), (x1, bottom) = quad.min(axis=0), quad.max(axis=0)
    return float(x0), float(top), float(x1), float(bottom)


def _cut(image: np.ndarray, box: Box, pad: float = 0.0) -> np.ndarray | None:
    height, width = image.shape[:2]
    x0, top = max(int(box[0] - pad), 0), max(int(box[1] - pad), 0)
    x1, bottom = min(int(np.ceil(box[2] + pad)), width), min(int(np.ceil(box[3] + pad)), height)
    return image[top:bottom, x0:x1] if x1 - x0 > 2 and bottom - top > 2 else None


def _cell_strips(image: np.ndarray, dark: np.ndarray, cell: Box) -> list[_Strip]:
    """The lines of text in a cell: where its ink is, row by row."""
    x0, top, x1, bottom = (round(side) for side in cell)
    part = _without_residue(dark[top + 2 : bottom - 1, x0 + 2 : x1 - 1])
    strips = []
    for y0, y1 in _rows(part):
        columns = np.flatnonzero(part[y0:y1].any(axis=0))
        left, right = int(columns[0]), int(columns[-1]) + 1
        pad = max(_PAD * (y1 - y0), 3)
        box = (x0 + 2 + left - pad, top + 2 + y0 - pad, x0 + 2 + right + pad, top + 2 + y1 + pad)
        box = (max(box[0], x0 + 1), max(box[1], top + 1), min(box[2], x1 - 1), min(box[3], bottom - 1))
        crop = _cut(image, box)
        if crop is not None:
            strips.append(_Strip(box, crop, True))
    return strips


def _rows(part: np.ndarray) -> list[tuple[int, int]]:
    """The heights between which lines of text stand; specks are none, and strokes of one line belong together."""
    import cv2

    if part.size == 0:
        return []
    count, _, stats, _ = cv2.connectedComponentsWithStats(part, connectivity=8)
    boxes = sorted((int(y), int(y + h), int(w)) for _, y, w, h, area in stats[1:count] if area >= _LEAST_INK)
    if not boxes:
        return []
    tallest = max(max(y1 - y0, w // 3) for y0, y1, w in boxes)
    rows: list[list[int]] = []
    for y0, y1, _width in boxes:
        # Parts of a character lie over each other, or nearly so.
        if rows and y0 <= rows[-1][1] + 0.12 * tallest:
            rows[-1][1] = max(rows[-1][1], y1)
        else:
            rows.append([y0, y1])
    widths = [max((w for y0, y1, w in boxes if top <= y0 and y1 <= bottom), default=0) for top, bottom in rows]
    least = max(_SPECK * tallest, 3)
    return [(a, b) for (a, b), w in zip(rows, widths, strict=True) if max(b - a, w) >= least]


def _without_residue(part: np.ndarray) -> np.ndarray:
    """The ink of a cell without what is left of the rules around it: thin, and along its edge."""
    import cv2

    if part.size == 0:
        return part
    count, labels, stats, _ = cv2.connectedComponentsWithStats(part, connectivity=8)
    gone = [i for i in range(1, count) if _is_residue(part.shape[:2], *(int(value) for value in stats[i][:4]))]
    return np.where(np.isin(labels, gone), 0, part).astype(np.uint8) if gone else part


def _is_residue(size: tuple[int, ...], x: int, y: int, w: int, h: int) -> bool:
    height, width = size
    beside = x <= _NEAR_EDGE or x + w >= width - _NEAR_EDGE
    over = y <= _NEAR_EDGE or y + h >= height - _NEAR_EDGE
    upright = w <= _THIN and beside and (h >= 0.6 * height or w <= _THIN // 2)
    level = h <= _THIN and over and (w >= 0.4 * width or h <= _THIN // 2)
    return upright or level


def _outer_strips(upright: DeskewedPicture, quads: list[np.ndarray], cells: list[Box]) -> list[_Strip]:
    """The lines of text outside of all cells."""
    forth = np.vstack([upright.back, [0, 0, 1]])
    forth = np.linalg.inv(forth)[:2]
    strips = []
    for quad in quads:
        corners = np.hstack([quad, np.ones((4, 1))]) @ forth.T
        x0, top, x1, bottom = _around(corners)
        x, y = (x0 + x1) / 2, (top + bottom) / 2
        if any(left <= x <= right and high <= y <= low for left, high, right, low in cells):
            continue
        crop = _cut(upright.image, (x0, top, x1, bottom))
        if crop is not None:
            strips.append(_Strip((x0, top, x1, bottom), crop, False))
    return strips


def _write(sheet: Sheet, strip: _Strip, pieces: list[RecognisedCharacter], scale: float) -> None:
    """Puts a line's characters on the sheet; a line that nothing sure was read in is noted as unread."""
    rules = load_config("ocr.yaml")
    x0, top, x1, bottom = strip.box
    sure = [piece.confidence for piece in pieces if not piece.text.isspace()]
    if not sure or sum(sure) / len(sure) < rules["least"]:
        sheet.unread.append(((x0 + x1) / 2 * scale, (top + bottom) / 2 * scale))
        return
    if strip.in_cell:
        pieces = _digits(pieces, rules["lookalikes"])
    size = _SIZE * (bottom - top)
    for piece, (left, right) in zip(pieces, _spans(pieces, x0, x1, size), strict=True):
        box = _times((left, top, right, bottom), scale)
        glyph = Glyph(sheet.number, sheet.original(box) if sheet.original else box, piece.confidence)
        sheet.chars.append(Char(piece.text, *box, size * scale, glyph))


def _spans(pieces: list[RecognisedCharacter], x0: float, x1: float, size: float) -> list[tuple[float, float]]:
    """Where each character begins and ends: half way to the next, but at a wide gap."""
    middles = [x0 + piece.at * (x1 - x0) for piece in pieces]
    halves = [size / (4 if piece.text.isascii() else 2) for piece in pieces]
    spans = []
    for i, (middle, half) in enumerate(zip(middles, halves, strict=True)):
        left = x0 if i == 0 else (middles[i - 1] + middle) / 2
        right = x1 if i + 1 == len(pieces) else (middle + middles[i + 1]) / 2
        if i and middle - middles[i - 1] > _GAP * size:
            left = middle - half
        if i + 1 < len(pieces) and middles[i + 1] - middle > _GAP * size:
            right = middle + half
        spans.append((left, right))
    return spans


def _digits(pieces: list[RecognisedCharacter], lookalikes: dict[str, str]) -> list[RecognisedCharacter]:
    """Characters of a cell that holds nothing but digits and what looks like them, as digits."""
    if not pieces or not all(are_digits(piece.text) or piece.text in lookalikes for piece in pieces):
        return pieces
    return [replace(piece, text=lookalikes.get(piece.text, piece.text)) for piece in pieces]


def _turned_back(box: Box, width: float, height: float, turns: int) -> Box:
    """A box of a picture of this size as it was before the picture was turned clockwise by quarters."""
    x0, top, x1, bottom = box
    for _ in range(turns):
        # Back by a quarter: what was at the top is at the left.
        x0, top, x1, bottom = top, width - x1, bottom, width - x0
        width, height = height, width
    return x0, top, x1, bottom


def _times(box: Box, factor: float) -> Box:
    x0, top, x1, bottom = box
    return x0 * factor, top * factor, x1 * factor, bottom * factor


def _scaled(edge: Edge, scale: float) -> Edge:
    names = ("x0", "top", "x1", "bottom", "width", "height")
    return {**edge, **{name: edge[name] * scale for name in names}}
