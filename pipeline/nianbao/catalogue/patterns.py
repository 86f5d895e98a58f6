"""Regular expressions of the catalogue, compiled when first used: much of a start would go to those that wait."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, cast

_OWN = ("search", "match", "fullmatch", "finditer", "findall", "sub", "subn", "split", "groups", "groupindex", "flags")


compiles = re.compile


class LazyPattern:
    """What `re.compile(pattern)` gives, once it is asked for anything but its text.

    Raises:
        re.error: with the first use, where the pattern is none.
    """

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern

    def __getattr__(self, name: str) -> Any:
        if name not in _OWN:
            raise AttributeError(name)
        compiled = compiles(self.pattern)
        # From now on the compiled pattern's own methods answer, with nothing in between.
        self.__dict__.update({own: getattr(compiled, own) for own in _OWN})
        return getattr(compiled, name)


def lazy(pattern: str) -> re.Pattern[str]:
    """The pattern, to be compiled when it is used."""
    return cast("re.Pattern[str]", LazyPattern(pattern))


def spelled_out(pattern: str, macros: Mapping[str, str]) -> str:
    """The pattern with what its macros stand for, and without the blanks between its lines."""
    pattern = "".join(pattern.split())
    for macro, meant in macros.items():
        pattern = pattern.replace(macro, meant)
    return pattern


def compile_all(knowledge: Any) -> None:
    """Compiles what is lazy in data classes, mappings and sequences.

    Raises:
        re.error: a pattern is none.
    """
    if isinstance(knowledge, LazyPattern):
        _ = knowledge.flags
    elif is_dataclass(knowledge):
        for field in fields(knowledge):
            compile_all(getattr(knowledge, field.name))
    elif isinstance(knowledge, Mapping):
        compile_all(list(knowledge.values()))
    elif isinstance(knowledge, Iterable) and not isinstance(knowledge, str):
        for part in knowledge:
            compile_all(part)
