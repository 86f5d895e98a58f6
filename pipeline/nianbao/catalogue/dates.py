"""How years and periods are written: the part `dates` of sections.yaml, compiled."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields

from nianbao.catalogue.patterns import lazy, spelled_out

_YEAR = r"(?:19|20)\d\d"
_END = r"(?:(?P<y{n}>YEAR)年)?(?P<m{n}>\d{{1,2}})月(?:(?P<d{n}>\d{{1,2}})日)?"
_DOTTED_END = r"(?P<y{n}>YEAR)[./-](?P<m{n}>\d{{1,2}})[./-](?P<d{n}>\d{{1,2}})日?"
_MACROS = {
    **{f"<date{n}>": _END.format(n=n).replace("YEAR", _YEAR) for n in (1, 2)},
    **{f"<dotted{n}>": _DOTTED_END.format(n=n).replace("YEAR", _YEAR) for n in (1, 2)},
    "<year>": _YEAR,
}


@dataclass(slots=True, frozen=True)
class DateRules:
    """Patterns, each as its key says in sections.yaml."""

    range: re.Pattern[str]
    dotted_range: re.Pattern[str]
    wrecked_range: re.Pattern[str]
    whole_year: re.Pattern[str]
    announced_year: re.Pattern[str]
    spoken_year: re.Pattern[str]
    spoken_academic: re.Pattern[str]
    dated: re.Pattern[str]
    last_year: re.Pattern[str]


def parse_dates(data: Mapping[str, str]) -> DateRules:
    """The rules of plain data.

    Raises:
        KeyError: a pattern is missing.
    """
    return DateRules(**{one.name: lazy(spelled_out(data[one.name], _MACROS)) for one in fields(DateRules)})
