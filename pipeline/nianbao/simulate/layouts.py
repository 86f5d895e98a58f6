"""How a crawl hands down a table: as a grid, as cells in lines, as rows, or glued together."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from nianbao.simulate.annotated import Annotated, Builder
from nianbao.simulate.facts import BLANK, METRIC, OTHER, VALUE
from nianbao.simulate.tables import PrintedCell, PrintedGrid

KIND = "KIND"
"""Label of the spans that say what a stretch of text is: title, heading, prose, caption, column_head, row_label, unit,
value, note, furniture."""

Renderer = Callable[[random.Random, PrintedGrid], Annotated]


def add_cell(builder: Builder, cell: PrintedCell, text: str | None = None, named: bool = True) -> None:
    """A cell's text with its spans. `text` is a part of it; only one part is `named` as the metric's mention."""
    text = cell.text if text is None else text
    if not text:
        if cell.slot:
            with builder.span(BLANK, cell.slot):
                pass
        return
    label, data = _label(cell)
    with builder.span(KIND, cell.role):
        if label and (named or label != METRIC):
            with builder.span(label, data):
                builder.add(text)
        else:
            builder.add(text)


def _label(cell: PrintedCell) -> tuple[str | None, object]:
    if cell.mention:
        return METRIC, cell.mention
    if cell.slot:
        return VALUE, cell.slot
    return (OTHER, cell.other) if cell.other else (None, None)


def _cells(grid: PrintedGrid) -> Iterator[PrintedCell]:
    for row in grid.rows:
        yield from row


def cell_lines(rng: random.Random, grid: PrintedGrid) -> Annotated:
    """One cell a line; a blank cell leaves an empty line."""
    blank = rng.choice(("", " ", "\u3000", "\u00a0"))
    return _one_a_line(grid, "\n", blank)


def cell_lines_apart(rng: random.Random, grid: PrintedGrid) -> Annotated:
    """One cell a line, an empty line between; a blank cell leaves more empty lines, or a line with a blank on it."""
    blank = rng.choice(("", " ", "\u3000"))
    return _one_a_line(grid, "\n\n", blank)


def _one_a_line(grid: PrintedGrid, separator: str, blank: str) -> Annotated:
    builder = Builder()
    for index, cell in enumerate(_cells(grid)):
        if index:
            builder.add(separator)
        add_cell(builder, cell)
        if not cell.text:
            builder.add(blank)
    return builder.build()


def empty_lines(rng: random.Random, grid: PrintedGrid) -> Annotated:
    """One cell a line, an empty line between rows at times; a blank leaves no more than an extra empty line."""
    builder = Builder()
    between = rng.choice(("\n", "\n\n"))
    for index, row in enumerate(grid.rows):
        if index:
            builder.add(between)
        for at, cell in enumerate(row):
            if at:
                builder.add("\n")
            add_cell(builder, cell)
    return builder.build()


def pipes(rng: random.Random, grid: PrintedGrid) -> Annotated:
    """One cell a line with a pipe after each; a blank cell is a pipe alone; rows with wide cells end in several."""
    builder = Builder()
    gap = rng.choice((" |", " |", "|"))
    doubled = rng.random() < 0.5
    for cell in _cells(grid):
        add_cell(builder, cell)
        builder.add((gap if cell.text else "|") + ("|" * (cell.colspan - 1) if doubled else "") + "\n")
    return builder.build()


def markdown(rng: random.Random, grid: PrintedGrid) -> Annotated:
    """Rows as Markdown, a line of dashes under the first; what spans several columns stands in the first of them."""
    builder = Builder()
    width = max(sum(cell.colspan for cell in row) for row in grid.rows)
    pad = rng.choice((" ", " ", ""))
    taken: dict[int, int] = {}
    for index, row in enumerate(grid.rows):
        _markdown_row(builder, row, width, pad, taken)
        if index == 0:
            builder.add("\n|" + (f"{pad}---{pad}|") * width)
        if index < len(grid.rows) - 1:
            builder.add("\n")
    return builder.build()


def _markdown_row(builder: Builder, row: list[PrintedCell], width: int, pad: str, taken: dict[int, int]) -> None:
    """One line; `taken` says for how many more rows a column is taken by a cell from above."""
    builder.add("|")
    column = 0
    cells = iter(row)
    while column < width:
        if taken.get(column, 0) > 0:
            taken[column] -= 1
            builder.add(f"{pad}|")
            column += 1
            continue
        cell = next(cells, None)
        if cell is None:
            builder.add(f"{pad}|")
            column += 1
            continue
        builder.add(pad)
        add_cell(builder, cell)
        builder.add(f"{pad}|" + f"{pad}|" * (cell.colspan - 1))
        for spanned in range(column, column + cell.colspan):
            taken[spanned] = cell.rowspan - 1
        column += cell.colspan


def _rows(separator: str) -> Renderer:
    def render(rng: random.Random, grid: PrintedGrid) -> Annotated:
        builder = Builder()
        for index, row in enumerate(grid.rows):
            if index:
                builder.add("\n")
            for at, cell in enumerate(row):
                if at:
                    builder.add(separator)
                add_cell(builder, cell)
        return builder.build()

    return render


def glued(rng: random.Random, grid: PrintedGrid) -> Annotated:
    """Everything run together; at times a row is a line, at times a blank strays in."""
    builder = Builder()
    line = rng.choice(("", "", "\n"))
    stray = rng.choice((0.0, 0.0, 0.04))
    for index, row in enumerate(grid.rows):
        if index:
            builder.add(line)
        for cell in row:
            add_cell(builder, cell)
            if rng.random() < stray:
                builder.add(" ")
    return builder.build()


def shuffled(rng: random.Random, grid: PrintedGrid) -> Annotated:
    """Markdown from a page dump: labels in fragments above and below their numbers, groups' names amid their rows."""
    builder = Builder()
    waiting: dict[int, list[PrintedCell]] = {}
    rate = rng.choice((0.25, 0.5, 0.9))
    for index, row in enumerate(grid.rows):
        for cell in waiting.pop(index, []):
            for part in _fragments(rng, cell.text):
                builder.add("| ")
                add_cell(builder, cell, part)
                builder.add(" |\n")
        here = []
        for cell in row:
            if cell.role == "row_label" and cell.rowspan > 2:
                waiting.setdefault(index + cell.rowspan // 2, []).append(cell)
            else:
                here.append(cell)
        if here:
            _fragment_row(rng, builder, here, rate)
    for cells in waiting.values():
        for cell in cells:
            add_cell(builder, cell)
            builder.add("\n")
    return builder.build()


def _fragment_row(rng: random.Random, builder: Builder, row: list[PrintedCell], rate: float) -> None:
    """One row: its label may be broken, one half in a line above its numbers, the other below."""
    label = row[0]
    if label.role != "row_label" or len(label.text) < 8 or len(row) < 2 or rng.random() >= rate:
        builder.add("|")
        for cell in row:
            builder.add(" ")
            add_cell(builder, cell)
            builder.add(" |")
        builder.add("\n")
        return
    above, below = _fragments(rng, label.text, halves=True)
    # The longer half counts as what names the metric.
    above_names = len(above) >= len(below)
    builder.add("| ")
    add_cell(builder, label, above, named=above_names)
    builder.add(" |" + rng.choice(("", "  |" * (len(row) - 1))) + "\n|  |")
    for cell in row[1:]:
        builder.add(" ")
        add_cell(builder, cell)
        builder.add(" |")
    builder.add("\n| ")
    add_cell(builder, label, below, named=not above_names)
    builder.add(" |\n")


def _fragments(rng: random.Random, text: str, halves: bool = False) -> list[str]:
    if not halves and (len(text) < 6 or rng.random() < 0.5):
        return [text]
    cut = rng.randint(len(text) // 3, 2 * len(text) // 3)
    return [text[:cut], text[cut:]]


LAYOUTS: dict[str, Renderer] = {
    "cell_lines": cell_lines,
    "cell_lines_apart": cell_lines_apart,
    "empty_lines": empty_lines,
    "pipes": pipes,
    "markdown": markdown,
    "tabs": _rows("\t"),
    "spaces": _rows(" "),
    "double_spaces": _rows("  "),
    "html": _rows("\t"),
    "glued": glued,
    "shuffled": shuffled,
}
"""Every layout by name. `spaces` leaves two blanks where a cell is blank; `html` is what a reader makes of the page."""
