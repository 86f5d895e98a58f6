"""Spellings and measure words that the matching of labels leaves out of account (configs/labels.yaml)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from nianbao.catalogue.files import ConfigError, known_keys

_KEYS = ("spellings", "measure_words", "own_cell", "between", "nothing")


@dataclass(frozen=True)
class Wording:
    """`spellings`: (as written, as in the forms). `units`: the characters of measure words. `own_cell`: a pattern.

    `between`: a pattern of words between a label and its cells that say nothing; `nothing`: of a cell that says none.
    """

    spellings: tuple[tuple[str, str], ...]
    units: str
    own_cell: str
    between: str
    nothing: str

    @cached_property
    def lone_unit(self) -> re.Pattern[str]:
        """A measure word in a cell of its own, which would part a label that stands around its cells."""
        return re.compile(rf"(?<![\u3400-\u9fff《]){self.own_cell}(?= *(?:[\d|\n]|\Z))")

    @cached_property
    def empty_unit(self) -> re.Pattern[str]:
        """A measure word in a place of its own with no number behind it."""
        return re.compile(
            rf"(?<![\u3400-\u9fff\d《]){self.own_cell}(?![\u3400-\u9fff)])(?![\s|]*\d+(?:\.\d|[^\d.、)]|\Z))"
        )

    @cached_property
    def other_words(self) -> re.Pattern[str]:
        """Words that are more than a measure word."""
        return re.compile(rf"(?!(?:[{self.units}]{{1,2}})(?![\u3400-\u9fff]))[\u3400-\u9fff]+")

    @cached_property
    def noise(self) -> re.Pattern[str]:
        """Words between a label and its cells that are neither a cell nor another row."""
        return re.compile(rf"[{self.units}]{{1,2}}|{self.between}")

    @cached_property
    def marked_row(self) -> dict[str, re.Pattern[str]]:
        """For a comma and a semicolon: a line whose cells stand between them."""
        cell = rf"(?:[-+]?\d[\d.]*(?:{self.own_cell})?|{self.nothing}|[-/—]*|{self.own_cell})"
        return {
            mark: re.compile(rf'(?:[^。]*?[\u3400-\u9fff")\]*■]|\d[\d.]*)(?: *{mark} *{cell})* *{mark} *{cell} *')
            for mark in ",;"
        }


def parse_wording(path: str, data: Mapping[str, Any]) -> Wording:
    """Validates the data of the file; the path is for messages alone.

    Raises:
        ConfigError: an unknown key, an empty list, a spelling of another length. Names file and line.
    """
    known_keys(path, data, set(_KEYS), "the file")
    for key in _KEYS:
        if not data.get(key):
            raise ConfigError(path, 1, f"{key} is missing or empty")
    for pair in data["spellings"]:
        if len(pair) != 2 or len(pair[0]) != len(pair[1]):
            raise ConfigError(path, 1, f"spelling {pair}: two words of the same length are needed, or offsets break")
    units = "".join(dict.fromkeys("".join(data["measure_words"])))
    own_cell = "|".join(re.escape(word) for word in sorted(data["own_cell"], key=len, reverse=True))
    return Wording(
        tuple((a, b) for a, b in data["spellings"]), units, f"(?:{own_cell})", data["between"], data["nothing"]
    )
