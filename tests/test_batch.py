"""Runs over several processes: the rows of one process, whatever happens on the way."""

from __future__ import annotations

import errno
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

import stub_poison
from nianbao.batch import NothingRead, Summary, run
from nianbao.batch.many import Tally, run_many
from nianbao.batch.mark import Mark
from nianbao.batch.plan import shards
from nianbao.batch.settings import Settings
from nianbao.batch.worker import Worker
from nianbao.cli.app import app
from nianbao.cli.progress import Clock
from nianbao.reading import Dataset
from nianbao.writing import OutputError, WriteError, read_facts
from test_reading_streams import warc

TESTS = Path(__file__).parent
TEXTS = {f"town/{i:03}": f"栖霞镇{1990 + i}年政府信息公开工作年度报告\n收到申请{i}件。" for i in range(57)}


@pytest.fixture(autouse=True)
def _stub_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The processes of a run import the stub extractor by its name."""
    monkeypatch.setenv("PYTHONPATH", str(TESTS), prepend=os.pathsep)


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    return put(tmp_path / "docs", TEXTS)


def put(folder: Path, texts: dict[str, str]) -> Path:
    for key, text in texts.items():
        path = folder / f"{key}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def nianbao(*words: object) -> list[str]:
    """The command, with the stub extractor in its processes."""
    return [sys.executable, stub_poison.__file__, *map(str, words)]


def many(source: Path | Dataset, out: Path, **options: Any) -> Summary:
    options = {"workers": 2, "part_size": 10, "extractor": stub_poison.EXTRACTOR, **options}
    return run_many([source], out, **options)


def rows(out: Path) -> list[str]:
    """All rows as text, sorted."""
    return sorted(json.dumps(row, ensure_ascii=False) for row in read_facts(out))


def errors(out: Path) -> list[dict[str, Any]]:
    path = out / "_errors.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def manifest(out: Path) -> list[dict[str, Any]]:
    parts = sorted((out / "_manifest").iterdir())
    return [row for part in parts for row in pq.ParquetFile(part).read().to_pylist()]


@pytest.fixture
def expected(docs: Path, tmp_path: Path) -> list[str]:
    """The rows of a run of one process into one file."""
    run([docs], tmp_path / "expected.jsonl", extractor=stub_poison.Extractor())
    return rows(tmp_path / "expected.jsonl")


# --- the same rows


@pytest.mark.parametrize("workers", [1, 2])
def test_processes_give_the_rows_of_one(docs: Path, tmp_path: Path, expected: list[str], workers: int) -> None:
    summary = many(docs, tmp_path / "out", workers=workers)
    assert rows(tmp_path / "out") == expected
    assert (summary.documents, summary.facts, summary.errors) == (57, 114, 0)
    assert not (tmp_path / "out.partial").exists()
    # In the order of the names, the parts stand in the order of the input.
    assert [row["doc_id"] for row in read_facts(tmp_path / "out")][::2] == list(TEXTS)


@pytest.mark.parametrize("kind", ["jsonl", "jsonl.gz", "jsonl.zst", "parquet", "dataset", "mixed", "many"])
def test_streams_give_the_same_rows(tmp_path: Path, docs: Path, expected: list[str], kind: str) -> None:
    lines = [json.dumps({"id": key, "text": text}).encode() + b"\n" for key, text in TEXTS.items()]
    source: Path | Dataset = tmp_path / "in"
    Path(str(source.name if isinstance(source, Dataset) else source)).mkdir()
    if kind == "dataset":
        datasets = pytest.importorskip("datasets")
        data = datasets.Dataset.from_dict({"id": list(TEXTS), "text": list(TEXTS.values())})
        for index in range(3):
            data.shard(3, index).to_parquet(str(tmp_path / "in" / f"train-{index}.parquet"))
        source = Dataset(str(tmp_path / "in"))
    elif kind == "parquet":
        table = pa.table({"id": list(TEXTS), "text": list(TEXTS.values())})
        pq.write_table(table, tmp_path / "in" / "a.parquet", row_group_size=7)
    elif kind == "mixed":
        (tmp_path / "in" / "a.jsonl").write_bytes(b"".join(lines[:20]))
        put(tmp_path / "in", dict(list(TEXTS.items())[20:]))
    elif kind == "many":
        # Files enough that each is one process's own.
        for index in range(19):
            (tmp_path / "in" / f"{index:02}.jsonl").write_bytes(b"".join(lines[index * 3 : index * 3 + 3]))
    else:
        codec = {"gz": "gzip", "zst": "zstd"}.get(kind.rpartition(".")[2])
        data = b"".join(lines)
        if codec == "gzip":
            import gzip

            data = gzip.compress(data)
        elif codec:
            data = pa.compress(data, codec=codec, asbytes=True)
        (tmp_path / "in" / f"a.{kind}").write_bytes(data)
    summary = many(source, tmp_path / "out", part_size=2 if kind == "many" else 10)
    assert rows(tmp_path / "out") == expected and summary.documents == 57
    assert {row["id"] for row in manifest(tmp_path / "out")} == set(TEXTS)


def test_crawls_give_the_same_rows(tmp_path: Path, expected: list[str]) -> None:
    pages = []
    for key, text in TEXTS.items():
        title, line = text.splitlines()
        pages.append((f"http://a.example/{key}", "text/html", f"<p>{title}</p><p>{line}</p>".encode()))
        pages.append((f"http://a.example/{key}.png", "image/png", b"\x89PNG"))
    warc(tmp_path / "crawl.warc.gz", pages, packed=True)
    many(tmp_path / "crawl.warc.gz", tmp_path / "out")
    found = [{**row, "doc_id": row["doc_id"][17:-21]} for row in read_facts(tmp_path / "out")]
    assert sorted(json.dumps(row, ensure_ascii=False) for row in found) == expected


def test_the_real_extractor_gives_the_same_rows_in_processes(root: Path, tmp_path: Path) -> None:
    samples = str(root / "corpus" / "samples")
    for out in ("one.jsonl", "many"):
        several = ["--workers", "2", "--part-size", "3"] if out == "many" else []
        done = CliRunner().invoke(app, ["extract", samples, "-o", str(tmp_path / out), *several])
        assert done.exit_code == 0, done.stderr
        assert "Documents    9" in done.stdout
    assert rows(tmp_path / "one.jsonl") == rows(tmp_path / "many")
    shown = CliRunner().invoke(app, ["show", str(tmp_path / "many"), samples])
    assert "requests.received" in shown.stdout


def test_pages_that_the_filter_refuses_are_left_unread(tmp_path: Path) -> None:
    report = "<html><h1>栖霞镇2018年政府信息公开工作年度报告</h1><p>全年主动公开政府信息12条。</p></html>"
    other = "<html><h1>天气预报</h1><p>今天多云，最高气温28度，请市民注意防晒。</p></html>"
    pages = [(f"http://a.example/{i}", "text/html", (other if i % 3 else report).encode()) for i in range(9)]
    warc(tmp_path / "crawl.warc.gz", pages, packed=True)
    one = tmp_path / "one.jsonl"
    plain = stub_poison.Extractor()
    summary = run([tmp_path / "crawl.warc.gz"], one, keep=lambda page: "年度报告".encode() in page, extractor=plain)
    assert (summary.documents, summary.refused) == (3, 6)
    summary = many(tmp_path / "crawl.warc.gz", tmp_path / "out", filtered=True, part_size=4)
    assert (summary.documents, summary.refused, summary.errors) == (3, 6, 0)
    assert rows(tmp_path / "out") == rows(one)
    assert [row["status"] == "refused" for row in manifest(tmp_path / "out")] == [bool(i % 3) for i in range(9)]


def test_of_one_id_in_several_parts_the_first_document_stays(tmp_path: Path) -> None:
    texts = {f"{folder}/{key}": f"年度报告 {folder}{key} {i}件" for i, key in enumerate("abcdefgh") for folder in "12"}
    for folder in ("1", "2"):
        put(tmp_path / "docs", {key: text for key, text in texts.items() if key[0] == folder})
    # Two folders given one by one: their documents have the same ids.
    given = [tmp_path / "docs" / "2", tmp_path / "docs" / "1"]
    one = run(given, tmp_path / "one.jsonl", extractor=stub_poison.Extractor())
    summary = run_many(given, tmp_path / "out", workers=2, part_size=3, extractor=stub_poison.EXTRACTOR)
    assert rows(tmp_path / "out") == rows(tmp_path / "one.jsonl")
    assert (summary.documents, summary.errors) == (one.documents, one.errors) == (8, 8)
    told = [json.loads(line) for line in (tmp_path / "one.jsonl.errors.jsonl").read_text("utf-8").splitlines()]
    assert sorted(map(str, errors(tmp_path / "out"))) == sorted(map(str, told))
    assert Counter(row["status"] for row in manifest(tmp_path / "out")) == {"done": 8, "duplicate": 8}


def test_the_manifest_says_what_became_of_each_document(docs: Path, tmp_path: Path) -> None:
    put(docs, {"bad": REPORT_WITH_FAULT, "empty": "", "rules": "条例第5条"})
    summary = many(docs, tmp_path / "out")
    found = {row["id"]: row for row in manifest(tmp_path / "out")}
    assert len(found) == 60 and summary.errors == 2
    good = found["town/003"]
    assert (good["status"], good["is_report"], good["facts"]) == ("done", True, 2)
    import hashlib

    assert good["sha256"] == hashlib.sha256(TEXTS["town/003"].encode()).hexdigest()
    assert good["model"].startswith("0.1.0+") and good["path"].endswith("003.txt")
    assert (found["bad"]["status"], found["bad"]["kind"]) == ("error", "extraction")
    assert (found["empty"]["status"], found["empty"]["sha256"]) == ("error", None)
    assert (found["rules"]["status"], found["rules"]["is_report"]) == ("done", False)
    assert [record["doc_id"] for record in errors(tmp_path / "out")] == ["bad", "empty"]


REPORT_WITH_FAULT = "年度报告 7件 引发错误"


# --- documents that take their process down


@pytest.mark.parametrize("kind", ["folder", "jsonl"])
def test_poison_costs_itself_only(tmp_path: Path, expected: list[str], docs: Path, kind: str) -> None:
    texts = dict(TEXTS)
    for place, word in ((12, "挂起"), (13, "内存"), (41, "崩溃")):
        texts[f"town/{place:03}x"] = f"年度报告 9件 {word}"
    texts = dict(sorted(texts.items()))
    source = put(tmp_path / "poison", texts)
    if kind == "jsonl":
        source = tmp_path / "poison.jsonl"
        source.write_text("".join(json.dumps({"id": k, "text": v}) + "\n" for k, v in texts.items()))
    summary = many(source, tmp_path / "out", time_limit=1.0, memory_limit=500_000_000)
    assert rows(tmp_path / "out") == expected
    told = errors(tmp_path / "out")
    assert [(e["doc_id"], e["kind"]) for e in told] == [
        ("town/012x", "time_limit"),
        ("town/013x", "memory_limit"),
        ("town/041x", "crash"),
    ]
    for record, said in zip(told, ("--time-limit", "--memory-limit", "SIGSEGV"), strict=True):
        assert said in record["message"] and "poison" in record["path"]
    assert (told[0]["line"] is None) == (kind == "folder") and summary.errors == 3
    lost = [row for row in manifest(tmp_path / "out") if row["status"] == "error"]
    assert all(row["sha256"] for row in lost)


def test_a_file_that_cannot_be_gone_through_is_given_up_there(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps({"id": str(i), "text": f"年度报告 {i}"}) + "\n" for i in range(9)))
    (shard,) = shards([path], (), 4)
    why = {"kind": "crash", "message": "ended the process", "sha256": None, "id": None, "line": None}
    told: list[dict[str, Any]] = []
    for name in ("_manifest", "_errors"):
        (tmp_path / name).mkdir()
    settings = Settings(str(tmp_path), "m", 1000, part_size=4)
    worker = Worker(settings, stub_poison.Extractor(), Mark(), told.append)
    task = {"shard": shard.to_dict(), "first": 0, "parts": None, "done": {}, "bad": {"4": why}, "cut": 4}
    worker.run(task)
    assert [(part["part"], part["ended"]) for part in told] == [(0, False), (1, True)]
    assert [row["status"] for row in manifest(tmp_path)] == ["done"] * 4 + ["error"]
    (record,) = [json.loads(line) for line in (tmp_path / "_errors" / "part-000000-000001.jsonl").open()]
    assert (record["line"], record["kind"]) == (5, "crash")
    told.clear()
    worker.run({**task, "first": 2, "parts": 1})
    assert [(part["part"], part["ended"]) for part in told] == [(2, True)]
    assert len(list((tmp_path / "_manifest").iterdir())) == 2


def test_when_every_worker_dies_at_once_the_run_says_so(docs: Path, tmp_path: Path) -> None:
    from nianbao.batch.engines import RunFailed

    with pytest.raises(RunFailed, match="model could not be loaded"):
        many(docs, tmp_path / "out", extractor="stub_poison:Missing")
    assert not (tmp_path / "out").exists()


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
    assert (b"the same command goes on" in said) == (number == signal.SIGINT)
    assert not out.exists() and list((tmp_path / "out.partial").glob("part-*"))
    assert subprocess.run(command, capture_output=True).returncode == 0
    assert rows(out) == expected


def test_a_process_that_is_killed_is_replaced(docs: Path, tmp_path: Path, expected: list[str]) -> None:
    """The system may end any process of the run, for instance for want of memory."""
    os.environ["NIANBAO_TEST_PAUSE"] = "0.02"
    killed: list[int] = []

    def kill_one(tally: Tally) -> None:
        children = subprocess.run(["pgrep", "-P", str(os.getpid())], capture_output=True, text=True).stdout.split()
        if tally.documents and len(killed) < 2:
            nest = int(children[0])
            os.kill(nest, signal.SIGKILL)
            killed.append(nest)

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
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout.split()
    return [int(child) for child in found] + [below for child in found for below in _descendants(int(child))]


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


# --- what is in the way of the output


def test_nothing_is_overwritten_without_being_asked(
    docs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expected: list[str]
) -> None:
    out = tmp_path / "out"
    many(docs, out)
    with monkeypatch.context() as other:
        other.setattr("nianbao.batch.many.model_version", lambda: "9.9.9+other")
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
    assert sorted(path.name for path in tmp_path.iterdir()) == ["docs", "expected.jsonl", "out"]


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

    def fill(tally: Tally) -> None:
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
    assert sorted(path.name for path in tmp_path.iterdir()) == ["docs", "out.errors.jsonl"]


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
    clock.text(Tally(documents=500, before=500, seen=500, size=10_000))
    now[0] += 10
    said = clock.text(Tally(documents=1500, facts=30_000, errors=2, before=500, seen=1500, size=10_000))
    assert said == "1,500 documents, 100.0 a second, 30,000 facts, 2 not read, 15%, 1 min left"
    assert "left" not in clock.text(Tally(documents=1500, before=500))
