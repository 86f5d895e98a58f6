"""What is done to a text: each mutation is a function of the text and of chance, and has a name to count by."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from benchmarks.fuzz.material import lines_of

Mutation = Callable[[str, random.Random], str]

_DIGITS = ("０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९", "⁰¹²³⁴⁵⁶⁷⁸⁹", "₀₁₂₃₄₅₆₇₈₉", "⓪①②③④⑤⑥⑦⑧⑨", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗")
_CHINESE = ("〇一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖")
_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202e\u2060\ufeff\u00ad\ufe0f\u034f"
_BREAKS = ("\r", "\r\n", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\x00", "\x1f", "\t", "\u3000", "\u00a0")
_SIGNS = "|｜¦·•—-–/／*＊×、，。；：:;,.．%％‰＋+－()（）[]【】《》〈〉「」“”\"'￥¥$#@&=~～…^_\\<>"
_WORDS = (
    *(
        "全部",
        "均",
        "全部办结",
        "分别",
        "其中",
        "未收到",
        "没有",
        "无",
        "零",
        "不适用",
        "略",
        "同比增长",
        "上年",
        "本年",
        "合计",
    ),
    *(
        "共",
        "约",
        "余",
        "多",
        "以上",
        "万",
        "亿",
        "万余",
        "件",
        "条",
        "次",
        "人",
        "元",
        "万元",
        "%",
        "个百分点",
        "第",
        "月",
        "日",
    ),
    *(
        "截至",
        "累计",
        "历年",
        "市本级",
        "各乡镇",
        "一、",
        "（一）",
        "1.",
        "2.",
        "①",
        "(1)",
        "总计",
        "自然人",
        "3至5",
        "2-3",
        "1/2",
    ),
)
_NUMBERS = (
    "0",
    "00",
    "007",
    "1.5",
    "1,234",
    "1，234",
    "12,34",
    "1 234",
    "9" * 15,
    "9" * 16,
    "1" * 400,
    "1e9",
    "-3",
    "2019",
)
_NUMERAL = re.compile(r"[0-9]+")


def _place(text: str, chance: random.Random) -> int:
    """Somewhere, half of the time beside a digit."""
    if chance.random() < 0.5 and (found := [m.start() for m in _NUMERAL.finditer(text)]):
        return min(len(text), chance.choice(found) + chance.randint(-1, 3))
    return chance.randint(0, len(text))


def _put(text: str, at: int, new: str, taken: int = 0) -> str:
    at = max(0, at)
    return text[:at] + new + text[at + taken :]


def drop(text: str, chance: random.Random) -> str:
    """A few characters go."""
    return _put(text, _place(text, chance), "", chance.choice((1, 1, 2, 5, 20)))


def double(text: str, chance: random.Random) -> str:
    """A stretch comes twice."""
    at = _place(text, chance)
    return _put(text, at, text[at : at + chance.choice((1, 2, 5, 20, 80))])


def move(text: str, chance: random.Random) -> str:
    """A stretch goes elsewhere."""
    at, size = _place(text, chance), chance.choice((1, 3, 10, 40))
    rest = _put(text, at, "", size)
    return _put(rest, chance.randint(0, len(rest)), text[max(0, at) : max(0, at) + size])


def shuffle_lines(text: str, chance: random.Random) -> str:
    """Lines in another order."""
    lines = text.split("\n")
    first = chance.randrange(len(lines))
    some = lines[first : first + chance.choice((2, 5, 50))]
    chance.shuffle(some)
    lines[first : first + len(some)] = some
    return "\n".join(lines)


def join_lines(text: str, chance: random.Random) -> str:
    """Line breaks go, some or all."""
    return text.replace("\n", chance.choice(("", "", " ", "|")), chance.choice((-1, 1, 3, 10)))


def break_lines(text: str, chance: random.Random) -> str:
    """A line is broken, beside a digit as often as not."""
    for _ in range(chance.choice((1, 1, 3, 10))):
        text = _put(text, _place(text, chance), chance.choice(("\n", "\n", "\n\n", " \n", *_BREAKS)))
    return text


def other_digits(text: str, chance: random.Random) -> str:
    """Digits of another script, all of one number or single ones."""
    table = str.maketrans("0123456789", chance.choice((*_DIGITS, *_CHINESE)))
    if chance.random() < 0.5:
        return _NUMERAL.sub(lambda m: m[0].translate(table) if chance.random() < 0.3 else m[0], text)
    return "".join(c.translate(table) if c.isascii() and chance.random() < 0.2 else c for c in text)


def number(text: str, chance: random.Random) -> str:
    """A number of another kind, in the place of one or beside it."""
    at = _place(text, chance)
    return _put(text, at, chance.choice(_NUMBERS), chance.choice((0, 0, 1, 2)))


def invisible(text: str, chance: random.Random) -> str:
    """Characters that have no width."""
    for _ in range(chance.choice((1, 3, 10))):
        text = _put(text, _place(text, chance), chance.choice(_INVISIBLE) * chance.choice((1, 1, 3)))
    return text


def signs(text: str, chance: random.Random) -> str:
    """Signs of punctuation and of tables."""
    for _ in range(chance.choice((1, 2, 6))):
        text = _put(
            text, _place(text, chance), chance.choice(_SIGNS) * chance.choice((1, 1, 2, 30)), chance.choice((0, 1))
        )
    return text


def words(text: str, chance: random.Random) -> str:
    """Words that say something of numbers."""
    for _ in range(chance.choice((1, 2, 4))):
        text = _put(text, _place(text, chance), chance.choice(_WORDS))
    return text


def anything(text: str, chance: random.Random) -> str:
    """Any character of Unicode, halves of surrogate pairs too."""
    for _ in range(chance.choice((1, 3))):
        code = chance.choice((chance.randrange(0x300), chance.randrange(0x3000), chance.randrange(0x10000)))
        if chance.random() < 0.2:
            code = chance.choice((0xD800, 0xDFFF, 0xFFFE, 0xFFFF, 0x10FFFF, 0x1F600, 0x20BB7, 0x0301))
        text = _put(text, _place(text, chance), chr(code))
    return text


def glue(text: str, chance: random.Random) -> str:
    """The cells of a line run together."""
    start, end = chance.choice(list(lines_of(text)))
    return text[:start] + re.sub(r"[\s|｜]+", "", text[start:end]) + text[end:]


def columns(text: str, chance: random.Random) -> str:
    """The numbers of a line in cells, whatever it was."""
    start, end = chance.choice(list(lines_of(text)))
    mark = chance.choice((" | ", "\t", "\n", "  ", "|", " ｜"))
    return text[:start] + _NUMERAL.sub(lambda m: f"{mark}{m[0]}{mark}", text[start:end]) + text[end:]


def long_line(text: str, chance: random.Random) -> str:
    """One piece over and over."""
    at = _place(text, chance)
    piece = text[max(0, at) : max(0, at) + chance.choice((1, 2, 7))] or "0"
    return _put(text, at, piece * chance.choice((10, 40)))


def spaced(text: str, chance: random.Random) -> str:
    """Blanks within words and numbers, as some PDFs have them."""
    start, end = chance.choice(list(lines_of(text)))
    return text[:start] + chance.choice((" ", "\u3000", "\u200b")).join(text[start:end]) + text[end:]


MUTATIONS: dict[str, Mutation] = {
    function.__name__: function
    for function in (
        *(drop, double, move, shuffle_lines, join_lines, break_lines, other_digits, number, invisible, signs, words),
        *(anything, glue, columns, long_line, spaced),
    )
}


def mutate(text: str, chance: random.Random) -> tuple[str, list[str]]:
    """The text after up to four mutations, and their names."""
    names = chance.choices(list(MUTATIONS), k=chance.choice((0, 1, 1, 2, 2, 3, 4)))
    for name in names:
        text = MUTATIONS[name](text, chance)
    return text, names
