"""`nianbao evaluate`: all figures, by one command."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from nianbao.cli.options import Model
from nianbao.cli.reader import open_extractor
from nianbao.cli.terminal import polite, say


def evaluate(
    out: Annotated[
        Path, typer.Option("-o", "--output", metavar="DIR", help="Where figures.json, figures.md and the plot go.")
    ] = Path("build/figures"),
    shared: Annotated[
        Path | None,
        typer.Option(
            "--shared", metavar="DIR", help="Real reports/ and gold/; else $NIANBAO_REPORTS, ../shared, or none."
        ),
    ] = None,
    simulated: Annotated[
        int, typer.Option("--simulated", metavar="N", min=1, help="How many held-out simulated reports.")
    ] = 150,
    seed: Annotated[int, typer.Option("--seed", help="Their seed.")] = 4242,
    models: Annotated[
        Path | None,
        typer.Option("--models", metavar="DIR", help="Holds what was trained; else what ships."),
    ] = None,
    card: Annotated[
        Path | None, typer.Option("--card", metavar="FILE", help="A model card to put the figures into as well.")
    ] = None,
    model: Model = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show Python's traceback when something fails.")] = False,
) -> None:
    """Measure everything on real and on held-out simulated reports; print it and write it as a table."""
    with polite(debug):
        if models is not None and not any((models / name).is_dir() for name in ("tagger", "decision")):
            say(f"Error: {models} holds no tagger/ and no decision/; name a folder with trained models.")
            raise typer.Exit(2)
        from nianbao.training.figures import evaluate as measure
        from nianbao.training.figures import markdown, update_card

        if shared is not None and not (shared / "gold").is_dir():
            say(f"Error: {shared} holds no gold/; name a folder with reports/ and gold/.")
            raise typer.Exit(2)
        if card is not None and not card.is_file():
            say(f"Error: {card} does not exist; name a model card.")
            raise typer.Exit(2)
        if model is not None:
            _one_pipeline(model, out, shared or _shared(), simulated, seed)
            return
        found = measure(out, shared or _shared(), simulated, seed, say, models)
        print(markdown(found))
        if card is not None:
            update_card(card, found)


def _one_pipeline(model: Path, out: Path, shared: Path | None, simulated: int, seed: int) -> None:
    """A pipeline as it is, without comparing linkers."""
    from nianbao.training.evaluation import measure_pipeline

    found = measure_pipeline(open_extractor(model), shared, simulated, seed)
    out.mkdir(parents=True, exist_ok=True)
    (out / "figures.json").write_text(json.dumps(found, indent=2) + "\n", "utf-8")
    for name, figures in found.items():
        print(f"{name}: " + ", ".join(f"{key} {value:.4g}" for key, value in figures.items()))


def _shared() -> Path | None:
    folder = Path(os.environ.get("NIANBAO_REPORTS") or "../shared")
    return folder if (folder / "gold").is_dir() and (folder / "reports").is_dir() else None
