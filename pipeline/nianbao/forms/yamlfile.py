"""YAML with line numbers, so that a mistake in a file under configs/ can be named by its line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from nianbao.metrics import ConfigError

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LINE = "__line__"


class _LineLoader(_Base):
    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        mapping[LINE] = node.start_mark.line + 1
        return mapping


# The base class builds a mapping from its own generator; this one keeps the line.
def _construct(loader: _LineLoader, node: Any) -> dict[Any, Any]:
    return loader.construct_mapping(node, deep=True)


_LineLoader.add_constructor("tag:yaml.org,2002:map", _construct)


def read_yaml(path: Path) -> dict[str, Any]:
    """The file's top mapping; every mapping inside carries its line under LINE.

    Raises:
        ConfigError: no valid YAML, or no mapping at the top.
    """
    try:
        with path.open("rb") as stream:
            # A subclass of the safe loader: it builds plain data only.
            data = yaml.load(stream, Loader=_LineLoader)  # noqa: S506
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(path, line, f"no valid YAML: {error.problem}") from error
    if not isinstance(data, dict):
        raise ConfigError(path, 1, "the file must hold one mapping")
    return data


def known_keys(path: Path, mapping: Mapping[str, Any], allowed: set[str], what: str) -> None:
    """Refuses a key that is not in `allowed`: mostly a slip of the pen.

    Raises:
        ConfigError: names the file, the line and the key.
    """
    for key in mapping:
        if key != LINE and key not in allowed:
            known = ", ".join(sorted(allowed))
            raise ConfigError(path, mapping[LINE], f"{what} has an unknown key {key!r}; known: {known}")
