"""What words around a number make of it less than a count of the whole year and agency: fields, plans, other cases."""

from __future__ import annotations

import re

from nianbao.language.numerals import Numeral
from nianbao.prose.clauses import Clause
from nianbao.prose.knowledge import Knowledge
from nianbao.prose.lexicon import Concept
from nianbao.prose.mention import Mention

_HAN = re.compile(r"[\u4e00-\u9fff]")
_WORDS = re.compile(r"[\u4e00-\u9fff]+")


class Narrowing:
    """Tells what narrows a count."""

    def __init__(self, knowledge: Knowledge) -> None:
        patterns = knowledge.patterns
        roles = knowledge.roles
        self._names = (roles.neutral | roles.deniable) - roles.foreign - roles.category
        self._silent = (knowledge.roles.silent | knowledge.roles.neutral) - knowledge.roles.category
        self._neutral = roles.neutral
        self._foreign = knowledge.roles.foreign
        self._publishing = knowledge.roles.publishing
        self._behind = patterns["thing_behind"]
        self._narrows, self._listed = patterns["narrows"], patterns["listed_contents"]
        self._channel, self._outlet = patterns["own_channel"], roles.outlet
        self._next_kind = patterns["next_kind"]
        self._cases = knowledge.roles.review | knowledge.roles.litigation
        self._general, self._unrelated = patterns["general"], patterns["unrelated"]
        self._plan_heading, self._no_plan_heading = patterns["plan_heading"], patterns["no_plan_heading"]
        self._year, self._quoted = patterns["year_word"], patterns["quoted"]
        self._looks_back, self._sums_kinds = patterns["looks_back"], patterns["sums_kinds"]
        self._organisation, self._other_field = patterns["organisation"], patterns["other_field"]

    def is_field(self, norm: str, clause: Clause, numeral: Numeral, agency: str | None) -> bool:
        """Whether words narrow what a number counts to a field (发布征地信息32条, 其他信息856条, 公布3篇预决算信息)."""
        stop = numeral.start
        if self._other_field.match(norm, clause.start):
            return True
        if self.contents(norm, clause, stop) is not None:
            following = self._next_kind.match(norm, numeral.unit_end)
            return following is not None and norm.startswith(numeral.unit or "\n", following.end())
        verb = self.verb(clause, stop)
        if verb is not None and _HAN.search(norm, verb.end, stop):
            # 网站及时发布各类信息: only what stands behind the verb, or a phrase made to narrow, narrows.
            return (
                self._says_more(self._thing(norm, clause, verb, stop), agency)
                or self._narrows.search(norm, clause.start, verb.start) is not None
                or self._has_own_channel(norm, clause, verb, agency)
            )
        if verb is not None and (behind := self._behind.match(norm, numeral.unit_end, clause.end)):
            return self._says_more(behind.group(), agency)
        before = norm[clause.start : stop]
        for concept in reversed(clause.concepts):
            if concept.end <= stop and self._is_name(concept):
                before = before[: concept.start - clause.start] + before[concept.end - clause.start :]
        if agency:
            before = before.replace(agency, "")
        if self._sums_kinds.search(before):
            return False
        return self._says_more(self._bare(before), agency)

    def _has_own_channel(self, norm: str, clause: Clause, verb: Concept, agency: str | None) -> bool:
        """通过市政府交互平台发布信息190条: of one channel, that has no metric of its own."""
        channel = self._channel.search(norm, clause.start, verb.start)
        if channel is None:
            return False
        if any(c.names & self._outlet for c in clause.concepts if channel.start() <= c.start and c.end <= verb.start):
            return False
        return self._says_more(self._bare(channel[1]), agency)

    def _is_name(self, concept: Concept) -> bool:
        """Whether a concept names what is counted, or who counts it where, and no other business."""
        own = concept.names - self._foreign
        return bool(own & self._neutral or (own & self._names and own == concept.names))

    def verb(self, clause: Clause, stop: int) -> Concept | None:
        """The last word before `stop` that says that something was published."""
        found = (c for c in reversed(clause.concepts) if c.end <= stop and c.names & self._publishing)
        return next(found, None)

    def contents(self, norm: str, clause: Clause, stop: int) -> tuple[int, int] | None:
        """The list of contents that a number sums up (公开规范性文件、政策解读等信息68条): they name nothing."""
        for concept in clause.concepts:
            if concept.names & self._publishing and (found := self._listed.match(norm, concept.end, stop)):
                return concept.end, found.end(1)
        return None

    def _thing(self, norm: str, clause: Clause, verb: Concept, stop: int) -> str:
        """What was published: the words between verb and number less those for information, quotations and years."""
        words, position = "", verb.end
        for concept in clause.concepts:
            if verb.end <= concept.start and concept.end <= stop and concept.names <= self._silent:
                words, position = words + norm[position : concept.start] + " ", concept.end
        words += norm[position:stop]
        return self._year.sub("", self._quoted.sub("", words))

    def _says_more(self, words: str, agency: str | None) -> bool:
        """Whether words say more than what all reports say; 水务局: 公布水务信息132条 is all that it publishes."""
        if not agency:
            return self.has_more(words)
        return any(len(word) > 1 and word not in agency for word in _WORDS.findall(self._general.sub(" ", words)))

    def _bare(self, words: str) -> str:
        """Words without quotations, years and the organisation that begins them."""
        return self._organisation.sub("", self._year.sub("", self._quoted.sub("", words)), count=1)

    def has_more(self, words: str) -> bool:
        """Whether words, of a heading for one, say more than what all reports say."""
        return len(_HAN.findall(self._general.sub("", words))) > 1

    def is_plan(self, title: str) -> bool:
        """Whether a heading announces what is to come."""
        return bool(self._plan_heading.search(title)) and not self._no_plan_heading.search(title)

    def is_unrelated(self, norm: str, start: int, end: int, stop: int) -> bool:
        """Whether the sentence norm[start:end], or the next one (up to `stop`) looking back at it, says that its
        cases are not about disclosure."""
        if self._unrelated.search(norm, start, end):
            return True
        following = norm[end : min(stop, end + 60)].split("。")[0]
        return bool(self._looks_back.search(following[:4]) and self._unrelated.search(following))

    def is_case(self, mention: Mention) -> bool:
        """Whether the number counts reviews or suits."""
        return bool(self._cases & {*mention.topics[0].values(), *mention.candidates[0]})
