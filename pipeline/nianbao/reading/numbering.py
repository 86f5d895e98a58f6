"""The numbers that Word itself prints before paragraphs: they stand in no text, and a reader sees them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CHINESE = frozenset(
    ("chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand")
)
_DIGITS = "零一二三四五六七八九"
_LEVELS = 9
_PLACE = re.compile(r"%([1-9])")


@dataclass(slots=True, frozen=True)
class _Level:
    start: int
    kind: str
    text: str


@dataclass(slots=True)
class Numbering:
    """The lists of a document, and how far each has counted.

    `lists`: number of a list → its abstract list and levels; `by_style`: style → its list's number and level.
    """

    lists: dict[str, tuple[str, dict[int, _Level]]] = field(default_factory=dict)
    by_style: dict[str, tuple[str, int]] = field(default_factory=dict)
    counts: dict[str, list[int | None]] = field(default_factory=dict)

    @classmethod
    def of(cls, numbering: Any, styles: Any) -> Numbering:
        """From a numbering part and a styles part, None where there is none."""
        found = cls()
        if numbering is None:
            return found
        abstract = {
            one.get(f"{W}abstractNumId", ""): {_number(lvl.get(f"{W}ilvl")): _level(lvl) for lvl in one.iter(f"{W}lvl")}
            for one in numbering.findall(f"{W}abstractNum")
        }
        for num in numbering.findall(f"{W}num"):
            name = _value(num, "abstractNumId") or ""
            found.lists[num.get(f"{W}numId", "")] = name, abstract.get(name, {})
        for style in [] if styles is None else styles.findall(f"{W}style"):
            if (said := _said(style.find(f"{W}pPr"))) is not None:
                found.by_style[style.get(f"{W}styleId", "")] = said
        return found

    def label(self, paragraph: Any) -> str:
        """What is printed before a paragraph, "" for nothing; asked once for each, in their order."""
        if not self.lists:
            return ""
        properties = paragraph.find(f"{W}pPr")
        said = _said(properties)
        if said is None and properties is not None:
            said = self.by_style.get(_value(properties, "pStyle") or "")
        if said is None or said[0] not in self.lists:
            return ""
        abstract, levels = self.lists[said[0]]
        at = said[1]
        level = levels.get(at)
        if level is None:
            return ""
        counts = self.counts.setdefault(abstract, [None] * _LEVELS)
        counts[at] = level.start if (count := counts[at]) is None else count + 1
        counts[at + 1 :] = [None] * (_LEVELS - at - 1)
        return _printed(level, levels, counts)


def _printed(level: _Level, levels: Mapping[int, _Level], counts: list[int | None]) -> str:
    if level.kind in ("bullet", "none"):
        return ""

    def of(found: re.Match[str]) -> str:
        at = int(found.group(1)) - 1
        other = levels.get(at, level)
        count = counts[at]
        return _count(other.start if count is None else count, other.kind)

    label = _PLACE.sub(of, level.text)
    return f"{label} " if label[-1:].isalnum() else label


def _count(number: int, kind: str) -> str:
    if kind in _CHINESE and 0 < number < 100:
        tens, ones = divmod(number, 10)
        head = ("" if tens == 1 else _DIGITS[tens]) + "十" if tens else ""
        return head + (_DIGITS[ones] if ones else "")
    if kind.startswith("decimalEnclosedCircle") and 0 < number <= 20:
        return chr(0x245F + number)
    if kind in ("upperLetter", "lowerLetter") and 0 < number <= 26:
        return chr((64 if kind == "upperLetter" else 96) + number)
    return str(number)


def _level(level: Any) -> _Level:
    return _Level(
        _number(_value(level, "start"), 1), _value(level, "numFmt") or "decimal", _value(level, "lvlText") or ""
    )


def _said(properties: Any) -> tuple[str, int] | None:
    """The list and level that a paragraph's or style's properties name; list 0 is none."""
    said = None if properties is None else properties.find(f"{W}numPr")
    if said is None or (name := _value(said, "numId")) is None:
        return None
    return name, min(_number(_value(said, "ilvl")), _LEVELS - 1)


def _value(node: Any, name: str) -> str | None:
    found = node.find(f"{W}{name}")
    return None if found is None else found.get(f"{W}val")


def _number(text: str | None, other: int = 0) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else other
