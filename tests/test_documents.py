"""The table of documents: a row for every input, whatever became of it, in every kind of output."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import stub_extractor
from batch_runs import TESTS, many
from nianbao.batch.version import model_version
from nianbao.cli.app import app
from nianbao.reading import Source
from nianbao.reading.source import ReadWarning
from nianbao.schema import COLUMNS, DOCUMENT_COLUMNS, Document
from nianbao.writing import documents_path, open_sink, read_documents, read_facts
from nianbao.writing.columns import DOCUMENTS
from nianbao.writing.load import _rows

ENDINGS = [".jsonl", ".csv", ".parquet", ".duckdb", ".sqlite", ".xlsx"]
REPORT = "栖霞镇2018年政府信息公开工作年度报告\n收到申请12件。"
EMPTY = "栖霞镇政府信息公开工作年度报告\n本年没有数字。"
OTHER = "通知\n会议定于3日召开。"


@pytest.fixture(autouse=True)
def _stub(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nianbao.extractor", stub_extractor.module())
    monkeypatch.setenv("PYTHONPATH", str(TESTS), prepend=os.pathsep)


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.txt").write_text(REPORT, encoding="utf-8")
    (folder / "a.html").write_text("<p>" + REPORT.replace("\n", "<p>"), encoding="utf-8")
    (folder / "b.txt").write_text(EMPTY, encoding="utf-8")
    (folder / "c.txt").write_text(OTHER, encoding="utf-8")
    (folder / "d.txt").write_bytes((REPORT + "申").encode()[:-1])
    (folder / "e.txt").write_text("", encoding="utf-8")
    (folder / "f.txt").write_text("年度报告 引发错误", encoding="utf-8")
    lines = [{"id": "g", "text": REPORT}, {"text": REPORT}, "no object"]
    (folder / "g.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return folder


def extract(*words: object) -> Result:
    return CliRunner().invoke(app, ["extract", *map(str, words)])


def table(out: Path) -> list[dict[str, Any]]:
    found = read_documents(out)
    assert found is not None
    return list(found)


def said(rows: list[dict[str, Any]]) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        yield row["doc_id"], Path(row["source"]).name, row["kind"], row["status"], row["facts"], row["is_report"]


WANTED = [
    ("a", "a.html", "html", "facts", 2, True),
    (None, "a.txt", "txt", "failed", 0, None),
    ("b", "b.txt", "txt", "empty", 0, True),
    ("c", "c.txt", "txt", "no_report", 1, False),
    ("d", "d.txt", "txt", "facts", 2, True),
    ("e", "e.txt", "txt", "failed", 0, None),
    ("f", "f.txt", "txt", "failed", 0, None),
    ("g", "g.jsonl:1", "jsonl", "facts", 2, True),
    (None, "g.jsonl:2", "jsonl", "failed", 0, None),
    (None, "g.jsonl:3", "jsonl", "failed", 0, None),
]


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_input_has_its_row(docs: Path, tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"facts{ending}"
    done = extract(docs, "-o", out)
    assert done.exit_code == 0, done.stderr
    rows = table(out)
    assert list(said(rows)) == WANTED
    assert [list(row) for row in rows] == [list(DOCUMENT_COLUMNS)] * len(WANTED)
    a, a2, b, c, d, e, f = rows[:7]
    assert a["sha256"] == hashlib.sha256((docs / "a.html").read_bytes()).hexdigest() and a["characters"] == len(REPORT)
    assert a2["sha256"] == hashlib.sha256((docs / "a.txt").read_bytes()).hexdigest() and "has already" in a2["error"]
    assert (b["error"], b["open_facts"], c["open_facts"], b["title"]) == (None, 0, 1, EMPTY.partition("\n")[0])
    assert [warning.partition(":")[0] for warning in d["warnings"]] == ["damaged_bytes"] and not a["warnings"]
    assert "is empty" in e["error"] and e["sha256"] and "RuntimeError" in f["error"]
    assert {row["model"] for row in rows} == {model_version()}
    assert len(list(read_facts(out))) == 7
    assert "No facts in  1 of the reports: b" in done.stdout and "No reports   1: c" in done.stdout
    assert (documents_path(out).exists() and f"and {documents_path(out)}" in done.stdout) or ending[1:] in str(out)


def test_ids_of_the_table_are_those_of_facts_and_unique(docs: Path, tmp_path: Path) -> None:
    extract(docs, "-o", tmp_path / "facts.jsonl")
    ids = [row["doc_id"] for row in table(tmp_path / "facts.jsonl") if row["status"] != "failed"]
    assert len(ids) == len(set(ids)) and {row["doc_id"] for row in read_facts(tmp_path / "facts.jsonl")} <= set(ids)


def test_a_run_over_processes_gives_the_same_table(docs: Path, tmp_path: Path) -> None:
    extract(docs, "-o", tmp_path / "one.jsonl")
    many(docs, tmp_path / "many", part_size=2)
    assert sorted(map(str, table(tmp_path / "many"))) == sorted(map(str, table(tmp_path / "one.jsonl")))
    assert [path.name for path in (tmp_path / "many" / "documents").iterdir()]


def test_a_sqlite_file_has_keys_that_hold_whatever_failed(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    for name, text in (("a.htm", ""), ("a.html", REPORT), ("a.md", ""), ("b.txt", ""), ("b.md", "")):
        (docs / name).write_text(text, encoding="utf-8")
    out = tmp_path / "facts.sqlite"
    assert extract(docs, "-o", out).exit_code == 0
    with closing(sqlite3.connect(out)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        found = connection.execute("SELECT doc_id, status, facts FROM documents ORDER BY rowid").fetchall()
        joined = connection.execute("SELECT count(*) FROM facts JOIN documents USING (doc_id)").fetchone()
        indexes = connection.execute("SELECT name FROM pragma_index_list('facts')").fetchall()
    assert found == [
        (None, "failed", 0),
        ("a", "facts", 2),
        (None, "failed", 0),
        ("b", "failed", 0),
        (None, "failed", 0),
    ]
    assert joined == (2,) and ("facts_doc_id",) in indexes
    said = json.loads((tmp_path / "facts.metadata.json").read_text("utf-8"))["databases"]["facts"]["tables"]
    assert set(said["facts"]["columns"]) == set(COLUMNS) and set(said["documents"]["columns"]) == set(DOCUMENT_COLUMNS)


def test_nothing_read_gives_the_table_alone_and_spares_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    for ending in (".jsonl", ".sqlite"):
        out = tmp_path / f"facts{ending}"
        assert extract(tmp_path / "a.txt", "-o", out).exit_code == 1
        assert [row["status"] for row in table(out)] == ["failed"]
        before = {path: path.read_bytes() for path in tmp_path.iterdir()}
        (tmp_path / "b.txt").write_text(REPORT, encoding="utf-8")
        assert extract(tmp_path / "b.txt", "-o", out).exit_code == 0
        kept = {path: path.read_bytes() for path in (out, documents_path(out))}
        assert extract(tmp_path / "a.txt", "-o", out).exit_code == 1
        assert {path: path.read_bytes() for path in kept} == kept and before


@pytest.mark.parametrize("ending", ENDINGS)
def test_documents_come_back_as_they_went(tmp_path: Path, ending: str) -> None:
    nothing = Document(None, None, None, None, "failed", "=1+1", [], *[None] * 8, 0, 0, "m")  # type: ignore[arg-type]
    all_there = Document(
        *("市/局", "a b.html:3", "html", "0" * 64, "facts", None, ["ocr: page 2", "doubled: 3 lines"], True, "题目"),
        *("局", 2019, "2019-01-01", "2019-12-31", 4, 120, 7, 2, "0.1.0+abc"),  # type: ignore[arg-type]
    )
    path = tmp_path / f"t{ending}"
    with open_sink(path, (DOCUMENTS,)) as sink:
        sink.write([nothing, all_there])
        sink.commit()
    found = list(_rows(path, DOCUMENTS))
    assert found == [nothing.to_dict(), all_there.to_dict()]


def test_a_data_set_that_cannot_be_reached_is_a_failure_that_keeps_what_was_read(
    docs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(*_: object) -> None:
        raise ConnectionError("no route")

    pytest.importorskip("datasets")
    monkeypatch.setattr("nianbao.reading.hub._open", unreachable)
    out = tmp_path / "facts.jsonl"
    done = extract(docs / "b.txt", "--dataset", "owner/name", "-o", out)
    assert done.exit_code == 1 and "no route" in done.stderr and "a data set could not be read" in done.stderr
    assert [(row["doc_id"], row["kind"], row["status"]) for row in table(out)] == [
        ("b", "txt", "empty"),
        ("owner/name", "dataset", "failed"),
    ]


def test_nothing_to_show_is_a_failure(docs: Path, tmp_path: Path) -> None:
    out = tmp_path / "facts.jsonl"
    extract(docs, "-o", out)
    done = CliRunner().invoke(app, ["show", str(out), "--id", "nobody"])
    assert done.exit_code == 1 and 'no facts of a document "nobody"' in done.stderr
    assert CliRunner().invoke(app, ["show", str(out), "--id", "a"]).exit_code == 0


def test_check_names_what_it_could_not_check(docs: Path, tmp_path: Path) -> None:
    extract(docs, "-o", tmp_path / "facts.jsonl")
    done = CliRunner().invoke(app, ["check", str(tmp_path / "facts.jsonl")])
    assert done.exit_code == 0 and "Not checked: 1 reports without a fact: b\n" in done.stdout
    assert "Not checked: 5 documents that could not be read: " in done.stdout and "g.jsonl:3" in done.stdout


def test_models_that_are_none_are_wrong_usage(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "missing"):
        done = CliRunner().invoke(app, ["evaluate", "--models", str(place), "-o", str(tmp_path / "out")])
        assert done.exit_code == 2 and "holds no tagger/" in done.stderr


def test_what_the_text_alone_can_tell_is_a_warning_of_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "nianbao.extractor")
    from nianbao.extractor import Extractor

    text = "我镇主动公开政府信息300条。收到政府信息公开申请12件，均已答复。"
    result = Extractor().run(Source("a", text, warnings=[ReadWarning("doubled", "1 line")]))
    assert [warning.name for warning in result.warnings] == ["doubled", "no_title"]
    assert ":" not in result.warnings[1].what[:3]
