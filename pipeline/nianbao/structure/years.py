"""The year that a report is about and its period, from what the text says; never from when it was published."""

from __future__ import annotations

import calendar
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from nianbao.catalogue.dates import DateRules
from nianbao.catalogue.sections import IdentityRules
from nianbao.language.numeral import are_digits, is_digit
from nianbao.structure.enumerators import chinese_number
from nianbao.structure.heading_end import compact

_FIRST, _LAST = 2000, 2099
_YEAR = r"(?:19|20)\d\d"
_ZERO = "〇○零O0o"
_CHINESE_YEAR = re.compile(rf"二[{_ZERO}][一二三四五六七八九{_ZERO}]{{2}}(?=年|学年)")
_CHINESE_DIGIT = {digit: value for value, digit in enumerate("一二三四五六七八九", 1)} | dict.fromkeys(_ZERO, 0)
_CHINESE_DAY = re.compile(r"[一二三四五六七八九十]{1,3}(?=[月日])")
_ACADEMIC = re.compile(rf"({_YEAR})年?(?:-|—|~|至|/)+({_YEAR}|\d\d)(?=学?年)")
_TITLE_YEAR = re.compile(rf"(?<!\d)({_YEAR})(?!\d)")
_BELOW = re.compile(r"\s*\n\s*([^\n]*)")
_QUOTED = re.compile(r"《[^》\n]{0,80}》|〔[^〕\n]{0,12}〕")
_SHORT = 300
_SENTENCE_START = frozenset("。;!?\n:")
_PERIOD_WINDOW = 60
_AGREEING = 2
_SHORTEST_HEAD, _OPENING = 40, 600
_HEAD = 3000
_BODY = 20_000


@dataclass(slots=True, frozen=True)
class Period:
    """A period. `start`, `end`: ISO dates, None where the printed date is too broken; `year`: of its end.

    `stated`: whether the text says that its numbers are of this period.
    """

    year: int
    start: str | None = None
    end: str | None = None
    stated: bool = False


def title_year(title: str) -> int | None:
    """The year in a title; of an academic year the one in which it ends; of several the last."""
    words = arabic_years(compact(title))
    academic = _ACADEMIC.findall(words)
    if academic:
        first, second = academic[-1]
        return _sane(int(second if len(second) == 4 else first[:2] + second))
    years = [int(year) for year in _TITLE_YEAR.findall(words)]
    return _sane(years[-1]) if years else None


def year_below(norm: str, end: int, rules: IdentityRules) -> str:
    """The year that stands alone on the line below a title that ends there, in brackets or not; else nothing."""
    found = _BELOW.match(norm, end)
    line = compact(found[1]).strip("()") if found else ""
    return line if rules.dates.whole_year.fullmatch(line) else ""


def arabic_years(words: str) -> str:
    """`words` with 二〇一七年 as 2017年; the length stays."""
    return _CHINESE_YEAR.sub(lambda found: "".join(str(_CHINESE_DIGIT[c]) for c in found.group()), words)


def find_period(norm: str, head_end: int, rules: IdentityRules) -> Period | None:
    """The period that the report states for its numbers; None where it states none."""
    # A text may begin with its first heading.
    head = norm[: min(head_end, _HEAD) if len(norm[:head_end].strip()) >= _SHORTEST_HEAD else _OPENING]
    for match in rules.period.finditer(norm, 0, _HEAD):
        found = _period(_arabic_dates(norm[match.end() : match.end() + _PERIOD_WINDOW]), rules.dates, anchored=True)
        if found:
            return replace(found, stated=True)
    return _period(_arabic_dates(head), rules.dates, anchored=False)


def report_year(
    norm: str, title: str | None, period: Period | None, metadata: Mapping[str, Any], rules: IdentityRules
) -> int | None:
    """The year that the report is about; None where neither the text nor `metadata["year"]` says it.

    In this order: the title, the stated period, the sentence that announces the report, what most sentences speak of,
    `metadata["year"]` (a whole number). A period against which these two sentences agree has a slip of the pen,
    unless the report was published in the year after it.
    """
    titled = title_year(title) if title else None
    if titled:
        return titled
    others = [year for year in (_announced(norm, rules), _spoken_of(norm, rules)) if year]
    published = rules.published.search(norm, 0, _OPENING)
    agreeing = len(others) == _AGREEING and len({*others}) == 1
    if period and (not agreeing or (published and int(published[1]) == period.year + 1)):
        return period.year
    return others[0] if others else _given(metadata)


def _arabic_dates(words: str) -> str:
    """`words` with the Chinese numbers of years, months and days as Arabic ones, without spaces."""
    return _CHINESE_DAY.sub(lambda found: str(chinese_number(found.group())), compact(arabic_years(words)))


def _sane(year: int) -> int | None:
    return year if _FIRST <= year <= _LAST else None


def _given(metadata: Mapping[str, Any]) -> int | None:
    value = metadata.get("year")
    if isinstance(value, str) and are_digits(value.strip()) and len(value.strip()) == 4:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value or int(value) != value:
        return None
    return _sane(int(value))


def _period(words: str, dates: DateRules, *, anchored: bool) -> Period | None:
    for pattern in (dates.range, dates.dotted_range):
        for match in pattern.finditer(words, 0, 30 if anchored else len(words)):
            found = _stated(match)
            if found:
                return found
            if anchored:
                break
    wrecked = dates.wrecked_range.search(words)
    if wrecked:
        return _wrecked(wrecked)
    whole = dates.whole_year.match(words) if anchored else None
    return Period(int(whole[1])) if whole else None


def _stated(match: re.Match[str]) -> Period | None:
    last = match["y2"] or match["y1"]
    first = match["y1"] or match["y2"]
    if last is None or first is None or not _sane(int(last)):
        return None
    start = _iso(int(first), int(match["m1"]), int(match["d1"] or 1))
    end_month = int(match["m2"])
    if not 1 <= end_month <= 12:
        return Period(int(last))
    end = _iso(int(last), end_month, int(match["d2"] or calendar.monthrange(int(last), end_month)[1]))
    if start and end and start > end:
        return None
    return Period(int(last), start, end)


def _wrecked(match: re.Match[str]) -> Period | None:
    first, last = int(match[1]), int(match[3])
    if not _sane(last) or first > last:
        return None
    digits = ["".join(c for c in part if is_digit(c)) for part in (match[2], match[4])]
    # Only one reading is left where both ends are the calendar year's.
    if digits[0] in ("11", "0101") and digits[1].startswith("1231"):
        return Period(last, f"{first}-01-01", f"{last}-12-31")
    return Period(last)


def _iso(year: int, month: int, day: int) -> str | None:
    if not (1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]):
        return None
    return f"{year:04d}-{month:02d}-{day:02d}"


def _announced(norm: str, rules: IdentityRules) -> int | None:
    """The year in 现公布2012年度政府信息公开年度报告, outside quoted titles."""
    head = arabic_years(without_quotes(norm[:_HEAD]))
    for match in rules.title_words.finditer(head):
        before = (head.rfind(sign, 0, match.start()) + 1 for sign in "。\n")
        sentence = max(match.start() - 30, *before)
        years = rules.dates.announced_year.findall(head, sentence, match.end())
        if years:
            return _sane(int(years[-1]))
    return None


def _spoken_of(norm: str, rules: IdentityRules) -> int | None:
    """The year that the sentences speak of; plans, comparisons and dates do not count.

    A report sets earlier years beside its own, later ones only as plans: so of two years that are named about as
    often the later one is meant.
    """
    body = arabic_years(without_quotes(norm[:_BODY]))
    votes: Counter[int] = Counter()
    for match in rules.dates.spoken_year.finditer(body):
        year = _sane(int(match[1]))
        before = body[max(0, match.start() - 6) : match.start()].rstrip()
        if year is None or (before and before[-1] in rules.compared):
            continue
        if rules.plan.match(body, match.end()) or rules.planned.search(before):
            continue
        votes[year] += 2 if not before or before[-1] in _SENTENCE_START else 1
    votes.update(int(first or second) for first, second in rules.up_to.findall(body))
    for year in rules.dates.spoken_academic.findall(body):
        votes[int(year) if len(year) == 4 else 2000 + int(year)] += 2
    if not votes and len(norm) <= _SHORT:
        # One dated event is all that a short text may say of its year.
        votes.update(int(year) for year in rules.dates.dated.findall(body) if _sane(int(year)))
    if not votes:
        return None
    most = max(votes.values())
    return max(year for year, count in votes.items() if count * 2 >= most)


def without_quotes(words: str) -> str:
    """`words` with the names of documents and their numbers blotted out; the length stays."""
    return _QUOTED.sub(lambda found: "《" * len(found.group()), words)
