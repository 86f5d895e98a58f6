"""Numbers written in Chinese characters, and the many words that only look like one."""

from __future__ import annotations

import re

from nianbao.language.measures import Measures
from nianbao.language.numbers import (
    CAPITALS,
    CHINESE_NUMERALS,
    ZEROS,
    arabic_value,
    chinese_value,
    positional_value,
)
from nianbao.language.numeral import NO_VALUE, Numeral, is_digit, plain
from nianbao.language.quantity import inside_qualifier, is_cjk, previous, quantity, skip_blanks, unit_after

_RUN = re.compile(rf"[{CHINESE_NUMERALS}]+")
_NUMBER = re.compile(rf"[{CHINESE_NUMERALS}]+(?:点[{CHINESE_NUMERALS}]+)?")
_DIGIT = f"[一二三四五六七八九{ZEROS}]"
# 一〇五件, 二ΟΟ六条: digits spelled one by one, a zero among them.
_SPELLED = re.compile(rf"(?=[一二三四五六七八九]{{1,9}}[{ZEROS}])[一二三四五六七八九]{_DIGIT}{{1,9}}")
_CAPITALS = re.compile("[壹贰叁肆伍陆柒捌玖拾佰仟][壹贰叁肆伍陆柒捌玖拾佰仟零万亿]{0,19}")
# 两三件, 十二三件, 二三十件.
_ONE_OR_NEXT = re.compile(r"(十?)([一二两三四五六七八九])([二三四五六七八九])([十百千万]?)")
_SHARE = re.compile(rf"(?a)([百千万])分之((?:\d+(?:\.\d+)?)|[{CHINESE_NUMERALS}]+(?:点[{CHINESE_NUMERALS}]+)?)")
_SHARE_OF = {"百": 1.0, "千": 0.1, "万": 0.01}
_FRACTION = re.compile(rf"[{CHINESE_NUMERALS}]+分之[{CHINESE_NUMERALS}]+")
_LONGEST = 20
_MAGNITUDE = {"百": 100.0, "千": 1000.0, "万": 1e4, "十": 10.0, "十万": 1e5, "百万": 1e6, "千万": 1e7, "亿": 1e8}
_CLAUSE_START = frozenset("\n。;:!?|,>》】)")
_CLAUSE_END = frozenset("\n。;:!?|,、)")


def read_chinese(words: Measures, text: str, start: int) -> tuple[Numeral | None, int]:
    """The numeral that begins at `start`, or None, and the offset to go on from."""
    match = _RUN.match(text, start)
    if match is None:
        return _capitals(words, text, start)
    run_end = match.end()
    if run_end - start > _LONGEST:
        return None, run_end
    ahead = previous(text, start)
    numeral = _share(text, start) or _calendar(words, text, start)
    if numeral is None and ahead != "第":
        numeral = _spelled(words, text, start) or _unclear(words, text, start, run_end)
    if numeral is None and ahead != "第":
        numeral = _item(words, text, start, run_end, ahead)
    if numeral is not None:
        return numeral, numeral.unit_end
    if ahead == "第" or (ahead == "(" and previous(text, text.rindex("(", 0, start)) == "第"):
        numeral = _ordinal(words, text, start, run_end)
        return numeral, numeral.unit_end if numeral else run_end
    numeral = _number(words, text, start, ahead)
    return (numeral, numeral.unit_end) if numeral else (None, run_end)


def _counted(numeral: Numeral) -> Numeral | None:
    return numeral if numeral.unit is not None and numeral.kind in ("count", "money") else None


def _capitals(words: Measures, text: str, start: int) -> tuple[Numeral | None, int]:
    """伍拾件, and no 伍 of 队伍."""
    match = _CAPITALS.match(text, start)
    if match is None or (start and text[start - 1] in words.no_capital_after):
        return None, start + 1
    value = chinese_value(match[0].translate(CAPITALS))
    numeral = None if value is None else _counted(quantity(words, text, start, match.end(), value))
    return numeral, numeral.unit_end if numeral else start + 1


def _spelled(words: Measures, text: str, start: int) -> Numeral | None:
    match = _SPELLED.match(text, start)
    value = positional_value(match[0]) if match else None
    if match is None or value is None:
        return None
    return _counted(quantity(words, text, start, match.end(), value))


def _unclear(words: Measures, text: str, start: int, run_end: int) -> Numeral | None:
    """三到五件, 两三件: several numbers, and nobody knows which."""
    match = words.written.chinese_range.match(text, start)
    readings = tuple(map(chinese_value, match.groups())) if match else ()
    end = match.end() if match else run_end
    if match is None and (match := _ONE_OR_NEXT.fullmatch(text, start, run_end)) is not None:
        ten, first, second, scale = match.groups()
        readings = tuple(chinese_value(ten + digit + scale) for digit in (first, second))
        if readings[0] is None or readings[1] is None or (first == "一" and second == "二"):
            return None
        if chinese_value(second) != (chinese_value(first) or 0) + 1:
            return None
    unit = unit_after(words, text, start, end)
    if not readings or None in readings or unit is None or unit[1] not in ("count", "money"):
        return None
    name = "元" if unit[1] == "money" else unit[0]
    found = tuple(value for value in readings if value is not None)
    return Numeral(start, end, NO_VALUE, "exact", name, unit[2], "unclear", found)


def _share(text: str, start: int) -> Numeral | None:
    """百分之9.5, 千分之三, 三分之一."""
    match = _SHARE.match(text, start)
    if match is not None:
        written = match[2]
        value = arabic_value(written) if is_digit(written[0]) else _share_value(written)
        if value is not None:
            return plain(start, match.end(), "percent", round(value * _SHARE_OF[match[1]], 6))
    match = _FRACTION.match(text, start)
    return plain(start, match.end(), "other") if match else None


def _share_value(written: str) -> float | None:
    return 100.0 if written == "百" else chinese_value(written)


def _calendar(words: Measures, text: str, start: int) -> Numeral | None:
    match = words.written.chinese_year.match(text, start)
    if match is not None:
        digits = re.sub("[0ΟOО◯]", "〇", match[0])
        unit = unit_after(words, text, start, match.end())
        value = positional_value(digits)
        if value is not None and 1900 <= value <= 2100:
            if unit is not None and unit[1] == "time":
                return Numeral(start, match.end(), value, "exact", unit[0], unit[2], "year")
            return plain(start, match.end(), "year", value)
    match = words.written.chinese_date.match(text, start)
    return plain(start, match.end(), "date") if match else None


def _item(words: Measures, text: str, start: int, end: int, ahead: str) -> Numeral | None:
    """一、 and (一) and 一是 at the start of a clause."""
    value = chinese_value(text[start:end])
    if value is None or value > 60:
        return None
    if ahead == "(" and text.startswith(")", skip_blanks(text, end)):
        if previous(text, text.rindex("(", 0, start)) == "第":
            return None
        return plain(start, end, "enumerator", value)
    match = words.written.chinese_item.match(text, start)
    if match is None:
        return None
    word = match[0][-1]
    # Headings run on into paragraphs, so 二、 needs no clause before it, only no word that ends so (单一、); 一是 does.
    if not ahead or ahead in _CLAUSE_START or (word == "、" and ahead not in words.joined_before):
        return plain(start, end, "enumerator", value)
    return None


def _ordinal(words: Measures, text: str, start: int, end: int) -> Numeral | None:
    value = chinese_value(text[start:end])
    if value is None:
        return None
    unit = unit_after(words, text, start, end)
    if unit is None or words.fixed_at(text, start, end):
        return plain(start, end, "ordinal", value)
    return Numeral(start, end, value, "exact", unit[0], unit[2], "ordinal")


def _number(words: Measures, text: str, start: int, ahead: str) -> Numeral | None:
    """A count: a well-formed numeral with a measure word, or one that ends its clause; else None."""
    match = _NUMBER.match(text, start)
    assert match is not None
    end, written = match.end(), match[0]
    over = inside_qualifier(words, text, end)
    value = chinese_value(written)
    if value is None:
        value = _magnitude(words, text, start, written, over)
        over = over or (value is not None and start > 0 and text[start - 1] in words.written.over_magnitude)
    if value is None or (written[0] in "十百千万亿" and ahead and ahead in words.written.several):
        return None
    # 九万余条, 三十余万: the multiplier may follow 余.
    stop = end + over if inside_qualifier(words, text, end) else end
    if stop > end and text[stop : stop + 1] in ("万", "亿"):
        value, stop = value * _MAGNITUDE[text[stop]], stop + 1
    numeral = quantity(words, text, start, stop, value, over)
    if numeral.unit is not None and "\n" in text[stop : numeral.unit_end]:
        return None  # 之一 at the end of a line is no number, whatever the next line begins with
    if numeral.unit is None:
        return numeral if _stands_alone(words, text, start, stop, written) else None
    if words.fixed_at(text, start, end):
        return None
    if _is_session(words, text, numeral):
        return Numeral(start, stop, numeral.value, "exact", numeral.unit, numeral.unit_end, "ordinal")
    return _as_article(words, text, numeral) if written == "一" else numeral


def _magnitude(words: Measures, text: str, start: int, written: str, over: bool) -> float | None:
    """百余件, 上万条, 近千次: a magnitude with no digit before it is a number beside 余, 上, 近, 超."""
    value = _MAGNITUDE.get(written)
    if value is None:
        return None
    return value if over or (start > 0 and text[start - 1] in words.written.beside_magnitude) else None


def _stands_alone(words: Measures, text: str, start: int, end: int, written: str) -> bool:
    after = text[end : end + 1]
    if written in "零〇○":
        return text[start - 1 : start] in words.written.equals and (not after or after in _CLAUSE_END)
    return (
        len(written) > 1
        and written[0] not in "百千万亿"
        and start > 0
        and is_cjk(text[start - 1])
        and (not after or after in _CLAUSE_END)
        and after != "、"
    )


def _as_article(words: Measures, text: str, numeral: Numeral) -> Numeral:
    """一 counts one, or is no more than an article (一项工作, 每周一次, 一件也没有): then its kind is other."""
    if numeral.kind not in ("count", "money"):
        return numeral
    window = text[max(numeral.start - 10, 0) : numeral.start]
    clause = re.split(r"[\n。,;:、]", window)[-1]
    ahead = clause[-1:]
    after = text[numeral.unit_end : numeral.unit_end + 1]
    article = Numeral(numeral.start, numeral.end, 1.0, "exact", numeral.unit, numeral.unit_end, "other")
    if not words.written.each.isdisjoint(clause) or ahead in words.one_uncounted or _in_quotes(text, numeral.start):
        return article
    if not clause.endswith(words.one_counted) and words.written.not_one.match(text, numeral.unit_end):
        return article
    ends_clause = clause and (not after or after in _CLAUSE_END)
    counted = clause.endswith(words.one_counted) or numeral.unit in words.one_units or ends_clause
    return numeral if counted else article


def _in_quotes(text: str, at: int) -> bool:
    """Whether a quotation that opens in the 30 characters before `at` is still open: "登记一件、办理一件"."""
    return text.count('"', max(at - 30, 0), at) % 2 == 1


def _is_session(words: Measures, text: str, numeral: Numeral) -> bool:
    """人大三次会议 is the third session, no three meetings."""
    if numeral.unit != words.session_unit or not text.startswith(words.session_after, numeral.unit_end):
        return False
    window = text[max(numeral.start - 8, 0) : numeral.start]
    return any(word in window for word in words.session_before)
