"""What bars a number from being a count of the year, of the whole agency, of what happened."""

from __future__ import annotations

import re

from nianbao.language.numerals import Numeral
from nianbao.prose.context import ContextReader, any_of, words
from nianbao.prose.frames import Segment
from nianbao.prose.mention import Mention
from nianbao.prose.narrowing import Narrowing, is_case
from nianbao.prose.scene import Scene

_BROKEN = re.compile(r"\d $")
# 68海里: what follows a number without a measure word is a thing of its own.
_NOUN = re.compile("[\u4e00-\u9fff](?<![的和及与并至到中里以占同比较为])")
_WHO = frozenset({"NATURAL_PERSON", "CITIZEN", "LEGAL_PERSON"})


class _Listed:
    """The words of a list of configs/prose/context.yaml, looked for before a number."""

    def __init__(self, name: str, tail: str = "") -> None:
        self._firsts = frozenset(word[0] for word in words()[name])
        self._pattern = re.compile(any_of(name) + tail)

    def stands(self, scene: Scene, at: int) -> bool:
        """Whether one of them stands in the sentence before `at`."""
        if self._firsts.isdisjoint(scene.letters()):
            return False
        return self._pattern.search(scene.norm, scene.sentence.start, at) is not None


class Bars:
    """The word lists of configs/prose/context.yaml that bar, compiled."""

    def __init__(self, context: ContextReader, narrowing: Narrowing) -> None:
        self.context = context
        self.narrowing = narrowing
        self._pronoun = _Listed("pronouns")
        self._superlative = _Listed("superlative", "[^。;]{0,16}$")
        self._to_come = _Listed("to_come")
        self._rate = re.compile(any_of("rate") + "[^,。;]{0,8}$")

    def why(self, scene: Scene, segment: Segment, numeral: Numeral, mention: Mention) -> str | None:
        """The first reason that holds (see `Mention.barred`), or None."""
        norm, start, at = scene.norm, scene.sentence.start, numeral.start
        year = scene.reference.report_year
        if is_case(mention) and self.narrowing.is_unrelated(norm, start, scene.sentence.end, scene.stop):
            return "unrelated"
        if scene.planned:
            return "plan"
        if self._pronoun.stands(scene, at):
            return "pronoun"
        if self._superlative.stands(scene, at):
            return "superlative"
        if self.context.is_difference(norm, segment, at):
            return "difference"
        if scene.runs and self.context.is_running_total(norm, scene.sentence, scene.marks, at, year):
            return "running_total"
        if self._to_come.stands(scene, at):
            return "plan"
        if self._rate.search(norm[segment.start : at]):
            return "rate"
        fraction = mention.kind == "count" and mention.value is not None and mention.value % 1 != 0
        if fraction or _BROKEN.search(norm[max(0, at - 2) : at]):
            return "broken"
        if _is_legal_person(scene, segment, mention):
            return "legal_person"
        if not mention.unit and _NOUN.match(norm, numeral.unit_end):
            return "no_unit"
        if self.context.counts_organisations(norm, numeral):
            return "organisations"
        return "plan" if mention.year is not None and mention.year > (year or mention.year) else None


def _is_legal_person(scene: Scene, segment: Segment, mention: Mention) -> bool:
    """自然人申请66件,法人申请7件: a kind of applicant that the forms do not have; no total."""
    if "LEGAL_PERSON" not in mention.windows[0]:
        return False
    others = [s.names() for s in scene.sentence.segments if s is not segment and s.numerals]
    return any(names & _WHO for names in others)
