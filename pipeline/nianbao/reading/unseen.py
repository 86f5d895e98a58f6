"""Text that a page holds but does not show itself: strings in its scripts, text areas, templates, hidden elements."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from typing import Any

from nianbao.reading.article import CHINESE, Article
from nianbao.reading.config import load_config
from nianbao.reading.dom import HostilePage, Page

# What begins a string or a comment in a script, and the inside of a string by its quote.
_BEGIN = re.compile(r"//|/\*|[\"'`]")
_INSIDE = {
    '"': re.compile(r"(?:[^\"\\\n]++|\\.)*+", re.DOTALL),
    "'": re.compile(r"(?:[^'\\\n]++|\\.)*+", re.DOTALL),
    "`": re.compile(r"(?:[^`\\]++|\\.)*+", re.DOTALL),
}
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "b": "", "f": "", "v": "", "0": ""}
_MARKUP = re.compile(r"<(?:table|tr|td|p|div|span|h[1-6]|br|section|article)\b", re.IGNORECASE)
_MOST_STRINGS, _LEAST_STRING = 200_000, 20


@cache
def _rules() -> dict[str, Any]:
    return dict(load_config("html.yaml")["unseen"])


def add_unseen(
    page: Page, shown: Article, title: str | None, read: Callable[[str], Article], *, pictures: bool = False
) -> tuple[Article, str | None]:
    """The article with what the page does not show itself, and a warning about it; the same article where it is whole.

    Whole articles are read where the page shows next to nothing, tables where it shows none though its headings wait
    for them. Two different articles are two answers to what the page shows: neither is read.

    Args:
        title: the page's own title.
        read: reads markup like a page.
        pictures: the page shows pictures where its text should be, so that its scripts are not to blame.
    """
    poor = shown.characters() - len(CHINESE.findall(title or "")) < _rules()["poor"]
    waiting = waiting_headings(shown)
    if not poor and (shown.numbers() or not waiting):
        return shown, None
    found = [article for markup in _markups(page) if (article := _read(markup, read)) is not None]
    whole = [article for article in found if article.characters() >= _rules()["whole"]]
    if poor and whole:
        best = max(whole, key=lambda article: (article.numbers(), article.characters()))
        if any(_differ(article, best) for article in whole):
            return shown, "the page holds several texts in its scripts and shows none of them itself: none was read"
        return best, "the text stands in a script or a hidden part of the page and was read from there"
    tables = [article for article in found if article.numbers()]
    if tables and not poor:
        return _with_tables(
            shown, tables, waiting
        ), f"{len(tables)} tables stand only in a script and were read from there"
    return shown, None if pictures else _silence(page, poor)


def waiting_headings(article: Article) -> list[int]:
    """The offsets after section headings that nothing stands under."""
    heading = re.compile(_rules()["heading"])
    ends: list[int] = []
    at, before = 0, False
    grids = {grid.start for grid in article.grids}
    for line in [*article.text.split("\n"), None]:
        is_heading = line is not None and at not in grids and heading.match(line) is not None
        if before and (is_heading or line is None):
            ends.append(at - 1)
        before = is_heading
        at += len(line or "") + 1
    return ends


def _silence(page: Page, poor: bool) -> str | None:
    """What is said where nothing could be read: the page is empty without its scripts, or its headings are."""
    if not (page.frames or page.scripts or page.loads):
        return None
    if poor:
        return "the page shows next to no text without its scripts and frames; save it from a browser"
    scripts = sum(len(CHINESE.findall(script)) for script in page.scripts)
    if page.frames or scripts >= _rules()["table_characters"]:
        return "nothing stands under headings of the page; what belongs there is loaded by a script or frame"
    return None


def _differ(article: Article, best: Article) -> bool:
    """Whether an article tells of something else: a report's title that the other has not."""
    titles = re.compile(load_config("html.yaml")["report_title"])
    lines = [line for line in article.text.split("\n")[: _rules()["head_lines"]] if titles.search(line)]
    return bool(lines) and "".join(lines[0].split()) not in "".join(best.text.split())


def _with_tables(shown: Article, tables: list[Article], waiting: list[int]) -> Article:
    """The tables under the headings that wait for them, one for each; at the end where their numbers differ."""
    places = waiting if len(waiting) == len(tables) else [len(shown.text)] * len(tables)
    return shown.insert(list(zip(places, tables, strict=True)))


def _read(markup: str, read: Callable[[str], Article]) -> Article | None:
    try:
        article = read(markup)
    except HostilePage:
        return None
    enough = article.numbers() or article.characters() >= _rules()["whole"]
    return article if enough else None


def _markups(page: Page) -> Iterator[str]:
    """Markup and longer texts in a page's unseen parts, the same one once, up to a limit of all their characters."""
    left = load_config("html.yaml")["limits"]["unseen"]
    seen: set[str] = set()
    for text in (*page.unseen, *(part for script in page.scripts for part in _of_script(script))):
        markup = _as_markup(text)
        if markup is None or markup in seen or len(markup) > left:
            continue
        seen.add(markup)
        left -= len(markup)
        yield markup


def _as_markup(text: str) -> str | None:
    """A text as markup: as it is, unescaped, or a plain text's lines; None where it is neither long nor a table."""
    if not CHINESE.search(text):
        return None
    if not _MARKUP.search(text) and "&lt;" in text:
        text = html.unescape(text)
    if _MARKUP.search(text):
        return text
    if len(CHINESE.findall(text)) < _rules()["whole"]:
        return None
    return f"<pre>{html.escape(text)}</pre>"


def _of_script(script: str, depth: int = 0) -> Iterator[str]:
    """The strings of a script that may hold an article; those in a string that is itself such data too.

    Markup in pieces that no table is whole in is put together, as the script would.
    """
    pieces: list[str] = []
    for text in islice(_strings(script), _MOST_STRINGS):
        # What a script puts in later is not there yet.
        if "${" in text:
            continue
        text = _unescape(text)
        if depth < 2 and text.lstrip()[:1] in ("{", "["):
            yield from _of_script(_data(text), depth + 1)
        elif _MARKUP.search(text) or "</" in text:
            pieces.append(text)
        elif len(text) >= _LEAST_STRING:
            yield text
    whole = [piece for piece in pieces if "<td" not in piece.lower() or "</table" in piece.lower()]
    if len(whole) == len(pieces):
        yield from pieces
    elif pieces:
        yield "".join(pieces)


def _strings(script: str) -> Iterator[str]:
    """What stands between quotes, with its escapes; comments are passed over, where an apostrophe begins no string."""
    at = 0
    # Up to where no string with this quote ends: each stretch is looked through once.
    unclosed: dict[str, int] = {}
    while found := _BEGIN.search(script, at):
        begin, at = found.group(), found.end()
        if begin in ("//", "/*"):
            close = "\n" if begin == "//" else "*/"
            end = script.find(close, at)
            at = len(script) if end < 0 else end + len(close)
        elif at > unclosed.get(begin, 0):
            inside = _INSIDE[begin].match(script, at)
            end = at if inside is None else inside.end()
            if script[end : end + 1] == begin:
                yield script[at:end]
                at = end + 1
            else:
                unclosed[begin] = end


def _data(text: str) -> str:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _unescape(text: str) -> str:
    if "\\" not in text:
        return text
    # Escapes name halves of characters beyond the first 65,536.
    return _ESCAPE.sub(_unescaped, text).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _unescaped(match: re.Match[str]) -> str:
    code = match.group(1) or match.group(2)
    if code:
        return chr(int(code, 16))
    return _ESCAPED.get(match.group(3), match.group(3))
