"""Scores of facts and headings against gold, by the contract's rules, over any number of documents.

A fact is right when metric, applicant, year, value and whole-or-part agree with a gold fact of the same document. Open
facts are left out, and so are cells said to be ambiguous and facts of a part that gold does not list. Blank cells are
counted apart. Gold is the content of a gold file, or `SimulatedReport.to_gold()`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spacy.training import Example

GROUPS = ("table", "prose", "blank")
Key = tuple[Any, ...]
Row = Mapping[str, Any]


def fact_key(fact: Row) -> Key:
    """What must agree: (metric, applicant, year, value, whether of the whole)."""
    value = fact.get("value")
    number = None if value is None else round(float(value), 4)
    return fact.get("metric"), fact.get("applicant") or "total", fact.get("year"), number, fact.get("scope") is None


def f1(right: int, extra: int, missed: int) -> tuple[float, float, float]:
    """Precision, recall and F1; 1 where nothing was to be found and nothing was."""
    precision = right / (right + extra) if right + extra else 1.0
    recall = right / (right + missed) if right + missed else 1.0
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


@dataclass(slots=True)
class Tally:
    """Counts over documents. `counts[group, what]`: what is right, extra or missed; groups also heading."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    linked: int = 0
    wrong: int = 0
    false_alarms: int = 0

    def add(self, gold: Row, facts: Iterable[Row], headings: Sequence[Row] | None = None) -> None:
        """One document: its gold, the facts found (rows), and the headings found, None to leave them out."""
        must: dict[str, set[Key]] = {group: set() for group in GROUPS}
        may: set[Key] = set()
        for fact in gold["facts"]:
            group = "blank" if fact.get("status") == "blank" else fact.get("basis", "prose")
            (may if fact.get("optional") else must[group]).add(fact_key(fact))
        seen = self._seen(facts)
        for group, keys in must.items():
            for key in keys:
                self.counts[group, "right" if key in seen else "missed"] += 1
        self._extras(seen, set().union(*must.values()) | may)
        if not gold.get("is_report", True):
            self.false_alarms += bool(seen)
        elif headings is not None:
            self._headings(gold.get("headings", ()), headings)

    @staticmethod
    def _seen(facts: Iterable[Row]) -> dict[Key, str]:
        seen: dict[Key, str] = {}
        for fact in facts:
            if fact.get("metric") and fact.get("status") != "ambiguous":
                key = fact_key(fact)
                if seen.get(key) != "table":
                    seen[key] = "blank" if fact.get("value") is None else fact.get("basis", "prose")
        return seen

    def _extras(self, seen: Mapping[Key, str], allowed: set[Key]) -> None:
        slots = {key[:3] for key in allowed if key[3] is not None}
        for key, group in seen.items():
            self.linked += group != "blank"
            if key not in allowed and key[4]:
                self.counts[group, "extra"] += 1
                self.wrong += key[3] is not None and key[:3] in slots

    def _headings(self, gold: Iterable[Row], found: Iterable[Row]) -> None:
        want, have = (Counter((h["level"], "".join(h["text"].split())) for h in rows) for rows in (gold, found))
        right = (want & have).total()
        self.counts["heading", "right"] += right
        self.counts["heading", "extra"] += have.total() - right
        self.counts["heading", "missed"] += want.total() - right

    def f1(self, group: str) -> float:
        """F1 of a group: table, prose, blank or heading."""
        return f1(*(self.counts[group, what] for what in ("right", "extra", "missed")))[2]

    def figures(self) -> dict[str, float | int]:
        """All figures, by name: P, R and F of each group, the share of wrong values, false alarms on non-reports."""
        found: dict[str, float | int] = {}
        for group in (*GROUPS, "heading"):
            numbers = f1(*(self.counts[group, what] for what in ("right", "extra", "missed")))
            found |= {f"{group}_{name}": round(number, 4) for name, number in zip("prf", numbers, strict=True)}
        found["wrong_share"] = round(self.wrong / self.linked, 4) if self.linked else 0.0
        found["linked"] = self.linked
        found["false_alarms"] = self.false_alarms
        return found


def score_facts(examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
    """Fact-level figures for `spacy evaluate`: `facts_prose_f`, `facts_table_f`, `facts_blank_f`, `facts_wrong`.

    Reference Docs hold their gold facts in `doc._.facts`; Docs without any are left out.
    """
    tally = Tally()
    judged = False
    for example in examples:
        gold = example.reference._.facts
        if gold:
            judged = True
            tally.add({"facts": gold}, example.predicted._.facts)
    names = [f"facts_{group}_f" for group in GROUPS]
    if not judged:
        return dict.fromkeys((*names, "facts_wrong"))
    return {f"facts_{group}_f": tally.f1(group) for group in GROUPS} | {
        "facts_wrong": tally.wrong / tally.linked if tally.linked else 0.0
    }


def make_fact_scorer() -> Callable[..., dict[str, Any]]:
    """What the registry holds under `nianbao.fact_scorer.v1`."""
    return score_facts
