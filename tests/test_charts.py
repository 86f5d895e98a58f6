"""Charts: a point for each year of the panel, lines that stop where they must, pictures without network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from nianbao.cli.app import app
from nianbao.extractor import extract

pytest.importorskip("altair")

from nianbao.charts import ChartError, draw, save


def rows(metric: str, values: dict[int, float | None], agency: str = "甲县") -> list[dict[str, Any]]:
    return [
        {
            "agency": agency,
            "year": year,
            "metric": metric,
            "applicant": "total",
            "value": value,
            "status": "blank" if value is None else "reported",
            "contradictions": [],
        }
        for year, value in values.items()
    ]


def points(chart: Any) -> list[dict[str, Any]]:
    spec = json.loads(chart.to_json())
    held = [one["data"] for one in (spec, *spec["layer"]) if "data" in one]
    return next(one["values"] for one in held if "run" in one["values"][0])


def test_each_year_is_a_point_and_a_blank_one_is_no_zero() -> None:
    found = points(draw(rows("requests.received", {2014: 5, 2015: None, 2016: 7})))
    shown = {(point["year"], point["value"], point["blank"]) for point in found}
    assert shown == {(2014, 5, False), (2015, None, True), (2016, 7, False)}


@pytest.mark.parametrize(
    ("metric", "values", "joined"),
    [
        ("requests.received", {2017: 1, 2018: 2, 2019: 3}, [[2017, 2018, 2019]]),
        ("requests.received", {2017: 1, 2019: 3}, [[2017], [2019]]),
        ("requests.received", {2017: 1, 2018: None, 2019: 3}, [[2017, 2018], [2019]]),
        ("outcomes.refused", {2018: 2, 2019: 3, 2020: 3}, [[2018], [2019, 2020]]),
    ],
)
def test_a_line_joins_only_what_may_be_compared(metric: str, values: dict[int, float], joined: list[list[int]]) -> None:
    runs: dict[int, set[int]] = {}
    for point in points(draw(rows(metric, values))):
        runs.setdefault(point["run"], set()).add(point["year"])
    assert [sorted(years) for _, years in sorted(runs.items())] == joined


def test_what_cannot_be_drawn_is_said(tmp_path: Path) -> None:
    with pytest.raises(ChartError, match="no metric"):
        draw([], ["requests.recieved"])
    with pytest.raises(ChartError, match="no number"):
        draw([], ["requests.received"])
    with pytest.raises(ChartError, match="ending"):
        save(draw(rows("requests.received", {2014: 5})), tmp_path / "chart.bmp")


def test_facts_plot_themselves() -> None:
    facts = extract("云泽市民政局2016年政府信息公开工作年度报告\n一、依申请公开\n全年收到政府信息公开申请28件。\n")
    assert {(point["year"], point["value"]) for point in points(facts.plot("requests.received"))} == {(2016, 28)}


def test_plot_writes_pictures_that_need_no_network(tmp_path: Path) -> None:
    pytest.importorskip("vl_convert")
    for year in (2016, 2017):
        text = (
            f"云泽市民政局{year}年政府信息公开工作年度报告\n一、依申请公开\n全年收到政府信息公开申请{year - 2000}件。\n"
        )
        (tmp_path / f"{year}.txt").write_text(text, "utf-8")
    reports = [str(tmp_path / f"{year}.txt") for year in (2016, 2017)]
    assert CliRunner().invoke(app, ["extract", *reports, "-o", str(tmp_path / "facts.jsonl")]).exit_code == 0
    for ending, begin in ((".svg", b"<svg"), (".png", b"\x89PNG")):
        target = tmp_path / f"chart{ending}"
        done = CliRunner().invoke(app, ["plot", str(tmp_path / "facts.jsonl"), "-o", str(target), "--lang", "en"])
        assert done.exit_code == 0, done.output
        assert target.read_bytes().startswith(begin)
    assert "Disclosure requests received" in (tmp_path / "chart.svg").read_text("utf-8")
    bad = CliRunner().invoke(
        app, ["plot", str(tmp_path / "facts.jsonl"), "-m", "no.such", "-o", str(tmp_path / "x.svg")]
    )
    assert bad.exit_code == 2 and "no.such" in bad.output
