"""Section headings: candidates at enumerators and at bare lines, judged one by one and then with their siblings."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence

from nianbao.catalogue.sections import Rules
from nianbao.structure.enumerators import Enumerator, damaged_enumerator, find_enumerators, leading_enumerator
from nianbao.structure.heading_end import WHOLE, HeadingEndFinder, HeadingWords, compact
from nianbao.structure.siblings import HeadingCandidate, reconcile_siblings
from nianbao.structure.types import Heading, TextRange
from nianbao.structure.unwrap import Unwrapped

# No report has a tenth of this; beyond it a text is noise, and reading on would only cost time.
MAX_MARKS = 20_000
_SURE = 6.0
_SHORTEST_BARE, _LONGEST_BARE = 2, 30
_NEXT_CELL = 40


def find_headings(text: str, flow: Unwrapped, regions: Sequence[TextRange], rules: Rules) -> list[Heading]:
    """The headings of `text`, in its order.

    flow: the normalised text as it flows. regions: where tables stand in the text; their rows are no headings. Rows
    of the national forms are recognised without regions as well.
    """
    finder = HeadingEndFinder(flow.words, rules.headings)
    tables = sorted((flow.from_text(region.start), flow.from_text(region.end)) for region in regions)
    candidates = HeadingFinder(flow.words, finder, tables, rules).candidates(_all_marks(flow, finder))
    reconcile_siblings(candidates, flow.words)
    kept = _without_preamble([c for c in candidates if c.keep and c.title])
    return [_heading(text, flow, c) for c in _without_contents_page(kept, flow.words, rules.headings.contents_page)]


def _heading(text: str, flow: Unwrapped, candidate: HeadingCandidate) -> Heading:
    assert candidate.title is not None
    start, end = flow.to_text(candidate.mark.start, candidate.title.end)
    return Heading(candidate.mark.level, text[start:end], start, end)


def _all_marks(flow: Unwrapped, finder: HeadingEndFinder) -> list[tuple[Enumerator, bool]]:
    """Enumerators, lost enumerators and bare section names, in order; the flag says bare."""
    words = flow.words
    marks = [(mark, False) for mark in find_enumerators(words, MAX_MARKS, finder.rules)]
    starts = {mark.start for mark, _ in marks}
    extra: list[tuple[Enumerator, bool]] = []
    for line in flow.lines:
        if len(extra) >= MAX_MARKS:
            break
        if line.start in starts:
            continue
        lost = damaged_enumerator(words, line.start, finder.rules)
        if lost is not None:
            extra.append((lost, False))
        elif _SHORTEST_BARE <= line.end - line.start <= _LONGEST_BARE and _is_bare(
            words[line.start : line.end], finder
        ):
            extra.append((Enumerator(line.start, line.start, finder.rules.bare_level, 0, "line"), True))
    return sorted(marks + extra, key=lambda pair: pair[0].start) if extra else marks


def _is_bare(line: str, finder: HeadingEndFinder) -> bool:
    name = compact(line)
    return name.endswith(finder.rules.bare_tails) and finder.rules.section.fullmatch(name) is not None


class HeadingFinder:
    """Judges candidates in the order of the text; what came before says which number is expected next."""

    def __init__(self, flow: str, finder: HeadingEndFinder, tables: list[tuple[int, int]], rules: Rules) -> None:
        self.flow = flow
        self.finder = finder
        self.rules = rules
        self.tables = tables
        self.table_starts = [start for start, _ in tables]
        self.headers = [match.start() for match in rules.tables.header.finditer(flow)]
        self.text_end = len(flow.rstrip())
        self.last: dict[int, int] = {}
        self.last_end = -1
        self.last_section = -1
        self.annex: Enumerator | None = None
        self.chinese_brackets = self.arabic_brackets = False

    def candidates(self, marks: list[tuple[Enumerator, bool]]) -> list[HeadingCandidate]:
        candidates = []
        self._learn_styles(mark for mark, _ in marks)
        for at, (mark, bare) in enumerate(marks):
            if mark.start < self.last_end or self._in_contents(mark) or self._in_annexes(mark):
                continue
            if self._is_known_row(mark):
                continue
            mark = self._with_level(mark)
            title = self.finder.find(mark.end, mark.level, self._next_mark(marks, at))
            if self._looks_like_row(mark, title):
                continue
            keep = title is not None and self._accept(mark, title, bare)
            candidate = HeadingCandidate(mark, title, keep)
            candidates.append(candidate)
            if candidate.keep and title is not None:
                self._remember(mark, title)
                self.annex = None
        return candidates

    def _learn_styles(self, marks: Iterable[Enumerator]) -> None:
        levels = {mark.level for mark in marks if not mark.lost}
        self.chinese_brackets, self.arabic_brackets = 2 in levels, 4 in levels

    def _with_level(self, mark: Enumerator) -> Enumerator:
        """A pair of brackets that lost its number has the level of the document's other brackets, or of its place."""
        if not mark.lost or mark.level != 2 or self.chinese_brackets:
            return mark
        return mark._replace(level=4) if self.arabic_brackets or 3 in self.last else mark

    def _remember(self, mark: Enumerator, title: HeadingWords) -> None:
        self.last_end = title.end
        value = mark.value or self.last.get(mark.level, 0) + 1
        self.last = {level: number for level, number in self.last.items() if level < mark.level}
        self.last[mark.level] = value
        # The first pair of brackets that is a heading tells the level of those that lost their number.
        self.chinese_brackets |= mark.level == 2
        if mark.level == 1:
            self.last_section = mark.start

    def _in_contents(self, mark: Enumerator) -> bool:
        return self.finder.contents_start <= mark.start < self.finder.contents_end

    def _in_annexes(self, mark: Enumerator) -> bool:
        """Whether the enumerator counts annexes: behind 附件:, or next after one that does."""
        before = self.flow[max(0, mark.start - 8) : mark.start]
        annex = self.annex
        counts = self.rules.headings.annex.search(before) is not None or (
            annex is not None and mark.level == annex.level and mark.value == annex.value + 1
        )
        if counts:
            self.annex = mark
        return counts

    @staticmethod
    def _next_mark(marks: list[tuple[Enumerator, bool]], at: int) -> int:
        here = marks[at][0]
        for mark, _ in marks[at + 1 : at + 4]:
            if mark.start >= here.end + 2:
                return mark.start
        return 1 << 60

    def _accept(self, mark: Enumerator, title: HeadingWords, bare: bool) -> bool:
        section = self.finder.is_section(title.name)
        if mark.level > 2 and title.end >= self.text_end and "," in title.name:
            return False
        if self._is_apart(mark, title) and not section and not self.finder.tail(title.name):
            return False
        if bare:
            return title.stop == "line"
        if mark.lost and mark.value:
            # A number that lost its sign: the next one of its row, before a title's last word.
            follows = mark.value == self.last.get(1, 0) + 1
            return section or (follows and self.finder.tail(title.name) > 0 and title.stop == "line")
        if mark.lost:
            # A lone comma or pair of brackets is no enumerator unless a title stands behind it.
            # A bracket at a line's start is one.
            bracket = mark.level in (2, 4) and (mark.place == "line" or title.score > WHOLE)
            return section or bracket
        if mark.place == "line":
            return True
        expected = mark.value in (0, 1, self.last.get(mark.level, 0) + 1)
        if mark.place == "glued":
            follows = self.last_end == mark.start and title.score >= WHOLE - 1
            return (follows and expected) or (section and title.score >= _SURE) or (expected and title.score >= _SURE)
        return expected or (section and title.score >= _SURE)

    def _is_apart(self, mark: Enumerator, title: HeadingWords) -> bool:
        """Whether the enumerator stands alone on its line: in the margin of a table, perhaps."""
        return self.flow.find("\n", mark.end, title.end) >= 0

    def _is_known_row(self, mark: Enumerator) -> bool:
        """Whether the enumerator stands in a table's region or counts a row of the national forms.

        The sections that the forms fix are kept even where a region's bounds run over them.
        """
        name = compact(self.flow[mark.end : mark.end + 40])
        second = leading_enumerator(name, 0, len(name), self.rules.headings)
        if second is not None and not second.lost:
            name = name[second.end :]
        if self._in_region(mark.start):
            return not (mark.level == 1 and self.rules.headings.statutory_start.match(name))
        return self.rules.tables.rows.match(name) is not None

    def _looks_like_row(self, mark: Enumerator, title: HeadingWords | None) -> bool:
        """Whether the enumerator counts a row of a table that was not found: by its header or by its cells."""
        name = title.name if title else ""
        if mark.level == 1 and name in self.rules.headings.statutory:
            return False
        if self._under_header(mark.start):
            return name in self.rules.tables.groups or mark.level > 1 or not self.finder.is_section(name)
        return title is not None and self._before_cell(title)

    def _in_region(self, offset: int) -> bool:
        at = bisect_right(self.table_starts, offset) - 1
        return at >= 0 and offset < self.tables[at][1]

    def _under_header(self, offset: int) -> bool:
        """Whether a table's header stands before `offset` in the same line, with no section heading between."""
        at = bisect_right(self.headers, offset) - 1
        if at < 0 or self.headers[at] < self.last_section:
            return False
        return self.flow.find("\n", self.headers[at], offset) < 0

    def _before_cell(self, title: HeadingWords) -> bool:
        """Whether cells follow the title: a pipe, units or bare numbers, or, for a group of rows, a row."""
        tables = self.rules.tables
        group = title.name in tables.groups
        if tables.trailing_cells.search(self.flow, max(title.end - 24, 0), title.end):
            return True
        if tables.count_and_unit.search(title.name):
            return True
        line, _, below = self.flow[title.end : title.end + _NEXT_CELL].partition("\n")
        line = line.strip(" :")
        if line:
            empty = not line.strip("| ")
            return (group or not self.finder.is_section(title.name)) if empty else tables.cell.match(line) is not None
        following = below.lstrip().partition("\n")[0].strip()
        if following and tables.cell.match(following):
            return True
        mark = leading_enumerator(following, 0, len(following), self.rules.headings) if group else None
        return mark is not None and tables.rows.match(compact(following[mark.end :])) is not None


def _without_preamble(kept: list[HeadingCandidate]) -> list[HeadingCandidate]:
    """`kept` without a list of particulars (1.编制依据: …) that stands before the first section of a numbered row."""
    sections = [at for at, c in enumerate(kept) if c.mark.level == 1 and c.mark.value]
    if len(sections) < 2 or kept[sections[0]].mark.value != 1:
        return kept
    return [c for at, c in enumerate(kept) if at >= sections[0] or c.mark.level < 3]


def _without_contents_page(kept: list[HeadingCandidate], flow: str, page: re.Pattern[str]) -> list[HeadingCandidate]:
    """`kept` without the lines of a table of contents, which repeat the headings that follow."""
    if not kept or not page.search(flow, max(0, kept[0].mark.start - 40), kept[0].mark.start):
        return kept
    names = [(c.mark.level, c.title.name) for c in kept if c.title]
    again = names.index(names[0], 1) if names[0] in names[1:] else 0
    return kept[again:]
