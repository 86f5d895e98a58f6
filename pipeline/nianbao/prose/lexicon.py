"""The concept lexicon: many ways of wording, one concept; found in one pass over a stretch of text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

_GAP = "~"
# How many stretches a process remembers, and of how many characters at most.
_KEPT, _LONGEST_KEPT = 10_000, 200
# What a gap may cross: a few characters of the same clause, never a number.
_GAP_PATTERN = r"[^,。;:!?、()\d\n]{0,8}?"


# Not frozen: a frozen class takes three times as long to make, and these are made by the thousand.
@dataclass(slots=True, unsafe_hash=True)
class Concept:
    """A wording found in the text. `start`, `end`: offsets into the normalised view; `names`: its concepts.
    `in_heading`: it stands in a heading above, and the offsets are into that."""

    start: int
    end: int
    names: frozenset[str]
    in_heading: bool = False


def expand(wording: str) -> list[str]:
    """All literal spellings of a wording with `(a|b)` and `(a)?` in it; `~` (a short gap) is left as it is.

    >>> expand("同意(部分)?公开")
    ['同意部分公开', '同意公开']

    Raises:
        ValueError: brackets do not close or open.
    """
    spellings, end = _alternatives(wording, 0)
    if end < len(wording):
        raise ValueError(f"a bracket does not open in {wording!r}")
    return spellings


def _alternatives(wording: str, position: int) -> tuple[list[str], int]:
    """All spellings from `position` to the bracket that closes, or to the end, and where that is."""
    found: list[str] = []
    sequence = [""]
    while position < len(wording) and wording[position] != ")":
        character = wording[position]
        choices = [character]
        if character == "|":
            found, sequence = [*found, *sequence], [""]
            choices = [""]
        elif character == "(":
            choices, position = _alternatives(wording, position + 1)
            if position >= len(wording):
                raise ValueError(f"a bracket does not close in {wording!r}")
            if wording[position + 1 : position + 2] == "?":
                choices, position = [*choices, ""], position + 1
        sequence = [left + right for left in sequence for right in choices]
        position += 1
    return [*found, *sequence], position


def _trie_pattern(words: set[str]) -> str:
    """A regular expression for what follows the words' common first character, the longest word winning."""
    root: dict[str, dict] = {}
    for word in words:
        node = root
        for char in word:
            node = node.setdefault(char, {})
        node[""] = {}

    def render(node: dict[str, dict]) -> str:
        # A gap sorts first ("~" is tried before plain characters), so that the longer reading wins.
        chars = sorted((char for char in node if char), key=lambda char: (char != _GAP, char))
        tails = [(_GAP_PATTERN if char == _GAP else re.escape(char)) + render(node[char]) for char in chars]
        if not tails:
            return ""
        body = tails[0] if len(tails) == 1 and "" not in node else "(?:" + "|".join(tails) + ")"
        return body + "?" if "" in node else body

    return render(root)


def _slips(literal: dict[str, set[str]], confusables: Mapping[str, str]) -> dict[str, set[str]]:
    """The wordings with one character mistaken; a slip that is itself a wording, or two words' slip, is none."""
    slips: dict[str, set[str]] = {}
    doubtful = set(literal)
    for word, names in literal.items():
        for at, char in enumerate(word):
            for other in confusables.get(char, ""):
                slip = word[:at] + other + word[at + 1 :]
                if slip in slips and slips[slip] != names:
                    doubtful.add(slip)
                slips.setdefault(slip, set(names))
    return {slip: names for slip, names in slips.items() if slip not in doubtful and len(slip) > 1}


class _Matchers(dict[str, Callable[..., re.Match[str] | None] | None]):
    """One small pattern a first character: a single alternation over all of them is ten times slower.

    A pattern is compiled when its character first comes, since all of them together take a third of a second.
    """

    def __init__(self, by_first: dict[str, set[str]]) -> None:
        super().__init__()
        self._by_first = by_first

    def __missing__(self, character: str) -> Callable[..., re.Match[str] | None] | None:
        words = self._by_first.get(character)
        found = self[character] = re.compile(_trie_pattern(words)).match if words else None
        return found


class ConceptLexicon:
    """Concept names and their wordings, compiled.

    Args:
        wordings: concept name -> wordings, each in the small notation of `expand`; `~` stands for a gap of at
            most eight characters inside one clause.
        confusables: a character -> those that are read in its place; a wording is found with one of them in it.
    """

    def __init__(self, wordings: Mapping[str, Sequence[str]], confusables: Mapping[str, str] | None = None) -> None:
        self.names = frozenset(wordings)
        literal: dict[str, set[str]] = {}
        gapped: dict[str, set[str]] = {}
        for name, words in wordings.items():
            for wording in words:
                for spelling in expand(wording):
                    (gapped if _GAP in spelling else literal).setdefault(spelling, set()).add(name)
        for slip, names in _slips(literal, confusables or {}).items():
            literal.setdefault(slip, set()).update(names)
        self._literal = {word: frozenset(names) for word, names in literal.items()}
        self._gapped = [(word.split(_GAP), frozenset(names)) for word, names in gapped.items()]
        with_gaps = {word[0] for word in gapped}
        by_first: dict[str, set[str]] = {}
        lengths: dict[str, set[int]] = {}
        for word in (*literal, *gapped):
            if word[0] in with_gaps:
                by_first.setdefault(word[0], set()).add(word)
            elif len(word) > 1:
                lengths.setdefault(word[:2], set()).add(len(word))
        self._match = _Matchers(by_first)
        # Where no wording has a gap, trying the lengths, the longest first, needs no pattern at all.
        self._lengths = {begin: tuple(sorted(found, reverse=True)) for begin, found in lengths.items()}
        # Reports repeat each other's sentences.
        self._kept = lru_cache(maxsize=_KEPT)(self._find)
        self._names = lru_cache(maxsize=_KEPT)(self._names_of)

    def scan(self, norm: str, start: int = 0, end: int | None = None) -> Iterator[Concept]:
        """The concepts of norm[start:end], left to right, the longest wording first, none overlapping."""
        end = len(norm) if end is None else end
        find = self._kept if end - start <= _LONGEST_KEPT else self._find
        for left, right, names in find(norm[start:end]):
            yield Concept(start + left, start + right, names)

    def _find(self, words: str) -> list[tuple[int, int, frozenset[str]]]:
        found = []
        position, end = 0, len(words)
        lengths, table, literal = self._lengths.get, self._match, self._literal
        while position < end:
            names, stop = None, position + 1
            if (matcher := table[words[position]]) is not None:
                if (match := matcher(words, position)) is not None:
                    names, stop = self._names(match[0]), match.end()
            else:
                for length in lengths(words[position : position + 2], ()):
                    piece = words[position : position + length]
                    if piece in literal:
                        names, stop = literal[piece], position + len(piece)
                        break
                else:
                    names = literal.get(words[position])
            if names is not None:
                found.append((position, stop, names))
            position = stop
        return found

    def _names_of(self, words: str) -> frozenset[str]:
        names = self._literal.get(words)
        if names is None:
            # Hundreds of wordings have gaps; those that begin and end with these words are compiled when asked for.
            names = frozenset().union(
                *(
                    names
                    for parts, names in self._gapped
                    if words.startswith(parts[0])
                    and words.endswith(parts[-1])
                    and re.fullmatch(_GAP_PATTERN.join(map(re.escape, parts)), words)
                )
            )
        return names
