"""Who has reported, who has not, who is who; and what is planted in a simulated country."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from nianbao.audit.coverage import Seen, coverage
from nianbao.audit.listed import Listed, read_list
from nianbao.cli.app import app
from nianbao.schema import Document, Fact
from nianbao.writing import Output


def run(*words: object) -> Result:
    return CliRunner().invoke(app, list(map(str, words)))


def seen(agency: str, *years: int, read: bool = True) -> list[Seen]:
    return [Seen(agency, year, f"{agency}/{year}", read) for year in years]


def states(rows: list[Any], agency: str) -> dict[int, str]:
    return {row.year: row.state for row in rows if row.agency == agency}


def test_all_that_is_planted_in_a_country_is_found_and_nothing_else(root: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.nation", "--cities", "1", "--show"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    counts = re.findall(r"^(.*?) +found +([\d,]+) of +([\d,]+) +wrongly +([\d,]+)$", done.stdout, re.MULTILINE)
    assert {name for name, *_ in counts} >= {"report_repeated", "same_report", "slipped_digit", "missing reports"}
    for name, found, planted, wrong in counts:
        assert (name, found, wrong) == (name, planted, "0"), done.stdout


def test_an_agency_owes_a_report_from_its_first_one_on() -> None:
    rows = coverage([*seen("青禾县民政局", 2016, 2018), *seen("白石县民政局", 2015, 2019)])
    assert states(rows, "青禾县民政局") == {2016: "report", 2017: "none", 2018: "report", 2019: "none"}
    assert min(states(rows, "白石县民政局")) == 2015


def test_an_unread_report_is_not_a_missing_one() -> None:
    rows = coverage([*seen("青禾县民政局", 2016, 2018), *seen("青禾县民政局", 2017, 2018, read=False)])
    assert states(rows, "青禾县民政局") == {2016: "report", 2017: "unread", 2018: "report"}


def test_a_renamed_agency_has_no_gap_and_a_merged_one_owes_nothing_more() -> None:
    both = [*seen("青禾县环境保护局", 2017, 2018), *seen("青禾县生态环境局", 2019, 2020)]
    old = [*seen("青禾县工商行政管理局", 2017, 2018), *seen("青禾县市场监督管理局", 2019, 2020)]
    rows = coverage([*both, *old])
    assert set(states(rows, "青禾县生态环境局").values()) == {"report"}
    assert states(rows, "青禾县工商行政管理局") == {2017: "report", 2018: "report"}
    assert states(rows, "青禾县市场监督管理局") == {2019: "report", 2020: "report"}


def test_a_list_says_who_owes_one_and_when() -> None:
    listed = [Listed("青禾县民政局", 2017, 2018), Listed("白石县水务局"), Listed("青禾县财政局", last=2016)]
    rows = coverage(seen("青禾县民政局", 2016, 2017), listed, (2016, 2018))
    assert states(rows, "青禾县民政局") == {2017: "report", 2018: "none"}
    assert states(rows, "白石县水务局") == {2016: "none", 2017: "none", 2018: "none"}
    assert states(rows, "青禾县财政局") == {2016: "none"}


def test_wrong_lists_are_told(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("name\n青禾县\n", "utf-8")
    with pytest.raises(ValueError, match="no column agency"):
        read_list(path)
    path.write_text("agency,from\n青禾县民政局,去年\n", "utf-8")
    with pytest.raises(ValueError, match=r"list\.csv:2"):
        read_list(path)


def document(name: str, status: str, year: int | None) -> Document:
    """What became of a document."""
    row: dict[str, Any] = dict.fromkeys(Document.__slots__) | {"doc_id": name, "status": status, "report_year": year}
    row |= {"agency": "青禾县民政局" if year else None, "warnings": [], "facts": 0, "open_facts": 0, "model": "m"}
    return Document(**row)


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    """An output of extract: two reports with facts, one without, one file that was not read."""
    path = tmp_path / "facts.jsonl"
    with Output(path) as output:
        for agency, year in (("青禾县民政局", 2016), ("青禾县民政局", 2018)):
            row: dict[str, Any] = dict.fromkeys(Fact.__slots__) | {"doc_id": f"{year}", "agency": agency, "flags": []}
            row |= {"report_year": year, "year": year, "metric": "disclosure.total", "value": 5.0, "value_text": "5"}
            row |= {"qualifier": "exact", "status": "reported", "basis": "table", "start": 0, "end": 1}
            output.write(document(f"{year}", "facts", year), [Fact(**row | {"confidence": 0.9, "quote": ""})])
        for name, status, year in (("2017", "empty", 2017), ("lost", "failed", None)):
            output.write(document(name, status, year))
        output.commit()
    return path


def test_coverage_of_an_output_of_extract(facts: Path, tmp_path: Path) -> None:
    rows, chart = tmp_path / "rows.csv", tmp_path / "chart.json"
    result = run("coverage", facts, "-o", rows, "--chart", chart, "--years", "2016-2019")
    assert result.exit_code == 0, result.output
    with rows.open(encoding="utf-8-sig", newline="") as stream:
        found = {row["year"]: (row["state"], row["doc_ids"]) for row in csv.DictReader(stream)}
    assert found == {
        "2016": ("report", "2016"),
        "2017": ("unread", "2017"),
        "2018": ("report", "2018"),
        "2019": ("none", ""),
    }
    assert (
        "No report: 青禾县民政局 2019" in result.stdout and "Without a place: 1 unread documents: lost" in result.stdout
    )
    assert "有报告未读出" in chart.read_text("utf-8")
    assert run("coverage", facts, "--years", "2019-2016").exit_code == 2


@pytest.mark.parametrize("ending", ["csv", "parquet", "duckdb"])
def test_coverage_of_a_panel(facts: Path, tmp_path: Path, ending: str) -> None:
    panel, documents = tmp_path / f"panel.{ending}", tmp_path / "documents.csv"
    assert run("panel", facts, "-o", panel, "--documents", documents).exit_code == 0
    rows = tmp_path / "rows.jsonl"
    assert run("coverage", panel, documents, "-o", rows).exit_code == 0
    found = [json.loads(line) for line in rows.read_text("utf-8").splitlines()]
    assert [(row["year"], row["state"]) for row in found] == [(2016, "report"), (2017, "unread"), (2018, "report")]
    assert found[0]["level"] == "county" and found[0]["doc_ids"] == ["2016"]


def test_who_is_who_as_rows_and_for_openrefine(facts: Path, tmp_path: Path) -> None:
    out, names = tmp_path / "who.csv", tmp_path / "names.csv"
    assert run("agencies", facts, "-o", out, "--openrefine", names).exit_code == 0
    with names.open(encoding="utf-8-sig", newline="") as stream:
        [row] = list(csv.DictReader(stream))
    assert (row["name"], row["label"], row["match"], row["score"], row["type"]) == (
        "青禾县民政局", "青禾县民政局", "True", "100", "county",
    )  # fmt: skip
    assert row["id"]
