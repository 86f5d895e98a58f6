"""What outputs say of themselves: the meaning of tables and columns, and their heads in Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from nianbao.paths import data_dir, load_yaml


@cache
def about() -> dict[str, Any]:
    """configs/export.yaml: `title`; `tables`, `queries`; a table's name → its columns' meanings; `heads`; `card`."""
    found: dict[str, Any] = load_yaml(data_dir("configs") / "export.yaml")
    return found


def heads(lang: str) -> Mapping[str, str]:
    """Column → what stands above it in a workbook in this language; a column without one keeps its name."""
    found: dict[str, str] = about()["heads"].get(lang, {})
    return found


@cache
def columns_by_head() -> Mapping[str, str]:
    """A head in any language → its column."""
    return {head: name for language in about()["heads"].values() for name, head in language.items()}
