"""Scores of facts and headings against gold, by the contract's rules, over any number of documents.

A fact is right when metric, applicant, year, value and whole-or-part agree with a gold fact of the same document. Open
facts are left out, and so are cells said to be ambiguous and facts of a part that gold does not list. Cells without a
number, blank or with words, are counted apart. Gold is the content of a gold file, or `SimulatedReport.to_gold()`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spacy.training import Example

GROUPS = ("table", "prose", "blank")
LINES_KEY = "nianbao_lines"
# The labels of lines beside the kinds of blocks; all others are parts of tables.
_LINE_KINDS = {kind: kind for kind in ("title", "heading", "prose", "furniture")}
Key = tuple[Any, ...]
Row = Mapping[str, Any]


def fact_key(fact: Row) -> Key:
    """What must agree: (metric, applicant, year, value, whether of the whole)."""
    value = fact.get("value")
    words = "text" if fact.get("status") == "text" else None
    number = words if value is None else round(float(value), 4)
    return fact.get("metric"), fact.get("applicant") or "total", fact.get("year"), number, fact.get("scope") is None


def f1(right: int, extra: int, missed: int) -> tuple[float, float, float]:
    """Precision, recall and F1; 1 where nothing was to be found and nothing was."""
    precision = right / (right + extra) if right + extra else 1.0
    recall = right / (right + missed) if right + missed else 1.0
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


@dataclass(slots=True)
class Tally:
    """Counts over documents. `counts[group, what]`: what is right, extra or missed; groups also heading.

    `known`: ids of metrics that gold speaks of, None for all; others are not judged. `errors`: what was missed or is
    extra, in words, where it is a list.
    """

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    linked: int = 0
    wrong: int = 0
    false_alarms: int = 0
    known: frozenset[str] | None = None
    errors: list[str] | None = None

    def add(self, gold: Row, facts: Iterable[Row], headings: Sequence[Row] | None = None) -> None:
        """One document: its gold, the facts found (rows), and the headings found, None to leave them out."""
        name = str(gold.get("doc", ""))
        must: dict[str, set[Key]] = {group: set() for group in GROUPS}
        may: set[Key] = set()
        for fact in gold["facts"]:
            group = "blank" if fact.get("status") in ("blank", "text") else fact.get("basis", "prose")
            (may if fact.get("optional") else must[group]).add(fact_key(fact))
        seen = {key: group for key, group in self._seen(facts).items() if self.known is None or key[0] in self.known}
        for group, keys in must.items():
            for key in keys:
                self.counts[group, "right" if key in seen else "missed"] += 1
                if key not in seen:
                    self._tell("missed", name, group, key)
        self._extras(name, seen, set().union(*must.values()) | may)
        if not gold.get("is_report", True):
            self.false_alarms += bool(seen)
        elif headings is not None:
            self._headings(name, gold.get("headings", ()), headings)

    def _tell(self, what: str, document: str, group: str, key: Key) -> None:
        if self.errors is not None:
            self.errors.append(" ".join(str(part) for part in (what, document, group, *key)))

    @staticmethod
    def _seen(facts: Iterable[Row]) -> dict[Key, str]:
        seen: dict[Key, str] = {}
        for fact in facts:
            if fact.get("metric") and fact.get("status") != "ambiguous":
                key = fact_key(fact)
                if seen.get(key) != "table":
                    seen[key] = "blank" if fact.get("value") is None else fact.get("basis", "prose")
        return seen

    def _extras(self, name: str, seen: Mapping[Key, str], allowed: set[Key]) -> None:
        slots = {key[:3] for key in allowed if isinstance(key[3], float)}
        for key, group in seen.items():
            self.linked += group != "blank"
            if key not in allowed and key[4]:
                self.counts[group, "extra"] += 1
                self.wrong += isinstance(key[3], float) and key[:3] in slots
                self._tell("extra", name, group, key)

    def _headings(self, name: str, gold: Iterable[Row], found: Iterable[Row]) -> None:
        want, have = (Counter((h["level"], "".join(h["text"].split())) for h in rows) for rows in (gold, found))
        right = (want & have).total()
        self.counts["heading", "right"] += right
        self.counts["heading", "extra"] += have.total() - right
        self.counts["heading", "missed"] += want.total() - right
        for what, left in (("missed", want - have), ("extra", have - want)):
            for key in left:
                self._tell(what, name, "heading", key)

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


def score_report(examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
    """What a report's reading is worth, in the form that `spacy evaluate` prints.

    References hold gold spans in `doc.spans["sc"]` (HEADING-1 …, METRIC, VALUE), the kinds of lines in
    `doc.spans["nianbao_lines"]` and gold facts in `doc._.facts`; what a reference lacks is not judged.

    Returns:
        `spans_sc_p`, `spans_sc_r`, `spans_sc_f` over the spans; `spans_sc_per_type`: P, R and F of each label, of each
        kind of line ("line: prose") and of the facts ("facts: table", "facts: prose", "facts: blank").
    """
    examples = list(examples)
    counts: Counter[tuple[str, str]] = Counter()
    facts = Tally()
    for example in examples:
        _count_spans(example, counts)
        _count_lines(example, counts)
        if gold := example.reference._.facts:
            facts.add({"facts": gold}, example.predicted._.facts)
    for (group, what), number in facts.counts.items():
        counts[f"facts: {group}", what] += number
    types = sorted({name for name, _ in counts}, key=lambda name: (":" in name, name))
    judged = {name: [counts[name, what] for what in ("right", "extra", "missed")] for name in types}
    judged = {name: numbers for name, numbers in judged.items() if any(numbers)}
    whole = [sum(column) for column in zip(*(judged[name] for name in judged if ":" not in name), strict=True)]
    total = dict(zip("prf", f1(*whole), strict=True)) if whole else dict.fromkeys("prf")
    return {f"spans_sc_{name}": value for name, value in total.items()} | {
        "spans_sc_per_type": {name: dict(zip("prf", f1(*numbers), strict=True)) for name, numbers in judged.items()}
    }


def _count_spans(example: Example, counts: Counter[tuple[str, str]]) -> None:
    if "sc" not in example.reference.spans:
        return
    want, have = (
        {(span.label_, span.start_char, span.end_char) for span in doc.spans.get("sc", ())}
        for doc in (example.reference, example.predicted)
    )
    for what, found in (("right", want & have), ("extra", have - want), ("missed", want - have)):
        counts.update((label, what) for label, _, _ in found)


def _count_lines(example: Example, counts: Counter[tuple[str, str]]) -> None:
    if LINES_KEY not in example.reference.spans:
        return
    blocks = {start: kind for start, _, kind in example.predicted._.structure.get("blocks", ())}
    for span in example.reference.spans[LINES_KEY]:
        want, have = _LINE_KINDS.get(span.label_.partition("-")[0], "table"), blocks.get(span.start_char)
        if want == have:
            counts[f"line: {want}", "right"] += 1
        else:
            counts[f"line: {want}", "missed"] += 1
            if have is not None:
                counts[f"line: {have}", "extra"] += 1


def make_report_scorer() -> Callable[..., dict[str, Any]]:
    """What the registry holds under `nianbao.report_scorer.v1`."""
    return score_report
