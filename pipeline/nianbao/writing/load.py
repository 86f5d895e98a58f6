"""Facts read back from any of the output formats."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nianbao.schema import COLUMNS
from nianbao.writing.columns import kinds
from nianbao.writing.sinks import FLAG_SEPARATOR, TABLE, unguard


def read_facts(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a facts file, or of a folder that a run over several processes wrote; keys in the columns' order.

    An empty field of .csv is null where the column can be null: .csv does not tell null from the empty string.

    Raises:
        ValueError: the ending is unknown, or the file does not hold facts.
        OSError: it cannot be read.
    """
    if path.is_dir():
        parts = sorted(path.glob("part-*.parquet"))
        if not parts:
            raise ValueError(f"{path} is a folder without facts; give the output of: nianbao extract PATH... -o OUT")
        for part in parts:
            yield from read_facts(part)
        return
    readers = {".jsonl": _from_jsonl, ".csv": _from_csv, ".parquet": _from_parquet, ".duckdb": _from_duckdb}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise ValueError(f"{path} has an ending that holds no facts; use one of {' '.join(readers)}")
    if not path.is_file():
        raise ValueError(f"{path} is no file; give the output of: nianbao extract PATH... -o OUT")
    for row in reader(path):
        if not row.keys() >= set(COLUMNS):
            missing = ", ".join(name for name in COLUMNS if name not in row)
            raise ValueError(f"{path} does not hold facts: it has no {missing}")
        yield {name: row[name] for name in COLUMNS}


def _from_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="\n") as stream:
        for number, line in enumerate(stream, start=1):
            row = json.loads(line)
            if not isinstance(row, dict):
                raise ValueError(f"{path}:{number} is no JSON object")
            yield row


def _from_csv(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.DictReader(stream):
            yield {name: _parsed(name, field) for name, field in row.items() if name in kinds()}


def _parsed(name: str, field: str) -> Any:
    kind, null = kinds()[name]
    if field == "" and null:
        return None
    if kind in ("words", "numbers"):
        found = unguard(field).split(FLAG_SEPARATOR) if field else []
        return found if kind == "words" else [float(part) for part in found]
    return unguard(field) if kind == "str" else int(field) if kind == "int" else float(field)


def _from_parquet(path: Path) -> Iterator[dict[str, Any]]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches():
            yield from batch.to_pylist()


def _from_duckdb(path: Path) -> Iterator[dict[str, Any]]:
    try:
        import duckdb
    except ImportError as error:
        raise ValueError(f"{path} needs duckdb: pip install 'nianbao[duckdb]'") from error
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            found = connection.execute(f"SELECT * FROM {TABLE}")  # noqa: S608  (a constant)
            names = [column[0] for column in found.description or ()]
            while rows := found.fetchmany(1000):
                yield from (dict(zip(names, row, strict=True)) for row in rows)
    except duckdb.Error as error:
        raise ValueError(f"{path} cannot be read as a DuckDB database of facts: {error}") from error
