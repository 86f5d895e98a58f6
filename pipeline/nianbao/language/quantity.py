"""From a number's characters to what it counts: its unit, its qualifier, its kind."""

from __future__ import annotations

import re

from nianbao.language.measures import Measures
from nianbao.language.numbers import arabic_value, chinese_value
from nianbao.language.numeral import Kind, Numeral, Qualifier, is_digit

_MOST_BLANKS = 3
_JIAO = re.compile(r"(?a)([\d一二三四五六七八九])角(?:([\d一二三四五六七八九])分)?")
_AFTER_BROKEN_UNIT = frozenset(",。;、:)")


def is_cjk(character: str) -> bool:
    """Whether it is a Chinese character of the basic block or its extension A."""
    return "\u3400" <= character <= "\u9fff"


def skip_blanks(text: str, position: int) -> int:
    """The next place that is no space, at most three spaces on (more of them set columns apart)."""
    last = min(position + _MOST_BLANKS, len(text))
    while position < last and text[position] == " ":
        position += 1
    return position


def previous(text: str, position: int) -> str:
    """The character before `position`, up to two spaces skipped; an empty string at the start of the text."""
    for index in range(position - 1, max(position - 4, -1), -1):
        if text[index] != " ":
            return text[index]
    return ""


def unit_after(words: Measures, text: str, start: int, end: int) -> tuple[str, Kind, int] | None:
    """The measure word after the number `text[start:end]`: the word, its kind, the offset after it.

    Spaces may stand between. A hard line break may, where the line before the number and the sentence after the
    unit go on: in a table of one cell a line the next line is no unit.
    """
    place = skip_blanks(text, end)
    if place < len(text) and text[place] == "\n":
        found = words.unit_at(text, place + 1)
        if found is None or not is_cjk(previous(text, start) or " "):
            return None
        stop = place + 1 + len(found[0])
        return (*found, stop) if text[stop : stop + 1] in _AFTER_BROKEN_UNIT and stop < len(text) else None
    found = words.unit_at(text, place)
    if found is None or (place > end and found[1] == "other"):
        return None
    return (*found, place + len(found[0]))


def qualifier_before(words: Measures, text: str, start: int) -> Qualifier | None:
    """What the words right before a number say of it: 超过 over, 约 approx, 近 nearly."""
    if previous(text, start) not in words.before_last:
        return None
    match = words.before.search(text, max(start - 5, 0), start)
    if match is None:
        return None
    unless = words.before_unless.get(match[1])
    if unless and match.start() > 0 and text[match.start() - 1] in unless:
        return None
    return words.before_qualifier[match[1]]


def inside_qualifier(words: Measures, text: str, position: int) -> bool:
    """Whether 余 or 多 stands at `position` as part of the number before it."""
    return text[position : position + 1] in words.inside and not text.startswith(words.inside_unless, position)


def quantity(words: Measures, text: str, start: int, end: int, value: float, over: bool = False) -> Numeral:
    """The numeral `text[start:end]` with its unit, its qualifier and the kind that its unit gives it.

    `over` says that 余 or 多 stands within.
    """
    unit = unit_after(words, text, start, end)
    stop = unit[2] if unit else end
    qualifier: Qualifier = "over" if over else qualifier_before(words, text, start) or "exact"
    if qualifier == "exact":
        after = words.after.match(text, skip_blanks(text, stop))
        if after is not None:
            qualifier = words.after_qualifier[after[0]]
    if unit is None:
        return Numeral(start, end, value, qualifier, None, end, "count")
    name, kind, _ = unit
    if kind == "money":
        name = "元"
        jiao = _JIAO.match(text, stop)
        if jiao is not None:
            return Numeral(start, jiao.end(), value + _small_change(jiao), qualifier, name, jiao.end(), kind)
    elif name == "‰":
        value = round(value / 10, 6)
    return Numeral(start, end, value, qualifier, name, stop, kind)


def _small_change(jiao: re.Match[str]) -> float:
    """12元5角6分: 0.56 of it."""
    tenths, hundredths = (
        0.0 if digit is None else arabic_value(digit) if is_digit(digit) else chinese_value(digit) or 0.0
        for digit in jiao.groups()
    )
    return round(tenths / 10 + hundredths / 100, 2)
