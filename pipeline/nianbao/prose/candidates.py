"""Candidate spans: which stretches of concepts to look at for a number, the closest reading first."""

from __future__ import annotations

from itertools import pairwise

from nianbao.language.numerals import Numeral
from nianbao.prose.clauses import Clause
from nianbao.prose.knowledge import Knowledge
from nianbao.prose.lexicon import Concept
from nianbao.prose.stated import names_of

_NOTHING = " 的。;,"


class CandidateSpans:
    """Tells which stretches of concepts to look at."""

    def __init__(self, knowledge: Knowledge) -> None:
        patterns = knowledge.patterns
        self._roles = knowledge.roles
        self._moved_from, self._moved_to = patterns["moved_from"], patterns["moved_to"]
        self._goes_on, self._denies = patterns["goes_on_after"], patterns["denies"]
        self._kinds, self._pieces = patterns["kinds"], patterns["pieces"]
        self._contents, self._out_of = patterns["contents_end"], patterns["out_of"]

    def moves(self, norm: str, clause: Clause) -> bool:
        """Whether the clause's two numbers are one that moved: 由…增至…."""
        first, second = clause.numerals
        return bool(
            self._moved_from.search(norm, clause.start, first.start)
            and self._moved_to.fullmatch(norm, first.unit_end, second.start)
        )

    def split_at_all(self, clause: Clause, numeral: Numeral) -> tuple[list[Concept], list[Concept]]:
        """收到的3件申请均已答复: what stands before 均 names the number, what follows says something more of it."""
        for i, concept in enumerate(clause.concepts):
            if self._roles.all & concept.names and concept.start >= numeral.end:
                own, later = clause.concepts[:i], clause.concepts[i:]
                if names_of(own) & self._roles.taken_up and names_of(later) & self._roles.predicate:
                    return own, later
        return clause.concepts, []

    def several(self, norm: str, clause: Clause) -> list[tuple[Numeral, list[list[Concept]]]]:
        """Numbers in one clause: each goes with the stretch before it, or all with the stretch after."""
        numerals = clause.numerals
        edges = [clause.start, *(n.unit_end for n in numerals)]
        before = [
            [c for c in clause.concepts if edges[i] <= c.start and c.end <= n.start] for i, n in enumerate(numerals)
        ]
        stops = [*(n.start for n in numerals[1:]), clause.end]
        after = [[c for c in clause.concepts if n.unit_end <= c.start < stops[i]] for i, n in enumerate(numerals)]
        choice = before if sum(map(bool, before)) >= sum(map(bool, after)) else after
        if len(numerals) == 2 and self._out_of.search(norm[numerals[0].unit_end : numerals[1].start]):
            choice = after
        for at, (kinds, pieces) in enumerate(pairwise(numerals)):
            if kinds.unit_end == pieces.start and not choice[at + 1] and self._are_kinds(kinds, pieces):
                choice = [*choice[:at], [], choice[at], *choice[at + 2 :]]
        last = [c for c in clause.concepts if c.start >= numerals[-1].unit_end]
        if choice is before and last:
            choice = [*before[:-1], [*before[-1], *last]]
        found = [(n, [candidate]) for n, candidate in zip(numerals, choice, strict=True)]
        for (whole, named), (part, unnamed) in pairwise(found):
            # 办班1期60人
            if not unnamed[0] and part.unit != whole.unit:
                unnamed.append(named[0])
        return found

    def _are_kinds(self, kinds: Numeral, pieces: Numeral) -> bool:
        return bool(self._kinds.fullmatch(kinds.unit or "") and self._pieces.fullmatch(pieces.unit or ""))

    def single(self, norm: str, clauses: list[Clause], index: int, own: list[Concept]) -> list[list[Concept]]:
        """The stretches to look at for a clause's only number: its own, with the clause after, with the one before."""
        clause, numeral = clauses[index], clauses[index].numerals[0]
        candidates = [own]
        if own != clause.concepts:
            candidates.append(clause.concepts)
        nothing_after = not norm[numeral.unit_end : clause.end].strip(_NOTHING)
        if nothing_after and index + 1 < len(clauses) and not clauses[index + 1].numerals:
            following = clauses[index + 1]
            # 其中…,法人7件,均按时办结: said of all, not of the last part.
            of_all = bool(self._roles.all & following.names()) and any(s.numerals for s in clauses[:index])
            if self._goes_on.match(norm[following.start : following.end]) and following.concepts and not of_all:
                candidates.append([*own, *following.concepts])
        kinds = self._kinds_before(clauses, index, own)
        if kinds:
            candidates.append([*kinds, *own])
        candidates.extend(self.back(norm, clauses, index, own))
        return candidates

    def _kinds_before(self, clauses: list[Clause], index: int, own: list[Concept]) -> list[Concept]:
        """推送微信185期、共612篇: the pieces are of what the number of issues right before counts."""
        before = clauses[index - 1] if index else None
        if before is None or not before.numerals or not names_of(own) <= self._roles.silent:
            return []
        kinds = before.numerals[-1]
        if clauses[index].opener not in "、," or not self._are_kinds(kinds, clauses[index].numerals[0]):
            return []
        return [c for c in before.concepts if c.end <= kinds.start]

    def back(self, norm: str, clauses: list[Clause], index: int, own: list[Concept]) -> list[list[Concept]]:
        """The nearest clause before that names something and has no number, joined with the number's own."""
        at = index - 1
        if clauses[index].opener == ")" and at > 0 and clauses[at].opener == "(":
            # 微信公众号(1个)推出信息163条
            at -= 1
        while at >= 0 and not clauses[at].numerals and index - at <= 3:
            if self._is_denied(norm, clauses[at]):
                break
            if clauses[at + 1].opener == ";" or self._contents.search(norm[clauses[at].start : clauses[at].end]):
                break
            if clauses[at].concepts:
                return [[*clauses[at].concepts, *own]]
            at -= 1
        return []

    def _is_denied(self, norm: str, clause: Clause) -> bool:
        """Whether words deny something; 信息不存在 as a name does not."""
        named = [(c.start, c.end) for c in clause.concepts]
        return any(
            not any(start < denial.start() < end for start, end in named)
            for denial in self._denies.finditer(norm, clause.start, clause.end)
        )
