"""A country's reports as facts, without their texts: what a panel is built from, with copies and slips planted.

    from nianbao.simulate.country import write_country
    planted = write_country(Path("facts.parquet"), agencies=3000)

Agencies and numbers are invented. What is planted is known, so that it can be counted who finds it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from nianbao.catalogue import Catalogue, Metric, Registry
from nianbao.schema import COLUMNS, Fact

YEARS = range(2014, 2024)
_DOCUMENTS = 500
_SPLIT = ("natural_person", "commercial")
_BODIES = ("人民政府", "民政局", "财政局", "教育局", "水务局", "统计局")
_SYLLABLES = "澄栖桐鹭澜泽屿岚汀沅沐溪霁蓼川梧洲陵浦原岭阳宁塘荻苇潆棠"

Cell = tuple[str, int, str, str | None]
"""Agency, year, metric, applicant."""


@dataclass(slots=True)
class Planted:
    """The truth: `copies`: document → the one it copies; `older`: document → its later version.

    `nobody`: documents that say too little to be placed. `contradicted`: cells that another number is said for.
    """

    documents: int = 0
    facts: int = 0
    copies: dict[str, str] = field(default_factory=dict)
    older: dict[str, str] = field(default_factory=dict)
    nobody: set[str] = field(default_factory=set)
    contradicted: set[Cell] = field(default_factory=set)


@dataclass(slots=True)
class _Document:
    name: str
    facts: list[Fact]


def write_country(path: Path, agencies: int, seed: int = 0, years: range = YEARS) -> Planted:
    """Writes the facts of so many agencies' reports to a .parquet file, and gives what is planted in them."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = _schema()
    planted = Planted()
    documents = country(agencies, seed, planted, years)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        while part := list(islice(documents, _DOCUMENTS)):
            rows = [fact for document in part for fact in document.facts]
            columns = [[getattr(row, name) for row in rows] for name in COLUMNS]
            arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
    return planted


def country(agencies: int, seed: int, planted: Planted, years: range = YEARS) -> Iterator[_Document]:
    """The documents, an agency at a time; `planted` fills as they come."""
    metrics = Catalogue.load().metrics
    for index in range(agencies):
        rng = random.Random(f"country/{seed}/{index}")
        for document in _agency(rng, metrics, index, planted, years):
            planted.documents += 1
            planted.facts += len(document.facts)
            yield document


def _agency(rng: random.Random, metrics: Registry, index: int, planted: Planted, years: range) -> Iterator[_Document]:
    place = _place(index)
    name = place + rng.choice(_BODIES)
    # One in eight has nothing to count: its reports are like those of others, and are no copies of them.
    scale = 0.0 if rng.random() < 0.125 else 10 ** rng.uniform(1.0, 3.5)
    before: dict[tuple[str, str | None], float] = {}
    for year in years:
        facts = _report(rng, metrics, name, year, scale)
        document = _Document(f"{index:05d}/{year}@{year + 1}-01-20T08:00:00Z", facts)
        for fact in facts:
            fact.doc_id = document.name
        _plant_slips(rng, document, before, planted)
        before = {(f.metric or "", f.applicant): f.value or 0.0 for f in facts if f.basis == "table" and f.year == year}
        yield document
        if scale:
            yield from _others(rng, document, place, planted)


def _place(index: int) -> str:
    """A place's name, another for each index."""
    name = ""
    while index or len(name) < 2:
        index, at = divmod(index, len(_SYLLABLES))
        name += _SYLLABLES[at]
    return name + "县"


def _form(year: int) -> str:
    return "2014" if year < 2019 else "2019" if year < 2021 else "2021"


def _report(rng: random.Random, metrics: Registry, name: str, year: int, scale: float) -> list[Fact]:
    """The table of the year's form, one cell after another."""
    facts = []
    at = 500
    for metric in _named(metrics, _form(year)):
        for applicant in ("total", *_SPLIT) if metric.by_applicant and year >= 2019 else (_total(metric),):
            value = float(round(scale * rng.lognormvariate(-2.0, 1.0)))
            blank = rng.random() < 0.02 and not metric.id.startswith("litigation.")
            at += rng.randint(3, 30)
            facts.append(_fact(name, year, metric, applicant, None if blank else value, at))
    return facts


def _named(metrics: Registry, form: str) -> list[Metric]:
    return [metric for metric in metrics if form in metric.forms and "heading" not in metric.forms[form]]


def _total(metric: Metric) -> str | None:
    return "total" if metric.by_applicant else None


def _fact(name: str, year: int, metric: Metric, applicant: str | None, value: float | None, at: int) -> Fact:
    text = "" if value is None else f"{value:.0f}"
    return Fact(
        doc_id="",
        agency=name,
        report_year=year,
        year=year,
        metric=metric.id,
        metric_text=metric.name_zh,
        applicant=applicant,
        value=value,
        value_text=text,
        unit=metric.unit,
        qualifier="exact",
        status="blank" if value is None else "reported",
        basis="table",
        scope=None,
        section=None,
        start=at,
        end=at + len(text),
        metric_start=None,
        metric_end=None,
        confidence=0.98,
    )


def _plant_slips(
    rng: random.Random, document: _Document, before: dict[tuple[str, str | None], float], planted: Planted
) -> None:
    """Prose that repeats the table, rightly or wrongly; a table printed twice; last year's number told anew."""
    said = rng.sample([fact for fact in document.facts if fact.value is not None], 6)
    for fact in said[:4]:
        value, qualifier = fact.value or 0.0, fact.qualifier
        kind = rng.random()
        if kind < 0.12:
            value += rng.randint(1, 9)
            planted.contradicted.add(_cell(fact))
        elif kind < 0.5 and value > 100:
            # 余 of a number rounded down contradicts nothing.
            value, qualifier = value // 10 * 10, "over"
        again = replace(fact, value=value, value_text=f"{value:.0f}", qualifier=qualifier, basis="prose")
        document.facts.append(_moved(again, -400))
    if rng.random() < 0.05:
        fact = said[4]
        document.facts.append(_moved(replace(fact, value=(fact.value or 0) + 3), 9000))
        planted.contradicted.add(_cell(fact))
    if rng.random() < 0.3 and (fact := said[5]) and (fact.metric or "", fact.applicant) in before:
        last = before[fact.metric or "", fact.applicant]
        # A blank cell before says nothing to contradict; its number is new.
        changed = last + rng.choice((0, 0, 5))
        told = replace(fact, year=(fact.year or 0) - 1, value=changed, basis="prose")
        if last and changed != last:
            planted.contradicted.add(_cell(told))
        if last:
            document.facts.append(_moved(told, -300))


def _moved(fact: Fact, by: int) -> Fact:
    return replace(fact, start=max(0, fact.start + by), end=max(0, fact.start + by) + len(fact.value_text or ""))


def _cell(fact: Fact) -> Cell:
    return fact.agency or "", fact.year or 0, fact.metric or "", fact.applicant


def _others(rng: random.Random, document: _Document, place: str, planted: Planted) -> Iterator[_Document]:
    """Copies of a report on other sites, as they come down; a later version of it."""
    kind = rng.random()
    if kind < 0.03:
        yield _copy(document, "mirror", planted)
    elif kind < 0.05:
        yield _copy(document, "part", planted, rng=rng)
    elif kind < 0.06 and _tells(document):
        yield _copy(document, "nameless", planted, agency=None)
    elif kind < 0.07 and _tells(document):
        yield _copy(document, "short", planted, agency=(document.facts[0].agency or "").removeprefix(place))
    elif kind < 0.08 and _tells(document):
        yield _copy(document, "yearless", planted, report_year=None)
    elif kind < 0.10:
        yield _corrected(rng, document, planted)
    elif kind < 0.102:
        nobody = _Document(f"{document.name}#empty", [replace(f, agency=None, value=0.0) for f in document.facts[:5]])
        planted.nobody.add(nobody.name)
        yield _signed(nobody)


def _tells(document: _Document) -> bool:
    """Whether its numbers are more than a few and small."""
    return sum((fact.value or 0) >= 10 for fact in document.facts) >= 12


def _copy(
    document: _Document, kind: str, planted: Planted, rng: random.Random | None = None, **changes: Any
) -> _Document:
    facts = [replace(fact, **changes) for fact in document.facts]
    if "report_year" in changes:
        facts = [replace(fact, year=None) for fact in facts]
    if rng is not None:
        facts = [fact for fact in facts if rng.random() < 0.85]
    copied = _Document(f"mirror/{kind}/{document.name.partition('@')[0]}", facts)
    planted.copies[copied.name] = document.name
    return _signed(copied)


def _corrected(rng: random.Random, document: _Document, planted: Planted) -> _Document:
    """The report as published again half a year later, two of its numbers put right."""
    later = _Document(document.name.replace("-01-20T", "-07-01T"), [replace(fact) for fact in document.facts])
    tables = [fact for fact in later.facts if fact.basis == "table" and fact.value is not None]
    for fact in rng.sample(tables, 2):
        fact.value = (fact.value or 0.0) + 11
        fact.value_text = f"{fact.value:.0f}"
        planted.contradicted.add(_cell(fact))
    planted.older[document.name] = later.name
    return _signed(later)


def _signed(document: _Document) -> _Document:
    for fact in document.facts:
        fact.doc_id = document.name
    return document


def _schema() -> Any:
    import pyarrow as pa

    numbers = {"report_year", "year", "start", "end", "metric_start", "metric_end", "page"}
    kinds = {name: pa.int64() for name in numbers} | {"value": pa.float64(), "confidence": pa.float64()}
    kinds |= {name: pa.list_(pa.string()) for name in ("flags", "readings")} | {"box": pa.list_(pa.float64())}
    return pa.schema([pa.field(name, kinds.get(name, pa.string())) for name in COLUMNS])
