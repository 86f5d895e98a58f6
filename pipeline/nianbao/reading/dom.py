"""An HTML page as a flat list of nodes, in the order of the page, made without recursion."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from nianbao.reading.config import load_config

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

TEXT = ""
"""The tag of a node of text."""

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:_-]{0,30})")
# Possessive, so that unclosed quotes cannot make it go back.
_WHOLE_TAG = re.compile(r"<[A-Za-z](?:[^\"'>]++|\"[^\"]*+\"|'[^']*+')*+")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_TITLE_CHARACTERS = 300
_ATTRIBUTE_GAP = re.compile(r"[\s/]+")
# Opened again in each block when left open (the HTML standard's formatting elements).
_FORMATTING = frozenset(
    ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"]
)
# Without content, or closed by the next of their kind: many unclosed ones do not nest.
_FLAT = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
).union(["p", "li", "dd", "dt", "option", "optgroup", "tr", "td", "th", "thead", "tbody", "tfoot", "colgroup"])


class HostilePage(ValueError):
    """A page that would take the parser minutes or gigabytes; no real one does."""


@dataclass(slots=True)
class Node:
    """An element, or a run of text (`tag` is TEXT). `end`: the index after its last descendant."""

    tag: str
    parent: int
    end: int
    text: str
    attributes: dict[str, str | None]


@cache
def _dropped() -> frozenset[str]:
    return frozenset(load_config("html.yaml")["dropped"])


def flatten(markup: str) -> tuple[list[Node], dict[str, str]]:
    """The nodes under `body`, elements without text of the document left out, and the head's titles.

    Returns:
        the nodes, the first being `body`; the `content` of the head's `meta` by lower-case name, and "title".

    Raises:
        HostilePage: parsing it would not end in reasonable time.
    """
    from selectolax.lexbor import LexborHTMLParser

    check_cost(markup)
    tree = LexborHTMLParser(markup)
    if tree.body is None:
        return [Node("body", -1, 1, "", {})], _titles(tree)
    return _flatten(tree.body), _titles(tree)


def _flatten(body: LexborNode) -> list[Node]:
    dropped = _dropped()
    nodes: list[Node] = []
    above: list[int] = []
    current: LexborNode | None = body
    while current is not None:
        tag = current.tag
        if tag == "-text":
            nodes.append(Node(TEXT, above[-1], len(nodes) + 1, current.text_content or "", _NONE))
        elif tag and tag[0] not in "-!" and tag not in dropped:
            nodes.append(Node(tag, above[-1] if above else -1, len(nodes) + 1, "", current.attributes))
            child = current.first_child
            if child is not None:
                above.append(len(nodes) - 1)
                current = child
                continue
        while above and current is not None and current.next is None:
            nodes[above.pop()].end = len(nodes)
            current = current.parent
        current = current.next if above and current is not None else None
    return nodes


_NONE: dict[str, str | None] = {}


def _titles(tree: LexborHTMLParser) -> dict[str, str]:
    head = tree.head
    found: dict[str, str] = {}
    for node in head.iter() if head is not None else ():
        if node.tag == "title":
            found.setdefault("title", node.text(deep=True)[:_TITLE_CHARACTERS])
        elif node.tag == "meta":
            attributes = node.attributes
            name = attributes.get("name") or attributes.get("property")
            if name and attributes.get("content"):
                found.setdefault(name.lower(), (attributes["content"] or "")[:_TITLE_CHARACTERS])
    return found


def check_cost(markup: str) -> None:
    """Estimates what the parse will take, in one pass over the tags.

    The HTML standard's algorithm walks the open elements at every block, and opens unclosed text styles again in
    each, so that time and memory can grow with the square of the page.

    Raises:
        HostilePage: it passes one of the limits of configs/html.yaml.
    """
    tags = markup.count("<")
    limits = load_config("html.yaml")["limits"]
    if tags > limits["tags"]:
        raise HostilePage(f"{tags:,} tags, the limit is {limits['tags']:,}")
    for tag in _WHOLE_TAG.finditer(markup):
        if tag.end() - tag.start() > limits["attributes"]:
            count = len(_ATTRIBUTE_GAP.findall(_QUOTED.sub("", tag.group())))
            if count > limits["attributes"]:
                raise HostilePage(f"an element with {count:,} attributes, the limit is {limits['attributes']:,}")
    # The steps are at most the square of the tags: pages of usual size need no closer look.
    if tags * tags > limits["reopened"]:
        _check_nesting(markup, limits)


def _check_nesting(markup: str, limits: dict[str, int]) -> None:
    opened: dict[str, int] = {}
    depth = styles = steps = reopened = roots = 0
    for match in _TAG.finditer(markup):
        tag = match.group(2).lower()
        if tag in ("html", "body"):
            roots += 1
        elif match.group(1):
            if not opened.get(tag):
                steps += depth
            else:
                opened[tag] -= 1
                depth -= 1
                styles -= tag in _FORMATTING
        else:
            steps += depth
            if tag in _FORMATTING:
                styles += 1
            else:
                reopened += styles
            if tag not in _FLAT:
                opened[tag] = opened.get(tag, 0) + 1
                depth += 1
    if steps > limits["parser_steps"] or roots > limits["attributes"]:
        raise HostilePage("elements nested too deeply, or never closed")
    if reopened > limits["reopened"]:
        raise HostilePage("too many elements of text style (<font>, <b>) that are never closed")
