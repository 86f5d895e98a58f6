"""The rooms' data files, read once."""

from __future__ import annotations

from functools import cache
from typing import Any

from nianbao.paths import data_dir, load_yaml


@cache
def load_config(name: str) -> dict[str, Any]:
    """configs/`name` as plain data.

    Raises:
        FileNotFoundError: the file is missing.
        ValueError: it holds something other than a mapping.
    """
    path = data_dir("configs") / name
    data = load_yaml(path)
    if not isinstance(data, dict):
        raise ValueError(f"{path}: a mapping was expected, found {type(data).__name__}")
    return data
