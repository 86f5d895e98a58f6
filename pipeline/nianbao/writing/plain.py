"""Rows of plain data as .csv, .jsonl or .parquet: for what has no sink of its own."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nianbao.writing.atomic import OutputError, Pending, check_target, reporting
from nianbao.writing.cells import cell
from nianbao.writing.columns import TableSchema, arrow_schema

ENDINGS = (".csv", ".jsonl", ".parquet")


def check_plain_target(target: Path) -> None:
    """Refuses what `write_plain` cannot write.

    Raises:
        OutputError: unknown ending, missing folder, or a folder at its place.
    """
    check_target(target)
    if target.suffix.lower() not in ENDINGS:
        raise OutputError(f"{target} has an ending that cannot be written; use one of {' '.join(ENDINGS)}")


def write_plain(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[str], target: Path, table: TableSchema | None = None
) -> None:
    """Writes the columns of rows; the file is there whole or not at all.

    Args:
        table: gives .parquet its types; without one they are those of the values.

    Raises:
        OutputError: see `check_plain_target`.
        WriteError: the system refused.
    """
    check_plain_target(target)
    pending = Pending(target)
    kept = [{name: row[name] for name in columns} for row in rows]
    try:
        with reporting(target):
            if target.suffix.lower() == ".jsonl":
                lines = (json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n" for row in kept)
                pending.path.write_text("".join(lines), "utf-8", newline="\n")
            elif target.suffix.lower() == ".csv":
                with pending.path.open("w", encoding="utf-8-sig", newline="") as stream:
                    out = csv.writer(stream)
                    out.writerow(columns)
                    out.writerows([cell(value) for value in row.values()] for row in kept)
            else:
                import pyarrow as pa
                import pyarrow.parquet as pq

                if table is not None:
                    made = pa.Table.from_pylist(kept, schema=arrow_schema(table))
                else:
                    made = pa.Table.from_pylist(kept) if kept else pa.table({name: [] for name in columns})
                pq.write_table(made, pending.path, compression="zstd")
        pending.commit()
    finally:
        pending.discard()
