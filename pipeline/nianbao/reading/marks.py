"""Struck text and the marks of notes: they stand on the page and are no part of what it says."""

from __future__ import annotations

import re
from functools import cache
from itertools import accumulate

from nianbao.reading.config import load_config
from nianbao.reading.looks import RAISED, STRUCK
from nianbao.reading.nodes import Node

# A mark has fewer characters than this, blanks included; what stands beside it is not looked for beyond so many nodes.
_MOST_MARK, _NEAR = 20, 40


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    looks = load_config("html.yaml")["looks"]
    return re.compile(looks["mark"]), re.compile(looks["note_links"], re.IGNORECASE)


def leave_out_marks(nodes: list[Node]) -> None:
    """Empties the text of struck elements and of marks that are set high or low or lead to a note."""
    looked = [i for i, node in enumerate(nodes) if node.look is not None or node.tag == "a"]
    if not looked:
        return
    # Characters before each node, so that those inside of one are known at once.
    before = [0, *accumulate(len(node.text) for node in nodes)]
    most = load_config("html.yaml")["looks"]["most_share"] * before[-1]
    for i in looked:
        node, size = nodes[i], before[nodes[i].end] - before[i]
        if not size:
            continue
        if (node.look == STRUCK and size <= most) or (size <= _MOST_MARK and _is_mark(nodes, i)):
            for inner in nodes[i : node.end]:
                inner.text = ""


def _is_mark(nodes: list[Node], i: int) -> bool:
    node = nodes[i]
    mark, note = _patterns()
    if node.look != RAISED and not (node.tag == "a" and note.match(node.attributes.get("href") or "")):
        return False
    text = "".join(inner.text for inner in nodes[i : node.end]).strip()
    return bool(text) and mark.fullmatch(text) is not None and not _is_word(nodes, i)


def _is_word(nodes: list[Node], i: int) -> bool:
    """Whether a raised element belongs to its word: it follows a Latin letter, or nothing stands beside it."""
    before = _beside(nodes, range(i - 1, -1, -1))
    if before:
        return before[-1].isascii() and before[-1].isalpha()
    return not _beside(nodes, range(nodes[i].end, len(nodes)))


def _beside(nodes: list[Node], places: range) -> str:
    """The nearest text in the same block, "" where the block ends before any."""
    blocks = _blocks()
    for i in places[:_NEAR]:
        if nodes[i].tag in blocks or nodes[i].tag == "br":
            return ""
        if text := nodes[i].text.strip():
            return text
    return ""


@cache
def _blocks() -> frozenset[str]:
    return frozenset(load_config("html.yaml")["blocks"])
