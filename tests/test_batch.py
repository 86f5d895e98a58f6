"""Runs over several processes: the rows of one process, whatever the documents do."""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

import stub_poison
from batch_runs import TESTS, TEXTS, errors, manifest, many, put, rows
from nianbao.batch import run
from nianbao.batch.checkpoint import Checkpoint
from nianbao.batch.many import run_many
from nianbao.batch.plan import shards
from nianbao.batch.settings import RunSettings
from nianbao.batch.worker import Unreachable, Worker
from nianbao.cli.app import app
from nianbao.reading import Dataset
from nianbao.writing import read_facts
from test_reading_streams import warc


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
    for name in ("_manifest", "_errors", "documents"):
        (tmp_path / name).mkdir()
    settings = RunSettings(str(tmp_path), "m", 1000, part_size=4)
    worker = Worker(settings, stub_poison.Extractor(), Checkpoint(), told.append)
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


def test_a_data_set_that_breaks_off_on_the_network_is_not_taken_for_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        column_names = ("id", "text")

        def __iter__(self) -> Iterator[dict[str, str]]:
            yield from ({"id": str(i), "text": "年度报告 1"} for i in range(6))
            raise ConnectionError("reset by peer")

    monkeypatch.setattr("nianbao.reading.hub._open", lambda *_: Broken())
    (shard,) = shards([Dataset("owner/name")], (), 4)
    for name in ("_manifest", "_errors", "documents"):
        (tmp_path / name).mkdir()
    worker = Worker(
        RunSettings(str(tmp_path), "m", 1000, part_size=4), stub_poison.Extractor(), Checkpoint(), lambda _: None
    )
    task = {"shard": shard.to_dict(), "first": 0, "parts": None, "done": {}, "bad": {}, "cut": None}
    with pytest.raises(Unreachable, match="reset by peer"):
        worker.run(task)
    assert len(manifest(tmp_path)) == 4
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0, "a clock left running ends the process later"


def test_when_every_worker_dies_at_once_the_run_says_so(docs: Path, tmp_path: Path) -> None:
    from nianbao.batch.engines import RunFailed

    with pytest.raises(RunFailed, match="model could not be loaded"):
        many(docs, tmp_path / "out", extractor="stub_poison:Missing")
    assert not (tmp_path / "out").exists()
