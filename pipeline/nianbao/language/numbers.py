"""The value of a number by its own characters, in any style: 1,234, 23.1万, 两万五千八百, 3亿5千万."""

from __future__ import annotations

import re
from functools import lru_cache

from nianbao.language.numeral import is_digit
from nianbao.language.script import normalize

CHINESE_DIGITS = "〇○零一二两三四五六七八九"
CHINESE_NUMERALS = CHINESE_DIGITS + "十百千万亿廿卅"
CAPITALS = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千")
"""The numerals of receipts, which are words and names elsewhere (队伍, 大陆)."""
MULTIPLIERS = {"十": 10.0, "百": 100.0, "千": 1000.0, "万": 1e4, "十万": 1e5, "百万": 1e6, "千万": 1e7, "亿": 1e8}

ZEROS = "〇○零0ΟОOοоo◯"
"""Zero inside digits that are spelled one by one, and what stands for it: Greek, Cyrillic and Latin letters."""
_ZEROS = str.maketrans(dict.fromkeys(ZEROS, "〇"))
_DIGIT_VALUE = {character: max(index - 2, 0) for index, character in enumerate("〇○零一二三四五六七八九")} | {"两": 2}
_TENS = ["", "十", *(f"{digit}十" for digit in "二三四五六七八九")]
_SMALL = {
    (tens + unit or "零"): float(10 * i + j)
    for i, tens in enumerate(_TENS)
    for j, unit in enumerate(["", *"一二三四五六七八九"])
} | {"两": 2.0, "一十": 10.0, "廿": 20.0, "卅": 30.0}
_TENS_IN_ONE = {"廿": 20.0, "卅": 30.0}
_LONGEST_CHINESE = 20
_DIGIT = "[一二两三四五六七八九]"
# From thousands down, gaps told by 零 or not; the last unit may go unsaid (两万五, 三百五).
_SECTION = rf"(?=[{CHINESE_NUMERALS}])(?:{_DIGIT}千)?零?(?:{_DIGIT}百)?零?(?:{_DIGIT}?十|廿|卅)?零?{_DIGIT}?"
_CHINESE = re.compile(rf"(?:(?:{_SECTION}亿)?零?(?:{_SECTION}万)?零?(?:{_SECTION})?|零)$")
_ARABIC = re.compile(r"(?a)\d{1,3}(?:,\d{3}){1,4}(?:\.\d+)?(?!,?\d)|\d+(?:\.\d+)?")
_MULTIPLIER = re.compile(r"十万|百万|千万|万亿|万|亿|千|百")
_LONGEST_CELL = 32
_MOST_DIGITS = 15  # what a float holds exactly
_CELL = re.compile(r"([+-])? ?(.+)", re.DOTALL)


def arabic_value(digits: str) -> float:
    """`12,345.6` as a number. Digits and commas alone; the caller has checked the shape."""
    return float(digits.replace(",", ""))


@lru_cache(maxsize=4096)
def chinese_value(numeral: str) -> float | None:
    """The value of a whole well-formed Chinese numeral (两万五千八百, 廿八, 三点五); None for any other string.

    A magnitude alone (百, 千, 万) has no value here: whether 百余件 is a number is for its surroundings to say.
    The tests read what cn2an writes. Its reader is not used here: its import takes 0.14 s, a numeral 14 µs, and it
    takes 一亿十万 for 100,000,000.
    """
    if not numeral or len(numeral) > _LONGEST_CHINESE:
        return None
    numeral = numeral.replace("○", "零").replace("〇", "零")
    whole, point, decimals = numeral.partition("点")
    if point:
        return _with_decimals(whole, decimals)
    if not _CHINESE.match(whole) or whole[0] in "百千万亿":
        return None
    small = _SMALL.get(whole)
    return _read(whole) if small is None else small


def _with_decimals(whole: str, decimals: str) -> float | None:
    multiplier = 1.0
    if decimals.endswith(("万", "亿")):
        multiplier = MULTIPLIERS[decimals[-1]]
        decimals = decimals[:-1]
    value = chinese_value(whole)
    if value is None or not decimals or any(digit not in _DIGIT_VALUE for digit in decimals):
        return None
    digits = "".join(str(_DIGIT_VALUE[digit]) for digit in decimals)
    return float(f"{value:.0f}.{digits}") * multiplier


def _read(numeral: str) -> float:
    """The value of a numeral that fits the grammar, section by section: 两万 五千 八百."""
    total, section, digit, last = 0.0, 0.0, 0.0, 10.0
    for character in numeral:
        unit = MULTIPLIERS.get(character)
        if unit is None:
            tens = _TENS_IN_ONE.get(character)
            if tens is not None:
                section, last = section + tens, 10.0
            else:
                digit = float(_DIGIT_VALUE[character])
                last = 10.0 if character == "零" else last
        elif unit >= 1e4:
            total += (section + digit) * unit
            section, digit, last = 0.0, 0.0, unit
        else:
            section += (digit or 1.0) * unit
            digit, last = 0.0, unit
    # 两万五 is 25,000, 三百五 is 350: the unit below the last one goes unsaid, unless 零 says otherwise.
    return total + section + digit * (last / 10 if digit and last > 10 else 1.0)


def positional_value(numeral: str) -> float | None:
    """Chinese digits read one by one, as years are written: 二〇一七 is 2017. None where one is no digit."""
    digits = [_DIGIT_VALUE.get(character) for character in numeral.translate(_ZEROS)]
    if not digits or None in digits:
        return None
    return float("".join(map(str, digits)))


def parse_number(s: str) -> float | None:
    """The value of one whole string, as a table cell holds it: `1,234`, `０`, `-3`, `23.1万`, `三百二十`.

    None for anything else: an empty string, a dash, a percentage, a number with a unit, two numbers.
    """
    if len(s) > _LONGEST_CELL:
        return None
    match = _CELL.fullmatch(normalize(s).strip())
    if match is None:
        return None
    value = _unsigned(match[2])
    if value is None:
        return None
    return -value if match[1] == "-" else value


def _unsigned(s: str) -> float | None:
    value = chinese_value(s)
    if value is not None:
        return value
    total, position = 0.0, 0
    ceiling = float("inf")
    while position < len(s):
        number = _ARABIC.match(s, position)
        if number is None or sum(map(is_digit, number[0])) > _MOST_DIGITS:
            return None
        multiplier = _MULTIPLIER.match(s, number.end())
        scale = multiplier_value(multiplier[0]) if multiplier else 1.0
        if scale >= ceiling:
            return None
        total += scaled(arabic_value(number[0]), scale)
        ceiling, position = scale, multiplier.end() if multiplier else number.end()
    return total if position else None


def multiplier_value(word: str) -> float:
    """10000.0 for 万, 1e7 for 千万, 1e12 for 万亿."""
    return 1e12 if word == "万亿" else MULTIPLIERS[word]


def scaled(value: float, scale: float) -> float:
    """`value` times `scale` without the dust of binary fractions: 23.1 times 10000 is 231000."""
    return round(value * scale, 6)
