"""Labels to rows: which row of which table each label of a piece stands for, and where a second table begins."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from nianbao.forms.compact import Compact
from nianbao.forms.definition import Column, Row, Table
from nianbao.forms.lexicon import Hit, Target, load_lexicon
from nianbao.forms.regions import Piece
from nianbao.forms.similarity import similarity

UNITS = "条件次个人篇份元万亿项宗起例期家户场册余"  # measure words that stand between a label and its number
_LONGEST_WORD, _ALIKE = 40, 0.75  # characters; likeness of a damaged label to the one that it was
_WEAK_REACH = 6  # rows that may be missing before a label as common as 其他 is still believed
# The numbering in front of a label, with what else belongs to it: (一)  一、  2.  其中:1.  3.危"
_LEAD = re.compile(
    r"(?:其中\s*:?\s*)?"
    r"(?:(?:\(\s*(?:[一二三四五六七八九十]{1,3}|\d{1,2})?\s*\)|[一二三四五六七八九十]{1,3}\s*[、.]|、|(\d{1,2})\s*[.、)])"
    r'[\u3400-\u9fff]{0,2}|\()?[\s"(]*\Z'
)
_NUMBERED = re.compile(r"\(?\s*([一二三四五六七八九十]|\d)\s*[).、]\s*\Z")
_CLOSING = re.compile(r'[")]*(?:\s?\([^()|]{3,60}\)|\d\s?[条次]\s?\))?[")]*')


@dataclass(slots=True)
class Found:
    """A row's label in the text. `start` includes its numbering, `end` a closing bracket; both are text offsets.

    `first`, `last`: the compact positions of its characters. `similarity`: 1.0 where the label is exact.
    """

    row: Row
    table: Table
    start: int
    end: int
    first: int
    last: int
    similarity: float = 1.0


@dataclass(slots=True)
class Head:
    """A column's head (or a head over several columns, or a caption) in the text."""

    column: Column | None
    spanning: bool
    start: int
    end: int
    first: int
    last: int


@dataclass(slots=True)
class Instance:
    """One printed table: its rows and heads in the order of the text."""

    table: Table
    rows: list[Found] = field(default_factory=list)
    heads: list[Head] = field(default_factory=list)

    @property
    def start(self) -> int:
        return min(item.start for item in (*self.rows, *self.heads))

    @property
    def end(self) -> int:
        return max(item.end for item in (*self.rows, *self.heads))


def align_rows(norm: str, compact: Compact, piece: Piece) -> list[Instance]:
    """The printed tables of a piece, each with its rows in the order of the text."""
    main = _main_table(piece)
    hits = _without_heading(piece.hits) if main.headless else piece.hits
    instances = [Instance(main)]
    current, head_run, previous_end = -1, False, -9
    filled: set[tuple[str, int]] = set()
    for number, hit in enumerate(hits):
        head_run = head_run and hit.start - previous_end <= 2
        columns = [t for t in hit.targets if t.kind != "row"]
        rows = [] if _part_of_word(norm, compact, hit) or _other_number(norm, compact, hit) else _candidates(hit, main)
        ceiling = hits[number + 1].start if number + 1 < len(hits) else len(compact.han)
        hit, rows, likeness = _whole_word(compact, hit, rows, main, max(previous_end, 0), ceiling)
        if columns and hit.end - hit.start <= 2 and _inside_words(compact, hit, max(previous_end, 0), ceiling):
            columns = []
        if rows and columns and (head_run or _weak_jump(rows, current)):
            rows = []
        target = _next(rows, current)
        previous_end = hit.end
        if target is None or target.row is None:
            head_run = bool(columns)
            if columns:
                instances[-1].heads.append(_head(compact, hit, columns[0]))
            continue
        head_run = False
        name = (target.table.name, target.row.index)
        if name in filled:
            if target.row.heading:
                continue  # printed again after a page break
            instances.append(_begin_again(instances[-1], main))
            filled, current = set(), -1
            target = _next(rows, current) or target
            assert target.row is not None  # noqa: S101 - candidates are rows
            name = (target.table.name, target.row.index)
        filled.add(name)
        if target.table is main:
            current = max(current, target.row.index)
        instances[-1].rows.append(_found(norm, compact, hit, target, instances[-1], likeness))
    return [instance for instance in instances if instance.rows]


def _main_table(piece: Piece) -> Table:
    tables = load_lexicon().families[piece.family]
    if len(tables) == 1:
        return tables[0]
    return max(tables, key=lambda table: sum(h.end - h.start for h in piece.hits if any(t.table is table for t in h.targets)))


def _without_heading(hits: list[Hit]) -> list[Hit]:
    """A headless table starts at the last group's head before its first column; a heading above names groups too."""
    near = [one.end >= other.start - 1 for one, other in zip(hits, hits[1:], strict=False)]
    column = [any(t.kind == "column" for t in hit.targets) for hit in hits]
    first = next((i for i in range(len(hits) - 2) if all(column[i : i + 3]) and all(near[i : i + 2])), 0)
    start = first
    while start > max(0, first - 4) and near[start - 1]:
        start -= 1
    return hits[start:]


def _candidates(hit: Hit, main: Table) -> list[Target]:
    """The rows that a label may be, of the main table where it has one for the metric."""
    rows = [t for t in hit.targets if t.row is not None]
    own = [t for t in rows if t.table is main]
    if own or not rows:
        return own
    metrics = {metric for t in rows if t.row for metric in t.row.cells.values() if metric}
    same = [row for row in main.rows if metrics & set(row.cells.values())]
    return [Target(main, "row", row) for row in same] or rows


def _part_of_word(norm: str, compact: Compact, hit: Hit) -> bool:
    """Whether a short label is only a part of the words around it, such as 其他 of a damaged 其他处理."""
    if not all(t.row is not None and t.row.weak for t in hit.targets if t.kind == "row"):
        return False
    begin, end = compact.offsets[hit.start], compact.offsets[hit.end - 1] + 1
    behind, before = norm[end : end + 1], norm[begin - 1 : begin] if begin else ""
    return _is_word(behind, UNITS) or _is_word(before, "一二三四五六七八九十")


def _inside_words(compact: Compact, hit: Hit, floor: int, ceiling: int) -> bool:
    """Whether other words touch a short head, such as 其他 in a damaged 法人或其他组织."""
    offsets = compact.offsets
    before = hit.start > floor and offsets[hit.start - 1] == offsets[hit.start] - 1
    behind = hit.end < min(ceiling, len(offsets)) and offsets[hit.end] == offsets[hit.end - 1] + 1
    return before or (behind and compact.han[hit.end] not in "一二三四五六七八九十")


def _whole_word(
    compact: Compact, hit: Hit, rows: list[Target], main: Table, floor: int, ceiling: int
) -> tuple[Hit, list[Target], float]:
    """A label that is part of a longer word stands for the row whose label is most like the whole word.

    A damaged 制发规范性文件总数 still holds the label of another row.
    """
    offsets, han = compact.offsets, compact.han
    start, end = hit.start, hit.end
    while start > floor and offsets[start - 1] == offsets[start] - 1 and han[start - 1] not in UNITS:
        start -= 1
    while end < ceiling and offsets[end] == offsets[end - 1] + 1 and han[end] not in UNITS:
        end += 1
    if not rows or end - start == hit.end - hit.start or end - start > _LONGEST_WORD:
        return hit, rows, 1.0
    word = han[start:end]
    known = max(similarity(word, key) for t in rows if t.row for key in t.row.keys)
    other = max(main.rows, key=lambda row: similarity(word, row.keys[0]))
    likeness = similarity(word, other.keys[0])
    if likeness < max(_ALIKE, known + 0.02) or any(t.row is other for t in rows):
        return hit, rows, 1.0
    return Hit(start, end, hit.targets), [Target(main, "row", other)], likeness


def _other_number(norm: str, compact: Compact, hit: Hit) -> bool:
    """Whether a common label stands behind the number of another row, as the 其他 of a broken (六)其他处理 does."""
    rows = [t.row for t in hit.targets if t.row is not None]
    if not rows or not all(row.weak for row in rows):
        return False
    begin = compact.offsets[hit.start]
    match = _NUMBERED.search(norm, max(0, begin - 8), begin)
    return match is not None and all(row.number and match.group(1) not in row.number for row in rows)


def _is_word(character: str, but: str) -> bool:
    return bool(character) and "\u3400" <= character <= "\u9fff" and character not in but


def _weak_jump(rows: list[Target], current: int) -> bool:
    indices = [t.row.index for t in rows if t.row is not None]
    return all(t.row is not None and t.row.weak for t in rows) and not any(0 < i - current <= _WEAK_REACH for i in indices)


def _next(rows: list[Target], current: int) -> Target | None:
    """The nearest row further down the form, else the first."""
    if not rows:
        return None
    later = [t for t in rows if t.row is not None and t.row.index > current]
    return later[0] if later else rows[0]


def _begin_again(before: Instance, main: Table) -> Instance:
    """A new table; heads that stand behind the last row of the one before are its own."""
    last = before.rows[-1].end if before.rows else 0
    heads = [head for head in before.heads if head.start >= last]
    before.heads = [head for head in before.heads if head.start < last]
    return Instance(main, heads=heads)


def _head(compact: Compact, hit: Hit, target: Target) -> Head:
    offsets = compact.offsets
    return Head(target.column, target.kind == "span", offsets[hit.start], offsets[hit.end - 1] + 1, hit.start, hit.end)


def _found(
    norm: str, compact: Compact, hit: Hit, target: Target, instance: Instance, likeness: float
) -> Found:
    assert target.row is not None  # noqa: S101 - callers pass rows
    floor = instance.rows[-1].end if instance.rows else 0
    end = compact.offsets[hit.end - 1] + 1
    begin = stray_characters(norm, compact.offsets[hit.start], floor)
    return Found(
        target.row,
        target.table,
        label_start(norm, begin, max(floor, begin - 16), target.row.number),
        closing(norm, end),
        hit.start,
        hit.end,
        likeness,
    )


def stray_characters(norm: str, begin: int, floor: int) -> int:
    """A label that lost a character in its front still has the ones before it ("于" of 属于行政执法案卷)."""
    start = begin
    while start > max(floor, begin - 3) and "\u3400" <= norm[start - 1] <= "\u9fff" and norm[start - 1] not in UNITS:
        start -= 1
    return start if start > begin - 3 else begin


def label_start(norm: str, begin: int, floor: int, number: str) -> int:
    """Where a label starts with its numbering; of digits that touch the cell before, only the row's own number is taken."""
    match = _LEAD.search(norm, floor, begin)
    if match is None:
        return begin
    start = match.start()
    digits = match.group(1) or ""
    if len(digits) == 2:
        touches = digits[0] == "0" or digits[1:] == number[:-1] or (start > floor and norm[start - 1].isdigit())
        start = match.start(1) + touches
    while start < begin and norm[start] in " \n":
        start += 1
    return start


def closing(norm: str, end: int) -> int:
    """Past what closes a label: a quote or bracket, or a remark in brackets ("(…计1条)")."""
    match = _CLOSING.match(norm, end)
    return match.end() if match else end
