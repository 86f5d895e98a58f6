"""The shape of numerals.yaml; what it says is for `nianbao.language.measures` to read."""

from __future__ import annotations

import re
from typing import Any

from nianbao.catalogue.files import LINE, ConfigError, ConfigFiles, known_keys, without_lines

NUMERALS = "numerals.yaml"

_PARTS: dict[str, tuple[str, ...]] = {
    "units": ("count", "money", "percent", "time", "date", "other"),
    "qualifiers": ("before", "before_unless", "inside", "inside_unless", "after"),
    "one": ("units", "counted", "uncounted"),
    "session": ("unit", "before", "after"),
    "stated_zeros": ("denies", "countable"),
    "written": (
        *("multiplier", "date", "years", "short_year", "month_day", "time", "range", "touching_item", "label"),
        *("chinese_range", "chinese_year", "chinese_date", "chinese_item", "not_one", "label_ends"),
        *(
            "document_ends",
            "ordinals_joined",
            "years_joined",
            "several",
            "beside_magnitude",
            "over_magnitude",
            "equals",
            "each",
        ),
    ),
}
_WORDS = (
    *("unit_unless", "phone_words", "phone_after", "postcode_words", "hotlines", "hotline_after", "year_after"),
    *("joined_before", "no_capital_after", "fixed"),
)
_PATTERNS = {
    "stated_zeros": _PARTS["stated_zeros"],
    "written": _PARTS["written"][: _PARTS["written"].index("label_ends")],
}


def read_numerals(files: ConfigFiles) -> dict[str, Any]:
    """The data of the file, plain.

    Raises:
        ConfigError: a key is missing or unknown, a pattern does not compile. Names file and line.
    """
    place, data = files.place(NUMERALS), files.lined_yaml(NUMERALS)
    _check_keys(place, data, (*_PARTS, *_WORDS), "the file")
    for name, keys in _PARTS.items():
        _check_keys(place, data[name], keys, name)
    if not files.ships:
        for part, keys in _PATTERNS.items():
            for key in keys:
                _check_pattern(place, data[part][LINE], f"{part}: {key}", data[part][key])
        _check_pattern(place, data[LINE], "phone_after", data["phone_after"])
    plain: dict[str, Any] = without_lines(data)
    return plain


def _check_keys(place: str, data: Any, keys: tuple[str, ...], what: str) -> None:
    if not isinstance(data, dict):
        raise ConfigError(place, 1, f"{what} must be a mapping of {', '.join(keys)}")
    known_keys(place, data, set(keys), what)
    if missing := [key for key in keys if key not in data]:
        raise ConfigError(place, data[LINE], f"{what} lacks {missing[0]}; compare it with nianbao's own")


def _check_pattern(place: str, line: int, what: str, pattern: str) -> None:
    try:
        re.compile(re.sub(r"<\w+>", "(?:0)", pattern))
    except re.error as error:
        raise ConfigError(place, line, f"{what} does not compile: {error}") from error
