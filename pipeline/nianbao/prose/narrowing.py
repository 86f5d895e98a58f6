"""What words around a number make of it less than a count of the whole year and agency: fields, plans, other cases."""

from __future__ import annotations

import re

from nianbao.prose.context import any_of, words
from nianbao.prose.frames import Segment
from nianbao.prose.mention import Mention

NO_BUSINESS = frozenset({"APPROVAL", "BUSINESS", "HOTLINE"})
"""Concepts of other business; in what requests were about (征地审批) they are none."""
_SUITS = frozenset({"REVIEW", "LITIGATION"})
_HAN = re.compile(r"[\u4e00-\u9fff]")
_WORDS = re.compile(r"[\u4e00-\u9fff]+")
_YEAR = re.compile(r"(?:\d{4}年?度?)?")
_QUOTED = re.compile(r'"[^"]{1,16}"|《[^》]{1,24}》')
_BACK = re.compile("上述|以上|前述|这些")
_SUMS_KINDS = re.compile("等各类|等各种|等各项|等(?:方面)?(?:的)?(?:政府|政务)?信息|各类")
_ORGANISATION = re.compile(
    r"^[^,。;]{0,3}?(?:在|通过|由|经|以)?[\u4e00-\u9fff]{2,10}?"
    r"(?:人民政府|管委会|政府|街道|公安局|集团|公司|医院|学院|大学|学校|中心|[省市县区州局委厅镇乡办])"
)


class Narrowing:
    """The word lists of configs/prose/context.yaml that narrow, compiled."""

    def __init__(self) -> None:
        self._neutral = frozenset(words()["neutral_concepts"])
        self._general = re.compile(any_of("general"))
        self._unrelated = re.compile(any_of("unrelated"))
        self._plan_heading = re.compile(any_of("plan_heading"))
        self._problem_heading = re.compile("问题|不足|困难")

    def is_field(self, norm: str, segment: Segment, stop: int, agency: str | None) -> bool:
        """Whether the words before `stop` narrow what a number counts to a field (发布征地信息32条, 其他信息856条)."""
        before = norm[segment.start : stop]
        for concept in reversed(segment.concepts):
            if concept.end <= stop and concept.names & self._neutral:
                before = before[: concept.start - segment.start] + before[concept.end - segment.start :]
        if agency:
            before = before.replace(agency, "")
        if before.startswith(("其他", "其它")):
            return True
        if _SUMS_KINDS.search(before):
            return False
        if agency:
            # 水务局: 公布水务信息132条 is all that it publishes.
            left = self._general.sub(" ", _ORGANISATION.sub("", _YEAR.sub("", _QUOTED.sub("", before)), count=1))
            return any(len(word) > 1 and word not in agency for word in _WORDS.findall(left))
        return self.has_more(_ORGANISATION.sub("", _YEAR.sub("", _QUOTED.sub("", before)), count=1))

    def has_more(self, words: str) -> bool:
        """Whether words, of a heading for one, say more than what all reports say."""
        return len(_HAN.findall(self._general.sub("", words))) > 1

    def is_plan(self, title: str) -> bool:
        """Whether a heading announces what is to come."""
        return bool(self._plan_heading.search(title)) and not self._problem_heading.search(title)

    def is_unrelated(self, norm: str, start: int, end: int, stop: int) -> bool:
        """Whether the sentence norm[start:end], or the next one (up to `stop`) looking back at it, says that its
        cases are not about disclosure."""
        if self._unrelated.search(norm, start, end):
            return True
        following = norm[end : min(stop, end + 60)].split("。")[0]
        return bool(_BACK.search(following[:4]) and self._unrelated.search(following))


def is_case(mention: Mention) -> bool:
    """Whether the number counts reviews or suits."""
    return bool(_SUITS & {*mention.topics[0].values(), *mention.windows[0]})
