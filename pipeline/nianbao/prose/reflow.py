"""Prose without the blanks that only its layout put there, and the way back to the text's own offsets."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nianbao.language.numeral import is_digit
from nianbao.language.printed import is_full

_BLANK = re.compile(r"\s+")
# Sounds noted behind characters: 政务(wù)服务(wù).
_SOUND = re.compile(r"(?<=[\u4e00-\u9fff])\((?=[a-zü]{0,5}[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ])[^()\s]{1,6}\)")
_BLANK_OR_SOUND = re.compile(rf"\s+|{_SOUND.pattern}")
_SOUNDS = frozenset("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ")
_SPACED = re.compile(r"[\u4e00-\u9fff] (?=[\u4e00-\u9fff\d])|\d (?=[\u4e00-\u9fff])")
# A number whose digits are spread, too: all of them, and what they count behind them.
_SPREAD_NUMBER = re.compile(r"(?a)(?<![\d.,])(?<![\d.,] )\d(?: \d){1,6}(?= ?[\u4e00-\u9fff%])")
# What ends a line, and what goes on, where a number is cut in two: 98⏎3、 is none.
_CUT = re.compile(r"(?a)(?:[,.]?\d+(?:[,.]\d+)*)?(?=[\u4e00-\u9fff%℃])")
# An item at the start of a line: its number belongs to no word before it.
_ITEM = re.compile(r"(?a)\d{1,2} ?[.、)] ?(?=[\u3400-\u9fff])")
_CHINESE = frozenset("零〇一二三四五六七八九十百千万亿")
_GOES_ON = _CHINESE | frozenset(",.余多")


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

    A blank between two digits parts two numbers, unless blanks stand between most characters of the stretch and
    between all digits of the number; a line break unless the line is full and the number goes on to what it counts.
    A blank between Latin words stays. `pause`: where a blank stands for a comma. Sounds noted behind characters go.
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
        inside = {at for m in _SPREAD_NUMBER.finditer(text) for at in range(m.start(), m.end())} if spread else ()
        position = 0
        for match in [*dropped.finditer(text), None]:
            stop = len(text) if match is None else match.start()
            pieces.append(text[position:stop])
            origin.extend(range(stretch.start + position, stretch.start + stop))
            if (
                match is not None
                and match[0][0] != "("
                and (kept := _kept(norm, stretch, match, spread, pause, match.start() in inside))
            ):
                pieces.append(kept)
                origin.extend(range(stretch.start + match.start(), stretch.start + match.start() + len(kept)))
            position = len(text) if match is None else match.end()
        found.append(ProseParagraph(start, len(origin), stretch.headings))
        pieces.append("\n")
        origin.append(stretch.end)
    return Reflowed("".join(pieces), found, origin)


def _kept(
    norm: str, stretch: ProseParagraph, blank: re.Match[str], spread: bool, pause: re.Pattern[str], inside: bool
) -> str:
    """What stays of a blank of a stretch: nothing, one space, two between columns, or the break between two numbers.

    `inside`: it stands within a number whose digits are spread.
    """
    text = blank.string
    before, after = text[blank.start() - 1 : blank.start()], text[blank.end() : blank.end() + 1]
    if not before or not after or inside:
        return ""
    digits = is_digit(before) and is_digit(after)
    if "\n" in blank.group():
        item = _ITEM.match(text, blank.end()) is not None
        number = digits or (_is_numeral(before) and after in _GOES_ON) or (before in _GOES_ON and _is_numeral(after))
        if blank.group().count("\n") > 1:
            return "\n\n" if number else "\n" if item else ""
        if item:
            return "\n"
        if number and _CUT.match(text, blank.end()):
            number = not is_full(norm, stretch.start + blank.start() + blank.group().index("\n"))
        return "\n" if number else ""
    if before.isascii() and after.isascii() and before.isalnum() and after.isalnum():
        return blank.group()[:2] if digits else " "
    return " " if not spread and pause.search(text[max(0, blank.start() - 2) : blank.start()] + " ") else ""


def _is_numeral(character: str) -> bool:
    return is_digit(character) or character in _CHINESE
