"""The run: every document once, in order; one that fails costs a record, never the run."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, TextIO

from nianbao.batch.summary import Summary
from nianbao.reading import MAX_BYTES, Dataset, ReadError, Source, open_sources
from nianbao.writing.atomic import Pending, check_target, reporting
from nianbao.writing.sinks import open_sink

if TYPE_CHECKING:
    from nianbao.extractor import Result


class Runs(Protocol):
    """What the batch needs of an extractor."""

    def run(self, source: Source) -> Result:
        """One document's facts and structure."""


class NothingRead(Exception):
    """No document could be read, so that there is nothing to write; `summary` says why."""

    def __init__(self, summary: Summary) -> None:
        super().__init__("no document could be read; no output was written")
        self.summary = summary


def run(
    paths: Iterable[str | Path | Dataset],
    output: Path,
    *,
    max_bytes: int = MAX_BYTES,
    keep: Callable[[bytes | str], bool] | None = None,
    extractor: Runs | None = None,
    progress: Callable[[Summary], None] | None = None,
) -> Summary:
    """Reads the documents behind `paths` and writes their facts to `output`, whole or not at all.

    Documents that cannot be read are listed in `errors_path(output)`, which is absent when there are none.

    Args:
        max_bytes: a longer document is refused.
        keep: says of a page's bytes or of a text whether it is to be read; None: all are.
        extractor: None: the one that ships.
        progress: called after each document.

    Raises:
        OutputError: the output cannot be written where it was asked for; nothing has been read then.
        WriteError: writing failed midway; no output is left.
        NothingRead: not one document could be read.
    """
    summary = Summary()
    errors_file = errors_path(output)
    with open_sink(output) as sink, ErrorFile(errors_file) as errors:
        gate = None if keep is None else partial(_kept, keep, summary)
        sources = open_sources(paths, max_bytes=max_bytes, exclude={output, errors_file}, keep=gate)
        for outcome in process(sources, extractor):
            if isinstance(outcome, ReadError):
                errors.write(outcome)
                summary.add_record(outcome)
            else:
                sink.write(outcome.facts)
                summary.add_document(outcome.source.id, outcome.facts, bool(outcome.structure["is_report"]))
            if progress is not None:
                progress(summary)
        if errors.commit():
            summary.errors_file = errors_file
        if not summary.documents and not summary.refused:
            raise NothingRead(summary)
        sink.commit()
    summary.output = output
    return summary


def _kept(keep: Callable[[bytes | str], bool], summary: Summary, page: bytes | str) -> bool:
    kept = keep(page)
    summary.refused += not kept
    return kept


def process(sources: Iterable[Source | ReadError], extractor: Runs | None = None) -> Iterator[Result | ReadError]:
    """Each document read by the extractor, in order; records pass through.

    It keeps no state between documents: a run over several processes is this function over parts of the sources,
    their outcomes put back in order.
    """
    for item in sources:
        if isinstance(item, ReadError):
            yield item
            continue
        if extractor is None:
            from nianbao.extractor import Extractor

            extractor = Extractor()
        try:
            result = extractor.run(item)
        # Whatever one document sets off must not cost the others.
        except Exception as error:
            yield _failure(item, error)
            continue
        yield result
        for name, what in result.warnings:
            yield ReadError(what, path=item.path, line=item.line, doc_id=item.id, kind=name, level="warning")


def _failure(source: Source, error: Exception) -> ReadError:
    failure = ReadError(
        f"its facts could not be extracted ({type(error).__name__}: {error}); "
        "this is a fault of nianbao, please report it with the document",
        path=source.path,
        line=source.line,
        doc_id=source.id,
        kind="extraction",
    )
    failure.__cause__ = error
    return failure


def errors_path(output: Path) -> Path:
    """Where the records of a run's unread documents stand: beside the output."""
    return output.with_name(f"{output.name}.errors.jsonl")


class ErrorFile:
    """The records of a run, one JSON object a line; no file when there are none."""

    def __init__(self, target: Path) -> None:
        check_target(target)
        self.target = target
        self._pending: Pending | None = None
        self._stream: TextIO | None = None

    def __enter__(self) -> ErrorFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._stream is not None:
                with suppress(OSError):
                    self._stream.close()
        finally:
            if self._pending is not None:
                self._pending.discard()

    def write(self, record: ReadError) -> None:
        """Adds a record.

        Raises:
            WriteError: the system refused.
        """
        with reporting(self.target):
            if self._stream is None:
                self._pending = Pending(self.target)
                self._stream = self._pending.path.open("w", encoding="utf-8", errors="backslashreplace", newline="\n")
            self._stream.write(json.dumps(record.to_dict(), ensure_ascii=False) + "\n")

    def commit(self) -> bool:
        """Puts the file at its place, or removes the one of an earlier run when there is nothing to tell.

        Returns:
            whether there is a file.

        Raises:
            WriteError: the system refused.
        """
        with reporting(self.target):
            if self._stream is None or self._pending is None:
                self.target.unlink(missing_ok=True)
                return False
            self._stream.close()
        self._pending.commit()
        return True
