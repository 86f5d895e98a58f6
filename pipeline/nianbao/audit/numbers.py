"""Whether two numbers are one with a slip between them."""

from __future__ import annotations

import re

from nianbao.audit.rules import AuditRules

_STEPS = {"亿": 100_000_000, "万": 10_000, "千": 1_000}
_TELLING = 3
"""Digits that a number must have for one of them to be seen as slipped."""


def near(one: float, other: float, rules: AuditRules) -> bool:
    """Whether two numbers are so close, or so alike in their digits, that one is likely the other written wrongly."""
    if one == other:
        return True
    if min(one, other) <= 0:
        return False
    difference = abs(one - other)
    return difference <= max(rules.near_by, rules.near_share * max(one, other)) or slipped(one, other)


def slipped(one: float, other: float) -> bool:
    """Whether one digit was dropped, doubled, added, changed, or two were exchanged."""
    a, b = sorted((f"{one:.0f}", f"{other:.0f}"), key=len)
    if one != int(one) or other != int(other) or len(b) < _TELLING:
        return False
    if len(a) == len(b):
        differ = [at for at, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
        if len(differ) == 1:
            return True
        return len(differ) == 2 and differ[1] == differ[0] + 1 and sorted(a) == sorted(b)
    return len(b) - len(a) == 1 and any(b[:at] + b[at + 1 :] == a for at in range(len(b)))


def rounding(text: str, value: float) -> float:
    """How far a number as written may be from the exact one: 1.6万 by 1000; 0 where it is not rounded."""
    step = next((step for unit, step in _STEPS.items() if unit in text), 0)
    if step == 0 or value == 0:
        return 0.0
    mantissa = re.search(r"[0-9]+(?:\.([0-9]+))?", text)
    decimals = len(mantissa[1] or "") if mantissa else 0
    return float(step / 10**decimals)
