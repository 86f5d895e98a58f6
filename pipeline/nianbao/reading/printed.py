"""Words with the places of their characters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nianbao.reading.blanks import collapse
from nianbao.reading.places import Glyph

Glyphs = tuple[Glyph | None, ...]
"""For each character of a text where it is printed; None for a blank that stands for a gap."""


@dataclass(slots=True, frozen=True)
class PrintedText:
    """A text and its glyphs, one a character."""

    text: str = ""
    glyphs: Glyphs = ()

    def __add__(self, other: PrintedText) -> PrintedText:
        return PrintedText(self.text + other.text, self.glyphs + other.glyphs)


def put_together(parts: Iterable[tuple[str, Glyph | None]]) -> PrintedText:
    """The parts as one text, its white space as `collapse` leaves it."""
    characters = [(char, glyph) for text, glyph in parts for char in text]
    text = collapse("".join(char for char, _ in characters))
    glyphs: list[Glyph | None] = []
    at = 0
    # `collapse` only leaves characters out, and puts a blank for several.
    for char in text:
        if char == " ":
            glyphs.append(None)
            continue
        while characters[at][0] != char:
            at += 1
        glyphs.append(characters[at][1])
        at += 1
    return PrintedText(text, tuple(glyphs))
