"""Which stretches of the lines are text and which belong to the page around it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from nianbao.catalogue.sections import LayoutRules, TableRules
from nianbao.structure.types import Block, BlockKind, Heading, TextRange
from nianbao.structure.unwrap import MAX_LINES, PrintedLine

_MAX_HEADER = 200
_MAX_FURNITURE = 120
_INLINE = 800
_RUN_ON = 200
_HEADER_LINES = 30
_LEADING = re.compile(r"[\s。.,;:!?]*")
_STAMP = re.compile(r"[\s:>\d/-]*")
Span = tuple[int, int]
Fixed = tuple[int, int, BlockKind]


def inline_head(norm: str, line: PrintedLine, rules: LayoutRules) -> int:
    """Where the text begins in a line that opens with a page's navigation; the line's start where it does not."""
    if line.end - line.start < _RUN_ON or not rules.inline_head.match(norm, line.start, line.start + 40):
        return line.start
    stop = norm.find("。", line.start, line.start + _INLINE)
    end = line.start
    for match in rules.inline_token.finditer(norm, line.start, stop if stop > 0 else line.start + _INLINE):
        end = match.end()
    found = _STAMP.match(norm, end)
    return found.end() if found else end


def inline_foot(norm: str, line: PrintedLine, rules: LayoutRules) -> int:
    """Where a page's foot begins in a line that runs on; the line's end where it has none."""
    if line.end - line.start < _RUN_ON:
        return line.end
    found = rules.inline_foot.search(norm, line.end - 80, line.end)
    return found.start() if found else line.end


def is_header(words: str, rules: LayoutRules) -> bool:
    """Whether a whole line begins a page's header: 发布机构 | …, or set apart, 索 引 号 | …"""
    apart = words[1:2] == " " and rules.header.match("".join(words.split()))
    return bool(apart or rules.header.match(words)) and "。" not in words


def is_furniture(words: str, rules: LayoutRules) -> bool:
    """Whether a whole line, given without spaces around it, belongs to the page: header, navigation, foot, number."""
    if len(words) > _MAX_HEADER:
        return False
    if is_header(words, rules):
        return True
    if len(words) > _MAX_FURNITURE or words.endswith("。"):
        return False
    return rules.furniture.search(words) is not None


def classify(
    norm: str,
    lines: Sequence[PrintedLine],
    headings: Sequence[Heading],
    titles: Sequence[Span],
    regions: Sequence[TextRange],
    rules: LayoutRules,
    tables: TableRules,
) -> list[Block]:
    """Every printed line, cut where its kind changes, with its kind. Blank lines between two printed ones are one.

    A heading wins over everything, then a title, a table's region, furniture; what is left is prose, or table where
    it looks like cells.
    """
    fixed = _merge([(h.start, h.end, "heading") for h in headings], [(start, end, "title") for start, end in titles])
    fixed = _merge(fixed, sorted((region.start, region.end, "table") for region in regions))
    result: list[Block] = []
    at = last = 0
    above = _divider(norm, lines, rules)
    for line in lines:
        start, end = line
        if start - last > 1:
            result += _blank(norm, last, start)
        last = end
        while at < len(fixed) and fixed[at][1] <= start:
            at += 1
        if at < len(fixed) and fixed[at][0] < end:
            if fixed[at][0] <= start and end <= fixed[at][1]:
                result.append(Block(start, end, fixed[at][2]))
            else:
                result += _cut(norm, line, _overlapping(fixed, at, end), rules, tables)
        elif start < above:
            result.append(Block(start, end, "furniture"))
        else:
            result += _free(norm, start, end, line, rules, tables)
    if len(lines) == MAX_LINES and norm[last:].strip():
        return [*result, Block(last, len(norm), "prose")]
    return result + list(_blank(norm, last, len(norm)))


def _overlapping(fixed: Sequence[Fixed], at: int, end: int) -> Iterator[Fixed]:
    while at < len(fixed) and fixed[at][0] < end:
        yield fixed[at]
        at += 1


def _divider(norm: str, lines: Sequence[PrintedLine], rules: LayoutRules) -> int:
    """Where a crawler's header ends: at a line of signs that says 正文; 0 where there is none."""
    for line in lines[:_HEADER_LINES]:
        if line.end - line.start <= _MAX_FURNITURE and rules.divider.fullmatch(norm, line.start, line.end):
            return line.start
    return 0


def _cut(
    norm: str, line: PrintedLine, fixed: Iterable[Fixed], rules: LayoutRules, tables: TableRules
) -> Iterator[Block]:
    """The lines of a printed line that holds headings, titles or table regions."""
    at = line.start
    for start, end, kind in fixed:
        if start > at:
            yield from _free(norm, at, start, line, rules, tables)
        at = max(at, start)
        if min(end, line.end) > at:
            yield Block(at, min(end, line.end), kind)
            at = min(end, line.end)
    if at < line.end:
        yield from _free(norm, at, line.end, line, rules, tables)


def _free(
    norm: str, start: int, end: int, line: PrintedLine, rules: LayoutRules, tables: TableRules
) -> Iterator[Block]:
    """The lines of a stretch that holds no heading, title or region."""
    if not norm[start : min(end, start + 400)].strip(" |") and end - start < 400:
        if start == line.start and end == line.end:
            yield Block(start, end, "table")
        return
    if (start, end) == (line.start, line.end):
        if is_furniture(norm[start:end], rules):
            yield Block(start, end, "furniture")
            return
        if _is_cells(norm, start, end, tables):
            yield Block(start, end, "table")
            return
    head = inline_head(norm, line, rules) if start == line.start else start
    foot = inline_foot(norm, line, rules) if end == line.end else end
    if start > line.start and end > start:
        # Behind a heading its own full stop is left over.
        found = _LEADING.match(norm, start, end)
        start = found.end() if found else start
    marks = sorted({start, min(max(head, start), end), max(min(foot, end), start), end})
    for first, last in pairwise(marks):
        outside = first < head or first >= foot
        yield Block(first, last, "furniture" if outside else "prose")


def _is_cells(norm: str, start: int, end: int, tables: TableRules) -> bool:
    words = norm[start : min(end, start + 400)]
    if "|" in words and words.endswith("|") and "。" not in words:
        return True
    return end - start <= 40 and tables.cell.match(words) is not None


def _blank(norm: str, start: int, end: int) -> Iterator[Block]:
    """The blank lines between offset `start`, a line's end, and `end`, the next line's start, as one."""
    first = norm.find("\n", start, end) + 1
    last = norm.rfind("\n", first, end) if first else -1
    if last >= 0:
        yield Block(first, last, "blank")


def _merge(first: Sequence[Fixed], second: Sequence[Fixed]) -> list[Fixed]:
    """`first`, and of `second` what it leaves free; both sorted and without overlap inside themselves."""
    merged = list(first)
    at = 0
    for start, end, kind in second:
        while at < len(first) and first[at][1] <= start:
            at += 1
        ahead = at
        while ahead < len(first) and first[ahead][0] < end:
            if first[ahead][0] > start:
                merged.append((start, first[ahead][0], kind))
            start = max(start, first[ahead][1])
            ahead += 1
        if start < end:
            merged.append((start, end, kind))
    return sorted(merged)
