"""Lists: names that share one number (均为, 各), and names and numbers told one by one (分别, 依次)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from nianbao.language.numerals import Numeral
from nianbao.prose.clauses import ProseSentence
from nianbao.prose.context import YearMark
from nianbao.prose.knowledge import Knowledge
from nianbao.prose.lexicon import Concept

_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(slots=True, frozen=True)
class ListedNumber:
    """A number that a list gives: its unit (a list's last number carries it for all), its name's concepts (the
    closest reading first), and its year where the list runs over years."""

    numeral: Numeral
    unit: str
    candidates: list[list[Concept]]
    year: int | None = None


class Lists:
    """Reads lists of names and of numbers."""

    def __init__(self, knowledge: Knowledge) -> None:
        patterns = knowledge.patterns
        self.each = patterns["each"]
        self._one_by_one, self._comma, self._gap = patterns["one_by_one"], patterns["list_comma"], patterns["list_gap"]
        self._names_before = patterns["names_before"]
        self._sums, self._listed_years = patterns["sum_words"], patterns["listed_years"]
        self._recent_years = knowledge.recent_years

    def conjuncts(
        self, norm: str, start: int, end: int, concepts: Sequence[Concept], *, all_items: bool = False
    ) -> list[list[Concept]]:
        """The concepts of each item of a list of names; items without concepts are left out unless `all_items`."""
        items: list[list[Concept]] = []
        inside = [(c.start, c.end) for c in concepts]
        position = start
        cuts = [
            (m.start(), m.end())
            for m in self._comma.finditer(norm, start, end)
            if not any(a <= m.start() and m.end() <= b for a, b in inside)
        ]
        for at, after in [*cuts, (end, end)]:
            item = [c for c in concepts if position <= c.start and c.end <= at]
            if item or (all_items and at > position):
                items.append(item)
            position = after
        return items

    def one_by_one(
        self, norm: str, sentence: ProseSentence, index: int, marks: list[YearMark], report_year: int | None
    ) -> list[ListedNumber]:
        """The numbers that 分别 or 依次 hands out from clause `index` on, or nothing.

        When there are not as many names as numbers the numbers come with no name: nobody guesses which is whose.
        """
        clauses = sentence.clauses
        found = self._trigger(norm, sentence, index)
        if found is None:
            return []
        at, names_from = found
        values = [n for n in clauses[index].numerals if n.start >= at]
        after = index + 1
        while after < len(clauses) and clauses[after].opener in "、,; " and clauses[after].numerals:
            if self._sums.match(norm, clauses[after].start):
                break
            first = clauses[after].numerals[0].start
            if any(c.start < first for c in clauses[after].concepts):
                break
            values.extend(clauses[after].numerals)
            after += 1
        if len(values) < 2:
            return []
        unit = next((n.unit for n in reversed(values) if n.unit), "") or ""
        years = self._years(norm, sentence.start, at, marks, len(values)) or self._recent(
            norm, sentence.start, at, report_year
        )
        years = years if len(years) == len(values) else []
        if years:
            stretch = [c for s in clauses[: names_from + 1] for c in s.concepts if c.end <= at]
            return [ListedNumber(n, n.unit or unit, [stretch], y) for n, y in zip(values, years, strict=True)]
        source = clauses[names_from]
        own = [c for c in source.concepts if c.end <= at]
        names = self.conjuncts(norm, source.start, at, own, all_items=True)
        if self._names_before.search(norm, source.start, at):
            names = []
        elif len(names) != len(values):
            names = self.conjuncts(norm, source.start, at, own)
        back = names_from - 1
        while len(names) < len(values) and back >= 0 and not clauses[back].numerals:
            names = [*self.conjuncts(norm, clauses[back].start, clauses[back].end, clauses[back].concepts), *names]
            back -= 1
        if len(names) < len(values):
            return [ListedNumber(n, n.unit or unit, [[]]) for n in values]
        names = names[-len(values) :]
        # "当面、信函、网络申请": what follows the last name belongs to all of them.
        tail = [*names[-1][1:], *(c for c in clauses[index].concepts if at <= c.start < values[0].start)]
        return [ListedNumber(n, n.unit or unit, [name, [*name, *tail]]) for n, name in zip(values, names, strict=True)]

    def _trigger(self, norm: str, sentence: ProseSentence, index: int) -> tuple[int, int] | None:
        """Where the words that hand out begin, and the clause that holds the names before them."""
        clauses = sentence.clauses
        clause = clauses[index]
        for numeral in clause.numerals:
            match = self._one_by_one.search(norm, clause.start, numeral.start)
            if match:
                return match.start(), index
        if index and not clause.concepts and clause.opener in ",:":
            match = self._one_by_one.search(norm, clauses[index - 1].start, clauses[index - 1].end)
            if match:
                return match.start(), index - 1
        return None

    def _recent(self, norm: str, start: int, at: int, report_year: int | None) -> list[int]:
        """近三年: the report's year and those before it."""
        if report_year is None:
            return []
        for phrase, count in self._recent_years.items():
            if norm.find(phrase, start, at) >= 0:
                return list(range(report_year - count + 1, report_year + 1))
        return []

    def _years(self, norm: str, start: int, at: int, marks: list[YearMark], count: int) -> list[int]:
        """The years that a list of numbers runs over, when there are just as many."""
        found: list[int] = []
        for match in self._listed_years.finditer(norm, start, at):
            found = [int(digits) for digits in _YEAR.findall(match.group())]
        if len(found) != count:
            listed = [mark for mark in marks if mark.start < at][-count:]
            gaps = [norm[a.end : b.start] for a, b in pairwise(listed)]
            found = [mark.year for mark in listed] if all(map(self._gap.fullmatch, gaps)) else []
        return found if len(found) == count else []
