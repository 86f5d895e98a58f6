"""Layouts that keep a row together: HTML, Markdown, one cell a line, rows with blanks or marks between cells."""

from __future__ import annotations

import html
from random import Random

from benchmarks.bed.table import Cell, Row, Table


class Layout:
    """How one report is written down; the style is drawn once and kept through the report."""

    suffix = "txt"

    def __init__(self, rng: Random, level: int) -> None:
        self.rng = rng
        self.level = level
        self.pages = 0

    def prepare(self, tables: list[Table]) -> None:
        """Takes a look at all tables before the first is laid out."""

    def paragraph(self, text: str) -> str:
        """A paragraph, heading or note."""
        return text

    def table(self, table: Table) -> str:
        """A table without the lines before and after it."""
        raise NotImplementedError

    def page(self, title: str, above: Table) -> str:
        """What stands between two pages, `above` the table on the first."""
        return ""

    def join(self, blocks: list[str]) -> str:
        """The whole document."""
        return "\n".join(blocks)


def folded(cell: Cell, share: float, rng: Random) -> list[str]:
    """A cell's text; that of a long label in two lines for this share of them."""
    if cell.role != "label" or len(cell.text) < 9 or rng.random() >= share:
        return [cell.text]
    at = rng.randrange(4, len(cell.text) - 3)
    return [cell.text[:at], cell.text[at:]]


class Html(Layout):
    """Tables with rowspan and colspan."""

    suffix = "html"

    def __init__(self, rng: Random, level: int) -> None:
        super().__init__(rng, level)
        self.empty = rng.choice(("", "&nbsp;", "<p>&nbsp;</p>", "<span></span>"))
        self.inner = rng.choice(("{}", "<p>{}</p>", "<p><span>{}</span></p>", "\n  {}\n"))
        self.head = rng.choice(("td", "th"))
        self.folded = rng.choice((0, 0.3)) if level else 0

    def paragraph(self, text: str) -> str:
        return f"<p>{html.escape(text)}</p>"

    def table(self, table: Table) -> str:
        rows = "\n".join(f"<tr>{''.join(map(self.cell, row))}</tr>" for row in table.rows)
        return f'<table border="1">\n{rows}\n</table>'

    def cell(self, cell: Cell) -> str:
        """One <td> or <th>."""
        tag = self.head if cell.role == "head" else "td"
        spans = (("rowspan", cell.rowspan), ("colspan", cell.colspan))
        attributes = "".join(f' {name}="{count}"' for name, count in spans if count > 1)
        text = self.inner.format("<br/>".join(map(html.escape, folded(cell, self.folded, self.rng))))
        text = text if cell.text else self.empty
        return f"<{tag}{attributes}>{text}</{tag}>"

    def join(self, blocks: list[str]) -> str:
        body = "\n".join(blocks)
        return f"<!DOCTYPE html>\n<html><head><meta charset='utf-8'></head><body>\n{body}\n</body></html>"


class Markdown(Layout):
    """Pipe tables; spanned places are empty or say the cell again."""

    suffix = "md"

    def __init__(self, rng: Random, level: int) -> None:
        super().__init__(rng, level)
        self.repeat = rng.random() < 0.5
        self.pad = rng.choice((" ", " ", ""))
        self.folded = rng.choice((0, 0.3)) if level else 0
        self.bold = rng.choice((0, 0.1)) if level else 0
        self.rule = rng.choice(("---", "---", ":---:", "-"))

    def line(self, cells: list[str]) -> str:
        """One row between pipes."""
        return f"|{self.pad}" + f"{self.pad}|{self.pad}".join(cells) + f"{self.pad}|"

    def table(self, table: Table) -> str:
        for cell in table.cells():
            cell.text = "<br>".join(folded(cell, self.folded, self.rng))
            if cell.role == "label" and self.rng.random() < self.bold:
                cell.text = f"**{cell.text}**"
        return self.piped(table.expanded(self.repeat))

    def piped(self, rows: list[list[str]]) -> str:
        """The rows, ruled off under the first."""
        lines = [self.line(row) for row in rows]
        lines.insert(1, self.line([self.rule] * len(rows[0])))
        return "\n" + "\n".join(lines) + "\n"


class Lines(Layout):
    """One cell a line; a blank cell is one more empty line, a line with a blank, or a lone bar."""

    STYLES = (("\n", "", ""), ("\n", "", ""), ("\n\n", " ", ""), ("\n", "", " |"))

    def __init__(self, rng: Random, level: int) -> None:
        super().__init__(rng, level)
        self.between, self.empty, self.end = rng.choice(self.STYLES)
        self.fillers = rng.random() < 0.5
        self.folded = rng.choice((0, 0.2)) if level else 0
        self.number = rng.choice(("— {} —", "-{}-", "第{}页"))

    def table(self, table: Table) -> str:
        # A heading's row has no cells of its own in half of the reports.
        cells = [cell for row in table.rows for cell in row if self.fillers or not is_filler(row, cell)]
        lines = (line for cell in cells for line in folded(cell, self.folded, self.rng))
        return self.between.join((line or self.empty) + self.end for line in lines)

    def page(self, title: str, above: Table) -> str:
        self.pages += 1
        return self.number.format(self.pages)

    def join(self, blocks: list[str]) -> str:
        return self.between.join(blocks)


def is_filler(row: Row, cell: Cell) -> bool:
    """Whether a cell is the empty unit or number of a heading's row."""
    if cell.role == "unit":
        return not any(other.is_value or other.role == "local" for other in row)
    return cell.role == "filler"


class Spaced(Layout):
    """A row a line, cells parted by one blank, wide blank or tab: a blank cell leaves two of them."""

    def __init__(self, rng: Random, level: int) -> None:
        super().__init__(rng, level)
        self.between = rng.choice((" ", " ", "\t", "\u3000"))
        self.fillers = rng.random() < 0.3

    def table(self, table: Table) -> str:
        return "\n".join(self.row(row) for row in table.rows)

    def row(self, row: Row) -> str:
        """One line."""
        cells = [cell for cell in row if self.fillers or not is_filler(row, cell)]
        if not any(cell.text for cell in cells):
            # A line of blanks alone is easily no line at all.
            for cell in cells:
                cell.optional = True
        return self.between.join(cell.text for cell in cells)


class Ocr(Layout):
    """Rows as a scanner or an export to CSV leaves them: marks for blanks, look-alike characters, notes between."""

    LOOK_ALIKE = str.maketrans("已未日人", "己末曰入")

    def __init__(self, rng: Random, level: int) -> None:
        super().__init__(rng, level)
        self.between = rng.choice((",", ",", ";", " | ", "   "))
        marks = [("-",), ("/",), ("无",), ("-", "/", "—"), ("",)]
        # Wide gaps alone do not show which cells are empty.
        self.marks = rng.choice(marks[:-1] if self.between == "   " else marks)
        self.confused = rng.choice((0, 0.1, 0.3)) if level >= 2 else 0

    def table(self, table: Table) -> str:
        return "\n".join(self.between.join(self.cell(cell) for cell in row if self.shown(cell)) for row in table.rows)

    def shown(self, cell: Cell) -> bool:
        """Empty cells of a heading's row are printed only where a separator can show them."""
        return cell.is_value or bool(cell.text) or self.between != "   "

    def cell(self, cell: Cell) -> str:
        """A cell's text, a mark where it is blank."""
        if cell.is_value and not cell.text:
            mark = self.rng.choice(self.marks)
            if mark == "无":
                cell.value, cell.stated = 0.0, True
            elif mark:
                # Neither a number nor an empty cell.
                cell.optional = True
            return mark
        text = cell.text
        if cell.role == "label" and self.rng.random() < self.confused:
            text = text.translate(self.LOOK_ALIKE)
        return f'"{text}"' if self.between == "," and "," in text else text

    def page(self, title: str, above: Table) -> str:
        self.pages += 1
        return self.rng.choice((f"第{self.pages}页", f"-{self.pages}-", ""))
