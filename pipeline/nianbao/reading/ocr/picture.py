"""A picture made ready: decoded within limits, turned upright, its rules found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np

from nianbao.reading.config import load_config
from nianbao.reading.rules import Edge

# Lines of text whose sides are in this relation say how the page lies.
_LONG = 4.0
# Beyond so many degrees a line is set at an angle, and does not say how the page lies.
_MOST_SLANT = 8.0
_INK_BLOCK, _INK_BELOW = 41, 14
# Two borders beside each other are up to so many pixels thick.
_THICK = 16
# Strokes of characters leave more of their row free than this, above and below them together.
_MOST_GAPS = 0.25
# A picture so many times as tall as wide is more than a page, whose height is so many widths; blank rows part lines.
_TALL, _PAGE, _GAP_ROWS = 2.0, 1.4, 9


class UnreadablePicture(ValueError):
    """A picture that cannot be decoded, or passes the limits."""


def decode(data: bytes) -> np.ndarray:
    """The picture in three channels.

    Raises:
        UnreadablePicture: it is no picture of a known kind, damaged, or too large.
    """
    from PIL import Image

    rules = load_config("ocr.yaml")
    try:
        with Image.open(BytesIO(data)) as image:
            width, height = image.size
            if width * height > rules["refused"]:
                raise UnreadablePicture(f"has {width:,} × {height:,} pixels, too many to be read")
            if width * height > rules["pixels"]:
                share = (rules["pixels"] / (width * height)) ** 0.5
                image.draft("RGB", (int(width * share), int(height * share)))
                image.thumbnail((int(width * share), int(height * share)))
            transparent = image.convert("RGBA")
            paper = Image.new("RGBA", transparent.size, "white")
            return np.asarray(Image.alpha_composite(paper, transparent).convert("RGB"))[:, :, ::-1].copy()
    except UnreadablePicture:
        raise
    # Decoders fail in their own ways.
    except Exception as error:
        raise UnreadablePicture(f"is no picture, or a damaged one ({type(error).__name__})") from error


def parts_of(image: np.ndarray) -> list[np.ndarray]:
    """A long picture, as of a whole web page, in parts of about a page's height, cut where least is printed.

    Lines are looked for in a picture made small, in which those of a long one would be lost.
    """
    height, width = image.shape[:2]
    if height <= _TALL * width:
        return [image]
    printed = np.convolve((ink(image) > 0).sum(axis=1), np.ones(_GAP_ROWS), mode="same")
    parts, start = [], 0
    while height - start > _TALL * width:
        first, last = start + int(_PAGE * width * 0.7), start + int(_PAGE * width)
        stop = last - int(np.argmin(printed[first:last][::-1]))
        parts.append(image[start:stop])
        start = stop
    return [*parts, image[start:]]


@dataclass(slots=True)
class DeskewedPicture:
    """A picture whose lines run level. `back`: the affine map (2 × 3) from its pixels to those of the original."""

    image: np.ndarray
    back: np.ndarray

    def box(self, x0: float, top: float, x1: float, bottom: float) -> tuple[float, float, float, float]:
        """The box in the original around a box here."""
        corners = np.array([[x0, top, 1], [x1, top, 1], [x1, bottom, 1], [x0, bottom, 1]]) @ self.back.T
        (left, high), (right, low) = corners.min(axis=0), corners.max(axis=0)
        return float(left), float(high), float(right), float(low)


def slant(quads: Sequence[np.ndarray]) -> float:
    """By how many degrees the lines of text fall to the right; 0 where no long one says it."""
    angles: list[tuple[float, float]] = []
    for quad in quads:
        width, height = float(np.linalg.norm(quad[1] - quad[0])), float(np.linalg.norm(quad[3] - quad[0]))
        if width >= _LONG * max(height, 1.0):
            over, down = (quad[1] + quad[2] - quad[0] - quad[3]) / 2
            angle = float(np.degrees(np.arctan2(down, over)))
            if abs(angle) <= _MOST_SLANT:
                angles.append((angle, width))
    if not angles:
        return 0.0
    # The median by length: long lines say it more exactly.
    angles.sort()
    weights = np.cumsum([width for _, width in angles])
    return angles[int(np.searchsorted(weights, weights[-1] / 2))][0]


def level(image: np.ndarray, degrees: float) -> DeskewedPicture:
    """The picture turned back by so many degrees, on white paper large enough for all of it."""
    import cv2

    height, width = image.shape[:2]
    if abs(degrees) < 0.05:
        return DeskewedPicture(image, np.array([[1.0, 0, 0], [0, 1.0, 0]]))
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    cos, sin = abs(turn[0, 0]), abs(turn[0, 1])
    size = int(width * cos + height * sin) + 1, int(height * cos + width * sin) + 1
    turn[:, 2] += (size[0] - width) / 2, (size[1] - height) / 2
    turned = cv2.warpAffine(image, turn, size, flags=cv2.INTER_CUBIC, borderValue=(255, 255, 255))
    return DeskewedPicture(turned, cv2.invertAffineTransform(turn))


def ink(image: np.ndarray) -> np.ndarray:
    """Where the picture is darker than what is around it, as 0 and 255."""
    import cv2

    gray = cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), (3, 3), 0)
    return np.asarray(
        cv2.adaptiveThreshold(gray, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, _INK_BLOCK, _INK_BELOW)
    )


def find_rules(dark: np.ndarray) -> tuple[list[Edge], np.ndarray]:
    """The straight level and upright rules (in pixels), and where their ink is.

    An upright stroke is a rule only where it ends at level ones: strokes of characters do not, however long.
    """
    import cv2

    height, width = dark.shape
    least_h, least_v = max(width // 30, 36), max(min(width, height) // 55, 20)
    thick = cv2.dilate(dark, np.ones((3, 1), np.uint8))
    flat = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, least_h), np.uint8))
    wide = cv2.dilate(dark, np.ones((1, 3), np.uint8))
    steep = cv2.morphologyEx(wide, cv2.MORPH_OPEN, np.ones((least_v, 1), np.uint8))
    edges: list[Edge] = []
    kept = np.zeros_like(dark)
    for x, y, w, h, mask in _segments(flat):
        if h <= max(_THICK, w // 20):
            edges.append(_edge("h", x, y + h / 2, x + w, y + h / 2))
            kept[y : y + h, x : x + w] |= mask
    for x, y, w, h, mask in _segments(steep):
        if w <= max(_THICK, h // 20) and (
            h > 5 * least_v or _reaches(np.asarray(flat[:, x : x + w].any(axis=1)), y, y + h)
        ):
            edges.append(_edge("v", x + w / 2, y, x + w / 2, y + h))
            kept[y : y + h, x : x + w] |= mask
    return edges, cv2.dilate(kept, np.ones((3, 3), np.uint8))


def _reaches(level_at: np.ndarray, top: int, bottom: int) -> bool:
    """Whether an upright line fills the height between the level rules above and below it."""
    reach = max((bottom - top) // 4, 4)
    above = np.flatnonzero(level_at[max(top - reach, 0) : top + reach])
    below = np.flatnonzero(level_at[max(bottom - reach, 0) : bottom + reach])
    if not above.size or not below.size:
        return False
    from_top = max(max(top - reach, 0) + int(above[-1]) - top, -reach)
    from_bottom = bottom - (max(bottom - reach, 0) + int(below[0]))
    gaps = max(-from_top, 0) + max(-from_bottom, 0)
    return gaps <= _MOST_GAPS * (bottom - top)


def _segments(mask: np.ndarray) -> list[tuple[int, int, int, int, Any]]:
    import cv2

    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    found = []
    for label in range(1, count):
        x, y, w, h, _area = (int(value) for value in stats[label])
        part = labels[y : y + h, x : x + w] == label
        found.append((x, y, w, h, part.astype(np.uint8) * 255))
    return found


def _edge(orientation: str, x0: float, top: float, x1: float, bottom: float) -> Edge:
    return {
        "object_type": "line",
        "orientation": orientation,
        "x0": float(x0),
        "top": float(top),
        "x1": float(x1),
        "bottom": float(bottom),
        "width": float(x1 - x0),
        "height": float(bottom - top),
    }
