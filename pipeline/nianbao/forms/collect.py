"""What is printed behind each row's label: its tokens, up to the next label or to words that the form does not have."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from nianbao.catalogue.identities import Identity
from nianbao.forms.align import Found, Instance
from nianbao.forms.assign import give_numbers, is_displaced, is_fragmented
from nianbao.forms.blocks import give_blocks
from nianbao.forms.columns import heads_above, instance_layout, section_layouts
from nianbao.forms.compact import Compact
from nianbao.forms.labels import is_own_digit
from nianbao.forms.leftover import lines_behind
from nianbao.forms.model import ColumnKey, RowCells
from nianbao.forms.place import broken_number
from nianbao.forms.tokens import NONE, PAGE_EDGE, Mode, Printed, Token, is_row_number, numbers, read_printed
from nianbao.forms.units import give_by_units
from nianbao.language.numeral import is_digit

_NUMBERS_ABOVE = re.compile(r"(?<=\n)\d[\d ,.|]*\n\Z")  # a line of numbers right above the first label
_YEAR_LAST = re.compile(r"(?:19|20)\d\d\Z")
_BLANK_LINE = re.compile(r"(?<=\n) +(?=\n)")
_LONGEST_NUMBER = 6  # digits of a common cell; a table in which many are longer is glued
_ABOVE = 120  # characters
_LABEL_AND_NUMBER = re.compile(r" *(\d[\d,]*(?:\.\d+)?) *(?=[|\t\n])")  # up to the end of a label's own cell
_SEPARATOR = re.compile(r"[|\t]")
_OWN_NUMBER = re.compile(r"(?<![\d.,])(\d+)[.、] ?\Z")
_IN_CELL = re.compile(r"\d[^\d|\t\n]*\Z")
_PRINTED = ("number", "none")
_DAMAGED = 2  # characters that a damaged label may have behind what was found of it
_OTHER_LABEL = 5  # Chinese characters right behind a label that are another
_HEAD_WORDS = re.compile(r"[\u3400-\u9fff]{2,}")
_AROUND = 60  # Chinese characters before and behind a table
_BROKEN_SHARE = 0.15  # of the numbers, in a table whose cells run together


def table_end(norm: str, compact: Compact, instance: Instance, ceiling: int) -> int:
    """Where the last row's cells must end: at the first Chinese character that is no unit, or a full stop."""
    last = max(instance.rows, key=lambda found: found.last)
    tail = max((head for head in instance.heads), key=lambda head: head.last, default=None)
    index = max(last.last, tail.last if tail else 0)
    offsets, han, units = compact.offsets, compact.han, compact.wording.units
    while index < len(han) and offsets[index] < last.end:
        index += 1  # the remark that closes its label
    while (
        index < len(han)
        and index - last.last < _DAMAGED
        and last.similarity < 1.0
        and offsets[index] == offsets[index - 1] + 1
    ):
        index += 1
    if instance.table.headless:
        index = _past_heads(norm, compact, instance, index)
    while index < len(han) and offsets[index] < ceiling and (han[index] in units or NONE.match(norm, offsets[index])):
        index += 1
    end = min(offsets[index] if index < len(offsets) else len(norm), ceiling)
    begin = max(last.end, tail.end if tail else 0)
    if norm[end : end + 1] in tuple("年月日页"):
        # The date or page number behind the table; a year is four digits, those before it are the cell's.
        floor = max(begin, end - 4) if _YEAR_LAST.search(norm, max(begin, end - 4), end) else begin
        while end > floor and (is_digit(norm[end - 1]) or norm[end - 1] == " "):
            end -= 1
    stop = norm.find("。", begin, end)
    return max(begin, stop if stop >= 0 else end)


def _past_heads(norm: str, compact: Compact, instance: Instance, index: int) -> int:
    """Past what is left of heads that stand on two lines, half of each on either."""
    letters = {letter for column in instance.table.columns.values() for key in column.keys for letter in key}
    at = index
    while at < len(compact.han) and compact.han[at] in letters:
        if at and PAGE_EDGE.sub("", norm[compact.offsets[at - 1] + 1 : compact.offsets[at]]).strip(" \n\f|-"):
            return index if at == index else at
        at += 1
    return at


def collect_rows(
    text: str,
    norm: str,
    compact: Compact,
    instance: Instance,
    end: int,
    grids: Sequence[Any],
    ceiling: int,
    identities: tuple[Identity, ...],
) -> tuple[list[RowCells], Mode]:
    """The rows of a printed table with the tokens that belong to each, and the way its cells are told apart.

    `end`: where the last row's cells must end. `ceiling`: where the next table begins.
    """
    founds = sorted(instance.rows, key=lambda found: found.start)
    begin = max((head.end for head in instance.heads if head.end <= founds[0].start), default=-1)
    if begin < 0:
        above = _NUMBERS_ABOVE.search(norm, max(0, founds[0].start - _ABOVE), founds[0].start)
        begin = above.start() if above else founds[0].start
    printed = read_printed(text, norm, begin, end, len(founds), grids, compact.wording)
    mode = printed.mode
    moved = _numbers_behind_labels(text, norm, printed, founds) if mode == "rows" and not grids else {}
    if moved:
        others = [token for token in printed.tokens if all(token.start != own.start for own in moved.values())]
        printed.tokens = sorted([*others, *moved.values()], key=lambda token: token.start)
    tokens, within = _without_labels(norm, compact, founds, printed.tokens)
    starts = [token.start for token in tokens]
    marks = [(found.start, found.first) for found in founds] + [(head.start, head.first) for head in instance.heads]
    marks.sort()
    mark_starts = [mark[0] for mark in marks]
    more = {found.start: found.more for found in founds}
    words = [token.start for token in tokens if token.kind == "text"]
    rows: list[RowCells] = []
    labels: list[tuple[RowCells, int]] = []
    forms = {found.row.form for found in founds if found.row.form}
    for found in founds:
        at = bisect_left(mark_starts, found.end)
        stop, first = marks[at] if at < len(marks) else (end, compact.index(end))
        touching, label = more.get(stop, 0), stop
        stop = _words_begin(norm, compact, found, first, stop, words, mode == "rows")
        own = tokens[bisect_left(starts, found.end) : bisect_left(starts, stop)]
        if own and own[-1].end > stop:
            own[-1] = replace(own[-1], end=stop)
        if mode == "rows":
            own = _same_line(printed, found, own)
            if moved.get(found.start) in own:
                own = [token for token in own if token.kind != "blank"]  # the cells have moved
        heading = found.row.heading or found.row.heading_in in forms
        rows.append(RowCells(found, (), own, found.end, stop, heading, touching if mode == "plain" else 0))
        labels.append((rows[-1], label))
    _set_columns(norm, compact, instance, rows, mode == "rows")
    for row in rows if moved else ():
        if len(row.numbers) == len(row.columns) + 1 and row.tokens[0] is moved.get(row.found.start):
            del row.tokens[0]  # the label's own
    if mode == "rows":
        _without_repeats(instance, rows)
    if mode == "rows" and (within or is_fragmented(norm, printed, tokens, end, compact.wording)):
        give_numbers(norm, printed, rows, tokens, compact.wording)
        _set_columns(norm, compact, instance, rows, True)
    elif mode == "plain" and _give_by_units(norm, compact, rows, tokens, (begin, end), ceiling):
        pass
    elif mode != "rows" and (within or is_displaced(rows) or _stand_behind_heads(instance, rows, tokens)):
        give_numbers(norm, printed, rows, tokens, compact.wording)
        _set_columns(norm, compact, instance, rows, False)
    if mode == "plain" and any(len(row.numbers) < len(row.columns) for row in rows if not row.heading):
        behind = lines_behind(norm, end, ceiling, compact.wording, False)
        printed_numbers = [*tokens, *(token for span in behind for token in numbers(norm, *span))]
        give_blocks(norm, instance.table, rows, [t for t in printed_numbers if t.kind == "number"], identities)
    if mode == "plain" and instance.table.row_sums:
        _open_columns(norm, instance, rows)
    for row, label in labels:
        if row.end != label:
            row.more = 0  # digits that touch the next label are no row's whose numbers end elsewhere
    return rows, mode


def _open_columns(norm: str, instance: Instance, rows: list[RowCells]) -> None:
    """Leaves the rows of which other rows' numbers part the own open, where a head among these numbers says otherwise.

    A tool prints columns that it takes for others than those beside them in whatever order; the sums hold all the same.
    """
    full = [row for row in rows if len(row.numbers) == len(row.columns) > 2]
    spans = sorted((row.numbers[0].start, row.numbers[-1].start, at) for at, row in enumerate(full))
    torn = {at for pair in pairwise(spans) if pair[1][0] < pair[0][1] for _, _, at in pair}
    given = [full[at] for at in torn]
    cells = sorted((t.start, t.end, key) for row in given for t, key in zip(row.numbers, row.columns, strict=True))
    labels = sorted((found.start, found.end) for found in instance.rows)
    columns = instance.table.columns
    for (_, begin, _), (end, _, column) in pairwise(cells):
        words = [
            match
            for match in _HEAD_WORDS.finditer(norm, begin, end)
            if (at := bisect_left(labels, (match.start() + 1,)) - 1) < 0 or labels[at][1] <= match.start()
        ]
        said = {key for match in words for key in columns if any(match.group() in label for label in columns[key].keys)}
        if said and column not in said:
            for row in given:
                row.tokens, row.apart = [], True
            return


def _give_by_units(
    norm: str, compact: Compact, rows: list[RowCells], tokens: list[Token], whole: tuple[int, int], ceiling: int
) -> bool:
    """Gives the rows of one column the cells apart from their labels, if measure words tell whose they are."""
    if any(len(row.columns) > 1 for row in rows) or all(len(row.numbers) == 1 for row in rows if not row.heading):
        return False
    behind = list(lines_behind(norm, whole[1], ceiling, compact.wording, False))
    if not behind and not is_displaced(rows):
        return False
    more = [token for span in behind for token in numbers(norm, *span)]
    return give_by_units(norm, rows, [*tokens, *more], [whole, *behind], compact.wording)


def _numbers_behind_labels(text: str, norm: str, printed: Printed, founds: list[Found]) -> dict[int, Token]:
    """The numbers that stand behind a label in its own cell, where cells ran together, by the label's start."""
    moved: dict[int, Token] = {}
    for found in founds:
        match = _LABEL_AND_NUMBER.match(norm, found.end)
        if match and "\t" not in text[found.end : match.start(1)]:
            line = printed.line(found.start)
            column = len(_SEPARATOR.findall(text, printed.line_starts[line], found.start))
            moved[found.start] = Token(*match.span(1), "number", line, column)
    return moved


def _stand_behind_heads(instance: Instance, rows: list[RowCells], tokens: list[Token]) -> bool:
    """Whether numbers stand behind heads below a row, though not all rows above have theirs."""
    last = ""
    lacking = False
    marks = [(row.found.start, "row", row) for row in rows] + [(head.start, "head", None) for head in instance.heads]
    marks += [(token.start, "number", None) for token in tokens if token.kind == "number"]
    for _, kind, row in sorted(marks, key=lambda mark: mark[0]):
        if row is not None:
            lacking = lacking or (len(row.numbers) < max(len(row.columns), 1) and not row.heading)
        elif kind == "number" and last == "head" and lacking:
            return True
        last = kind
    return False


def _add_blank_lines(norm: str, rows: list[RowCells], begin: int, end: int) -> None:
    """A line that holds nothing but a blank (`&nbsp;` in the page) prints an empty cell."""
    places = [match.end() for match in _BLANK_LINE.finditer(norm, begin, end)]
    for row in rows if places else ():
        own = places[bisect_left(places, row.start) : bisect_left(places, row.end)]
        if own:
            row.tokens = sorted([*row.tokens, *(Token(at, at, "blank") for at in own)], key=lambda token: token.start)


def _without_labels(norm: str, compact: Compact, founds: list[Found], tokens: list[Token]) -> tuple[list[Token], bool]:
    """The tokens that are cells: no numbering, no digits that a label has itself; and whether some stand inside labels.

    The number of a row may touch the last cell of the row above: that cell ends where the label begins.
    """
    kept: list[Token] = []
    within = False
    at = 0
    for token in tokens:
        while at < len(founds) and founds[at].end <= token.start:
            at += 1
        found = founds[at] if at < len(founds) else None
        if is_row_number(norm, token):
            continue
        if found is None or token.end <= found.start:
            kept.append(token)
        elif token.start < found.start:
            kept.append(Token(token.start, found.start, token.kind, token.line, token.column))
        elif token.start <= compact.offsets[found.first] or token.kind == "text":
            continue
        elif not is_own_digit(norm, found.row, token.start, token.end):
            kept.append(token)
            within = within or token.kind != "blank"
    return kept, within


def _words_begin(norm: str, compact: Compact, found: Found, first: int, stop: int, texts: list[int], grid: bool) -> int:
    """Where other words begin behind a row's first cell or unit, such as a local row that the form does not have."""
    if first - found.last <= 2:
        return stop
    position, noise = found.end, compact.wording.noise
    for match in re.finditer(r"[\u3400-\u9fff]+", norm[found.end : stop]):
        if _is_cell(texts, found.end + match.start()):
            continue
        if grid and _IN_CELL.search(norm, found.end, found.end + match.start()):
            continue  # a remark behind the number
        words = match.group() if noise.sub("", match.group()) else ""
        before = norm[position : found.end + match.start()]
        position = found.end + match.start()
        cells = re.search(r"\d", norm[found.end : position]) or re.search(r"[|\n].*[|\n]", before)
        # Right behind a label without a gap stand its own last characters.
        apart = match.start() > 0 or match.group()[0] in compact.wording.units
        other = len(words) >= _OTHER_LABEL and apart and "\n" not in norm[found.end : position]
        if (len(words) >= 2 and cells) or other:
            return _number_begins(norm, found, position)
    return stop


def _is_cell(cells: list[int], offset: int) -> bool:
    """Whether words begin a cell, `cells` being where such cells begin."""
    at = bisect_left(cells, offset)
    return at < len(cells) and cells[at] == offset


def _number_begins(norm: str, found: Found, position: int) -> int:
    """Where the number of a row begins that the form does not have; it may touch the cell above: `条06.政务头条号`."""
    match = _OWN_NUMBER.search(norm, found.end, position)
    if match is None:
        return position
    digits, own = match.group(1), re.sub(r"\D", "", found.row.number)
    number = str(int(own) + 1) if own else ""
    rest = digits.removesuffix(number) if number else digits
    if rest == digits and len(digits) > 1 and digits[0] == "0":
        rest = digits[:-1]
    return match.end(1) - len(digits) + len(rest) if rest and rest != digits else position


def _same_line(printed: Printed, found: Found, tokens: list[Token]) -> list[Token]:
    """Where a line is a row, blanks of other lines are padding; numbers may stand a line below their label."""
    line = printed.line(found.end - 1)
    own = [token for token in tokens if token.line == line]
    if any(token.kind in _PRINTED for token in own) or not any(token.kind in _PRINTED for token in tokens):
        return own
    below = next(token.line for token in tokens if token.kind in _PRINTED)
    return [token for token in tokens if token.line == below]


def _set_columns(norm: str, compact: Compact, instance: Instance, rows: list[RowCells], grid: bool) -> None:
    counts = [len(row.numbers) for row in rows if row.numbers and not row.heading]
    tokens = [token for row in rows for token in row.numbers]
    broken = sum(broken_number(norm, token) for token in tokens) > _BROKEN_SHARE * len(tokens)
    glued = broken or 3 * sum(token.end - token.start > _LONGEST_NUMBER for token in tokens) > len(tokens)
    typical = 0 if glued or not counts else max(set(counts), key=counts.count)
    plain = sum(not row.heading for row in rows)
    if typical and not grid and 2 * len(counts) < plain:
        typical = round(len(tokens) / plain)  # labels first, numbers later
    sections = len({tuple(row.cells) for row in instance.table.rows}) > 1
    shared = () if sections else instance_layout(norm, instance, typical, 1 + broken, grid)
    if len(shared) == 1 and instance.table.row_sums and _names_columns(compact, instance, shared):
        shared = instance.table.layouts[0]  # the numbers of one column, who knows which
    for row in rows:
        row.columns = _section_columns(instance, row) if sections else shared


def _names_columns(compact: Compact, instance: Instance, layout: tuple[str, ...]) -> bool:
    """Whether heads of other columns stand around a table."""
    first, last = min(found.first for found in instance.rows), max(found.last for found in instance.rows)
    around = compact.han[max(0, first - _AROUND) : first] + compact.han[last : last + _AROUND]
    spans, under = instance.table.span
    columns = [column for key, column in instance.table.columns.items() if key not in layout]
    names = [key for column in columns for key in column.keys if len(key) > 2]
    return any(name in around for name in (names if set(under) <= set(layout) else (*names, *spans)))


def _without_repeats(instance: Instance, rows: list[RowCells]) -> None:
    """Where a head that spans several places is said in each of them, so are the cells below: the first is enough."""
    for row in rows:
        if len(row.tokens) <= len(row.columns):
            continue
        keys: list[ColumnKey] = [head.column.key for head in heads_above(instance, row.found) if head.column]
        if len(keys) == len(row.tokens) and tuple(dict.fromkeys(keys)) == row.columns:
            row.tokens = [row.tokens[keys.index(key)] for key in row.columns]


def _section_columns(instance: Instance, row: RowCells) -> tuple[str, ...]:
    """Of the layouts that the heads allow, the one that has as many columns as there are cells."""
    layouts = section_layouts(instance, row.found)
    for count in (len(row.numbers), len(row.tokens)) if len(layouts) > 1 else ():
        if found := next((layout for layout in layouts if len(layout) == count), None):
            return found
    return layouts[0] if layouts else ()
