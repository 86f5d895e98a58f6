"""Spellings and measure words that the matching of labels leaves out of account (configs/labels.yaml)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from nianbao.forms.yamlfile import known_keys, read_yaml
from nianbao.metrics import ConfigError
from nianbao.paths import data_dir


@dataclass(frozen=True, slots=True)
class Wording:
    """`spellings`: (as written, as in the forms). `units`: the characters of measure words. `own_cell`: a pattern."""

    spellings: tuple[tuple[str, str], ...]
    units: str
    own_cell: str


def read_wording(path: Path) -> Wording:
    """Reads and validates the file.

    Raises:
        ConfigError: an unknown key, an empty list, a spelling of another length. Names file and line.
    """
    data = read_yaml(path)
    known_keys(path, data, {"spellings", "measure_words", "own_cell"}, "the file")
    for key in ("spellings", "measure_words", "own_cell"):
        if not data.get(key):
            raise ConfigError(path, 1, f"{key} is missing or empty")
    for pair in data["spellings"]:
        if len(pair) != 2 or len(pair[0]) != len(pair[1]):
            raise ConfigError(path, 1, f"spelling {pair}: two words of the same length are needed, or offsets break")
    units = "".join(dict.fromkeys("".join(data["measure_words"])))
    own_cell = "|".join(re.escape(word) for word in sorted(data["own_cell"], key=len, reverse=True))
    return Wording(tuple((a, b) for a, b in data["spellings"]), units, f"(?:{own_cell})")


@lru_cache(maxsize=1)
def load_wording() -> Wording:
    """The wording that ships, read once a process."""
    return read_wording(data_dir("configs") / "labels.yaml")
