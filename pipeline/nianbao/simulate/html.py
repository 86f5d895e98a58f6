"""A report as a page: what a reader of HTML makes of it is the report's text again."""

from __future__ import annotations

from html import escape

from nianbao.simulate.annotated import Annotated
from nianbao.simulate.document import HEADING, TABLE
from nianbao.simulate.tables import PrintedGrid


def to_html(text: Annotated) -> str:
    """The page: a paragraph a line, a heading element for each heading, tables with rowspan and colspan."""
    tables = sorted((span.start, span.end, span.data) for span in text.labelled(TABLE))
    headings = {span.start: span.data for span in text.labelled(HEADING)}
    parts = ['<!DOCTYPE html>\n<html lang="zh-CN">\n<head><meta charset="utf-8"></head>\n<body>\n<div class="article">']
    at = 0
    for start, end, grid in tables:
        parts += _paragraphs(text.text, at, start, headings)
        parts.append(_table(text.text[start:end], grid))
        at = end
    parts += _paragraphs(text.text, at, len(text), headings)
    parts.append("</div>\n</body>\n</html>\n")
    return "\n".join(parts)


def _paragraphs(text: str, start: int, end: int, headings: dict[int, int]) -> list[str]:
    parts = []
    at = start
    for line in text[start:end].split("\n"):
        if line:
            level = headings.get(at)
            # A heading that runs on into its paragraph stays in it.
            tag = f"h{level + 1}" if level and "。" not in line else "p"
            parts.append(f"<{tag}>{escape(line)}</{tag}>")
        at += len(line) + 1
    return parts


def _table(text: str, grid: PrintedGrid) -> str:
    rows = []
    for line, cells in zip(text.split("\n"), grid.rows, strict=True):
        parts = []
        for content, cell in zip(line.split("\t"), cells, strict=True):
            tag = "th" if cell.role == "column_head" else "td"
            spans = f' rowspan="{cell.rowspan}"' if cell.rowspan > 1 else ""
            spans += f' colspan="{cell.colspan}"' if cell.colspan > 1 else ""
            parts.append(f"<{tag}{spans}>{escape(content)}</{tag}>")
        rows.append("<tr>" + "".join(parts) + "</tr>")
    return '<table border="1">\n' + "\n".join(rows) + "\n</table>"
