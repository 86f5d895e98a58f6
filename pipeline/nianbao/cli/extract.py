"""`nianbao extract`: documents to rows."""

from __future__ import annotations

import os
import traceback
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nianbao.cli.options import (
    DEFAULT_MEGABYTES,
    Debug,
    Heads,
    Lang,
    MaxSize,
    Model,
    OptionalPaths,
    must_exist,
    must_spare,
    usage,
)
from nianbao.cli.progress import progress_of_many, progress_of_one
from nianbao.cli.reader import LateExtractor, open_extractor
from nianbao.cli.terminal import TERMINATED, Terminated, clean, polite, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from nianbao.batch import Summary


class EngineName(StrEnum):
    """Where several processes run."""

    local = "local"
    dask = "dask"


Output = Annotated[
    Path,
    typer.Option(
        "-o",
        "--output",
        metavar="OUT",
        show_default=False,
        help="A .jsonl, .csv, .parquet, .duckdb, .sqlite or .xlsx file; with --workers or --engine a folder.",
    ),
]
Dataset = Annotated[
    str | None,
    typer.Option(
        "--dataset",
        metavar="NAME",
        show_default=False,
        help="Read a Hugging Face data set, streamed: a repository's id or a folder; columns id and text.",
    ),
]
Split = Annotated[str, typer.Option("--split", help="Which part of --dataset.")]
Filter = Annotated[
    bool, typer.Option("--filter", help="For crawls: leave pages unread that `nianbao filter` would refuse.")
]
Workers = Annotated[
    int | None,
    typer.Option(
        "--workers", metavar="N", min=1, show_default=False, help="Read in N processes; a broken run can be taken up."
    ),
]
EngineOption = Annotated[
    EngineName | None,
    typer.Option("--engine", show_default=False, help="local: this machine. dask: a cluster (of --workers processes)."),
]
Scheduler = Annotated[
    str | None,
    typer.Option(
        "--scheduler",
        metavar="ADDRESS",
        show_default=False,
        help="For --engine dask: an existing cluster, for instance tcp://10.0.0.1:8786. Default: one on loopback.",
    ),
]
TimeLimit = Annotated[
    float,
    typer.Option("--time-limit", metavar="SECONDS", min=0.01, help="With --workers: for one document."),
]
MemoryLimit = Annotated[
    int, typer.Option("--memory-limit", metavar="MB", min=100, help="With --workers: for one document.")
]
PartSize = Annotated[int, typer.Option("--part-size", metavar="N", min=1, help="With --workers: documents a part.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="With --workers: replace facts that stand at OUT.")]


def extract(
    output: Output,
    paths: OptionalPaths = None,
    dataset: Dataset = None,
    split: Split = "train",
    filtered: Filter = False,
    workers: Workers = None,
    engine: EngineOption = None,
    scheduler: Scheduler = None,
    time_limit: TimeLimit = 120,
    memory_limit: MemoryLimit = 2000,
    part_size: PartSize = 250,
    overwrite: Overwrite = False,
    max_size: MaxSize = DEFAULT_MEGABYTES,
    model: Model = None,
    lang: Heads = Lang.en,
    debug: Debug = False,
) -> None:
    """Write the facts of documents to OUT, one row a fact, and the table of documents, one row an input.

    The table stands in OUT itself where that holds several tables or sheets, else beside it, in OUT-stem.documents.
    An .xlsx or .sqlite file also holds the checks that fail, the panel (of several agencies or years) and the codebook.
    What cannot be read is also listed in OUT.errors.jsonl; the other documents are done all the same.

    With --workers or --engine, OUT is a folder: part-*.parquet (facts), documents/, _errors.jsonl, _manifest/.
    It appears when all is done. Until then the parts are in OUT.partial, and the same command goes on where an earlier
    one broke off.
    """
    with polite(debug):
        from nianbao.batch import NothingRead, run
        from nianbao.batch.run import errors_path
        from nianbao.reading import Dataset as HubDataset
        from nianbao.writing.output import documents_path

        given: list[Path | HubDataset] = [*(paths or ()), *([HubDataset(dataset, split)] if dataset else ())]
        if not given:
            usage("nothing to read; give a PATH or --dataset NAME")
        must_exist(paths or [])
        must_spare(paths or [], output, documents_path(output), errors_path(output))
        max_bytes = round(max_size * 1_000_000)
        several = workers is not None or engine is not None
        _check(several, engine, scheduler, overwrite, paths or [], output)
        try:
            if several:
                with progress_of_many() as many:
                    summary = _many(
                        given,
                        output,
                        workers=workers,
                        engine=(engine or EngineName.local).value,
                        scheduler=scheduler,
                        overwrite=overwrite,
                        max_bytes=max_bytes,
                        part_size=part_size,
                        time_limit=time_limit,
                        memory_limit=memory_limit * 1_000_000,
                        filtered=filtered,
                        pipeline=None if model is None else str(model.absolute()),
                        progress=many,
                        debug=debug,
                    )
            else:
                reader = LateExtractor() if model is None else open_extractor(model)
                with progress_of_one() as one:
                    summary = run(
                        given,
                        output,
                        max_bytes=max_bytes,
                        keep=_gate(filtered),
                        extractor=reader,
                        progress=one,
                        lang=lang,
                    )
        except NothingRead as error:
            _tell(error.summary, debug)
            say(f"Error: {error}.")
            raise typer.Exit(1) from None
        _tell(summary, debug)
        if summary.unreached:
            say("Error: a data set could not be read, or not to its end.")
            raise typer.Exit(1)


def _many(given: list[Any], output: Path, **options: Any) -> Summary:
    from nianbao.batch.engines import RunFailed
    from nianbao.batch.many import run_many
    from nianbao.writing.atomic import WriteError

    kept = f"what is done stays in {output}.partial, and the same command goes on from there"
    try:
        return run_many(given, output, **options)
    except KeyboardInterrupt:
        say(f"Interrupted; {kept}.")
        raise typer.Exit(130) from None
    except Terminated:
        say(f"Terminated; {kept}.")
        raise typer.Exit(TERMINATED) from None
    except (RunFailed, WriteError) as error:
        say(f"Error: {error}; {kept}.")
        raise typer.Exit(1) from None


def _check(
    several: bool, engine: EngineName | None, scheduler: str | None, overwrite: bool, paths: list[Path], output: Path
) -> None:
    if scheduler is not None and engine is not EngineName.dask:
        usage("--scheduler is for --engine dask")
    if overwrite and not several:
        usage("--overwrite is for --workers and --engine; a single file is replaced anyway")
    if several and any(str(path) == "-" for path in paths):
        usage("standard input cannot be read with --workers or --engine: it cannot be taken up again; save it first")
    if several and output.suffix.lower() in (".jsonl", ".csv", ".parquet", ".duckdb", ".sqlite", ".xlsx"):
        usage(f"with --workers or --engine OUT is a folder of Parquet files; name one, for instance {output.stem}")
    if several and os.name != "posix":
        usage("--workers and --engine need Linux or macOS")


def _gate(filtered: bool) -> Callable[[bytes | str], bool] | None:
    if not filtered:
        return None
    from nianbao.gate import Gate

    gate = Gate()
    return lambda page: gate.is_report(page)[0]


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
