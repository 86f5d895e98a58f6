"""Rows whose cells stand between commas or semicolons, as exports and scanners write them: `规章,52,5,39`.

In such a block the mark is no punctuation: the view for tables has a tab in its place, every other character stays.
"""

from __future__ import annotations

import re

from nianbao.catalogue.labels import Wording

_MARKS = ",;"
_LEAST_LINES = 3  # with numbers between marks
_LONGEST_LINE = 300  # characters
_LINES_APART, _LINES_ABOVE = 8, 4  # between two of them; heads above the first
_ONE_NUMBER = re.compile(r" *[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)? *")  # its thousands apart
_FIRST_CELL = {mark: re.compile(rf"{mark} *(?:[-+]?\d|无)") for mark in _MARKS}
_QUICK = re.compile(r"[,;] *(?:[-+]?\d[\d.]*|无) *(?:[,;\n]|\Z)")


def with_tabs(norm: str, wording: Wording) -> str:
    """The normalised text, with tabs in place of the marks between cells."""
    for mark in _MARKS:
        if mark in norm and len(_QUICK.findall(norm)) >= _LEAST_LINES:
            lines = norm.split("\n")
            for first, last in _blocks(lines, mark, wording.marked_row[mark]):
                lines[first:last] = [_replaced(line, mark) for line in lines[first:last]]
            norm = "\n".join(lines)
    return norm


def _blocks(lines: list[str], mark: str, row: re.Pattern[str]) -> list[tuple[int, int]]:
    """Lines with numbers between marks that stand close together, heads above included: (first, behind the last)."""
    groups: list[list[int]] = []
    for number, line in enumerate(lines):
        if mark not in line or len(line) > _LONGEST_LINE or not _FIRST_CELL[mark].search(line):
            continue
        if row.fullmatch(line) and not _ONE_NUMBER.fullmatch(line):
            if groups and number - groups[-1][-1] <= _LINES_APART:
                groups[-1].append(number)
            else:
                groups.append([number])
    return [(max(0, group[0] - _LINES_ABOVE), group[-1] + 1) for group in groups if len(group) >= _LEAST_LINES]


def _replaced(line: str, mark: str) -> str:
    """A line with tabs for its marks, but for those in quotes or brackets; a sentence keeps them."""
    if "。" in line or mark not in line:
        return line
    depth, quoted, written = 0, False, []
    for character in line:
        quoted = quoted != (character == '"')
        depth += (character == "(") - (character == ")" and depth > 0)
        written.append("\t" if character == mark and not quoted and not depth else character)
    return "".join(written)
