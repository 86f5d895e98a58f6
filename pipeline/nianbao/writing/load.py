"""Facts and tables of documents read back from any of the output formats."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from nianbao.writing.cells import SEPARATOR, unguard
from nianbao.writing.columns import DOCUMENTS, FACTS, Kind, TableSchema, kinds
from nianbao.writing.output import documents_path
from nianbao.writing.sinks import SINKS
from nianbao.writing.words import columns_by_head

PARTS = "part-*.parquet"
"""The files of facts in a folder that a run over several processes wrote."""

Rows = Iterator[dict[str, Any]]


def read_facts(path: Path) -> Rows:
    """The rows of a facts file, or of a folder that a run over several processes wrote; keys in the columns' order.

    An empty field of .csv or .xlsx is null where the column can be null: neither tells null from the empty string.

    Raises:
        ValueError: the ending is unknown, or the file does not hold facts.
        OSError: it cannot be read.
    """
    if path.is_dir():
        if not any(path.glob(PARTS)):
            raise ValueError(f"{path} is a folder without facts; give the output of: nianbao extract PATH... -o OUT")
        return (row for part in sorted(path.glob(PARTS)) for row in _rows(part, FACTS))
    return _rows(path, FACTS)


def holds_facts(path: Path) -> bool:
    """Whether a path is an output of extract: a file with the columns of facts, or a folder of a run's parts."""
    if path.is_dir():
        return any(path.glob(PARTS))
    if path.suffix.lower() not in _READERS:
        return False
    try:
        next(_rows(path, FACTS), None)
    except (ValueError, OSError):
        return False
    return True


def read_documents(path: Path) -> Rows | None:
    """The table of documents that goes with a facts file or folder; None where there is none.

    Raises:
        ValueError: what stands there is none.
        OSError: it cannot be read.
    """
    if path.is_dir():
        parts = sorted((path / DOCUMENTS.name).glob(PARTS))
        return (row for part in parts for row in _rows(part, DOCUMENTS)) if parts else None
    found = documents_path(path)
    if not found.is_file() or (found == path and not _holds_documents(path)):
        return None
    return _rows(found, DOCUMENTS)


def _rows(path: Path, table: TableSchema) -> Rows:
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise ValueError(f"{path} has an ending that holds no {table.name}; use one of {' '.join(SINKS)}")
    if not path.is_file():
        raise ValueError(f"{path} is no file; give the output of: nianbao extract PATH... -o OUT")
    for row in reader(path, table):
        if not row.keys() >= set(table.columns):
            missing = ", ".join(name for name in table.columns if name not in row)
            raise ValueError(f"{path} does not hold {table.name}: it has no {missing}")
        yield {name: row[name] for name in table.columns}


def _from_jsonl(path: Path, table: TableSchema) -> Rows:
    with path.open(encoding="utf-8", newline="\n") as stream:
        for number, line in enumerate(stream, start=1):
            row = json.loads(line)
            if not isinstance(row, dict):
                raise ValueError(f"{path}:{number} is no JSON object")
            yield row


def _from_csv(path: Path, table: TableSchema) -> Rows:
    columns = kinds(table)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.DictReader(stream):
            yield {name: _parsed(unguard(field), *columns[name]) for name, field in row.items() if name in columns}


def _parsed(field: str, kind: Kind, null: bool) -> Any:
    if field == "" and null:
        return None
    if kind in ("words", "numbers"):
        found = field.split(SEPARATOR) if field else []
        return found if kind == "words" else [float(part) for part in found]
    parse: dict[str, Callable[[str], Any]] = {"str": str, "int": int, "float": float, "bool": "True".__eq__}
    return parse[kind](field)


def _from_parquet(path: Path, table: TableSchema) -> Rows:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches():
            yield from batch.to_pylist()


def _from_duckdb(path: Path, table: TableSchema) -> Rows:
    try:
        import duckdb
    except ImportError as error:
        raise ValueError(f"{path} needs duckdb: pip install 'nianbao[duckdb]'") from error
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            found = connection.execute(f"SELECT * FROM {table.name}")  # noqa: S608  (a constant)
            names = [column[0] for column in found.description or ()]
            while rows := found.fetchmany(1000):
                yield from (dict(zip(names, row, strict=True)) for row in rows)
    except duckdb.Error as error:
        raise ValueError(f"{path} cannot be read as a DuckDB database of {table.name}: {error}") from error


def _from_sqlite(path: Path, table: TableSchema) -> Rows:
    columns = kinds(table)
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            found = connection.execute(f"SELECT * FROM {table.name} ORDER BY rowid")  # noqa: S608  (a constant)
            names = [column[0] for column in found.description]
            for row in found:
                yield {
                    name: _of_sqlite(value, columns[name][0])
                    for name, value in zip(names, row, strict=True)
                    if name in columns
                }
    except sqlite3.Error as error:
        raise ValueError(f"{path} cannot be read as a SQLite database of {table.name}: {error}") from error


def _of_sqlite(value: Any, kind: Kind) -> Any:
    if value is None:
        return None
    return json.loads(value) if kind in ("words", "numbers") else bool(value) if kind == "bool" else value


def _from_xlsx(path: Path, table: TableSchema) -> Rows:
    try:
        import python_calamine
    except ImportError as error:
        raise ValueError(f"{path} needs python-calamine: pip install 'nianbao[xlsx]'") from error
    columns = kinds(table)
    try:
        with python_calamine.load_workbook(str(path)) as book:
            sheet = iter(book.get_sheet_by_name(table.name).iter_rows())
            known = columns_by_head()
            heads = [known.get(str(head), str(head)) for head in next(sheet, ())]
            for row in sheet:
                yield {
                    name: _of_cell(value, *columns[name])
                    for name, value in zip(heads, row, strict=True)
                    if name in columns
                }
    except (python_calamine.CalamineError, OSError) as error:
        raise ValueError(f"{path} cannot be read as a workbook of {table.name}: {error}") from error


def _of_cell(value: Any, kind: Kind, null: bool) -> Any:
    if isinstance(value, str):
        return _parsed(value, kind, null)
    if kind in ("str", "words", "numbers"):
        return _parsed(format(value, ".15g"), kind, null)
    return int(value) if kind == "int" else value


def _holds_documents(path: Path) -> bool:
    """Whether a file that can hold several tables has that of documents, which files of earlier versions lack."""
    try:
        next(_rows(path, DOCUMENTS), None)
    except ValueError:
        return False
    return True


_READERS: dict[str, Callable[[Path, TableSchema], Rows]] = {
    ".jsonl": _from_jsonl,
    ".csv": _from_csv,
    ".parquet": _from_parquet,
    ".duckdb": _from_duckdb,
    ".sqlite": _from_sqlite,
    ".xlsx": _from_xlsx,
}
