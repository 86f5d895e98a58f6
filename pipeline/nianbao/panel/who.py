"""Agencies under their several names: one identity through renaming, with the evidence and how sure it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Any, Literal

from nianbao.panel.regions import Place, load_regions, resolve
from nianbao.paths import data_dir, load_yaml

Kind = Literal["renamed", "place", "office", "merged", "split"]
JOINED: frozenset[Kind] = frozenset(("renamed", "place", "office"))
"""Kinds of links whose two names are one agency."""

SURE: Mapping[Kind, float] = {"renamed": 0.95, "place": 0.8, "office": 0.8, "merged": 0.9, "split": 0.6}


@dataclass(slots=True)
class NameLink:
    """Two names and what one has to do with the other. `since`: the first year of the new name. `sure`: 0 to 1."""

    kind: Kind
    old: str
    new: str
    since: int
    evidence_zh: str
    evidence_en: str
    sure: float


@dataclass(slots=True)
class Agency:
    """A name of an agency. `id`: the same for all names of one agency; `label`: the latest of them."""

    name: str
    id: str
    label: str
    region_code: str | None
    region: str | None
    level: str | None
    first_year: int | None
    last_year: int | None
    reports: int
    links: list[NameLink] = field(default_factory=list)

    @property
    def sure(self) -> float:
        """How sure it is that this name's agency is that of the others with its `id`, 0 to 1."""
        return min((one.sure for one in self.links if one.kind in JOINED), default=1.0)

    def to_row(self) -> dict[str, Any]:
        """The row of `nianbao agencies`: links as text."""
        row = {name: value for name, value in asdict(self).items() if name != "links"}
        said = [f"{one.kind}: {one.old} → {one.new} ({one.sure:.0%})" for one in self.links]
        row |= {"links": said, "sure": self.sure}
        row["evidence_zh"] = "；".join(one.evidence_zh for one in self.links)
        row["evidence_en"] = "; ".join(one.evidence_en for one in self.links)
        return row


AGENCY_COLUMNS = (
    "name", "id", "label", "region_code", "region", "level", "first_year", "last_year", "reports", "sure", "links",
    "evidence_zh", "evidence_en",
)  # fmt: skip
RECONCILE_COLUMNS = ("name", "id", "label", "match", "score", "type", "region_code", "region", "evidence")


def reconciled(found: Iterable[Agency]) -> Iterator[dict[str, Any]]:
    """Rows by which OpenRefine reconciles a column of names: name → id, with a score of 0 to 100.

    A CSV that OpenRefine opens as a project; another project takes the ids over by
    `cell.cross("PROJECT", "name")`, or a reconciliation service serves it as it is.
    """
    for one in found:
        row = one.to_row()
        score = round(100 * row["sure"])
        yield {
            "name": one.name,
            "id": one.id,
            "label": one.label,
            "match": score >= 90,
            "score": score,
            "type": one.level,
            "region_code": one.region_code,
            "region": one.region,
            "evidence": row["evidence_en"],
        }


@lru_cache(maxsize=1)
def _rules() -> dict[str, Any]:
    found: dict[str, Any] = load_yaml(data_dir("configs") / "agencies.yaml")
    return found


def agencies(named: Iterable[tuple[str, int | None]], least: float = 0.0) -> list[Agency]:
    """The agencies of (name, year of a report), in the order of their names.

    Two names that only differ in spelling have one place and key (`nianbao.panel.regions`); those that follow each
    other in time by a rule of configs/agencies.yaml are joined, where that is `least` sure.
    """
    years: dict[str, list[int]] = defaultdict(list)
    for name, year in named:
        years[name].extend([] if year is None else [year])
    places = {name: resolve(name) for name in years}
    by_key: dict[str, set[int]] = defaultdict(set)
    wholes: dict[str, str] = {}
    for name, place in places.items():
        by_key[place.key] |= set(years[name])
        wholes.setdefault(place.whole or place.name, place.key)
    found = (*_links(by_key, wholes), *_codes(by_key, places.values()))
    links = [one for one in found if one.sure >= least or one.kind not in JOINED]
    top, links = _joined(by_key, {(one.old, one.new): one for one in links}.values())
    shown: dict[str, str] = {}
    for name, place in places.items():
        shown[place.key] = max(shown.get(place.key, ""), name, key=lambda one: (len(one), one))
    by_end: dict[str, list[NameLink]] = defaultdict(list)
    for link in links:
        for key in (link.old, link.new):
            by_end[key].append(link)
    return [_agency(name, places[name], years[name], top, shown, by_end) for name in sorted(places)]


def _agency(
    name: str,
    place: Place,
    years: Sequence[int],
    top: Mapping[str, str],
    shown: Mapping[str, str],
    links: Mapping[str, Sequence[NameLink]],
) -> Agency:
    said = [
        NameLink(one.kind, shown[one.old], shown[one.new], one.since, one.evidence_zh, one.evidence_en, one.sure)
        for one in links.get(place.key, ())
    ]
    first, last = (min(years), max(years)) if years else (None, None)
    return Agency(
        name,
        top[place.key],
        shown[top[place.key]],
        place.code,
        place.region,
        place.level,
        first,
        last,
        len(years),
        said,
    )


def _links(years: Mapping[str, set[int]], wholes: Mapping[str, str]) -> Iterator[NameLink]:
    rules = _rules()
    for whole, key in sorted(wholes.items()):
        for one in rules["renamed"]:
            if whole.endswith(one["to"]) and (old := wholes.get(whole.removesuffix(one["to"]) + one["from"])):
                yield from _follow("renamed", old, key, years, f"{one['from']}→{one['to']}", one["since"])
        for kind in ("merged", "split"):
            for one in rules[kind]:
                if whole.endswith(one["to"]):
                    yield from _several(kind, whole, key, one, years, wholes)
        for office in rules["offices"]:
            if whole.endswith(office):
                before = whole.removesuffix(office)
                government = wholes.get(before + rules["government"]) or wholes.get(before)
                if government and government != key:
                    yield from _beside(key, government, years, office)
                break
        yield from _places(whole, key, years, wholes)


def _follow(
    kind: Kind, old: str, new: str, years: Mapping[str, set[int]], what: str, since: int = 0
) -> Iterator[NameLink]:
    """A link where all of the old name's years are before those of the new one."""
    before, after = years[old], years[new]
    if old == new or not before or not after or max(before) >= min(after) or min(after) < since:
        return
    gap = min(after) - max(before) - 1
    sure = SURE[kind] * (0.9 if gap else 1.0)
    spans = f"{min(before)}–{max(before)}, {min(after)}–{max(after)}"
    yield NameLink(kind, old, new, min(after), f"{what}，年份{spans}", f"{what}, years {spans}", round(sure, 2))


def _several(
    kind: Kind, whole: str, key: str, rule: Mapping[str, Any], years: Mapping[str, set[int]], wholes: Mapping[str, str]
) -> Iterator[NameLink]:
    where = whole.removesuffix(rule["to"])
    what = f"{'、'.join(rule['from'])}→{rule['to']}"
    for body in rule["from"]:
        old = wholes.get(where + body)
        if old is None or old == key or not years[key] or not years[old] or min(years[key]) < rule["since"]:
            continue
        # What was merged is gone; what another came out of goes on.
        if kind == "merged" and max(years[old]) >= min(years[key]):
            continue
        yield NameLink(kind, old, key, min(years[key]), what, what, SURE[kind])


def _beside(office: str, government: str, years: Mapping[str, set[int]], what: str) -> Iterator[NameLink]:
    """An office and its government are one reporter where no year has a report of both."""
    if years[office] and years[government] and not years[office] & years[government]:
        said = f"{what}编制本级政府的报告，两者没有同一年的报告"
        english = f"{what} writes its government's report; no year has a report of both"
        yield NameLink("office", office, government, min(years[government]), said, english, SURE["office"])


def _places(whole: str, key: str, years: Mapping[str, set[int]], wholes: Mapping[str, str]) -> Iterator[NameLink]:
    """A county that became a city or a district: the same stem and body, the one after the other."""
    rules = _rules()
    for kind, later in rules["places"].items():
        at = whole.rfind(kind)
        while at > 0:
            for changed in later:
                other = whole[:at] + changed + whole[at + len(kind) :]
                if (end := rules["place_bodies"].get(changed)) and whole.endswith(rules["government"]):
                    # 城关镇人民政府 is 城关街道办事处 now: a street has no government of its own.
                    other = other.removesuffix(rules["government"]) + end
                new = wholes.get(other)
                if new and new != key:
                    yield from _follow("place", key, new, years, f"{kind}→{changed}")
            at = whole.rfind(kind, 0, at)


def _codes(years: Mapping[str, set[int]], places: Iterable[Place]) -> Iterator[NameLink]:
    """The same body of a division that changed its kind and its code."""
    regions = load_regions()
    for place in places:
        before = regions.formerly(place.code) if place.code else None
        if before is not None and place.code is not None:
            old = place.key.replace(place.code, before, 1)
            if old in years:
                for link in _follow("place", old, place.key, years, f"{before}→{place.code}"):
                    link.sure = round(min(1.0, link.sure + 0.15), 2)
                    yield link


def _joined(years: Mapping[str, set[int]], links: Iterable[NameLink]) -> tuple[dict[str, str], list[NameLink]]:
    """Key → that of the latest name of its agency, and the links that are believed, the surest first.

    Names that are joined never have reports of one year: what would join two that do is not believed.
    """
    above: dict[str, str] = {}
    span = {key: set(found) for key, found in years.items()}

    def top(key: str) -> str:
        while (higher := above.get(key)) is not None:
            key = higher
        return key

    kept = []
    for link in sorted(links, key=lambda one: (-one.sure, one.old, one.new)):
        if link.kind in JOINED:
            new = top(link.new)
            if link.old in above or new == link.old or span[new] & span[link.old]:
                continue
            above[link.old] = new
            span[new] |= span[link.old]
        kept.append(link)
    return {key: top(key) for key in years}, kept
