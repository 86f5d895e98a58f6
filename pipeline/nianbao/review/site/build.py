"""A panel as a folder of pages that need no server."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nianbao.catalogue import Catalogue
from nianbao.panel.write import write_table
from nianbao.review.page import data, language, render, settings
from nianbao.review.site.agency import AgencyPages
from nianbao.review.site.chart import Spread, spreads
from nianbao.review.site.context import Context, metric_page
from nianbao.review.site.gather import (
    AgencySeries,
    MetricData,
    Missing,
    Rank,
    agencies,
    agency_page,
    by_metric,
    missing,
)
from nianbao.review.words import number, page_name
from nianbao.writing.atomic import OutputError, reporting, whole_folder

if TYPE_CHECKING:
    from nianbao.panel import Panel

# A ranking's length, and how many rows a list's page and the index have, so that none passes the limit of a page.
RANKED = 50
LISTED = 1500
INDEXED = 4000
STYLES = ("base.css", "site.css")


@dataclass(frozen=True, slots=True)
class Site:
    """What was built: how many pages of which kind, and how many bytes the largest has."""

    agencies: int
    metrics: int
    reports: int
    pages: int
    largest: int


@dataclass(frozen=True, slots=True)
class AgencyEntry:
    """An agency as the lists know it."""

    name: str
    page: str
    region: str | None
    level: str | None
    years: tuple[int, ...]


def build_site(panel: Panel, output: Path, catalogue: Catalogue, lang: str = "zh", reports: Path | None = None) -> Site:
    """Writes the site of a panel to a folder, which is there whole or not at all.

    Args:
        output: must not be there yet, or be a site, which is replaced.
        lang: of the pages' own words: zh or en.
        reports: a folder that `nianbao view` wrote; what is in it goes along, and numbers lead to it.

    Raises:
        OutputError: there is something else at `output`.
        WriteError: the system refused.
    """
    if output.exists() and not (output / ".nianbao-site").is_file() and (not output.is_dir() or any(output.iterdir())):
        raise OutputError(f"{output} is there and is no site of nianbao; name a new folder")
    with reporting(output):
        output.parent.mkdir(parents=True, exist_ok=True)
    with whole_folder(output) as pending:
        (pending / ".nianbao-site").touch()
        return _Builder(panel, pending, catalogue, lang, reports).build()


class _Builder:
    def __init__(self, panel: Panel, folder: Path, catalogue: Catalogue, lang: str, reports: Path | None) -> None:
        self.panel, self.folder, self.catalogue = panel, folder, catalogue
        self.lang = language(lang)
        self.pages = self.largest = 0
        [(first, last)] = panel.connection.execute("SELECT min(year), max(year) FROM panel").fetchall()
        self.copied = self._copy(reports)
        self.context = Context(catalogue, self.lang, self.copied, (int(first or 0), int(last or 0)))

    def build(self) -> Site:
        connection = self.panel.connection
        for name in ("agencies", "metrics", "data"):
            (self.folder / name).mkdir()
        writer = AgencyPages(self.context)
        listed: list[AgencyEntry] = []
        for agency in agencies(connection):
            self._write(agency.page, writer.page(agency))
            listed.append(_listed(agency))
        by_id = by_metric(connection, RANKED)
        for metric, found in by_id.items():
            self._write(metric_page(metric), self._metric(metric, found))
        counts = self._missing(listed, missing(connection))
        self._lists(listed)
        self._index(listed, by_id, counts)
        self._downloads()
        return Site(len(listed), len(by_id), len(self.copied), self.pages, self.largest)

    def _write(self, name: str, page: str) -> None:
        content = page.encode("utf-8", "replace")
        self.pages += 1
        self.largest = max(self.largest, len(content))
        (self.folder / name).write_bytes(content)

    def _copy(self, reports: Path | None) -> frozenset[str]:
        """Takes along the pages of the panel's own documents."""
        if reports is None:
            return frozenset()
        (self.folder / "reports").mkdir()
        copied = set()
        for (doc_id,) in self.panel.connection.execute("SELECT doc_id FROM docs").fetchall():
            name = page_name(doc_id)
            if (reports / name).is_file():
                shutil.copyfile(reports / name, self.folder / "reports" / name)
                copied.add(name)
        return frozenset(copied)

    # Metrics.

    def _metric(self, metric_id: str, found: MetricData) -> str:
        metric = self.catalogue.metrics.get(metric_id)
        name, second = self.context.name(metric)
        w = self.lang.words
        drawn = [
            Spread(
                one.year, one.quantiles, f"{one.year}: {w['median']} {number(one.quantiles[2])}, n = {one.numbers:,}"
            )
            for one in found.years
            if one.quantiles is not None
        ]
        ranks: dict[int, list[tuple[Rank, str, str | None]]] = {}
        for rank in found.ranks:
            place = self.context.place(rank.doc_id, rank.start, rank.end)
            ranks.setdefault(rank.year, []).append((rank, agency_page(rank.agency_id), place))
        return render(
            "metric.html",
            STYLES,
            (),
            self.lang,
            title=name,
            second=second,
            metric=metric,
            years=found.years,
            breaks={one.year for one in found.years if self._breaks(metric_id, one.year)},
            chart=spreads(self.context.frame, name, drawn) if drawn else None,
            ranks=dict(sorted(ranks.items(), reverse=True)),
            ranked=RANKED,
        )

    def _breaks(self, metric: str, year: int) -> bool:
        return year > self.context.years[0] and self.context.segment(metric, year) != self.context.segment(
            metric, year - 1
        )

    # Lists.

    def _missing(self, listed: Sequence[AgencyEntry], found: Missing) -> dict[str, int]:
        """The lists of what is missing; how long each is."""
        w, span = self.lang.words, range(self.context.years[0], self.context.years[1] + 1)
        gaps = [(one, [year for year in span if year not in one.years]) for one in listed]
        levels = settings()["levels"][self.lang.name]
        rows = {
            "without_report": [
                [
                    (one.name, f"./{one.page}"),
                    (one.region or "", None),
                    (levels.get(one.level or "", ""), None),
                    (", ".join(map(str, years)), None),
                ]
                for one, years in gaps
                if years
            ],
            "without_tables": [
                [(name, f"./{agency_page(agency_id)}"), (str(year), None), (doc_id, self._below(doc_id))]
                for agency_id, name, year, doc_id in found.tableless
            ],
            "unplaced": [
                [
                    (doc_id, self._below(doc_id)),
                    (agency or "", None),
                    (str(year or ""), None),
                    (self.lang.roles.get(role, role), None),
                ]
                for doc_id, agency, year, role in found.unplaced
            ],
        }
        heads = {
            "without_report": [w["agency"], w["region"], w["level"], w["years_missing"]],
            "without_tables": [w["agency"], w["year"], w["doc_id"]],
            "unplaced": [w["doc_id"], w["agency"], w["report_year"], w["status"]],
        }
        for name, lines in rows.items():
            self._list(name, w[name], w.get(f"{name}_note", ""), heads[name], lines)
        return {name: len(lines) for name, lines in rows.items()}

    def _below(self, doc_id: str) -> str | None:
        """A report's page seen from the top."""
        place = self.context.place(doc_id, None, None)
        return None if place is None else place.replace("../", "./", 1)

    def _lists(self, listed: Sequence[AgencyEntry]) -> None:
        levels = settings()["levels"][self.lang.name]
        rows = [
            [
                (one.name, f"./{one.page}"),
                (one.region or "", None),
                (levels.get(one.level or "", ""), None),
                (_span(one.years), None),
            ]
            for one in listed
        ]
        w = self.lang.words
        self._list("agencies", w["all_agencies"], "", [w["agency"], w["region"], w["level"], w["years"]], rows)

    def _list(
        self, name: str, title: str, note: str, heads: list[str], rows: list[list[tuple[str, str | None]]]
    ) -> None:
        """A list over as many pages as it needs: NAME.html, NAME-2.html …"""
        count = max(1, -(-len(rows) // LISTED))
        names = [f"{name}.html", *(f"{name}-{at}.html" for at in range(2, count + 1))]
        for at, page in enumerate(names):
            values = {"heads": heads, "rows": rows[at * LISTED : (at + 1) * LISTED], "note": note, "at": at}
            self._write(
                page, render("list.html", STYLES, (), self.lang, title=title, names=names, count=len(rows), **values)
            )

    def _index(self, listed: Sequence[AgencyEntry], metrics: dict[str, MetricData], counts: dict[str, int]) -> None:
        """The first page, with as much of the index as a page holds; more of it is on index-2.html …"""
        regions = sorted({one.region for one in listed if one.region})
        levels = [level for level in settings()["levels"][self.lang.name] if any(one.level == level for one in listed)]
        count = max(1, -(-len(listed) // INDEXED))
        names = ["index.html", *(f"index-{at}.html" for at in range(2, count + 1))]
        groups: dict[str, list[tuple[str, str, str]]] = {}
        for metric in self.catalogue.metrics:
            if metric.id in metrics:
                name, second = self.context.name(metric)
                groups.setdefault(metric.id.partition(".")[0], []).append((f"./{metric_page(metric.id)}", name, second))
        for at, page in enumerate(names):
            part = listed[at * INDEXED : (at + 1) * INDEXED]
            index = {
                "regions": regions,
                "levels": levels,
                "rows": [
                    [
                        one.name,
                        one.page[9:-5],
                        regions.index(one.region) if one.region else -1,
                        levels.index(one.level) if one.level in levels else -1,
                        _span(one.years),
                    ]
                    for one in part
                ],
            }
            self._write(
                page,
                render(
                    "site.html",
                    STYLES,
                    ("site.js",),
                    self.lang,
                    title=self.lang.words["site_title"],
                    panel=self.panel,
                    years=self.context.years,
                    index=data(index),
                    levels=[(level, settings()["levels"][self.lang.name][level]) for level in levels],
                    names=names,
                    at=at,
                    metrics=groups,
                    groups=settings()["groups"][self.lang.name],
                    missing=counts,
                ),
            )

    def _downloads(self) -> None:
        folder = self.folder / "data"
        for table in ("panel", "documents"):
            write_table(self.panel.connection, table, folder / f"{table}.parquet")
        with (folder / "metrics.csv").open("w", encoding="utf-8-sig", newline="") as stream:
            out = csv.writer(stream)
            out.writerow(["id", "unit", "name_zh", "name_en", "comparability"])
            out.writerows([m.id, m.unit, m.name_zh, m.name_en, m.comparability] for m in self.catalogue.metrics)


def _listed(agency: AgencySeries) -> AgencyEntry:
    return AgencyEntry(agency.name, agency.page, agency.region, agency.level, tuple(sorted(agency.reports)))


def _span(years: Sequence[int]) -> str:
    """2014–2018, 2020."""
    return ", ".join(f"{first}–{last}" if first != last else str(first) for first, last in _runs(years))


def _runs(years: Sequence[int]) -> Iterator[tuple[int, int]]:
    first: Any = None
    last: Any = None
    for year in years:
        if first is not None and year != last + 1:
            yield first, last
            first = None
        first, last = (year if first is None else first), year
    if first is not None:
        yield first, last
