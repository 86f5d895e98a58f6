"""Many words sought at once: an Aho-Corasick automaton, whose time grows with the text and not with the words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class Automaton:
    """Words that are found in one pass over a text; offsets are code points, ends exclusive.

    Args:
        words: their numbers in what is found are their places here.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self.words = words

    @cached_property
    def _longest(self) -> Any:
        from ahocorasick_rs import AhoCorasick, MatchKind

        return AhoCorasick(self.words, matchkind=MatchKind.LeftmostLongest, store_patterns=False)

    @cached_property
    def _every(self) -> Any:
        from ahocorasick_rs import AhoCorasick

        return AhoCorasick(self.words, store_patterns=False)

    def longest(self, text: str) -> list[tuple[int, int, int]]:
        """From left to right the longest word at each place, none overlapping: number, start, end."""
        try:
            found: list[tuple[int, int, int]] = self._longest.find_matches_as_indexes(text)
        except UnicodeEncodeError:
            found = self._longest.find_matches_as_indexes(_LONE_SURROGATE.sub("\ufffd", text))
        return found

    def every(self, text: str) -> list[tuple[int, int, int]]:
        """Every word wherever it stands, by its end, the longer first where ends are equal: number, start, end."""
        try:
            found: list[tuple[int, int, int]] = self._every.find_matches_as_indexes(text, overlapping=True)
        except UnicodeEncodeError:
            found = self._every.find_matches_as_indexes(_LONE_SURROGATE.sub("\ufffd", text), overlapping=True)
        return found
