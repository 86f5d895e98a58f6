"""One sink for each kind of output file. Rows stream through; memory holds one row group of each table."""

from __future__ import annotations

import csv
import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from nianbao.writing.atomic import OutputError, Pending, check_target, reporting
from nianbao.writing.cells import cell
from nianbao.writing.columns import FACTS, TableSchema, arrow_schema, values

if TYPE_CHECKING:
    import pyarrow

ROW_GROUP = 10_000


class Sink(ABC):
    """Takes rows in the order in which they shall stand, and gives a file at `commit`.

    Use it in a `with` block: what leaves the block without `commit` leaves no file.

    Args:
        tables: what the file holds; more than one only where `SEVERAL` names its ending.
        heads: column → what a workbook writes above it, where that is not its name.
    """

    def __init__(
        self, target: Path, tables: Sequence[TableSchema] = (FACTS,), heads: Mapping[str, str] | None = None
    ) -> None:
        self.tables = tuple(tables)
        self.heads = heads or {}
        self.target = target
        self._pending = Pending(target)
        try:
            with reporting(target):
                self._open(self._pending.path)
        except BaseException:
            self._pending.discard()
            raise

    def __enter__(self) -> Sink:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            # What is thrown away need not be flushed: a full disk fails here once more.
            with suppress(Exception):
                self._close()
        finally:
            self._pending.discard()

    def write(self, rows: Iterable[Any], table: TableSchema | None = None) -> None:
        """Adds rows to a table, by default the first.

        Raises:
            WriteError: the system refused, for instance on a full disk.
        """
        with reporting(self.target):
            self._write(rows, table or self.tables[0])

    def close(self) -> None:
        """Finishes the file, so that `place` has nothing left to do that often fails.

        Raises:
            WriteError: as above.
        """
        with reporting(self.target):
            self._close()
        self._pending.settle()

    def place(self) -> None:
        """Puts the finished file at its place.

        Raises:
            WriteError: as above; nothing is at its place then.
        """
        self._pending.place()

    def keep(self) -> None:
        """Before `place`: what stands there is kept, so that `undo` can put it back."""
        self._pending.keep()

    def undo(self) -> None:
        """After `place`: what stood there stands there again, or nothing."""
        self._pending.undo()

    def commit(self) -> None:
        """Finishes the file and puts it at its place.

        Raises:
            WriteError: as above; nothing is at its place then.
        """
        self.close()
        self.place()

    @abstractmethod
    def _open(self, path: Path) -> None: ...

    @abstractmethod
    def _write(self, rows: Iterable[Any], table: TableSchema) -> None: ...

    @abstractmethod
    def _close(self) -> None:
        """Flushes and closes; a second call does nothing."""


class JsonlSink(Sink):
    """One JSON object a line, UTF-8, keys in the order of the columns."""

    def _open(self, path: Path) -> None:
        self._stream = path.open("w", encoding="utf-8", newline="\n")

    def _write(self, rows: Iterable[Any], table: TableSchema) -> None:
        columns, of = table.columns, values(table)
        for row in rows:
            found = dict(zip(columns, of(row), strict=True))
            self._stream.write(json.dumps(found, ensure_ascii=False, allow_nan=False) + "\n")

    def _close(self) -> None:
        self._stream.close()


class CsvSink(Sink):
    """UTF-8 with a byte order mark, so that Excel shows Chinese; lists joined by ";", null as an empty field.

    A line break in a field is a blank: what reads lines reads rows. The exact characters stand in the other formats.
    """

    def _open(self, path: Path) -> None:
        self._stream = path.open("w", encoding="utf-8-sig", newline="")
        self._rows = csv.writer(self._stream)
        self._rows.writerow(self.tables[0].columns)

    def _write(self, rows: Iterable[Any], table: TableSchema) -> None:
        of = values(table)
        for row in rows:
            self._rows.writerow([cell(value) for value in of(row)])

    def _close(self) -> None:
        self._stream.close()


class BatchSink(Sink):
    """Collects rows to Arrow tables of about ROW_GROUP rows."""

    def _open(self, path: Path) -> None:
        self._rows: dict[TableSchema, list[tuple[Any, ...]]] = {table: [] for table in self.tables}
        self._done = False
        self._start(path)

    def _write(self, rows: Iterable[Any], table: TableSchema) -> None:
        held = self._rows[table]
        held.extend(map(values(table), rows))
        if len(held) >= ROW_GROUP:
            self._flush(table)

    def _flush(self, table: TableSchema) -> None:
        import pyarrow as pa

        schema, rows = arrow_schema(table), self._rows[table]
        columns = zip(*rows, strict=True) if rows else ((),) * len(schema)
        arrays = [pa.array(column, type=field.type) for column, field in zip(columns, schema, strict=True)]
        rows.clear()
        self._append(pa.Table.from_arrays(arrays, schema=schema), table)

    def _close(self) -> None:
        if self._done:
            return
        self._done = True
        try:
            for table in self.tables:
                if self._rows[table]:
                    self._flush(table)
        finally:
            self._stop()

    @abstractmethod
    def _start(self, path: Path) -> None: ...

    @abstractmethod
    def _append(self, rows: pyarrow.Table, table: TableSchema) -> None: ...

    @abstractmethod
    def _stop(self) -> None: ...


class ParquetSink(BatchSink):
    """Typed columns, lists as lists, zstd."""

    def _start(self, path: Path) -> None:
        import pyarrow.parquet as pq

        self._writer = pq.ParquetWriter(
            path, arrow_schema(self.tables[0]), compression="zstd", write_page_checksum=True
        )

    def _append(self, rows: pyarrow.Table, table: TableSchema) -> None:
        self._writer.write_table(rows)

    def _stop(self) -> None:
        self._writer.close()


SINKS: dict[str, str] = {
    ".jsonl": "nianbao.writing.sinks:JsonlSink",
    ".csv": "nianbao.writing.sinks:CsvSink",
    ".parquet": "nianbao.writing.sinks:ParquetSink",
    ".duckdb": "nianbao.writing.databases:DuckdbSink",
    ".sqlite": "nianbao.writing.databases:SqliteSink",
    ".xlsx": "nianbao.writing.sheets:XlsxSink",
}
SEVERAL = frozenset((".duckdb", ".sqlite", ".xlsx"))
"""Endings of files that hold several tables."""
ALL_TABLES = frozenset((".sqlite", ".xlsx"))
"""Those of them that also hold what follows from facts (`nianbao.sharing`)."""
_NEEDS = {
    ".parquet": ("pyarrow", "nianbao"),
    ".duckdb": ("duckdb", "nianbao[duckdb]"),
    ".xlsx": ("xlsxwriter", "nianbao[xlsx]"),
}


def open_sink(target: Path, tables: Sequence[TableSchema] = (FACTS,), heads: Mapping[str, str] | None = None) -> Sink:
    """The sink for `target`, by its ending.

    Args:
        tables, heads: see `Sink`.

    Raises:
        OutputError: unknown ending, missing or unwritable folder, a folder at its place, or a part of the package
            that is not installed.
    """
    ending = target.suffix.lower()
    check_target(target)
    if ending not in SINKS:
        raise OutputError(f"{target} has an ending that cannot be written; use one of {' '.join(SINKS)}")
    module, package = _NEEDS.get(ending, ("", ""))
    if module and find_spec(module) is None:
        raise OutputError(f"{ending} needs {module}, which is not installed: pip install '{package}'")
    place, _, name = SINKS[ending].partition(":")
    sink: Sink = getattr(import_module(place), name)(target, tables, heads)
    return sink
