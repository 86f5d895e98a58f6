"""`nianbao extract`: documents to rows."""

from __future__ import annotations

import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from nianbao.cli.options import DEFAULT_MEGABYTES, Debug, MaxSize, Paths, must_exist
from nianbao.cli.terminal import clean, polite, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from nianbao.batch import Summary


def extract(
    paths: Paths,
    output: Annotated[
        Path,
        typer.Option(
            "-o", "--output", metavar="OUT", show_default=False, help="A .jsonl, .csv, .parquet or .duckdb file."
        ),
    ],
    max_size: MaxSize = DEFAULT_MEGABYTES,
    debug: Debug = False,
) -> None:
    """Write the facts of documents to OUT, one row a fact.

    Documents that cannot be read are listed in OUT.errors.jsonl; the others are done all the same.
    """
    with polite(debug):
        from nianbao.batch import NothingRead, run

        must_exist(paths)
        try:
            with _terminable(), _progress() as progress:
                summary = run(paths, output, max_bytes=round(max_size * 1_000_000), progress=progress)
        except NothingRead as error:
            _tell(error.summary, debug)
            say(f"Error: {error}.")
            raise typer.Exit(1) from None
        _tell(summary, debug)


@contextmanager
def _terminable() -> Iterator[None]:
    """SIGTERM unwinds as Ctrl-C does, so that the unfinished output is removed."""

    def stop(signum: int, frame: object) -> NoReturn:
        raise SystemExit(128 + signum)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _tell(summary: Summary, debug: bool) -> None:
    """The summary to standard output, the first records of what was not read to standard error."""
    for record in summary.first_records:
        say(f"{record.level.capitalize()}: {record}")
        if debug and record.__cause__ is not None:
            say("".join(traceback.format_exception(record.__cause__)))
    rest = summary.errors + summary.warnings - len(summary.first_records)
    if rest:
        say(f"... and {rest:,} more in {summary.errors_file}")
    for line in summary.lines():
        print(clean(line))


@contextmanager
def _progress() -> Iterator[Callable[[Summary], None] | None]:
    """A line that counts on standard error, where that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Starting")

        def show_counts(summary: Summary) -> None:
            unread = f", {summary.errors:,} not read" if summary.errors else ""
            bar.update(task, description=f"{summary.documents:,} documents, {summary.facts:,} facts{unread}")

        yield show_counts
