"""nianbao check: which sums fail, in which documents, and whose fault it is."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from nianbao.cli.app import app
from nianbao.schema import COLUMNS

REQUESTS = {"requests.received": 9, "requests.carried_in": 1, "requests.concluded": 8, "requests.carried_out": 2}


class Facts:
    """Rows of an output of extract; each fact stands behind the one before."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def add(self, doc: str, year: int, values: dict[str, float | None], **more: Any) -> Facts:
        for metric, value in values.items():
            at = 10 * len(self.rows)
            row = dict.fromkeys(COLUMNS) | {"doc_id": doc, "agency": "青禾镇人民政府", "report_year": year}
            row |= {"year": year, "metric": metric, "value": value, "value_text": "1", "qualifier": "exact"}
            row |= {"applicant": "total" if metric in REQUESTS else None, "status": "reported", "basis": "table"}
            row |= {"start": at, "end": at + 1, "confidence": 0.99, "flags": []}
            self.rows.append(row | more)
        return self

    def file(self, folder: Path) -> Path:
        path = folder / "facts.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in self.rows), "utf-8")
        return path


def check(*words: object) -> Result:
    return CliRunner().invoke(app, ["check", *map(str, words)])


def failed(path: Path, folder: Path, *words: object) -> list[dict[str, Any]]:
    out = folder / "checks.jsonl"
    assert check(path, "-o", out, *words).exit_code == 0
    return [json.loads(line) for line in out.read_text("utf-8").splitlines()]


def test_sums_that_hold_say_so(tmp_path: Path) -> None:
    result = check(Facts().add("a", 2021, REQUESTS).file(tmp_path), "--strict")
    assert result.exit_code == 0
    assert result.stdout.startswith("0 failed checks in 0 of 1 documents")


def test_certain_cells_make_it_the_reports_own_error(tmp_path: Path) -> None:
    path = Facts().add("a", 2021, REQUESTS).add("b", 2021, REQUESTS | {"requests.concluded": 7}).file(tmp_path)
    (row,) = failed(path, tmp_path)
    assert (row["document"], row["check"], row["left"], row["right"]) == ("b", "balance", 10, 9)
    assert row["verdict"] == "report"
    assert row["offsets"] == ["b:40-41", "b:50-51", "b:60-61", "b:70-71"]
    shown = check(path).stdout
    assert "本年新收 + 上年结转 = 总计 + 结转下年度" in shown and "10 ≠ 9" in shown
    assert "the report contradicts itself" in shown and "requests.concluded.total 7 at 60-61" in shown


def test_one_doubtful_cell_makes_it_the_reading(tmp_path: Path) -> None:
    facts = Facts().add("b", 2021, REQUESTS | {"requests.concluded": 7})
    facts.rows[2]["confidence"] = 0.6
    path = facts.file(tmp_path)
    (row,) = failed(path, tmp_path)
    assert row["verdict"] == "reading"
    assert "the reading is doubtful" in check(path).stdout


@pytest.mark.parametrize("change", [{"value": None, "status": "ambiguous"}, {"qualifier": "over"}, {"scope": "市本级"}])
def test_a_number_that_is_not_exact_and_whole_fails_nothing(tmp_path: Path, change: dict[str, Any]) -> None:
    facts = Facts().add("b", 2021, REQUESTS | {"requests.concluded": 7})
    facts.rows[2] |= change
    assert failed(facts.file(tmp_path), tmp_path) == []


def test_strict_is_for_scripts(tmp_path: Path) -> None:
    path = Facts().add("b", 2021, REQUESTS | {"requests.concluded": 7}).file(tmp_path)
    assert check(path).exit_code == 0
    assert check(path, "--strict").exit_code == 1


def test_what_is_carried_over_must_arrive(tmp_path: Path) -> None:
    later = {"requests.carried_in": 3}
    path = Facts().add("new", 2022, later).add("old", 2021, REQUESTS).file(tmp_path)
    (row,) = failed(path, tmp_path)
    assert (row["document"], row["check"], row["left"], row["right"]) == ("new", "carried_over", 2, 3)
    assert row["offsets"] == ["old:40-41", "new:0-1"]
    assert "at old:40-41" in check(path).stdout


def test_years_apart_and_other_agencies_are_not_compared(tmp_path: Path) -> None:
    facts = Facts().add("old", 2021, REQUESTS).add("later", 2023, {"requests.carried_in": 3})
    facts.add("other", 2022, {"requests.carried_in": 3}, agency="白石镇人民政府")
    assert failed(facts.file(tmp_path), tmp_path) == []


def test_items_grow_by_their_change(tmp_path: Path) -> None:
    first = {"licensing.items_previous_year": 10, "licensing.items_change": -2}
    holds = Facts().add("a", 2019, first).add("b", 2020, {"licensing.items_previous_year": 8})
    assert failed(holds.file(tmp_path), tmp_path) == []
    fails = Facts().add("a", 2019, first).add("b", 2020, {"licensing.items_previous_year": 10}).file(tmp_path)
    (row,) = failed(fails, tmp_path)
    assert (row["check"], row["left"], row["right"], row["kind"]) == ("licensing_items_over_years", 8, 10, "warning")
    assert check(fails, "--strict").exit_code == 0


def test_rows_in_every_kind_of_file(tmp_path: Path) -> None:
    path = Facts().add("=b", 2021, REQUESTS | {"requests.concluded": 7}).file(tmp_path)
    table, sheet = tmp_path / "c.parquet", tmp_path / "c.csv"
    assert check(path, "-o", table).exit_code == check(path, "-o", sheet).exit_code == 0
    (row,) = pq.read_table(table).to_pylist()
    assert row["left"] == 10.0 and row["offsets"][0] == "=b:0-1"
    with sheet.open(encoding="utf-8-sig", newline="") as stream:
        (line,) = csv.DictReader(stream)
    # A spreadsheet must not run it.
    assert line["document"] == "'=b" and line["verdict"] == "report"


def test_wrong_files_are_told(tmp_path: Path) -> None:
    wrong = tmp_path / "notes.jsonl"
    wrong.write_text('{"a": 1}\n', "utf-8")
    for words in ((wrong,), (tmp_path / "none.parquet",), (Facts().file(tmp_path), "-o", tmp_path / "c.xlsx")):
        result = check(*words)
        assert result.exit_code == 2 and result.stderr.startswith("Error: ")
