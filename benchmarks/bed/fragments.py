"""Layouts in which labels stand in fragments around their numbers, or all cells run together."""

from __future__ import annotations

from random import Random

from benchmarks.bed.decidable import settle, settle_zeros, short_rows
from benchmarks.bed.layouts import Layout, Markdown
from benchmarks.bed.table import Cell, Row, Table


class Breaks:
    """Where labels are broken: at a column's width, at high noise anywhere."""

    def __init__(self, rng: Random, level: int) -> None:
        self.rng = rng
        self.width = rng.randint(8, 14)
        self.narrow = rng.randint(2, 5)
        self.anywhere = 0.3 if level >= 2 else 0
        # Some writers of PDF put out the whole label after its numbers.
        self.after = rng.random() < 0.25

    def cut(self, text: str, width: int) -> list[str]:
        """A label's lines in a column `width` characters wide."""
        if len(text) > 6 and self.rng.random() < self.anywhere:
            width = self.rng.randint(max(3, len(text) // 3), len(text) - 1)
        return [text[at : at + width] for at in range(0, len(text), width)]

    def around(self, label: str) -> tuple[list[str], str, list[str]]:
        """A row's label: its lines above the row's numbers, beside them, and below."""
        lines = self.cut(label, self.width)
        if len(lines) < 2 or self.rng.random() < 0.2:
            return [], label, []
        if self.after:
            return [], "", lines
        middle = len(lines) // 2
        # Numbers stand in the middle of an odd number of lines, between two of an even one, or roughly so.
        if len(lines) % 2 == 0 and self.rng.random() < 0.6:
            return lines[:middle], "", lines[middle:]
        middle -= len(lines) % 2 == 0 and self.rng.random() < 0.5
        return lines[:middle], lines[middle], lines[middle + 1 :]

    def group(self, label: str, most: int) -> list[str]:
        """The lines of a group's label in its narrow column, at most `most`."""
        return self.cut(label, max(self.narrow, -(-len(label) // most)))


def leave_untraced(row: Row) -> None:
    """Where blank cells leave no trace, nothing in their row is certain; a printed unit is one."""
    cells = [cell for cell in row if cell.is_value]
    if not all(cell.text for cell in cells) and not any(cell.role == "unit" for cell in row):
        for cell in cells:
            cell.optional = True


def own_label(row: Row) -> Cell | None:
    """The label of this row alone, not of a group of rows."""
    return next((cell for cell in reversed(row) if cell.role == "label" and cell.rowspan == 1), None)


class Shuffled(Markdown):
    """Pipe tables whose labels are broken over rows above and below the row of their numbers."""

    def __init__(self, rng: Random, level: int) -> None:
        super().__init__(rng, level)
        self.repeat = False
        self.breaks = Breaks(rng, level)

    def table(self, table: Table) -> str:
        if table.kind not in ("requests", "statistics"):
            return super().table(table)
        lines = table.expanded(False)[: len(table.head)]
        groups: list[tuple[Cell, int, int]] = []
        for row in table.body:
            start = len(lines)
            lines += self.row(row, table.width)
            groups = [(cell, first, left - 1) for cell, first, left in groups if left > 0]
            groups += [(cell, start, cell.rowspan - 1) for cell in row if cell.role == "label" and cell.rowspan > 1]
            for cell, first, left in groups:
                if left == 0:
                    self.spread(cell, lines[first:])
        return self.piped(lines)

    def row(self, row: Row, width: int) -> list[list[str]]:
        """The lines of one row."""
        label = own_label(row)
        above, beside, below = self.breaks.around(label.text) if label else ([], "", [])
        numbers = [""] * width
        for cell in row:
            if cell.role != "label":
                numbers[cell.col] = cell.text
        if not label:
            return [numbers]
        if (above or below) and not any(numbers):
            # An empty row among fragments shows no cells.
            for cell in row:
                cell.optional = True
        lines = [[""] * width for _ in above] + [numbers] + [[""] * width for _ in below]
        for line, text in zip(lines, [*above, beside, *below], strict=True):
            line[label.col] = text
        # A heading has no line for numbers.
        return (
            lines if any(cell.slot or cell.role == "local" for cell in row) else [line for line in lines if any(line)]
        )

    def spread(self, group: Cell, lines: list[list[str]]) -> None:
        """A group's label, in fragments over the middle of its rows."""
        parts = self.breaks.group(group.text, len(lines))
        first = (len(lines) - len(parts)) // 2
        for line, part in zip(lines[first:], parts, strict=False):
            line[group.col] = part


class PdfDump(Layout):
    """The text of a PDF, line by line: fragments before and after their numbers, page numbers in the middle."""

    def __init__(self, rng: Random, level: int) -> None:
        super().__init__(rng, level)
        self.pages = rng.randint(2, 5)
        self.between = rng.choice((" ", " ", " ", " ", "\n"))
        # Where each number has a line of its own, a bare page number would be one more.
        self.number = rng.choice(("— {} —", "- {} -", "第{}页", "{}")[: 4 if self.between == " " else 3])
        self.running = rng.random() < 0.3
        self.breaks = Breaks(rng, level)

    def table(self, table: Table) -> str:
        lines = [self.head(row) for row in table.head]
        groups: list[tuple[Cell, int, int]] = []
        for row in table.body:
            start = len(lines)
            lines += self.row(row)
            groups = [(cell, first, left - 1) for cell, first, left in groups if left > 0]
            groups += [(cell, start, cell.rowspan - 1) for cell in row if cell.role == "label" and cell.rowspan > 1]
            for cell, first, left in groups:
                if left == 0 and cell.text:
                    self.insert(cell, first, lines)
        return "\n".join(lines)

    def head(self, row: Row) -> str:
        """A row of heads, narrow ones on two lines."""
        cells = [cell.text for cell in row if cell.text]
        if len(cells) > 2 and self.rng.random() < 0.5:
            halves = [(text[:2], text[2:]) if len(text) == 4 else (text, "") for text in cells]
            return "\n".join(" ".join(half for half in line if half) for line in zip(*halves, strict=True))
        return " ".join(cells)

    def row(self, row: Row) -> list[str]:
        """The lines of one row; gaps left by blank cells close up."""
        label = own_label(row)
        numbers = self.between.join(cell.text for cell in row if cell.role != "label" and cell.text)
        leave_untraced(row)
        if label is None:
            return [numbers] if numbers else []
        above, beside, below = self.breaks.around(label.text)
        middle = f"{beside}{self.between}{numbers}".strip()
        return [*above, *([middle] if middle else []), *below]

    def insert(self, group: Cell, first: int, lines: list[str]) -> None:
        """A group's label among the lines of its rows, in lines of its own or before a row's label."""
        parts = self.breaks.group(group.text, len(lines) - first)
        at = (first + len(lines) - len(parts)) // 2
        for number, part in enumerate(parts):
            if self.rng.random() < 0.3:
                lines[at + number] = f"{part} {lines[at + number]}"
            else:
                lines.insert(at + number, part)

    def page(self, title: str, above: Table) -> str:
        self.pages += 1
        # After a label without a number, a bare page number would stand for it.
        ends_blank = any(cell.is_value and not cell.text for cell in above.body[-1])
        number = ("— {} —" if ends_blank else self.number).format(self.pages)
        return f"{number}\n\f" + (title if self.running else "")


class Glued(Layout):
    """Everything in one run of characters, but for a stray blank here and there."""

    def __init__(self, rng: Random, level: int) -> None:
        super().__init__(rng, level)
        self.between = rng.choice(("", "", "\n", " "))
        self.stray = rng.choice((0, 0, 0.02, 0.2))
        self.short = False

    def prepare(self, tables: list[Table]) -> None:
        self.short = short_rows(tables)

    def table(self, table: Table) -> str:
        gaps = [[self.rng.random() < self.stray for _ in row] for row in table.rows]
        if self.short:
            settle_zeros(table)
        else:
            settle(table, gaps)
        for row in table.rows:
            leave_untraced(row)
        pieces: list[str] = []
        for row, after in zip(table.rows, gaps, strict=True):
            pieces += [cell.text + (" " if gap else "") for cell, gap in zip(row, after, strict=True)]
        return "".join(pieces)

    def join(self, blocks: list[str]) -> str:
        return self.between.join(blocks)
