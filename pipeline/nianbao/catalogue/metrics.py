"""Canonical metrics: ids, names, units, what each form calls them, and which series may be compared.

The ids are those of the project's contract; configs/metrics.tsv has one line a metric.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nianbao.catalogue.files import ConfigError, ConfigFiles

METRICS = "metrics.tsv"
DIMENSIONS = frozenset({"applicant"})
FORMS = ("local", "2014", "2019", "2021")
_COLUMNS = (
    "id",
    "unit",
    "dimensions",
    "name_zh",
    "name_en",
    *(f"form_{form}" for form in FORMS),
    "wording_in_prose",
    "comparability",
)
_ID = re.compile(r"[a-z_]+(?:\.[a-z_]+)+")


@dataclass(frozen=True, slots=True)
class Metric:
    """One canonical metric.

    `unit` is the canonical unit (money: 元). `forms` maps a form ("local", "2014", "2019", "2021") to the
    cell's name there, "row × column" where the form has columns. `wordings` are some of the ways in which
    prose says it. `comparability` tells which years' series may be compared.
    """

    id: str
    unit: str
    dimensions: tuple[str, ...]
    name_zh: str
    name_en: str
    forms: dict[str, str]
    wordings: tuple[str, ...]
    comparability: str

    @property
    def by_applicant(self) -> bool:
        """Whether a fact of this metric names an applicant."""
        return "applicant" in self.dimensions


class Registry:
    """The metrics by id, in the file's order."""

    def __init__(self, metrics: list[Metric]) -> None:
        self._by_id = {metric.id: metric for metric in metrics}

    def get(self, metric_id: str) -> Metric:
        """The metric with this id.

        Raises:
            KeyError: no such metric; the message names it.
        """
        try:
            return self._by_id[metric_id]
        except KeyError:
            raise KeyError(f"unknown metric {metric_id!r}; the known ones are in configs/metrics.tsv") from None

    def __contains__(self, metric_id: object) -> bool:
        return metric_id in self._by_id

    def __iter__(self) -> Iterator[Metric]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)


def read_metrics(files: ConfigFiles, units: frozenset[str]) -> Registry:
    """Reads and validates metrics.tsv; `units`: the measure words that a metric may be counted in.

    Raises:
        ConfigError: a missing or unknown column, a malformed or repeated id, a bad unit or dimension,
            an empty name. It names the file and the line.
    """
    metrics: list[Metric] = []
    lines_of: dict[str, int] = {}
    path = files.place(METRICS)
    lines = files[METRICS].split("\n")
    header = lines[0].split("\t")
    if tuple(header) != _COLUMNS:
        odd = set(header) ^ set(_COLUMNS)
        raise ConfigError(path, 1, f"the columns must be {', '.join(_COLUMNS)}; look at {', '.join(sorted(odd))}")
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            continue
        metric = _parse(path, number, line, units)
        if metric.id in lines_of:
            raise ConfigError(path, number, f"metric {metric.id} is already defined in line {lines_of[metric.id]}")
        lines_of[metric.id] = number
        metrics.append(metric)
    return Registry(metrics)


def _parse(path: str, number: int, line: str, units: frozenset[str]) -> Metric:
    cells = line.split("\t")
    if len(cells) != len(_COLUMNS):
        raise ConfigError(path, number, f"{len(cells)} cells, but there are {len(_COLUMNS)} columns")
    row = dict(zip(_COLUMNS, (cell.strip() for cell in cells), strict=True))
    dimensions = tuple(filter(None, row["dimensions"].split(";")))
    if not _ID.fullmatch(row["id"]):
        raise ConfigError(path, number, f"id {row['id']!r} must be lower-case words joined by dots")
    if row["unit"] not in units:
        raise ConfigError(path, number, f"unit {row['unit']!r} is no measure word of numerals.yaml")
    if unknown := set(dimensions) - DIMENSIONS:
        raise ConfigError(path, number, f"unknown dimension {', '.join(sorted(unknown))}")
    for name in ("name_zh", "name_en", "comparability"):
        if not row[name]:
            raise ConfigError(path, number, f"{name} is empty")
    return Metric(
        id=row["id"],
        unit=row["unit"],
        dimensions=dimensions,
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        forms={form: row[f"form_{form}"] for form in FORMS if row[f"form_{form}"]},
        wordings=tuple(filter(None, row["wording_in_prose"].split(";"))),
        comparability=row["comparability"],
    )
