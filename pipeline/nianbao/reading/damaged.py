"""Bytes that no single encoding gives: passages in another one, and bytes that are damaged."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

MARK = "\ufffd"
"""What stands for a byte that says nothing."""

# None of these is the second byte of a character in any of the encodings: a passage never cuts one.
_BETWEEN = re.compile(rb"[\n<>]+")
_FOREIGN = re.compile(rb"[\x80-\xff]")
# Two characters of UTF-8 in a row, as Chinese has them.
_UTF8 = re.compile(rb"(?:[\xe3-\xe9][\x80-\xbf]{2}){2}")
# How much more plausible a passage must be in another encoding than in the text's own.
_BETTER = 0.3
# More lost characters than this share of those that are not ASCII, and the bytes are noise.
_MOST_LOST = 0.1

Plausibility = Callable[[str], float]


@dataclass(slots=True, frozen=True)
class RecoveredText:
    """`text` with a mark for each lost byte; `others`: how many passages were in another encoding."""

    text: str
    encoding: str
    lost: int = 0
    others: int = 0


def with_passages(data: bytes, whole: str, encoding: str, plausibility: Plausibility) -> RecoveredText:
    """The text of bytes that read as `whole` in one encoding, with passages of UTF-8 as such."""
    if encoding == "utf-8" or not _UTF8.search(data):
        return RecoveredText(whole, encoding)
    parts, others = [], 0
    for part in _passages(data):
        text = part.decode(encoding, "replace")
        other = _strict(part, "utf-8") if _UTF8.search(part) else None
        if other is not None and plausibility(other) > plausibility(text) + _BETTER:
            text, others = other, others + 1
        parts.append(text)
    return RecoveredText("".join(parts), encoding, 0, others) if others else RecoveredText(whole, encoding)


def mend(data: bytes, encodings: Sequence[str], plausibility: Plausibility, threshold: float) -> RecoveredText | None:
    """The text of damaged or mixed bytes, in the most plausible of the encodings; None where it is noise in all."""
    rated = [(plausibility(data.decode(name, "replace")), -at, name) for at, name in enumerate(encodings)]
    score, _, main = max(rated)
    if score < threshold:
        return None
    parts, others = [], 0
    for part in _passages(data):
        text = _strict(part, main)
        if text is None:
            text, other = _in_another(part, main, encodings, plausibility)
            others += other
        parts.append(text)
    mended = "".join(parts)
    lost = mended.count(MARK) - data.count(MARK.encode(main, "ignore") or b"\0\0")
    foreign = sum(not character.isascii() for character in mended)
    if lost > _MOST_LOST * foreign:
        return None
    found = with_passages(data, mended, main, plausibility) if not lost and not others else None
    return found or RecoveredText(mended, main, max(lost, 0), others)


def _in_another(part: bytes, main: str, encodings: Sequence[str], plausibility: Plausibility) -> tuple[str, bool]:
    text = part.decode(main, "replace")
    for name in encodings:
        other = _strict(part, name) if name != main else None
        if other is not None and plausibility(other) > plausibility(text) + _BETTER:
            return other, True
    return text, False


def _passages(data: bytes) -> Iterator[bytes]:
    at = 0
    for between in _BETWEEN.finditer(data):
        if between.start() > at:
            yield data[at : between.start()]
        yield between.group()
        at = between.end()
    if at < len(data):
        yield data[at:]


def _strict(data: bytes, encoding: str) -> str | None:
    if not _FOREIGN.search(data):
        return data.decode("ascii")
    try:
        return data.decode(encoding)
    except UnicodeError:
        return None
