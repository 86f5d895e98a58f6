"""Numbers that stand in words: denials (没有收到申请: 0) and 均, 全部, 已 (an earlier number again)."""

from __future__ import annotations

import re

from nianbao.prose.context import any_of
from nianbao.prose.frames import Segment, Sentence
from nianbao.prose.lexicon import Concept, Lexicon
from nianbao.prose.lists import conjuncts

# Concepts that name a metric by themselves, which a denial can be about.
HEADS = frozenset(
    name
    for line in (
        "REQ REVIEW LITIGATION COMPLAINT FEE CARRY_OUT CARRY_IN CORRECTED UPHELD EXTENDED NORMATIVE REGULATION",
        "PRESS INTERVIEW INTERPRETATION HOT_TOPIC SOCIAL_RESPONSE OTHER_RESPONSE PROPOSAL DEPUTY CPPCC PENDING",
        "RESULT_OTHER REFUSE PARTIAL GRANT DUPLICATE PETITION UNAVAILABLE NOT_PROCESSED NOT_HERE OTHER_PROCESSING",
        "IN_PERSON FAX MAIL EMAIL ONLINE WECHAT WEIBO GAZETTE OTHER_CHANNEL OFFICES READING_POINT FULL_TIME PART_TIME",
        "TRAINING ADMIN_FEE SPECIAL_FUND PENALTY LICENSE COERCION PROCUREMENT CONCLUDE REPLY EXCESSIVE PUBLICATIONS",
        "CONFIRM STATE_SECRET TRADE_SECRET PRIVACY SAFETY PROHIBITED THIRD_PARTY INTERNAL PROCESS ENFORCEMENT QUERY",
        "PRINCIPAL NOT_CORRECTED FEE_UNPAID STILL_UNCLEAR NEEDS_CREATION NOT_HELD AMEND REDIRECT ALREADY",
    )
    for name in line.split()
)
_RESULTS = frozenset({"UPHELD", "CORRECTED", "RESULT_OTHER", "PENDING"})
_APPLICANTS = frozenset(["OTHER_ORG", "LEGAL_PERSON", "CITIZEN", "NONEXISTENT"])
_CHANNELS = frozenset({"IN_PERSON", "FAX", "MAIL", "EMAIL", "ONLINE"})
_GOES_ON = re.compile(r"\s*(?:提起|申请|行政|和|及|或|以及|被|诉讼|复议|举报|投诉)")
_DONE = re.compile(r"\s*(?:已|且已|并已|业已|现已|目前已)")

Stated = tuple[tuple[int, int], str, list[Concept]]
"""The words' span, kind (zero, maybe_zero, all, done) and the concepts of what they speak of."""


def names_of(concepts: list[Concept]) -> frozenset[str]:
    """All concept names of some concepts."""
    return frozenset().union(*(c.names for c in concepts))


class StatedReader:
    """Finds what a sentence states in words."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._zero = re.compile(f"(?P<not>{any_of('not_zero')}(?!予))|(?P<zero>{any_of('zero')})")
        self._blocks = re.compile(any_of("zero_blocks"))
        self._modal = re.compile(any_of("modal"))
        before, after = any_of("bare_before"), any_of("bare_after")
        self._bare = re.compile(f"^(?:{before}|[\\d\\s,:])*{any_of('bare_denial')}(?:{after})*[\\s。]*$")
        self._short = re.compile(f"^(?:{before}|[\\d\\s])*(?:无|没有)[\\s。]*$")
        self._problem = re.compile(any_of("problem_heading"))

    def denial(self, norm: str, start: int, end: int) -> re.Match[str] | None:
        """The first word of norm[start:end] that denies, double negatives and set phrases passed over."""
        for match in self._zero.finditer(norm, start, end):
            if match.group("zero"):
                return match
        return None

    def read(self, norm: str, sentence: Sentence, index: int, titles: tuple[str, ...], first: bool) -> list[Stated]:
        """What segment `index` (no numbers in it) states.

        Args:
            titles: the headings above, the nearest first.
            first: whether the sentence is the first under its heading.
        """
        segment = sentence.segments[index]
        text = norm[sentence.start : sentence.end]
        if first and titles and self._bare.match(text) and not self._is_about_requests(segment, titles[0]):
            return self._under_heading((segment.start, sentence.end), titles[0])
        if titles and self._problem.search(titles[0]):
            return []
        if index and sentence.segments[index - 1].numerals and self._short.match(norm[segment.start : segment.end]):
            return [((segment.start, segment.end), "zero", sentence.segments[index - 1].concepts)]
        if self.denial(norm, segment.start, segment.end):
            return self.zeros(norm, sentence, index, segment.end)
        span = (segment.start, segment.end)
        names = segment.names()
        if "ALL" in names:
            return [(span, "all", segment.concepts)]
        if segment.concepts and (_DONE.match(norm, segment.start, segment.end) or names & _RESULTS):
            return [(span, "done", segment.concepts)]
        return []

    def _under_heading(self, span: tuple[int, int], title: str) -> list[Stated]:
        """A bare 无 under a heading denies what the heading names."""
        return [(span, "zero", item) for item in _each_its_own(self.heading_items(title))]

    def _is_about_requests(self, segment: Segment, title: str) -> bool:
        """未收到申请, under a heading about something else."""
        return "REQ" in segment.names() and not any("REQ" in c.names for c in self.lexicon.scan(title))

    def heading_items(self, title: str) -> list[list[Concept]]:
        """What a heading names, item by item, with no offsets: its words stand elsewhere."""
        concepts = list(self.lexicon.scan(title))
        items = [_object(item) for item in conjuncts(title, 0, len(title), concepts)]
        return [[Concept(-1, -1, c.names) for c in item] for item in items if names_of(item) & HEADS]

    def zeros(self, norm: str, sentence: Sentence, index: int, stop: int) -> list[Stated]:
        """What a denial in segment `index`, before offset `stop`, covers: one entry a name."""
        segments = sentence.segments
        segment = segments[index]
        trigger = self.denial(norm, segment.start, stop)
        if trigger is not None and any(c.start < trigger.start() < c.end for c in segment.concepts):
            return []
        if trigger is None or self._modal.search(norm, sentence.start, sentence.end):
            return []
        if self._blocks.search(norm, max(segment.start, trigger.start() - 2), segment.end):
            return []
        covered = [c for c in segment.concepts if c.end > trigger.start()]
        before = [c for c in segment.concepts if c.end <= trigger.start()]
        low = min(trigger.start(), covered[0].start) if covered else trigger.start()
        items = [_object(item) for item in conjuncts(norm, low, segment.end, covered)]
        items = [item for item in items if names_of(item) & HEADS]
        # 均未发生, 没有收到: only where the denial closes the clause are its objects before it.
        if not items and len(norm[trigger.end() : segment.end].strip(" 。")) <= 8:
            items = self._before(norm, segment, trigger.start(), before, covered)
        span_start = segment.start
        if not items and index and segment.opener in ",:" and not segments[index - 1].numerals:
            earlier = segments[index - 1]
            items = self._before(norm, earlier, earlier.end, earlier.concepts, covered)
            span_start = earlier.start if items else span_start
        if not items:
            # Nothing that the rules know: left to the learned linker.
            rest = [_object(item) for item in conjuncts(norm, segment.start, segment.end, segment.concepts)]
            return [((segment.start, segment.end), "maybe_zero", item) for item in rest]
        items = _each_its_own(items)
        if any(word in trigger.group() for word in "收费"):
            items = [item for item in items if names_of(item) & {"FEE", "ADMIN_FEE"}] or items
        items, end = self._going_on(norm, segments, index, items, segment.end)
        channels = self._denied_channels(norm, segments, index, items)
        return [((span_start, end), "zero", item) for item in channels or _merge(items, norm[segment.start : end])]

    def _before(
        self, norm: str, segment: Segment, stop: int, before: list[Concept], covered: list[Concept]
    ) -> list[list[Concept]]:
        """行政复议、行政诉讼均无: the names stand before the denial."""
        items = [_object([*item, *covered]) for item in conjuncts(norm, segment.start, stop, before)]
        return [item for item in items if names_of(item) & HEADS]

    def _going_on(
        self, norm: str, segments: list[Segment], index: int, items: list[list[Concept]], end: int
    ) -> tuple[list[list[Concept]], int]:
        at = index + 1
        while at < len(segments) and not segments[at].numerals and segments[at].concepts and items:
            segment = segments[at]
            if self.denial(norm, segment.start, segment.end) or not _GOES_ON.match(norm, segment.start, segment.end):
                break
            more = [_object(item) for item in conjuncts(norm, segment.start, segment.end, segment.concepts)]
            items = [*items, *(item for item in more if names_of(item) & HEADS)]
            end = segment.end
            at += 1
        return items, end

    def _denied_channels(
        self, norm: str, segments: list[Segment], index: int, items: list[list[Concept]]
    ) -> list[list[Concept]]:
        """当面、传真、信函均未收到申请: each channel's zero, where the channels stand in the clause before."""
        if len(items) != 1 or "REQ" not in names_of(items[0]) or not index:
            return []
        earlier = segments[index - 1]
        if earlier.numerals or "ALL" not in segments[index].names():
            return []
        named = conjuncts(norm, earlier.start, earlier.end, earlier.concepts)
        if len(named) < 2 or not all(names_of(item) & _CHANNELS for item in named):
            return []
        return [[*item, *(c for c in items[0] if c.names & {"REQ"})] for item in named]


def _object(item: list[Concept]) -> list[Concept]:
    """What is denied: in 因…申请行政复议 the request is only the cause; 公民、法人或其他组织 are just everybody."""
    names = names_of(item)
    drop: frozenset[str] = _APPLICANTS
    if names & {"REVIEW", "LITIGATION", "FEE", "COMPLAINT"}:
        drop = drop | {"REQ", "RECEIVE", "GOVINFO", "DISCLOSE", "CONCLUDE", "HANDLE"}
    return [c for c in item if not c.names & drop] or item


def _each_its_own(items: list[list[Concept]]) -> list[list[Concept]]:
    """复议诉讼 names two things; the verb of the first item (未制发规章及规范性文件) goes with all."""
    verbs = [c for c in items[0] if not c.names & HEADS] if items else []
    found: list[list[Concept]] = []
    for number, item in enumerate(items):
        item = item if not number or any(not c.names & HEADS for c in item) else [*verbs, *item]
        names = names_of(item)
        if {"REVIEW", "LITIGATION"} <= names and not names & {"AFTER_REVIEW", "DIRECT"}:
            found.append([c for c in item if "LITIGATION" not in c.names])
            found.append([c for c in item if "REVIEW" not in c.names])
        else:
            found.append(item)
    return found


def _merge(items: list[list[Concept]], text: str) -> list[list[Concept]]:
    """Names that only together say one thing: 书面或网上申请 is no zero of the channel alone."""
    channels = [item for item in items if names_of(item) & _CHANNELS]
    if any(word in text for word in ("方式", "形式", "渠道", "途径")) and "书面" not in text:
        return items
    if len(channels) > 1 or (channels and "书面" in text):
        rest = [item for item in items if not names_of(item) & _CHANNELS]
        if any("REQ" in names_of(item) for item in channels):
            flat = [c for item in channels for c in item if not c.names & _CHANNELS]
            return [*rest, flat] if flat else rest
    return items
