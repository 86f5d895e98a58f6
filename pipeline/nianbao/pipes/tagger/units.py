"""Units: the lines of a Doc, or the cells of a line that pipes or tabs part, and what their signs say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from nianbao.language.numeral import is_digit

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from spacy.tokens import Doc

_PART = frozenset("|\t")
_PUNCTUATION = frozenset("。;!?:,、)》")
_OTHERS = 10


@dataclass(slots=True, frozen=True)
class Signs:
    """What is looked for in a unit's words: patterns that they begin with (`begins`), or hold anywhere (`holds`)."""

    begins: tuple[re.Pattern[str], ...]
    holds: tuple[re.Pattern[str], ...]

    def __len__(self) -> int:
        """How many numbers `features` makes of a unit."""
        return len(self.begins) + len(self.holds) + _OTHERS


@lru_cache(maxsize=8)
def read_signs(begins: tuple[str, ...], holds: tuple[str, ...]) -> Signs:
    """The patterns, compiled.

    Raises:
        re.error: one is none.
    """
    return Signs(tuple(map(re.compile, begins)), tuple(map(re.compile, holds)))


@dataclass(slots=True, frozen=True)
class Unit:
    """Tokens `start` to `end` (exclusive) of a Doc: a line, or a cell of one, without the blanks around it."""

    start: int
    end: int
    cell: bool


def units(doc: Doc) -> list[Unit]:
    """The units of a Doc in order; blank ones are left out."""
    found: list[Unit] = []
    cuts = [i for i, token in enumerate(doc) if "\n" in token.text or token.text in _PART]
    start = 0
    for at in [*cuts, len(doc)]:
        left, right = start, at
        while left < right and doc[left].is_space:
            left += 1
        while right > left and doc[right - 1].is_space:
            right -= 1
        if left < right:
            beside = (start > 0 and doc[start - 1].text in _PART) or (at < len(doc) and doc[at].text in _PART)
            found.append(Unit(left, right, beside))
        start = at + 1
    return found


def features(doc: Doc, found: list[Unit], looked_for: Signs) -> NDArray[np.float32]:
    """What a unit's signs say: enumerator, digits, length, ending, place. Shape (units, signs)."""
    table = np.zeros((len(found), len(looked_for)), dtype=np.float32)
    for row, unit in enumerate(found):
        words = "".join(token.norm_ + token.whitespace_ for token in doc[unit.start : unit.end]).strip()
        signs = [float(pattern.match(words) is not None) for pattern in looked_for.begins]
        signs += [float(pattern.search(words) is not None) for pattern in looked_for.holds]
        size = len(words)
        signs += [
            float(words[-1:] in _PUNCTUATION),
            float("。" in words or ";" in words),
            sum(map(is_digit, words)) / size,
            min(size, 60) / 60,
            float(size <= 3),
            float(size <= 12),
            float(size > 30),
            float(unit.cell),
            float(unit.start == 0),
            float(row == 0),
        ]
        table[row] = signs
    return table
