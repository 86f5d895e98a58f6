"""Windows: which stretches of concepts to look at for a number, the closest reading first."""

from __future__ import annotations

import re
from functools import cache

from nianbao.language.numerals import Numeral
from nianbao.prose.context import any_of
from nianbao.prose.frames import Segment
from nianbao.prose.lexicon import Concept
from nianbao.prose.stated import names_of

_AFTER_START = re.compile(
    r"^\s*(?:属于?|为|系|是|因|涉及|均|全部|都|已|经|按|予以|同意|不予|告知|结转|由|依法|非|不|通过|以|采用)"
)
_DENIES = re.compile("无一|没有|不存在|未发生|未收到")
_FROM = re.compile(r"[由从][^,。;]{0,10}$")
_TO = re.compile(
    r"[^,。;\d]{0,4}(?:增|减|升|扩|跃|降|提高|上升|下降|涨|变|调整)[^,。;\d]{0,4}[至到为][^,。;\d]{0,3}(?:\d{4}年度?的?)?"
)
# What a clause must hold, besides a number, to say something of its own after 均 or 全部.
_SAYS = frozenset(
    [
        "CONCLUDE",
        "REPLY",
        "ON_TIME",
        "GRANT",
        "ALREADY",
        "UPHELD",
        "CORRECTED",
        "NOT_HERE",
        "PARTIAL",
        "REFUSE",
        "NONEXISTENT",
        "NATURAL_PERSON",
        "ONLINE",
        "MAIL",
        "IN_PERSON",
        "EMAIL",
        "FAX",
    ]
)


@cache
def _contents() -> re.Pattern[str]:
    return re.compile(any_of("contents") + r"[\s)]*$")


def moves(norm: str, segment: Segment) -> bool:
    """Whether the segment's two numbers are one that moved: 由…增至…."""
    first, second = segment.numerals
    return bool(_FROM.search(norm, segment.start, first.start) and _TO.fullmatch(norm, first.unit_end, second.start))


def split_at_all(segment: Segment, numeral: Numeral) -> tuple[list[Concept], list[Concept]]:
    """收到的3件申请均已答复: what stands before 均 names the number, what follows says something more of it."""
    for i, concept in enumerate(segment.concepts):
        if "ALL" in concept.names and concept.start >= numeral.end:
            own, later = segment.concepts[:i], segment.concepts[i:]
            if (
                names_of(own) & {"RECEIVE", "AFTER_REVIEW", "DIRECT", "REVIEW", "LITIGATION"}
                and names_of(later) & _SAYS
            ):
                return own, later
    return segment.concepts, []


def several(segment: Segment) -> list[tuple[Numeral, list[list[Concept]]]]:
    """Numbers in one segment: each goes with the stretch before it, or all with the stretch after."""
    numerals = segment.numerals
    edges = [segment.start, *(n.unit_end for n in numerals)]
    before = [[c for c in segment.concepts if edges[i] <= c.start and c.end <= n.start] for i, n in enumerate(numerals)]
    stops = [*(n.start for n in numerals[1:]), segment.end]
    after = [[c for c in segment.concepts if n.unit_end <= c.start < stops[i]] for i, n in enumerate(numerals)]
    choice = before if sum(map(bool, before)) >= sum(map(bool, after)) else after
    last = [c for c in segment.concepts if c.start >= numerals[-1].unit_end]
    if choice is before and last:
        choice = [*before[:-1], [*before[-1], *last]]
    return [(n, [window]) for n, window in zip(numerals, choice, strict=True)]


def single(norm: str, segments: list[Segment], index: int, own: list[Concept]) -> list[list[Concept]]:
    """The stretches to look at for a segment's only number: its own, with the clause after, with the one before."""
    segment, numeral = segments[index], segments[index].numerals[0]
    windows = [own]
    if own != segment.concepts:
        windows.append(segment.concepts)
    nothing_after = not norm[numeral.unit_end : segment.end].strip(" 的。;,")
    if nothing_after and index + 1 < len(segments) and not segments[index + 1].numerals:
        following = segments[index + 1]
        # 其中…,法人7件,均按时办结: said of all, not of the last part.
        of_all = "ALL" in following.names() and any(s.numerals for s in segments[:index])
        if _AFTER_START.match(norm[following.start : following.end]) and following.concepts and not of_all:
            windows.append([*own, *following.concepts])
    windows.extend(back(norm, segments, index, own))
    return windows


def back(norm: str, segments: list[Segment], index: int, own: list[Concept]) -> list[list[Concept]]:
    """The nearest clause before that names something and has no number, joined with the number's own."""
    at = index - 1
    while at >= 0 and not segments[at].numerals and index - at <= 3:
        if _DENIES.search(norm, segments[at].start, segments[at].end):
            break
        if segments[at + 1].opener == ";" or _contents().search(norm[segments[at].start : segments[at].end]):
            break
        if segments[at].concepts:
            return [[*segments[at].concepts, *own]]
        at -= 1
    return []
