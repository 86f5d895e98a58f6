"""`nianbao site`: a panel as a folder of pages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nianbao.cli.options import Debug, Lang, must_exist, usage
from nianbao.cli.terminal import clean, polite


def site(
    facts: Annotated[
        list[Path],
        typer.Argument(metavar="FACTS", show_default=False, help="Outputs of extract, or folders of them."),
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="DIR", show_default=False, help="A new folder for the site.")
    ],
    pages: Annotated[
        Path | None,
        typer.Option("--pages", metavar="DIR", help="What `nianbao view` wrote: numbers lead to their places there."),
    ] = None,
    lang: Annotated[Lang, typer.Option(help="The language of the pages' own words.")] = Lang.zh,
    memory: Annotated[str, typer.Option(metavar="SIZE", help="Memory for the panel; more goes to disk.")] = "2GB",
    debug: Debug = False,
) -> None:
    """Write the panel of many reports as a static site: search, a page an agency and a metric, charts, downloads.

    It works from a folder without a server, and on any static host; nothing is fetched from elsewhere.
    """
    with polite(debug):
        from nianbao.catalogue import Catalogue
        from nianbao.panel import PanelError, build
        from nianbao.review.site import build_site

        must_exist([*facts, *([pages] if pages else [])])
        try:
            catalogue = Catalogue.load()
            with build(facts, memory=memory, catalogue=catalogue) as panel:
                built = build_site(panel, output, catalogue, lang.value, pages)
        except PanelError as error:
            usage(str(error))
        print(f"Agencies     {built.agencies:,}")
        print(f"Pages        {built.pages:,}, the largest {built.largest / 1000:,.0f} kB; {built.metrics} metrics")
        if pages is not None:
            print(f"Reports      {built.reports:,} pages taken along")
        print(clean(f"Open         {output / 'index.html'}"))
