"""Exclusions: why a number is no count of the year, of the whole agency, of what happened."""

from __future__ import annotations

from nianbao.language.numeral import are_digits
from nianbao.language.numerals import Numeral
from nianbao.prose.clauses import Clause
from nianbao.prose.context import ContextReader
from nianbao.prose.knowledge import Knowledge
from nianbao.prose.mention import Mention
from nianbao.prose.narrowing import Narrowing
from nianbao.prose.sentence_context import SentenceContext


class _Listed:
    """The words of a list, looked for before a number."""

    def __init__(self, knowledge: Knowledge, words: str, pattern: str) -> None:
        self._firsts = frozenset(word[0] for word in knowledge.lists[words])
        self._pattern = knowledge.patterns[pattern]

    def stands(self, ctx: SentenceContext, at: int) -> bool:
        """Whether one of them stands in the sentence before `at`."""
        if self._firsts.isdisjoint(ctx.letters()):
            return False
        return self._pattern.search(ctx.norm, ctx.sentence.start, at) is not None


class Exclusions:
    """Tells why a number is no count."""

    def __init__(self, knowledge: Knowledge, context: ContextReader, narrowing: Narrowing) -> None:
        self.context = context
        self.narrowing = narrowing
        self._roles = knowledge.roles
        self._pronoun = _Listed(knowledge, "pronouns", "pronoun")
        self._superlative = _Listed(knowledge, "superlative", "superlative")
        self._to_come = _Listed(knowledge, "to_come", "to_come")
        self._rate, self._broken = knowledge.patterns["rate"], knowledge.patterns["broken"]
        self._attribute = knowledge.patterns["attribute"]
        self._attributes_among = knowledge.patterns["attributes_among"]
        self._documents = frozenset(knowledge.lists["documents"])
        self._for_another, self._other_cause = knowledge.patterns["for_another"], knowledge.patterns["other_cause"]
        self._disclosed, self._other_fee = knowledge.patterns["disclosed"], knowledge.patterns["other_fee"]
        self._ways = knowledge.patterns["ways"]
        self._noun, self._quoted = knowledge.patterns["noun"], knowledge.patterns["quoted"]

    def reason(self, ctx: SentenceContext, clause: Clause, numeral: Numeral, mention: Mention) -> str | None:
        """The first reason that holds (see `Mention.exclusion`), or None."""
        norm, start, at = ctx.norm, ctx.sentence.start, numeral.start
        year = ctx.reference.report_year
        if self.narrowing.is_case(mention) and (
            self.narrowing.is_unrelated(norm, start, ctx.sentence.end, ctx.stop)
            or self._is_of_others(norm, max(start, norm.rfind(";", start, at) + 1), at)
        ):
            return "unrelated"
        if mention.kind == "money" and self._other_fee.search(
            norm, clause.start, min(clause.end, numeral.unit_end + 12)
        ):
            return "unrelated"
        if ctx.planned:
            return "plan"
        if self._pronoun.stands(ctx, at):
            return "pronoun"
        if self._superlative.stands(ctx, at):
            return "superlative"
        if self._is_holding(ctx, clause, mention):
            return "holding"
        if self.context.is_difference(norm, clause, at):
            return "difference"
        if ctx.runs and self.context.is_running_total(norm, ctx.sentence, ctx.marks, at, year):
            return "running_total"
        if self._to_come.stands(ctx, at):
            return "plan"
        if self._rate.search(norm[clause.start : at]):
            return "rate"
        fraction = mention.kind == "count" and mention.value is not None and mention.value % 1 != 0
        if fraction or self._broken.search(norm[max(0, at - 2) : at]):
            return "broken"
        if self._is_legal_person(ctx, clause, mention):
            return "legal_person"
        if self._ways.match(norm, numeral.end):
            return "broken"
        if not mention.unit and len(norm[at : numeral.end]) > 6 and are_digits(norm[at : numeral.end]):
            return "no_unit"  # a telephone number
        if not mention.unit and (self._noun.match(norm, numeral.unit_end) or self._is_in_name(ctx, at)):
            return "no_unit"
        if self.context.counts_organisations(norm, numeral):
            return "organisations"
        return "plan" if mention.year is not None and mention.year > (year or mention.year) else None

    def _is_of_others(self, norm: str, start: int, at: int) -> bool:
        """代市政府受理行政复议27件; 因政府采购投诉引起的复议3件、诉讼1件: cases that others are the party of."""
        if self._for_another.search(norm, start, at):
            return True
        return bool(self._other_cause.search(norm, start, at) and not self._disclosed.search(norm, start, at))

    def _is_in_name(self, ctx: SentenceContext, at: int) -> bool:
        """ "利剑2022"行动: digits inside quotation marks."""
        names = self._quoted.finditer(ctx.norm, ctx.sentence.start, ctx.sentence.end)
        return '"' in ctx.letters() and any(name.start() < at < name.end() for name in names)

    def _is_holding(self, ctx: SentenceContext, clause: Clause, mention: Mention) -> bool:
        """主动公开291条,依申请公开54条,不予公开17条: documents by how they may be disclosed, no outcomes."""
        if ctx.attributes is None:
            found = {m[1][0] for m in self._attribute.finditer(ctx.norm, ctx.sentence.start, ctx.sentence.end)}
            ctx.attributes = len(found)
        if self._attributes_among.search(ctx.norm, ctx.sentence.start, mention.start):
            return True
        disclosed = not self._roles.act.isdisjoint(mention.candidates[0])
        return ctx.attributes > 2 and (not disclosed or mention.unit in self._documents)

    def _is_legal_person(self, ctx: SentenceContext, clause: Clause, mention: Mention) -> bool:
        """自然人申请66件,法人申请7件: a kind of applicant that the forms do not have; no total."""
        if self._roles.legal_person.isdisjoint(mention.candidates[0]):
            return False
        others = [s.names() for s in ctx.sentence.clauses if s is not clause and s.numerals]
        return any(names & self._roles.asker for names in others)
