"""A wide table whose columns were printed apart from its labels, in blocks: found by its sums along rows and columns.

A tool that looks for columns of text prints some of a page's columns beside the labels and others behind them, each a
block of consecutive rows. Such blocks fill a table from left to right and from top to bottom; which rows each of them
holds is searched for, until every row and every column obeys its sums.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from nianbao.catalogue.forms import Table
from nianbao.catalogue.identities import Identity
from nianbao.forms.columns import shape_of
from nianbao.forms.joint import Equation, equations_of, names_of
from nianbao.forms.model import RowCells
from nianbao.forms.tokens import Token
from nianbao.language.numeral import are_digits

_LEAST_ROWS, _MOST_ROWS = 8, 40
_LEAST_COLUMNS = 3
_MOST_STEPS, _MOST_ODD = 4_000, 6
_MOST_FOUND, _MOST_WAYS = 4, 64  # to read a part, and the whole table
Fills = tuple[int, ...]
Given = list[Token]  # the numbers of a row


@dataclass(frozen=True, slots=True)
class _Line:
    """Numbers side by side: their place in the text, their tokens and values."""

    start: int
    tokens: tuple[Token, ...]
    values: tuple[int, ...]


def give_blocks(
    norm: str, table: Table, rows: Sequence[RowCells], tokens: Sequence[Token], identities: tuple[Identity, ...]
) -> bool:
    """Gives every row its numbers; False, and nothing changed, where not just one order of blocks obeys all sums.

    tokens: all numbers of the table, in the order of the text; they must be as many as its cells.
    """
    plain = sorted((row for row in rows if not row.heading), key=lambda row: row.found.row.index)
    columns = {row.columns for row in plain}
    if not _LEAST_ROWS <= len(plain) <= _MOST_ROWS or len(columns) != 1:
        return False
    (own,) = columns
    sums = shape_of(table, own).sums
    if len(own) < _LEAST_COLUMNS or not sums or len(tokens) != len(plain) * len(own):
        return False
    if not all(are_digits(norm[token.start : token.end]) for token in tokens):
        return False
    names = names_of(plain)
    given = [names[id(row)] for row in plain]
    equations = [one for one in equations_of(table, list(rows), set(given), identities) if not one.at_most]
    if not equations:
        return False
    lines = list(_lines(norm, tokens))
    paragraphs, printed = _paragraphs(norm, lines), _printed(plain)
    ways: list[list[Given]] = [[]]
    for rows_part, lines_part in _parts(lines, [row.found.start for row in plain], len(own)):
        search = _Search(lines[lines_part], printed[rows_part], len(own), sums, paragraphs[lines_part])
        ways = [before + part for before in ways for part in search.run()][:_MOST_WAYS]
    ways = [way for way in ways if _columns_hold(norm, dict(zip(given, way, strict=True)), equations, len(own))]
    if len(ways) != 1:
        return False
    for row, own_tokens in zip(plain, ways[0], strict=True):
        row.tokens, row.apart = own_tokens, False
        row.start, row.end = min(token.start for token in own_tokens), max(token.end for token in own_tokens)
    return True


def _lines(norm: str, tokens: Sequence[Token]) -> Iterator[_Line]:
    line: list[Token] = []
    for token in tokens:
        if line and norm[line[-1].end : token.start].strip(" "):
            yield _line(norm, line)
            line = []
        line.append(token)
    if line:
        yield _line(norm, line)


def _line(norm: str, tokens: list[Token]) -> _Line:
    return _Line(tokens[0].start, tuple(tokens), tuple(int(norm[token.start : token.end]) for token in tokens))


def _parts(lines: Sequence[_Line], labels: Sequence[int], wide: int) -> Iterator[tuple[slice, slice]]:
    """Stretches of the text with as many numbers as their rows have columns: (rows, lines) of each.

    labels: where the rows' labels stand, in the order of the form.
    """
    row = line = 0
    first_row = first_line = 0
    while row < len(labels):
        row += 1
        stop = labels[row] if row < len(labels) else None
        while line < len(lines) and (stop is None or lines[line].start < stop):
            line += 1
        if sum(len(one.values) for one in lines[first_line:line]) == wide * (row - first_row) or stop is None:
            yield slice(first_row, row), slice(first_line, line)
            first_row, first_line = row, line


def _columns_hold(norm: str, rows: dict[str, Given], equations: Sequence[Equation], wide: int) -> bool:
    """Whether the sums between the rows hold in every column."""
    values = {name: [int(norm[token.start : token.end]) for token in tokens] for name, tokens in rows.items()}
    return all(
        sum(values[name][at] for name in one.left) == sum(values[name][at] for name in one.right)
        for one in equations
        for at in range(wide)
    )


def _paragraphs(norm: str, lines: Sequence[_Line]) -> list[int]:
    found = [1] * len(lines)
    for at in range(len(lines) - 2, -1, -1):
        if norm[lines[at].tokens[-1].end : lines[at + 1].start].strip(" ") == "\n":
            found[at] = found[at + 1] + 1
    return found


def _printed(rows: Sequence[RowCells]) -> list[int]:
    """From where in the text each row may have numbers: once its label, or that of a later row, is printed."""
    starts: list[int] = []
    for row in reversed(rows):
        starts.append(min([row.found.start, *starts[-1:]]))
    return starts[::-1]


@dataclass(slots=True)
class _Search:
    """`printed`: from where on each row may have numbers.

    `paragraphs`: how many lines without an empty one between follow from each line on, itself included.
    """

    lines: list[_Line]
    printed: list[int]
    wide: int
    sums: tuple[tuple[tuple[int, ...], int], ...]
    paragraphs: list[int]
    any_height: bool = False
    steps: int = 0
    failed: set[tuple[int, Fills, tuple[int, int], int]] = field(default_factory=set)
    moves: list[tuple[int, int, int]] = field(default_factory=list)  # first line, first row, rows
    found: dict[tuple[tuple[int, ...], ...], list[Given]] = field(default_factory=dict)

    @property
    def in_paragraphs(self) -> bool:
        """Whether paragraphs have lines; else every line is one."""
        return max(self.paragraphs, default=0) > 2

    def run(self) -> list[list[Given]]:
        """The numbers of the rows, in each way that obeys their sums with the fewest blocks that are not likeliest."""
        for odd in (*range(_MOST_ODD + 1), len(self.lines)):
            self.failed.clear()
            self.any_height = odd > _MOST_ODD
            self.steps = 0 if self.any_height else self.steps
            self._from(0, (0,) * len(self.printed), (0, 0), [[] for _ in self.printed], odd)
            if self.found:
                break
        return list(self.found.values())

    def _taken(self) -> list[Given]:
        """Each row's tokens by the moves."""
        found: list[Given] = [[] for _ in self.printed]
        for line, row, tall in self.moves:
            for at in range(tall):
                found[row + at] += self.lines[line + at].tokens
        return found

    def _from(self, line: int, fills: Fills, last: tuple[int, int], values: list[list[int]], odd: int) -> None:
        """Gives the lines from one on to the rows, with at most so many blocks that are not the likeliest."""
        if line == len(self.lines):
            if all(fill == self.wide for fill in fills):
                self.found.setdefault(tuple(map(tuple, values)), self._taken())
            return
        if (line, fills, last, odd) in self.failed:
            return
        before = len(self.found)
        for rank, (row, tall) in enumerate(self._blocks(line, fills, last)):
            self.steps += 1
            if self.steps > _MOST_STEPS or (rank and not odd) or len(self.found) == _MOST_FOUND:
                return
            size = len(self.lines[line].values)
            for at in range(tall):
                values[row + at] += self.lines[line + at].values
            after = (*fills[:row], *(fills[row] + size for _ in range(tall)), *fills[row + tall :])
            self.moves.append((line, row, tall))
            if self._rows_hold(values[row : row + tall]):
                self._from(line + tall, after, (row, tall), values, odd - (rank > 0))
            self.moves.pop()
            for at in range(tall):
                del values[row + at][-size:]
        if len(self.found) == before:
            self.failed.add((line, fills, last, odd))

    def _blocks(self, line: int, fills: Fills, last: tuple[int, int]) -> Iterator[tuple[int, int]]:
        """(first row, rows) of the blocks that may begin with a line, the likeliest first.

        Rows without numbers come first, then those of the last block, the emptiest, and the topmost; a row's numbers
        may stand before its label where this is centred. A block ends with its paragraph where paragraphs have lines.
        """
        start, size = self.lines[line].start, len(self.lines[line].values)
        fitting = [at for at, fill in enumerate(fills) if fill + size <= self.wide]
        open_ = [at for at in fitting if self.printed[at] < start]
        following = [at for at in fitting if self.printed[at] > start][:1]
        same = [last[0]] if last[0] in fitting and last[1] else []
        least = min((fills[at] for at in open_), default=0)
        emptiest = [at for at in open_ if fills[at] == least][:1]
        rows = [*(emptiest if least == 0 else ()), *same, *emptiest, *open_[:1], *following]
        most = {row: self._most(line, fills, row, size) for row in rows}
        paragraph = self.paragraphs[line] if self.in_paragraphs else 0
        likely = [(row, paragraph) for row in rows if 0 < paragraph <= most[row]]
        if not paragraph:
            likely = [(row, last[1]) for row in same if last[1] <= most[row]]
        heights = {row: range(most[row], 0, -1) if self.any_height else (most[row], 1) for row in rows}
        yield from dict.fromkeys([*likely, *((row, tall) for row in rows for tall in heights[row])])

    def _most(self, line: int, fills: Fills, row: int, size: int) -> int:
        """How many rows a block may have that begins with a line in a row."""
        most = 1
        while self._goes_on(line, fills, row, most, size):
            most += 1
        return most

    def _goes_on(self, line: int, fills: Fills, row: int, tall: int, size: int) -> bool:
        """Whether a block of so many rows may have one more."""
        below, following = row + tall, line + tall
        return (
            below < len(fills)
            and following < len(self.lines)
            and fills[below] == fills[row]
            and self.printed[below] < self.lines[following].start
            and len(self.lines[following].values) == size
        )

    def _rows_hold(self, rows: Sequence[list[int]]) -> bool:
        """Whether the rows that are full obey their sums."""
        return all(
            sum(values[at] for at in parts) == values[total]
            for values in rows
            if len(values) == self.wide
            for parts, total in self.sums
        )
