"""Runs on a dask cluster, on loopback: the rows of one process, also when workers are lost."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import stub_poison
from batch_runs import TESTS, TEXTS, errors, put, rows
from nianbao.batch import run
from nianbao.batch.engines import RunFailed
from nianbao.batch.many import RunCounts, run_many

distributed = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two workers, that find the stub extractor and pause at each document."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PYTHONPATH", str(TESTS), prepend=os.pathsep)
        environment.setenv("NIANBAO_TEST_PAUSE", "0.01")
        with distributed.LocalCluster(
            host="127.0.0.1", n_workers=2, threads_per_worker=1, memory_limit=0, dashboard_address="127.0.0.1:0"
        ) as made:
            yield made


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    return put(tmp_path / "docs", TEXTS)


@pytest.fixture
def expected(docs: Path, tmp_path: Path) -> list[str]:
    run([docs], tmp_path / "expected.jsonl", extractor=stub_poison.Extractor())
    return rows(tmp_path / "expected.jsonl")


def on(cluster: Any, source: Path, out: Path, **options: Any) -> None:
    options = {"part_size": 5, "workers": 2, "extractor": stub_poison.EXTRACTOR, **options}
    run_many([source], out, engine="dask", scheduler=cluster.scheduler_address, **options)


def test_a_cluster_gives_the_rows_of_one_process(cluster: Any, docs: Path, tmp_path: Path, expected: list[str]) -> None:
    on(cluster, docs, tmp_path / "out")
    assert rows(tmp_path / "out") == expected
    lines = (f'{{"id": "{key}", "text": {json.dumps(text)}}}\n' for key, text in TEXTS.items())
    (tmp_path / "one.jsonl").write_text("".join(lines), encoding="utf-8")
    on(cluster, tmp_path / "one.jsonl", tmp_path / "streamed")
    assert rows(tmp_path / "streamed") == expected


def test_poison_costs_itself_on_a_cluster_too(cluster: Any, docs: Path, tmp_path: Path, expected: list[str]) -> None:
    put(docs, {"town/013x": "年度报告 9件 崩溃", "town/014x": "年度报告 9件 内存"})
    on(cluster, docs, tmp_path / "out", memory_limit=500_000_000)
    assert rows(tmp_path / "out") == expected
    assert [error["kind"] for error in errors(tmp_path / "out")] == ["crash", "memory_limit"]


def test_the_loss_of_workers_is_survived(cluster: Any, docs: Path, tmp_path: Path, expected: list[str]) -> None:
    killed: list[int] = []

    def kill_one(tally: RunCounts) -> None:
        if tally.documents >= 10 * (len(killed) + 1) and len(killed) < 3:
            workers = [worker.pid for worker in cluster.workers.values() if worker.pid]
            os.kill(workers[len(killed) % len(workers)], signal.SIGKILL)
            killed.append(len(workers))

    on(cluster, docs, tmp_path / "out", progress=kill_one)
    assert killed and rows(tmp_path / "out") == expected


def test_a_scheduler_that_does_not_answer_is_said(docs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nianbao.batch.engines._ANSWER", "1s")
    with pytest.raises(RunFailed, match=r"no dask scheduler answers at tcp://127\.0\.0\.1:9"):
        run_many([docs], tmp_path / "out", engine="dask", scheduler="tcp://127.0.0.1:9")


def test_a_cluster_of_its_own_stays_on_loopback(docs: Path, tmp_path: Path, expected: list[str]) -> None:
    listening: set[str] = set()

    def look(tally: RunCounts) -> None:
        import psutil

        own = psutil.Process()
        for process in (own, *own.children(recursive=True)):
            try:
                listening.update(c.laddr.ip for c in process.net_connections("tcp") if c.status == "LISTEN")
            except psutil.Error:
                continue

    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PYTHONPATH", str(TESTS), prepend=os.pathsep)
        run_many(
            [docs],
            tmp_path / "out",
            engine="dask",
            workers=2,
            part_size=5,
            extractor=stub_poison.EXTRACTOR,
            progress=look,
        )
    assert rows(tmp_path / "out") == expected
    assert listening == {"127.0.0.1"}
