"""What must hold of every document that was read, whatever it was."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from nianbao.catalogue import Catalogue
from nianbao.schema import APPLICANTS, MOST_VALUE, Fact

METRICS = Catalogue.load().metrics

_LONGEST_STATED = 60
_FULL_LINE = 16
_SLACK = 8
_ITEM_ENDS = frozenset(".．、")
_SCALES = (1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000)
_ITEM = re.compile(r"(?a)\d{1,2}[.．、](?=[\u3400-\u9fff])")
_NO_COUNT_AFTER = tuple("年月号％%‰")
_PLAIN = re.compile(r"[0-9]{1,3}(?:[,，][0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?")


def faults(text: str, result: Any) -> Iterator[tuple[str, str]]:
    """(name of the property, what broke it) of everything that does not hold of a result."""
    places = [(fact.start, fact.end) for fact in result.facts]
    if places != sorted(places):
        yield "order", str(places)
    for fact in result.facts:
        for name, broken in _fact(text, fact):
            if broken:
                yield name, json.dumps(fact.to_dict(), ensure_ascii=False)
    for heading in result.structure["headings"]:
        if "".join(text[heading["start"] : heading["end"]].split()) != "".join(heading["text"].split()):
            yield "heading", str(heading)
    if not result.structure["is_report"] and any(fact.metric for fact in result.facts):
        yield "linked in what is no report", str(result.structure)


def _fact(text: str, fact: Fact) -> Iterator[tuple[str, bool]]:
    said = fact.value_text or ""
    yield "offsets", not (0 <= fact.start <= fact.end <= len(text) and text[fact.start : fact.end] == said)
    named = fact.metric_start is not None and fact.metric_end is not None
    yield "offsets of the name", named and text[fact.metric_start : fact.metric_end] != fact.metric_text
    yield "offsets of the name", (fact.metric_start is None) != (fact.metric_text is None)
    yield "confidence", not 0 <= fact.confidence <= 1
    yield "value bounds", fact.value is not None and not (math.isfinite(fact.value) and abs(fact.value) < MOST_VALUE)
    yield "value of a blank", fact.status == "blank" and (fact.value is not None or any(map(_digit, said)))
    yield "value of what has none", fact.status in ("text", "ambiguous", "blank") and fact.value is not None
    yield "readings", (fact.status == "ambiguous") != bool(fact.readings)
    yield "no value", fact.status in ("reported", "stated") and (fact.value is None or not said)
    yield "crosses a line", fact.status == "reported" and not _on_one_line(text, fact)
    yield "long stated", fact.status == "stated" and len(said) > _LONGEST_STATED
    yield "cut", fact.status == "reported" and _cut(text, fact)
    yield "an item's number", fact.status == "reported" and fact.basis == "prose" and _of_item(text, fact)
    yield "a date or a part", fact.status == "reported" and fact.basis == "prose" and _is_no_count(text, fact)
    yield "invented", fact.status == "reported" and _invented(said, fact.value)
    yield "quote", "\n" in fact.quote or len(fact.quote) > 120
    if fact.metric is not None:
        metric = METRICS.get(fact.metric)
        split = "applicant" in metric.dimensions
        yield "unit", fact.unit != metric.unit
        yield "applicant", fact.applicant not in APPLICANTS if split else fact.applicant is not None


def _on_one_line(text: str, fact: Fact) -> bool:
    """Whether a value stands on one line, or was cut in two where a line was full, or behind the comma of thousands."""
    before, cut, after = text[fact.start : fact.end].partition("\n")
    if not cut:
        return True
    start = text.rfind("\n", 0, fact.start) + 1
    line = text[start : fact.start] + before
    beside = (text[:start].rstrip("\n").rpartition("\n")[2], text[fact.end - len(after) :].partition("\n")[0])
    fits = all(_width(other) <= _width(line) + _SLACK for other in beside)
    return "\n" not in after and ((len(line) >= _FULL_LINE and fits) or before.rstrip().endswith((",", "，")))


def _width(line: str) -> int:
    return sum(1 if character < "\u2e80" else 2 for character in unicodedata.normalize("NFKC", line.strip()))


def _digit(character: str) -> bool:
    return unicodedata.category(character) == "Nd"


def _number(character: str) -> int:
    return unicodedata.digit(character, 1)


def _cut(text: str, fact: Fact) -> bool:
    """Whether a value is a part of the digits around it; in a table the digits of glued cells are of one width."""
    start, end = fact.start, fact.end
    while start and _digit(text[start - 1]):
        start -= 1
    while end < len(text) and _digit(text[end]):
        end += 1
    if (start, end) == (fact.start, fact.end) or not any(map(_digit, text[fact.start : fact.end])):
        return False
    if fact.basis == "table" and fact.end - fact.start == 1 and not any(map(_number, text[start:end])):
        # Glued cells of nothing but zeros come apart in one way, whatever their scripts.
        return False
    left, right = text[start : fact.start], text[fact.end : end]
    if text[end:].lstrip(" ")[:1] in _ITEM_ENDS and len(right) <= 2 and not left:
        # The next item's number touches the value.
        return False
    touched = bool(left and _digit(text[fact.start])) or bool(right and _digit(text[fact.end - 1]))
    return touched and (
        fact.basis == "prose" or len({character.isascii() for character in text[start:end] if _digit(character)}) > 1
    )


def _of_item(text: str, fact: Fact) -> bool:
    """Whether a linked value is the number of an item: 1、 at the start of a line, words after it."""
    ahead = text[text.rfind("\n", 0, fact.start) + 1 : fact.start]
    return fact.metric is not None and not ahead.strip() and _ITEM.match(text, fact.start) is not None


def _is_no_count(text: str, fact: Fact) -> bool:
    """Whether a linked value is a year, a month, a percentage, or the number of a paper or a place in a row."""
    ahead, after = text[max(0, fact.start - 1) : fact.start], text[fact.end : fact.end + 1]
    return fact.metric is not None and (ahead == "第" or after in _NO_COUNT_AFTER)


def _invented(said: str, value: float | None) -> bool:
    """Whether a number in plain digits is another than its value, but for the thousands and millions behind it."""
    if value is None or not _PLAIN.fullmatch(said):
        return False
    number = float(said.replace(",", "").replace("，", ""))
    return not any(math.isclose(value, number * scale, rel_tol=1e-9) for scale in _SCALES)
