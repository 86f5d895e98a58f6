"""All tables in one file: a workbook that spreadsheets open, a SQLite database that answers questions."""

from __future__ import annotations

import csv
import json
import re
import shutil
import sqlite3
import subprocess
import zipfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from nianbao.catalogue import Catalogue
from nianbao.cli.app import app
from nianbao.schema import COLUMNS, DOCUMENT_COLUMNS, Document, Fact
from nianbao.writing import Output, read_documents, read_facts
from nianbao.writing.cells import LONGEST, cell

METRICS = Catalogue.load().metrics

pytest.importorskip("duckdb")

SHEETS = ["facts", "documents", "checks", "panel", "codebook"]
PRINTED = Fact(
    *("a", "澄屿市水务局", 2020, 2020, "requests.received", "收到申请", "total", 10.0, "10", "件", "exact", "reported"),
    *("table", None, "一、总体情况", 20, 22, 12, 16, 0.99, [], "收到政府信息公开申请数", "收到申请 10", 3),
)
HOSTILE = '=HYPERLINK("http://x";"点")\r\n<r>x</r>'


def run(*words: object) -> Result:
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == 0, done.output
    return done


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two years of an agency: a number said twice, a sum that fails, hostile words, a cell longer than Excel takes."""
    path = tmp_path_factory.mktemp("facts") / "facts.jsonl"
    about: Any = ("facts", None, ["images: 2 pages"], True, "题", "澄屿市水务局")

    def document(doc_id: str, year: int, count: int) -> Document:
        return Document(doc_id, f"{doc_id}.pdf", "pdf", "0" * 64, *about, year, None, None, 4, 900, count, 1, "m")

    with Output(path) as out:
        others = [
            replace(PRINTED, basis="prose", value=12.0, value_text="十二", start=40, end=42, quote="共收到十二件"),
            replace(PRINTED, metric="requests.carried_in", value=2.0, value_text="2", start=50, end=51),
            replace(PRINTED, metric="requests.concluded", value=1.0, value_text="1", start=60, end=61),
            replace(PRINTED, metric="requests.carried_out", value=1.0, value_text="1", start=70, end=71),
            replace(PRINTED, metric=None, name=None, metric_text=HOSTILE, section="x" * 40_000, start=80, end=82),
        ]
        out.write(document("a", 2020, 6), [PRINTED, *others])
        out.write(
            document("=b;c", 2019, 1),
            [replace(PRINTED, doc_id="=b;c", year=2019, report_year=2019, value=None, value_text="", status="blank")],
        )
        out.commit()
    return path


@pytest.fixture(scope="module")
def workbook(facts: Path) -> Path:
    pytest.importorskip("xlsxwriter")
    pytest.importorskip("python_calamine")
    run("export", facts, "-o", facts.with_name("all.xlsx"))
    return facts.with_name("all.xlsx")


@pytest.fixture(scope="module")
def database(facts: Path) -> Path:
    run("export", facts, "-o", facts.with_name("all.sqlite"))
    return facts.with_name("all.sqlite")


def sheets(path: Path) -> dict[str, list[list[Any]]]:
    import python_calamine

    with python_calamine.load_workbook(str(path)) as book:
        return {name: list(book.get_sheet_by_name(name).iter_rows()) for name in book.sheet_names}


def records(rows: list[list[Any]]) -> list[dict[str, Any]]:
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def test_a_workbook_has_all_tables_with_heads_that_stay_and_filters(workbook: Path) -> None:
    found = sheets(workbook)
    assert list(found) == SHEETS
    assert [len(rows) - 1 for rows in found.values()] == [7, 2, 2, 5, len(METRICS)]
    assert all({"name", "quote", "page"} <= set(found[name][0]) for name in ("facts", "checks", "panel"))
    with zipfile.ZipFile(workbook) as book:
        pages = [book.read(name).decode() for name in book.namelist() if "worksheets/sheet" in name]
    for page in pages:
        assert 'state="frozen"' in page and "<autoFilter" in page and "<cols>" in page and "<f>" not in page


def test_numbers_are_numbers_and_no_cell_breaks_a_line_or_exceeds_what_excel_holds(workbook: Path) -> None:
    found = sheets(workbook)
    first, hostile = records(found["facts"])[0], records(found["facts"])[5]
    assert (first["value"], first["year"], first["page"]) == (10.0, 2020.0, 3.0) and first["value_text"] == "10"
    assert hostile["metric_text"].startswith("=HYPERLINK") and len(hostile["section"]) == LONGEST
    texts = [value for rows in found.values() for row in rows for value in row if isinstance(value, str)]
    assert not any(re.search("[\r\n\u2028]", text) or len(text) > LONGEST for text in texts)
    [blank] = [row for row in records(found["facts"]) if row["status"] == "blank"]
    assert blank["value"] == "" and blank["doc_id"] == "=b;c"


def test_what_fails_and_what_contradicts_is_there_with_its_places(workbook: Path) -> None:
    found = sheets(workbook)
    [balance] = [row for row in records(found["checks"]) if row["left"] == 12 and row["right"] == 2]
    assert balance["offsets"] == "a:20-22;a:50-51;a:60-61;a:70-71" and balance["document"] == "a"
    assert "收到申请 10" in balance["quote"] and balance["name"].startswith("收到政府信息公开申请数；上年结转")
    [row] = [row for row in records(found["panel"]) if row["year"] == 2020 and row["metric"] == "requests.received"]
    assert row["contradictions"] == "12@a:40-42 (prose, document)" and row["quote"] == "收到申请 10"


def test_heads_are_chinese_where_asked_and_read_back_all_the_same(facts: Path, tmp_path: Path, workbook: Path) -> None:
    run("export", facts, "-o", tmp_path / "zh.xlsx", "--lang", "zh")
    found = sheets(tmp_path / "zh.xlsx")
    assert list(found) == SHEETS and found["facts"][0][:4] == ["文件编号", "机关", "报告年度", "年份"]
    assert all(re.search(r"[一-鿿]|SHA-256", str(head)) for rows in found.values() for head in rows[0])
    for path in (tmp_path / "zh.xlsx", workbook):
        assert [row["value"] for row in read_facts(path)] == [row["value"] for row in read_facts(facts)]
        assert list(read_documents(path) or ()) == list(read_documents(facts) or ())


def test_one_year_of_one_agency_has_no_panel(tmp_path: Path) -> None:
    with Output(tmp_path / "one.jsonl") as out:
        out.write(Document("a", *[None] * 3, "facts", None, [], *[None] * 8, 1, 0, "m"), [PRINTED])  # type: ignore[arg-type]
        out.commit()
    run("export", tmp_path / "one.jsonl", "-o", tmp_path / "one.sqlite")
    with closing(sqlite3.connect(tmp_path / "one.sqlite")) as connection:
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    assert names >= {"facts", "documents", "checks", "codebook"} and "panel" not in names
    assert "panel" not in json.dumps(json.loads((tmp_path / "one.metadata.json").read_text("utf-8"))["databases"])


def test_what_is_left_out_without_duckdb_is_said(facts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nianbao.sharing.book.find_spec", lambda _: None)
    done = run("export", facts, "-o", tmp_path / "little.sqlite")
    assert "Left out     checks and panel" in done.output
    assert len(list(read_facts(tmp_path / "little.sqlite"))) == 7


def test_more_facts_than_a_sheet_holds_end_the_reading_at_once(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("xlsxwriter")
    monkeypatch.setattr("nianbao.writing.sheets.MOST_ROWS", 3)
    report = str(root / "corpus/samples/qiwu_county_2012.txt")
    done = CliRunner().invoke(app, ["extract", report, "-o", str(tmp_path / "f.xlsx")])
    assert done.exit_code == 1 and "a sheet holds 3 rows" in done.stderr and not list(tmp_path.iterdir())


def test_libreoffice_gives_the_same_rows_back(workbook: Path, tmp_path: Path) -> None:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed (Debian: apt-get install libreoffice-calc-nogui)")
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    subprocess.run(
        [office, home, "--headless", "--convert-to", "ods", "--outdir", tmp_path, workbook],
        check=True,
        timeout=120,
        capture_output=True,
    )
    before, after = sheets(workbook), sheets(tmp_path / "all.ods")
    assert list(after) == list(before)
    for name, rows in before.items():
        width = len(rows[0])
        found = [[*row, *[""] * (width - len(row))] for row in after[name][: len(rows)]]
        assert [[str(value) for value in row] for row in found] == [[str(value) for value in row] for row in rows], name


def test_the_database_answers_the_queries_of_readme_and_its_own(root: Path, database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        for name in ("README.md", "README.zh-CN.md"):
            [block] = re.findall(r"```sql\n-- sqlite\n(.*?)```", (root / name).read_text("utf-8"), flags=re.S)
            levels, contradicted = [connection.execute(query).fetchall() for query in block.split(";") if query.strip()]
            assert [(year, requests) for _, year, requests, _ in levels] == [(2019, None), (2020, 10.0)]
            assert contradicted == [("澄屿市水务局", 2020, "requests.received", 10.0, "12.0", "a", "40")] or (
                contradicted == [("澄屿市水务局", 2020, "requests.received", 10.0, 12.0, "a", 40)]
            )
        said = json.loads(database.with_suffix(".metadata.json").read_text("utf-8"))["databases"]["all"]
        for query in said["queries"].values():
            assert connection.execute(query["sql"]).fetchall(), query["title"]
        for table, about in said["tables"].items():
            columns = {name for (name,) in connection.execute("SELECT name FROM pragma_table_info(?)", (table,))}
            assert set(about["columns"]) == columns and set(about["facets"]) <= columns and about["description"]
    assert set(said["tables"]) == set(SHEETS)


def test_keys_of_the_database_hold_and_it_is_read_back(database: Path, facts: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        references = {row[2] for row in connection.execute("PRAGMA foreign_key_list('panel')")}
        indexed = {row[1] for row in connection.execute("PRAGMA index_list('panel')")}
    assert references == {"documents", "codebook"} and {"panel_metric_year", "panel_doc_id"} <= indexed
    assert list(read_facts(database)) == list(read_facts(facts))


def test_csv_of_facts_and_panel_write_lists_in_one_way_and_one_line_a_row(facts: Path, tmp_path: Path) -> None:
    run("panel", facts, "-o", tmp_path / "panel.csv")
    run("panel", facts, "-o", tmp_path / "wide.csv", "--wide")
    for name, count in (("panel.csv", 5), ("wide.csv", 2)):
        text = (tmp_path / name).read_text("utf-8-sig")
        rows = list(csv.reader(text.splitlines()))
        assert len(text.splitlines()) == len(rows) == count + 1
        assert not any(re.match(r"[=+@]", field) or len(field) > LONGEST for row in rows for field in row)
    found = {
        (row["year"], row["metric"]): row
        for row in csv.DictReader((tmp_path / "panel.csv").read_text("utf-8-sig").splitlines())
    }
    row = found["2020", "requests.received"]
    assert row["contradictions"] == "12@a:40-42 (prose, document)" and row["name"] and row["page"] == "3"
    wide = list(csv.DictReader((tmp_path / "wide.csv").read_text("utf-8-sig").splitlines()))[1]
    assert (
        wide["contradicted"] == "requests.received"
        and "requests.received=10@a:20-22 (table, reported)" in wide["sources"]
    )


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (["sum", "a;b"], "sum;a；b"),
        ([], ""),
        (None, None),
        (3.5, 3.5),
        ("\n=1", "' =1"),
        ("a\u2028 \r\nb\x0bc", "a b c"),
        ("𠀀" * 20_000, "𠀀" * (LONGEST // 2) + "…"),
        ([{"metric": "x.y", "value": 2.0, "doc_id": "d", "start": 1, "end": 2}], "x.y=2@d:1-2"),
        ([{"odd": 1, "none": None}], "odd=1"),
    ],
)
def test_a_cell_is_a_line_that_runs_nothing(value: Any, wanted: Any) -> None:
    assert cell(value) == wanted


def test_extract_writes_the_same_tables_at_once(root: Path, tmp_path: Path) -> None:
    samples = [root / "corpus/samples" / name for name in ("liudi_town_2019.txt", "helan_street_2014.txt")]
    samples = [sample if sample.exists() else root / "corpus/samples/qiwu_county_2012.txt" for sample in samples]
    done = run("extract", *samples, "-o", tmp_path / "f.sqlite")
    assert "panel" in done.output and "codebook" in done.output
    with closing(sqlite3.connect(tmp_path / "f.sqlite")) as connection:
        [(panel, metrics)] = connection.execute("SELECT (SELECT count(*) FROM panel), (SELECT count(*) FROM codebook)")
        columns = [
            [row[1] for row in connection.execute(f"PRAGMA table_info({name})")] for name in ("facts", "documents")
        ]
    assert panel > 20 and metrics >= len(METRICS) and columns == [list(COLUMNS), list(DOCUMENT_COLUMNS)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["f.metadata.json", "f.sqlite"]
