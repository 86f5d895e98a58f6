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
    heading of what is to come; `runs`: it may count since an earlier year."""

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
    _letters: frozenset[str] | None = None

    def letters(self) -> frozenset[str]:
        """The sentence's characters, which tell at once that no word of a list can stand in it."""
        if self._letters is None:
            self._letters = frozenset(self.norm[self.sentence.start : self.sentence.end])
        return self._letters
