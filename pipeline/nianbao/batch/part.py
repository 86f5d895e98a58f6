"""A part of the output: facts, errors and, last of all, its manifest, which says that the part is whole."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from nianbao.batch.run import ErrorFile
from nianbao.batch.summary import Summary
from nianbao.reading import ReadError, Source
from nianbao.writing.atomic import Pending, reporting
from nianbao.writing.sinks import open_sink

if TYPE_CHECKING:
    import pyarrow

    from nianbao.extractor import Result

MANIFEST = "_manifest"
ERRORS = "_errors"
_ABOUT = b"nianbao"
COLUMNS = ("id", "sha256", "model", "status", "kind", "is_report", "facts", "path", "line")


def facts_path(folder: Path, key: str) -> Path:
    """Where a part's facts stand. Names that begin with _ or . are no data to Arrow, Spark and their kin."""
    return folder / f"part-{key}.parquet"


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


class Part:
    """One part while it is made; use it in a `with` block: without `commit` nothing is left of it."""

    def __init__(self, folder: Path, key: str, model: str) -> None:
        self.summary = Summary()
        self._manifest = manifest_path(folder, key)
        self._model = model
        self._rows: list[tuple[Any, ...]] = []
        self._facts = open_sink(facts_path(folder, key))
        self._errors = ErrorFile(errors_path(folder, key))

    def __enter__(self) -> Part:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._facts.__exit__(kind, error, trace)
        self._errors.__exit__(kind, error, trace)

    def add_result(self, result: Result, sha256: str) -> None:
        """A document that was read.

        Raises:
            WriteError: the system refused.
        """
        source, is_report = result.source, bool(result.structure["is_report"])
        self._facts.write(result.facts)
        self.summary.add_document(source.id, result.facts, is_report)
        self._row(source.id, sha256, "done", None, is_report, len(result.facts), source.path, source.line)

    def add_record(self, record: ReadError, sha256: str | None = None) -> None:
        """A line of the error file; `sha256`: of the text, where the document was read as far as that.

        Raises:
            WriteError: the system refused.
        """
        self._errors.write(record)
        self.summary.add_record(record)
        if record.level == "error":
            status = "duplicate" if record.kind == "duplicate_id" else "error"
            self._row(record.doc_id, sha256, status, record.kind, None, 0, record.path, record.line)

    def add_refused(self, doc_id: str | None, source: Source | None = None, sha256: str | None = None) -> None:
        """A page that the filter refused, before it was read or after: it has no rows and is no error."""
        self.summary.refused += 1
        path, line = (source.path, source.line) if source else (None, None)
        self._row(doc_id, sha256, "refused", None, None, 0, path, line)

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
        self._facts.commit()
        self._errors.commit()
        columns = list(zip(*self._rows, strict=True)) or [()] * len(COLUMNS)
        write_manifest(self._manifest, dict(zip(COLUMNS, columns, strict=True)), self.summary, ended)


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
            pq.write_table(pa.table(columns, schema=schema), pending.path, compression="zstd")
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


def sha256_of(text: str) -> str:
    """The digest that the manifest keeps: of the text that offsets refer to, as UTF-8."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _schema() -> pyarrow.Schema:
    import pyarrow as pa

    types = {"is_report": pa.bool_(), "facts": pa.int32(), "line": pa.int64()}
    return pa.schema([(name, types.get(name, pa.string())) for name in COLUMNS])
