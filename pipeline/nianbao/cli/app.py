"""The commands: words for what batch, reading and writing do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nianbao import __version__
from nianbao.cli.annotate import app as annotate_app
from nianbao.cli.check import check
from nianbao.cli.coverage import agencies, coverage
from nianbao.cli.evaluate import evaluate
from nianbao.cli.export import export
from nianbao.cli.extract import extract
from nianbao.cli.filter import filter_
from nianbao.cli.options import DEFAULT_MEGABYTES, Debug, MaxSize, Model, Paths, must_exist, usage
from nianbao.cli.panel import panel
from nianbao.cli.plot import plot
from nianbao.cli.reader import LateExtractor, open_extractor
from nianbao.cli.score import score
from nianbao.cli.simulate import simulate
from nianbao.cli.site import site
from nianbao.cli.terminal import polite, put, say
from nianbao.cli.train import train
from nianbao.cli.view import view
from nianbao.cli.weak import app as weak_app

if TYPE_CHECKING:
    from nianbao.reading import Source

# rich takes as long to import as all else together; help is plain.
app = typer.Typer(
    help="Reads Chinese 政府信息公开工作年度报告 (annual reports on information disclosure) into traceable facts.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

app.command()(extract)
app.command("filter")(filter_)
app.command()(panel)
app.command()(export)
app.add_typer(annotate_app, name="annotate")
app.add_typer(weak_app, name="weak")
app.command()(simulate)
app.command()(check)
app.command()(coverage)
app.command()(agencies)
app.command()(view)
app.command()(site)
app.command()(plot)
app.command()(train)
app.command()(evaluate)
app.command()(score)


def _version(value: bool) -> None:
    if value:
        print(f"nianbao {__version__}")
        raise typer.Exit


@app.callback()
def _nianbao(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


@app.command()
def text(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A file, a folder or -.", show_default=False)],
    doc_id: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="Which document, where PATH holds several.")
    ] = None,
    max_size: MaxSize = DEFAULT_MEGABYTES,
    debug: Debug = False,
) -> None:
    """Print exactly the text that all offsets refer to."""
    with polite(debug):
        found: Source | None = None
        for source in _sources([path], max_size):
            if doc_id is not None and source.id != doc_id:
                continue
            if found is not None:
                usage(f'{path} holds several documents, "{found.id}" and "{source.id}" first; name one with --id')
            found = source
            if doc_id is not None:
                break
        if found is None:
            which = f' with the id "{doc_id}"' if doc_id is not None else ""
            say(f"Error: {path} holds no document that can be read{which}.")
            raise typer.Exit(1)
        put(found.text)


@app.command()
def structure(paths: Paths, max_size: MaxSize = DEFAULT_MEGABYTES, model: Model = None, debug: Debug = False) -> None:
    """Print title, agency, year and headings as JSON.

    One line a document: doc_id, is_report, title, agency, report_year, period_start, period_end, headings.
    """
    with polite(debug):
        from nianbao.batch import process
        from nianbao.batch.document import warnings_of
        from nianbao.reading import ReadError, open_sources

        must_exist(paths)
        failed = done = 0
        reader = LateExtractor() if model is None else open_extractor(model)
        for outcome in process(open_sources(paths, max_bytes=round(max_size * 1_000_000)), reader):
            if isinstance(outcome, ReadError):
                say(f"{outcome.level.capitalize()}: {outcome}")
                failed += outcome.level == "error"
                continue
            for warning in warnings_of(outcome):
                say(f"Warning: {warning}")
            done += 1
            row = {"doc_id": outcome.source.id, **outcome.structure}
            put(json.dumps(row, ensure_ascii=False) + "\n")
        if failed and not done:
            raise typer.Exit(1)


@app.command()
def show(
    facts: Annotated[Path, typer.Argument(metavar="FACTS", help="An output of extract.", show_default=False)],
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATH", help="The documents, to show the words around each value."),
    ] = None,
    rows: Annotated[int, typer.Option("-n", "--rows", min=1, help="How many rows, spread over the documents.")] = 20,
    doc_id: Annotated[str | None, typer.Option("--id", metavar="ID", help="Only this document's rows.")] = None,
    open_too: Annotated[bool, typer.Option("--open", help="Also facts without a canonical metric.")] = False,
    max_size: MaxSize = DEFAULT_MEGABYTES,
    debug: Debug = False,
) -> None:
    """Show facts beside the words they come from."""
    with polite(debug):
        from nianbao.cli.show import print_facts

        def keep(row: dict[str, Any]) -> bool:
            return (doc_id is None or row["doc_id"] == doc_id) and (open_too or row["metric"] is not None)

        sources = _sources(paths, max_size) if paths else iter(())
        try:
            shown = print_facts(facts, sources, rows, keep)
        except (ValueError, OSError) as error:
            usage(str(error))
        if not shown:
            of = f' of a document "{doc_id}"' if doc_id is not None else ""
            say(f"Error: {facts} has no facts{of} to show" + ("." if open_too else "; --open shows open ones too."))
            raise typer.Exit(1)


def _sources(paths: list[Path], max_size: float) -> Iterator[Source]:
    """The documents that can be read; the others are said on standard error."""
    from nianbao.reading import ReadError, open_sources

    must_exist(paths)
    for item in open_sources(paths, max_bytes=round(max_size * 1_000_000)):
        if isinstance(item, ReadError):
            say(f"Error: {item}")
        else:
            yield item
