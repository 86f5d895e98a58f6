"""Windows: which stretches of concepts to look at for a number, the closest reading first."""

from __future__ import annotations

from nianbao.language.numerals import Numeral
from nianbao.prose.frames import Segment
from nianbao.prose.knowledge import Knowledge
from nianbao.prose.lexicon import Concept
from nianbao.prose.stated import names_of

_NOTHING = " 的。;,"


class Windows:
    """Tells which stretches of concepts to look at."""

    def __init__(self, knowledge: Knowledge) -> None:
        patterns = knowledge.patterns
        self._roles = knowledge.roles
        self._moved_from, self._moved_to = patterns["moved_from"], patterns["moved_to"]
        self._goes_on, self._denies = patterns["goes_on_after"], patterns["denies"]
        self._contents = patterns["contents_end"]

    def moves(self, norm: str, segment: Segment) -> bool:
        """Whether the segment's two numbers are one that moved: 由…增至…."""
        first, second = segment.numerals
        return bool(
            self._moved_from.search(norm, segment.start, first.start)
            and self._moved_to.fullmatch(norm, first.unit_end, second.start)
        )

    def split_at_all(self, segment: Segment, numeral: Numeral) -> tuple[list[Concept], list[Concept]]:
        """收到的3件申请均已答复: what stands before 均 names the number, what follows says something more of it."""
        for i, concept in enumerate(segment.concepts):
            if self._roles.all & concept.names and concept.start >= numeral.end:
                own, later = segment.concepts[:i], segment.concepts[i:]
                if names_of(own) & self._roles.taken_up and names_of(later) & self._roles.predicate:
                    return own, later
        return segment.concepts, []

    def several(self, segment: Segment) -> list[tuple[Numeral, list[list[Concept]]]]:
        """Numbers in one segment: each goes with the stretch before it, or all with the stretch after."""
        numerals = segment.numerals
        edges = [segment.start, *(n.unit_end for n in numerals)]
        before = [
            [c for c in segment.concepts if edges[i] <= c.start and c.end <= n.start] for i, n in enumerate(numerals)
        ]
        stops = [*(n.start for n in numerals[1:]), segment.end]
        after = [[c for c in segment.concepts if n.unit_end <= c.start < stops[i]] for i, n in enumerate(numerals)]
        choice = before if sum(map(bool, before)) >= sum(map(bool, after)) else after
        last = [c for c in segment.concepts if c.start >= numerals[-1].unit_end]
        if choice is before and last:
            choice = [*before[:-1], [*before[-1], *last]]
        return [(n, [window]) for n, window in zip(numerals, choice, strict=True)]

    def single(self, norm: str, segments: list[Segment], index: int, own: list[Concept]) -> list[list[Concept]]:
        """The stretches to look at for a segment's only number: its own, with the clause after, with the one before."""
        segment, numeral = segments[index], segments[index].numerals[0]
        windows = [own]
        if own != segment.concepts:
            windows.append(segment.concepts)
        nothing_after = not norm[numeral.unit_end : segment.end].strip(_NOTHING)
        if nothing_after and index + 1 < len(segments) and not segments[index + 1].numerals:
            following = segments[index + 1]
            # 其中…,法人7件,均按时办结: said of all, not of the last part.
            of_all = bool(self._roles.all & following.names()) and any(s.numerals for s in segments[:index])
            if self._goes_on.match(norm[following.start : following.end]) and following.concepts and not of_all:
                windows.append([*own, *following.concepts])
        windows.extend(self.back(norm, segments, index, own))
        return windows

    def back(self, norm: str, segments: list[Segment], index: int, own: list[Concept]) -> list[list[Concept]]:
        """The nearest clause before that names something and has no number, joined with the number's own."""
        at = index - 1
        while at >= 0 and not segments[at].numerals and index - at <= 3:
            if self._denies.search(norm, segments[at].start, segments[at].end):
                break
            if segments[at + 1].opener == ";" or self._contents.search(norm[segments[at].start : segments[at].end]):
                break
            if segments[at].concepts:
                return [[*segments[at].concepts, *own]]
            at -= 1
        return []
