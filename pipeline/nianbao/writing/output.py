"""All that a run gives: its facts and its table of documents, in one file where the kind holds both, else in two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from nianbao.schema import Document, Fact
from nianbao.writing.atomic import WriteError
from nianbao.writing.columns import DOCUMENTS, FACTS
from nianbao.writing.sinks import SEVERAL, Sink, open_sink


def documents_path(facts: Path) -> Path:
    """The file with the table of documents of a run whose facts are in `facts`: that file itself, or one beside it."""
    if facts.suffix.lower() in SEVERAL:
        return facts
    return facts.with_name(f"{facts.stem}.{DOCUMENTS.name}{facts.suffix}")


def tables_told(tables: Mapping[str, int]) -> Iterator[str]:
    """What a file of all tables holds, as lines for a person: how many rows of which, and what it had to leave out."""
    yield "Tables       " + ", ".join(f"{name} {rows:,}" for name, rows in tables.items())
    if "checks" not in tables:
        yield "Left out     checks and panel, which need duckdb: pip install 'nianbao[duckdb]'"


class Output:
    """Takes facts and documents; at `commit` they are at their places, before it nothing is.

    Raises:
        OutputError: see `open_sink`.
    """

    def __init__(self, target: Path) -> None:
        beside = documents_path(target)
        with ExitStack() as opened:
            if beside == target:
                self._facts = self._documents = opened.enter_context(open_sink(target, (FACTS, DOCUMENTS)))
            else:
                self._facts = opened.enter_context(open_sink(target, (FACTS,)))
                self._documents = opened.enter_context(open_sink(beside, (DOCUMENTS,)))
            self._opened = opened.pop_all()

    def __enter__(self) -> Output:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.__exit__(kind, error, trace)

    def write(self, document: Document, facts: Iterable[Fact] = ()) -> None:
        """Adds a document with its facts.

        Raises:
            WriteError: the system refused.
        """
        self._facts.write(facts, FACTS)
        self._documents.write((document,), DOCUMENTS)

    def commit(self) -> None:
        """Finishes all files before the first is put at its place; the facts come last, or nothing stays.

        Raises:
            WriteError: the system refused; what stood there before stands there again.
        """
        sinks = list({id(sink): sink for sink in (self._facts, self._documents)}.values())
        for sink in sinks:
            sink.close()
        placed: list[Sink] = []
        try:
            for sink in reversed(sinks):
                sink.keep()
                placed.append(sink)
                sink.place()
        except WriteError:
            for sink in placed:
                sink.undo()
            raise

    def commit_documents(self) -> None:
        """Puts only the file with the table of documents at its place: there are no facts.

        Raises:
            WriteError: the system refused.
        """
        self._documents.commit()
