"""Which agencies are parts of others: by a list of agencies, else by the codes of their places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from nianbao.audit.years import Series
from nianbao.panel.regions import load_regions, resolve

_GOVERNMENT = "/人民政府"


@dataclass(frozen=True, slots=True)
class Tree:
    """`parents`: name of an agency → name of the one whose numbers take in its own, from a list that is complete."""

    parents: Mapping[str, str] = field(default_factory=dict)

    def of(self, by_agency: Mapping[str, Series], who: Mapping[str, str]) -> tuple[dict[str, str], dict[str, int]]:
        """Identity → that of the whole, and of each whole how many parts it has; `who`: name → identity.

        Governments of counties are parts of that of their prefecture, and those of a province.
        """
        parents: dict[str, str] = {}
        complete: dict[str, int] = {}
        regions = load_regions()
        for agency in by_agency:
            code, _, body = agency.partition("/")
            if f"/{body}" == _GOVERNMENT and (above := regions.above(code)):
                parents[agency] = above[-1] + _GOVERNMENT
        for parent in set(parents.values()):
            complete[parent] = len(regions.below(parent.partition("/")[0]))
        known = {name: who.get(name) or resolve(name).key for pair in self.parents.items() for name in pair}
        named = {known[child]: known[parent] for child, parent in self.parents.items()}
        parents |= named
        return parents, complete | dict(Counter(named.values()))
