"""How much of one report is in another: its numbers, and its sentences with the digits left out."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate

from nianbao.audit.report import Report
from nianbao.audit.rules import AuditRules
from nianbao.language.script import normalize

_DIGITS = re.compile(r"[0-9○〇零一二三四五六七八九十百千万亿两]+")
_SENTENCE = re.compile(r"[。；;\n]")
_SHORT = 8
"""A sentence with fewer characters is everybody's."""

_LONG = 300
"""A line of a table has fewer characters."""

Number = tuple[str, str | None, str]
"""Metric, applicant, basis."""


@dataclass(frozen=True, slots=True)
class Print:
    """What tells a report from others: its numbers above zero of its own year, and its sentences without digits."""

    numbers: Mapping[Number, float]
    sentences: frozenset[str]


@dataclass(frozen=True, slots=True)
class CopyEvidence:
    """`same` of `common` numbers above zero agree; `text`: whether the words do, None where too few are known.

    `few`: the numbers are too few to tell anything, and all the words are the same.
    """

    same: int
    common: int
    text: bool | None
    few: bool = False


def print_of(report: Report) -> Print:
    """The print of a report; of one without its text the quotes of its prose stand for that.

    The rows of a form are everybody's: lines with cells of a table, or their labels, are no sentences.
    """
    numbers: dict[Number, float] = {}
    for cells, basis in ((report.tables, "table"), (report.prose, "prose")):
        for (metric, applicant, year), facts in cells.items():
            if year == report.year and len(facts) == 1 and facts[0].value:
                numbers[metric, applicant, basis] = facts[0].value
    if report.text is not None:
        words = _untabled(report.text, report)
    else:
        words = "\n".join(fact.quote for fact in report.facts if fact.basis == "prose" and fact.quote)
    names = (report.agency or "", (report.agency and _stem(report.agency)) or "")
    sentences = (_masked(part, names) for part in _SENTENCE.split(normalize(words)))
    return Print(numbers, frozenset(one for one in sentences if len(one) >= _SHORT))


def _untabled(text: str, report: Report) -> str:
    """The lines of a text that hold neither a cell nor its label; in a very long one prose stands beside them."""
    lines = text.split("\n")
    starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
    cells = [fact for fact in report.facts if fact.basis == "table"]
    places = (place for fact in cells for place in (fact.start, fact.metric_start) if place is not None)
    tabled = {bisect_right(starts, place) - 1 for place in places}
    return "\n".join(line for at, line in enumerate(lines) if at not in tabled or len(line) > _LONG)


def _masked(sentence: str, names: tuple[str, ...]) -> str:
    for name in filter(None, names):
        sentence = sentence.replace(name, "")
    return "".join(_DIGITS.sub("0", sentence).split())


def _stem(agency: str) -> str:
    """The place before the body: what reports call themselves by."""
    return re.split(r"人民政府|[市县区镇乡]", agency)[0]


def likeness(one: Print, other: Print, rules: AuditRules) -> CopyEvidence | None:
    """How alike two reports are; None where their numbers are not, or they and the words are too few to tell."""
    wanted = rules.data["copies"]
    common = one.numbers.keys() & other.numbers.keys()
    fewer = min(len(one.numbers), len(other.numbers))
    if fewer < wanted["telling"]:
        return _by_words(one, other, rules)
    if len(common) < wanted["telling"] or len(common) < wanted["same"] * fewer:
        return None
    same = sum(one.numbers[key] == other.numbers[key] for key in common)
    if same < wanted["same"] * len(common):
        return None
    few = min(len(one.sentences), len(other.sentences))
    if few < wanted["sentences"]:
        return CopyEvidence(same, len(common), None)
    return CopyEvidence(same, len(common), len(one.sentences & other.sentences) >= wanted["alike"] * few)


def _by_words(one: Print, other: Print, rules: AuditRules) -> CopyEvidence | None:
    """Reports that count hardly anything: their words must be many and all the same, and no number may differ."""
    wanted = rules.data["copies"]
    most = max(len(one.sentences), len(other.sentences))
    if not one.numbers or one.numbers != other.numbers:
        return None
    shared = len(one.sentences & other.sentences)
    if shared < wanted["many"] or shared < wanted["all"] * most:
        return None
    return CopyEvidence(len(one.numbers), len(one.numbers), True, few=True)
