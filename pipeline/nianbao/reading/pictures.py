"""Pictures of a page that stand where its tables or its text should be."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from nianbao.reading.article import CHINESE, Article
from nianbao.reading.config import load_config
from nianbao.reading.nodes import Node
from nianbao.reading.ocr.engine import MISSING, is_installed, was_recognised
from nianbao.reading.source import ReadWarning

Load = Callable[[str], bytes | None]
"""The bytes of a picture by its address on the page; None where they are not at hand."""

_PAGES = frozenset((".html", ".htm", ".shtml", ".xhtml"))
_LENGTH = re.compile(r"\s*(\d{1,5})(?:\.\d+)?\s*(?:px|pt)?\s*(?:;|$)")

_NUMBER = re.compile(r"\d+")


@cache
def _rules() -> dict[str, Any]:
    return dict(load_config("html.yaml")["pictures"])


def telling_pictures(shown: Article, offsets: Sequence[int], title: str | None) -> list[int]:
    """The indexes of those pictures, by the offsets that they stand at, that seem to say what the text does not.

    All of a page that says nothing else, or is a report with next to no numbers; else those that stand right under a
    line that announces a table, or under a section's heading with nothing else.
    """
    if not offsets:
        return []
    report = re.search(load_config("html.yaml")["report_title"], f"{title or ''}\n{shown.text[:1000]}")
    poor = shown.characters() - len(CHINESE.findall(title or "")) < load_config("html.yaml")["unseen"]["poor"]
    if poor or (report and not shown.numbers() and len(_NUMBER.findall(shown.text)) < _rules()["few_numbers"]):
        return list(range(len(offsets)))
    return [i for i, offset in enumerate(offsets) if report and _is_announced(shown, offset)]


def with_pictures(shown: Article, pictures: Sequence[tuple[int, bytes | None]]) -> tuple[Article, list[ReadWarning]]:
    """The article with what its pictures say, where text can be recognised, and what is to be said about them.

    Args:
        pictures: the offsets that they stand at, and their bytes, None where they are not at hand.
    """
    if not pictures:
        return shown, []
    pieces: list[tuple[int, Article]] = []
    if is_installed():
        from nianbao.reading.ocr.read import read_picture

        most = load_config("ocr.yaml")["pages"]
        found = ((offset, read_picture(data)) for offset, data in pictures[:most] if data is not None)
        pieces = [(offset, article) for offset, article in found if article is not None]
    warnings = [was_recognised(f"{len(pieces)} pictures were")] if pieces else []
    if left := len(pictures) - len(pieces):
        advice = "" if is_installed() else f"; {MISSING}"
        what = f"{left} pictures stand where tables or text should be; they were not read{advice}"
        warnings.append(ReadWarning("images", what))
    return shown.insert(pieces), warnings


def _is_announced(shown: Article, offset: int) -> bool:
    """Whether the line before a picture calls for a table that does not follow."""
    before = shown.text[:offset].rstrip("\n").rpartition("\n")[2]
    if not re.search(_rules()["announces"], before) and not re.match(
        load_config("html.yaml")["unseen"]["heading"], before
    ):
        return False
    return not any(offset <= grid.start <= offset + 1 for grid in shown.grids)


def is_small(node: Node) -> bool:
    """Whether the page says that it shows the picture small: an icon, a line."""
    attributes = node.attributes
    sizes = [attributes.get("width"), attributes.get("height")]
    style = attributes.get("style") or ""
    sizes += re.findall(r"(?:^|[;\s])(?:width|height)\s*:([^;]*)", style)
    lengths = [int(found.group(1)) for size in sizes if size and (found := _LENGTH.match(size))]
    source = attributes.get("src") or ""
    if not source or re.search(_rules()["icons"], source[:300], re.IGNORECASE):
        return True
    return bool(lengths) and min(lengths) < _rules()["least"]


def picture_bytes(node: Node, load: Load | None) -> bytes | None:
    """The bytes of a picture: those in its own address, else what `load` gives for it."""
    source = node.attributes.get("src") or ""
    if source[:5].lower() == "data:":
        head, _, data = source.partition(",")
        if not head.lower().endswith(";base64"):
            return None
        try:
            return b64decode(unquote(data))
        except ValueError:
            return None
    return load(source) if load is not None else None


def beside(place: str) -> Load | None:
    """Gives the files that lie in a page's own folder or below it; None where the page is no file."""
    page = Path(place)
    try:
        if page.suffix.lower() not in _PAGES or not page.is_file():
            return None
    except (OSError, ValueError):
        return None
    folder = page.parent.resolve()

    def load(address: str) -> bytes | None:
        try:
            path = (folder / unquote(address.partition("?")[0])).resolve()
            inside = path.is_relative_to(folder) and path.is_file()
            return path.read_bytes() if inside and path.stat().st_size <= _rules()["most_bytes"] else None
        except (OSError, ValueError):
            return None

    return load
