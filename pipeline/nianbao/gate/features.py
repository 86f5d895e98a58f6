"""A page as numbers: hashed pairs and triples of characters of its text, its title, and what stands around 报告."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nianbao.gate.page import PageParts

BITS = 15
"""Each kind of feature has 2**BITS columns."""

KINDS = 5
COLUMNS = KINDS << BITS
MAX_CHARACTERS = 40_000
_BEFORE, _AFTER, _MOST = 28, 8, 16
_DIGIT, _LETTER, _MARK = 1, 2, 3
_PAIR = np.uint32(0x9E3779B1)
_TRIPLE = np.uint32(0x85EBCA6B)
_LAST = np.uint32(0xC2B2AE35)


@cache
def _classes() -> NDArray[np.uint32]:
    """Character to class: blanks 0 (left out), digits, letters and marks one class each, Chinese characters themselves.

    Spaces, line breaks and full-width forms are what damage changes first.
    """
    table = np.full(0x10000, _MARK, dtype=np.uint32)
    for code in (*range(0x21), 0x7F, 0xA0, 0xAD, *range(0x2000, 0x2010), *range(0x2028, 0x2030), 0x3000, 0xFEFF):
        table[code] = 0
    for first, last, kind in ((0x30, 0x39, _DIGIT), (0xFF10, 0xFF19, _DIGIT), (0x41, 0x5A, _LETTER)):
        table[first : last + 1] = kind
    table[0x61 : 0x7A + 1] = table[0xFF21 : 0xFF3A + 1] = table[0xFF41 : 0xFF5A + 1] = _LETTER
    table[0x3400:0xA000] = np.arange(0x3400, 0xA000)
    table[0x3007] = _DIGIT
    return table


def _codes(text: str) -> NDArray[np.uint32]:
    # Halves of characters beyond the first plane are marks.
    codes = _classes()[np.frombuffer(text.encode("utf-16-le", "replace"), dtype=np.uint16)]
    codes = codes[codes > 0]
    # 2019 and 2,019 and １２ are one digit class each: how many digits there are says nothing.
    plain = codes > _MARK
    keep = np.ones(len(codes), dtype=bool)
    keep[1:] = plain[1:] | (codes[1:] != codes[:-1])
    return codes[keep]


def _pairs(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    mixed = (codes[:-1] * _PAIR) ^ (codes[1:] * _TRIPLE)
    return mixed >> np.uint32(32 - BITS)


def _triples(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    mixed = ((codes[:-2] * _PAIR) ^ (codes[1:-1] * _TRIPLE)) * _LAST ^ (codes[2:] * _PAIR)
    return mixed >> np.uint32(32 - BITS)


@cache
def _shares() -> NDArray[np.float64]:
    """What each occurrence of a feature is worth, by how many there are: together they make log(1 + count)."""
    counts = np.arange(1, MAX_CHARACTERS + 1)
    return np.concatenate(([0.0], np.log1p(counts) / counts))


def features(page: PageParts, names: Sequence[str]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Columns and values of a page; the vector of each kind of feature, log(1 + count), has length 1.

    Args:
        names: what reports are called.

    Returns:
        columns and values, both of shape (occurrences,): the values of a column that comes several times add up.
    """
    text = page.text[:MAX_CHARACTERS]
    body, around, title = _codes(text), _codes("".join(_named(text, names))), _codes(page.title)
    columns, values = [], []
    for kind, found in enumerate((_pairs(body), _triples(body), _pairs(around), _triples(around), _triples(title))):
        counts = np.bincount(found, minlength=1 << BITS)[found]
        shares = _shares()[counts]
        norm = np.sqrt(float((shares * shares * counts).sum()))
        columns.append(found.astype(np.intp) + (kind << BITS))
        values.append(shares / max(norm, 1e-9))
    return np.concatenate(columns), np.concatenate(values)


def _named(text: str, names: Sequence[str]) -> list[str]:
    """What stands around each name of a report."""
    found: list[str] = []
    for name in names:
        at = text.find(name)
        while at >= 0 and len(found) < _MOST:
            found.append(text[max(0, at - _BEFORE) : at + _AFTER])
            at = text.find(name, at + _AFTER)
    return found
