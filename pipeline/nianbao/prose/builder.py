"""The builder of mentions: one number, or words that state one, with all that surrounds it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import chain as chain_of

from nianbao.language.numerals import Numeral
from nianbao.prose.clauses import Clause
from nianbao.prose.context import ContextReader
from nianbao.prose.exclusions import Exclusions
from nianbao.prose.knowledge import Knowledge
from nianbao.prose.lexicon import Concept
from nianbao.prose.mention import Mention
from nianbao.prose.narrowing import Narrowing
from nianbao.prose.outlets import Outlets
from nianbao.prose.sentence_context import Names, SentenceContext
from nianbao.prose.stated import names_of

TOPICS = 4
"""How many sentences back a topic holds."""

_BLANK_OR_MARK = " \n,;:。"
LONGEST_STATED = 60
"""Characters of the words that state something, at most."""
_CLAUSES_BACK = 3


class MentionBuilder:
    """Builds the mentions of a sentence."""

    def __init__(self, knowledge: Knowledge, context: ContextReader, narrowing: Narrowing) -> None:
        self.context = context
        self.narrowing = narrowing
        self._roles, self._patterns = knowledge.roles, knowledge.patterns
        self._topic_groups = knowledge.rules.topics
        self._groups_of = lru_cache(maxsize=10_000)(self._group)
        self._exclusions = Exclusions(knowledge, context, narrowing)
        self._outlets = Outlets(knowledge)

    def words(
        self, ctx: SentenceContext, index: int, span: tuple[int, int], kind: str, concepts: list[Concept]
    ) -> Mention:
        start, end = self._shortened(ctx.norm, *_trim(ctx.norm, *span))
        mention = self._base(ctx, index, start, end, kind, [concepts], None)
        mention.value = 0.0 if kind in ("zero", "maybe_zero") else None
        return mention

    def number(
        self,
        ctx: SentenceContext,
        index: int,
        numeral: Numeral,
        candidates: list[list[Concept]],
        unit: str | None = None,
    ) -> Mention:
        clear = numeral.kind != "unclear"
        kind = numeral.kind if clear else "money" if numeral.unit == "元" else "count"
        clauses = ctx.sentence.clauses
        mention = self._base(ctx, index, numeral.start, numeral.end, kind, candidates, numeral)
        mention.value, mention.qualifier = numeral.value if clear else None, numeral.qualifier
        mention.readings = list(numeral.readings) or None
        mention.joint, all_ways = self._outlets.shared(ctx.norm, clauses, index, numeral.start)
        if all_ways or (mention.joint and self._patterns["parts_follow"].match(ctx.norm, numeral.unit_end)):
            self._leave_outlets_out(mention)
        mention.runs = self._patterns["adds_up"].search(ctx.norm, ctx.sentence.start, numeral.start) is not None
        mention.adds_up = self._patterns["adding_up"].search(ctx.norm, clauses[index].start, numeral.start) is not None
        mention.own_at = self._own_at(ctx, clauses[index], numeral.start)
        mention.unit = numeral.unit or "" if unit is None else unit
        clause = ctx.sentence.clauses[index]
        mention.sums = self._patterns["sum_words"].search(ctx.norm, clause.start, numeral.start) is not None
        mention.exclusion = self._exclusions.reason(ctx, clause, numeral, mention)
        if mention.exclusion == "difference" and self._patterns["shrinks"].search(
            ctx.norm, clause.start, numeral.start
        ):
            mention.sign = -1.0
        return mention

    def _shortened(self, norm: str, start: int, end: int) -> tuple[int, int]:
        """At most so many characters of the words that state something: from the denial on, up to a mark."""
        if end - start <= LONGEST_STATED:
            return start, end
        denial = next((m for m in self._patterns["zero"].finditer(norm, start, end) if m["zero"]), None)
        start = denial.start() if denial else start
        if end - start > LONGEST_STATED:
            end = start + LONGEST_STATED
            mark = max(norm.rfind(character, start + 1, end) for character in _BLANK_OR_MARK)
            end = mark if mark > 0 else end
        return _trim(norm, start, end)

    def _leave_outlets_out(self, mention: Mention) -> None:
        """通过网站、微博等渠道公开: by all ways together, so that the number is of none of them."""
        outlet = self._roles.outlet
        mention.candidates = [[name for name in names if name not in outlet] for names in mention.candidates]
        mention.topics = [{g: name for g, name in topics.items() if name not in outlet} for topics in mention.topics]
        mention.just_before = [name for name in mention.just_before if name not in outlet]
        mention.in_sentence = [name for name in mention.in_sentence if name not in outlet]

    def _own_at(self, ctx: SentenceContext, clause: Clause, at: int) -> int | None:
        """Where words before the number say last that it is the year's own: 本年, 2016年, 新增."""
        semicolon = ctx.norm.rfind(";", ctx.sentence.start, at)
        of_year = self._patterns["sum_of_year"].match(ctx.norm, clause.start, at)
        for total in self._patterns["adding_up"].finditer(ctx.norm, clause.start, at):
            if of_year is None or total.end() != of_year.end():
                semicolon = max(semicolon, total.start())
        starts = [
            mark.start
            for mark in ctx.marks
            if semicolon < mark.start
            and mark.end <= at
            and mark.year == ctx.reference.report_year
            and not mark.compared
            and not self._patterns["end_of_year"].match(ctx.norm, mark.end)
        ]
        starts += [c.start for c in clause.concepts if c.end <= at and c.names & self._roles.newly]
        return max(starts, default=None)

    def _base(
        self,
        ctx: SentenceContext,
        index: int,
        start: int,
        end: int,
        kind: str,
        candidates: list[list[Concept]],
        numeral: Numeral | None,
    ) -> Mention:
        clauses = ctx.sentence.clauses
        clause = clauses[index]
        previous = _end_before(clauses, index, start)
        last = next((i for i in range(index - 1, -1, -1) if clauses[i].numerals), max(0, index - _CLAUSES_BACK))
        just_before = sorted(frozenset().union(*(s.names() for s in clauses[last:index])))
        if previous > clause.start:
            # 培训班40期、2780人次: the clause's own number before.
            just_before = sorted(names_of([c for c in clause.concepts if c.end <= previous])) or just_before
        if clause.opener == ";":
            # What a channel's followers were told ends with the clause.
            just_before = [name for name in just_before if name not in self._roles.followers]
        candidate_names = [sorted(names_of(candidate)) for candidate in candidates]
        year = self.context.year(
            ctx.norm, ctx.marks, start if kind in ("count", "money") else end, previous, ctx.reference
        )
        if self._carried_in(ctx, clause):
            carried = self._roles.one("carried_in")
            candidate_names = [
                [carried if n in self._roles.carried_out else n for n in names] for names in candidate_names
            ]
        return Mention(
            start=start,
            end=end,
            kind=kind,
            value=None,
            unit="",
            qualifier="exact",
            sentence=ctx.number,
            paragraph=ctx.sentence.paragraph,
            clause=(clause.start, clause.end),
            candidates=candidate_names,
            names=[_span(candidate) for candidate in candidates],
            in_sentence=ctx.earlier(index),
            just_before=just_before,
            in_paragraph=ctx.behind(TOPICS),
            headings=ctx.above(),
            topics=[
                self._topics(ctx, index, end if kind == "zero" else start, candidate, kind) for candidate in candidates
            ],
            year=year,
            own_year=any(clause.start <= m.start < start and not m.compared for m in ctx.marks)
            or (year is not None and year != ctx.reference.report_year),
            scope=self.context.scope(ctx.norm, ctx.sentence, clause, numeral, ctx.reference),
            special_heading=ctx.special,
            special=numeral is not None and self.narrowing.is_field(ctx.norm, clause, numeral, ctx.reference.agency),
            report_year=ctx.reference.report_year,
            opener=clause.opener,
            among=self._patterns["among_before"].search(ctx.norm, ctx.sentence.start, start) is not None,
            nested=self._patterns["among"].match(ctx.norm, clause.start) is not None,
            verb_first=any(c.start == clause.start and c.names & self._roles.act for c in clause.concepts[:1]),
            listed=self._is_listed(ctx, index),
            points_back=self._patterns["looks_back"].match(ctx.norm, clause.start, clause.end) is not None,
            whole=self._patterns["whole_agency"].match(ctx.norm, clause.start, clause.end) is not None,
        )

    def _is_listed(self, ctx: SentenceContext, index: int) -> bool:
        """Whether the clause goes on inside an item of a list whose items are set apart by semicolons."""
        clauses = ctx.sentence.clauses
        if clauses[index].opener not in (",", " ") or self._patterns["whole_agency"].match(
            ctx.norm, clauses[index].start
        ):
            return False
        if not ctx.in_list():
            return False
        while index and clauses[index].opener != ";":
            index -= 1
            if clauses[index].numerals:
                return True
        return False

    def _carried_in(self, ctx: SentenceContext, clause: Clause) -> bool:
        """2019年结转, said of 2020: carried in, not out."""
        if self._patterns["carried_from_last_year"].search(ctx.norm, clause.start, clause.end):
            return True
        match = self._patterns["carried_from_year"].search(ctx.norm, clause.start, clause.end)
        return match is not None and int(match.group(1)) < (ctx.reference.report_year or 0)

    def _topics(self, ctx: SentenceContext, index: int, at: int, candidate: list[Concept], kind: str) -> dict[str, str]:
        """For each topic group the concept nearest to the mention: its own words, then looking back, then above."""
        clauses = ctx.sentence.clauses
        own = sorted(candidate, key=lambda c: min(abs(c.end - at), abs(c.start - at)))
        earlier = (c for clause in clauses[index::-1] for c in reversed(clause.concepts) if c.end <= at)
        chain: Iterator[Names] = chain_of(
            (c.names for c in own),
            (c.names for c in earlier),
            (c.names for c in reversed(ctx.history[-40:])),
            ctx.headings,
        )
        if kind not in ("count", "money"):
            # What the requests were about (征地审批) is no other business of the agency's.
            chain = (names - self._roles.other_business for names in chain)
        nearest: dict[str, str] = {}
        for names in chain:
            for group, name in self._groups_of(names):
                nearest.setdefault(group, name)
            if len(nearest) == len(self._topic_groups):
                break
        topics = {group: nearest[group] for group in self._topic_groups if group in nearest}
        for group, name in topics.items():
            kinds = self._roles.kind_of_suit & self._topic_groups[group]
            if kinds and name in self._roles.litigation:
                topics[group] = self._kind_of_suit(clauses[: index + 1]) or name
        return topics

    def _group(self, names: Names) -> list[tuple[str, str]]:
        """The topic groups that concepts belong to, each with the first of its own."""
        shared = ((group, names & members) for group, members in self._topic_groups.items())
        return [(group, min(own)) for group, own in shared if own]

    def _kind_of_suit(self, clauses: list[Clause]) -> str | None:
        """未经复议直接起诉的行政诉讼4件: what the clause that names the suits last says of their kind."""
        last = next((s.names() for s in reversed(clauses) if s.names() & self._roles.litigation), frozenset())
        return max(last & self._roles.kind_of_suit, default=None)


def _end_before(clauses: list[Clause], index: int, start: int) -> int:
    """Where the last number of the clauses up to one ends that stands before `start`; 0 without one."""
    for at in range(index, -1, -1):
        for numeral in reversed(clauses[at].numerals):
            if numeral.end <= start:
                return numeral.end
    return 0


def _span(candidate: list[Concept]) -> tuple[int, int] | None:
    here = [c for c in candidate if not c.in_heading]
    return (min(c.start for c in here), max(c.end for c in here)) if here else None


def _trim(norm: str, start: int, end: int) -> tuple[int, int]:
    while start < end and norm[start] in _BLANK_OR_MARK:
        start += 1
    while end > start and norm[end - 1] in _BLANK_OR_MARK:
        end -= 1
    return start, end
