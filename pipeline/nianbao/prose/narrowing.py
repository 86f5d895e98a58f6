"""What words around a number make of it less than a count of the whole year and agency: fields, plans, other cases."""

from __future__ import annotations

import re

from nianbao.prose.frames import Segment
from nianbao.prose.knowledge import Knowledge
from nianbao.prose.mention import Mention

_HAN = re.compile(r"[\u4e00-\u9fff]")
_WORDS = re.compile(r"[\u4e00-\u9fff]+")


class Narrowing:
    """Tells what narrows a count."""

    def __init__(self, knowledge: Knowledge) -> None:
        patterns = knowledge.patterns
        self._neutral = knowledge.roles.neutral
        self._cases = knowledge.roles.review | knowledge.roles.litigation
        self._general, self._unrelated = patterns["general"], patterns["unrelated"]
        self._plan_heading, self._no_plan_heading = patterns["plan_heading"], patterns["no_plan_heading"]
        self._year, self._quoted = patterns["year_word"], patterns["quoted"]
        self._looks_back, self._sums_kinds = patterns["looks_back"], patterns["sums_kinds"]
        self._organisation, self._other_field = patterns["organisation"], patterns["other_field"]

    def is_field(self, norm: str, segment: Segment, stop: int, agency: str | None) -> bool:
        """Whether the words before `stop` narrow what a number counts to a field (发布征地信息32条, 其他信息856条)."""
        before = norm[segment.start : stop]
        for concept in reversed(segment.concepts):
            if concept.end <= stop and concept.names & self._neutral:
                before = before[: concept.start - segment.start] + before[concept.end - segment.start :]
        if agency:
            before = before.replace(agency, "")
        if self._other_field.match(before):
            return True
        if self._sums_kinds.search(before):
            return False
        if agency:
            # 水务局: 公布水务信息132条 is all that it publishes.
            left = self._general.sub(" ", self._bare(before))
            return any(len(word) > 1 and word not in agency for word in _WORDS.findall(left))
        return self.has_more(self._bare(before))

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
        return bool(self._cases & {*mention.topics[0].values(), *mention.windows[0]})
