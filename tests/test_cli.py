"""The commands: what they print, where, and how they end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import stub_extractor
from nianbao import __version__
from nianbao.cli.app import app
from nianbao.cli.terminal import clean

REPORT = "栖霞镇2018年政府信息公开工作年度报告\r\n收到申请12件。\n"
NIANBAO = Path(sys.executable).with_name("nianbao")


@pytest.fixture(autouse=True)
def _stub(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nianbao.extractor", stub_extractor.module())


def nianbao(*words: object, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(app, [str(w) for w in words], input=stdin)


def put(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / f"{name}.txt").write_bytes(text.encode())
    return folder


def rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_help_names_the_commands() -> None:
    done = subprocess.run([NIANBAO, "--help"], capture_output=True, text=True, check=True)
    assert all(word in done.stdout for word in ("extract", "text", "structure", "show", "--version"))


def test_version() -> None:
    done = nianbao("--version")
    assert (done.exit_code, done.stdout) == (0, f"nianbao {__version__}\n")


def test_extract_writes_rows_in_order_and_sums_up(tmp_path: Path) -> None:
    put(tmp_path, b=REPORT, a=REPORT, rules="条例第5条")
    out = tmp_path / "facts.jsonl"
    done = nianbao("extract", tmp_path, "-o", out)
    assert (done.exit_code, done.stderr) == (0, "")
    assert [(r["doc_id"], r["value"]) for r in rows(out)] == [
        ("a", 2018),
        ("a", 12),
        ("b", 2018),
        ("b", 12),
        ("rules", 5),
    ]
    for words in ("Documents    3", "Facts        5; prose 5; reported 5", "Open facts   1", "1: rules", str(out)):
        assert words in done.stdout
    assert not (tmp_path / "facts.jsonl.errors.jsonl").exists()
    # The output of the first run, in the folder that is read, is no document of the second.
    assert nianbao("extract", tmp_path, "-o", out).exit_code == 0 and len(rows(out)) == 5


def test_errors_stand_beside_the_output_and_go_with_them(tmp_path: Path) -> None:
    put(tmp_path, a=REPORT, empty="", fault=REPORT + "引发错误")
    out = tmp_path / "facts.csv"
    done = nianbao("extract", tmp_path, "-o", out)
    assert done.exit_code == 0
    errors = rows(tmp_path / "facts.csv.errors.jsonl")
    assert [(e["doc_id"], e["kind"], e["level"]) for e in errors] == [
        ("empty", "empty", "error"),
        ("fault", "extraction", "error"),
    ]
    assert "empty.txt: is empty" in done.stderr and "Traceback" not in done.stderr
    assert "Not read     2" in done.stdout and "facts.csv.errors.jsonl" in done.stdout
    assert "a fault in a component" in nianbao("extract", tmp_path, "-o", out, "--debug").stderr
    (tmp_path / "empty.txt").unlink()
    (tmp_path / "fault.txt").unlink()
    assert nianbao("extract", tmp_path, "-o", out).exit_code == 0
    assert not (tmp_path / "facts.csv.errors.jsonl").exists()


def test_what_is_read_is_never_written_over(tmp_path: Path) -> None:
    put(tmp_path, a=REPORT)
    page, facts, table = (tmp_path / name for name in ("a.txt", "f.csv", "f.documents.csv"))
    assert nianbao("extract", page, "-o", facts).exit_code == 0
    before = {path: path.read_bytes() for path in (page, facts, table)}
    for words in (
        *(("extract", table, "-o", facts), ("filter", page, "-o", page), ("check", facts, "-o", facts)),
        *(("panel", facts, "-o", facts), ("agencies", facts, "-o", facts), ("coverage", facts, "-o", facts)),
        *(("panel", facts, "-o", tmp_path / "p.csv", "--documents", facts), ("plot", facts, "-o", facts)),
    ):
        done = nianbao(*words)
        assert (done.exit_code, "would be written over" in done.stderr) == (2, True), words
    assert before == {path: path.read_bytes() for path in before}


def test_a_name_that_is_too_long_is_said(tmp_path: Path) -> None:
    put(tmp_path, a=REPORT)
    done = nianbao("extract", tmp_path, "-o", tmp_path / f"{'x' * 300}.csv")
    assert done.exit_code and "name is too long" in done.stderr and "fault of nianbao" not in done.stderr


def test_standard_input_is_a_path(tmp_path: Path) -> None:
    out = tmp_path / "f.jsonl"
    assert nianbao("extract", "-", "-o", out, stdin=REPORT.encode("gb18030")).exit_code == 0
    assert [r["doc_id"] for r in rows(out)] == ["stdin", "stdin"]


def test_text_prints_exactly_the_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(REPORT.encode("gb18030"))
    done = subprocess.run([NIANBAO, "text", tmp_path / "a.txt"], capture_output=True, check=True, env=_plain_locale())
    assert done.stdout == REPORT.encode("utf-8")


def _plain_locale() -> dict[str, str]:
    return {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}


def test_text_of_one_among_several(tmp_path: Path) -> None:
    put(tmp_path, a="甲", b="乙")
    done = nianbao("text", tmp_path)
    assert done.exit_code == 2 and '"a" and "b"' in done.stderr and "--id" in done.stderr
    assert nianbao("text", tmp_path, "--id", "b").stdout == "乙"
    done = nianbao("text", tmp_path, "--id", "c")
    assert done.exit_code == 1 and '"c"' in done.stderr


def test_structure_is_one_json_line_a_document(tmp_path: Path) -> None:
    put(tmp_path, a=REPORT, b="条例", empty="")
    done = nianbao("structure", tmp_path)
    assert done.exit_code == 0 and "empty.txt: is empty" in done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(line["doc_id"], line["is_report"]) for line in lines] == [("a", True), ("b", False)]
    assert next(iter(lines[0])) == "doc_id"
    assert nianbao("structure", tmp_path / "empty.txt").exit_code == 1


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet", "duckdb"])
def test_show_prints_facts_beside_their_words(tmp_path: Path, ending: str) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    put(docs, a=REPORT, b="第5条")
    out = tmp_path / f"facts.{ending}"
    assert nianbao("extract", docs, "-o", out).exit_code == 0
    shown = nianbao("show", out, docs).stdout
    assert "requests.received" in shown and "收到申请12件。" in shown and "第5条" not in shown
    assert "第5条" in nianbao("show", out, docs, "--open").stdout
    assert "收到申请" not in nianbao("show", out, docs, "--open", "--id", "b").stdout
    assert nianbao("show", out, "-n", "1").exit_code == 0


def test_nothing_from_a_document_reaches_the_terminal_raw(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    name = "x\x1b[31m[bold]‮.jsonl"
    row = {"id": "a\x1b]0;title\x07[red]", "text": "年度报告\x1b[2J[b]12件\u202e"}
    (docs / name).write_text(json.dumps(row) + "\nbroken\n", encoding="utf-8")
    out = tmp_path / "f.jsonl"
    first = nianbao("extract", docs, "-o", out)
    second = nianbao("show", out, docs)
    for seen in (first.stdout, first.stderr, second.stdout):
        assert not set("\x1b\x07\u202e") & set(seen)
    assert "[red]" in second.stdout and "[b]" in second.stdout
    assert clean("a\nb\tc\x9b\u2066") == "a\nb\tc\ufffd\ufffd"


def test_a_reader_that_goes_away_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("公开\n" * 200_000, encoding="utf-8")
    with subprocess.Popen(
        [NIANBAO, "text", tmp_path / "a.txt"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout and process.stderr
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [
        (signal.SIGINT, 130, b"Interrupted; no file was written.\n"),
        (signal.SIGTERM, 143, b"Terminated; no file was written.\n"),
        (signal.SIGHUP, 143, b"Terminated; no file was written.\n"),
    ],
)
def test_an_interrupted_run_leaves_nothing(tmp_path: Path, number: int, code: int, said: bytes) -> None:
    docs, results = tmp_path / "docs", tmp_path / "out"
    docs.mkdir()
    results.mkdir()
    put(docs, empty="", **{f"a{i}": REPORT for i in range(200)})
    command = [sys.executable, stub_extractor.__file__, "extract", docs, "-o", results / "facts.parquet"]
    environment = {**os.environ, "NIANBAO_TEST_PAUSE": "0.1"}
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as process:
        end = time.monotonic() + 20
        while not list(results.iterdir()) and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(0.3)
        process.send_signal(number)
        _, stderr = process.communicate(timeout=20)
    assert (process.returncode, stderr) == (code, said)
    assert list(results.iterdir()) == []
