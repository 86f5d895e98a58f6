"""Where a line is cut: numerals and units protected, brackets and marks alone, words where they matter."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from nianbao.language.lexicon import Lexicon
from nianbao.language.numeral import Numeral
from nianbao.language.numerals import find_numerals

Cutter = Callable[[str], Iterable[int]]
"""Gives the places, 0 and the end left out, where a stretch of text without blanks is cut into words."""

_HAN = "\u3400-\u9fff\uf900-\ufaff〇\U00020000-\U0003ffff"
_PIECE = re.compile(
    rf"(?P<han>[{_HAN}]+)|\s+|https?://[A-Za-z0-9@._/:?=&%#+~-]*+"
    r"|[A-Za-z]++(?:[@._/+~\-]{1,2}[A-Za-z]++){0,64}+|[0-9]+|(?s:.)"
)
_PART = re.compile(r"\d+|[一二三四五六七八九十〇零○]+|\s+|(?s:.)")
_CLAUSE = re.compile(r"[^\s。;,!?]+")
_LONGEST_CLAUSE = 300
_NOTHING = re.compile(r"[无没未零]|尚|暂不|均不|并不")
_ABOUT = re.compile(r"申请|复议|诉讼|申诉|收费|费用|收取|公开|举报|投诉|纠错|败诉|撤销|维持|受理|收到|办理")
_COUNTED = frozenset({"count", "money"})
_IN_ONE = frozenset({"count", "money", "percent", "ordinal", "enumerator", "year", "identifier"})


def cut_line(norm: str, lexicon: Lexicon, cut: Cutter | None = None) -> list[int]:
    """The ends of the tokens of one line of the normalised view, in order; the last is `len(norm)`.

    Words of the lexicon are never cut. What stands between them is cut by `cut`, the segmenter, in the clauses that
    can hold a fact (those with a count or a sum of money, those that say that nothing happened), and stays together
    in all others. The result depends on the line alone.
    """
    numerals = find_numerals(norm)
    inner = _inner_cuts(norm, numerals, cut) if cut is not None else frozenset()
    ends: list[int] = []
    position = 0
    for numeral in numerals:
        _cut_text(norm, position, numeral.start, lexicon, inner, ends)
        _cut_numeral(norm, numeral, ends)
        position = numeral.unit_end
    _cut_text(norm, position, len(norm), lexicon, inner, ends)
    return ends


def _inner_cuts(norm: str, numerals: list[Numeral], cut: Cutter) -> frozenset[int]:
    """Where the segmenter cuts the clauses that can hold a fact."""
    counted = iter([numeral.start for numeral in numerals if numeral.kind in _COUNTED])
    following = next(counted, None)
    cuts: list[int] = []
    for clause in _CLAUSE.finditer(norm):
        start, end = clause.span()
        holds_count = False
        while following is not None and following < end:
            holds_count, following = True, next(counted, None)
        if end - start > _LONGEST_CLAUSE:
            continue
        if holds_count or (_NOTHING.search(norm, start, end) and _ABOUT.search(norm, start, end)):
            cuts.extend(start + place for place in cut(clause[0]))
    return frozenset(cuts)


def _cut_text(norm: str, start: int, end: int, lexicon: Lexicon, inner: frozenset[int], ends: list[int]) -> None:
    for piece in _PIECE.finditer(norm, start, end):
        if piece.lastgroup != "han":
            ends.append(piece.end())
            continue
        position, stop = piece.span()
        for word_start, word_end in lexicon.matches(norm, position, stop):
            _cut_rest(position, word_start, inner, ends)
            ends.append(word_end)
            position = word_end
        _cut_rest(position, stop, inner, ends)


def _cut_rest(start: int, end: int, inner: frozenset[int], ends: list[int]) -> None:
    if start < end:
        if inner and end - start > 1:
            ends.extend(place for place in range(start + 1, end) if place in inner)
        ends.append(end)


def _cut_numeral(norm: str, numeral: Numeral, ends: list[int]) -> None:
    """A quantity is one token, and so is its unit; dates and document numbers fall into their digits and marks."""
    if numeral.kind in _IN_ONE:
        ends.append(numeral.end)
    else:
        ends.extend(part.end() for part in _PART.finditer(norm, numeral.start, numeral.end))
    if numeral.unit_end > numeral.end:
        gap = numeral.end
        while norm[gap] == " " or norm[gap] == "\n":
            gap += 1
        if gap > numeral.end:
            ends.append(gap)
        ends.append(numeral.unit_end)
