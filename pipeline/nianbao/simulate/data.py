"""The simulator's data: YAML files in configs/simulate, read once."""

from __future__ import annotations

import random
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

import yaml

from nianbao.paths import data_dir

T = TypeVar("T")

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def load(name: str) -> Any:
    """configs/simulate/NAME.yaml. The result is shared: nobody changes it.

    Raises:
        FileNotFoundError: there is no such file.
    """
    with (data_dir("configs") / "simulate" / f"{name}.yaml").open(encoding="utf-8") as file:
        return yaml.load(file, Loader=_Loader)  # noqa: S506 - the safe loader, in C where it exists


@cache
def productions_files() -> tuple[str, ...]:
    """The names of the files of sentence productions, sorted."""
    folder = data_dir("configs") / "simulate" / "productions"
    return tuple(f"productions/{path.stem}" for path in sorted(folder.glob("*.yaml")))


def weighted(rng: random.Random, weights: Mapping[T, float]) -> T:
    """One key, drawn by its weight."""
    return rng.choices(list(weights), list(weights.values()))[0]
