"""What is asked of reports beyond the identities, and how it is said (configs/audit.yaml)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from nianbao.paths import data_dir, load_yaml


@dataclass(frozen=True, slots=True)
class Includes:
    """A number of `metric` in prose may be that of the table with `also` and without `less`; `words` say so."""

    metric: str
    also: tuple[str, ...]
    less: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parts:
    """`parts` are each one of `whole`; `also` may be counted in."""

    whole: str
    also: tuple[str, ...]
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AuditRules:
    """configs/audit.yaml, see there; `applicants`: language → kind of applicants → its name."""

    certain: Mapping[str, float]
    likely: float
    near_by: float
    near_share: float
    plain: frozenset[str]
    plain_confidence: float
    includes: tuple[Includes, ...]
    parts: tuple[Parts, ...]
    parts_within: int
    share: re.Pattern[str]
    share_within: int
    wholes: Mapping[str, tuple[str, ...]]
    checks: Mapping[str, Mapping[str, str]]
    applicants: Mapping[str, Mapping[str, str]]
    data: Mapping[str, Any]

    def wholes_of(self, metric: str) -> tuple[str, ...]:
        """The metrics that a number of `metric` may be a share of."""
        found = [prefix for prefix in self.wholes if metric.startswith(prefix)]
        return self.wholes[max(found, key=len)] if found else ()


@lru_cache(maxsize=1)
def load_rules() -> AuditRules:
    """The rules that ship."""
    data: dict[str, Any] = load_yaml(data_dir("configs") / "audit.yaml")
    return AuditRules(
        certain=data["certain"],
        likely=data["likely"],
        near_by=data["near"]["by"],
        near_share=data["near"]["share"],
        plain=frozenset(data["plain"]["metrics"]),
        plain_confidence=data["plain"]["confidence"],
        includes=tuple(
            Includes(one["metric"], tuple(one.get("also", ())), tuple(one.get("less", ())), tuple(one["words"]))
            for one in data["includes"]
        ),
        parts=tuple(Parts(one["whole"], tuple(one.get("also", ())), tuple(one["parts"])) for one in data["parts"]),
        parts_within=data["parts_within"],
        share=re.compile(data["share"]),
        share_within=data["share_within"],
        wholes={prefix: tuple(wholes) for prefix, wholes in data["wholes"].items()},
        checks=data["checks"],
        applicants=load_yaml(data_dir("configs") / "review.yaml")["applicants"],
        data=data,
    )
