"""The user dictionary: the words of configs/lexicon.txt, matched longest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from nianbao.language.automaton import Automaton
from nianbao.paths import data_dir


def read_lexicon(text: str) -> dict[str, list[str]]:
    """The words of a lexicon file by category: `[category]` opens a list, blanks part the words, `#` opens a comment.

    Raises:
        ValueError: words before the first category; the message names the line.
    """
    words: dict[str, list[str]] = {}
    category = None
    for number, line in enumerate(text.splitlines(), start=1):
        line = line.partition("#")[0].strip()
        if line.startswith("[") and line.endswith("]"):
            category = line[1:-1]
            words.setdefault(category, [])
        elif line and category is None:
            raise ValueError(f"lexicon, line {number}: {line[:20]!r} stands before the first [category]; add one above")
        elif category is not None:
            words[category].extend(line.split())
    return words


@cache
def own_lexicon() -> dict[str, list[str]]:
    """The words of configs/lexicon.txt by category."""
    return read_lexicon((data_dir("configs") / "lexicon.txt").read_text(encoding="utf-8"))


class Dictionary:
    """A set of words that finds, at a place of a text, the longest of them."""

    __slots__ = ("_automaton", "words")

    def __init__(self, words: Iterable[str]) -> None:
        self.words = frozenset(words)
        self._automaton = Automaton(sorted(self.words))

    def matches(self, text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The words of `text[start:end]` from left to right, each the longest at its place, none overlapping."""
        return ((start + left, start + right) for _, left, right in self._automaton.longest(text[start:end]))
