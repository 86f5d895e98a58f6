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
from nianbao.schema import COLUMNS, FINDING_COLUMNS

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
    assert result.stdout.startswith("0 findings in 0 of 1 documents")


def test_certain_cells_make_it_the_reports_own_error(tmp_path: Path) -> None:
    path = Facts().add("a", 2021, REQUESTS).add("b", 2021, REQUESTS | {"requests.concluded": 7}).file(tmp_path)
    (row,) = failed(path, tmp_path)
    assert (row["doc_id"], row["check"], row["left"], row["relation"], row["right"]) == ("b", "balance", 10, "≠", 9)
    assert (row["fault"], row["severity"]) == ("report", "error")
    assert (row["left_at"], row["right_at"]) == (["b:40-41", "b:50-51"], ["b:60-61", "b:70-71"])
    assert "本年新收 + 上年结转 = 总计 + 结转下年度" in row["message_zh"] and "carried in" in row["message_en"]
    shown = check(path).stdout
    assert "10 ≠ 9" in shown and "[60-61, 70-71]" in shown and "the report's error" in shown
    assert "报告有误" in check(path, "--lang", "zh").stdout


def test_one_doubtful_cell_makes_it_the_reading(tmp_path: Path) -> None:
    facts = Facts().add("b", 2021, REQUESTS | {"requests.concluded": 7})
    facts.rows[2]["confidence"] = 0.6
    path = facts.file(tmp_path)
    (row,) = failed(path, tmp_path)
    assert (row["fault"], row["severity"]) == ("reading", "doubt")
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


def test_a_baseline_hides_what_a_person_has_judged_and_nothing_else(tmp_path: Path) -> None:
    facts = Facts().add("b", 2021, REQUESTS | {"requests.concluded": 7})
    path, sheet = facts.file(tmp_path), tmp_path / "judged.csv"
    assert check(path, "-o", sheet).exit_code == 0
    # Nobody has said anything yet: the finding is still open.
    assert check(path, "--baseline", sheet, "--strict").exit_code == 1
    with sheet.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    with sheet.open("w", encoding="utf-8-sig", newline="") as stream:
        out = csv.DictWriter(stream, rows[0])
        out.writeheader()
        out.writerows(row | {"state": "误报"} for row in rows)
    again = check(path, "--baseline", sheet, "--strict")
    assert again.exit_code == 0 and "1 more known from the baseline" in again.stdout
    facts.add("c", 2022, REQUESTS | {"requests.carried_in": 2, "requests.concluded": 5})
    later = check(facts.file(tmp_path), "--baseline", sheet, "--strict")
    assert later.exit_code == 1 and later.stdout.startswith("c\n") and "\nb\n" not in later.stdout
    kept = failed(path, tmp_path, "--baseline", sheet)
    assert [(row["doc_id"], row["state"]) for row in kept] == [("b", "dismissed"), ("c", None)]


def test_an_unknown_word_in_a_baseline_is_told(tmp_path: Path) -> None:
    path, judged = Facts().add("a", 2021, REQUESTS).file(tmp_path), tmp_path / "judged.jsonl"
    judged.write_text(json.dumps({"key": "1", "state": "maybe"}) + "\n", "utf-8")
    result = check(path, "--baseline", judged)
    assert result.exit_code == 2 and "maybe" in result.stderr


def test_a_page_shows_both_sides(tmp_path: Path) -> None:
    path = Facts().add("<b>", 2021, REQUESTS | {"requests.concluded": 7}).file(tmp_path)
    assert check(path, "--page", tmp_path / "p.html", "--lang", "zh").exit_code == 0
    page = (tmp_path / "p.html").read_text("utf-8")
    assert "&lt;b&gt;" in page and "本年新收 + 上年结转" in page and "报告有误" in page and "<b>10</b>" in page


def test_a_draft_is_checked_as_it_is(tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    draft = docx.Document()
    draft.add_paragraph("青禾镇人民政府2021年政府信息公开工作年度报告")
    draft.add_paragraph("三、收到和处理政府信息公开申请情况")
    heads = ["申请人情况", "自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]
    rows = [
        ["一、本年新收政府信息公开申请数量", 7, 1, 0, 0, 0, 0, 9],
        ["二、上年结转政府信息公开申请数量", 0, 0, 0, 0, 0, 0, 0],
        ["（七）总计", 7, 1, 0, 0, 0, 0, 8],
        ["四、结转下年度继续办理", 0, 0, 0, 0, 0, 0, 0],
    ]
    table = draft.add_table(0, 8)
    for row in (heads, *rows):
        for cell, words in zip(table.add_row().cells, row, strict=True):
            cell.text = str(words)
    draft.save(tmp_path / "draft.docx")
    result = check(tmp_path / "draft.docx", "--strict")
    assert result.exit_code == 1
    assert "applicants_sum" in result.stdout and "balance" in result.stdout


def test_what_was_not_read_is_said_and_told_by_the_exit_code(tmp_path: Path) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4 broken")
    (tmp_path / "good.txt").write_text("青禾镇2021年政府信息公开工作年度报告\n收到申请3件。\n", "utf-8")
    result = check(tmp_path, "--strict")
    assert result.exit_code == 3 and "Not checked: 1 documents that could not be read" in result.stdout


def test_what_is_carried_over_must_arrive(tmp_path: Path) -> None:
    later = {"requests.carried_in": 3}
    path = Facts().add("new", 2022, later).add("old", 2021, REQUESTS).file(tmp_path)
    (row,) = failed(path, tmp_path)
    assert (row["doc_id"], row["check"], row["left"], row["right"]) == ("new", "carried_over", 2, 3)
    assert (row["left_at"], row["right_at"]) == (["old:40-41"], ["new:0-1"])
    assert "old:40-41" in check(path).stdout


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
    assert (row["check"], row["left"], row["right"]) == ("licensing_items_over_years", 8, 10)
    assert row["severity"] == "warning" and check(fails, "--strict").exit_code == 0


def test_documents_in_force_grow_by_those_issued_and_shrink_by_those_repealed(tmp_path: Path) -> None:
    name = "normative_documents"
    last = {f"{name}.in_force": 30}
    this = {f"{name}.issued": 5, f"{name}.repealed": 3, f"{name}.in_force": 32}
    holds = Facts().add("a", 2021, last).add("b", 2022, this)
    assert failed(holds.file(tmp_path), tmp_path) == []
    fails = Facts().add("a", 2021, last).add("b", 2022, this | {f"{name}.in_force": 33})
    (row,) = failed(fails.file(tmp_path), tmp_path)
    assert (row["check"], row["left"], row["right"]) == ("normative_documents_in_force_over_years", 35, 36)


def test_rows_in_every_kind_of_file(tmp_path: Path) -> None:
    path = Facts().add("=b", 2021, REQUESTS | {"requests.concluded": 7}).file(tmp_path)
    table, sheet = tmp_path / "c.parquet", tmp_path / "c.csv"
    assert check(path, "-o", table).exit_code == check(path, "-o", sheet).exit_code == 0
    (row,) = pq.read_table(table).to_pylist()
    assert tuple(row) == FINDING_COLUMNS
    assert row["left"] == 10.0 and row["left_at"][0] == "=b:0-1"
    with sheet.open(encoding="utf-8-sig", newline="") as stream:
        (line,) = csv.DictReader(stream)
    # A spreadsheet must not run it.
    assert line["doc_id"] == "'=b" and line["fault"] == "report"


def test_wrong_files_are_told(tmp_path: Path) -> None:
    wrong = tmp_path / "notes.jsonl"
    wrong.write_text('{"a": 1}\n', "utf-8")
    for words in ((wrong,), (tmp_path / "none.parquet",), (Facts().file(tmp_path), "-o", tmp_path / "c.xlsx")):
        result = check(*words)
        assert result.exit_code == 2 and "Error: " in result.stderr
