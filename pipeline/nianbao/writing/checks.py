"""Failed checks as rows: .jsonl, .csv and .parquet."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from nianbao.writing.atomic import OutputError, Pending, check_target, reporting
from nianbao.writing.cells import cell

CHECK_COLUMNS = ("document", "check", "kind", "left", "right", "verdict", "offsets")
"""`left`, `right`: the two sides. `offsets`: "DOCUMENT:START-END" of each fact on them."""

_ENDINGS = (".jsonl", ".csv", ".parquet")


def check_checks_target(target: Path) -> None:
    """Refuses what `write_checks` cannot write.

    Raises:
        OutputError: unknown ending, missing folder, or a folder at its place.
    """
    check_target(target)
    if target.suffix.lower() not in _ENDINGS:
        raise OutputError(f"{target} has an ending that cannot be written; use one of {' '.join(_ENDINGS)}")


def write_checks(rows: Iterable[Mapping[str, Any]], target: Path) -> None:
    """Writes rows with `CHECK_COLUMNS`, in their order; the file is there whole or not at all.

    Raises:
        OutputError: see `check_checks_target`.
        WriteError: the system refused.
    """
    check_checks_target(target)
    writer = {".jsonl": _jsonl, ".csv": _csv, ".parquet": _parquet}[target.suffix.lower()]
    pending = Pending(target)
    try:
        with reporting(target):
            writer([{name: row[name] for name in CHECK_COLUMNS} for row in rows], pending.path)
        pending.commit()
    finally:
        pending.discard()


def _jsonl(rows: list[dict[str, Any]], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for row in rows:
            stream.write(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n")


def _csv(rows: list[dict[str, Any]], path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(CHECK_COLUMNS)
        for row in rows:
            out.writerow([cell(value) for value in row.values()])


def _parquet(rows: list[dict[str, Any]], path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    numbers = ("left", "right")
    fields = [pa.field(name, pa.float64() if name in numbers else pa.string()) for name in CHECK_COLUMNS[:-1]]
    schema = pa.schema([*fields, pa.field("offsets", pa.list_(pa.string()))])
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), path, compression="zstd")
