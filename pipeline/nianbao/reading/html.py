"""HTML pages: the main content as lines, and the true grids of its tables.

Lines follow the block elements and <br>. A data table gives one line a row, its cells separated by tabs, each cell
once and where it begins; an empty cell is nothing between two tabs. Inside a cell, line breaks become a blank, or
nothing between two Chinese characters.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from nianbao.reading.article import Article
from nianbao.reading.blanks import collapse
from nianbao.reading.config import load_config
from nianbao.reading.content import find_content
from nianbao.reading.dom import HostilePage, Page, flatten
from nianbao.reading.errors import ReadError
from nianbao.reading.files import check_text, over_limit, too_large
from nianbao.reading.nodes import Node
from nianbao.reading.pictures import Load, beside, is_small, picture_bytes, telling_pictures, with_pictures
from nianbao.reading.places import Places
from nianbao.reading.plain import damage, decode_or_refuse
from nianbao.reading.render import LineWriter, cell_text, render
from nianbao.reading.source import Grid, ReadWarning, Source
from nianbao.reading.unseen import add_unseen

PAGE_FACTOR = 4
"""A page may be so many times as large as the text in it: pictures and scripts stand between."""

_HEAD_LINES = 15
_TITLE_CHARACTERS = 100


def from_bytes(data: bytes, doc_id: str, place: str, max_bytes: int, load: Load | None = None) -> Source:
    """A document from the bytes of a page.

    Args:
        load: gives the bytes of a picture by its address on the page; None: those that lie beside the file.

    Raises:
        ReadError: it is no text, its encoding cannot be told, it is hostile to parsers, or it holds no text or more
            than `max_bytes` of it.
    """
    check_text(data, place, max_bytes * PAGE_FACTOR)
    decoded = decode_or_refuse(data, place, declares=True)
    try:
        text, grids, title, warnings, places = to_text(decoded.text, load or beside(place))
    except HostilePage as error:
        raise ReadError(
            f"cannot be read as HTML: {error}; if it is a report, save its text as .txt", path=place, kind="html"
        ) from error
    if not text:
        raise ReadError(
            "holds no text between its tags; the report may be a picture, an attachment or loaded by a script",
            path=place,
            kind="empty",
        )
    if over_limit(text, max_bytes):
        raise too_large(place, max_bytes)
    metadata = {"title": title} if title else {}
    warnings = [*damage(decoded), *warnings]
    return Source(doc_id, text, grids, metadata, place, encoding=decoded.encoding, warnings=warnings, places=places)


class PageText(NamedTuple):
    """What a page says. `title`: the one that it gives itself; `warnings`: what could not be read in full."""

    text: str
    grids: tuple[Grid, ...]
    title: str | None
    warnings: list[ReadWarning]
    places: Places | None = None


def to_text(markup: str, load: Load | None = None) -> PageText:
    """The text of a page's main content with its grids and its title.

    Args:
        load: gives the bytes of a picture by its address on the page, None where they are not at hand.

    Raises:
        HostilePage: parsing it would not end in reasonable time.
    """
    page = flatten(markup)
    title, of_article = _title(page.nodes, page.head)
    shown, found = _article(page)
    told = telling_pictures(shown, [offset for offset, _ in found], title)
    article, unseen = add_unseen(page, shown, title, lambda part: _article(flatten(part))[0], pictures=bool(told))
    warnings = [ReadWarning("script", unseen)] if unseen else []
    if article is shown:
        pictures = [(found[i][0], picture_bytes(found[i][1], load)) for i in told]
        article, said = with_pictures(shown, pictures)
        warnings += said
    # The title often stands outside the content; a report's year may be nowhere else.
    if title and _is_report_title(title) and not _says_title(article.text.split("\n"), title, of_article):
        article = article.insert([(0, Article(title))])
    return PageText(article.text, article.grids, title, warnings, article.places)


def _article(page: Page) -> tuple[Article, list[tuple[int, Node]]]:
    """What the page shows, and its pictures with the offsets that they stand at."""
    writer = LineWriter()
    render(page.nodes, find_content(page.nodes), writer)
    large = [(offset, node) for offset, node in writer.pictures if not is_small(node)]
    return Article("\n".join(writer.lines), tuple(writer.grids)), large


def _title(nodes: list[Node], head: dict[str, str]) -> tuple[str | None, bool]:
    """The page's title, and whether it is the article's own (a meta element or heading) rather than the window's."""
    for name in load_config("html.yaml")["title_metas"]:
        if title := _without_site(head.get(name, "")):
            return title, True
    headings = (cell_text(nodes, i)[:_TITLE_CHARACTERS] for i, node in enumerate(nodes) if node.tag == "h1")
    if heading := next((h for h in headings if _is_report_title(h)), None):
        return heading, True
    return _without_site(head.get("title", "")) or None, False


def _without_site(title: str) -> str:
    """A window's title without the site's name that follows a dash."""
    title = collapse(title)
    shorter = re.sub(load_config("html.yaml")["title_tail"], "", title)
    return shorter if _is_report_title(shorter) else title


def _is_report_title(text: str) -> bool:
    return re.search(load_config("html.yaml")["report_title"], text) is not None


def _says_title(lines: list[str], title: str, of_article: bool) -> bool:
    """Whether the content's first lines have the title; for the window's title, any title of a report will do."""
    first = lines[:_HEAD_LINES]
    if "".join(title.split()) in "".join("".join(first).split()):
        return True
    return not of_article and any(
        len(line) <= _TITLE_CHARACTERS and "。" not in line and _is_report_title(line) for line in first
    )
