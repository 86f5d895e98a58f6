"""Measure words, qualifiers, and what stands before numbers that count nothing (configs/numerals.yaml)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from nianbao.language.numbers import CHINESE_NUMERALS
from nianbao.language.numeral import Kind, Qualifier
from nianbao.language.written import WrittenForms

_SCALES = "(?:[十百千]?[万亿])?"
_DATES = " ?[年月日号]"


@dataclass(slots=True, frozen=True)
class Measures:
    """The words around numbers.

    `units` gives each measure word its kind (count, money, percent, time, date, other); `counting` holds the single
    characters among those of kind count. A clause that matches `denies` and `countable` may state a zero, and is cut
    into words by the tokenizer; `tells` matches in a sentence that holds a number of things, or such a denial;
    `number` is the look of a number, with its multiplier, without its unit.
    """

    units: Mapping[str, Kind]
    counting: frozenset[str]
    unit_lengths: Mapping[str, tuple[int, ...]]
    unit_unless: Mapping[str, tuple[str, ...]]
    before: re.Pattern[str]
    before_last: frozenset[str]
    before_qualifier: Mapping[str, Qualifier]
    before_unless: Mapping[str, str]
    inside: frozenset[str]
    inside_unless: tuple[str, ...]
    after: re.Pattern[str]
    after_qualifier: Mapping[str, Qualifier]
    phone: re.Pattern[str]
    postcode: re.Pattern[str]
    hotlines: frozenset[str]
    hotline_after: tuple[str, ...]
    year_after: frozenset[str]
    one_units: frozenset[str]
    one_counted: tuple[str, ...]
    one_uncounted: frozenset[str]
    joined_before: frozenset[str]
    no_capital_after: frozenset[str]
    fixed: frozenset[str]
    longest_fixed: int
    session_unit: str
    session_before: tuple[str, ...]
    session_after: tuple[str, ...]
    denies: re.Pattern[str]
    countable: re.Pattern[str]
    tells: re.Pattern[str]
    number: re.Pattern[str]
    written: WrittenForms

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Measures:
        """From the data of configs/numerals.yaml.

        Raises:
            ValueError: a part is missing; the message names it.
        """
        try:
            return _build(data)
        except KeyError as error:
            raise ValueError(f"numerals.yaml: the part {error} is missing; compare it with nianbao's own") from error

    def unit_at(self, text: str, position: int) -> tuple[str, Kind] | None:
        """The longest measure word at `position` and its kind; None where there is none or another word begins."""
        for length in self.unit_lengths.get(text[position : position + 1], ()):
            unit = text[position : position + length]
            kind = self.units.get(unit)
            if kind is not None and len(unit) == length:
                unless = self.unit_unless.get(unit)
                if unless is None or not text.startswith(unless, position + length):
                    return unit, kind
        return None

    def fixed_at(self, text: str, position: int, end: int) -> bool:
        """Whether the numeral `text[position:end]` is part of a fixed word that reaches past it."""
        return any(
            text[start:stop] in self.fixed
            for start in range(max(position - 2, 0), position + 1)
            for stop in range(end + 1, start + self.longest_fixed + 1)
        )


class Numerals(Protocol):
    """Whatever knows how numbers are written; a `nianbao.catalogue.Catalogue` does."""

    @property
    def numerals(self) -> Mapping[str, Any]: ...


def read_measures(knows: Numerals) -> Measures:
    """The measure words of a catalogue; `catalogue.compiled(read_measures)` reads them once."""
    return Measures.of(knows.numerals)


def _lengths(words: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """How long the words are that begin with each character, the longest first."""
    lengths: dict[str, set[int]] = {}
    for word in words:
        lengths.setdefault(word[0], set()).add(len(word))
    return {first: tuple(sorted(sizes, reverse=True)) for first, sizes in lengths.items()}


def _alternatives(words: Iterable[str]) -> str:
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return "|".join(map(re.escape, ordered))


def _spaced(words: Iterable[str]) -> str:
    # 邮 编, 电 话: forms of address set their two characters apart.
    return "|".join(" *".join(map(re.escape, word)) for word in sorted(words, key=lambda word: (-len(word), word)))


def _label(words: Iterable[str], after: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{_spaced(words)}){after}$")


def _build(data: Mapping[str, Any]) -> Measures:
    units = {unit: kind for kind, words in data["units"].items() for unit in words.split()}
    qualifiers, one, session = data["qualifiers"], data["one"], data["session"]
    fixed = data["fixed"].split()
    counted = _alternatives(unit for unit, kind in units.items() if kind in ("count", "money"))
    zeros = data["stated_zeros"]
    before = {word: sense for sense, words in qualifiers["before"].items() for word in words}
    after = {word: sense for sense, words in qualifiers["after"].items() for word in words}
    return Measures(
        units=units,
        counting=frozenset(unit for unit, kind in units.items() if kind == "count" and len(unit) == 1),
        unit_lengths=_lengths(units),
        unit_unless={unit: tuple(words) for unit, words in data["unit_unless"].items()},
        before=re.compile(rf"({_alternatives(before)}) ?$"),
        before_last=frozenset(word[-1] for word in before),
        before_qualifier=before,
        before_unless=qualifiers["before_unless"],
        inside=frozenset(qualifiers["inside"]),
        inside_unless=tuple(qualifiers["inside_unless"]),
        after=re.compile(_alternatives(after)),
        after_qualifier=after,
        phone=_label(data["phone_words"], data["phone_after"]),
        postcode=_label(data["postcode_words"], data["phone_after"]),
        hotlines=frozenset(data["hotlines"].split()),
        hotline_after=tuple(data["hotline_after"].split()),
        year_after=frozenset(data["year_after"]),
        one_units=frozenset(one["units"]),
        one_counted=tuple(one["counted"]),
        one_uncounted=frozenset(one["uncounted"]),
        joined_before=frozenset(data["joined_before"]),
        no_capital_after=frozenset(data.get("no_capital_after", ())),
        fixed=frozenset(fixed),
        longest_fixed=max(map(len, fixed)),
        session_unit=session["unit"],
        session_before=tuple(session["before"]),
        session_after=tuple(session["after"]),
        denies=re.compile(data["stated_zeros"]["denies"]),
        countable=re.compile(data["stated_zeros"]["countable"]),
        tells=re.compile(
            rf"\d(?![\d.]|{_DATES})|[{CHINESE_NUMERALS}][^,。;]?(?:{counted})"
            rf"|(?:{zeros['denies']})[^,。;]{{0,20}}?(?:{zeros['countable']})"
        ),
        number=re.compile(
            rf"(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d+)?{_SCALES}|[{CHINESE_NUMERALS}]+(?=.?(?:{counted}))"
        ),
        written=WrittenForms.of(data["written"]),
    )
