"""An HTML page as a flat list of nodes, in the order of the page, made without recursion."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from nianbao.reading.config import load_config
from nianbao.reading.fields import FIELDS, field_value, unseen_markup
from nianbao.reading.looks import HIDDEN, StyleSheets, looked_at
from nianbao.reading.marks import leave_out_marks
from nianbao.reading.nodes import TEXT, Node

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:_-]{0,30})")
# Possessive, so that unclosed quotes cannot make it go back.
_WHOLE_TAG = re.compile(r"<[A-Za-z](?:[^\"'>]++|\"[^\"]*+\"|'[^']*+')*+")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_TITLE_CHARACTERS = 300
# How many elements up the cell of a form field is looked for, and how many frames may stand in each other.
_NEAR_CELL, _MOST_FRAMES = 20, 3
_MOST_LONG = 100
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
class Page:
    """What a page shows, and what it holds beside it.

    `nodes`: those under `body`, the first being `body`; `head`: the `content` of the head's `meta` by lower-case name,
    and "title"; `scripts`: their text; `unseen`: markup that is there but not shown; `frames`: other pages shown in it;
    `loads`: whether it loads scripts from elsewhere.
    """

    nodes: list[Node]
    head: dict[str, str]
    scripts: list[str]
    unseen: list[str]
    frames: int = 0
    loads: bool = False


def flatten(markup: str) -> Page:
    """The page's nodes, what no reader sees left out.

    Raises:
        HostilePage: parsing it would not end in reasonable time.
    """
    from selectolax.lexbor import LexborHTMLParser

    check_cost(markup)
    tree = LexborHTMLParser(markup)
    looks = StyleSheets.of_sheets(sheet.text() for sheet in tree.css("style"))
    scripts = tree.css("script")
    page = Page([], _titles(tree), [text for script in scripts if (text := script.text())], [])
    page.loads = any("src" in script.attributes for script in scripts)
    if tree.body is None:
        page.nodes.append(Node("body", -1, 1, "", {}))
    else:
        _Walk(page, looks).run(tree.body)
    leave_out_marks(page.nodes)
    return page


@cache
def _dropped() -> frozenset[str]:
    return frozenset(load_config("html.yaml")["dropped"])


class _Walk:
    """One pass through a tree without recursion, its nodes put behind those that are there."""

    def __init__(self, page: Page, looks: StyleSheets, above: int = -1, depth: int = 0) -> None:
        self.page, self.looks, self.depth = page, looks, depth
        self.above = [above] if above >= 0 else []
        self.least = len(self.above)
        self.long = 0
        self.dropped, self.looking = _dropped(), looked_at()
        self.most_hidden: int = load_config("html.yaml")["looks"]["sheet_characters"]

    def run(self, body: LexborNode) -> None:
        nodes, above = self.page.nodes, self.above
        current: LexborNode | None = body
        while current is not None:
            if self._add(current):
                child = current.first_child
                if child is not None:
                    above.append(len(nodes) - 1)
                    current = child
                    continue
            while len(above) > self.least and current is not None and current.next is None:
                nodes[above.pop()].end = len(nodes)
                current = current.parent
            current = current.next if len(above) > self.least and current is not None else None

    def _add(self, current: LexborNode) -> bool:
        """Whether the node was put in and what stands in it is to be looked at."""
        nodes, tag = self.page.nodes, current.tag
        if tag == "-text":
            self._text(current.text_content or "")
            return False
        if not tag or tag[0] in "-!":
            return False
        attributes = current.attributes
        look = self._look(current, tag, attributes) if attributes or tag in self.looking else None
        if look == HIDDEN and self.above:
            if tag not in self.dropped:
                self.page.unseen.append(unseen_markup(current))
            return False
        if tag in FIELDS:
            self._field(current, tag)
            return False
        if tag in self.dropped:
            self._put_aside(current, tag, attributes)
            return False
        nodes.append(Node(tag, self.above[-1] if self.above else -1, len(nodes) + 1, "", attributes, look))
        return True

    def _text(self, text: str) -> None:
        self.page.nodes.append(Node(TEXT, self.above[-1], len(self.page.nodes) + 1, text, _NONE))

    def _look(self, node: LexborNode, tag: str, attributes: dict[str, str | None]) -> str | None:
        look = self.looks.inline(tag, attributes)
        if look is not None or not self.looks.by_selector:
            return look
        look = self.looks.by_sheet(tag, attributes)
        if look != HIDDEN:
            return look
        # Each look at a text costs its length: those that were too long are counted.
        short = self.long < _MOST_LONG and len(node.text()) <= self.most_hidden
        self.long += not short
        return HIDDEN if short else None

    def _field(self, node: LexborNode, tag: str) -> None:
        """The value that a form field shows, as text; a text area that holds markup is put aside."""
        value = field_value(node)
        in_cell = any(self.page.nodes[i].tag in ("td", "th") for i in self.above[-_NEAR_CELL:])
        rules = load_config("html.yaml")["fields"]
        if value and (in_cell or (len(value) <= rules["characters"] and re.search(rules["value"], value))):
            self._text(value)
        elif tag == "textarea":
            self.page.unseen.append(value)

    def _put_aside(self, node: LexborNode, tag: str, attributes: dict[str, str | None]) -> None:
        if tag in ("template", "noscript"):
            self.page.unseen.append(unseen_markup(node))
        elif tag == "iframe" and (inner := attributes.get("srcdoc")) and self.depth < _MOST_FRAMES:
            self._frame(inner)
        elif tag in ("iframe", "object", "embed"):
            self.page.frames += 1

    def _frame(self, markup: str) -> None:
        """The page that stands in a frame's own attribute, where the frame is."""
        from selectolax.lexbor import LexborHTMLParser

        check_cost(markup)
        tree = LexborHTMLParser(markup)
        if tree.body is not None:
            _Walk(self.page, self.looks, self.above[-1], self.depth + 1).run(tree.body)


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
