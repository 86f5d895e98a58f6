"""`nianbao simulate`: reports with known facts, to train and to test on."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from nianbao.cli.terminal import polite, say


class SplitName(StrEnum):
    all = "all"
    train = "train"
    held_out = "held_out"


class KindName(StrEnum):
    folder = "folder"
    jsonl = "jsonl"
    parquet = "parquet"


def simulate(
    output: Annotated[
        Path,
        typer.Option("-o", "--output", metavar="OUT", show_default=False, help="A folder, or a .jsonl file."),
    ],
    count: Annotated[int, typer.Option("-n", "--count", min=1, help="How many documents.")] = 100,
    seed: Annotated[int, typer.Option(help="The same seed gives the same documents.")] = 0,
    start: Annotated[int, typer.Option(min=0, help="Index of the first, to make a range in parts.")] = 0,
    kind: Annotated[
        KindName | None,
        typer.Option(help="folder: documents and gold files; parquet: a data set with its card.", show_default=False),
    ] = None,
    split: Annotated[SplitName, typer.Option(help="train leaves out the held-out sentences.")] = SplitName.all,
    regime: Annotated[list[str] | None, typer.Option(help="local, 2014, 2019 or 2021; may be given again.")] = None,
    layout: Annotated[list[str] | None, typer.Option(help="How tables come down; may be given again.")] = None,
    noise: Annotated[list[int] | None, typer.Option(help="Levels of damage from 0 to 3; may be given again.")] = None,
    quirk: Annotated[list[str] | None, typer.Option(help="What every table is made to do.")] = None,
    negatives: Annotated[float, typer.Option(min=0, max=1, help="Share of documents that are no reports.")] = 0.1,
    encoding: Annotated[str, typer.Option(help="Of the documents of a folder; mixed takes all in turn.")] = "utf-8",
    debug: Annotated[bool, typer.Option("--debug", help="Show Python's traceback when something fails.")] = False,
) -> None:
    """Make simulated reports with known facts, headings and spans."""
    with polite(debug):
        from nianbao.simulate import generate, write

        chosen = kind.value if kind else "jsonl" if output.suffix == ".jsonl" else "folder"
        try:
            reports = generate(
                count,
                seed,
                start=start,
                split=split.value,
                regimes=regime or None,
                layouts=layout or None,
                noise=noise or None,
                negatives=negatives,
                quirks=quirk or None,
            )
            written = write(reports, output, chosen, encoding)  # type: ignore[arg-type]
        except (ValueError, OSError) as error:
            say(f"Error: {error}.")
            raise typer.Exit(2) from None
        say(f"{written} documents written to {output}.")
