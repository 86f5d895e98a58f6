"""The habits of one report's author."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Style:
    """Habits of one report's author. Units are the measure words for requests and for items of information; synonyms
    is how often a word with synonyms is put otherwise."""

    request_unit: str = "件"
    item_unit: str = "条"
    commas: bool = False
    chinese_share: float = 0.02
    exact: bool = False
    zeros_as_digits: bool = False
    synonyms: float = 0.0
