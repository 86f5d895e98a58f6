"""The text of a Word file's paragraphs and cells as it is printed: what is struck, hidden or a note's mark left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from nianbao.language.numeral import are_digits
from nianbao.reading.config import load_config

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# What wraps paragraphs, tables, rows or cells without being one: content controls, tracked insertions.
_WRAPPERS = frozenset(f"{W}{name}" for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"))
# What is shown elsewhere or no more: the second form of a drawing, the place that a text was moved from, readings
# above characters.
HIDDEN = frozenset((_FALLBACK, *(f"{W}{name}" for name in ("moveFrom", "del", "rt", "sdtPr", "instrText"))))
BOX = f"{W}txbxContent"
_OFF = frozenset(("0", "false", "off", "none"))
# A chain of styles is followed so far.
_MOST_STYLES = 20


@dataclass(slots=True, frozen=True)
class _Look:
    """How characters are set; None: as the style above says."""

    gone: bool | None = None
    raised: bool | None = None

    def over(self, other: _Look) -> _Look:
        """This look where it says something, else the other."""
        gone = other.gone if self.gone is None else self.gone
        return _Look(gone, other.raised if self.raised is None else self.raised)


def children(node: Any, tags: tuple[str, ...]) -> Iterator[Any]:
    """The elements of these kinds right below a node, or below what only wraps them."""
    waiting = list(reversed(node))
    while waiting:
        child = waiting.pop()
        if child.tag in tags:
            yield child
        elif child.tag in _WRAPPERS and not _is_prompt(child):
            waiting.extend(reversed(child))


@dataclass(slots=True)
class StyledText:
    """Reads text with the looks of a document's styles."""

    styles: dict[str, _Look] = field(default_factory=dict)

    @classmethod
    def of(cls, styles: Any) -> StyledText:
        """With the styles of a styles part, None where there is none."""
        found: dict[str, tuple[_Look, str | None]] = {}
        for style in [] if styles is None else styles.findall(f"{W}style"):
            based = style.find(f"{W}basedOn")
            look = _look(style.find(f"{W}rPr"))
            found[style.get(f"{W}styleId", "")] = look, None if based is None else based.get(f"{W}val")
        words = cls()
        for name in found:
            look, at = _Look(), name
            for _ in range(_MOST_STYLES):
                own, above = found[at]
                look = look.over(own)
                if above not in found:
                    break
                at = above
            words.styles[name] = look
        return words

    def text(self, node: Any, *, boxes: bool = True) -> str:
        """The characters of a paragraph or cell, its paragraphs and breaks parted by line ends.

        Args:
            boxes: with those of the text boxes that hang on it.
        """
        parts: list[tuple[str, bool]] = []
        waiting: list[tuple[Any, _Look]] = [(node, _Look())]
        while waiting:
            part, look = waiting.pop()
            tag = part.tag
            if tag == f"{W}r":
                look = self._of(part.find(f"{W}rPr"), "rStyle").over(look)
                if look.gone:
                    continue
            elif tag == f"{W}p":
                look = self._of(part.find(f"{W}pPr"), "pStyle")
                if parts:
                    parts.append(("\n", False))
            if tag in (f"{W}t", _MATH):
                parts.append((part.text or "", bool(look.raised)))
            elif tag in (f"{W}tab", f"{W}ptab"):
                parts.append((" ", False))
            elif tag == f"{W}noBreakHyphen":
                parts.append(("-", False))
            elif tag in (f"{W}br", f"{W}cr"):
                parts.append(("\n", False))
            elif tag == f"{W}ddList":
                parts.append((_chosen(part), False))
            elif tag not in HIDDEN and (boxes or tag != BOX) and not _is_prompt(part):
                waiting.extend((child, look) for child in reversed(part))
        return _without_marks(parts)

    def _of(self, properties: Any, style: str) -> _Look:
        if properties is None:
            return _Look()
        named = properties.find(f"{W}{style}")
        above = self.styles.get(named.get(f"{W}val"), _Look()) if named is not None else _Look()
        # What stands in a paragraph's own properties is about the mark at its end.
        return above if style == "pStyle" else _look(properties).over(above)


def _look(properties: Any) -> _Look:
    """What properties of characters say themselves."""
    if properties is None:
        return _Look()
    switches = [properties.find(f"{W}{name}") for name in ("strike", "dstrike", "vanish", "specVanish")]
    said = [switch.get(f"{W}val", "1") not in _OFF for switch in switches if switch is not None]
    set_at = properties.find(f"{W}vertAlign")
    raised = None if set_at is None else set_at.get(f"{W}val") in ("superscript", "subscript")
    return _Look(any(said) if said else None, raised)


def _without_marks(parts: list[tuple[str, bool]]) -> str:
    """The parts as one, without marks of notes that are set high or low."""
    mark = re.compile(load_config("html.yaml")["looks"]["mark"])
    text = ""
    at = 0
    while at < len(parts):
        words, raised = parts[at]
        at += 1
        if raised:
            while at < len(parts) and parts[at][1]:
                words += parts[at][0]
                at += 1
            before = text[-1:].strip()
            beside = before or (parts[at][0].strip() if at < len(parts) else "")
            if mark.fullmatch(words.strip()) and beside and not (before.isascii() and before.isalpha()):
                continue
        text += words
    return text


def _chosen(choices: Any) -> str:
    """What an old form field of choices shows."""
    entries = [entry.get(f"{W}val", "") for entry in choices.findall(f"{W}listEntry")]
    result = choices.find(f"{W}result")
    index = number(result) if result is not None else 0
    return entries[index] if index < len(entries) else ""


def _is_prompt(node: Any) -> bool:
    """Whether a content control shows only what is to be typed in it."""
    return node.tag == f"{W}sdt" and node.find(f"{W}sdtPr/{W}showingPlcHdr") is not None


def is_deleted(node: Any) -> bool:
    """Whether a row or cell was deleted under tracking, or a row is hidden."""
    return any(node.find(f"{W}{path}") is not None for path in (f"trPr/{W}del", f"trPr/{W}hidden", f"tcPr/{W}cellDel"))


def number(node: Any) -> int:
    """A count of columns; nonsense is none."""
    digits = node.get(f"{W}val", "")
    return min(int(digits), 100) if are_digits(digits) and len(digits) < 9 else 0
