"""How numbers are written: digits, thousands, 万 and 亿, Chinese numerals, and the words that make them inexact."""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import Decimal

from nianbao.schema import Qualifier

_DIGITS = "零一二三四五六七八九"
_APPROXIMABLE = (
    "website.visits",
    "wechat.followers",
    "weibo.followers",
    "training.participants",
    "disclosure.",
    "gazette.",
)


@dataclass(slots=True, frozen=True)
class Written:
    """A number as printed: `before` and `after` stand outside its span; `value` is what the words say."""

    before: str
    text: str
    after: str
    value: float
    qualifier: Qualifier


def chinese(number: int) -> str:
    """A whole number below a hundred million in Chinese numerals, as officials write it: 12 is 十二, 2500 两千五百.

    Raises:
        ValueError: the number is negative or too big.
    """
    if not 0 <= number < 100_000_000:
        raise ValueError(f"{number} is out of range; it must lie between 0 and 99,999,999")
    if number >= 10_000:
        rest = number % 10_000
        gap = "零" if 0 < rest < 1_000 else ""
        tens = "两" if number // 10_000 == 2 else chinese(number // 10_000)
        return tens + "万" + gap + (_below(rest) if rest else "")
    text = _below(number) if number else "零"
    return text.removeprefix("一") if 10 <= number < 20 else text


def _below(number: int) -> str:
    """A number below 10,000, without its leading zeros."""
    text = ""
    gap = False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit == 0:
            gap = gap or bool(text)
            continue
        word = "两" if digit == 2 and unit >= 1000 else _DIGITS[digit]
        text += ("零" if gap else "") + word + name
        gap = False
    return text


def plain(value: float) -> str:
    """A number without needless zeros: 12, 23.1."""
    return format(Decimal(str(value)).normalize(), "f") if value else "0"


def write_count(
    rng: random.Random, metric: str, value: float, unit: str, commas: bool, chinese_share: float, exact: bool
) -> Written:
    """A count with its unit, as a report may print it. A value is never negative here."""
    number = int(value)
    if unit == "元":
        return write_money(rng, value)
    if not exact and number >= 100 and metric.startswith(_APPROXIMABLE) and rng.random() < 0.3:
        return _inexact(rng, number, unit)
    if number < 1_000 and rng.random() < chinese_share:
        counted = "两" if number == 2 and unit else chinese(number)
        return Written("", counted, unit, number, "exact")
    return Written("", f"{number:,}" if commas else str(number), unit, number, "exact")


def _inexact(rng: random.Random, number: int, unit: str) -> Written:
    """Rounded to the leading digits, with the word that says so."""
    step = 10 ** max(1, len(str(number)) - 2)
    floor, ceiling = number // step * step, -(-number // step) * step
    way = rng.choice(("余", "多", "余", "近", "约", "超过", "万"))
    if number >= 10_000 and (way == "万" or rng.random() < 0.5):
        return _in_ten_thousands(rng, number, unit, way)
    if way in ("余", "多") and floor != number:
        text = chinese(floor) if rng.random() < 0.25 else str(floor)
        return Written("", text + way, unit, floor, "over")
    if way == "近" and ceiling != number:
        return Written("近", str(ceiling), unit, ceiling, "nearly")
    if way == "约":
        return rng.choice(
            (Written("约", str(floor), unit, floor, "approx"), Written("", str(floor), unit + "左右", floor, "approx"))
        )
    if way == "超过" and floor != number:
        return rng.choice(
            (Written("超过", str(floor), unit, floor, "over"), Written("", str(floor), unit + "以上", floor, "over"))
        )
    return Written("", str(number), unit, number, "exact")


def _in_ten_thousands(rng: random.Random, number: int, unit: str, way: str) -> Written:
    tenths = number // 1_000
    text, value = plain(tenths / 10), tenths * 1_000
    if way in ("余", "多"):
        return Written("", f"{text}万{way}", unit, value, "over")
    if way == "近":
        return Written("近", f"{plain((tenths + 1) / 10)}万", unit, (tenths + 1) * 1_000, "nearly")
    if way == "约":
        return Written("约", f"{text}万", unit, value, "approx")
    if way == "超过":
        return Written("超过", f"{text}万", unit, value, "over")
    return Written("", f"{text}万", unit, value, "exact")


def write_money(rng: random.Random, yuan: float) -> Written:
    """Yuan as 元, 万元 or 亿元, never rounded."""
    exact = Decimal(str(yuan))
    if exact >= 100_000_000 and exact % 1_000_000 == 0 and rng.random() < 0.6:
        return Written("", f"{plain(float(exact / 100_000_000))}亿", "元", float(exact), "exact")
    if exact >= 1_000 and exact % 1 == 0 and rng.random() < 0.8:
        return Written("", f"{plain(float(exact / 10_000))}万", "元", float(exact), "exact")
    return Written("", plain(float(exact)), "元", float(exact), "exact")
