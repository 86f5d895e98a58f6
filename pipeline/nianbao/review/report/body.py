"""A report's text as it reads: headings, paragraphs, tables with their spans, loose cells side by side."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from nianbao.reading.source import Grid, GridCell, Source
from nianbao.review.report.marks import MarkupWriter

_LETTER = re.compile(r"[^\W\d_]")
_RULE = re.compile(r"[\s|:-]*-[\s|:-]*")
_CELL = Markup("<{tag}{scope}{row}{col}{kind}>{words}</{tag}>")


class Body:
    """Writes a document's text out as a page's elements.

    Args:
        source: with its grids.
        blocks: lines by kind, [start, end, kind].
        headings: as `nianbao structure` gives them.
        marked: what gives each piece with its marks.
    """

    def __init__(
        self,
        source: Source,
        blocks: Sequence[Sequence[Any]],
        headings: Sequence[Mapping[str, Any]],
        marked: MarkupWriter,
    ) -> None:
        self.text = source.text
        self.grids = source.grids
        self.blocks = list(_joined(source.text, blocks))
        self.headings = [(int(heading["start"]), int(heading["level"])) for heading in headings]
        self.marked = marked

    def render(self) -> Markup:
        """All of the text, in its order."""
        parts: list[Markup] = []
        at = 0
        for grid in self.grids:
            if grid.start < at:
                # A table within a cell is shown with that cell.
                continue
            parts.extend(self._lines(at, grid.start))
            parts.append(self._table(grid))
            at = max(grid.end, grid.start)
        parts.extend(self._lines(at, len(self.text)))
        return Markup("\n").join(parts)

    def _lines(self, start: int, end: int) -> Iterator[Markup]:
        loose: list[tuple[int, int]] = []
        for first, last, kind in self._stretches(start, end):
            if kind == "table":
                loose.append((first, last))
                continue
            if loose and kind == "blank":
                continue
            yield from self._loose(loose)
            loose = []
            if kind != "blank":
                yield self._line(first, last, kind)
        yield from self._loose(loose)

    def _stretches(self, start: int, end: int) -> Iterator[tuple[int, int, str]]:
        """What lies between two offsets, by kind, each character once; what no block holds is a paragraph."""
        at = start
        for first, last, kind in self.blocks:
            if last <= at or first >= end:
                continue
            first, last = max(first, at), min(last, end)
            if first > at:
                yield at, first, "blank" if not self.text[at:first].strip() else "prose"
            yield first, last, kind
            at = last
        if at < end:
            yield at, end, "blank" if not self.text[at:end].strip() else "prose"

    def _line(self, start: int, end: int, kind: str) -> Markup:
        words = self.marked.piece(start, end)
        if kind == "title":
            return Markup('<p class="title">{}</p>').format(words)
        if kind == "heading":
            # The page's own headings are h1 and h2.
            at = bisect_left(self.headings, (start, 0))
            known = at < len(self.headings) and self.headings[at][0] < end
            level = min(6, 2 + (self.headings[at][1] if known else 3))
            return Markup("<h{0}>{1}</h{0}>").format(level, words)
        return Markup('<p class="{}">{}</p>').format("furniture" if kind == "furniture" else "prose", words)

    def _table(self, grid: Grid) -> Markup:
        rows: dict[int, list[GridCell]] = {}
        for cell in grid.cells:
            rows.setdefault(cell.row, []).append(cell)
        lines = []
        for row in sorted(rows):
            cells = sorted(rows[row], key=lambda cell: cell.col)
            lines.append(Markup("<tr>{}</tr>").format(Markup("").join(map(self._cell, cells))))
        table = Markup("\n").join(lines)
        return Markup('<div class="wide" role="group" tabindex="0" aria-label="{}"><table>{}</table></div>').format(
            self.marked.lang.words["table"], table
        )

    def _cell(self, cell: GridCell) -> Markup:
        content = self.text[cell.start : cell.end]
        numeric = not _LETTER.search(content)
        return _CELL.format(
            tag="th" if cell.header else "td",
            scope=Markup(' scope="col"') if cell.header else "",
            row=Markup(' rowspan="{}"').format(cell.rowspan) if cell.rowspan > 1 else "",
            col=Markup(' colspan="{}"').format(cell.colspan) if cell.colspan > 1 else "",
            kind=Markup(' class="n"') if numeric else "",
            words=self.marked.piece(cell.start, cell.end),
        )

    def _loose(self, lines: Sequence[tuple[int, int]]) -> Iterator[Markup]:
        """Cells that lost their grid: piped lines as a table, others as rows that begin with words."""
        if not lines:
            return
        piped = [self.text[start:end].count("|") >= 2 for start, end in lines]
        at = 0
        while at < len(lines):
            to = at
            while to < len(lines) and piped[to] == piped[at]:
                to += 1
            yield self._piped(lines[at:to]) if piped[at] else self._rows(lines[at:to])
            at = to

    def _piped(self, lines: Sequence[tuple[int, int]]) -> Markup:
        rows = []
        for start, end in lines:
            if _RULE.fullmatch(self.text, start, end):
                continue
            cells = [self._td(*span) for span in self._between_pipes(start, end)]
            rows.append(Markup("<tr>{}</tr>").format(Markup("").join(cells)))
        return Markup('<div class="wide" role="group" tabindex="0" aria-label="{}"><table>{}</table></div>').format(
            self.marked.lang.words["table"], Markup("\n").join(rows)
        )

    def _td(self, start: int, end: int) -> Markup:
        kind = "" if _LETTER.search(self.text, start, end) else Markup(' class="n"')
        return Markup("<td{}>{}</td>").format(kind, self.marked.piece(start, end))

    def _between_pipes(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        left = end - len(self.text[start:end].lstrip())
        first = left + 1 if self.text[left : left + 1] == "|" else left
        while first < end:
            bar = self.text.find("|", first, end)
            if bar < 0:
                if self.text[first:end].strip():
                    yield first, end
                return
            yield first, bar
            first = bar + 1

    def _rows(self, lines: Sequence[tuple[int, int]]) -> Markup:
        rows: list[list[Markup]] = [[]]
        counts = False
        for start, end in lines:
            numeric = not _LETTER.search(self.text, start, end)
            cell = Markup('<span class="{}">{}</span>').format("n" if numeric else "l", self.marked.piece(start, end))
            if counts and not numeric:
                rows.append([])
            elif numeric and not counts and len(rows[-1]) > 1:
                # Words under words are a head; the last of them is the label of the numbers.
                rows.append([rows[-1].pop()])
            rows[-1].append(cell)
            counts = numeric
        return Markup('<div class="loose">{}</div>').format(
            Markup("\n").join(Markup('<p class="cells">{}</p>').format(Markup(" ").join(row)) for row in rows)
        )


def _joined(text: str, blocks: Sequence[Sequence[Any]]) -> Iterator[tuple[int, int, str]]:
    """The blocks, where parts of one printed line that read as one are one: piped rows, headings behind a `##`."""
    waiting: list[tuple[int, int, str]] = []
    for start, end, kind in blocks:
        if waiting and text.find("\n", waiting[0][0], start) >= 0:
            yield from _line_of(text, waiting)
            waiting = []
        waiting.append((start, end, kind))
    yield from _line_of(text, waiting)


def _line_of(text: str, parts: Sequence[tuple[int, int, str]]) -> Sequence[tuple[int, int, str]]:
    if not parts or parts[0][2] == "blank":
        return parts
    # Blocks leave out what is around their words: blanks, pipes, the signs of Markdown.
    start = text.rfind("\n", 0, parts[0][0]) + 1
    end = text.find("\n", parts[-1][1])
    end = len(text) if end < 0 else end
    parts = [*parts[:-1], (parts[-1][0], end, parts[-1][2])]
    parts = [(start, *parts[0][1:]), *parts[1:]]
    if text.count("|", start, end) >= 2:
        return [(start, end, "table")]
    if len(parts) > 1 and parts[1][2] == "heading" and not text[start : parts[1][0]].strip("#* \t"):
        parts = [(start, parts[1][1], "heading"), *parts[2:]]
    if {kind for _, _, kind in parts} == {"prose", "table"}:
        # A table that was found to begin or end within a line.
        return [(start, end, parts[0][2])]
    return parts
