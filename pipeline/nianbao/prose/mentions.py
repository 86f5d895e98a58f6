"""The reader of mentions: every number of the prose, and every clause that states one in words."""

from __future__ import annotations

from dataclasses import replace

from nianbao.language.numeral import is_digit
from nianbao.language.numerals import Numeral, find_numerals
from nianbao.prose.builder import LONGEST_STATED, TOPICS, MentionBuilder
from nianbao.prose.candidates import CandidateSpans
from nianbao.prose.clauses import COUNTED, Clause, ClauseReader, sentence_spans
from nianbao.prose.context import ContextReader, Reference
from nianbao.prose.knowledge import Knowledge
from nianbao.prose.lexicon import Concept
from nianbao.prose.lists import Lists
from nianbao.prose.mention import Mention
from nianbao.prose.narrowing import Narrowing
from nianbao.prose.reflow import ProseParagraph, reflow
from nianbao.prose.sentence_context import Names, SentenceContext
from nianbao.prose.stated import StatedReader, names_of

__all__ = ["Mention", "MentionReader", "ProseParagraph"]


class MentionReader:
    """Finds the mentions of stretches of prose."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.lexicon = knowledge.lexicon
        self.context = ContextReader(knowledge)
        self.narrowing = Narrowing(knowledge)
        self._roles, self._patterns = knowledge.roles, knowledge.patterns
        self._lists = Lists(knowledge)
        self._candidates = CandidateSpans(knowledge)
        self._sentences = ClauseReader(knowledge)
        self._stated = StatedReader(knowledge, self._lists)
        self._build = MentionBuilder(knowledge, self.context, self.narrowing)
        self._heading_cache: dict[str, tuple[Names, bool]] = {}

    def read(self, norm: str, stretches: list[ProseParagraph], reference: Reference) -> list[Mention]:
        """All mentions, in the order of the text, with offsets into `norm`."""
        whole = reflow(norm, [self._with_name(norm, stretch) for stretch in stretches], self._patterns["pause"])
        mentions: list[Mention] = []
        number = 0
        for paragraph, stretch in enumerate(whole.stretches):
            number = self._paragraph(whole.text, stretch, paragraph, number, reference, mentions)
        for mention in mentions:
            mention.start, mention.end = whole.span(mention.start, mention.end)
            if mention.kind not in COUNTED and mention.end - mention.start > LONGEST_STATED:
                # What the prose does not show, such as blanks, counts in the text.
                mention.end = mention.start + len(norm[mention.start : mention.start + LONGEST_STATED].rstrip())
            mention.clause = whole.span(*mention.clause)
            mention.names = [None if name is None else whole.span(*name) for name in mention.names]
            mention.own_at = None if mention.own_at is None else whole.span(mention.own_at, mention.own_at)[0]
        mentions.sort(key=lambda mention: (mention.start, mention.end))
        return mentions

    def _with_name(self, norm: str, stretch: ProseParagraph) -> ProseParagraph:
        """(一)网站|发布信息705条: a heading that the sentence goes on from is the beginning of the sentence, too."""
        title = stretch.headings[0] if stretch.headings else ""
        start = stretch.start - len(title)
        if not title or norm[max(0, start) : stretch.start] != title:
            return stretch
        if not self._patterns["heading_goes_on"].match(norm, stretch.start, stretch.end):
            return stretch
        number = self._patterns["heading_number"].match(title)
        return replace(stretch, start=start + (number.end() if number else 0))

    def _paragraph(
        self,
        norm: str,
        stretch: ProseParagraph,
        paragraph: int,
        number: int,
        reference: Reference,
        found: list[Mention],
    ) -> int:
        if not self._patterns["worth"].search(norm, stretch.start, stretch.end):
            return number
        above = [self._heading(title) for title in stretch.headings]
        headings = tuple(names for names, _ in above)
        numerals = find_numerals(self.knowledge.measures, norm, stretch.start, stretch.end, printed=False)
        before: list[Names] = []
        history: list[Concept] = []
        # Sentences that state no number are only topics for those that do: they are read when one comes.
        passed: list[tuple[int, int]] = []
        at = 0
        title = stretch.headings[0] if stretch.headings else ""
        planned = self.narrowing.is_plan(title)
        for start, end in sentence_spans(norm, stretch.start, stretch.end):
            first = at == 0 and not before and not passed
            own = []
            while at < len(numerals) and numerals[at].start < end:
                own.append(numerals[at])
                at += 1
            number += 1
            if not any(n.kind in COUNTED for n in own) and not self._patterns["states"].search(norm, start, end):
                passed.append((start, end))
                continue
            for left, right in passed[-TOPICS:]:
                concepts = list(self.lexicon.scan(norm, left, right))
                before.append(names_of(concepts))
                history.extend(concepts)
            passed.clear()
            own = [n for n in own if not self._is_summary(norm, n)]
            sentence = self._sentences.read(norm, start, end, paragraph, own)
            ctx = SentenceContext(norm, sentence, number, headings, stretch.headings, before, history, reference, first)
            ctx.special = len(above) > 1 and above[0][1]
            ctx.marks = self.context.marks(norm, sentence, reference)
            ctx.planned = planned
            ctx.stop = stretch.end
            ctx.runs = self.context.may_run(norm, sentence)
            found.extend(self._sentence(ctx))
            concepts = [c for clause in sentence.clauses for c in clause.concepts]
            before.append(names_of(concepts))
            about = self._patterns["about"].search(norm, start, end)
            history.extend(
                c for c in concepts if not (about and c.start >= about.end() and c.names & self._roles.other_business)
            )
        return number

    def _is_summary(self, norm: str, numeral: Numeral) -> bool:
        """三个平台, 四种方式: counts the items of a list in the sentence itself."""
        return not is_digit(norm[numeral.start]) and self._patterns["summary"].match(norm, numeral.end) is not None

    def _heading(self, title: str) -> tuple[Names, bool]:
        """A heading's concepts, and whether it is about one field of work, so that its numbers are no totals."""
        found = self._heading_cache.get(title)
        if found is None:
            if len(self._heading_cache) > 5000:
                self._heading_cache.clear()
            special = self.narrowing.has_more(title)
            found = self._heading_cache[title] = (
                names_of(list(self.lexicon.scan(self._stated.heading_words(title)))),
                special,
            )
        return found

    # -- one sentence

    def _sentence(self, ctx: SentenceContext) -> list[Mention]:
        found: list[Mention] = []
        done: set[int] = set()
        for index, clause in enumerate(ctx.sentence.clauses):
            self._drop_denied(ctx, clause)
            self._drop_contents(ctx, clause)
            values = [n for n in clause.numerals if n.start not in done]
            if not clause.numerals:
                stated = self._stated.read(ctx.norm, ctx.sentence, index, ctx.titles, ctx.first)
                found.extend(self._build.words(ctx, index, *entry) for entry in stated)
                continue
            given = (
                self._lists.one_by_one(ctx.norm, ctx.sentence, index, ctx.marks, ctx.reference.report_year)
                if values
                else []
            )
            for item in given:
                done.add(item.numeral.start)
                mention = self._build.number(ctx, index, item.numeral, item.candidates, item.unit)
                mention.special = mention.joint = False
                if mention.exclusion == "rate":
                    # 网站、微博各有120、85条: handed out one by one.
                    mention.exclusion = None
                if not item.candidates[0]:
                    mention.exclusion = mention.exclusion or "unnamed"
                if item.year is not None:
                    mention.year, mention.own_year = item.year, True
                found.append(mention)
            if not given and values:
                found.extend(self._plain(ctx, index))
                stated = self._stated.zeros(ctx.norm, ctx.sentence, index, clause.numerals[0].start)
                found.extend(self._build.words(ctx, index, *entry) for entry in stated)
        return found

    def _drop_contents(self, ctx: SentenceContext, clause: Clause) -> None:
        """公开规范性文件、政策解读等信息68条: what a list of contents names, the number does not count."""
        if not clause.numerals:
            return
        contents = self.narrowing.contents(ctx.norm, clause, clause.numerals[0].start)
        if contents is not None:
            start, end = contents
            # 机构、规划、财政等方面信息68条: of three things and more, of all.
            many = ctx.norm.count("、", start, end) > 1
            clause.concepts = [
                c
                for c in clause.concepts
                if not start <= c.start < end
                and not (many and end <= c.start < clause.numerals[0].start and c.names & self._roles.category)
            ]

    def _drop_denied(self, ctx: SentenceContext, clause: Clause) -> None:
        """未收到一件申请: the 一 belongs to the denial."""
        clause.numerals = [
            n
            for n in clause.numerals
            if not (
                n.value == 1
                and self._patterns["one"].match(ctx.norm, n.start)
                and (
                    self._stated.denial(ctx.norm, max(clause.start, n.start - 6), n.start)
                    or self._patterns["not_even"].match(ctx.norm, n.unit_end)
                )
            )
        ]

    def _plain(self, ctx: SentenceContext, index: int) -> list[Mention]:
        clause = ctx.sentence.clauses[index]
        found: list[Mention] = []
        if len(clause.numerals) == 2 and self._candidates.moves(ctx.norm, clause):
            return self._from_to(ctx, index)
        if len(clause.numerals) > 1:
            for numeral, candidates in self._candidates.several(ctx.norm, clause):
                found.append(self._build.number(ctx, index, numeral, candidates))
            return found
        numeral = clause.numerals[0]
        own, later = self._candidates.split_at_all(clause, numeral)
        each = self._lists.each.search(ctx.norm, clause.start, numeral.start)
        names = self._lists.conjuncts(ctx.norm, clause.start, each.start(), clause.concepts) if each else []
        if len(names) > 1:
            tail = [*names[-1][1:], *(c for c in clause.concepts if each and c.start >= each.start())]
            each_one = [self._build.number(ctx, index, numeral, [name, [*name, *tail]]) for name in names]
            for mention in each_one:
                mention.special = False
            return each_one
        if len(suits := self._suits(ctx.norm, clause, numeral)) > 1:
            return [self._build.number(ctx, index, numeral, [name]) for name in suits]
        bare = self._under_heading(ctx, index, numeral)
        if bare:
            return bare
        found.append(
            self._build.number(ctx, index, numeral, self._candidates.single(ctx.norm, ctx.sentence.clauses, index, own))
        )
        ground = self._ground(ctx.norm, numeral)
        if ground is not None and names_of(own) & self._roles.grounded:
            found.append(self._build.number(ctx, index, numeral, [[ground]]))
        if later:
            found.append(self._build.words(ctx, index, (later[0].start, clause.end), "all", later))
        return found

    def _suits(self, norm: str, clause: Clause, numeral: Numeral) -> list[list[Concept]]:
        """行政复议及行政诉讼0件: each of them is zero."""
        if numeral.value != 0:
            return []
        names = self._lists.conjuncts(norm, clause.start, numeral.start, clause.concepts)
        each = self._roles.own_cause | self._roles.deniable
        return names if all(names_of(name) & each for name in names) else []

    def _ground(self, norm: str, numeral: Numeral) -> Concept | None:
        """不予公开1件(属于行政执法案卷): the one ground that the brackets right behind a number give for all of it."""
        remark = self._patterns["remark"].match(norm, numeral.unit_end)
        if remark is None:
            return None
        grounds = [c for c in self.lexicon.scan(norm, remark.start(1), remark.end(1)) if c.names & self._roles.ground]
        return grounds[0] if len(grounds) == 1 else None

    def _under_heading(self, ctx: SentenceContext, index: int, numeral: Numeral) -> list[Mention]:
        """A sentence that is nothing but a number, right under a heading, is the number of what that names."""
        clauses = ctx.sentence.clauses
        if len(clauses) > 1 or names_of(clauses[0].concepts) - self._roles.all or not ctx.first or not ctx.titles:
            return []
        items = self._stated.heading_items(ctx.titles[0])
        if not items or (len(items) > 1 and numeral.value != 0):
            return []
        suits = (self._roles.litigation, self._roles.review)
        both = [[c for c in item if not c.names & names] for item in items for names in suits]
        items = [item for item in (both if len(items) == 1 else items) if item]
        return [self._build.number(ctx, index, numeral, [item]) for item in items[: 2 if numeral.value == 0 else 1]]

    def _from_to(self, ctx: SentenceContext, index: int) -> list[Mention]:
        """由2017年的96条增至131条: the first number is of the year before, the second of the year."""
        clause = ctx.sentence.clauses[index]
        first, second = clause.numerals
        candidate = [c for c in clause.concepts if c.end <= first.start]
        candidates = [candidate, *self._candidates.back(ctx.norm, ctx.sentence.clauses, index, candidate)]
        unit = first.unit or second.unit or ""
        pair = [self._build.number(ctx, index, n, candidates, n.unit or unit) for n in (first, second)]
        report_year = ctx.reference.report_year
        if pair[0].year == report_year and report_year is not None:
            pair[0].year = report_year - 1
        if not any(first.end <= m.start < second.start for m in ctx.marks):
            pair[1].year = report_year
        for mention in pair:
            mention.exclusion = mention.exclusion if mention.exclusion in ("rate", "plan") else None
        if self._patterns["moved_from_beginning"].search(ctx.norm, clause.start, first.start):
            pair[0].exclusion = "difference"
        return pair
