"""Who reports on which year: agencies of every level, in invented places."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from nianbao.catalogue import Catalogue
from nianbao.simulate.data import load, weighted
from nianbao.simulate.facts import NumberSlot

_DIGITS = "〇一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class SimulatedAgency:
    """A reporting agency and how it speaks of itself.

    `name` is the full name; `area` is what a title may print in its place ("鹤泉区" for 鹤泉区人民政府);
    `scale` says how big its numbers are (1 is a development zone).
    """

    name: str
    area: str
    kind: str
    itself: str
    whole: str
    parts: tuple[str, ...]
    leaders: str
    scale: float
    academic: bool
    places: dict[str, str]


@dataclass(frozen=True, slots=True)
class SimulatedPeriod:
    """The year that a report is about. An academic year is named by the year in which it ends."""

    year: int
    academic: bool
    first: tuple[int, int, int]
    last: tuple[int, int, int]

    def label(self, back: int = 0) -> str:
        """ "2017年", or "2016-2017学年", `back` years earlier."""
        if self.academic:
            return f"{self.year - back - 1}-{self.year - back}学年"
        return f"{self.year - back}年"

    def in_characters(self) -> str:
        """ "二〇一七年"."""
        return "".join(_DIGITS[int(digit)] for digit in str(self.year)) + "年"


@dataclass(frozen=True, slots=True)
class World:
    """Who reports on which year, by which form, and what is known of the metrics there."""

    agency: SimulatedAgency
    period: SimulatedPeriod
    regime: str
    published: tuple[int, int, int]
    catalogue: Catalogue

    def unit_of(self, metric: str) -> str:
        """The metric's canonical unit."""
        return self.catalogue.metrics.get(metric).unit

    def applicant_of(self, slot: NumberSlot, metric: str | None = None) -> str | None:
        """The applicant as a fact of the slot's metric (or of `metric`) gives it: none where a metric has none."""
        known = self.catalogue.metrics.get(metric or slot.metric)
        return slot.applicant if known.by_applicant else None


def make_world(rng: random.Random, catalogue: Catalogue, regimes: tuple[str, ...] | None = None) -> World:
    """An agency, the year it reports on and the day it publishes, later than the year's end."""
    data = load("world")
    agency = _agency(rng, data)
    regime = weighted(rng, {name: r["weight"] for name, r in data["regimes"].items() if not regimes or name in regimes})
    year = rng.choice(data["regimes"][regime]["years"])
    if agency.academic:
        start_month = rng.choice((8, 9, 9, 9))
        period = SimulatedPeriod(year, True, (year - 1, start_month, 1), (year, 8, 31))
        published = (year, rng.choice((10, 10, 11, 12)), rng.randint(1, 30))
    else:
        period = SimulatedPeriod(year, False, (year, 1, 1), (year, 12, 31))
        published = (year + 1, rng.choice((1, 1, 1, 2, 3, 3)), rng.randint(1, 28))
    return World(agency, period, regime, published, catalogue)


def _agency(rng: random.Random, data: dict[str, Any]) -> SimulatedAgency:
    kind = weighted(rng, {name: k["weight"] for name, k in data["kinds"].items()})
    spec = data["kinds"][kind]
    places = _places(rng, data)
    if "names" in spec:
        name = rng.choice(spec["names"])
    elif "names_of" in spec:
        name = rng.choice(spec["names_of"]).format(**places)
    else:
        name = spec["name"].format(**places)
    area = spec.get("area", "{own}").format(own=name, zone=name.removesuffix("管理委员会"), university=name, **places)
    if kind.endswith("bureau"):
        area = name
    itself = weighted(rng, spec["self"])
    if kind == "ministry":
        itself = "我部" if name.endswith("部") else "我局"
    if kind == "town" and places["town"].endswith("乡"):
        itself = "我乡"
    swap = {"全镇": "全乡", "镇党委、镇政府": "乡党委、乡政府", "镇直各单位": "乡直各单位"} if itself == "我乡" else {}
    whole, leaders = rng.choice(spec["whole"]), rng.choice(spec["leaders"])
    return SimulatedAgency(
        name=name,
        area=area,
        kind=kind,
        itself=itself,
        whole=swap.get(whole, whole),
        parts=tuple(swap.get(part, part) for part in spec["parts"]),
        leaders=swap.get(leaders, leaders),
        scale=spec["scale"],
        academic=bool(spec.get("academic")),
        places=places,
    )


def _places(rng: random.Random, data: dict[str, Any]) -> dict[str, str]:
    syllables = data["syllables"]

    def place() -> str:
        return rng.choice(syllables["first"]) + rng.choice(syllables["second"])

    return {
        "province": rng.choice(syllables["province"]),
        "city": place(),
        "county": place(),
        "district": place(),
        "town": rng.choice(syllables["village"]) + rng.choice(syllables["town_tail"]),
        "street": rng.choice(syllables["village"]) + "街道",
        "bureau": rng.choice(data["bureaus"]),
        "bureau_province": rng.choice(data["bureaus_province"]),
    }
