"""`nianbao view`: reports as pages, every fact marked where it stands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nianbao.cli.options import DEFAULT_MEGABYTES, Debug, Lang, MaxSize, must_exist, usage
from nianbao.cli.terminal import clean, polite, say

if TYPE_CHECKING:
    from nianbao.review.report import Viewer


def view(
    paths: Annotated[
        list[Path], typer.Argument(metavar="REPORT", show_default=False, help="Files or folders of reports.")
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="DIR", show_default=False, help="A folder for the pages.")
    ],
    lang: Annotated[Lang, typer.Option(help="The language of the pages' own words.")] = Lang.zh,
    images: Annotated[bool, typer.Option(help="Draw the pages of PDFs.")] = True,
    open_: Annotated[bool, typer.Option("--open", help="Open the first report's page in the browser.")] = False,
    max_size: MaxSize = DEFAULT_MEGABYTES,
    debug: Debug = False,
) -> None:
    """Write a page for each report: its text with every fact marked, the facts and the checks beside it.

    Each page is one file that fetches nothing. With several reports, index.html lists them.
    """
    with polite(debug, f"pages that were finished stay in {output}"):
        must_exist(paths)
        first, count = _write(paths, output, lang.value, images, round(max_size * 1_000_000))
        if first is None:
            say(f"Error: no report was read; no page was written to {output}.")
            raise typer.Exit(1)
        print(clean(f"Pages        {count:,} in {output}"))
        print(clean(f"Open         {first}"))
        if open_:
            import webbrowser

            webbrowser.open(first.resolve().as_uri())


def _write(paths: list[Path], output: Path, lang: str, images: bool, max_bytes: int) -> tuple[Path | None, int]:
    """Writes the pages; gives the one to open and how many reports have one."""
    from nianbao.catalogue import Catalogue
    from nianbao.extractor import Extractor
    from nianbao.reading import ReadError, open_sources
    from nianbao.review.page import write_page
    from nianbao.review.report import Viewer
    from nianbao.review.words import page_name

    viewer: Viewer = Viewer(Catalogue.load(), lang, images=images)
    extractor = Extractor()
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        usage(f"{output} cannot be a folder: {error.strerror}")
    first: Path | None = None
    first_report: Path | None = None
    for item in open_sources(paths, max_bytes=max_bytes, exclude=[output]):
        if isinstance(item, ReadError):
            say(f"{item.level.capitalize()}: {item}")
            viewer.failed(item)
            continue
        page = output / page_name(item.id)
        result = extractor.run(item)
        write_page(page, viewer.page(result))
        first = first or page
        if result.structure["is_report"]:
            first_report = first_report or page
    done = sum(row.page is not None for row in viewer.rows)
    if len(viewer.rows) > 1:
        write_page(output / "index.html", viewer.overview())
    return first_report or first, done
