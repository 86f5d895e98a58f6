"""Quotes: the words that say a fact, on one line, for a reader who has not the text at hand."""

from __future__ import annotations

import re

LONGEST = 120
_SENTENCE_END = re.compile(r"[。!?;]")
_PAUSE = re.compile(r"[,:、]")
_BLANKS = re.compile(r"\s+")
# A line at least so long that ends in the middle of a sentence was broken by the page, not by its writer.
_FULL_LINE = 18
_SENTENCE_OVER = "。!?;:|"


def clause_quote(text: str, norm: str, start: int, end: int) -> str:
    """The sentence around text[start:end], shortened to the clauses next to it where it is too long.

    Args:
        text: the document's. norm: its normalised view, as long.
        start, end: of the fact's own words.

    Returns:
        At most LONGEST characters on one line.
    """
    left, right = _sentence(norm, start, end)
    if len(_flat(text[left:right])) > LONGEST:
        left, right = _shortened(norm, left, right, start, end)
    return _flat(text[left:right])[:LONGEST]


def cell_quote(label: str | None, head: str | None, words: str | None) -> str:
    """Row label … column head … what the cell prints; what is not known is left out."""
    parts = [_flat(part) for part in (label, head, words) if part]
    room = LONGEST - sum(len(part) + 3 for part in parts[1:])
    if parts and len(parts[0]) > room:
        parts[0] = parts[0][: max(room, 0)]
    return " … ".join(filter(None, parts))[:LONGEST]


def _flat(words: str) -> str:
    return _BLANKS.sub(" ", words).strip()


def _sentence(norm: str, start: int, end: int) -> tuple[int, int]:
    left = start
    for _ in range(8):
        begin = norm.rfind("\n", 0, left) + 1
        ends = [match.end() for match in _SENTENCE_END.finditer(norm, max(begin, left - 2 * LONGEST), left)]
        if ends:
            left = ends[-1]
            break
        left = max(begin, left - 2 * LONGEST)
        if left > begin or not _goes_on(norm, begin):
            break
        left = begin - 1
    right = end
    for _ in range(8):
        stop = norm.find("\n", right)
        stop = len(norm) if stop < 0 else stop
        found = _SENTENCE_END.search(norm, right, min(stop, right + 2 * LONGEST))
        if found:
            right = found.end()
            break
        right = min(stop, right + 2 * LONGEST)
        if right < stop or not _goes_on(norm, stop + 1):
            break
        right = stop + 1
    return left, right


def _goes_on(norm: str, begin: int) -> bool:
    """Whether the line at `begin` goes on with the sentence of the one before."""
    if not 0 < begin < len(norm):
        return False
    before = norm[norm.rfind("\n", 0, begin - 1) + 1 : begin - 1].strip()
    return len(before) >= _FULL_LINE and before[-1] not in _SENTENCE_OVER


def _shortened(norm: str, left: int, right: int, start: int, end: int) -> tuple[int, int]:
    room = max(LONGEST - (end - start), 0)
    before, after = min(start - left, room * 2 // 3), 0
    pause = [match.end() for match in _PAUSE.finditer(norm, start - before, start)]
    first = pause[0] if start - before > left and pause else start - before
    after = min(right - end, room - (start - first))
    pauses = [match.end() for match in _PAUSE.finditer(norm, end, end + after)]
    last = pauses[-1] if end + after < right and pauses else end + after
    return first, last
