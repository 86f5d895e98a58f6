"""Spellings and measure words that the matching of labels leaves out of account (configs/labels.yaml)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from nianbao.catalogue.files import LINE, ConfigError, known_keys

_KEYS = ("spellings", "measure_words", "own_cell", "between", "nothing", "cell")
_BESIDE = ("before", "inside", "behind")
_QUALIFIERS = ("over", "approx", "nearly")
_NUMBER = r"[-+]?(?:[0-9]+|[0-9]{1,3}(?:[, ][0-9]{3})+)(?:\.[0-9]+)?"
_CHINESE = "[〇零一二三四五六七八九十百千两]+"


@dataclass(frozen=True)
class Wording:
    """`spellings`: (as written, as in the forms). `units`: the characters of measure words. `own_cell`: a pattern.

    `between`: a pattern of words between a label and its cells that say nothing; `nothing`: of a cell that says none.
    `beside`: what stands before, inside and behind a cell's number -> the qualifier that it gives.
    """

    spellings: tuple[tuple[str, str], ...]
    units: str
    own_cell: str
    between: str
    nothing: str
    beside: Mapping[str, Mapping[str, str]]

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
    def own_place(self) -> re.Pattern[str]:
        """A measure word in a place of its own, whatever stands behind it."""
        return re.compile(rf'(?<![\u3400-\u9fff\d《"(])[{self.units}]{{1,2}}(?![\u3400-\u9fff)"])')

    @cached_property
    def only_cells(self) -> re.Pattern[str]:
        """A line of numbers, and of measure words in places of their own."""
        return re.compile(rf"(?:[\s|]*+(?:[{self.units}]++|{self.nothing}|[-+]?\d[\d,.]*+)(?![/:]))++[\s|]*+")

    @cached_property
    def other_words(self) -> re.Pattern[str]:
        """Words that are more than a measure word."""
        return re.compile(rf"(?!(?:[{self.units}]{{1,2}})(?![\u3400-\u9fff]))[\u3400-\u9fff]+")

    @cached_property
    def noise(self) -> re.Pattern[str]:
        """Words between a label and its cells that are neither a cell nor another row."""
        return re.compile(rf"[{self.units}]{{1,2}}|{self.between}")

    @cached_property
    def cell_number(self) -> re.Pattern[str]:
        """A cell's number with what may stand around it: about, over, its unit, a remark in brackets, a note's mark.

        A unit before it is set apart, as where two columns share a cell.
        """
        before, inside, behind = ("|".join(sorted(self.beside[place], key=len, reverse=True)) for place in _BESIDE)
        return re.compile(
            rf"(?:[{self.units}]{{1,2}}\s+)?(?P<before>{before})?\s*(?P<number>(?:{_NUMBER}|{_CHINESE})\s?[万亿]?)\s*(?P<inside>{inside})?\s*"
            rf"(?P<unit>[\u3400-\u9fff]{{0,2}}?)\s*(?P<behind>{behind})?"
            r"\s*(?:\([^()]*\)|\[[^\[\]]*\]|[*※])?\s*"
        )

    @cached_property
    def cell_nothing(self) -> re.Pattern[str]:
        """A cell that says none in words."""
        return re.compile(rf"\s*(?:{self.nothing})\s*")

    def qualifier(self, match: re.Match[str]) -> str:
        """What the words of a match of `cell_number` say of its number."""
        return next((self.beside[place][match[place]] for place in _BESIDE if match[place]), "exact")

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
        spellings=tuple((a, b) for a, b in data["spellings"]),
        units=units,
        own_cell=f"(?:{own_cell})",
        between=data["between"],
        nothing=data["nothing"],
        beside=_beside(path, data["cell"]),
    )


def _beside(path: str, data: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    known_keys(path, data, set(_BESIDE), "cell")
    for place in _BESIDE:
        if not data.get(place):
            raise ConfigError(path, data[LINE], f"cell: {place} is missing or empty")
        known_keys(path, data[place], set(_QUALIFIERS), f"cell: {place}")
    return {
        place: {word: qualifier for qualifier in _QUALIFIERS for word in data[place].get(qualifier, ())}
        for place in _BESIDE
    }
