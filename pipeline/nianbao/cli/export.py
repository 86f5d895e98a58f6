"""`nianbao export`: facts as what others open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nianbao.cli.options import DEFAULT_MEGABYTES, Debug, Heads, Lang, MaxSize, must_exist, must_spare, usage
from nianbao.cli.terminal import clean, polite, say

if TYPE_CHECKING:
    from nianbao.sharing.dataset import Exported

_NAMED = 20


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
    texts: Annotated[
        list[Path] | None,
        typer.Option(
            "--texts",
            metavar="PATH",
            show_default=False,
            help="With --dataset: the documents that extract was given, to take their texts along.",
        ),
    ] = None,
    max_size: MaxSize = DEFAULT_MEGABYTES,
    lang: Heads = Lang.en,
    memory: Annotated[str, typer.Option(metavar="SIZE", help="Memory for the panel; more goes to disk.")] = "2GB",
    debug: Debug = False,
) -> None:
    """Write facts and all that follows from them for others: a workbook, a database, a Hugging Face data set.

    -o: the sheets or tables facts, documents, checks (those that fail), panel (of several agencies or years) and
    codebook. Datasette opens a .sqlite file: datasette OUT.sqlite -m OUT.metadata.json

    --dataset: datasets.load_dataset("DIR", CONFIG) opens it; its configs are facts, documents, metrics and, with
    --texts, the texts that offsets refer to; it has features and a card.
    """
    with polite(debug):
        from nianbao.panel import PanelError
        from nianbao.sharing.book import write_book
        from nianbao.sharing.dataset import write_dataset
        from nianbao.writing.output import tables_told

        if output is None and dataset is None:
            usage("nothing to write; give -o OUT or --dataset DIR")
        if texts and dataset is None:
            usage("--texts is for --dataset")
        must_exist([*facts, *(texts or ())])
        must_spare([*facts, *(texts or ())], output)
        try:
            if output is not None:
                tables = write_book(facts, output, lang=lang, memory=memory)
                print("\n".join(tables_told(tables)))
                print(clean(f"Written      {output}"))
            if dataset is not None:
                given = _texts(texts, round(max_size * 1_000_000)) if texts else None
                _tell(write_dataset(facts, dataset, texts=given), dataset, bool(texts))
        except PanelError as error:
            usage(str(error))


def _texts(paths: list[Path], max_bytes: int) -> Iterator[tuple[str, str]]:
    from nianbao.reading import ReadError, open_sources

    for item in open_sources(paths, max_bytes=max_bytes):
        if isinstance(item, ReadError):
            say(f"{item.level.capitalize()}: {item}")
        else:
            yield item.id, item.text


def _tell(done: Exported, dataset: Path, texts: bool) -> None:
    if texts:
        print(f"Texts        {done.texts:,}")
    if done.without_text:
        rest = len(done.without_text) - _NAMED
        more = f" ... and {rest:,} more" if rest > 0 else ""
        print(clean(f"No text of   {', '.join(done.without_text[:_NAMED])}{more}"))
    print(clean(f"Written      {done.facts:,} facts to {dataset}; look through its README.md before you publish it"))
