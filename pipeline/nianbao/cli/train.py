"""`nianbao train`: the models that ship, from simulated reports."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from nianbao.cli.terminal import polite, say


def train(
    out: Annotated[
        Path, typer.Option("-o", "--output", metavar="DIR", show_default=False, help="The folder of models to write.")
    ],
    weak: Annotated[
        Path | None, typer.Option("--weak", metavar="FILE", help="A DocBin of `nianbao weak label` to learn from too.")
    ] = None,
    with_gold: Annotated[
        Path | None,
        typer.Option("--with-gold", metavar="DIR", help="What `nianbao annotate pull` brought; it counts more."),
    ] = None,
    texts: Annotated[
        Path, typer.Option("--texts", metavar="DIR", help="Marked texts that teach the number linker.")
    ] = Path("corpus/texts"),
    reports: Annotated[
        int, typer.Option("--reports", metavar="N", min=0, help="For a try: N simulated reports. 0: as committed.")
    ] = 0,
    debug: Annotated[bool, typer.Option("--debug", help="Show Python's traceback when something fails.")] = False,
) -> None:
    """Train the taggers of lines and mentions, the number linker and the decision, into DIR.

    DIR/pipeline is the pipeline with them, for `spacy.load` and `nianbao annotate push --model`.
    """
    with polite(debug):
        from nianbao.training import number_linker

        if not reports and not number_linker.hands_of(texts):
            say(f"Error: {texts} holds no marked texts; name the folder corpus/texts of a checkout with --texts.")
            raise typer.Exit(2)
        from nianbao.training.train import assemble, small, train_tagger

        overrides: dict[str, Any] = small(reports, min(5 * reports, 3000)) if reports else {}
        with TemporaryDirectory() as folder:
            if with_gold is not None:
                weak = _mixed(with_gold, weak, Path(folder) / "mixed.spacy")
            if weak is not None:
                overrides["paths.weak"] = str(weak)
            train_tagger(out / "tagger", overrides)
        with TemporaryDirectory() as folder:
            if reports:
                number_linker.try_out(out, reports, Path(folder), with_gold)
            else:
                number_linker.train(out, texts, Path(folder), with_gold)
        print(f"The pipeline with them is in {assemble(out)}")


def _mixed(gold: Path, weak: Path | None, out: Path) -> Path:
    from nianbao.extractor import load
    from nianbao.training.gold import write_mixed

    try:
        count = write_mixed(load(linker="rules"), gold, weak, out)
    except FileNotFoundError as error:
        say(f"Error: {error}.")
        raise typer.Exit(2) from None
    print(f"{count:,} texts that people corrected")
    return out
