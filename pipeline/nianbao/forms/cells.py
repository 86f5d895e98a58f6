"""What one printed cell says: a number as a reader sees it, words or signs instead of one, or nothing."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal, cast

from nianbao.catalogue.labels import Wording
from nianbao.language.numbers import parse_number
from nianbao.language.numeral import is_digit

Kind = Literal["blank", "none", "number", "text", "other"]
Qualifier = Literal["exact", "over", "approx", "nearly"]
MAX_DIGITS = 15  # of a value: more cannot be told apart in a float
_LONGEST_TEXT = 12  # characters that stand in a number's place; more are a label
_GAPS = re.compile(r"[,\s]")
_ASCII = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+)?")


def number_value(written: str) -> Decimal | None:
    """The value of a number as written; None where it is none, or has more digits than a value may have."""
    bare = _GAPS.sub("", written)
    if _ASCII.fullmatch(bare):
        return Decimal(bare) if len(bare) <= MAX_DIGITS or sum(map(is_digit, bare)) <= MAX_DIGITS else None
    parsed = parse_number(bare)
    return None if parsed is None else Decimal(repr(parsed))


def read_cell(norm: str, low: int, high: int, wording: Wording) -> tuple[Kind, int, int, Qualifier]:
    """(kind, start, end, qualifier) of the cell between two offsets.

    The kinds are blank, none (the word for it), number (the place of the number alone), text, and other, for what is
    no cell of a number: a unit, a label, several numbers.
    """
    content = norm[low:high]
    stripped = content.strip()
    start = low + len(content) - len(content.lstrip())
    if not stripped:
        return "blank", low, low, "exact"
    if stripped == "一":  # a dash more often than a number
        return "text", start, start + 1, "exact"
    if wording.cell_nothing.fullmatch(content):
        return "none", start, start + len(stripped), "exact"
    match = wording.cell_number.fullmatch(norm, start, start + len(stripped))
    if match and all(character in wording.units for character in match["unit"]):
        end = match.start("number") + len(match["number"].rstrip())
        return "number", match.start("number"), end, cast(Qualifier, wording.qualifier(match))
    if any(map(is_digit, stripped)) and not any(character.isalpha() for character in stripped):
        return "other", low, low, "exact"
    if len(stripped) > _LONGEST_TEXT or all(character in wording.units for character in stripped):
        return "other", low, low, "exact"
    return "text", start, start + len(stripped), "exact"
