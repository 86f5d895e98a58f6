"""Units: the lines of a Doc, or the cells of a line that pipes or tabs part, and what their signs say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nianbao.language.numeral import is_digit

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from spacy.tokens import Doc

_PART = frozenset("|\t")
_PUNCTUATION = frozenset("。;!?:,、)》")
_ENUMERATORS = tuple(
    re.compile(pattern)
    for pattern in (
        r"第?[一二三四五六七八九十]{1,3}(?:[、.,]|部分)",
        r"\([一二三四五六七八九十]{1,3}\)",
        r"\d{1,2}[.、](?!\d)",
        r"\(\d{1,2}\)",
        r"[①-⑳]",
        r"[(,)、.]",
        r"附[件表]|表\s?\d|[一二三]是",
    )
)
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\d",
        r"(?:19|20)\d\d",
        r"[\d,. %/-]+",
        r"[条件次个篇期家项份元人]|人次|万元",
        r"报告|年报",
        r"情况|问题|措施|事项|概述|工作|附",
        r"单位|合计|指标|填报|本表|注|说明",
        r"首页|打印|关闭|字体|分享|来源|发布|索引|版权|备案|电话|浏览|位置|上一[页篇]|下一[页篇]|扫一扫",
    )
)
# Whether the whole unit must match, or any part of it.
_WHOLE = (False, False, True, True, False, False, False, False)
FEATURES = len(_ENUMERATORS) + len(_PATTERNS) + 10


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


def features(doc: Doc, found: list[Unit]) -> NDArray[np.float32]:
    """What a unit's signs say: enumerator, digits, length, ending, place. Shape (units, FEATURES)."""
    table = np.zeros((len(found), FEATURES), dtype=np.float32)
    for row, unit in enumerate(found):
        words = "".join(token.norm_ + token.whitespace_ for token in doc[unit.start : unit.end]).strip()
        signs = [float(pattern.match(words) is not None) for pattern in _ENUMERATORS]
        for pattern, whole in zip(_PATTERNS, _WHOLE, strict=True):
            signs.append(float((pattern.fullmatch if whole else pattern.search)(words) is not None))
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
