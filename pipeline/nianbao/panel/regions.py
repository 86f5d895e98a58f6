"""From an agency's name to its region code (GB/T 2260) and level; where the name leaves a doubt, to neither."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from nianbao.language.script import normalize
from nianbao.paths import data_dir
from nianbao.reading.config import load_config

_LONGEST = 20
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Place:
    """Who an agency is.

    `key`: the same for all spellings of one agency. `name`: as written, without spaces. `code`: six digits of
    GB/T 2260, None where its place is not known for sure. `region`: that place with what lies above it. `level`:
    national, province, prefecture, county, township, zone, university, or None. `bare`: the name says nothing of where
    (民政局), so that it may be many agencies'. `whole`: the name with all that is known of it, to compare by.
    """

    key: str
    name: str
    code: str | None
    region: str | None
    level: str | None
    bare: bool = False
    whole: str = ""


def level_of_code(code: str) -> str:
    """The level of a division by its code: 110000 is a province, 350100 a prefecture, 419001 a county."""
    if code.endswith("0000"):
        return "province"
    return "prefecture" if code.endswith("00") else "county"


class Regions:
    """The divisions of configs/regions, by name and by what lies above them.

    `newer`: (code, name, code of the division that it was before, if one) of those that have come since; the code of
    one that only changed its name is known already.
    """

    def __init__(self, names: dict[str, str], newer: Iterable[tuple[str, str, str]] = ()) -> None:
        self._names = dict(names)
        self._codes: dict[str, list[str]] = defaultdict(list)
        self._formerly: dict[str, str] = {}
        for code, name in names.items():
            self._codes[name].append(code)
        for code, name, formerly in newer:
            self._names.setdefault(code, name)
            self._codes[name].append(code)
            if formerly and formerly != code:
                self._formerly[code] = formerly

    def formerly(self, code: str) -> str | None:
        """The code of the division that this one was before it changed its kind."""
        return self._formerly.get(code)

    def below(self, code: str) -> list[str]:
        """The codes of the divisions right below one, of the older list."""
        return [one for one in self._names if one != code and (self.above(one) or [""])[-1] == code]

    def above(self, code: str) -> list[str]:
        """The codes of the divisions that a division lies in, the highest first."""
        higher = dict.fromkeys((code[:2] + "0000", code[:4] + "00"))
        return [one for one in higher if one != code and one in self._names]

    def path(self, code: str) -> str:
        """The full name: 福建省福州市平潭县."""
        return "".join(self._names[one] for one in (*self.above(code), code))

    def find(self, name: str) -> tuple[list[str], int]:
        """The divisions that a name begins with, each in the one before, and where they end in it.

        Returns:
            the codes that the last of them may be (several where a name is shared, such as 鼓楼区), and its end.
        """
        candidates, at = [""], 0
        while at < len(name):
            found, end = self._next(name, at, candidates)
            if not found:
                break
            candidates, at = found, end
        return (candidates, at) if at else ([], 0)

    def _next(self, name: str, at: int, within: list[str]) -> tuple[list[str], int]:
        for end in range(min(len(name), at + _LONGEST), at + 1, -1):
            codes = [
                code
                for code in self._codes.get(name[at:end], ())
                if any(not higher or higher in self.above(code) for higher in within)
            ]
            if codes:
                return codes, end
        return [], at


@lru_cache(maxsize=1)
def load_regions() -> Regions:
    """The regions that ship."""
    folder = data_dir("configs") / "regions"
    names, newer = ((folder / name).read_text("utf-8").splitlines()[1:] for name in ("codes.tsv", "newer.tsv"))
    parts = (line.split("\t") for line in newer)
    return Regions(dict(line.split("\t") for line in names), ((code, name, was) for code, name, was in parts))


@dataclass(frozen=True, slots=True)
class _Names:
    """How names of agencies are made (configs/panel.yaml)."""

    levels: dict[str, re.Pattern[str]]
    place_levels: dict[str, str]
    bodies: dict[str, str]
    place: re.Pattern[str]
    no_place: re.Pattern[str]
    place_ends: tuple[str, ...]
    government: str
    committee: str


@lru_cache(maxsize=1)
def _names() -> _Names:
    config: dict[str, Any] = load_config("panel.yaml")
    return _Names(
        {level: re.compile(pattern) for level, pattern in config["levels"].items()},
        config["place_levels"],
        config["bodies"],
        re.compile(config["place"]),
        re.compile(config["no_place"]),
        tuple(config["place_ends"]),
        config["government"],
        config["committee"],
    )


@lru_cache(maxsize=100_000)
def resolve(name: str) -> Place:
    """The agency of a name.

    The code is that of the smallest known division that the agency lies in: a town's is its county's. It is None where
    the name leaves a choice (鼓楼区人民政府: there are several), or goes on with a place that is not in the list.
    """
    name = _SPACE.sub("", normalize(name))
    regions = load_regions()
    codes, end = regions.find(name)
    rest = name[end:]
    unknown = _unknown_place(rest)
    code = codes[0] if len(codes) == 1 and unknown is None else None
    level = _level(name, rest, code, unknown)
    if level in ("university", "national"):
        # Named after a place, not its government: 福州大学 starts with no division, 北京市第一学院 would.
        return Place(name, name, None, None, level, whole=name)
    if code is None:
        whole = _full(name)
        return Place(whole, name, None, None, level, bare=level is None and not _places(name), whole=whole)
    body = _full(rest) if rest else _names().government
    return Place(f"{code}/{body}", name, code, regions.path(code), level, whole=regions.path(code) + body)


def _unknown_place(rest: str) -> str | None:
    """The name of a place that follows the known ones; a town or zone lies within them and is none."""
    names = _names()
    if names.levels["zone"].search(rest) or names.levels["township"].search(rest):
        return None
    found = names.place.match(rest)
    return found[0] if found and not names.no_place.search(found[0]) else None


def _level(name: str, rest: str, code: str | None, unknown: str | None) -> str | None:
    names = _names()
    for level, pattern in names.levels.items():
        searched = rest or name
        if pattern.search(searched) and (level != "national" or searched == name):
            return level
    if code is not None:
        return level_of_code(code)
    last = unknown or next(reversed(_places(name)), None)
    return next((level for end, level in names.place_levels.items() if last and last.endswith(end)), None)


def _places(name: str) -> list[str]:
    names = _names()
    return [match[0] for match in names.place.finditer(name) if not names.no_place.search(match[0])]


def _full(body: str) -> str:
    """A body by its full name: 县政府 and 县人民政府 are one, and so is 县 alone."""
    names = _names()
    for short, whole in names.bodies.items():
        if body.endswith(short) and not body.endswith(whole):
            return body.removesuffix(short) + whole
    if not body.endswith(names.place_ends):
        return body
    return body + (names.committee if names.levels["zone"].search(body) else names.government)
