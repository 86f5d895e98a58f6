"""Enumerators: where 一、 (一) 1. (1) ① and their kin stand, at which level, and what stands before them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from nianbao.catalogue.sections import HeadingRules

Place = Literal["line", "stop", "gap", "glued"]

_DIGITS = "一二三四五六七八九十"
_FORMAL = "壹贰叁肆伍陆柒捌玖拾"
_ROMAN = {"I": 1, "V": 5, "X": 10}

# What enumerators begin with, coarsely: searched many times faster than the alternatives of the whole pattern.
_FIRST = re.compile(
    rf"[第(\d{_DIGITS}{_FORMAL}IVXⅠ-Ⅻ①-⑳⑴-⒇㈠-㈩⒈-⒛](?:(?=[\s\d{_DIGITS}{_FORMAL}IVX、.)])|(?<=[①-⑳⑴-⒇㈠-㈩⒈-⒛]))"
)
_LOST_FIRST = frozenset("(、." + _DIGITS + _FORMAL + "0123456789")
_RINGS = {"circle": (5, "①"), "ring4": (4, "⑴"), "ring2": (2, "㈠"), "ring3": (3, "⒈")}
_BEFORE_LINE = " |#*\u200b\ufeff"
_STOPS = frozenset('。;!?:")>》】…')
_MAX_BACK = 60
_MAX_MARK = 12


class Enumerator(NamedTuple):
    """An enumerator. `value`: its number, 0 where it is lost. `place`: what stands before it."""

    start: int
    end: int
    level: int
    value: int
    place: Place
    lost: bool = False


def find_enumerators(flow: str, limit: int, rules: HeadingRules) -> Iterator[Enumerator]:
    """The enumerators of `flow` in order, at most `limit` of them.

    Numbers inside references (第(一)项), decimals, dates and document numbers are none.
    """
    count = end = 0
    for first in _FIRST.finditer(flow):
        match = rules.enumerator.match(flow, first.start()) if first.start() >= end else None
        if match is None:
            continue
        end = match.end()
        level, value = _read(match)
        yield Enumerator(
            match.start(),
            end,
            level,
            value,
            place_of(flow, match.start(), rules.title_ends),
            match["empty"] is not None,
        )
        count += 1
        if count == limit:
            return


def leading_enumerator(flow: str, start: int, stop: int, rules: HeadingRules) -> Enumerator | None:
    """The enumerator, whole or wrecked, that stands at a line's start `start`; None where none does."""
    match = rules.enumerator.match(flow, start, min(stop, start + _MAX_MARK))
    if match is None:
        return damaged_enumerator(flow, start, rules)
    level, value = _read(match)
    return Enumerator(start, match.end(), level, value, "line", match["empty"] is not None)


def damaged_enumerator(flow: str, start: int, rules: HeadingRules) -> Enumerator | None:
    """The enumerator at a line's start `start` whose digits, bracket or point are lost; None where none is."""
    match = rules.lost_enumerator.match(flow, start) if flow[start : start + 1] in _LOST_FIRST else None
    if match is None:
        return None
    bracket, arabic = match["open"] or match["half"], match["point"] or match["num"]
    level = 2 if bracket else 3 if arabic else 1
    numeral = match["touching"] or match["cn"]
    value = chinese_number(numeral) if numeral else 0
    return Enumerator(start, match.end(), level, value, "line", lost=True)


def place_of(flow: str, start: int, title_ends: tuple[str, ...]) -> Place:
    """What stands before offset `start`: a line's start, a sentence's end, a gap, or a character."""
    at = start - 1
    lowest = max(-1, start - _MAX_BACK)
    while at > lowest and flow[at] in _BEFORE_LINE:
        at -= 1
    if at < 0 or flow[at] == "\n":
        return "line"
    if flow[at] in _STOPS or flow.endswith(title_ends, 0, at + 1):
        return "stop"
    return "gap" if at < start - 1 else "glued"


def _read(match: re.Match[str]) -> tuple[int, int]:
    kind = match.lastgroup or ""
    if kind == "sep":
        return (4 if match["sep"].startswith(")") else 3), int(match["num3"])
    if kind in _RINGS:
        level, first = _RINGS[kind]
        return level, ord(match[kind]) - ord(first) + 1
    if kind == "empty":
        return 2, 0
    if kind == "num4":
        return 4, int(match["num4"])
    if kind == "roman":
        return 1, _roman(match["roman"])
    if kind == "part":
        return 1, chinese_number("".join(c for c in match["part"] if c in _DIGITS + _FORMAL))
    return (2 if kind == "cn2" else 1), chinese_number(match[kind])


def _roman(numeral: str) -> int:
    if "Ⅰ" <= numeral <= "Ⅻ":
        return ord(numeral) - ord("Ⅰ") + 1
    total = 0
    for here, after in zip(numeral, numeral[1:] + " ", strict=True):
        worth = _ROMAN[here]
        total += -worth if worth < _ROMAN.get(after, 0) else worth
    return total


def chinese_number(numeral: str) -> int:
    """The number up to 99 that `numeral`, of up to three characters, writes; 0 for what writes none (一五)."""
    digits = [(_DIGITS.find(c) if c in _DIGITS else _FORMAL.find(c)) + 1 for c in numeral]
    if 10 not in digits:
        return digits[0] if len(digits) == 1 else 0
    ten = digits.index(10)
    return (digits[0] if ten else 1) * 10 + (digits[-1] if ten < len(digits) - 1 else 0)
