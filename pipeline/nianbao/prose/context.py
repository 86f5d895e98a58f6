"""What a clause says besides its metric: the year, the part of the agency, and that a number is no plain count."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nianbao.language.numeral import is_digit
from nianbao.language.numerals import Numeral
from nianbao.prose.clauses import Clause, ProseSentence
from nianbao.prose.knowledge import Knowledge


@dataclass(slots=True, frozen=True)
class Reference:
    """What the document says of itself: the year it reports on, and its agency (normalised)."""

    report_year: int | None
    agency: str | None


@dataclass(slots=True, frozen=True)
class YearMark:
    """A year named in a sentence. `compared`: it stands in a comparison, so it holds only right
    before a number. `relative`: 上年, 去年, which hold for the next number alone."""

    start: int
    end: int
    year: int
    compared: bool
    relative: bool = False


class ContextReader:
    """Reads year, scope and the kind of number out of a clause."""

    def __init__(self, knowledge: Knowledge) -> None:
        patterns = knowledge.patterns
        last, before = patterns["last_year"].pattern, patterns["year_before_last"].pattern
        self._relative = re.compile(f"(?P<last>{last})|(?P<before>{before})")
        self._this, self._no_year = patterns["this_year"], patterns["no_year"]
        self._left_over, self._handed_on = patterns["left_over"], patterns["handed_on"]
        self._founded, self._compared = patterns["founded"], patterns["compared"]
        self._since_year, self._of_paper = patterns["since_year"], patterns["year_of_paper"]
        self._difference = patterns["difference"]
        self._before, self._span = patterns["before_year"], patterns["from_year_to_year"]
        self._one_number = frozenset(knowledge.lists["running_total"])
        self._running, self._accumulated = patterns["running_total"], patterns["accumulated"]
        self._organisations = patterns["organisations"]
        self._counters = knowledge.lists["organisation_units"]
        self._whole, self._part, self._many = patterns["whole"], patterns["part"], patterns["many_parts"]
        self._own_part, self._all_units = patterns["own_part"], patterns["all_units"]
        self._publicity_office, self._channel = patterns["publicity_office"], patterns["channel_of_part"]
        self._government, self._sure_part = patterns["government"], patterns["sure_part"]
        self._no_part, self._example, self._body = patterns["no_part"], patterns["example"], patterns["body"]
        self._among = patterns["among"]
        self._quoted = patterns["quoted"]

    # -- year

    def marks(self, norm: str, sentence: ProseSentence, reference: Reference) -> list[YearMark]:
        """The years named in a sentence, in order, those of relative words too."""
        quoted = [m.span() for m in self._quoted.finditer(norm, sentence.start, sentence.end)]
        marks = [
            YearMark(n.start, n.unit_end, int(n.value), self._is_compared(norm, sentence.start, n.start))
            for n in sentence.numerals
            if n.kind == "year"
            and 1990 <= n.value <= 2100
            and not any(left < n.start < right for left, right in quoted)
            and not self._left_over.match(norm, n.unit_end)
            and not self._handed_on.search(norm, max(sentence.start, n.start - 5), n.start)
            and not self._founded.match(norm, n.unit_end)
            and not self._since_year.match(norm, n.unit_end)
            and not (n.value != reference.report_year and self._of_paper.match(norm, n.unit_end))
        ]
        if reference.report_year is not None:
            for match in self._relative.finditer(norm, sentence.start, sentence.end):
                if self._no_year.search(
                    norm, max(match.start() - 4, sentence.start), min(match.end() + 6, sentence.end)
                ):
                    continue
                year = reference.report_year - (1 if match.group("last") else 2)
                compared = self._is_compared(norm, sentence.start, match.start())
                marks.append(YearMark(match.start(), match.end(), year, compared, relative=True))
            named = {mark.end for mark in marks}
            for match in self._this.finditer(norm, sentence.start, sentence.end):
                if match.start() in named:
                    continue  # 去年全年
                marks.append(YearMark(match.start(), match.end(), reference.report_year, False))
        return sorted(marks, key=lambda mark: mark.start)

    def _is_compared(self, norm: str, start: int, at: int) -> bool:
        return self._compared.search(norm, max(start, at - 4), at) is not None

    def year(self, norm: str, marks: list[YearMark], at: int, previous_value: int, reference: Reference) -> int | None:
        """The year of the number at `at`: the last year named before it, else the report's.

        Another year beside the report's own holds until the clause ends: 2023年166条,2022年200条;网站发布105条.
        """
        year = reference.report_year
        own = False
        for mark in marks:
            if mark.start >= at:
                break
            own = own or mark.year == reference.report_year
            if own and mark.year != reference.report_year and norm.find(";", mark.end, at) >= 0:
                year = reference.report_year
                continue
            if not mark.compared:
                if not mark.relative or previous_value <= mark.start:
                    year = mark.year
            elif mark.start >= previous_value and at - mark.end <= 4:
                return mark.year
        return year

    # -- kinds of numbers that are no plain count

    def is_difference(self, norm: str, clause: Clause, at: int) -> bool:
        """Whether the number says by how much something grew or shrank."""
        return self._difference.search(norm, max(clause.start, at - 8), at) is not None

    def is_running_total(
        self, norm: str, sentence: ProseSentence, marks: list[YearMark], at: int, report_year: int | None
    ) -> bool:
        """Whether the number counts since some earlier year."""
        dated = any(n.kind in ("year", "date") for n in sentence.numerals)
        since_long = dated and (
            self._before.search(norm, max(sentence.start, at - 16), at) or self._spans(norm, sentence, at)
        )
        if since_long and not self._is_own(norm, sentence, marks, at, report_year):
            return True
        match = None
        for found in self._running.finditer(norm, sentence.start, at):
            match = found
        if match is None or norm.find(";", match.end(), at) >= 0:
            return False
        # "自2008年5月1日起", said in the report of 2008, counts the year itself.
        if report_year is not None and str(report_year) in match.group():
            return False
        # 历年累计 speaks of the next number alone.
        between = [n.unit_end for n in sentence.numerals if match.end() <= n.start and n.unit_end <= at]
        if match.group() in self._one_number and between and not self._accumulated.search(norm, between[-1], at):
            return False
        # A year named later ends the running total.
        return not any(match.end() <= mark.start < at for mark in marks)

    @staticmethod
    def _is_own(norm: str, sentence: ProseSentence, marks: list[YearMark], at: int, report_year: int | None) -> bool:
        """自2008年至2012年共受理35件,其中今年8件: words for the year itself, in the number's part of the sentence."""
        own = (m for m in marks if m.start < at and m.year == report_year and not is_digit(norm[m.start]))
        return any(own) and norm.rfind(";", sentence.start, at) < 0

    def _spans(self, norm: str, sentence: ProseSentence, at: int) -> bool:
        """从2008年5月到2012年12月: more than a year and a school year."""
        return any(int(m.group(2)) - int(m.group(1)) > 1 for m in self._span.finditer(norm, sentence.start, at))

    def may_run(self, norm: str, sentence: ProseSentence) -> bool:
        """Whether any number of the sentence can be a running total; most sentences are spared the closer look."""
        return (
            any(n.kind in ("year", "date") for n in sentence.numerals)
            or self._running.search(norm, sentence.start, sentence.end) is not None
        )

    def counts_organisations(self, norm: str, numeral: Numeral) -> bool:
        """14个乡镇, 60家单位: who did something; 191场市政府新闻发布会 is none."""
        return (
            numeral.unit in (None, "", *self._counters)
            and self._organisations.match(norm, numeral.unit_end) is not None
        )

    # -- scope

    def scope(
        self, norm: str, sentence: ProseSentence, clause: Clause, value: Numeral | None, reference: Reference
    ) -> str | None:
        """The part of the agency that a clause's numbers are about, or None for the whole."""
        example = self._example.search(norm, sentence.start, clause.start)
        stop = value.start if value is not None else clause.end
        several = reference.agency is None and self._lists_parts(norm, sentence)
        part = self._subject(norm, sentence.start, clause.start, stop, reference, several)
        opening = sentence.clauses[0]
        whole = clause is not opening and not opening.numerals and self._whole.match(norm, opening.start, opening.end)
        if part is not None and not (whole and not self._among.match(norm, clause.start)):
            return part
        if example is not None and not self._no_part.search(example.group("part")):
            return example.group("part").strip()
        return None

    def _lists_parts(self, norm: str, sentence: ProseSentence) -> bool:
        """公安局收到58件,城管局收到21件: several subjects in one sentence are parts of whoever reports."""
        named = (self._part.match(norm[s.start : s.start + 40]) for s in sentence.clauses if s.numerals)
        return len({m.group("part") for m in named if m and self._body.fullmatch(m.group("part"))}) > 1

    def _subject(
        self, norm: str, sentence_start: int, start: int, stop: int, reference: Reference, several: bool
    ) -> str | None:
        words = norm[start : min(stop, start + 40)]
        match = self._own_part.match(words)
        if match is not None:
            return match.group()
        match = self._many.match(words)
        if match is not None and self._all_units.match(words):
            return None
        if match is not None:
            return match.group("part")
        if self._whole.match(words):
            return None
        match = self._part.match(words)
        if match is None:
            return None
        part = match.group("part").strip()
        if self._sure_part.match(part):
            # 各学院网站, 校本部通过网站: the channel is no part of the name.
            part = self._channel.sub("", part)
        if self._no_part.search(self._publicity_office.sub("", part)) or self._whole.match(part):
            return None
        agency = reference.agency
        among = self._among.search(norm, sentence_start, start) is not None or self._among.match(words) is not None
        if self._government.fullmatch(part) and not among:
            return None
        # A report that does not name its agency may name it just here; only what is marked as a part is one then.
        if agency is None:
            # 县环保局503条: a name right before its number is one of several.
            named = match.end("part") == len(words) == stop - start
            beside = several or (start > sentence_start and self._whole.match(norm, sentence_start, start) is not None)
            return part if among or named or beside or self._sure_part.match(part) else None
        return None if part in agency or agency in part or _is_short_for(part, agency) else part


def _is_short_for(part: str, agency: str) -> bool:
    """流域局 for 松河流域管理局: its characters stand in the agency's name in the same order."""
    letters = iter(agency)
    return len(part) > 2 and all(character in letters for character in part)
