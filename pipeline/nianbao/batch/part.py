"""A part of the output: facts, errors and, last of all, its manifest, which says that the part is whole."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from nianbao.batch.document import DUPLICATE, of_record, of_result, warnings_of
from nianbao.batch.run import ErrorFile
from nianbao.batch.summary import Summary
from nianbao.reading import ReadError
from nianbao.writing.atomic import Pending, reporting
from nianbao.writing.columns import DOCUMENTS, FACTS
from nianbao.writing.sinks import open_sink

if TYPE_CHECKING:
    import pyarrow

    from nianbao.extractor import Result

MANIFEST = "_manifest"
ERRORS = "_errors"
_ABOUT = b"nianbao"
COLUMNS = ("id", "sha256", "model", "status", "kind", "is_report", "facts", "path", "line")
"""Of the manifest; each of its rows has its row in the part's table of documents."""


def facts_path(folder: Path, key: str) -> Path:
    """Where a part's facts stand. Names that begin with _ or . are no data to Arrow, Spark and their kin."""
    return folder / f"part-{key}.parquet"


def documents_path(folder: Path, key: str) -> Path:
    """Where a part's table of documents stands."""
    return folder / DOCUMENTS.name / f"part-{key}.parquet"


def errors_path(folder: Path, key: str) -> Path:
    """Where a part's error records stand; there is no file when there are none."""
    return folder / ERRORS / f"part-{key}.jsonl"


def manifest_path(folder: Path, key: str) -> Path:
    """Where a part's manifest stands."""
    return folder / MANIFEST / f"part-{key}.parquet"


def keys(folder: Path) -> list[str]:
    """The parts that are whole, in the order of the input."""
    names = (path.stem for path in (folder / MANIFEST).glob("part-*.parquet"))
    return sorted(name.removeprefix("part-") for name in names)


class PartWriter:
    """One part while it is made; use it in a `with` block: without `commit` nothing is left of it."""

    def __init__(self, folder: Path, key: str, model: str) -> None:
        self.summary = Summary()
        self._manifest = manifest_path(folder, key)
        self._model = model
        self._rows: list[tuple[Any, ...]] = []
        self._sinks = {
            FACTS: open_sink(facts_path(folder, key)),
            DOCUMENTS: open_sink(documents_path(folder, key), (DOCUMENTS,)),
        }
        self._errors = ErrorFile(errors_path(folder, key))

    def __enter__(self) -> PartWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for sink in self._sinks.values():
            sink.__exit__(kind, error, trace)
        self._errors.__exit__(kind, error, trace)

    def add_result(self, result: Result, sha256: str) -> None:
        """A document that was read.

        Raises:
            WriteError: the system refused.
        """
        source, document = result.source, of_result(result, self._model)
        self._sinks[FACTS].write(result.facts)
        self._sinks[DOCUMENTS].write((document,))
        self.summary.add_document(document, result.facts)
        for warning in warnings_of(result):
            self._errors.write(warning)
            self.summary.add_record(warning)
        self._row(source.id, sha256, "done", None, document.is_report, document.facts, source.path, source.line)

    def add_record(self, record: ReadError, sha256: str | None = None) -> None:
        """A document that was not read, or that the filter refused.

        Args:
            sha256: of the text, where the document was read as far as that.

        Raises:
            WriteError: the system refused.
        """
        if record.level == "refused":
            status = "refused"
        else:
            status = "duplicate" if record.kind == DUPLICATE else "error"
            self._errors.write(record)
        self.summary.add_record(record)
        self._sinks[DOCUMENTS].write((of_record(record, self._model),))
        self._row(record.doc_id, sha256, status, record.kind, None, 0, record.path, record.line)

    @property
    def has_records(self) -> bool:
        """Whether there was any document."""
        return bool(self._rows)

    def _row(self, doc_id: str | None, sha256: str | None, status: str, *rest: Any) -> None:
        self._rows.append((doc_id, sha256, self._model, status, *rest))

    def commit(self, ended: bool) -> None:
        """Puts the part at its place. `ended`: there is none after it in its shard.

        Raises:
            WriteError: the system refused; the part does not count as whole then.
        """
        for sink in self._sinks.values():
            sink.commit()
        self._errors.commit()
        columns = list(zip(*self._rows, strict=True)) or [()] * len(COLUMNS)
        write_manifest(self._manifest, dict(zip(COLUMNS, columns, strict=True)), self.summary, ended)


def sound(folder: Path, key: str) -> bool:
    """Whether all that a manifest tells of a part is there and can be read: a full or failing disk leaves less."""
    import pyarrow as pa

    try:
        summary, _ = read_manifest(manifest_path(folder, key))
        told = _rows_of(manifest_path(folder, key), COLUMNS)
        facts = _rows_of(facts_path(folder, key), FACTS.columns)
        documents = _rows_of(documents_path(folder, key), DOCUMENTS.columns)
        records = read_records(folder, key)
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException):
        return False
    counted = (summary.facts, told, summary.errors + summary.warnings)
    return (facts, documents, len(records)) == counted


def _rows_of(path: Path, columns: Sequence[str]) -> int:
    """How many rows a file of these columns holds, every page of it read and compared with its checksum.

    Raises:
        OSError, ValueError, pyarrow.ArrowException: it is damaged, or holds something else.
    """
    import pyarrow.parquet as pq

    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        if tuple(file.schema_arrow.names) != tuple(columns):
            raise ValueError(f"{path} has other columns")
        return sum(batch.num_rows for batch in file.iter_batches(use_threads=False))


def set_aside(folder: Path, key: str, aside: Path) -> None:
    """Moves the files of a part that is not sound out of the way.

    Raises:
        WriteError: the system refused.
    """
    with reporting(aside):
        aside.mkdir(exist_ok=True)
        # The manifest first: without it there is no part.
        for path in (f(folder, key) for f in (manifest_path, facts_path, documents_path, errors_path)):
            if path.exists():
                place = aside / path.relative_to(folder)
                place.parent.mkdir(parents=True, exist_ok=True)
                path.replace(place)


def read_records(folder: Path, key: str) -> list[ReadError]:
    """A part's error records.

    Raises:
        OSError, ValueError, TypeError: the file is damaged.
    """
    path = errors_path(folder, key)
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="\n") as stream:
        return [ReadError.from_dict(json.loads(line)) for line in stream]


def write_manifest(target: Path, columns: dict[str, Any], summary: Summary, ended: bool) -> None:
    """Writes a manifest whole.

    Raises:
        WriteError: the system refused.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    about = json.dumps({"ended": ended, "summary": summary.to_dict()})
    schema = _schema().with_metadata({_ABOUT: about.encode()})
    pending = Pending(target)
    try:
        with reporting(target):
            pq.write_table(pa.table(columns, schema=schema), pending.path, compression="zstd", write_page_checksum=True)
        pending.commit()
    finally:
        pending.discard()


def read_manifest(path: Path) -> tuple[Summary, bool]:
    """A part's counts, and whether it is the last of its shard.

    Raises:
        OSError: there is none.
        ValueError: the file is damaged.
    """
    import pyarrow.parquet as pq

    about = json.loads(pq.read_metadata(path).metadata[_ABOUT])
    return Summary.from_dict(about["summary"]), bool(about["ended"])


def _schema() -> pyarrow.Schema:
    import pyarrow as pa

    types = {"is_report": pa.bool_(), "facts": pa.int32(), "line": pa.int64()}
    return pa.schema([(name, types.get(name, pa.string())) for name in COLUMNS])
