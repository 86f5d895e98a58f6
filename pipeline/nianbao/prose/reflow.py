"""Prose without the blanks that only its layout put there, and the way back to the text's own offsets."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nianbao.language.numeral import is_digit

_BLANK = re.compile(r"\s+")
# Sounds noted behind characters: 政务(wù)服务(wù).
_SOUND = re.compile(r"(?<=[\u4e00-\u9fff])\((?=[a-zü]{0,5}[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ])[^()\s]{1,6}\)")
_BLANK_OR_SOUND = re.compile(rf"\s+|{_SOUND.pattern}")
_SOUNDS = frozenset("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ")
# A line this long was broken for its length; a shorter one ends where its writer ended it.
_FULL_LINE = 16
_SPACED = re.compile(r"[\u4e00-\u9fff\d] (?=[\u4e00-\u9fff\d])")


@dataclass(slots=True, frozen=True)
class ProseParagraph:
    """A stretch of prose (a paragraph), with the titles of the headings above it, the nearest first."""

    start: int
    end: int
    headings: tuple[str, ...]


@dataclass(slots=True)
class Reflowed:
    """`text`: the prose; `stretches`: the same stretches in it; `origin[i]`: offset of its i-th character."""

    text: str
    stretches: list[ProseParagraph]
    origin: list[int] | range

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the document of text[start:end]."""
        if start >= end:
            at = self.origin[start] if start < len(self.origin) else self.origin[-1] + 1
            return at, at
        return self.origin[start], self.origin[end - 1] + 1


def reflow(norm: str, stretches: list[ProseParagraph], pause: re.Pattern[str]) -> Reflowed:
    """The prose of the stretches, hard line breaks and stray blanks taken out.

    A blank between two digits parts two numbers, unless blanks stand between most characters of the stretch;
    a blank between Latin words stays. `pause`: where a blank stands for a comma. Sounds noted behind characters go.
    """
    sounds = not _SOUNDS.isdisjoint(norm)
    dropped = _BLANK_OR_SOUND if sounds else _BLANK
    if not any(dropped.search(norm, stretch.start, stretch.end) for stretch in stretches):
        return Reflowed(norm, stretches, range(len(norm) + 1))
    pieces: list[str] = []
    origin: list[int] = []
    found: list[ProseParagraph] = []
    for stretch in stretches:
        start = len(origin)
        text = norm[stretch.start : stretch.end]
        spread = len(_SPACED.findall(text)) > max(3, len(text) // 12)
        position = 0
        for match in [*dropped.finditer(text), None]:
            stop = len(text) if match is None else match.start()
            pieces.append(text[position:stop])
            origin.extend(range(stretch.start + position, stretch.start + stop))
            if match is not None and match[0][0] != "(" and (kept := _kept(text, match, spread, pause)):
                pieces.append(kept)
                origin.append(stretch.start + match.start())
            position = len(text) if match is None else match.end()
        found.append(ProseParagraph(start, len(origin), stretch.headings))
        pieces.append("\n")
        origin.append(stretch.end)
    return Reflowed("".join(pieces), found, origin)


def _kept(text: str, blank: re.Match[str], spread: bool, pause: re.Pattern[str]) -> str:
    """What stays of a blank: nothing, one space, or the break that keeps the numbers of two short lines apart."""
    before, after = text[blank.start() - 1 : blank.start()], text[blank.end() : blank.end() + 1]
    if not before or not after:
        return ""
    if "\n" in blank.group():
        apart = (
            is_digit(before) and is_digit(after) and "\n" in text[max(0, blank.start() - _FULL_LINE) : blank.start()]
        )
        return "\n" if apart else ""
    if before.isascii() and after.isascii() and before.isalnum() and after.isalnum():
        return "" if spread and is_digit(before) and is_digit(after) else " "
    return " " if not spread and pause.search(text[max(0, blank.start() - 2) : blank.start()] + " ") else ""
