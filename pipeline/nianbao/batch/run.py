"""The run: every document once, in order; one that fails costs a record, never the run."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, TextIO

from nianbao.batch.document import of_record, of_result, warnings_of
from nianbao.batch.summary import Summary
from nianbao.batch.version import model_version
from nianbao.reading import MAX_BYTES, Dataset, ReadError, Source, open_sources
from nianbao.writing import sheets
from nianbao.writing.atomic import Pending, check_target, reporting
from nianbao.writing.output import Output, documents_path
from nianbao.writing.sinks import ALL_TABLES

if TYPE_CHECKING:
    from nianbao.extractor import Result


class DocumentReader(Protocol):
    """What the batch needs of an extractor."""

    def run(self, source: Source) -> Result:
        """One document's facts and structure."""


class NothingRead(Exception):
    """No document could be read, so that there is nothing to write; `summary` says why."""

    def __init__(self, summary: Summary) -> None:
        super().__init__("no document could be read; no facts were written")
        self.summary = summary


def run(
    paths: Iterable[str | Path | Dataset],
    output: Path,
    *,
    max_bytes: int = MAX_BYTES,
    keep: Callable[[bytes | str], bool] | None = None,
    extractor: DocumentReader | None = None,
    progress: Callable[[Summary], None] | None = None,
    lang: str = "en",
) -> Summary:
    """Reads the documents behind `paths` and writes their facts and the table of documents, whole or not at all.

    An .xlsx or .sqlite output holds all that follows from the facts too (`nianbao.sharing.book`).

    What could not be read, or not in full, is also listed in `errors_path(output)`, which is absent when there is
    nothing to tell. Where no document could be read, the table of documents alone is written, and nothing over an
    output that is there already.

    Args:
        max_bytes: a longer document is refused.
        keep: says of a page's bytes or of a text whether it is to be read; None: all are.
        extractor: None: the one that ships.
        progress: called after each document.
        lang: of a workbook's heads, zh or en.

    Raises:
        OutputError: the output cannot be written where it was asked for; nothing has been read then.
        WriteError: writing failed midway; no output is left.
        NothingRead: not one document could be read.
    """
    summary = Summary()
    errors_file, table, model = errors_path(output), documents_path(output), model_version()
    before = output.exists()
    with ExitStack() as opened:
        collected = opened.enter_context(_collecting(output))
        out = opened.enter_context(Output(collected))
        errors = opened.enter_context(ErrorFile(errors_file))
        sources = open_sources(paths, max_bytes=max_bytes, exclude={output, errors_file, table}, keep=keep)
        for outcome in process(sources, extractor):
            if isinstance(outcome, ReadError):
                out.write(of_record(outcome, model))
                records: Iterable[ReadError] = (outcome,)
            else:
                document = of_result(outcome, model)
                out.write(document, outcome.facts)
                summary.add_document(document, outcome.facts)
                if summary.facts > sheets.MOST_ROWS and output.suffix.lower() == ".xlsx":
                    # Known now, not after all has been read.
                    raise sheets.too_many(output)
                records = warnings_of(outcome)
            for record in records:
                summary.add_record(record)
                if record.level != "refused":
                    errors.write(record)
            if progress is not None:
                progress(summary)
        if errors.commit():
            summary.errors_file = errors_file
        found = bool(summary.documents or summary.refused)
        if found or (collected != output and not before):
            out.commit()
        elif not before:
            out.commit_documents()
        if collected != output and (found or not before):
            from nianbao.sharing.book import write_book

            summary.tables = write_book([collected], output, lang=lang)
        if not found:
            raise NothingRead(summary)
    summary.output = output
    summary.table = table if table != output else None
    return summary


@contextmanager
def _collecting(output: Path) -> Iterator[Path]:
    """Where the rows go at first: for a file of all tables a place of its own, from which that file is made."""
    if output.suffix.lower() not in ALL_TABLES:
        yield output
        return
    from nianbao.sharing.book import check_book

    check_book(output)
    with tempfile.TemporaryDirectory(prefix="nianbao-") as scratch:
        yield Path(scratch) / "facts.parquet"


def process(
    sources: Iterable[Source | ReadError], extractor: DocumentReader | None = None
) -> Iterator[Result | ReadError]:
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


def _failure(source: Source, error: Exception) -> ReadError:
    failure = ReadError(
        f"its facts could not be extracted ({type(error).__name__}: {error}); "
        "this is a fault of nianbao, please report it with the document",
        path=source.path,
        line=source.line,
        doc_id=source.id,
        kind="extraction",
    )
    failure.format, failure.sha256 = source.kind, source.sha256
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
