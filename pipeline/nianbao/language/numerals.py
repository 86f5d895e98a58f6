"""Numbers in running text: what each one is, what it counts, and how exactly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from nianbao.language.arabic import is_loose_item, read_arabic
from nianbao.language.chinese import read_chinese
from nianbao.language.measures import Measures
from nianbao.language.numbers import CHINESE_NUMERALS, parse_number
from nianbao.language.numeral import Kind, Numeral, Qualifier, is_digit, plain

__all__ = ["Kind", "Numeral", "Qualifier", "find_numerals", "parse_number"]

_CIRCLED = "①-⑳⑴-⒇⒈-⒛㈠-㈩❶-❿➀-➓"
_CAPITALS = "壹贰叁肆伍陆柒捌玖拾佰仟"
_CANDIDATE = re.compile(rf"[0-9A-Za-z{CHINESE_NUMERALS}{_CAPITALS}{_CIRCLED}]")
_WORD = re.compile(r"https?://[A-Za-z0-9@._/:?=&%#+~-]*+|[A-Za-z0-9]++(?:[@._/+~\-]{1,2}[A-Za-z0-9]++){0,64}+")
_COUNTED_AFTER_LETTERS = re.compile(r"(?a)[A-Za-z]{2,}(?=\d{1,8}$)")
_LEAST_ITEM = 12


def find_numerals(
    words: Measures, norm: str, start: int = 0, end: int | None = None, printed: bool = True
) -> list[Numeral]:
    """The numbers of `norm[start:end]`, in order, none overlapping; offsets are into `norm`.

    `norm` is the normalised view (`nianbao.language.script.normalize`). The stretch is read as if it were the whole
    text: nothing before `start` or after `end` has a say. Time grows with its length alone, whatever it holds.

    A Chinese numeral is a number only before a measure word or at the end of its clause, and not in fixed words
    (进一步, 十分, 一次性): configs/numerals.yaml. `printed`: the lines of `norm` are those of the page; where they are
    not (prose that was put together), no number crosses a line.
    """
    whole = start == 0 and (end is None or end >= len(norm))
    text = norm if whole else norm[start:end]
    found = _settle_ordinals(words, text, _settle_items(text, list(_scan(words, text, printed))))
    if start:
        found = [replace(n, start=n.start + start, end=n.end + start, unit_end=n.unit_end + start) for n in found]
    return found


def _scan(words: Measures, text: str, printed: bool) -> Iterator[Numeral]:
    position, last = 0, None
    while (match := _CANDIDATE.search(text, position)) is not None:
        position, character = match.start(), match[0]
        numeral: Numeral | None
        if character.isascii() and character.isalpha():
            numeral, position = _word(words, text, position)
        elif character.isascii():
            numeral = read_arabic(words, text, position, last, printed)
            position = numeral.unit_end
        elif character in CHINESE_NUMERALS or character in _CAPITALS:
            numeral, position = read_chinese(words, text, position)
        else:
            numeral = plain(position, position + 1, "enumerator", _circled_value(character))
            position += 1
        if numeral is not None:
            last = numeral
            yield numeral


def _circled_value(character: str) -> float:
    import unicodedata

    return unicodedata.numeric(character)


def _word(words: Measures, text: str, start: int) -> tuple[Numeral | None, int]:
    """A word of Latin letters: an identifier where it holds a digit, unless its digits count (微信APP3个)."""
    match = _WORD.match(text, start)
    assert match is not None
    word, end = match[0], match.end()
    letters = _COUNTED_AFTER_LETTERS.match(word)
    if letters is not None and words.unit_at(text, end) is not None:
        return None, start + letters.end()
    if any(map(is_digit, word)):
        return plain(start, end, "identifier"), end
    return None, end


def _settle_items(text: str, found: list[Numeral]) -> list[Numeral]:
    """Tell item numbers inside run-on paragraphs (…情况2、财政…) from counts: they continue a series.

    A loose number is an item's when the last item of its style had the number before it, or when it is 1 and the
    next loose one is 2, with some text between.
    """
    loose = [i for i, numeral in enumerate(found) if is_loose_item(text, numeral)]
    if not loose:
        return found
    certain = (i for i, numeral in enumerate(found) if _is_item(text, numeral))
    last: dict[str, tuple[float, int]] = {}
    order = sorted({*loose, *certain})
    for rank, i in enumerate(order):
        numeral = found[i]
        style = text[numeral.end : numeral.end + 1]
        if numeral.kind != "enumerator":
            value, place = last.get(style, (0.0, -_LEAST_ITEM))
            follows = value > 0 and numeral.value == value + 1 and numeral.start - place >= _LEAST_ITEM
            if not follows and not (numeral.value == 1 and _second_follows(text, found, order[rank + 1 :], numeral)):
                continue
            found[i] = plain(numeral.start, numeral.end, "enumerator", numeral.value)
        if is_digit(text[numeral.start]):
            last[style] = (numeral.value, numeral.start)
    return found


def _settle_ordinals(words: Measures, text: str, found: list[Numeral]) -> list[Numeral]:
    """第九至十二条, 第15、16条: what a list or a range of ordinals goes on with counts nothing."""
    for i, (left, right) in enumerate(pairwise(found), start=1):
        follows = left.kind == "ordinal" and right.kind == "count" and left.unit in (None, right.unit)
        if follows and text[left.unit_end : right.start].strip() in words.written.ordinals_joined:
            found[i] = replace(right, kind="ordinal")
    return found


def _is_item(text: str, numeral: Numeral) -> bool:
    return numeral.kind == "enumerator" and text.startswith((".", "、"), numeral.end)


def _second_follows(text: str, found: list[Numeral], later: list[int], first: Numeral) -> bool:
    style = text[first.end]
    for i in later[:20]:
        numeral = found[i]
        if text[numeral.end] == style and is_digit(text[numeral.start]):
            return numeral.value == 2 and numeral.start - first.start >= _LEAST_ITEM
    return False
