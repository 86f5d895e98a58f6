"""Labels to rows: which row of which table each label of a piece stands for, and where a second table begins."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from nianbao.catalogue.forms import Column, Row, Table
from nianbao.forms.compact import Compact
from nianbao.forms.labels import (
    closing,
    inside_words,
    label_start,
    number_before,
    other_number,
    part_of_word,
    stray_characters,
    whole_word,
)
from nianbao.forms.lexicon import Hit, Lexicon, Target
from nianbao.forms.regions import Piece

_CELLS = re.compile(r"\d(?![.、)])")  # a digit that is no row's number
_ROW_OF_CELLS = re.compile(r"(?:[\s|]+\d[\d,.]*){3}")
_LABEL_BEHIND = re.compile(r" +(?:\d{1,2}[.、])?[\u3400-\u9fff]{3}")
_DOUBT = 0.25
_WEAK_REACH = 6  # rows that may be missing before a label as common as 其他 is still believed


@dataclass(slots=True)
class Found:
    """A row's label in the text. `start` includes its numbering, `end` a closing bracket; both are text offsets.

    `first`, `last`: the compact positions of its characters. `similarity`: 1.0 where the label is exact.
    `more`: so many digits of its number may belong to the cell before.
    """

    row: Row
    table: Table
    start: int
    end: int
    first: int
    last: int
    similarity: float = 1.0
    more: int = 0

    @property
    def trust(self) -> float:
        """What a damaged label takes from the confidence of its cells: measured, it is seldom another row's."""
        return 1 - _DOUBT * (1 - self.similarity)


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
    """One printed table: its rows and heads in the order of the text. `form`: the one of the report's year."""

    table: Table
    rows: list[Found] = field(default_factory=list)
    heads: list[Head] = field(default_factory=list)
    form: str | None = None

    @property
    def start(self) -> int:
        """Where its first label begins."""
        return min([row.start for row in self.rows] + [head.start for head in self.heads])

    @property
    def end(self) -> int:
        """Where its last label ends."""
        return max([row.end for row in self.rows] + [head.end for head in self.heads])


def align_rows(norm: str, compact: Compact, piece: Piece, lexicon: Lexicon) -> list[Instance]:
    """The printed tables of a piece, each with its rows in the order of the text."""
    main, hits = _main_table(piece, lexicon), piece.hits
    instances = [Instance(main)]
    current, head_run, previous_end = -1, False, -9
    filled: set[tuple[str, int]] = set()
    for number, hit in enumerate(hits):
        head_run = head_run and hit.start - previous_end <= 2
        if instances[-1].rows and _says_again(norm, compact, instances[-1].rows[-1], hit):
            previous_end = hit.end
            continue
        columns = [t for t in hit.targets if t.kind != "row"]
        rows = [] if part_of_word(norm, compact, hit) or other_number(norm, compact, hit) else _candidates(hit, main)
        ceiling = hits[number + 1].start if number + 1 < len(hits) else len(compact.han)
        hit, rows, likeness = whole_word(compact, hit, rows, main, max(previous_end, 0), ceiling, filled)
        if columns and hit.end - hit.start <= 2 and inside_words(compact, hit, max(previous_end, 0), ceiling):
            columns = []
        numbered = _numbered(norm, compact, hit, rows)
        headed = head_run and not (numbered or _has_cells(norm, compact, hit))
        if rows and columns and ((_weak_jump(rows, current) and not numbered) or headed):
            rows = []
        if rows and all(t.row is not None and t.row.weak for t in rows) and _among_words(norm, compact, hit, rows):
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
            if target.row.heading or target.row.heading_in is not None:
                continue  # printed again after a page break, or beside each row of its group
            instances.append(_begin_again(instances[-1], main))
            filled, current = set(), -1
            target = _next(rows, current) or target
            name = (target.table.name, target.row.index) if target.row else name
        filled.add(name)
        if target.table is main:
            current = max(current, name[1])
        instances[-1].rows.append(_found(norm, compact, hit, target, instances[-1], likeness))
    return [instance for instance in instances if instance.rows]


def _says_again(norm: str, compact: Compact, last: Found, hit: Hit) -> bool:
    """Whether a label only repeats the one before it, as one does that spans several places of a line."""
    between = norm[last.end : compact.offsets[hit.start]]
    if not any(t.row is last.row for t in hit.targets) or "\n" in between or _CELLS.search(between):
        return False
    last.end, last.last = closing(norm, compact.offsets[hit.end - 1] + 1), hit.end
    return True


def _main_table(piece: Piece, lexicon: Lexicon) -> Table:
    tables = lexicon.families[piece.family]
    if len(tables) == 1:
        return tables[0]

    def weight(table: Table) -> int:
        return sum(hit.end - hit.start for hit in piece.hits if any(t.table is table for t in hit.targets))

    return max(tables, key=weight)


def _candidates(hit: Hit, main: Table) -> list[Target]:
    """The rows that a label may be, of the main table where it has one for the metric."""
    rows = [t for t in hit.targets if t.row is not None]
    own = [t for t in rows if t.table is main]
    if own or not rows:
        return own
    metrics = {metric for t in rows if t.row for metric in t.row.cells.values() if metric}
    same = [row for row in main.rows if metrics & set(row.cells.values())]
    return [Target(main, "row", row) for row in same] or rows


def _numbered(norm: str, compact: Compact, hit: Hit, rows: list[Target]) -> bool:
    """Whether a row's own number stands before a label."""
    number = number_before(norm, compact.offsets[hit.start])
    return bool(number) and any(t.row is not None and number in t.row.number for t in rows)


def _has_cells(norm: str, compact: Compact, hit: Hit) -> bool:
    """Whether several numbers follow a label: it is a row's, not a head among heads."""
    return _ROW_OF_CELLS.match(norm, compact.offsets[hit.end - 1] + 1) is not None


def _among_words(norm: str, compact: Compact, hit: Hit, rows: list[Target]) -> bool:
    """Whether other words follow a common label on its line: it is a piece of a name, such as 其他 of 其他处理."""
    following = _LABEL_BEHIND.match(norm, compact.offsets[hit.end - 1] + 1)
    return following is not None and not _numbered(norm, compact, hit, rows)


def _weak_jump(rows: list[Target], current: int) -> bool:
    found = [t.row for t in rows if t.row is not None]
    return all(row.weak for row in found) and not any(0 < row.index - current <= _WEAK_REACH for row in found)


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


def _found(norm: str, compact: Compact, hit: Hit, target: Target, instance: Instance, likeness: float) -> Found:
    assert target.row is not None
    floor = instance.rows[-1].end if instance.rows else 0
    end = compact.offsets[hit.end - 1] + 1
    begin = stray_characters(norm, compact.offsets[hit.start], floor, compact.wording.units)
    return Found(
        target.row,
        target.table,
        label_start(norm, begin, max(floor, begin - 16), "" if target.table.any_order else target.row.number),
        closing(norm, end),
        hit.start,
        hit.end,
        likeness,
    )
