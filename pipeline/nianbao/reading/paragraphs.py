"""The pages of a document in a row: lines of one paragraph and parts of one table joined, running heads left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from nianbao.reading.blocks import Block, GlyphLine, blocks
from nianbao.reading.config import load_config
from nianbao.reading.layout import Layout
from nianbao.reading.printed import PrintedText
from nianbao.reading.ruled import RuledTable, join
from nianbao.reading.sheet import Sheet

_DIGITS = re.compile(r"\d+")
_ENDS = re.compile(r"[。！？；：:!?;]\s*$")
# Running heads and page numbers stand in these shares of the page, at its top and at its foot.
_MARGIN, _FOOT = 0.08, 0.12
# How far from the right edge lines end that go on (those that end a sentence; others), and how far first lines of
# paragraphs are set in, in characters.
_FULL, _NEARLY, _INDENT = 1.1, 2.5, 1.2
# So many wide gaps make a line a row of a table.
_ROW = 2


@dataclass(slots=True)
class PageBlocks:
    """A page's lines and tables, by their place on it."""

    width: float
    height: float
    blocks: list[Block]


@cache
def _pattern(name: str) -> re.Pattern[str]:
    """A pattern of the part `pages` of configs/reading.yaml."""
    return re.compile(load_config("reading.yaml")["pages"][name])


def lay_out(sheets: Sequence[Sheet]) -> Layout:
    """The sheets' lines and tables in a row, as text with grids and places."""
    layout = Layout()
    for block in joined([PageBlocks(sheet.width, sheet.height, blocks(sheet)) for sheet in sheets]):
        if isinstance(block, GlyphLine):
            layout.add(block.text, block.words.glyphs)
        else:
            layout.add_table(block.slots())
    return layout


def joined(pages: list[PageBlocks]) -> Iterator[Block]:
    """The pages in a row: without running heads, lines of one paragraph and parts of one table joined."""
    repeated = _repeated(pages)
    for page in pages:
        page.blocks = [
            block
            for block in page.blocks
            if isinstance(block, RuledTable) or not (_mask(block.text) in repeated or _is_page_number(block, page))
        ]
    columns = {
        width: _column([p for p in pages if round(p.width) == width]) for width in {round(p.width) for p in pages}
    }
    held: Block | None = None
    for page in pages:
        column = columns[round(page.width)]
        for index, block in enumerate(page.blocks):
            whole = None if held is None else _one(held, block, column, over_pages=index == 0)
            if whole is None and held is not None:
                yield held
            held = whole or block
    if held is not None:
        yield held


def _one(held: Block, block: Block, column: tuple[float, float], over_pages: bool) -> Block | None:
    """Two neighbours as one: lines of a paragraph, or a table's parts on two pages; None where they are two."""
    if isinstance(held, GlyphLine) and isinstance(block, GlyphLine) and _goes_on(held, block, column):
        return replace(block, words=_together(held.words, block.words))
    if isinstance(held, RuledTable) and isinstance(block, RuledTable) and over_pages:
        return join(held, block)
    return None


def _column(pages: list[PageBlocks]) -> tuple[float, float]:
    """Where full lines begin and end on these pages."""
    lines = [block for page in pages for block in page.blocks if isinstance(block, GlyphLine)]
    right = max((line.x1 for line in lines), default=0.0)
    return min((line.x0 for line in lines if right - line.x1 < _NEARLY * line.size), default=0.0), right


def _goes_on(line: GlyphLine, after: GlyphLine, column: tuple[float, float]) -> bool:
    """Whether a paragraph runs on from one line to the next: the first is full, the second not set in.

    A sentence that ends with its line ends a paragraph too, unless the line is full to the last character.
    """
    left, right = column
    gap = (right - line.x1) / line.size
    # A row of a table without rules is no sentence.
    if (
        max(line.gaps, after.gaps) >= _ROW
        or after.x0 - left >= _INDENT * after.size
        or _pattern("begins").match(after.text)
    ):
        return False
    return gap < (_FULL if _ENDS.search(line.text) else _NEARLY)


def _together(first: PrintedText, second: PrintedText) -> PrintedText:
    """Two lines as one; between Latin words stands a blank."""
    left, right = first.text[-1], second.text[0]
    latin = left.isascii() and left.isalpha() and right.isascii() and right.isalpha()
    return first + PrintedText(" ", (None,)) + second if latin else first + second


def _is_page_number(line: GlyphLine, page: PageBlocks) -> bool:
    margin = not _FOOT <= line.top / page.height <= 1 - _FOOT
    return margin and _pattern("number").fullmatch(line.text) is not None


def _repeated(pages: list[PageBlocks]) -> set[str]:
    """Lines that stand at the top or bottom of most pages."""
    if len(pages) < 2:
        return set()
    seen: Counter[str] = Counter()
    for page in pages:
        lines = [b for b in page.blocks if isinstance(b, GlyphLine)]
        seen.update({_mask(b.text) for b in lines if not _MARGIN <= b.top / page.height <= 1 - _MARGIN})
    return {text for text, count in seen.items() if count > len(pages) / 2}


def _mask(text: str) -> str:
    """The text with its numbers alike: "报告 1/3" and "报告 2/3" are one running head."""
    return _DIGITS.sub("0", text)
