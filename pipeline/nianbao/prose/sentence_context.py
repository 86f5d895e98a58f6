"""The context of a sentence: it with what stands before and above it, and the document's own year and agency."""

from __future__ import annotations

from dataclasses import dataclass, field

from nianbao.prose.clauses import ProseSentence
from nianbao.prose.context import Reference, YearMark
from nianbao.prose.lexicon import Concept

Names = frozenset[str]


@dataclass(slots=True)
class SentenceContext:
    """`number`: the sentence's in the document; `headings`: concepts of those above, the nearest first, `titles` their
    words; `before`: concepts of the paragraph's earlier sentences; `first`: of its paragraph. `marks`: its years;
    `special`: a heading narrows it to one field; `stop`: end of its stretch of prose; `planned`: it stands under a
    heading of what is to come; `runs`: it may count since an earlier year; `attributes`: how many
    kinds of disclosure (主动公开, 不予公开) it tells apart, once that was asked."""

    norm: str
    sentence: ProseSentence
    number: int
    headings: tuple[Names, ...]
    titles: tuple[str, ...]
    before: list[Names]
    history: list[Concept]
    reference: Reference
    first: bool
    marks: list[YearMark] = field(default_factory=list)
    special: bool = False
    stop: int = 0
    planned: bool = False
    runs: bool = False
    attributes: int | None = None
    _letters: frozenset[str] | None = None
    _earlier: tuple[int, Names, list[str]] = (0, frozenset(), [])
    _behind: list[str] | None = None
    _above: list[list[str]] | None = None
    _in_list: bool | None = None

    def letters(self) -> frozenset[str]:
        """The sentence's characters, which tell at once that no word of a list can stand in it."""
        if self._letters is None:
            self._letters = frozenset(self.norm[self.sentence.start : self.sentence.end])
        return self._letters

    def earlier(self, index: int) -> list[str]:
        """The names of the concepts of all clauses before one, sorted; asked for clause after clause."""
        done, names, ordered = self._earlier
        if index < done:
            return sorted(frozenset().union(*(clause.names() for clause in self.sentence.clauses[:index])))
        if index > done:
            more = names.union(*(clause.names() for clause in self.sentence.clauses[done:index]))
            self._earlier = (index, more, ordered if more == names else sorted(more))
        return self._earlier[2]

    def behind(self, count: int) -> list[str]:
        """The names of the concepts of the last so many sentences, sorted."""
        if self._behind is None:
            self._behind = sorted(frozenset().union(*self.before[-count:]))
        return self._behind

    def above(self) -> list[list[str]]:
        """The names of the concepts of each heading, sorted."""
        if self._above is None:
            self._above = [sorted(names) for names in self.headings]
        return self._above

    def in_list(self) -> bool:
        """Whether semicolons set items apart."""
        if self._in_list is None:
            self._in_list = any(clause.opener == ";" for clause in self.sentence.clauses)
        return self._in_list
