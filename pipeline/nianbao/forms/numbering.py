"""Where a cell's digits end and the number of the next row begins, when the two touch: `条03.政务微博公开`.

A row's number is known from its form, or goes on from the one before; a report that lost its rows' numbers may still
print the points behind them. What the table as a whole shows decides; where it cannot, both readings are kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from nianbao.forms.align import Found, Instance
from nianbao.forms.columns import instance_layout
from nianbao.forms.compact import Compact
from nianbao.language.numeral import are_digits, is_digit

# Digits right before a label, the mark behind them, and what else may open the label.
_DIGITS = re.compile(r'((?:\d[\d,]*\.)?\d+)( ?[.、)])?[\s"(]*[\u3400-\u9fff]{0,2}[\s"(]*\Z')
_NUMBER = re.compile(r'(?<!\d)(\d{1,2}) ?[.、)][\s"(]*\Z')
_MARK_ALONE = re.compile(r'[^\d一二三四五六七八九十(][.、][\s"(]*\Z')
_REACH = 60  # characters from a label back to its number
_IMPOSSIBLE = 1e6
_LOST, _LOST_HERE = 6.0, 0.3  # a number lost of which only the mark is left, and where other rows show that
_OTHER_NUMBER, _NO_MARK, _NO_MARK_WIDE, _BLANK, _BLANK_HERE = 0.4, 3.0, 1.0, 4.0, 0.5
_NEAR = 1.5  # readings that are no further apart cannot be told


@dataclass(frozen=True, slots=True)
class _Touch:
    """Digits that touch the label `found`: where they stand in the text, and whether a mark (a point) follows them."""

    found: Found
    digits: str
    end: int
    marked: bool
    last: int  # the number of the row before where that is plain, else -1

    @property
    def own(self) -> str:
        """The row's number in its form, where it is written in digits."""
        return _own(self.found)


@dataclass(frozen=True, slots=True)
class _Habits:
    """What the rest of the table shows: one cell a row, numbers that are lost, cells that are empty."""

    single: bool
    any_order: bool
    blanks: bool
    lost: bool = False


def _own(found: Found) -> str:
    return re.sub(r"\D", "", found.row.number)


def settle_numbers(norm: str, compact: Compact, instance: Instance) -> None:
    """Sets where each label starts whose number touches digits; `Found.more`: how many of them may be the cell's."""
    table = instance.table
    if not table.any_order and not any(are_digits(row.number[:1]) for row in table.rows):
        return
    founds = sorted(instance.rows, key=lambda found: found.start)
    open_: list[_Touch] = []
    plain = -1
    for before, found in pairwise(founds):
        begin = compact.offsets[found.first]
        touch = _touch(norm, before.end, begin, found, plain)
        if touch is not None:
            open_.append(touch)
        number = _NUMBER.search(norm, max(before.end, begin - 8), begin) if touch is None else None
        plain = int(number.group(1)) if number else -1
    if not open_:
        return
    single = len(instance_layout(norm, instance, 0)) == 1
    habits = _Habits(single, table.any_order, _shows_blanks(norm, founds))
    readings = _all_readings(open_, habits)
    only_mark = any(_is_mark(norm, compact.offsets[found.first]) for found in founds[1:])
    if only_mark or any(_is_lost(touch, found, habits) for touch, found in zip(open_, readings, strict=True)):
        readings = _all_readings(open_, replace(habits, lost=True))
    for touch, costs in zip(open_, readings, strict=True):
        near = [taken for cost, taken in costs if cost <= costs[0][0] + _NEAR]
        touch.found.start = touch.end - max(near) if max(near) else _mark_begins(norm, touch.end)
        touch.found.more = max(near) - min(near)


def _all_readings(touches: list[_Touch], habits: _Habits) -> list[list[tuple[float, int]]]:
    """The readings of each row's digits, the cheapest first; a number may go on from that of the row before."""
    found, last = [], 0
    for touch in touches:
        last = touch.last if touch.last >= 0 else last
        found.append(sorted(_readings(touch, last, habits)))
        taken = found[-1][0][1]
        last = int(touch.digits[-taken:]) if taken else last + touch.marked
    return found


def _is_lost(touch: _Touch, readings: list[tuple[float, int]], habits: _Habits) -> bool:
    """Whether a row shows that its number is lost while its mark is not."""
    numbered = habits.any_order or touch.own
    return bool(numbered) and touch.marked and all(taken == 0 for cost, taken in readings if cost < _IMPOSSIBLE)


def _is_mark(norm: str, begin: int) -> bool:
    return _MARK_ALONE.search(norm, max(0, begin - 8), begin) is not None


def _touch(norm: str, floor: int, begin: int, found: Found, last: int) -> _Touch | None:
    """The digits before a label, unless a line break or a separator tells them from the cell."""
    match = _DIGITS.search(norm, max(floor, begin - _REACH), begin)
    if match is None or (match.end(2) < 0 and match.end(1) < begin):
        return None
    start = match.start(1)
    before = norm[start - 1] if start > floor else ""
    if before in "\n|:(" and before:
        return None
    if before == " " and re.search(r"\d", norm[floor:start]):
        return None
    return _Touch(found, match.group(1), match.end(1), match.end(2) >= 0, last)


def _mark_begins(norm: str, end: int) -> int:
    while norm[end] in " \n\t":
        end += 1
    return end


def _shows_blanks(norm: str, founds: list[Found]) -> bool:
    """Whether a row that is no heading has nothing at all behind its label."""
    return any(
        not one.row.heading and not re.search(r"\d", norm[one.end : other.start]) for one, other in pairwise(founds)
    )


def _readings(touch: _Touch, last: int, habits: _Habits) -> list[tuple[float, int]]:
    """(cost, digits taken for the row's number) of each reading."""
    digits, own = touch.digits, touch.own
    bare = (_LOST_HERE if habits.lost else _LOST) if touch.marked else _LOST_HERE
    if habits.single and _no_number(digits):
        bare = _IMPOSSIBLE
    found = [(bare, 0)]
    numbers = {own: 0.0} if own else {}
    if habits.any_order or (own and touch.marked):
        numbers.setdefault(str(last + 1), 0.0 if habits.any_order else _OTHER_NUMBER)
    if habits.any_order:
        numbers.setdefault("1", _OTHER_NUMBER)
    for number, cost in numbers.items():
        rest = digits.removesuffix(number)
        if rest == digits or (rest and not is_digit(rest[-1])) or (habits.single and _no_number(rest)):
            continue
        if not touch.marked:
            cost += _NO_MARK if habits.single or habits.any_order else _NO_MARK_WIDE
        if not rest:
            cost += _BLANK_HERE if habits.blanks else _BLANK
        found.append((cost, len(number)))
    return found


def _no_number(digits: str) -> bool:
    return len(digits) > 1 and digits[0] == "0" and is_digit(digits[1])
