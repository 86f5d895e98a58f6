"""`nianbao weak`: what the labelling functions say, and corpora of what they agree on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nianbao.cli.terminal import polite, say

if TYPE_CHECKING:
    from nianbao.training.labelling import Reading
    from nianbao.weak.report import FunctionFigures

app = typer.Typer(
    help="Weak supervision: labelling functions over real or simulated reports.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Paths = Annotated[
    list[Path] | None, typer.Argument(metavar="[PATH]...", help="Files or folders of reports.", show_default=False)
]
Simulated = Annotated[int, typer.Option("--simulated", metavar="N", min=0, help="Take N simulated reports as well.")]
Split = Annotated[str, typer.Option("--split", help="Their productions: train, held_out or all.")]
Seed = Annotated[int, typer.Option("--seed", help="Their seed.")]
Gold = Annotated[Path | None, typer.Option("--gold", metavar="DIR", help="Gold files, by the documents' names.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show Python's traceback when something fails.")]


@app.command()
def report(
    paths: Paths = None,
    simulated: Simulated = 0,
    split: Split = "train",
    seed: Seed = 0,
    gold: Gold = None,
    smallest: Annotated[int, typer.Option("--min-votes", min=0, help="Leave out functions that say less.")] = 1,
    debug: Debug = False,
) -> None:
    """Print coverage, overlap, conflict and, where gold exists, accuracy of each labelling function."""
    with polite(debug):
        from nianbao.training.labelling import fit
        from nianbao.weak.report import report as rows_of

        readings = _readings(paths, simulated, split, seed, gold)
        model, votes = fit(readings)
        truth = [known for reading in readings for known in reading.truth]
        _print(rows_of(votes, truth, model.accuracy), votes.size, smallest)
        posteriors = model.predict(votes)
        judged = [(found, known) for found, known in zip(posteriors, truth, strict=True) if known is not None]
        if judged:
            right = sum(found.label in known for found, known in judged)
            print(f"label model: right on {right / len(judged):.3f} of {len(judged):,} mentions whose truth is known")


@app.command()
def label(
    output: Annotated[Path, typer.Option("-o", "--output", metavar="OUT", help="A .spacy file.", show_default=False)],
    paths: Paths = None,
    simulated: Simulated = 0,
    split: Split = "train",
    seed: Seed = 0,
    debug: Debug = False,
) -> None:
    """Write the sentences that hold a number, with what the label model is sure of, as a DocBin for `spacy train`."""
    with polite(debug):
        from nianbao.training.labelling import write_corpus

        readings = _readings(paths, simulated, split, seed, None)
        sentences, sure = write_corpus(readings, output)
        mentions = sum(len(reading.mentions) for reading in readings)
        print(f"{sentences:,} sentences with {mentions:,} mentions ({sure:,} sure) in {output}")


def _readings(paths: list[Path] | None, simulated: int, split: str, seed: int, gold: Path | None) -> list[Reading]:
    from nianbao.extractor import Extractor
    from nianbao.training.labelling import read_files, read_simulated

    missing = next((path for path in (*(paths or ()), *([gold] if gold else ())) if not path.exists()), None)
    if missing is not None:
        say(f"Error: {missing} does not exist; check the name.")
        raise typer.Exit(2)
    if not paths and not simulated:
        say("Error: nothing to read; give a PATH or --simulated N.")
        raise typer.Exit(2)
    if split not in ("train", "held_out", "all"):
        say(f"Error: unknown split {split!r}; it must be train, held_out or all.")
        raise typer.Exit(2)
    extractor = Extractor()
    found = list(read_files(paths, gold, extractor)) if paths else []
    return found + list(read_simulated(simulated, seed, split, extractor))


def _print(rows: list[FunctionFigures], mentions: int, smallest: int) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"Labelling functions on {mentions:,} mentions")
    table.add_column("function", no_wrap=True)
    for name in ("votes", "coverage", "overlap", "conflict", "judged", "accuracy", "learnt"):
        table.add_column(name, justify="right")
    silent = 0
    for row in rows:
        if row.votes < max(smallest, 1):
            silent += 1
            continue
        shares = (f"{share:.3f}" for share in (row.coverage, row.overlap, row.conflict))
        known = (f"{share:.3f}" if share is not None else "" for share in (row.accuracy, row.learnt))
        table.add_row(row.function, f"{row.votes:,}", *shares, f"{row.judged:,}", *known)
    # A pipe or file has no width to fit into.
    console = Console()
    (console if console.is_terminal else Console(width=140)).print(table)
    if silent:
        print(f"{silent} functions spoke less than {max(smallest, 1)} times")
