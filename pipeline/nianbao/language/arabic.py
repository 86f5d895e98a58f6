"""Numbers written in digits: told apart from dates, document numbers, telephones, item numbers and names."""

from __future__ import annotations

import re

from nianbao.language.measures import Measures
from nianbao.language.numbers import arabic_value, multiplier_value, scaled
from nianbao.language.numeral import NO_VALUE, Kind, Numeral, is_digit, plain
from nianbao.language.printed import is_full
from nianbao.language.quantity import inside_qualifier, is_cjk, previous, quantity, skip_blanks, unit_after

LONGEST_NUMBER = 12
"""A run of more digits than this is an identifier, unless a measure word follows: no count has a million millions."""
MOST_DIGITS = 15
"""What a float holds exactly; a count of more digits has no value."""

_RUN = re.compile(r"(?a)\d+")
_DIGITS = re.compile(r"\d+")
_ANY_RUN = re.compile(r"\d+(?:[,.]\d+)*")
_ARABIC = re.compile(r"(?a)\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,6})?(?!,?\d)|\d+(?:\.\d+)?")
_WORD = re.compile(r"[A-Za-z0-9]++(?:[@._/+~\-]{1,2}[A-Za-z0-9]++){0,64}+")
_LETTER = re.compile(r"[A-Za-z]")

_YEAR = r"(?:19|20)\d\d"
_PHONE = re.compile(r"(?a)0\d{2,3}(?:\) ?-?| ?[-—]{1,2} ?| )[2-8]\d{6,7}(?!\d)(?:-\d{1,6})?|400-?\d{3}-?\d{4}(?!\d)")
_LONE_PHONE = re.compile(r"(?a)(?:1[3-9]\d{9}|0\d{9,11})(?![\d.])")
_BRACKETED_DOCUMENT = re.compile(rf"(?a){_YEAR} ?[〕\]】)] ?第? ?\d{{1,5}}(?: ?号)?")
_WRECKED_DOCUMENT = re.compile(r"(?a)\d{4,9} ?[〕\]】)]?(?: ?第? ?\d{1,5})? ?号")
_COURT_NUMBER = re.compile(rf"(?a){_YEAR}\)[\u4e00-\u9fff]{{1,6}}\d{{1,6}}号")
_ITEM = re.compile(r"(?a)\d{1,2} ?[.、)](?!\d)")
_LOOSE_ITEM = re.compile(r"(?a)\d{1,2}[.、](?=[\u3400-\u9fff\"《])")
# Blanks in place of commas (1 234), or between all digits of a spread line (2 7).
_SPACED = re.compile(r"(?a)(?:\d{1,3}(?: \d{3}){1,4}|\d(?: \d){1,6})(?![\d.,])")
_WRAP = re.compile(r"(?a)\d{1,6},?\n\d{1,9}(?![\d.])")
_CLAUSE_START = frozenset("\n。;:!?|,>》】")
_LINE_START = frozenset("\n。;:|")
_YEAR_LIKE = re.compile(r"(?a)199\d|20[0-4]\d")


def read_arabic(words: Measures, text: str, start: int, before: Numeral | None, printed: bool = True) -> Numeral:
    """The numeral that begins with the digit at `start`.

    Args:
        before: the last numeral found, for lists of phones.
        printed: whether the lines of `text` are those of the page.
    """
    run_end = _RUN.match(text, start).end()  # type: ignore[union-attr]
    if _is_foreign(text[run_end : run_end + 1]) or _is_foreign(text[start - 1 : start]) or _goes_on(text, run_end):
        return _of_two_scripts(text, start)
    length = run_end - start
    if length <= 4 and text[start - 1 : start] == "\n" == text[run_end : run_end + 1]:
        # A table's cell, as half of all numbers are.
        kind: Kind = "count" if length == 1 or text[start] != "0" else "other"
        return plain(start, run_end, kind, float(text[start:run_end]))
    if length > LONGEST_NUMBER and not _counts(words, text, start, run_end):
        return plain(start, _WORD.match(text, start).end(), "identifier")  # type: ignore[union-attr]
    ahead = previous(text, start)
    after = text[run_end : run_end + 1]
    if after in words.counting and is_cjk(ahead or " ") and ahead != "第" and length < 4:
        # 申请28件, as most numbers of the prose: nothing else can begin so.
        return _number(words, text, start, run_end, ahead)
    return (
        _spaced(words, text, start, after, ahead)
        or _document_number(words, text, start, run_end, ahead)
        or _ordinal(words, text, start, run_end, ahead)
        or _calendar(words, text, start, length)
        or _item(words, text, start, run_end, ahead)
        or _telephone(words, text, start, run_end, ahead, before)
        or _compound(words, text, start, run_end)
        or _wrapped(words, text, start, run_end, printed)
        or _number(words, text, start, run_end, ahead)
    )


def _of_two_scripts(text: str, start: int) -> Numeral:
    """Digits that touch those of another script (5𝟒87): nobody knows what they say together."""
    end = _ANY_RUN.match(text, start).end()  # type: ignore[union-attr]
    while start and _is_foreign(text[start - 1]):
        start -= 1
    return plain(start, end, "unclear")


def _goes_on(text: str, end: int) -> bool:
    """Whether behind the point digits of another script belong to the number (99.6𝟖)."""
    found = _DIGITS.match(text, end + 1) if text[end : end + 1] in (".", ",") else None
    return found is not None and any(map(_is_foreign, found[0]))


def _is_foreign(character: str) -> bool:
    return character > "9" and character.isdecimal()


def _counts(words: Measures, text: str, start: int, end: int) -> bool:
    unit = unit_after(words, text, start, end)
    return unit is not None and unit[1] in ("count", "money")


def _spaced(words: Measures, text: str, start: int, after: str, ahead: str) -> Numeral | None:
    """1 234条, 公开2 7条: one number, behind a word and before its measure word."""
    match = _SPACED.match(text, start) if after == " " and is_cjk(ahead or " ") else None
    if match is None or not _counts(words, text, start, match.end()):
        return None
    return quantity(words, text, start, match.end(), arabic_value(match[0].replace(" ", "")))


def _document_number(words: Measures, text: str, start: int, end: int, ahead: str) -> Numeral | None:
    length = end - start
    match = None
    if ahead and ahead in "〔【[(" and length >= 4:
        match = _BRACKETED_DOCUMENT.match(text, start)
        if match is None and ahead == "(":
            match = _COURT_NUMBER.match(text, start)
        elif match is None:
            match = _WRECKED_DOCUMENT.match(text, start)
    elif text.startswith("号", skip_blanks(text, end)) and (ahead == "第" or ahead in words.written.document_ends):
        return Numeral(start, end, NO_VALUE, "exact", "号", skip_blanks(text, end) + 1, "document_number")
    if match is None:
        return None
    if match[0].endswith("号"):
        end = start + len(match[0][:-1].rstrip())
        return Numeral(start, end, NO_VALUE, "exact", "号", match.end(), "document_number")
    return plain(start, match.end(), "document_number")


def _ordinal(words: Measures, text: str, start: int, end: int, ahead: str) -> Numeral | None:
    if ahead != "第" and not (ahead == "(" and previous(text, text.rindex("(", 0, start)) == "第"):
        return None
    value = float(text[start:end])
    # 第9至12条: all of them are numbers of articles.
    end = match.end() if (match := words.written.range.match(text, start)) else end
    unit = unit_after(words, text, start, end)
    if unit is None:
        return plain(start, end, "ordinal", value)
    return Numeral(start, end, value, "exact", unit[0], unit[2], "ordinal")


def _calendar(words: Measures, text: str, start: int, length: int) -> Numeral | None:
    """Years, dates and times of day, whole and wrecked."""
    if length >= 4 and text.startswith(("19", "20"), start):
        match = words.written.date.match(text, start)
        if match is not None:
            return plain(start, match.end(), "date", float(text[start : start + 4]))
        match = words.written.years.match(text, start) if length == 4 else None
        if match is not None:
            return _year(words, text, start, match.end())
        return None
    if length > 4:
        return None
    match = words.written.time.match(text, start)
    if match is not None:
        return plain(start, match.end(), "time")
    match = words.written.month_day.match(text, start)
    if match is not None:
        return plain(start, match.end(), "date")
    match = words.written.short_year.match(text, start)
    return _year(words, text, start, match.end(), 2000.0) if match else None


def _year(words: Measures, text: str, start: int, end: int, century: float = 0.0) -> Numeral:
    unit = unit_after(words, text, start, end)
    value = century + float(text[start:end])
    if unit is None or unit[1] != "time":
        return plain(start, end, "year", value)
    return Numeral(start, end, value, "exact", unit[0], unit[2], "year")


def _item(words: Measures, text: str, start: int, end: int, ahead: str) -> Numeral | None:
    """The number of an item: `1.`, `1、`, `(1)`, at the start of a line or a clause."""
    if end - start > 2:
        return None
    if ahead in ("(", "["):
        return _bracketed_item(words, text, start, end)
    if ahead and ahead not in _CLAUSE_START:
        return None
    match = _ITEM.match(text, start)
    if match is None and (not ahead or ahead in _LINE_START):
        match = words.written.touching_item.match(text, start)
    return plain(start, end, "enumerator", float(text[start:end])) if match else None


def _bracketed_item(words: Measures, text: str, start: int, end: int) -> Numeral | None:
    close = skip_blanks(text, end)
    if text[close : close + 1] not in (")", "]"):
        return None
    after = text[close + 1 : close + 2]
    if not after or not (is_cjk(after) or after in '"《') or words.unit_at(text, close + 1):
        return None
    return plain(start, end, "enumerator", float(text[start:end]))


def is_loose_item(text: str, numeral: Numeral) -> bool:
    """Whether a count may be the number of an item inside a run-on paragraph (…情况2、财政…)."""
    return (
        numeral.kind in ("count", "other")
        and numeral.unit is None
        and numeral.end - numeral.start <= 2
        and _LOOSE_ITEM.match(text, numeral.start) is not None
    )


def _telephone(words: Measures, text: str, start: int, end: int, ahead: str, before: Numeral | None) -> Numeral | None:
    length = end - start
    if length < 3:
        return None
    match = _PHONE.match(text, start)
    if match is None and length >= 10:
        match = _LONE_PHONE.match(text, start)
    if match is not None:
        return plain(start, match.end(), "phone")
    if text[start:end] in words.hotlines and text.startswith(words.hotline_after, end):
        return plain(start, end, "phone")
    window = max(start - 16, 0)
    if length == 6 and words.postcode.search(text, window, start):
        return plain(start, end, "postcode")
    listed = before is not None and before.kind == "phone" and length >= 7 and start - before.end <= 2
    if listed or (unit_after(words, text, start, end) is None and words.phone.search(text, window, start)):
        return plain(start, _WORD.match(text, start).end(), "phone")  # type: ignore[union-attr]
    return None


def _compound(words: Measures, text: str, start: int, end: int) -> Numeral | None:
    """Digits joined to letters or to other digits: addresses, versions, sums, ranges."""
    stop = _WORD.match(text, start).end()  # type: ignore[union-attr]
    if text[stop : stop + 1] in ("×", "*", "·") and is_digit(text[stop + 1 : stop + 2]):
        return plain(start, _RUN.match(text, stop + 1).end(), "other")  # type: ignore[union-attr]
    word = text[start:stop]
    if _LETTER.search(word):
        return plain(start, stop, "identifier")
    match = words.written.range.match(text, start)
    if match is not None and match.end() >= stop and max(len(match[1]), len(match[2])) <= 6:
        return _range(words, text, match)
    if stop == end or re.fullmatch(r"(?a)\d+\.\d+", word):
        return None
    return plain(start, stop, "other" if len(word) <= 7 else "identifier")


def _range(words: Measures, text: str, match: re.Match[str]) -> Numeral | None:
    # 2018年3月至4… and 从5到7 with different units are no ranges: a unit right after the second number is asked for.
    unit = unit_after(words, text, match.start(), match.end())
    if unit is None:
        joined = match[0].replace(" ", "")
        return plain(match.start(), match.end(), "other") if "-" in joined or "~" in joined else None
    if unit[1] in ("count", "money"):
        name = "元" if unit[1] == "money" else unit[0]
        readings = arabic_value(match[1]), arabic_value(match[2])
        return Numeral(match.start(), match.end(), NO_VALUE, "exact", name, unit[2], "unclear", readings)
    kind: Kind = unit[1] if unit[1] in ("time", "date", "percent") else "other"
    return Numeral(match.start(), match.end(), NO_VALUE, "exact", unit[0], unit[2], kind)


def _wrapped(words: Measures, text: str, start: int, end: int, printed: bool) -> Numeral | None:
    """A number that a hard line break cuts in two (…公开4⏎6条, 2,⏎980条): a year, or digits with a unit after them.

    Only after words on the same line. Where neither a comma nor a line that was broken for its length says that it is
    one number, it is unclear: in a table one cell stands on a line.
    """
    match = _WRAP.match(text, start)
    if match is None or not is_cjk(previous(text, start) or " "):
        return None
    first, last = match[0].split("\n")
    joined = first + last
    whole = _ARABIC.fullmatch(joined)
    if whole is None or joined[0] == "0" or len(joined) > LONGEST_NUMBER:
        return None
    if len(joined) == 4 and text.startswith("年", match.end()) and _YEAR_LIKE.match(joined):
        return Numeral(start, match.end(), float(joined), "exact", "年", match.end() + 1, "year")
    value, stop, over = _multiplied(words, text, arabic_value(joined), match.end())
    numeral = quantity(words, text, start, stop, value, over)
    if numeral.unit is None or numeral.kind not in ("count", "money") or _YEAR_LIKE.match(text, start, end):
        return None
    if "," in first or (printed and is_full(text, start + len(first))):
        return numeral
    parted = _multiplied(words, text, arabic_value(last), match.end())[0]
    return Numeral(start, stop, NO_VALUE, "exact", numeral.unit, numeral.unit_end, "unclear", (value, parted))


def _number(words: Measures, text: str, start: int, end: int, ahead: str) -> Numeral:
    match = _ARABIC.match(text, start)
    assert match is not None
    stop, over = match.end(), False
    if match.end() > end and "," not in match[0] and text[start] == "0" and end - start > 1:
        return plain(start, stop, "identifier")
    if end - start > 1 and text[start] == "0":
        return plain(start, end, "other", arabic_value(match[0]))
    value, stop, over = _multiplied(words, text, arabic_value(match[0]), stop)
    if sum(map(is_digit, match[0])) > MOST_DIGITS or value >= 10**MOST_DIGITS:
        unit = unit_after(words, text, start, stop)
        return Numeral(start, stop, NO_VALUE, "exact", unit[0] if unit else None, unit[2] if unit else stop, "unclear")
    if ahead and ahead in words.written.label_ends and words.written.label.search(text, max(start - 4, 0), start):
        return plain(start, stop, "other", value)
    if stop == end and end - start == 4 and _bare_year(words, text, start, end, ahead):
        return plain(start, end, "year", value)
    numeral = quantity(words, text, start, stop, value, over)
    if numeral.kind == "count" and text[start - 1 : start] == "-" and _is_sign(text, start - 1):
        return Numeral(start - 1, stop, -value, numeral.qualifier, numeral.unit, numeral.unit_end, "count")
    if text[start - 1 : start] in ("-", "—", "+", "/") and text[stop : stop + 1] in ("-", "—", "+", "/"):
        return plain(start, stop, "other")
    return numeral


def _multiplied(words: Measures, text: str, value: float, stop: int) -> tuple[float, int, bool]:
    """`value` with the multipliers that follow it (20余万, 3亿5千万), the offset after them, whether 余 is within."""
    total, scale, ceiling = 0.0, 1.0, float("inf")
    while True:
        inner = inside_qualifier(words, text, stop)
        match = words.written.multiplier.match(text, stop + 1 if inner else skip_blanks(text, stop))
        if match is None:
            return total + value, stop + inner, inner
        scale = multiplier_value(match[0])
        if scale >= ceiling:
            return total, stop, False
        total, ceiling, stop = total + scaled(value, scale), scale, match.end()
        if inner or inside_qualifier(words, text, stop):
            return total, stop + inside_qualifier(words, text, stop), True
        more = _ARABIC.match(text, stop)
        if more is None:
            return total, stop, False
        if words.written.multiplier.match(text, more.end()) is None:
            # 123万4567次: the rest in full, as many digits as the multiplier stands for.
            rest = scale == 1e4 and len(more[0]) == 4 and _counts(words, text, stop, more.end())
            return (total + arabic_value(more[0]), more.end(), False) if rest else (total, stop, False)
        value, stop = arabic_value(more[0]), more.end()


def _bare_year(words: Measures, text: str, start: int, end: int, ahead: str) -> bool:
    if not _YEAR_LIKE.match(text, start) or unit_after(words, text, start, end) is not None:
        return False
    after = text[end : end + 1]
    if ahead == "(" and after == ")":
        return True
    if start > 4 and text[start - 1] in words.written.years_joined and _YEAR_LIKE.match(text, start - 5):
        return True
    if ahead and ahead in words.year_after:
        return True
    # 2017政务公开要点; and 2017, at the start of a sentence.
    return bool(after) and (is_cjk(after) or after == "《" or (after == "," and (not ahead or ahead in _LINE_START)))


def _is_sign(text: str, position: int) -> bool:
    return position == 0 or text[position - 1] in " \n|:;("
