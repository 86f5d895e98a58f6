"""Findings of `nianbao check` as rows: .jsonl, .csv and .parquet; and read back, as a person has judged them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from nianbao.schema import FINDING_COLUMNS, Finding
from nianbao.writing.cells import unguard
from nianbao.writing.columns import CHECKS
from nianbao.writing.plain import ENDINGS, write_plain


def write_checks(findings: Iterable[Finding], target: Path) -> None:
    """Writes findings with the fields of `Finding` as columns, in their order, as `write_plain` does.

    Raises:
        OutputError: see `nianbao.writing.plain.check_plain_target`.
        WriteError: the system refused.
    """
    write_plain([finding.to_dict() for finding in findings], FINDING_COLUMNS, target, CHECKS)


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
    raise ValueError(f"{path} has an ending that holds no findings; use one of {' '.join(ENDINGS)}")
