"""Every label of every form in one pattern over the compact view."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from nianbao.catalogue.forms import Column, Forms, Row, Table
from nianbao.forms.compact import Compact

Kind = Literal["row", "column", "span", "caption"]


@dataclass(frozen=True, slots=True)
class Target:
    """What a label may stand for."""

    table: Table
    kind: Kind
    row: Row | None = None
    column: Column | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A label found: `start`, `end` are positions in the compact view."""

    start: int
    end: int
    targets: tuple[Target, ...]


class Lexicon:
    """Finds labels; `families` are tables that may stand for one another, by name."""

    def __init__(self, forms: Forms) -> None:
        targets: dict[str, list[Target]] = {}
        self.families: dict[str, list[Table]] = {}
        self.anchors: dict[str, tuple[str, ...]] = {}
        self._signs: dict[str, tuple[str, ...]] = {}
        for table in forms.tables:
            self.families.setdefault(table.family, []).append(table)
            self.anchors[table.family] = self.anchors.get(table.family, ()) + table.anchors
            self._signs[table.family] = self._signs.get(table.family, ()) + table.anchors + table.names
            for key, target in _labels(table):
                targets.setdefault(key, []).append(target)
        self._targets: dict[str, dict[str, tuple[Target, ...]]] = {
            family: {
                key: found
                for key, all_ in targets.items()
                if (found := tuple(target for target in all_ if target.table.family == family))
            }
            for family in self.families
        }
        self._patterns = {family: re.compile(_trie_pattern(list(keys))) for family, keys in self._targets.items()}

    def present(self, compact: Compact) -> list[str]:
        """The families of which the text holds an anchor or a name: a cheap look before the long one."""
        text = compact.han
        return [family for family, signs in self._signs.items() if any(sign in text for sign in signs)]

    def find(self, compact: Compact, family: str, start: int = 0, end: int | None = None) -> list[Hit]:
        """All labels of a family, longest first, in order."""
        targets = self._targets[family]
        stop = len(compact.han) if end is None else end
        return [
            Hit(match.start(), match.end(), targets[match.group()])
            for match in self._patterns[family].finditer(compact.han, start, stop)
        ]


def _labels(table: Table) -> list[tuple[str, Target]]:
    found = [(key, Target(table, "caption")) for key in table.caption]
    found += [(key, Target(table, "span")) for key in table.span[0]]
    found += [(key, Target(table, "column", column=c)) for c in table.columns.values() for key in c.keys]
    found += [(key, Target(table, "row", row=row)) for row in table.rows for key in row.keys]
    return found


def _trie_pattern(words: list[str]) -> str:
    """A pattern that matches the longest of `words`: a trie, so that time does not grow with their number."""
    root: dict[str, dict] = {}
    for word in words:
        node = root
        for character in word:
            node = node.setdefault(character, {})
        node[""] = {}
    return _node_pattern(root)


def _node_pattern(node: dict[str, dict]) -> str:
    prefix = ""
    while len(node) == 1 and "" not in node:
        character, node = next(iter(node.items()))
        prefix += re.escape(character)
    branches = [re.escape(character) + _node_pattern(child) for character, child in node.items() if character]
    if not branches:
        return prefix
    return f"{prefix}(?:{'|'.join(branches)}){'?' if '' in node else ''}"
