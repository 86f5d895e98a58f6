"""The simulator's data: YAML files in configs/simulate, read once."""

from __future__ import annotations

import random
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from nianbao.paths import data_dir, load_yaml

T = TypeVar("T")


@cache
def load(name: str) -> Any:
    """configs/simulate/NAME.yaml. The result is shared: nobody changes it.

    Raises:
        FileNotFoundError: there is no such file.
    """
    return load_yaml(data_dir("configs") / "simulate" / f"{name}.yaml")


@cache
def productions_files() -> tuple[str, ...]:
    """The names of the files of sentence productions, sorted."""
    folder = data_dir("configs") / "simulate" / "productions"
    return tuple(f"productions/{path.stem}" for path in sorted(folder.glob("*.yaml")))


def weighted(rng: random.Random, weights: Mapping[T, float]) -> T:
    """One key, drawn by its weight."""
    return rng.choices(list(weights), list(weights.values()))[0]
