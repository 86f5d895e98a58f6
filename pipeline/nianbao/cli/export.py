"""`nianbao export`: facts as a data set for others."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nianbao.cli.options import Debug, must_exist, usage
from nianbao.cli.terminal import clean, polite


def export(
    facts: Annotated[
        list[Path],
        typer.Argument(metavar="FACTS", help="Outputs of extract, or folders of them.", show_default=False),
    ],
    dataset: Annotated[
        Path,
        typer.Option("--dataset", metavar="DIR", show_default=False, help="A new or an empty folder."),
    ],
    debug: Debug = False,
) -> None:
    """Write facts as a Hugging Face data set, with features and a card: datasets.load_dataset("DIR") opens it."""
    with polite(debug):
        from nianbao.panel import PanelError
        from nianbao.panel.dataset import write_dataset

        must_exist(facts)
        try:
            rows = write_dataset(facts, dataset)
        except PanelError as error:
            usage(str(error))
        print(clean(f"Written      {rows:,} facts to {dataset}; look through its README.md before you publish it"))
