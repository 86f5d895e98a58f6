"""`nianbao export`: facts as what others open."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nianbao.cli.options import Debug, Heads, Lang, must_exist, usage
from nianbao.cli.terminal import clean, polite


def export(
    facts: Annotated[
        list[Path],
        typer.Argument(metavar="FACTS", help="Outputs of extract, or folders of them.", show_default=False),
    ],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="OUT", show_default=False, help="An .xlsx or .sqlite file."),
    ] = None,
    dataset: Annotated[
        Path | None,
        typer.Option("--dataset", metavar="DIR", show_default=False, help="A new or an empty folder."),
    ] = None,
    lang: Heads = Lang.en,
    memory: Annotated[str, typer.Option(metavar="SIZE", help="Memory for the panel; more goes to disk.")] = "2GB",
    debug: Debug = False,
) -> None:
    """Write facts and all that follows from them for others: a workbook, a database, a Hugging Face data set.

    -o: the sheets or tables facts, documents, checks (those that fail), panel (of several agencies or years) and
    codebook. Datasette opens a .sqlite file: datasette OUT.sqlite -m OUT.metadata.json

    --dataset: datasets.load_dataset("DIR") opens it; it has features and a card.
    """
    with polite(debug):
        from nianbao.panel import PanelError
        from nianbao.sharing.book import write_book
        from nianbao.sharing.dataset import write_dataset

        if output is None and dataset is None:
            usage("nothing to write; give -o OUT or --dataset DIR")
        must_exist(facts)
        try:
            if output is not None:
                tables = write_book(facts, output, lang=lang, memory=memory)
                print("Tables       " + ", ".join(f"{name} {rows:,}" for name, rows in tables.items()))
                print(clean(f"Written      {output}"))
            if dataset is not None:
                rows = write_dataset(facts, dataset)
                print(clean(f"Written      {rows:,} facts to {dataset}; look through its README.md before publishing"))
        except PanelError as error:
            usage(str(error))
