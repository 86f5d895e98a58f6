"""The normalised view of a text: simplified characters and half-width forms, every character in its old place."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

_QUOTES = "“”„‟‘’‚‛「」『』﹁﹂﹃﹄〝〞〟″＂"
_HYPHENS = "‐‑‒–−﹣"
_TILDES = "〜∼"
_DOTS = "•・‧∙⋅"
# Zero-width and directional marks, soft hyphen, variation selectors: they have no width, but they do have an offset.
_INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff"
_CONTROLS = "\x00-\x09\x0b-\x1f\x7f-\x9f"  # all but \n
_SPACES = "\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u3164"
# Kangxi radicals and compatibility ideographs come out of PDF fonts in place of the plain characters.
# Unicode gives those of the supplement no plain character to fall back on; these pairs do.
_RADICALS = (
    "⺁厂⺊卜⺎兀⺒巳⺓幺⺛旡⺜日⺝月⺠民⺧牛⺬示⺼月⻁虎⻄西⻅见⻆角⻉贝⻋车⻑长⻓长⻔门⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻡首"
    "⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻬齐⻮齿⻰龙"
)
_COMPATIBLE = "\u2e80-\u2fdf\uf900-\ufaff\ufe50-\ufe6b\uff01-\uff5e\uff61-\uff64"


def _table() -> dict[str, str]:
    table: dict[str, str] = {}
    for low, high in ((0x2E80, 0x2FDF), (0xF900, 0xFAFF), (0xFE50, 0xFE6B), (0xFF01, 0xFF5E), (0xFF61, 0xFF64)):
        for code in range(low, high + 1):
            plain = unicodedata.normalize("NFKC", chr(code))
            if len(plain) == 1 and plain != chr(code):
                table[chr(code)] = plain
    table.update(zip(_RADICALS[::2], _RADICALS[1::2], strict=True))
    table.update(dict.fromkeys(_QUOTES + "｢｣", '"'))
    table.update(dict.fromkeys(_HYPHENS, "-"))
    table.update(dict.fromkeys(_TILDES, "~"))
    table.update(dict.fromkeys(_DOTS, "·"))
    table["￥"] = "¥"
    return table


_CHARACTERS = _table()
_BLANK = re.compile(f"[{_CONTROLS}{_SPACES}{_INVISIBLE}]")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_VARIANT = re.compile(f"[{''.join(map(re.escape, _CHARACTERS))}]")


@cache
def _converter() -> OpenCC:
    # One a process: building it costs milliseconds, and it does not pickle.
    from opencc import OpenCC

    return OpenCC("t2s")


def to_simplified(text: str) -> str:
    """Simplified characters for traditional ones (OpenCC t2s), as many as there were.

    The conversion of the whole text is taken when it keeps the length, else line by line, else character by
    character, so that a phrase that OpenCC shortens costs only its own line the phrase table.
    """
    if text.isascii():
        return text
    safe = _LONE_SURROGATE.sub("\ufffd", text)
    convert = _converter().convert
    whole = convert(safe)
    if len(whole) == len(text):
        return whole
    return "".join(_keep_length(line, convert(line), _converter()) for line in safe.splitlines(keepends=True))


def _keep_length(line: str, converted: str, converter: OpenCC) -> str:
    if len(converted) == len(line):
        return converted
    single = ((character, converter.convert(character)) for character in line)
    return "".join(new if len(new) == 1 else old for old, new in single)


def normalize(text: str) -> str:
    """The view of `text` that all language work reads; `len(normalize(text)) == len(text)` for every string.

    Traditional characters become simplified ones, full-width ASCII and its small forms half-width, curly and corner
    quotes `"`, kinds of hyphen `-`; every blank, control and invisible character but the newline becomes one space,
    a lone surrogate U+FFFD. `。`, `、`, `《》`, `〔〕`, `【】`, `—` stay. So offsets into the view, in code points,
    are offsets into the text.
    """
    text = _BLANK.sub(" ", text)
    text = _VARIANT.sub(lambda match: _CHARACTERS[match[0]], text)
    return to_simplified(text)
