"""The main content of a page among its navigation and footer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from nianbao.reading.config import load_config
from nianbao.reading.frames import data_tables
from nianbao.reading.nodes import TEXT, Node

# A look at each costs the whole page; real pages nest two or three.
_MOST_NAMED = 20


@dataclass(slots=True, frozen=True)
class Content:
    """`root`: index of the container that is the content; `left_out`: indexes of elements inside that are not.

    `data_tables`: indexes of the tables that hold data; the others are for layout.
    """

    root: int
    left_out: frozenset[int]
    data_tables: frozenset[int]


@dataclass(slots=True, frozen=True)
class _Rules:
    containers: frozenset[str]
    around_elements: frozenset[str]
    around_names: re.Pattern[str]
    content_names: re.Pattern[str]
    most_share: float
    link_share: float
    links: int
    content_share: float
    named_share: float
    table_weight: int
    small_table: int


@cache
def _rules() -> _Rules:
    data = load_config("html.yaml")
    around = data["around"]
    return _Rules(
        frozenset(data["containers"]),
        frozenset(around["elements"]),
        re.compile(_joined(around["names"]), re.IGNORECASE),
        re.compile(_joined(data["content_names"]), re.IGNORECASE),
        around["most_share"],
        around["link_share"],
        around["links"],
        data["content_share"],
        data["named_content_share"],
        data["table_weight"],
        data["small_table"],
    )


def _joined(pattern: str) -> str:
    # YAML's folded lines leave blanks between the parts of a long alternation.
    return re.sub(r"\s+", "", pattern)


@dataclass(slots=True)
class _Counts:
    """For each node, over its subtree: characters that are not blank, those of them in links, links."""

    characters: list[int]
    linked: list[int]
    links: list[int]


def _count(nodes: list[Node]) -> _Counts:
    characters, linked, links = [0] * len(nodes), [0] * len(nodes), [0] * len(nodes)
    # Children stand after their parents: backwards, each is complete when it is added to its parent.
    for i in range(len(nodes) - 1, -1, -1):
        node = nodes[i]
        if node.tag == TEXT:
            characters[i] = len("".join(node.text.split()))
        elif node.tag == "a" and node.attributes.get("href"):
            linked[i] = characters[i]
            links[i] += 1
        if node.parent >= 0:
            characters[node.parent] += characters[i]
            linked[node.parent] += linked[i]
            links[node.parent] += links[i]
    return _Counts(characters, linked, links)


def find_content(nodes: list[Node]) -> Content:
    """The container that holds (nearly) all text that is not around the content.

    Losing a table would cost more than keeping a footer: a container is narrowed only while it keeps the share
    of configs/html.yaml, and every data table.
    """
    rules = _rules()
    counts = _count(nodes)
    tables = data_tables(nodes, counts.characters)
    left_out = _around(nodes, counts, tables, rules)
    weights = _weigh(nodes, left_out, rules.table_weight)
    root = _narrow(nodes, weights, tables, rules)
    inside = frozenset(i for i in left_out if root < i < nodes[root].end)
    return Content(root, inside, frozenset(tables))


def _around(nodes: list[Node], counts: _Counts, tables: set[int], rules: _Rules) -> set[int]:
    """The outermost elements that navigation, footers and lists of links consist of.

    A data table is left out whole or not at all: names such as "foot" mark its rows of sums too.
    """
    total = counts.characters[0]
    found: set[int] = set()
    i = 1
    while i < len(nodes):
        if nodes[i].tag != TEXT and _is_around(nodes[i], i, counts, total, rules):
            found.add(i)
            i = nodes[i].end
        else:
            i = nodes[i].end if i in tables else i + 1
    return found


def _is_around(node: Node, i: int, counts: _Counts, total: int, rules: _Rules) -> bool:
    if counts.characters[i] > total * rules.most_share:
        return False
    if node.tag in rules.around_elements:
        return True
    attributes = node.attributes
    if attributes:
        name = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
        if name != " " and rules.around_names.search(name) and not rules.content_names.search(name):
            return True
    return (
        counts.links[i] >= rules.links
        and counts.linked[i] > counts.characters[i] * rules.link_share
        and node.tag not in ("p", "span", "td", "tr")
    )


def _weigh(nodes: list[Node], left_out: set[int], table_weight: int) -> list[int]:
    """For each node, its subtree's characters outside links and `left_out`, those in table cells counting more."""
    weights = [0] * len(nodes)
    # The ends of the open elements of each kind: inside one while the index is below.
    out_until = link_until = cell_until = 0
    for i, node in enumerate(nodes):
        if i in left_out:
            out_until = max(out_until, node.end)
        elif node.tag == "a":
            link_until = max(link_until, node.end)
        elif node.tag in ("td", "th"):
            cell_until = max(cell_until, node.end)
        elif node.tag == TEXT and i >= out_until and i >= link_until:
            weights[i] = len("".join(node.text.split())) * (table_weight if i < cell_until else 1)
    for i in range(len(nodes) - 1, 0, -1):
        weights[nodes[i].parent] += weights[i]
    return weights


def _narrow(nodes: list[Node], weights: list[int], tables: set[int], rules: _Rules) -> int:
    """From `body` down while one container keeps the share; further down to a named one that keeps its own."""
    total = weights[0]
    if not total:
        return 0
    root = 0
    named: list[int] = []
    inside_until = 0
    for i, node in enumerate(nodes):
        if i in tables:
            inside_until = node.end
        # A cell is never the content of the table that it is a part of.
        if i < inside_until or node.tag not in rules.containers:
            continue
        if weights[i] >= total * rules.content_share:
            root = i
        if weights[i] >= total * rules.named_share and node.attributes:
            name = f"{node.attributes.get('class') or ''} {node.attributes.get('id') or ''}"
            if rules.content_names.search(name):
                named.append(i)
    # Each holds most of the weight, so they are nested, the last the innermost.
    inner = (i for i in reversed(named[-_MOST_NAMED:]) if _keeps_tables(nodes, i, weights, rules.small_table))
    return max(root, next(inner, 0))


def _keeps_tables(nodes: list[Node], i: int, weights: list[int], small: int) -> bool:
    """Whether every table of more weight than `small` stands inside of `i` or around it."""
    end = nodes[i].end
    return all(
        node.tag != "table" or weights[j] <= small or i < j < end or j < i < node.end for j, node in enumerate(nodes)
    )
