"""Runs over several processes: breaks, what is in the way of the output, and the command."""

from __future__ import annotations

import errno
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

import stub_poison
from batch_runs import TESTS, TEXTS, manifest, many, nianbao, put, rows
from nianbao.batch import NothingRead, run
from nianbao.batch.dataset import Folder, partial_of
from nianbao.batch.many import RunCounts
from nianbao.batch.part import sound
from nianbao.cli.app import app
from nianbao.cli.progress import Clock
from nianbao.writing import OutputError, WriteError, read_documents


@pytest.fixture(autouse=True)
def _stub_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The processes of a run import the stub extractor by its name."""
    monkeypatch.setenv("PYTHONPATH", str(TESTS), prepend=os.pathsep)


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    return put(tmp_path / "docs", TEXTS)


@pytest.fixture
def expected(docs: Path, tmp_path: Path) -> list[str]:
    """The rows of a run of one process into one file."""
    run([docs], tmp_path / "expected.jsonl", extractor=stub_poison.Extractor())
    return rows(tmp_path / "expected.jsonl")


# --- breaks


def test_kill_at_any_moment_and_the_same_command_again(docs: Path, tmp_path: Path, expected: list[str]) -> None:
    out = tmp_path / "out"
    command = nianbao("extract", docs, "-o", out, "--workers", "2", "--part-size", "10")
    environment = {**os.environ, "NIANBAO_TEST_PAUSE": "0.03"}
    chance = random.Random(1)
    killed = 0
    while not out.exists():
        with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
            try:
                process.wait(0.5 + chance.random() * 1.5 if killed < 4 else 60)
            except subprocess.TimeoutExpired:
                process.kill()
                killed += 1
        assert process.returncode in (0, -signal.SIGKILL)
    assert killed and rows(out) == expected
    assert len(manifest(out)) == 57 and not (tmp_path / "out.partial").exists()
    assert sorted(name for name in os.listdir(out) if not name.startswith("part-")) == [
        "_errors",
        "_manifest",
        "_run.json",
        "documents",
    ]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_keeps_what_is_done(
    docs: Path, tmp_path: Path, expected: list[str], number: int, code: int
) -> None:
    out = tmp_path / "out"
    command = nianbao("extract", docs, "-o", out, "--workers", "2", "--part-size", "10")
    environment = {**os.environ, "NIANBAO_TEST_PAUSE": "0.05"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        end = time.monotonic() + 30
        while not list((tmp_path / "out.partial").glob("_manifest/part-*")) and time.monotonic() < end:
            time.sleep(0.05)
        process.send_signal(number)
        _, said = process.communicate(timeout=20)
    assert process.returncode == code and b"Traceback" not in said
    assert b"the same command goes on" in said
    assert not out.exists() and list((tmp_path / "out.partial").glob("part-*"))
    assert subprocess.run(command, capture_output=True).returncode == 0
    assert rows(out) == expected


def test_a_process_that_is_killed_is_replaced(docs: Path, tmp_path: Path, expected: list[str]) -> None:
    """The system may end any process of the run, for instance for want of memory."""
    os.environ["NIANBAO_TEST_PAUSE"] = "0.02"
    killed: list[int] = []

    def kill_one(tally: RunCounts) -> None:
        if tally.documents and len(killed) < 2 and (servers := _descendants(os.getpid())):
            server = servers[0]
            os.kill(server, signal.SIGKILL)
            killed.append(server)

    try:
        many(docs, tmp_path / "out", progress=kill_one)
    finally:
        del os.environ["NIANBAO_TEST_PAUSE"]
    assert killed and rows(tmp_path / "out") == expected


def test_no_process_outlives_the_run(docs: Path, tmp_path: Path) -> None:
    command = nianbao("extract", docs, "-o", tmp_path / "out", "--workers", "2", "--part-size", "10")
    with subprocess.Popen(command, env={**os.environ, "NIANBAO_TEST_PAUSE": "0.2"}) as process:
        end = time.monotonic() + 20
        while len(_descendants(process.pid)) < 4 and time.monotonic() < end:
            time.sleep(0.05)
        family = _descendants(process.pid)
        process.kill()
    assert len(family) == 4
    end = time.monotonic() + 10
    while any(_alive(pid) for pid in family) and time.monotonic() < end:
        time.sleep(0.05)
    assert not [pid for pid in family if _alive(pid)]


def _descendants(pid: int) -> list[int]:
    # A child stands with the thread that made it.
    lines = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    children = [int(number) for line in lines for number in line.split()]
    return [*children, *(below for child in children for below in _descendants(child))]


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_run_that_is_done_is_not_done_again(docs: Path, tmp_path: Path) -> None:
    first = many(docs, tmp_path / "out")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}
    second = many(docs, tmp_path / "out", extractor=stub_poison.EXTRACTOR)
    assert second.to_dict() == first.to_dict() and list(second.lines()) == list(first.lines())
    assert before == {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}
    part = tmp_path / "out" / "part-000000-000000.parquet"
    data = part.read_bytes()
    part.write_bytes(data[:100] + bytes(20) + data[120:])
    with pytest.raises(OutputError, match="is damaged"):
        many(docs, tmp_path / "out")


# --- what is in the way of the output


def test_nothing_is_overwritten_without_being_asked(
    docs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expected: list[str]
) -> None:
    out = tmp_path / "out"
    many(docs, out)
    with monkeypatch.context() as other:
        other.setattr("nianbao.batch.many.model_version", lambda pipeline: "9.9.9+other")
        with pytest.raises(OutputError, match=r"holds facts of the model 0\.1\.0.* and this is 9\.9\.9"):
            many(docs, out)
    with pytest.raises(OutputError, match=r"other options .*part_size 10, now 20"):
        many(docs, out, part_size=20)
    put(docs, {"new": "年度报告 77件"})
    with pytest.raises(OutputError, match="other documents"):
        many(docs, out)
    assert rows(out) == expected
    many(docs, out, overwrite=True, part_size=20)
    assert len(rows(out)) == len(expected) + 1
    assert sorted(path.name for path in tmp_path.iterdir() if "expected" not in path.name) == ["docs", "out"]


def test_what_no_run_wrote_is_never_replaced(docs: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("1")
    (tmp_path / "file").write_text("2")
    (tmp_path / "half.partial").mkdir()
    (tmp_path / "half.partial" / "mine.txt").write_text("3")
    for name, said in (("thesis", "not empty"), ("file", "is a file"), ("half", "mine.txt, which no run wrote")):
        with pytest.raises(OutputError, match=said):
            many(docs, tmp_path / name, overwrite=True)
    assert (tmp_path / "thesis" / "chapter.txt").exists() and (tmp_path / "half.partial" / "mine.txt").exists()


def test_an_unfinished_run_of_another_model_is_not_mixed_in(
    docs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expected: list[str]
) -> None:
    from nianbao.batch.dataset import Folder

    with Folder(tmp_path / "out", "0.0.1+old", "x", {}) as folder:
        folder.open(False)
        with pytest.raises(OutputError, match="another run is writing"):
            many(docs, tmp_path / "out")
    (tmp_path / "out.partial" / "part-000000-000000.parquet").write_bytes(b"old")
    with pytest.raises(OutputError, match=r"out\.partial holds facts of the model 0\.0\.1\+old"):
        many(docs, tmp_path / "out")
    assert (tmp_path / "out.partial" / "part-000000-000000.parquet").read_bytes() == b"old"
    many(docs, tmp_path / "out", overwrite=True)
    assert rows(tmp_path / "out") == expected


def test_a_folder_that_cannot_be_written_is_said_at_once(
    docs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(OutputError, match="cannot be written: Read-only file system"):
        many(docs, tmp_path / "out")


def test_a_full_disk_ends_the_run_and_what_is_done_stays(
    docs: Path, tmp_path: Path, expected: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    """A limit on the size of files stands in for the disk: the processes of the run inherit it."""
    program = (
        "import resource, signal, sys; from pathlib import Path; from nianbao.batch.many import run_many\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))\n"
        "run_many([Path(sys.argv[1])], Path(sys.argv[2]), part_size=10, extractor='stub_poison:Extractor')"
    )
    command = [sys.executable, "-c", program, docs, tmp_path / "out"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1 and "could not be written" in done.stderr.splitlines()[-1]
    assert not (tmp_path / "out").exists() and (tmp_path / "out.partial").exists()
    assert not list((tmp_path / "out.partial").glob("part-*"))
    many(docs, tmp_path / "out")
    assert rows(tmp_path / "out") == expected


def test_a_full_disk_at_the_end_is_a_write_error(docs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = os.fsync

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    def fill(tally: RunCounts) -> None:
        monkeypatch.setattr(os, "fsync", full if tally.documents == 57 else plain)

    with pytest.raises(WriteError, match="the disk is full"):
        many(docs, tmp_path / "out", progress=fill)
    assert not (tmp_path / "out").exists()
    monkeypatch.setattr(os, "fsync", plain)
    assert many(docs, tmp_path / "out").documents == 57


def test_nothing_to_read_leaves_nothing(tmp_path: Path) -> None:
    put(tmp_path / "docs", {"empty": ""})
    with pytest.raises(NothingRead) as caught:
        many(tmp_path / "docs", tmp_path / "out")
    assert caught.value.summary.errors == 1
    left = ["docs", "out.documents.parquet", "out.errors.jsonl"]
    assert sorted(path.name for path in tmp_path.iterdir()) == left
    [row] = read_documents(tmp_path / "out.parquet") or ()
    assert (row["doc_id"], row["status"], row["facts"]) == ("empty", "failed", 0) and "is empty" in row["error"]


# --- the command


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--workers", "2", "-"], "standard input"),
        (["--scheduler", "tcp://x:1", "."], "--scheduler is for --engine dask"),
        (["--overwrite", "."], "--overwrite is for"),
        (["--workers", "2", ".", "-o", "facts.jsonl"], "OUT is a folder"),
        ([], "nothing to read"),
    ],
)
def test_wrong_usage(tmp_path: Path, words: list[str], said: str) -> None:
    done = CliRunner().invoke(app, ["extract", "-o", str(tmp_path / "out"), *words])
    assert done.exit_code == 2 and said in done.stderr


def test_modules_in_the_current_folder_are_not_taken(docs: Path, tmp_path: Path) -> None:
    """A crawl may hold anything; whoever starts a run in it must not run it."""
    for name in ("pyarrow", "json", "selectors"):
        (docs / f"{name}.py").write_text("raise SystemExit('taken')")
    command = nianbao("extract", docs, "-o", tmp_path / "out", "--workers", "1")
    done = subprocess.run(command, cwd=docs, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_output_is_no_document_of_the_next_run(docs: Path, tmp_path: Path) -> None:
    many(docs, docs / "facts")
    assert many(docs, docs / "facts").documents == 57


def test_the_clock_tells_speed_and_time_left() -> None:
    now = [100.0]
    clock = Clock(lambda: now[0])
    clock.text(RunCounts(documents=500, before=500, seen=500, size=10_000))
    now[0] += 10
    said = clock.text(RunCounts(documents=1500, facts=30_000, errors=2, before=500, seen=1500, size=10_000))
    assert said == "1,500 documents, 100.0 a second, 30,000 facts, 2 not read, 15%, 1 min left"
    assert "left" not in clock.text(RunCounts(documents=1500, before=500))


@pytest.mark.parametrize("file", ["part-{}.parquet", "documents/part-{}.parquet", "_manifest/part-{}.parquet"])
def test_a_damaged_part_of_a_broken_run_is_set_aside_and_done_again(
    docs: Path, tmp_path: Path, expected: list[str], file: str
) -> None:
    out = tmp_path / "out"
    partial = _broken_off(docs, out)
    path = partial / file.format("000000-000000")
    path.write_bytes(path.read_bytes()[:-100])
    # And what no shard of the input names.
    (partial / "_manifest" / "part-elsewhere.parquet").write_bytes(b"x")
    summary = many(docs, out)
    assert rows(out) == expected and len(manifest(out)) == 57
    assert summary.set_aside == tmp_path / "out.damaged"
    assert (tmp_path / "out.damaged" / path.relative_to(partial)).exists()
    assert "out.damaged: damaged files" in "\n".join(summary.lines())


def test_what_is_damaged_is_seen(docs: Path, tmp_path: Path) -> None:
    folder, key = tmp_path / "out", "000000-000000"
    many(docs, folder)
    for file in ("part-{}.parquet", "documents/part-{}.parquet", "_manifest/part-{}.parquet"):
        path = folder / file.format(key)
        data, table = path.read_bytes(), pq.read_table(path)
        damaged = [b"", data[: len(data) // 2], data[:80] + bytes(20) + data[100:]]
        for other in (pa.table({"a": [1] * 10}), table.drop_columns(table.column_names[1:2]), table.slice(1)):
            pq.write_table(other, path)
            damaged.append(path.read_bytes())
        for number, content in enumerate(damaged):
            path.write_bytes(content)
            assert not sound(folder, key), (file, number)
        path.write_bytes(data)
        assert sound(folder, key)


@pytest.mark.parametrize("said", ["{}", None])
def test_a_broken_run_without_its_description_is_set_aside(
    docs: Path, tmp_path: Path, expected: list[str], said: str | None
) -> None:
    out = tmp_path / "out"
    partial = _broken_off(docs, out)
    (partial / "_run.json").unlink()
    if said is not None:
        (partial / "_run.json").write_text(said, encoding="utf-8")
    assert many(docs, out).set_aside == tmp_path / "out.damaged" and rows(out) == expected
    assert (tmp_path / "out.damaged" / "part-000000-000000.parquet").exists()


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("said", ["", "{", "[]", '{"format": 2}', '{"format":2,"model":"","input":"","options":null}'])
def test_a_damaged_description_is_seen(tmp_path: Path, said: str, overwrite: bool) -> None:
    (tmp_path / "out.partial").mkdir()
    (tmp_path / "out.partial" / "_run.json").write_text(said, encoding="utf-8")
    with Folder(tmp_path / "out", "model", "input", {}) as folder:
        folder.open(overwrite)
        assert folder.set_aside


@pytest.mark.parametrize("said", ["", "{}", '{"summary": 1}'])
def test_an_output_without_its_description_is_replaced_only_when_asked(
    docs: Path, tmp_path: Path, expected: list[str], said: str
) -> None:
    out = tmp_path / "out"
    many(docs, out)
    run_file = out / "_run.json"
    run_file.write_text(said or json.dumps({**json.loads(run_file.read_text()), "summary": {}}), encoding="utf-8")
    with pytest.raises(OutputError):
        many(docs, out)
    many(docs, out, overwrite=True)
    assert rows(out) == expected and json.loads(run_file.read_text())["summary"]["documents"] == 57


def _broken_off(docs: Path, out: Path) -> Path:
    """The folder of a run that was broken off when all its parts were there."""
    many(docs, out)
    partial = out.rename(partial_of(out))
    run_file = partial / "_run.json"
    told = json.loads(run_file.read_text("utf-8"))
    told.pop("summary")
    run_file.write_text(json.dumps(told), encoding="utf-8")
    return partial
