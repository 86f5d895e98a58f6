"""Facts to files and back; files whole or not at all."""

from __future__ import annotations

import csv
import errno
import json
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nianbao.schema import COLUMNS, Fact
from nianbao.writing import OutputError, WriteError, open_sink, read_facts
from nianbao.writing.cells import guard, unguard
from nianbao.writing.sinks import ROW_GROUP

ENDINGS = [".jsonl", ".csv", ".parquet", ".duckdb", ".sqlite", ".xlsx"]

BASE = Fact(
    doc_id="a/2018",
    agency="栖霞镇人民政府",
    report_year=2018,
    year=2018,
    metric="requests.received",
    metric_text="收到\t申请",
    applicant="total",
    value=231000.0,
    value_text="23.1万",
    unit="件",
    qualifier="over",
    status="reported",
    basis="prose",
    scope=None,
    section="二、依申请公开 > (一)收到",
    start=17,
    end=21,
    metric_start=10,
    metric_end=15,
    confidence=0.1 + 0.2,
    flags=["sum", "parts"],
    quote="收到\t申请23.1万件",
    page=3,
    box=[72.0, 90.5, 101.25, 102.0],
    readings=["69/3", "6/93"],
)
NOTHING = Fact(
    "b",
    None,
    None,
    None,
    None,
    None,
    None,
    None,
    None,
    None,
    "exact",
    "blank",
    "table",
    None,
    None,
    0,
    0,
    None,
    None,
    0.5,
)
FORMULA = Fact(
    **{**BASE.to_dict(), "metric_text": '=HYPERLINK("http://x";"点我")', "section": '\'@a\r\n"b"', "flags": []}
)


def write(path: Path, facts: list[Fact]) -> None:
    with open_sink(path) as sink:
        sink.write(facts)
        sink.commit()


@pytest.mark.parametrize("ending", ENDINGS)
def test_facts_come_back_as_they_went(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"facts{ending}"
    facts = [BASE, NOTHING, FORMULA]
    write(path, facts)
    rows = list(read_facts(path))
    wanted = [fact.to_dict() for fact in facts]
    if ending in (".csv", ".xlsx"):
        wanted[2]["section"] = '\'@a "b"'
    for row, fact in zip(rows, wanted, strict=True):
        # Excel keeps fifteen digits.
        assert row.pop("confidence") == pytest.approx(fact.pop("confidence"), rel=1e-15)
    assert [row | {"confidence": 0} for row in rows] == [fact | {"confidence": 0} for fact in wanted]
    rows = list(read_facts(path))
    assert [list(row) for row in rows] == [list(COLUMNS)] * 3
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("ending", ENDINGS)
def test_no_facts_make_a_file_with_columns(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"facts{ending}"
    write(path, [])
    assert list(read_facts(path)) == []


@pytest.mark.parametrize("ending", [".parquet", ".duckdb"])
def test_many_rows_keep_their_order(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"facts{ending}"
    count = ROW_GROUP * 2 + 7
    with open_sink(path) as sink:
        for i in range(count):
            sink.write([Fact(**{**BASE.to_dict(), "start": i})])
        sink.commit()
    assert [row["start"] for row in read_facts(path)] == list(range(count))


def test_jsonl_is_what_a_plain_reader_expects(tmp_path: Path) -> None:
    write(tmp_path / "f.jsonl", [BASE])
    (line,) = (tmp_path / "f.jsonl").read_bytes().splitlines()
    assert json.loads(line) == BASE.to_dict()
    assert "栖霞镇".encode() in line


def test_csv_opens_in_excel_with_chinese_flags_joined_and_nothing_that_runs(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    write(path, [BASE, NOTHING, FORMULA])
    assert path.read_bytes().startswith(b"\xef\xbb\xbfdoc_id,agency,")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        base, nothing, formula = csv.DictReader(stream)
    assert base["flags"] == "sum;parts" and base["readings"] == "69/3;6/93" and float(base["value"]) == 231000
    assert nothing["value"] == nothing["flags"] == ""
    assert formula["metric_text"].startswith("'=")


def test_parquet_and_duckdb_are_typed(tmp_path: Path) -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    duckdb = pytest.importorskip("duckdb")
    write(tmp_path / "f.parquet", [BASE, NOTHING])
    write(tmp_path / "f.duckdb", [BASE, NOTHING])
    schema = pq.read_schema(tmp_path / "f.parquet")
    kinds = {name: str(schema.field(name).type) for name in ("value", "year", "start", "doc_id")}
    assert kinds == {"value": "double", "year": "int64", "start": "int64", "doc_id": "string"}
    assert str(schema.field("flags").type).startswith("list<") and schema.names == list(COLUMNS)
    with duckdb.connect(str(tmp_path / "f.duckdb"), read_only=True) as connection:
        assert connection.execute("SELECT flags[1], year IS NULL FROM facts").fetchall() == [
            ("sum", False),
            (None, True),
        ]


@given(st.text())
def test_the_guard_of_csv_can_be_undone_and_leaves_no_formula(text: str) -> None:
    guarded = guard(text)
    assert unguard(guarded) == text
    number = text.lstrip("+-＋－")[:1].isdigit()
    assert number or guarded[:1] not in {"=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"}


@pytest.mark.parametrize("text", ["-3", "+1.5%", "－１２", "12", "申请=1", "", "'", "-1,234"])
def test_numbers_and_plain_words_stay_as_they_are(text: str) -> None:
    assert guard(text) == text


@pytest.mark.parametrize(
    "text", ["=1+1", "-1+cmd|' /C calc'!A0", "@SUM(A1)", "＝1", "+A1", "\t=1", "'=1", " =1", "\u3000@x"]
)
def test_formulas_are_guarded(text: str) -> None:
    assert guard(text) == f"'{text}"


# --- whole or not at all


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_fails_midway_leaves_the_old_file_and_nothing_else(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"facts{ending}"
    write(path, [NOTHING])
    before = path.read_bytes()
    for error in (RuntimeError, KeyboardInterrupt):
        with pytest.raises(error), open_sink(path) as sink:
            sink.write([BASE] * 10)
            raise error
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
    write(path, [BASE])
    assert [row["doc_id"] for row in read_facts(path)] == ["a/2018"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(WriteError, match="the disk is full"):
        write(tmp_path / f"facts{ending}", [BASE])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file size are POSIX")
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_write_that_the_system_refuses_leaves_nothing(tmp_path: Path, ending: str) -> None:
    program = (
        "import resource, sys; from pathlib import Path; import dataclasses\n"
        "from nianbao.schema import Fact; from nianbao.writing import open_sink, WriteError\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "words = [None] * 10 + ['exact', 'blank', 'table', None, None, 0, 0, None, None, 0.5]\n"
        "try:\n"
        "    with open_sink(Path(sys.argv[1])) as sink:\n"
        "        for i in range(30_000): sink.write([Fact(f'{i * 7919 % 99991}/{i}', *words[1:])])\n"
        "        sink.commit()\n"
        "except WriteError as error: print(error)\n"
    )
    target = tmp_path / f"facts{ending}"
    done = subprocess.run([sys.executable, "-c", program, target], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert f"{target} could not be written" in done.stdout and "nothing was left" in done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("missing/facts.csv", "does not exist"),
        ("facts.docx", "ending"),
        ("facts", "ending"),
        ("folder.csv", "is a folder"),
        ("file.txt/facts.csv", "not a folder"),
    ],
)
def test_an_output_that_cannot_be_is_refused_before_any_work(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "file.txt").touch()
    with pytest.raises(OutputError, match=said):
        open_sink(tmp_path / name)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file.txt", "folder.csv"]


def test_a_folder_without_permission_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    # Permissions do not bind root, as whom tests may run.
    monkeypatch.setattr(Path, "touch", refuse)
    with pytest.raises(OutputError, match=r"cannot be written: Permission denied; choose"):
        open_sink(tmp_path / "facts.csv")


@pytest.mark.parametrize("name", ["facts.csv", "facts.jsonl", "facts.txt", "missing.parquet"])
def test_a_file_without_facts_is_refused(tmp_path: Path, name: str) -> None:
    if not name.startswith("missing"):
        (tmp_path / name).write_text('{"id": 1}\n{"id": 2}\n', encoding="utf-8")
    with pytest.raises(ValueError, match=name):
        list(read_facts(tmp_path / name))


def test_every_column_has_a_type() -> None:
    from nianbao.writing.columns import arrow_schema, kinds

    assert list(kinds()) == [f.name for f in fields(Fact)] == arrow_schema().names
