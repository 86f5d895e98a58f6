"""Pictures of a page that stand where its tables or its text should be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from nianbao.reading.article import CHINESE, Article
from nianbao.reading.config import load_config
from nianbao.reading.nodes import Node
from nianbao.reading.source import ReadWarning

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


def unread(count: int) -> ReadWarning:
    """What is said of pictures that were not read."""
    return ReadWarning("images", f"{count} pictures stand where tables or text should be; they were not read")


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
