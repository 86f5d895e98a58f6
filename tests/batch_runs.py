"""What tests of runs over several processes share: documents, the run, and what it left."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

import stub_poison
from nianbao.batch import Summary
from nianbao.batch.many import run_many
from nianbao.reading import Dataset
from nianbao.writing import read_facts

TESTS = Path(__file__).parent
TEXTS = {f"town/{i:03}": f"栖霞镇{1990 + i}年政府信息公开工作年度报告\n收到申请{i}件。" for i in range(57)}


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
