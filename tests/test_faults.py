"""Writes that fail: each in turn, in the process itself (`python -m benchmarks.breaks` does it below all libraries)."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import stub_extractor
from nianbao.cli.app import app
from nianbao.writing import read_documents, read_facts
from nianbao.writing.atomic import place_folder

CALLS = ("replace", "fsync", "open", "link")


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    for year in (2016, 2017):
        text = f"栖霞镇{year}年政府信息公开工作年度报告\n收到申请{year - 2000}件。\n"
        (tmp_path / "docs" / f"{year}.txt").write_text(text, encoding="utf-8")
    return tmp_path / "docs"


class Failing:
    """`os` functions of which the call with the number `at` fails, below a folder's hidden files or anywhere."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls, self.at = 0, 0
        for name in CALLS:
            monkeypatch.setattr(os, name, self._wrapped(name, getattr(os, name)))

    def _wrapped(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            if name != "open" or ".tmp" in str(args[0]):
                self.calls += 1
                if self.calls == self.at:
                    raise OSError(errno.ENOSPC, "No space left on device")
            return real(*args, **kwargs)

        return call


def extract(docs: Path, out: Path) -> Result:
    return CliRunner().invoke(app, ["extract", str(docs), "-o", str(out)])


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet", "duckdb"])
@pytest.mark.parametrize("before", [False, True])
def test_whatever_fails_both_tables_are_new_or_both_are_as_they_were(
    docs: Path, tmp_path: Path, ending: str, before: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "nianbao.extractor", stub_extractor.module())
    out = tmp_path / f"facts.{ending}"
    told: set[tuple[int, int]] = set()
    if before:
        extract(docs / "2016.txt", out)
        told.add((len(list(read_facts(out))), len(list(read_documents(out) or ()))))
    else:
        told.add((0, 0))
    failing = Failing(monkeypatch)
    for at in range(1, 30):
        failing.calls, failing.at = 0, at
        done = extract(docs, out)
        failing.at = 0
        found = (len(list(read_facts(out))), len(list(read_documents(out) or ()))) if out.exists() else (0, 0)
        assert not list(tmp_path.glob(".*"))
        if done.exit_code == 0:
            assert found == (4, 2)
            break
        assert done.exit_code in (1, 2) and "Traceback" not in done.stderr, done.stderr
        assert "the disk is full" in done.stderr or "No space left" in done.stderr
        assert found in told, (at, done.stderr)
    assert at > 3 and extract(docs, out).exit_code == 0


def test_a_folder_is_replaced_whole_or_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "page").write_text(name)
    failing = Failing(monkeypatch)
    failing.at = 2
    with pytest.raises(OSError, match="No space"):
        place_folder(tmp_path / "new", tmp_path / "old")
    assert (tmp_path / "old" / "page").read_text() == "old"
    failing.at = 0
    place_folder(tmp_path / "new", tmp_path / "old")
    assert [path.name for path in tmp_path.iterdir()] == ["old"] and (tmp_path / "old" / "page").read_text() == "new"
