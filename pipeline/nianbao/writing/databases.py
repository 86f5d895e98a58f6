"""Databases as outputs: DuckDB and SQLite, with all tables of a run in one file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nianbao.writing.atomic import WriteError
from nianbao.writing.columns import DOCUMENTS, SQL_TYPES, Kind, TableSchema, kinds, values
from nianbao.writing.sinks import BatchSink, Sink

if TYPE_CHECKING:
    import pyarrow

_SQLITE_TYPES: dict[Kind, str] = {"str": "TEXT", "int": "INTEGER", "float": "REAL", "bool": "INTEGER"}
# Table → what rows are looked up by.
_INDEXES: dict[str, tuple[tuple[str, ...], ...]] = {
    "facts": (("doc_id",), ("metric", "year"), ("agency", "year"), ("status",)),
    "documents": (("status",), ("agency", "report_year"), ("sha256",)),
    "checks": (("document",), ("check",)),
    "panel": (("metric", "year"), ("agency_id", "year"), ("region_code", "year"), ("doc_id",)),
}
_KEYS = {"documents": "doc_id", "codebook": "metric"}
_REFERENCES = {"doc_id": "documents", "document": "documents", "metric": "codebook"}
"""Column → the table whose key it names."""
_WAITING = "waiting_documents"
_OTHERS = ", ".join(f'"{name}"' for name in DOCUMENTS.columns if name != "doc_id")
_KEYED = f"""
    INSERT INTO {DOCUMENTS.name} (doc_id, {_OTHERS})
    SELECT CASE WHEN row_number() OVER (PARTITION BY doc_id ORDER BY status = 'failed', rowid) = 1 THEN doc_id END,
        {_OTHERS}
    FROM {_WAITING} ORDER BY rowid"""  # noqa: S608  (constants)


class DuckdbSink(BatchSink):
    """A DuckDB database with a table for each."""

    def _start(self, path: Path) -> None:
        import duckdb

        # DuckDB makes the file itself and takes an empty one for a broken database.
        path.unlink()
        # Nothing is fetched from the network.
        config: dict[str, Any] = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
        with self._reporting():
            self._connection = duckdb.connect(str(path), config=config)
            for table in self.tables:
                columns = ", ".join(
                    f'"{name}" {SQL_TYPES[kind]}{"" if null else " NOT NULL"}'
                    for name, (kind, null) in kinds(table).items()
                )
                self._connection.execute(f"CREATE TABLE {table.name} ({columns})")

    @contextmanager
    def _reporting(self) -> Iterator[None]:
        import duckdb

        try:
            yield
        except duckdb.InterruptException as error:
            raise KeyboardInterrupt from error
        # DuckDB has its own errors for the disk.
        except duckdb.Error as error:
            raise _refused(self.target, error) from error

    def _append(self, rows: pyarrow.Table, table: TableSchema) -> None:
        with self._reporting():
            self._connection.register("batch", rows)
            self._connection.execute(f"INSERT INTO {table.name} SELECT * FROM batch")  # noqa: S608  (constants)
            self._connection.unregister("batch")

    def _stop(self) -> None:
        try:
            with self._reporting():
                self._connection.execute("CHECKPOINT")
        finally:
            self._connection.close()


class SqliteSink(Sink):
    """A SQLite database: keys and indexes as Datasette wants them, lists as JSON.

    What names a document or a metric refers to the key of its table. Of two documents with one id that which was read
    keeps it, and the other's is null.
    """

    def _open(self, path: Path) -> None:
        self._done = False
        with self._reporting():
            self._connection = sqlite3.connect(path, isolation_level=None)
            # The file is nobody's until it is whole: what a crash leaves of it is thrown away.
            for pragma in ("journal_mode = OFF", "synchronous = OFF", "encoding = 'UTF-8'"):
                self._connection.execute(f"PRAGMA {pragma}")
            for table in self.tables:
                self._connection.execute(_create(table, self.tables))
            # Ids are known to be unique when all rows are there.
            self._connection.execute(f"CREATE TEMP TABLE {_WAITING} ({', '.join(map(_quoted, DOCUMENTS.columns))})")
            self._connection.execute("BEGIN")

    @contextmanager
    def _reporting(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise _refused(self.target, error) from error

    def _write(self, rows: Iterable[Any], table: TableSchema) -> None:
        places = ", ".join("?" * len(table.columns))
        of = values(table)
        with self._reporting():
            self._connection.executemany(
                f"INSERT INTO {_WAITING if table == DOCUMENTS else table.name} VALUES ({places})",  # noqa: S608
                ([_sqlite_value(value) for value in of(row)] for row in rows),
            )

    def _close(self) -> None:
        if self._done:
            return
        self._done = True
        with closing(self._connection), self._reporting():
            if DOCUMENTS in self.tables:
                self._connection.execute(_KEYED)
            for table in self.tables:
                for columns in _INDEXES.get(table.name, ()):
                    name, named = "_".join((table.name, *columns)), ", ".join(map(_quoted, columns))
                    self._connection.execute(f"CREATE INDEX {name} ON {table.name} ({named})")
            self._connection.execute("COMMIT")
            self._connection.execute("ANALYZE")


def _create(table: TableSchema, tables: Iterable[TableSchema]) -> str:
    others = {other.name for other in tables} - {table.name}
    columns = []
    for name, (kind, null) in kinds(table).items():
        words = [_quoted(name), _SQLITE_TYPES.get(kind, "TEXT"), "" if null else "NOT NULL"]
        if _KEYS.get(table.name) == name:
            words.append("PRIMARY KEY")
        elif (other := _REFERENCES.get(name)) in others:
            words.append(f"REFERENCES {other} ({_KEYS[str(other)]})")
        columns.append(" ".join(filter(None, words)))
    return f"CREATE TABLE {table.name} ({', '.join(columns)})"


def _quoted(name: str) -> str:
    return f'"{name}"'


def _sqlite_value(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value


def _refused(target: Path, error: Exception) -> WriteError:
    return WriteError(
        f"{target} could not be written: {error}; nothing was left there. Make room or choose another place, "
        "and run again"
    )
