"""How numbers that count nothing are written: the part `written` of configs/numerals.yaml, compiled."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from nianbao.language.numbers import CHINESE_NUMERALS, ZEROS

_MACROS = {
    "<year>": r"(?:19|20)\d\d",
    "<month>": r"(?:1[0-2]|0?[1-9])(?!\d)",
    "<day>": r"(?:3[01]|[12]\d|0?[1-9])(?!\d)",
    "<digits>": r"(\d+(?:,\d{3}){0,5}(?:\.\d+)?)",
    "<n>": f"[{CHINESE_NUMERALS}]",
    "<digit>": f"[一二三四五六七八九{ZEROS}]",
    "<small>": "[一二三四五六七八九十廿卅]{1,3}",
}


@dataclass(slots=True, frozen=True)
class WrittenForms:
    """Patterns and sets of characters, each as its key in configs/numerals.yaml says."""

    multiplier: re.Pattern[str]
    date: re.Pattern[str]
    years: re.Pattern[str]
    short_year: re.Pattern[str]
    month_day: re.Pattern[str]
    time: re.Pattern[str]
    range: re.Pattern[str]
    touching_item: re.Pattern[str]
    label: re.Pattern[str]
    not_one: re.Pattern[str]
    label_ends: frozenset[str]
    document_ends: frozenset[str]
    chinese_range: re.Pattern[str]
    chinese_year: re.Pattern[str]
    chinese_date: re.Pattern[str]
    chinese_item: re.Pattern[str]
    ordinals_joined: frozenset[str]
    years_joined: frozenset[str]
    several: frozenset[str]
    beside_magnitude: frozenset[str]
    over_magnitude: frozenset[str]
    equals: frozenset[str]
    each: frozenset[str]

    @classmethod
    def of(cls, data: Mapping[str, str]) -> WrittenForms:
        """From the data of the file.

        Raises:
            KeyError: a key is missing. re.error: a pattern does not compile.
        """
        parts: dict[str, Any] = {}
        for part in fields(cls):
            said = data[part.name]
            parts[part.name] = frozenset(said) if "frozenset" in str(part.type) else _compiled(said)
        return cls(**parts)


def _compiled(pattern: str) -> re.Pattern[str]:
    # A pattern on several lines comes with blanks before its bars.
    pattern = pattern.replace(" |", "|")
    for macro, meant in _MACROS.items():
        pattern = pattern.replace(macro, meant)
    return re.compile(pattern, re.ASCII)
