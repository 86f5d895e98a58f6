"""What crawls, mirrors, converters and people do to a report. Every kind of damage keeps every offset exact.

No damage touches the digits of a number, so what a report says stays what it says: a line may break before a number,
a blank may part it from its unit, but its characters stay together.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable
from functools import cache
from itertools import pairwise
from typing import Any

from nianbao.language.numeral import are_digits
from nianbao.simulate.annotated import Annotated, Edit
from nianbao.simulate.data import load
from nianbao.simulate.document import HEADING, TABLE
from nianbao.simulate.facts import OTHER, STATED, VALUE
from nianbao.simulate.layouts import KIND

Damage = Callable[[random.Random, Annotated, float], Annotated]

_BRACKETED = re.compile(r"[（(]([一二三四五六七八九十\d]+)[）)]")
_LABEL_DIGITS = re.compile(r"^\d+[.．、]|(?<=[：:])\d+[.．、]")
_HEADING_NUMBER = re.compile(r"^(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十\d]+[）)]|\d+[.．、])\s?")
_DATE = re.compile(r"(?<!\d)\d{4}(年)\d{1,2}(月)\d{1,2}(日)")
_NUMBERS = re.compile(r"[\d０-９][\d０-９,.，．%:-]*")
_TO_HALF = str.maketrans("（），：；％！？", "(),:;%!?")
_TO_FULL = str.maketrans("(),:;%!?", "（），：；％！？")
_FULL_DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")


def damage(rng: random.Random, report: Annotated, level: int, keep_lines: bool = False) -> tuple[Annotated, list[str]]:
    """The report at a noise level of 0 to 3, and the names of the kinds of damage done.

    Args:
        keep_lines: no damage that moves line breaks or cells (an HTML page has its own).
    """
    chances, rates = load("noise")["chances"], load("noise")["rates"]
    done = []
    for name, function in DAMAGES.items():
        if rng.random() >= chances[name][level] or (keep_lines and name in _MOVES_LINES):
            continue
        least, greatest = rates.get(name, (1.0, 1.0))
        before = report
        report = function(rng, report, rng.uniform(least, greatest))
        if report is not before:
            done.append(name)
    return report, done


def _texts(report: Annotated, label: str, kinds: Iterable[Any] | None = None) -> list[tuple[int, int]]:
    """Where the spans of a label (and of some kinds) stand, in order and not overlapping."""
    wanted = None if kinds is None else set(kinds)
    places = sorted((s.start, s.end) for s in report.labelled(label) if wanted is None or s.data in wanted)
    apart: list[tuple[int, int]] = []
    for start, end in places:
        if not apart or start >= apart[-1][1]:
            apart.append((start, end))
    return apart


def _solid(report: Annotated) -> bytearray:
    """1 at each offset before which nothing may be inserted: inside numbers and what stands for one."""
    solid = bytearray(len(report) + 1)
    for span in report.labelled(VALUE, OTHER):
        solid[span.start + 1 : span.end] = b"\1" * max(0, span.end - span.start - 1)
    for match in _NUMBERS.finditer(report.text):
        solid[match.start() + 1 : match.end()] = b"\1" * (match.end() - match.start() - 1)
    return solid


def _numeric(report: Annotated) -> bytearray:
    """1 at each character that is part of a number of the report's facts or of another number."""
    numeric = bytearray(len(report))
    for span in report.labelled(VALUE, OTHER):
        numeric[span.start : span.end] = b"\1" * (span.end - span.start)
    return numeric


def lost_brackets(rng: random.Random, report: Annotated, rate: float) -> Annotated:
    """（一） becomes (), 一, or a bracket alone."""
    edits: list[Edit] = []
    way = rng.choice(("inside", "inside", "brackets", "right", "all"))
    for start, end in _texts(report, KIND, ("heading", "row_label")):
        for match in _BRACKETED.finditer(report.text, start, end):
            if rng.random() >= rate:
                continue
            left, inner, right = match.start(), match.span(1), match.end()
            if way == "inside":
                edits.append((*inner, ""))
            elif way == "brackets":
                edits += [(left, left + 1, ""), (right - 1, right, "")]
            elif way == "right":
                edits.append((inner[0], right, ""))
            else:
                edits.append((left, right, ""))
    return report.edit(edits)


def lost_label_digits(rng: random.Random, report: Annotated, rate: float) -> Annotated:
    """ "1.当面申请数" becomes ".当面申请数" or "当面申请数"."""
    edits: list[Edit] = []
    keep_mark = rng.random() < 0.4
    for start, end in _texts(report, KIND, ("row_label",)):
        for match in _LABEL_DIGITS.finditer(report.text[start:end]):
            if rng.random() < rate:
                edits.append((start + match.start(), start + match.end() - keep_mark, ""))
    return report.edit(edits)


def lost_heading_numbers(rng: random.Random, report: Annotated, rate: float) -> Annotated:
    """ "一、概述" becomes "概述"."""
    edits: list[Edit] = []
    for start, end in _texts(report, HEADING):
        match = _HEADING_NUMBER.match(report.text[start:end])
        if match and match.end() < end - start and rng.random() < rate:
            edits.append((start, start + match.end(), ""))
    return report.edit(edits)


def lost_date_words(rng: random.Random, report: Annotated, rate: float) -> Annotated:
    """2017年1月1日 becomes 201711日."""
    edits: list[Edit] = []
    lost = [group for group in (1, 2, 3) if rng.random() < 0.6] or [2]
    for match in _DATE.finditer(report.text):
        if rng.random() < rate:
            # A date that a number follows keeps its last word: together their digits would say nothing.
            touching = are_digits(report.text[match.end() : match.end() + 1])
            edits += [(*match.span(group), "") for group in lost if not (touching and group == 3)]
    return report.edit(edits)


def glued_cells(rng: random.Random, report: Annotated, rate: float) -> Annotated:
    """A label runs into what follows it: the blanks between the two are lost. Two numbers never touch."""
    edits: list[Edit] = []
    tables = _texts(report, TABLE)
    cells = sorted((s.start, s.end, s.data) for s in report.labelled(KIND))
    for table_start, table_end in tables:
        inside = [cell for cell in cells if table_start <= cell[0] and cell[1] <= table_end]
        for (_, end, kind), (start, _, _) in pairwise(inside):
            if kind == "row_label" and end < start and report.text[end:start].isspace() and rng.random() < rate:
                edits.append((end, start, ""))
    return report.edit(_apart(edits))


def glued_headings(rng: random.Random, report: Annotated, rate: float) -> Annotated:
    """A heading loses the line break after it."""
    edits: list[Edit] = []
    for _, end in _texts(report, HEADING):
        match = re.compile(r"\s*\n\s*").match(report.text, end)
        if match and match.end() < len(report) and rng.random() < rate:
            edits.append((end, match.end(), rng.choice(("", "", " "))))
    return report.edit(edits)


def hard_breaks(rng: random.Random, report: Annotated, rate: float) -> Annotated:
    """Lines of prose broken every thirty characters or so, as fixed-width pages leave them."""
    width = rng.randint(*load("noise")["break_at"])
    solid = _solid(report)
    edits: list[Edit] = []
    for start, end in _texts(report, KIND, ("prose", "heading")):
        at = start + width
        while at < end:
            place = at
            while place > start + 1 and solid[place]:
                place -= 1
            edits.append((place, place, "\n"))
            at = place + width
    return report.edit(edits)


def unit_spaces(rng: random.Random, report: Annotated, rate: float) -> Annotated:
    """Blanks between numbers and the words around them."""
    before, after = rng.choice(((True, True), (True, False), (False, True)))
    edits: list[Edit] = []
    prose = _inside(report, ("prose",))
    for span in report.labelled(VALUE, OTHER):
        if span.start < span.end and prose[span.start] and rng.random() < rate:
            edits += [(span.start, span.start, " ")] * before + [(span.end, span.end, " ")] * after
    return report.edit(sorted(set(edits)))


def stray_spaces(rng: random.Random, report: Annotated, rate: float) -> Annotated:
    """Blanks anywhere between characters."""
    blank = rng.choice((" ", " ", "\u3000", "\u00a0"))
    return report.edit([(at, at, blank) for at in _places(rng, report, rate)])


def page_numbers(rng: random.Random, report: Annotated, rate: float) -> Annotated:
    """A page number every thousand characters or so, amid the sentences."""
    solid, prose = _solid(report), _inside(report, ("prose",))
    form = rng.choice(("\n— {} —\n", "\n- {} -\n", " — {} — ", "\n{}\n"))
    edits: list[Edit] = []
    page, at = 1, rng.randint(400, 1200)
    while at < len(report):
        while at < len(report) and (solid[at] or not prose[at]):
            at += 1
        if at < len(report):
            edits.append((at, at, form.format(page)))
        page, at = page + 1, at + rng.randint(700, 1400)
    return report.edit(edits)


def slips(rng: random.Random, report: Annotated, rate: float) -> Annotated:
    """Characters taken for others that look like them; the words of a stated zero keep theirs."""
    spared = _numeric(report)
    for span in report.labelled(STATED):
        spared[span.start : span.end] = b"\1" * (span.end - span.start)
    return _replaced(report, load("noise")["confusable"], rng, rate, spared)


def filtered(rng: random.Random, report: Annotated, rate: float) -> Annotated:
    """A mirror's word filter: one character replaced wherever it stands."""
    one = rng.choice(sorted(load("noise")["filtered"].items()))
    return _replaced(report, dict([one]), rng, 1.0, _numeric(report))


def phonetic(rng: random.Random, report: Annotated, rate: float) -> Annotated:
    """The sound of a character in brackets after it."""
    sounds, text = load("noise")["phonetic"], report.text
    edits: list[Edit] = []
    for at in _places(rng, report, rate):
        if text[at - 1] in sounds:
            edits.append((at, at, f"（{sounds[text[at - 1]]}）"))
    return report.edit(edits)


def odd_spaces(rng: random.Random, report: Annotated, rate: float) -> Annotated:
    """No-break or full-width blanks in place of blanks."""
    return report.same_length(report.text.replace(" ", rng.choice(("\u00a0", "\u3000", "\u2002"))))


def width(rng: random.Random, report: Annotated, rate: float) -> Annotated:
    """Punctuation of half width, of full width or of both; at times digits of full width."""
    way = rng.choice(("half", "half", "half", "half", "half", "mixed", "full", "digits"))
    if way == "half":
        return report.same_length(report.text.translate(_TO_HALF))
    if way == "full":
        return report.same_length(report.text.translate(_TO_FULL))
    if way == "digits":
        return report.same_length(report.text.translate(_FULL_DIGITS))
    mixed = [char.translate(_TO_HALF) if rng.random() < 0.5 else char for char in report.text]
    return report.same_length("".join(mixed))


def script(rng: random.Random, report: Annotated, rate: float) -> Annotated:
    """Traditional characters, at times with Taiwan's words. The length stays the same."""
    text = report.text
    if rng.random() < 0.3:
        for word, other in load("noise")["taiwan"].items():
            text = text.replace(word, other)
    converted = _converter(rng.choice(("s2t", "s2t", "s2tw"))).convert(text)
    if len(converted) != len(report.text):
        return report
    return report.same_length(converted)


DAMAGES: dict[str, Damage] = {
    "lost_brackets": lost_brackets,
    "lost_label_digits": lost_label_digits,
    "lost_heading_numbers": lost_heading_numbers,
    "lost_date_words": lost_date_words,
    "glued_cells": glued_cells,
    "glued_headings": glued_headings,
    "unit_spaces": unit_spaces,
    "stray_spaces": stray_spaces,
    "hard_breaks": hard_breaks,
    "page_numbers": page_numbers,
    "slips": slips,
    "filtered": filtered,
    "phonetic": phonetic,
    "script": script,
    "width": width,
    "odd_spaces": odd_spaces,
}
"""The kinds of damage in the order in which they are done: what is lost, what is inserted, what is replaced."""

_MOVES_LINES = frozenset({"glued_cells", "glued_headings", "hard_breaks", "page_numbers", "stray_spaces", "odd_spaces"})


def _inside(report: Annotated, kinds: tuple[str, ...]) -> bytearray:
    inside = bytearray(len(report) + 1)
    for start, end in _texts(report, KIND, kinds):
        inside[start + 1 : end] = b"\1" * max(0, end - start - 1)
    return inside


def _places(rng: random.Random, report: Annotated, rate: float) -> list[int]:
    """Offsets in prose between characters, about `rate` of them, none inside a number."""
    solid, prose = _solid(report), _inside(report, ("prose",))
    count = int(len(report) * rate)
    drawn = {rng.randrange(1, len(report)) for _ in range(count)} if len(report) > 1 else set()
    return sorted(at for at in drawn if prose[at] and not solid[at])


def _replaced(
    report: Annotated, table: dict[str, str], rng: random.Random, rate: float, spared: bytearray
) -> Annotated:
    """Characters replaced by the table's, one for one, about `rate` of all; the spared ones stay."""
    chars = list(report.text)
    if rate >= 1.0:
        places: Iterable[int] = range(len(chars))
    else:
        places = {rng.randrange(len(chars)) for _ in range(int(len(chars) * rate) * 4)}
    for at in places:
        if not spared[at] and chars[at] in table:
            chars[at] = table[chars[at]]
    return report.same_length("".join(chars))


def _apart(edits: list[Edit]) -> list[Edit]:
    kept: list[Edit] = []
    for edit in sorted(edits):
        if not kept or edit[0] >= kept[-1][1]:
            kept.append(edit)
    return kept


@cache
def _converter(name: str) -> Any:
    import opencc

    return opencc.OpenCC(name)
