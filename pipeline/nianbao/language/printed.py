"""Lines as a page shows them."""

from __future__ import annotations

FULL_LINE = 16
"""A line this long was broken for its length; a shorter one ends where its writer ended it."""
_SLACK = 6
"""In half-width characters: what may not begin a line takes others with it."""


def is_full(text: str, end: int) -> bool:
    """Whether the line that ends at `end` was broken for its length: none beside it shows that there was room."""
    start = text.rfind("\n", 0, end) + 1
    if end - start < FULL_LINE:
        return False
    stop = text.find("\n", end + 1)
    beside = (
        text[text.rfind("\n", 0, max(0, start - 1)) + 1 : max(0, start - 1)],
        text[end + 1 : stop if stop >= 0 else None],
    )
    width = _width(text[start:end])
    return all(_width(line) <= width + _SLACK for line in beside)


def _width(line: str) -> int:
    return sum(1 if character < "\u2e80" else 2 for character in line.strip())
