"""Findings of `nianbao check` as rows: .jsonl, .csv and .parquet; and read back, as a person has judged them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from nianbao.schema import FINDING_COLUMNS, Finding
from nianbao.writing.atomic import OutputError, Pending, check_target, reporting
from nianbao.writing.cells import cell, unguard
from nianbao.writing.columns import CHECKS, arrow_schema

CHECK_COLUMNS = FINDING_COLUMNS
"""The columns, which are the fields of `nianbao.schema.Finding`, in order."""

_ENDINGS = (".jsonl", ".csv", ".parquet")


def check_checks_target(target: Path) -> None:
    """Refuses what `write_checks` cannot write.

    Raises:
        OutputError: unknown ending, missing folder, or a folder at its place.
    """
    check_target(target)
    if target.suffix.lower() not in _ENDINGS:
        raise OutputError(f"{target} has an ending that cannot be written; use one of {' '.join(_ENDINGS)}")


def write_checks(findings: Iterable[Finding], target: Path) -> None:
    """Writes findings with `CHECK_COLUMNS`, in their order; the file is there whole or not at all.

    Raises:
        OutputError: see `check_checks_target`.
        WriteError: the system refused.
    """
    check_checks_target(target)
    writer = {".jsonl": _jsonl, ".csv": _csv, ".parquet": _parquet}[target.suffix.lower()]
    pending = Pending(target)
    try:
        with reporting(target):
            writer([finding.to_dict() for finding in findings], pending.path)
        pending.commit()
    finally:
        pending.discard()


def read_states(path: Path) -> dict[str, str]:
    """Key → what stands in the column `state` of a file that `write_checks` wrote and a person has gone through.

    Raises:
        ValueError: it is no such file.
        OSError: it cannot be read.
    """
    try:
        rows = list(_read(path))
    except (UnicodeDecodeError, json.JSONDecodeError, csv.Error) as error:
        raise ValueError(f"{path} cannot be read: {error}") from error
    if any(not {"key", "state"} <= row.keys() for row in rows):
        raise ValueError(f"{path} has no columns key and state; give the output of: nianbao check ... -o OUT")
    return {str(row["key"]): str(row["state"]).strip() for row in rows if row["state"]}


def _read(path: Path) -> Iterable[Mapping[str, Any]]:
    ending = path.suffix.lower()
    if ending == ".jsonl":
        return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    if ending == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return [
                {name: unguard(value or "") for name, value in row.items() if name} for row in csv.DictReader(stream)
            ]
    if ending == ".parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            found: list[dict[str, Any]] = pq.read_table(path).to_pylist()
        except pa.ArrowInvalid as error:
            raise ValueError(f"{path} is no Parquet file: {error}") from error
        return found
    raise ValueError(f"{path} has an ending that holds no findings; use one of {' '.join(_ENDINGS)}")


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

    pq.write_table(pa.Table.from_pylist(rows, schema=arrow_schema(CHECKS)), path, compression="zstd")
