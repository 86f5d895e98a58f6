"""Numbers that stand in words: denials (没有收到申请: 0) and 均, 全部, 已 (an earlier number again)."""

from __future__ import annotations

import re

from nianbao.prose.clauses import Clause, ProseSentence
from nianbao.prose.knowledge import Knowledge
from nianbao.prose.lexicon import Concept
from nianbao.prose.lists import Lists

Stated = tuple[tuple[int, int], str, list[Concept]]
"""The words' span, kind (zero, maybe_zero, all, done) and the concepts of what they speak of."""


def names_of(concepts: list[Concept]) -> frozenset[str]:
    """All concept names of some concepts."""
    return frozenset().union(*(c.names for c in concepts))


class StatedReader:
    """Finds what a sentence states in words."""

    def __init__(self, knowledge: Knowledge, lists: Lists) -> None:
        patterns = knowledge.patterns
        self.lexicon = knowledge.lexicon
        self._roles = knowledge.roles
        self._conjuncts = lists.conjuncts
        self._zero, self._blocks, self._modal = patterns["zero"], patterns["zero_blocked"], patterns["modal"]
        self._bare, self._short, self._problem = patterns["bare"], patterns["bare_short"], patterns["problem_heading"]
        self._goes_on, self._done, self._of_money = patterns["more_names"], patterns["done"], patterns["of_money"]
        self._cost, self._takes_money = patterns["cost_of_suit"], patterns["takes_money"]
        self._caused, self._heading_tail = patterns["caused"], patterns["heading_tail"]
        self._nothing_carried = patterns["nothing_carried"]
        self._by_ways, self._in_writing = patterns["by_ways"], patterns["in_writing"]

    def denial(self, norm: str, start: int, end: int) -> re.Match[str] | None:
        """The first word of norm[start:end] that denies, double negatives and set phrases passed over."""
        for match in self._zero.finditer(norm, start, end):
            if match.group("zero"):
                return match
        return None

    def read(
        self, norm: str, sentence: ProseSentence, index: int, titles: tuple[str, ...], first: bool
    ) -> list[Stated]:
        """What clause `index` (no numbers in it) states.

        Args:
            titles: the headings above, the nearest first.
            first: whether the sentence is the first under its heading.
        """
        clause = sentence.clauses[index]
        text = norm[sentence.start : sentence.end]
        if first and titles and self._bare.match(text) and not self._is_about_requests(clause, titles[0]):
            return self._under_heading((clause.start, sentence.end), titles[0])
        if titles and self._problem.search(titles[0]):
            return []
        if index and sentence.clauses[index - 1].numerals and self._short.match(norm[clause.start : clause.end]):
            return [((clause.start, clause.end), "zero", sentence.clauses[index - 1].concepts)]
        if self.denial(norm, clause.start, clause.end):
            return self.zeros(norm, sentence, index, clause.end)
        span = (clause.start, clause.end)
        names = clause.names()
        if self._roles.all & names:
            return [(span, "all", clause.concepts)]
        if clause.concepts and (self._done.match(norm, clause.start, clause.end) or names & self._roles.result):
            return [(span, "done", clause.concepts)]
        return []

    def _under_heading(self, span: tuple[int, int], title: str) -> list[Stated]:
        """A bare 无 under a heading denies what the heading names."""
        return [(span, "zero", item) for item in self._each_its_own(self.heading_items(title))]

    def heading_words(self, title: str) -> str:
        """A heading without the words that all headings end with: 申请情况 speaks of requests."""
        return self._heading_tail.sub("", title)

    def _is_about_requests(self, clause: Clause, title: str) -> bool:
        """未收到申请, under a heading about something else."""
        request = self._roles.request
        return bool(request & clause.names()) and not any(
            request & c.names for c in self.lexicon.scan(self.heading_words(title))
        )

    def heading_items(self, title: str) -> list[list[Concept]]:
        """What a heading names, item by item."""
        title = self.heading_words(title)
        concepts = list(self.lexicon.scan(title))
        items = [self._object(item) for item in self._conjuncts(title, 0, len(title), concepts)]
        return [
            [Concept(0, 0, c.names, in_heading=True) for c in item]
            for item in items
            if names_of(item) & self._roles.deniable
        ]

    def zeros(self, norm: str, sentence: ProseSentence, index: int, stop: int) -> list[Stated]:
        """What a denial in clause `index`, before offset `stop`, covers: one entry a name."""
        clauses = sentence.clauses
        clause = clauses[index]
        trigger = self.denial(norm, clause.start, stop)
        inside = [c for c in clause.concepts if trigger is not None and c.start < trigger.start() < c.end]
        if inside:
            carried = [c for c in inside if c.names & self._roles.carried_in]
            if carried and self._nothing_carried.search(norm, carried[0].start, carried[0].end):
                return [((clause.start, clause.end), "zero", carried)]
            return []
        if trigger is None or self._modal.search(norm, sentence.start, sentence.end):
            return []
        if self._cost.search(norm, trigger.end(), clause.end):
            return []
        if self._blocks.search(norm, max(clause.start, trigger.start() - 2), clause.end):
            return []
        covered = [c for c in clause.concepts if c.end > trigger.start()]
        before = [c for c in clause.concepts if c.end <= trigger.start()]
        low = min(trigger.start(), covered[0].start) if covered else trigger.start()
        items = [self._object(item) for item in self._conjuncts(norm, low, clause.end, covered)]
        items = [item for item in items if names_of(item) & self._roles.deniable]
        # 均未发生, 没有收到: only where the denial closes the clause are its objects before it.
        if not items and len(norm[trigger.end() : clause.end].strip(" 。")) <= 8:
            items = self._before(norm, clause, trigger.start(), before, covered)
        span_start = clause.start
        if not items and index and clause.opener in ",:" and not clauses[index - 1].numerals:
            earlier = clauses[index - 1]
            items = self._before(norm, earlier, earlier.end, earlier.concepts, covered)
            span_start = earlier.start if items else span_start
        if not items and index + 1 < len(clauses) and not clauses[index + 1].numerals:
            # 没有因公开不当等情形,引起行政复议: what did not come of it stands in the next clause.
            caused = clauses[index + 1]
            if self._caused.match(norm, caused.start, caused.end):
                items = self._before(norm, caused, caused.end, caused.concepts, [])
                if items:
                    return [((span_start, caused.end), "zero", item) for item in self._each_its_own(items)]
        if not items:
            # Nothing that the rules know: left to the learned linker.
            rest = [self._object(item) for item in self._conjuncts(norm, clause.start, clause.end, clause.concepts)]
            return [((clause.start, clause.end), "maybe_zero", item) for item in rest]
        items = self._each_its_own(items)
        if self._of_money.search(trigger.group()) or self._takes_money.match(norm, trigger.end(), clause.end):
            items = [item for item in items if names_of(item) & self._roles.charge] or items
        items, end = self._going_on(norm, clauses, index, items, clause.end)
        channels = self._denied_channels(norm, clauses, index, items)
        items = channels or self._merge(items, norm[clause.start : end], self._has_counted(clauses[:index]))
        return [((span_start, end), "zero", item) for item in items]

    def _has_counted(self, clauses: list[Clause]) -> bool:
        """收到网上申请12件,无传真和信函申请: requests came, so that what is denied is each channel's."""
        asked = self._roles.request | self._roles.channel
        return any(clause.numerals and clause.names() & asked for clause in clauses)

    def _before(
        self, norm: str, clause: Clause, stop: int, before: list[Concept], covered: list[Concept]
    ) -> list[list[Concept]]:
        """行政复议、行政诉讼均无: the names stand before the denial."""
        items = [self._object([*item, *covered]) for item in self._conjuncts(norm, clause.start, stop, before)]
        return [item for item in items if names_of(item) & self._roles.deniable]

    def _going_on(
        self, norm: str, clauses: list[Clause], index: int, items: list[list[Concept]], end: int
    ) -> tuple[list[list[Concept]], int]:
        at = index + 1
        while at < len(clauses) and not clauses[at].numerals and clauses[at].concepts and items:
            clause = clauses[at]
            if self.denial(norm, clause.start, clause.end) or not self._goes_on.match(norm, clause.start, clause.end):
                break
            more = [self._object(item) for item in self._conjuncts(norm, clause.start, clause.end, clause.concepts)]
            items = [*items, *(item for item in more if names_of(item) & self._roles.deniable)]
            end = clause.end
            at += 1
        return items, end

    def _denied_channels(
        self, norm: str, clauses: list[Clause], index: int, items: list[list[Concept]]
    ) -> list[list[Concept]]:
        """当面、传真、信函均未收到申请: each channel's zero, where the channels stand in the clause before."""
        request = self._roles.request
        if len(items) != 1 or not request & names_of(items[0]) or not index:
            return []
        earlier = clauses[index - 1]
        if earlier.numerals or not self._roles.all & clauses[index].names():
            return []
        named = self._conjuncts(norm, earlier.start, earlier.end, earlier.concepts)
        if len(named) < 2 or not all(names_of(item) & self._roles.channel for item in named):
            return []
        return [[*item, *(c for c in items[0] if c.names & request)] for item in named]

    def _object(self, item: list[Concept]) -> list[Concept]:
        """What is denied: in 因…申请行政复议 the request is only the cause; 公民、法人或其他组织 are just everybody."""
        names = names_of(item)
        drop = self._roles.anybody
        if names & self._roles.request:
            # 没有依申请公开的办理事项: what is denied is the request.
            drop = drop | self._roles.other_business
        if names & self._roles.own_cause:
            drop = drop | self._roles.circumstance
        return [c for c in item if not c.names & drop] or item

    def _each_its_own(self, items: list[list[Concept]]) -> list[list[Concept]]:
        """复议诉讼 names two things; the verb of the first item (未制发规章及规范性文件) goes with all."""
        verbs = [c for c in items[0] if not c.names & self._roles.deniable] if items else []
        found: list[list[Concept]] = []
        review, litigation = self._roles.review, self._roles.litigation
        for number, item in enumerate(items):
            item = item if not number or any(not c.names & self._roles.deniable for c in item) else [*verbs, *item]
            names = names_of(item)
            if review & names and litigation & names and not names & self._roles.kind_of_suit:
                found.append([c for c in item if not litigation & c.names])
                found.append([c for c in item if not review & c.names])
            else:
                found.append(item)
        return found

    def _merge(self, items: list[list[Concept]], text: str, counted: bool) -> list[list[Concept]]:
        """Names that only together say one thing: 书面或网上申请 is no zero of the channel alone, unless requests were
        counted."""
        channels = [item for item in items if names_of(item) & self._roles.channel]
        in_writing = self._in_writing.search(text)
        if (counted or self._by_ways.search(text)) and not in_writing:
            return items
        if len(channels) > 1 or (channels and in_writing):
            rest = [item for item in items if not names_of(item) & self._roles.channel]
            if any(self._roles.request & names_of(item) for item in channels):
                flat = [c for item in channels for c in item if not c.names & self._roles.channel]
                return [*rest, flat] if flat else rest
        return items
