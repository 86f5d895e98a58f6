"""Where a line is cut: numerals and units protected, brackets and marks alone, words where they matter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from nianbao.language.lexicon import Dictionary
from nianbao.language.measures import Measures
from nianbao.language.numeral import Numeral
from nianbao.language.numerals import find_numerals

_HAN = "\u3400-\u9fff\uf900-\ufaff〇\U00020000-\U0003ffff"
_PIECE = re.compile(
    rf"(?P<han>[{_HAN}]+)|\s+|https?://[A-Za-z0-9@._/:?=&%#+~-]*+"
    r"|[A-Za-z]++(?:[@._/+~\-]{1,2}[A-Za-z]++){0,64}+|[0-9]+|(?s:.)"
)
_NOT_HAN = re.compile(r"\s+|https?://[A-Za-z0-9@._/:?=&%#+~-]*+|[A-Za-z]++(?:[@._/+~\-]{1,2}[A-Za-z]++){0,64}+|[0-9]+")
_SENTENCE = re.compile(r"[^。!?;]++[。!?;]*+|[。!?;]++")
_PART = re.compile(r"\d+|[一二三四五六七八九十〇零○]+|\s+|(?s:.)")
_CLAUSE = re.compile(r"[^\s。;,!?]+")
_LONGEST_CLAUSE = 300
_GLUED = re.compile(rf"[^\d]?(?:0\d+|\d{{7,}})|[{_HAN}]\d{{2,}}[{_HAN}.]")
_LONG_OR_PADDED = re.compile(r"0\d|\d{7}")
_LONG = re.compile(r"[^\d]?\d{9,}")
_COUNTED = frozenset({"count", "money"})
_DIGITS = frozenset({"count", "money", "other", "identifier"})
_IN_ONE = frozenset({"count", "money", "percent", "ordinal", "enumerator", "year", "identifier"})


class SegmentableClause(NamedTuple):
    """A clause that can hold a fact, for a segmenter to cut: its place in the line, and the runs of characters in it
    that no lexicon knows."""

    start: int
    end: int
    unknown: list[tuple[int, int]]


def cut_line(words: Measures, norm: str, lexicon: Dictionary) -> tuple[list[int], list[SegmentableClause]]:
    """Where one line of the normalised view is cut.

    Words of the lexicon are never cut. What stands between them falls into characters, until `whole_words` joins
    them. The result depends on the line alone.

    Returns:
        ends: of the tokens, in order; the last is `len(norm)`.
        clauses: those that can hold a fact (with a count or a sum of money, or saying that nothing happened).
    """
    numerals = find_numerals(words, norm)
    ends: list[int] = []
    unknown: list[tuple[int, int]] = []
    position = 0
    for numeral in numerals:
        if position < numeral.start:
            _cut_text(norm, position, numeral.start, lexicon, ends, unknown)
        _cut_numeral(norm, numeral, ends)
        position = numeral.unit_end
    if position < len(norm):
        _cut_text(norm, position, len(norm), lexicon, ends, unknown)
    counts = [numeral.start for numeral in numerals if numeral.kind in _COUNTED]
    return ends, list(_clauses(words, norm, 0, len(norm), counts, unknown))


def cut_telling(
    words: Measures, norm: str, lexicon: Dictionary
) -> Iterator[tuple[int, int, tuple[list[int], list[SegmentableClause]]]]:
    """The sentences of a line that can hold a fact, in order: start, end, and what `cut_line` gives.

    What lies between them, most of a report, need not be looked at. Numbers are told by their characters alone,
    without asking what each of them is.
    """
    if not words.tells.search(norm):
        return
    for sentence in _SENTENCE.finditer(norm):
        start, end = sentence.span()
        if words.tells.search(norm, start, end):
            yield start, end, _cut_by_signs(words, norm, start, end, lexicon)


def _cut_by_signs(
    words: Measures, norm: str, start: int, end: int, lexicon: Dictionary
) -> tuple[list[int], list[SegmentableClause]]:
    ends: list[int] = []
    unknown: list[tuple[int, int]] = []
    counts: list[int] = []
    position = start
    for number in words.number.finditer(norm, start, end):
        first, last = number.span()
        if first < position:
            continue
        if position < first:
            _cut_text(norm, position, first, lexicon, ends, unknown)
        counts.append(first)
        if last - first > 1 and _LONG_OR_PADDED.match(norm, first):
            ends.extend(range(first + 1, last + 1))
        else:
            ends.append(last)
        unit = words.unit_at(norm, last)
        position = last if unit is None else min(last + len(unit[0]), end)
        if position > last:
            ends.append(position)
    if position < end:
        _cut_text(norm, position, end, lexicon, ends, unknown)
    return ends, list(_clauses(words, norm, start, end, counts, unknown))


def whole_words(ends: list[int], clauses: Iterable[tuple[SegmentableClause, Iterable[int]]]) -> list[int]:
    """`ends` without those inside a word.

    Args:
        ends: of tokens. clauses: each with the places in it where its words begin, as a segmenter gives them.
    """
    joined: set[int] = set()
    for clause, cuts in clauses:
        for low, high in clause.unknown:
            joined.update(range(low + 1, high))
        joined.difference_update(clause.start + place for place in cuts)
    return [end for end in ends if end not in joined] if joined else ends


def cut_characters(norm: str, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """Stretches of single characters (True) and, between them, blanks, Latin words and digits (False)."""
    for match in _NOT_HAN.finditer(norm, start, end):
        if start < match.start():
            yield start, match.start(), True
        start = match.end()
        yield match.start(), start, False
    if start < end:
        yield start, end, True


def _cut_text(
    norm: str, start: int, end: int, lexicon: Dictionary, ends: list[int], unknown: list[tuple[int, int]]
) -> None:
    """Cut a stretch without numerals into marks, blanks, Latin words, words of the lexicon and single characters.

    The runs of several characters between the lexicon's words are noted in `unknown`.
    """
    for piece in _PIECE.finditer(norm, start, end):
        position, stop = piece.span()
        if piece.lastgroup == "han":
            for word_start, word_end in lexicon.matches(norm, position, stop):
                if position < word_start:
                    ends.extend(range(position + 1, word_start + 1))
                    if word_start - position > 1:
                        unknown.append((position, word_start))
                ends.append(word_end)
                position = word_end
            if position < stop:
                ends.extend(range(position + 1, stop + 1))
                if stop - position > 1:
                    unknown.append((position, stop))
        else:
            ends.append(stop)


def _clauses(
    words: Measures, norm: str, start: int, end: int, counts: list[int], unknown: list[tuple[int, int]]
) -> Iterator[SegmentableClause]:
    """The clauses with unknown runs that can hold a fact. `counts`: where numbers of things begin."""
    if not unknown:
        return
    count, run = 0, 0
    for clause in _CLAUSE.finditer(norm, start, end):
        start, end = clause.span()
        first = run
        while run < len(unknown) and unknown[run][0] < end:
            run += 1
        before = count
        while count < len(counts) and counts[count] < end:
            count += 1
        if first == run or end - start > _LONGEST_CLAUSE:
            continue
        if count > before or (words.denies.search(norm, start, end) and words.countable.search(norm, start, end)):
            yield SegmentableClause(start, end, unknown[first:run])


def _cut_numeral(norm: str, numeral: Numeral, ends: list[int]) -> None:
    """A quantity is one token, and so is its unit; dates and document numbers fall into their digits and marks.

    Digits that may be the cells of a table run together (数量640020470二、上年) are cut one by one.
    """
    glued = _GLUED if numeral.unit is None else _LONG
    if numeral.kind in _DIGITS and glued.match(norm, max(numeral.start - 1, 0), numeral.end + 1):
        ends.extend(range(numeral.start + 1, numeral.end + 1))
    elif numeral.kind in _IN_ONE:
        ends.append(numeral.end)
    else:
        ends.extend(part.end() for part in _PART.finditer(norm, numeral.start, numeral.end))
    if numeral.unit_end > numeral.end:
        gap = numeral.end
        while norm[gap] == " ":
            gap += 1
        if gap > numeral.end:
            ends.append(gap)
        ends.append(numeral.unit_end)
