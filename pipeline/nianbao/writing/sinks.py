"""One sink for each kind of output file. Rows stream through; memory holds one row group."""

from __future__ import annotations

import csv
import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from nianbao.schema import COLUMNS, Fact
from nianbao.writing.atomic import OutputError, Pending, WriteError, check_target, reporting
from nianbao.writing.columns import SQL_TYPES, arrow_schema, kinds, values

if TYPE_CHECKING:
    import pyarrow

ROW_GROUP = 10_000
FLAG_SEPARATOR = ";"
TABLE = "facts"

# A cell that begins so is a formula to spreadsheets, full-width signs included; the apostrophes are those that
# `guard` adds, so that it can be undone.
_FORMULA = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
_NUMBER = re.compile(r"[+\-＋－]?[\d０-９][\d０-９.,，．]*[%％]?")


class Sink(ABC):
    """Takes facts in the order in which they shall stand, and gives a file at `commit`.

    Use it in a `with` block: what leaves the block without `commit` leaves no file.
    """

    def __init__(self, target: Path) -> None:
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

    def write(self, facts: Iterable[Fact]) -> None:
        """Adds rows.

        Raises:
            WriteError: the system refused, for instance on a full disk.
        """
        with reporting(self._pending.target):
            self._write(facts)

    def commit(self) -> None:
        """Finishes the file and puts it at its place.

        Raises:
            WriteError: as above; nothing is at its place then.
        """
        with reporting(self._pending.target):
            self._close()
        self._pending.commit()

    @abstractmethod
    def _open(self, path: Path) -> None: ...

    @abstractmethod
    def _write(self, facts: Iterable[Fact]) -> None: ...

    @abstractmethod
    def _close(self) -> None:
        """Flushes and closes; a second call does nothing."""


class JsonlSink(Sink):
    """One JSON object a line, UTF-8, keys in the order of the columns."""

    def _open(self, path: Path) -> None:
        self._stream = path.open("w", encoding="utf-8", newline="\n")

    def _write(self, facts: Iterable[Fact]) -> None:
        for fact in facts:
            row = dict(zip(COLUMNS, values(fact), strict=True))
            self._stream.write(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n")

    def _close(self) -> None:
        self._stream.close()


class CsvSink(Sink):
    """UTF-8 with a byte order mark, so that Excel shows Chinese; flags joined by ";", null as an empty field."""

    def _open(self, path: Path) -> None:
        self._stream = path.open("w", encoding="utf-8-sig", newline="")
        self._rows = csv.writer(self._stream)
        self._rows.writerow(COLUMNS)

    def _write(self, facts: Iterable[Fact]) -> None:
        for fact in facts:
            self._rows.writerow([_csv_field(value) for value in values(fact)])

    def _close(self) -> None:
        self._stream.close()


def _csv_field(value: Any) -> Any:
    if isinstance(value, list):
        return guard(FLAG_SEPARATOR.join(map(str, value)))
    return guard(value) if isinstance(value, str) else value


def guard(text: str) -> str:
    """`text` as a spreadsheet may open it: an apostrophe before what would run as a formula.

    Documents come from anywhere, and .csv is what people open by a double click. Numbers ("-3", "+1.5%") stay as
    they are; the exact characters of all else stand in the other formats, and `unguard` gives them back.
    """
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def unguard(text: str) -> str:
    """The inverse of `guard`."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


class _BatchSink(Sink):
    """Collects rows to Arrow tables of about ROW_GROUP rows."""

    def _open(self, path: Path) -> None:
        self._rows: list[tuple[Any, ...]] = []
        self._done = False
        self._start(path)

    def _write(self, facts: Iterable[Fact]) -> None:
        self._rows.extend(values(fact) for fact in facts)
        if len(self._rows) >= ROW_GROUP:
            self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        columns = zip(*self._rows, strict=True) if self._rows else ((),) * len(COLUMNS)
        schema = arrow_schema()
        arrays = [pa.array(column, type=field.type) for column, field in zip(columns, schema, strict=True)]
        self._rows.clear()
        self._append(pa.Table.from_arrays(arrays, schema=schema))

    def _close(self) -> None:
        if self._done:
            return
        self._done = True
        try:
            if self._rows:
                self._flush()
        finally:
            self._stop()

    @abstractmethod
    def _start(self, path: Path) -> None: ...

    @abstractmethod
    def _append(self, table: pyarrow.Table) -> None: ...

    @abstractmethod
    def _stop(self) -> None: ...


class ParquetSink(_BatchSink):
    """Typed columns, flags as list<string>, zstd."""

    def _start(self, path: Path) -> None:
        import pyarrow.parquet as pq

        self._writer = pq.ParquetWriter(path, arrow_schema(), compression="zstd")

    def _append(self, table: pyarrow.Table) -> None:
        self._writer.write_table(table)

    def _stop(self) -> None:
        self._writer.close()


class DuckdbSink(_BatchSink):
    """A DuckDB database with the one table `facts`."""

    def _start(self, path: Path) -> None:
        import duckdb

        # DuckDB makes the file itself and takes an empty one for a broken database.
        path.unlink()
        # Nothing is fetched from the network.
        config: dict[str, Any] = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
        columns = ", ".join(
            f'"{name}" {SQL_TYPES[kind]}{"" if null else " NOT NULL"}' for name, (kind, null) in kinds().items()
        )
        with self._reporting():
            self._connection = duckdb.connect(str(path), config=config)
            self._connection.execute(f"CREATE TABLE {TABLE} ({columns})")

    @contextmanager
    def _reporting(self) -> Iterator[None]:
        import duckdb

        try:
            yield
        except duckdb.InterruptException as error:
            raise KeyboardInterrupt from error
        # DuckDB has its own errors for the disk.
        except duckdb.Error as error:
            raise WriteError(
                f"{self._pending.target} could not be written: {error}; nothing was left there. Make room or choose "
                "another place, and run again"
            ) from error

    def _append(self, table: pyarrow.Table) -> None:
        with self._reporting():
            self._connection.register("batch", table)
            self._connection.execute(f"INSERT INTO {TABLE} SELECT * FROM batch")  # noqa: S608  (constants)
            self._connection.unregister("batch")

    def _stop(self) -> None:
        try:
            with self._reporting():
                self._connection.execute("CHECKPOINT")
        finally:
            self._connection.close()


SINKS: dict[str, type[Sink]] = {".jsonl": JsonlSink, ".csv": CsvSink, ".parquet": ParquetSink, ".duckdb": DuckdbSink}
_NEEDS = {".parquet": ("pyarrow", "nianbao"), ".duckdb": ("duckdb", "nianbao[duckdb]")}


def open_sink(target: Path) -> Sink:
    """The sink for `target`, by its ending.

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
    return SINKS[ending](target)
