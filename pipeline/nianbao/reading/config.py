"""The rooms' data files, read once."""

from __future__ import annotations

from functools import cache
from typing import Any

from nianbao.paths import data_dir


@cache
def load_config(name: str) -> dict[str, Any]:
    """configs/`name` as plain data.

    Raises:
        FileNotFoundError: the file is missing.
        ValueError: it holds something other than a mapping.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    path = data_dir("configs") / name
    with path.open(encoding="utf-8") as stream:
        data = yaml.load(stream, Loader=loader)  # noqa: S506  (a safe loader, the C one where it was built)
    if not isinstance(data, dict):
        raise ValueError(f"{path}: a mapping was expected, found {type(data).__name__}")
    return data
