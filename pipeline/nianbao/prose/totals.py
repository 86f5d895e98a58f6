"""Running totals: which number has been adding up for years, and which one beside it is the year's own."""

from __future__ import annotations

from collections.abc import Sequence

from nianbao.catalogue.clauses import LinkTable
from nianbao.catalogue.concepts import ConceptRoles
from nianbao.prose.mention import Mention
from nianbao.prose.rules import Verdict

_REACH = 8


class RunningTotals:
    """Finds pairs such as 累计公开615条,其中本年新增94条; a number of stock (粉丝12万,今年新增2万) is none."""

    def __init__(self, roles: ConceptRoles, table: LinkTable) -> None:
        self._roles = roles
        self._stocks = table.stocks

    def pairs(self, mentions: Sequence[Mention], verdicts: Sequence[tuple[Verdict, int]]) -> dict[int, tuple[int, str]]:
        """For each running total, by its place, the place of the year's own number and the metric of both."""
        found: dict[int, tuple[int, str]] = {}
        owned: set[int] = set()
        for at, total in enumerate(mentions):
            metric = verdicts[at][0].metric
            if metric is None or metric.startswith(self._stocks) or at in owned or not self._may_run(total):
                continue
            own = self._told_after(mentions, verdicts, at, metric)
            if own is not None:
                owned.add(own)
            else:
                own = self._told_before(mentions, verdicts, at, metric)
            if own is not None:
                found[at] = own, metric
        return found

    def _told_after(
        self, mentions: Sequence[Mention], verdicts: Sequence[tuple[Verdict, int]], at: int, metric: str
    ) -> int | None:
        total = mentions[at]
        for later in range(at + 1, min(at + _REACH, len(mentions))):
            own = mentions[later]
            if own.paragraph != total.paragraph or own.sentence - total.sentence > 1:
                return None
            if self._is_own(total, own, verdicts[later][0].metric, metric):
                return later
        return None

    def _told_before(
        self, mentions: Sequence[Mention], verdicts: Sequence[tuple[Verdict, int]], at: int, metric: str
    ) -> int | None:
        """The place of the year's own number before a running total: 2012年公开658条,目前累计公开3397条."""
        total = mentions[at]
        for earlier in range(at - 1, max(at - _REACH, 0) - 1, -1):
            own = mentions[earlier]
            if own.paragraph != total.paragraph or total.sentence - own.sentence > 1 or not total.adds_up:
                return None
            counts = own.kind == total.kind and own.exclusion is None and own.scope is None
            if counts and verdicts[earlier][0].metric == metric and (own.value or 0.0) < (total.value or 0.0):
                return earlier
        return None

    def _may_run(self, total: Mention) -> bool:
        counted = total.kind in ("count", "money") and total.value is not None
        return counted and total.exclusion in (None, "running_total") and total.own_at is None and total.scope is None

    def _is_own(self, total: Mention, own: Mention, its: str | None, metric: str) -> bool:
        """Whether `own` is the year's share of `total`: it says so, and names nothing else."""
        if (
            own.kind != total.kind
            or own.exclusion is not None
            or own.value is None
            or own.own_at is None
            or own.own_at < total.end
        ):
            return False
        if own.value >= (total.value or 0.0) or own.unit not in (total.unit, ""):
            return False
        near = frozenset(own.candidates[0]) - self._roles.newly
        if its != metric and not near <= self._roles.silent:
            return False
        return total.runs or own.among or not self._roles.newly.isdisjoint(own.candidates[0])
