"""Outlets: the website, the accounts and the papers that a count of what was published belongs to, one or several."""

from __future__ import annotations

from nianbao.prose.clauses import Clause
from nianbao.prose.knowledge import Knowledge
from nianbao.prose.lexicon import Concept


class Outlets:
    """Tells when one number is shared by several outlets (网站和微信; 网站、微博等渠道)."""

    def __init__(self, knowledge: Knowledge) -> None:
        patterns = knowledge.patterns
        self._outlet = knowledge.roles.outlet
        self._minor = patterns["minor_outlet"]
        self._joined, self._many, self._rest = (
            patterns["outlets_joined"],
            patterns["many_outlets"],
            patterns["other_field"],
        )

    def shared(self, norm: str, clauses: list[Clause], index: int, at: int) -> tuple[bool, bool]:
        """Whether several outlets share the number at `at`, and whether they stand for all ways of publishing."""
        named: list[Concept] = []
        for clause in reversed(clauses[: index + 1]):
            last = max((n.end for n in clause.numerals if n.end <= at), default=-1)
            named[:0] = [c for c in clause.concepts if c.end <= at and c.start >= last and c.names & self._outlet]
            if last >= 0 or clause.opener == ";":
                break
        if not named:
            return False, self._many.search(norm, clauses[index].start, at) is not None
        if self._rest.match(norm, named[-1].start):
            return False, False
        kinds = set(named[-1].names & self._outlet)
        run = 1
        for left, right in zip(reversed(named[:-1]), reversed(named), strict=False):
            if not self._joined.fullmatch(norm, left.end, right.start):
                break
            kinds |= left.names & self._outlet
            run += 1
        many = self._many.search(norm, named[-1].end, at) is not None
        # 报刊、广播、电视等方式: all of one kind.
        many = many and (len(kinds) > 1 or (run == 1 and not self._minor.match(norm, named[-1].start)))
        return len(kinds) > 1 or many, many
