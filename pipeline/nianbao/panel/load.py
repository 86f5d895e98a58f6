"""Facts from any of the output formats into DuckDB, one table for all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from nianbao.schema import COLUMNS
from nianbao.writing import read_documents, read_facts
from nianbao.writing.columns import DOCUMENTS, SQL_TYPES, arrow_schema, kinds

if TYPE_CHECKING:
    import duckdb
    import pyarrow

_ROWS = 50_000
_KEPT = (
    "agency, report_year, metric, applicant, year, value, value_text, unit, qualifier, status, basis, scope, "
    '"start", "end", confidence, flags, quote, page'
)


class PanelError(ValueError):
    """The facts or what goes with them cannot be used; the message says which file, and what to do."""


def load_facts(connection: duckdb.DuckDBPyConnection, paths: Sequence[Path]) -> None:
    """Makes the tables `docs` (doc, input, doc_id) and `facts` (doc, fact, and what the panel needs of a fact).

    `fact` numbers the facts in the order of the files.

    `input` is the position of a path among `paths`: the same doc_id in two of them is two documents.

    Args:
        paths: outputs of extract, or folders that hold such .parquet files.

    Raises:
        PanelError: a path is missing, holds no facts, or cannot be read.
    """
    import duckdb

    connection.execute(f"CREATE TABLE raw (input INTEGER, doc_id VARCHAR, {_typed()})")
    for at, path in enumerate(paths):
        try:
            if path.is_dir() or path.suffix.lower() == ".parquet":
                files = [str(file) for file in _parquet_files(path)]
                connection.execute(
                    f"INSERT INTO raw SELECT ?, doc_id, {_KEPT} FROM read_parquet(?, hive_partitioning = false)",  # noqa: S608
                    [at, files],
                )
            else:
                for batch in _batches(path):
                    connection.register("batch", batch)
                    connection.execute(f"INSERT INTO raw SELECT ?, doc_id, {_KEPT} FROM batch", [at])  # noqa: S608
                    connection.unregister("batch")
        except duckdb.OutOfMemoryException:
            raise
        except duckdb.Error as error:
            raise PanelError(f"{path} cannot be read as facts: {error}") from error
    connection.execute("""
        CREATE TABLE docs AS
        SELECT row_number() OVER (ORDER BY input, doc_id) AS doc, input, doc_id,
            max(agency) AS agency, max(report_year) AS report_year, count(*) AS facts, count(metric) AS linked
        FROM raw GROUP BY input, doc_id""")
    connection.execute("""
        CREATE TABLE facts AS
        SELECT docs.doc, raw.rowid AS fact, raw.* EXCLUDE (input, doc_id, agency, report_year)
        FROM raw JOIN docs USING (input, doc_id)
        WHERE raw.metric IS NOT NULL""")
    connection.execute("DROP TABLE raw")


def _typed() -> str:
    types = {"string": "VARCHAR", "int64": "BIGINT", "double": "DOUBLE"}
    fields = {field.name: types.get(str(field.type), "VARCHAR[]") for field in arrow_schema()}
    return ", ".join(f"{name} {fields[name.strip(chr(34))]}" for name in _KEPT.split(", "))


def _parquet_files(path: Path) -> list[Path]:
    """The files of facts; what else lies in a folder (errors, a manifest) has other columns."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not path.exists():
        raise PanelError(f"{path} does not exist; give the output of: nianbao extract PATH... -o OUT")
    found = []
    for file in sorted(path.rglob("*.parquet")) if path.is_dir() else [path]:
        try:
            if set(COLUMNS) <= set(pq.read_schema(file).names):
                found.append(file)
        except pa.ArrowInvalid as error:
            raise PanelError(f"{file} is no Parquet file, or is cut off: {error}") from error
    if not found:
        raise PanelError(f"{path} holds no facts; give the output of: nianbao extract PATH... -o OUT")
    return found


def tables(path: Path) -> Iterator[pyarrow.Table]:
    """The facts of an output of extract, or of a folder of them, in parts.

    Raises:
        PanelError: it is missing, holds no facts, or cannot be read.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not path.is_dir() and path.suffix.lower() != ".parquet":
        yield from _batches(path)
        return
    for file in _parquet_files(path):
        with pq.ParquetFile(file) as opened:
            for batch in opened.iter_batches(_ROWS, columns=list(COLUMNS)):
                yield pa.Table.from_batches([batch])


def load_documents(connection: duckdb.DuckDBPyConnection, paths: Sequence[Path]) -> None:
    """Makes the table `known`: `input` and the columns of the tables of documents that go with the facts.

    Raises:
        PanelError: one cannot be read.
    """
    columns = ", ".join(f'"{name}" {SQL_TYPES[kind]}' for name, (kind, _) in kinds(DOCUMENTS).items())
    connection.execute(f"CREATE TABLE known (input INTEGER, {columns})")
    for at, path in enumerate(paths):
        for batch in documents(path):
            connection.register("batch", batch)
            connection.execute("INSERT INTO known SELECT ?, * FROM batch", [at])
            connection.unregister("batch")


def documents(path: Path) -> Iterator[pyarrow.Table]:
    """The tables of documents that go with an output of extract, or with a folder of them; none where there are none.

    Raises:
        PanelError: one cannot be read.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = arrow_schema(DOCUMENTS)
    try:
        if not path.is_dir():
            rows = read_documents(path) or iter(())
            while part := list(islice(rows, _ROWS)):
                yield pa.Table.from_pylist(part, schema=schema)
            return
        for file in sorted(path.rglob("*.parquet")):
            if set(schema.names) <= set(pq.read_schema(file).names):
                yield pq.read_table(file, columns=schema.names)
    except (ValueError, OSError, pa.ArrowException) as error:
        raise PanelError(f"{path}: its table of documents cannot be read: {error}") from error


def _batches(path: Path) -> Iterator[pyarrow.Table]:
    import pyarrow as pa

    rows = read_facts(path)
    try:
        while part := list(islice(rows, _ROWS)):
            yield pa.Table.from_pylist(part, schema=arrow_schema())
    except (ValueError, OSError) as error:
        raise PanelError(str(error)) from error
