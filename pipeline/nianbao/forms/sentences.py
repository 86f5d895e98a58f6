"""Sentences that name a form's rows one by one, each with its number: prose, though the names are a table's."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
# In a table a measure word stands before its number, or under the head of a column; in a sentence it stands behind.
_COUNTED = re.compile(r"\d ?[件条次个人份篇宗起项](?:[,;、。()]|$)")
_LEAST = 3


def is_sentence(norm: str, start: int, end: int) -> bool:
    """Whether norm[start:end] is a sentence: most of its numbers have a measure word and a comma behind them."""
    stop = min(len(norm), end + 2)
    counted = sum(1 for _ in _COUNTED.finditer(norm, start, stop))
    if counted < _LEAST:
        return False
    return 2 * counted > sum(1 for _ in _NUMBER.finditer(norm, start, end))
