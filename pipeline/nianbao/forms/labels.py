"""Where a label begins and ends in the text, and whether it is a label at all or a part of other words."""

from __future__ import annotations

import re

from nianbao.catalogue.forms import Row, Table
from nianbao.forms.compact import Compact
from nianbao.forms.lexicon import Hit, Target
from nianbao.forms.similarity import likeness, similarity
from nianbao.language.numeral import is_digit

_LONGEST_WORD, _ALIKE = 40, 0.75  # characters; likeness of a damaged label to the one that it was
# The numbering in front of a label, with what else belongs to it: (一)  一、  2.  其中:1.  3.危"
_LEAD = re.compile(
    r"(?:其中\s*:?\s*)?"
    r"(?:(?:\( *(?:[一二三四五六七八九十]{1,3}|\d{1,2})? *\)"
    r"|[一二三四五六七八九十]{1,3} *[、.]|([1-9]\d?) *[.、)]|[、.])"
    r'[\u3400-\u9fff]{0,2}|\()?[\s"(]*\Z'
)
_NUMBERED = re.compile(r"(?:([一二三四五六七八九十]) *[).、]?|([1-9]) *[).、])\s*\Z")
_CLOSING = re.compile(r'[")]*(?:\s?\([^()|]{3,60}\)|(?<=计)\d\s?[条次](?:\s?\))?)?[")]*')


def part_of_word(norm: str, compact: Compact, hit: Hit) -> bool:
    """Whether a short label is only a part of the words around it, such as 其他 of a damaged 其他处理."""
    if not all(t.row is not None and t.row.weak for t in hit.targets if t.kind == "row"):
        return False
    begin, end = compact.offsets[hit.start], compact.offsets[hit.end - 1] + 1
    behind, before = norm[end : end + 1], norm[begin - 1 : begin] if begin else ""
    return _is_word(behind, compact.wording.units) or _is_word(before, "一二三四五六七八九十")


def inside_words(compact: Compact, hit: Hit, floor: int, ceiling: int) -> bool:
    """Whether other words touch a short head, such as 其他 in a damaged 法人或其他组织."""
    offsets = compact.offsets
    before = hit.start > floor and offsets[hit.start - 1] == offsets[hit.start] - 1
    behind = hit.end < min(ceiling, len(offsets)) and offsets[hit.end] == offsets[hit.end - 1] + 1
    return before or (behind and compact.han[hit.end] not in "一二三四五六七八九十")


def whole_word(
    compact: Compact, hit: Hit, rows: list[Target], main: Table, floor: int, ceiling: int, filled: set[tuple[str, int]]
) -> tuple[Hit, list[Target], float]:
    """A label that is part of a longer word stands for the row whose label is most like the whole word.

    A damaged 制发规范性文件总数 still holds the label of another row. `filled`: rows that were met before, which their
    own label hardly names again.
    """
    offsets, han, units = compact.offsets, compact.han, compact.wording.units
    start, end = hit.start, hit.end
    while start > floor and offsets[start - 1] == offsets[start] - 1 and han[start - 1] not in units:
        start -= 1
    while end < ceiling and offsets[end] == offsets[end - 1] + 1 and han[end] not in units:
        end += 1
    if not rows or end - start == hit.end - hit.start or end - start > _LONGEST_WORD:
        return hit, rows, 1.0
    word = han[start:end]
    new = [t.row for t in rows if t.row and (t.table.name, t.row.index) not in filled]
    known = max((similarity(word, key) for row in new for key in row.keys), default=0.0)
    least = max(_ALIKE, known + 0.02)
    others = [row for row in main.rows if new or (main.name, row.index) not in filled]
    other = max(others, key=lambda row: likeness(word, row.keys[:1], least), default=main.rows[0])
    alike = likeness(word, other.keys[:1], least)
    if not alike or any(t.row is other for t in rows):
        return hit, rows, 1.0
    return Hit(start, end, hit.targets), [Target(main, "row", other)], alike


def other_number(norm: str, compact: Compact, hit: Hit) -> bool:
    """Whether a common label stands behind the number of another row, as the 其他 of a broken (六)其他处理 does."""
    rows = [t.row for t in hit.targets if t.row is not None]
    if not rows or not all(row.weak for row in rows):
        return False
    number = number_before(norm, compact.offsets[hit.start])
    return bool(number) and all(row.number and number not in row.number for row in rows)


def number_before(norm: str, begin: int) -> str:
    """The digit or numeral of the numbering right before a label; empty where there is none."""
    match = _NUMBERED.search(norm, max(0, begin - 8), begin)
    return match.group(1) or match.group(2) if match else ""


def _is_word(character: str, but: str) -> bool:
    return bool(character) and "\u3400" <= character <= "\u9fff" and character not in but


def stray_characters(norm: str, begin: int, floor: int, units: str) -> int:
    """A label that lost a character in its front still has the ones before it ("于" of 属于行政执法案卷)."""
    start = begin
    while start > max(floor, begin - 3) and "\u3400" <= norm[start - 1] <= "\u9fff" and norm[start - 1] not in units:
        start -= 1
    return start if start > begin - 3 else begin


def label_start(norm: str, begin: int, floor: int, number: str) -> int:
    """Where a label starts with its numbering; of digits that touch the cell before, only the row's number is taken.

    `number`: the row's number in its form; empty where forms number it differently.
    """
    match = _LEAD.search(norm, floor, begin)
    if match is None:
        return begin
    start = match.start()
    if start == begin > floor and norm[begin - 1] == number[:-1] and not is_digit(norm[max(floor, begin - 2)]):
        return begin - 1  # its point is lost
    digits = match.group(1) or ""
    behind_digit = bool(digits) and start > floor and is_digit(norm[match.start(1) - 1])
    if behind_digit or (len(digits) == 2 and digits[1:] == number[:-1]):
        # It touches the cell before: one digit of it, if it is the row's; else only the point is left of the number.
        start = match.end(1) - (number[:1] in ("", digits[-1:]))
    while start < begin and norm[start] in " \n\t":
        start += 1
    return start


def closing(norm: str, end: int) -> int:
    """Past what closes a label: a quote or bracket, or a remark in brackets ("(…计1条)")."""
    match = _CLOSING.match(norm, end)
    return match.end() if match else end


def is_own_digit(norm: str, row: Row, start: int, end: int) -> bool:
    """Whether a number inside a label is the label's own, such as the 1 of 计1条: what stands beside it is, too."""
    if not row.digits or norm[start:end] != row.digits:
        return False
    before, _, behind = row.label.partition(row.digits)
    above = norm[max(0, start - 3) : start].rstrip()
    return above.endswith(before[-1:]) or norm.startswith(behind[:2], end)
