"""What a number in a text is: the one type of the numerals room."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

Qualifier = Literal["exact", "over", "approx", "nearly"]
Kind = Literal[
    "count",
    "money",
    "percent",
    "year",
    "date",
    "time",
    "document_number",
    "phone",
    "postcode",
    "ordinal",
    "enumerator",
    "identifier",
    "unclear",
    "other",
]

NO_VALUE = math.nan
"""The value of digits that are no quantity; one object, so that equal numerals compare equal."""


# Not frozen: a frozen class takes three times as long to make, and these are made by the thousand.
@dataclass(slots=True, unsafe_hash=True)
class Numeral:
    """A number as it stands in the normalised text.

    `start` and `end` enclose the number as written, with its multiplier and its 余 or 多 (23.1万, 两万五千八百余),
    without its unit; a date, a document number or an identifier is enclosed whole. `unit` is the measure word that
    follows, None where there is none, and `unit_end` the offset after it (`end` without a unit). All offsets are
    code points, ends exclusive.

    `value` is the number with its multiplier applied: money in yuan (unit 元), a percentage as written (百分之9.5 is
    9.5, 3‰ is 0.3), a year, or the year of a date; NaN where the digits are no quantity (phones, identifiers, dates
    without a year) or no one quantity: kind unclear, a range (三到五件), whose ends are `readings`, or digits that are
    too many for any count, without readings.
    """

    start: int
    end: int
    value: float
    qualifier: Qualifier
    unit: str | None
    unit_end: int
    kind: Kind
    readings: tuple[float, ...] = ()


def is_digit(character: str) -> bool:
    """Whether it is one of the ten digits that numbers are read from: no ², no ①, none of another script."""
    return "0" <= character <= "9"


def are_digits(written: str) -> bool:
    """Whether it is such digits and nothing else; "" is not."""
    return written.isascii() and written.isdigit()


def plain(start: int, end: int, kind: Kind, value: float = NO_VALUE) -> Numeral:
    """A numeral without unit or qualifier."""
    return Numeral(start, end, value, "exact", None, end, kind)
