"""What bars a number from being a count of the year, of the whole agency, of what happened."""

from __future__ import annotations

from nianbao.language.numerals import Numeral
from nianbao.prose.context import ContextReader
from nianbao.prose.frames import Segment
from nianbao.prose.knowledge import Knowledge
from nianbao.prose.mention import Mention
from nianbao.prose.narrowing import Narrowing
from nianbao.prose.scene import Scene


class _Listed:
    """The words of a list, looked for before a number."""

    def __init__(self, knowledge: Knowledge, words: str, pattern: str) -> None:
        self._firsts = frozenset(word[0] for word in knowledge.lists[words])
        self._pattern = knowledge.patterns[pattern]

    def stands(self, scene: Scene, at: int) -> bool:
        """Whether one of them stands in the sentence before `at`."""
        if self._firsts.isdisjoint(scene.letters()):
            return False
        return self._pattern.search(scene.norm, scene.sentence.start, at) is not None


class Bars:
    """Tells what bars a number."""

    def __init__(self, knowledge: Knowledge, context: ContextReader, narrowing: Narrowing) -> None:
        self.context = context
        self.narrowing = narrowing
        self._roles = knowledge.roles
        self._pronoun = _Listed(knowledge, "pronouns", "pronoun")
        self._superlative = _Listed(knowledge, "superlative", "superlative")
        self._to_come = _Listed(knowledge, "to_come", "to_come")
        self._rate, self._broken = knowledge.patterns["rate"], knowledge.patterns["broken"]
        self._attribute = knowledge.patterns["attribute"]
        self._documents = frozenset(knowledge.lists["documents"])
        self._noun = knowledge.patterns["noun"]

    def why(self, scene: Scene, segment: Segment, numeral: Numeral, mention: Mention) -> str | None:
        """The first reason that holds (see `Mention.barred`), or None."""
        norm, start, at = scene.norm, scene.sentence.start, numeral.start
        year = scene.reference.report_year
        if self.narrowing.is_case(mention) and self.narrowing.is_unrelated(norm, start, scene.sentence.end, scene.stop):
            return "unrelated"
        if scene.planned:
            return "plan"
        if self._pronoun.stands(scene, at):
            return "pronoun"
        if self._superlative.stands(scene, at):
            return "superlative"
        if self._is_holding(scene, segment, mention):
            return "holding"
        if self.context.is_difference(norm, segment, at):
            return "difference"
        if scene.runs and self.context.is_running_total(norm, scene.sentence, scene.marks, at, year):
            return "running_total"
        if self._to_come.stands(scene, at):
            return "plan"
        if self._rate.search(norm[segment.start : at]):
            return "rate"
        fraction = mention.kind == "count" and mention.value is not None and mention.value % 1 != 0
        if fraction or self._broken.search(norm[max(0, at - 2) : at]):
            return "broken"
        if self._is_legal_person(scene, segment, mention):
            return "legal_person"
        if not mention.unit and self._noun.match(norm, numeral.unit_end):
            return "no_unit"
        if self.context.counts_organisations(norm, numeral):
            return "organisations"
        return "plan" if mention.year is not None and mention.year > (year or mention.year) else None

    def _is_holding(self, scene: Scene, segment: Segment, mention: Mention) -> bool:
        """主动公开291条,依申请公开54条,不予公开17条: documents by how they may be disclosed, no outcomes."""
        found = {m[1][0] for m in self._attribute.finditer(scene.norm, scene.sentence.start, scene.sentence.end)}
        disclosed = not self._roles.act.isdisjoint(mention.windows[0])
        return len(found) > 2 and (not disclosed or mention.unit in self._documents)

    def _is_legal_person(self, scene: Scene, segment: Segment, mention: Mention) -> bool:
        """自然人申请66件,法人申请7件: a kind of applicant that the forms do not have; no total."""
        if self._roles.legal_person.isdisjoint(mention.windows[0]):
            return False
        others = [s.names() for s in scene.sentence.segments if s is not segment and s.numerals]
        return any(names & self._roles.asker for names in others)
