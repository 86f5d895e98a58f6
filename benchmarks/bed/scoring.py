"""The contract's rules of scoring (score.py), kept as counts that can be added up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Key = tuple[str, str, int | None, float | None, bool]
"""Metric, applicant, year, value, and whether the fact is of the whole agency."""


def key(fact: dict[str, Any]) -> Key:
    """What has to agree."""
    value = fact["value"]
    number = None if value is None else round(float(value), 4)
    return fact["metric"], fact["applicant"] or "total", fact["year"], number, fact["scope"] is None


@dataclass(slots=True)
class Score:
    """Counts over one or more reports. `stray`: linked facts from prose, where gold has none."""

    found: int = 0
    missing: int = 0
    false: int = 0
    wrong: int = 0
    linked: int = 0
    blank_found: int = 0
    blank_missing: int = 0
    blank_false: int = 0
    ambiguous: int = 0
    stray: int = 0
    missed: list[tuple[Any, ...]] = field(default_factory=list)
    extra: list[tuple[Any, ...]] = field(default_factory=list)

    def __add__(self, other: Score) -> Score:
        return Score(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    @property
    def f1(self) -> float:
        """F1 of cells with a number."""
        return f1(self.found, self.false, self.missing)

    @property
    def blank_f1(self) -> float:
        """F1 of blank cells."""
        return f1(self.blank_found, self.blank_false, self.blank_missing)

    @property
    def wrong_share(self) -> float:
        """The share of linked facts whose value contradicts gold."""
        return self.wrong / max(self.linked, 1)

    @staticmethod
    def head() -> str:
        """The names over `line`."""
        names = ("F1", "wrong", "blank F1", "cells", "blanks", "missed", "false", "ambig.", "stray")
        return "".join(f"{name:>9}" for name in names)

    def line(self) -> str:
        """All figures, as wide as `head`."""
        shares = f"{self.f1:>9.4f}{self.wrong_share:>9.4f}{self.blank_f1:>9.4f}"
        cells, blanks = self.found + self.missing, self.blank_found + self.blank_missing
        counts = (cells, blanks, self.missing, self.false, self.ambiguous, self.stray)
        return shares + "".join(f"{count:>9}" for count in counts)


def f1(found: int, false: int, missing: int) -> float:
    """F1, 1 where there is nothing to find and nothing found."""
    return 2 * found / (2 * found + false + missing) if found + false + missing else 1.0


def compare(gold: dict[str, Any], facts: list[dict[str, Any]]) -> Score:
    """One report's facts against its gold."""
    must = {key(fact) for fact in gold["facts"] if not fact.get("optional")}
    allowed = {key(fact) for fact in gold["facts"]}
    slots = {entry[:3] for entry in allowed if entry[3] is not None}
    seen: dict[Key, str] = {}
    score = Score()
    for fact in facts:
        if fact["status"] == "ambiguous":
            score.ambiguous += 1
        elif fact["metric"] and seen.get(key(fact)) != "table":
            seen[key(fact)] = "blank" if fact["value"] is None else fact["basis"]
    for entry in must:
        hit = entry in seen
        if entry[3] is None:
            score.blank_found += hit
            score.blank_missing += not hit
        else:
            score.found += hit
            score.missing += not hit
    score.missed = sorted((entry for entry in must - set(seen)), key=str)
    for entry, group in seen.items():
        score.linked += group != "blank"
        # Gold lists no facts of parts of the agency.
        if entry in allowed or not entry[4]:
            continue
        score.blank_false += group == "blank"
        score.false += group == "table"
        score.stray += group == "prose"
        score.wrong += entry[3] is not None and entry[:3] in slots
        score.extra.append((group, *entry))
    return score
