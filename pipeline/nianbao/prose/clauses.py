"""Prose cut into sentences and these into clauses, each with its numerals and concepts.

A clause is the stretch between two delimiters in which a number and its metric's name usually stand together.
All offsets are offsets into the normalised view, which are offsets into the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from nianbao.language.numeral import are_digits
from nianbao.language.numerals import Numeral
from nianbao.prose.knowledge import Knowledge
from nianbao.prose.lexicon import Concept

LONGEST_SENTENCE = 600
COUNTED = frozenset({"count", "money", "unclear"})
_SENTENCE_END = re.compile(r"[。!?]|\n\s*\n")


@dataclass(slots=True)
class Clause:
    """`opener`: the delimiter before it. `numerals`: counts and money only."""

    start: int
    end: int
    opener: str
    numerals: list[Numeral] = field(default_factory=list)
    concepts: list[Concept] = field(default_factory=list)

    _names: frozenset[str] | None = field(default=None, repr=False, compare=False)

    def names(self) -> frozenset[str]:
        """The names of all concepts; asked for only once these stand."""
        if self._names is None:
            self._names = frozenset().union(*(concept.names for concept in self.concepts))
        return self._names


@dataclass(slots=True)
class ProseSentence:
    """`paragraph`: number of the stretch of prose that it stands in; `numerals`: all kinds, years too."""

    start: int
    end: int
    paragraph: int
    clauses: list[Clause]
    numerals: list[Numeral]


def sentence_spans(norm: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Spans of the sentences of norm[start:end], without the blank around them.

    Nobody writes sentences of over LONGEST_SENTENCE characters: what seems one is a list that lost its marks, and is
    cut at its last pause, since every number looks through its sentence.
    """
    position = start
    for whole in [*(match.end() for match in _SENTENCE_END.finditer(norm, start, end)), end]:
        while whole - position > LONGEST_SENTENCE:
            far = position + LONGEST_SENTENCE
            pause = max(norm.rfind(mark, position + LONGEST_SENTENCE // 2, far) for mark in ";,")
            yield from _trimmed(norm, position, pause + 1 if pause > 0 else far)
            position = pause + 1 if pause > 0 else far
        yield from _trimmed(norm, position, whole)
        position = whole


def _trimmed(norm: str, left: int, right: int) -> Iterator[tuple[int, int]]:
    while left < right and norm[left].isspace():
        left += 1
    while right > left and norm[right - 1].isspace():
        right -= 1
    if left < right:
        yield left, right


class ClauseReader:
    """Cuts sentences into clauses and puts numerals and concepts into them.

    A delimiter cuts; brackets do so only around numbers or words that state one.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        patterns = knowledge.patterns
        self.lexicon = knowledge.lexicon
        self._delimiter = re.compile(rf"[,;:()| ]|(?<=[^,;:()|])(?:{patterns['opens_clause'].pattern})")
        self._joiner, self._joiner_at_end = patterns["joiner"], patterns["joiner_at_end"]
        self._named = patterns["names_in_brackets"]
        self._states, self._title = patterns["states_in_brackets"], patterns["title"]
        self._business = knowledge.roles.other_business
        self._callers = knowledge.roles.outlet | knowledge.roles.other_business

    def _cuts(
        self, norm: str, start: int, end: int, numerals: list[Numeral], silent: list[tuple[int, int]]
    ) -> list[tuple[int, int, str]]:
        """Where the sentence is cut into clauses: (offset, offset after the delimiter, the delimiter).

        Brackets that hold no number do not cut; their spans are added to `silent`.
        """
        cuts = []
        starts = [n.start for n in numerals]
        ends = list(accumulate((n.unit_end for n in numerals), max))
        silent_until = start
        for match in self._delimiter.finditer(norm, start, end):
            at = match.start()
            begun = bisect_right(starts, at)
            if at < silent_until or (begun and at < ends[begun - 1]):
                continue
            if match.group() == "(":
                close = norm.find(")", at, min(end, at + 80))
                if close > 0 and not self._states.search(norm, at, close):
                    silent_until = close + 1
                    if not self._named.fullmatch(norm, at + 1, close):
                        silent.append((at, close))
                    continue
            # Words that open a clause stay in it.
            cuts.append((at, at, ",") if len(match.group()) > 1 else (at, match.end(), match.group()))
        counted = [n for n in numerals if n.kind in COUNTED]
        for left, right in pairwise(counted):
            between = norm[left.unit_end : right.start]
            if self._delimiter.search(between):
                continue
            joined = self._joiner.match(between)
            if joined and joined.end() < len(between):
                cuts.append((left.unit_end, left.unit_end + joined.end(), "、"))
            elif len(between) > 1 and self._joiner_at_end.search(between):
                cuts.append((right.start - 1, right.start, "、"))
        return sorted(cuts)

    def read(self, norm: str, start: int, end: int, paragraph: int, numerals: list[Numeral]) -> ProseSentence:
        """One sentence as clauses. Numbers that are part of a set phrase of the lexicon are no counts."""
        concepts = list(self.lexicon.scan(norm, start, end))
        phrases = [(c.start, c.end) for c in concepts if c.end - c.start > 1]
        # 12333回应关切: the number that a hotline is called by.
        lines = {(c.start, c.end) for c in concepts if c.names & self._business and are_digits(norm[c.start : c.end])}
        counted = [
            n
            for n in numerals
            if n.kind in COUNTED
            and not any(a <= n.start and n.end <= b and (a, b) != (n.start, n.end) for a, b in phrases)
            and (n.start, n.end) not in lines
        ]
        clauses = []
        position, opener = start, ""
        silent: list[tuple[int, int]] = []
        for at, after, delimiter in [*self._cuts(norm, start, end, numerals, silent), (end, end, "")]:
            if at > position:
                clauses.append(Clause(position, at, opener))
            position, opener = after, delimiter
        _distribute(clauses, counted, concepts)
        titles = [match.span() for match in self._title.finditer(norm, start, end)]
        for clause in clauses:
            if titles and clause.numerals:
                # 《代表建议办理情况》: what a title speaks of is not counted, but a paper is called by its title.
                clause.concepts = [
                    c for c in clause.concepts if c.names & self._callers or not any(a < c.start < b for a, b in titles)
                ]
            if silent and clause.numerals:
                # A remark in brackets beside a number (131件(含结转)) does not name it.
                clause.concepts = [c for c in clause.concepts if not any(a < c.start < b for a, b in silent)]
        return ProseSentence(start, end, paragraph, clauses, numerals)


def _distribute(clauses: list[Clause], numerals: Iterable[Numeral], concepts: Iterable[Concept]) -> None:
    for kind, things in (("numerals", numerals), ("concepts", concepts)):
        index = 0
        for thing in things:
            while index < len(clauses) - 1 and thing.start >= clauses[index].end:
                index += 1
            if clauses and clauses[index].start <= thing.start < clauses[index].end:
                getattr(clauses[index], kind).append(thing)
