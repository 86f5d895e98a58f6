"""The concept lexicon: many ways of wording, one concept; found in one pass over a stretch of text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from nianbao.language.automaton import Automaton

_GAP = "~"
# How many stretches a process remembers, and of how many characters at most.
_KEPT, _LONGEST_KEPT = 10_000, 200
# A gap crosses a few characters of the same clause, never a number.
_GAP_LIMIT = re.compile(r"[,。;:!?、()\d\n]")
_LONGEST_GAP = 8


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


_Node = dict[str, dict]


def _trie(words: Iterable[str]) -> _Node:
    """The words as a tree of characters; an empty one ends a word."""
    root: _Node = {}
    for word in words:
        node = root
        for character in word:
            node = node.setdefault(character, {})
        node[""] = {}
    return root


def _end_of(node: _Node, words: str, at: int) -> int | None:
    """Where the wording ends that reads on from `at` below a node: a gap is tried before a plain character, the
    shortest gap first, and of what remains the longest. None where nothing does."""
    if (gap := node.get(_GAP)) is not None:
        for place in _behind_gap(words, at):
            if (end := _end_of(gap, words, place)) is not None:
                return end
    character = words[at : at + 1]
    if character and character != _GAP and (child := node.get(character)) is not None:
        end = _end_of(child, words, at + 1)
        if end is not None:
            return end
    return at if "" in node else None


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


def _reads(words: str, parts: Sequence[str]) -> bool:
    """Whether these are the parts of a wording with gaps between: hundreds have some, and none needs a pattern."""
    if not words.startswith(parts[0]) or not words.endswith(parts[-1]):
        return False
    # Where the parts so far may end.
    ends = [len(parts[0])]
    for part in parts[1:]:
        places = {at for end in ends for at in _behind_gap(words, end) if words.startswith(part, at)}
        ends = [at + len(part) for at in places]
    return len(words) in ends


def _behind_gap(words: str, start: int) -> range:
    """Where a gap that begins at `start` may end."""
    stop = _GAP_LIMIT.search(words, start, start + _LONGEST_GAP)
    return range(start, min(stop.start() if stop else start + _LONGEST_GAP, len(words)) + 1)


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
        self._gapped: dict[str, list[tuple[list[str], frozenset[str]]]] = {}
        for word, names in gapped.items():
            self._gapped.setdefault(word[0], []).append((word.split(_GAP), frozenset(names)))
        with_gaps = {word[0] for word in gapped}
        # Where a wording has a gap, all with its first character are one tree; the others need only an automaton.
        self._tree = _trie(word for word in (*literal, *gapped) if word[0] in with_gaps)
        self._automaton = Automaton([word for word in literal if word[0] not in with_gaps])
        self._may_have_gaps = re.compile(f"[{''.join(map(re.escape, sorted(with_gaps)))}]" if with_gaps else "(?!)")
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
        table = self._automaton.words
        # The longest of each place comes last.
        longest = {start: (end, number) for number, start, end in self._automaton.every(words)}
        places = sorted({*longest, *(match.start() for match in self._may_have_gaps.finditer(words))})
        found = []
        position = 0
        for place in places:
            if place < position:
                continue
            if (literal := longest.get(place)) is not None:
                position = literal[0]
                found.append((place, position, self._literal[table[literal[1]]]))
            elif (end := _end_of(self._tree, words, place)) is not None:
                position = end
                found.append((place, end, self._names(words[place:end])))
        return found

    def _names_of(self, words: str) -> frozenset[str]:
        names = self._literal.get(words)
        if names is None:
            gapped = self._gapped.get(words[0], ())
            names = frozenset().union(*(names for parts, names in gapped if _reads(words, parts)))
        return names
