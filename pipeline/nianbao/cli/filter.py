"""`nianbao filter`: the pages of a crawl that may be reports."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nianbao.cli.options import DEFAULT_MEGABYTES, Debug, MaxSize, Paths, must_exist, must_spare
from nianbao.cli.terminal import polite, say


def filter_(
    paths: Paths,
    output: Annotated[
        Path,
        typer.Option(
            "-o", "--output", metavar="KEPT", show_default=False, help="A .jsonl, .jsonl.gz, .txt or .warc.gz file."
        ),
    ],
    threshold: Annotated[
        float | None,
        typer.Option(min=0, max=1, show_default=False, help="Score from which a page is kept; the model has its own."),
    ] = None,
    max_size: MaxSize = DEFAULT_MEGABYTES,
    debug: Debug = False,
) -> None:
    """Keep the documents of a crawl that may be annual reports on disclosure.

    .jsonl holds their texts, .txt their ids, .warc.gz the pages with their tables. Made to lose no report: some other
    pages pass, and `extract` tells them from reports.
    """
    with polite(debug):
        from nianbao.gate import Gate
        from nianbao.gate.crawl import keep

        must_exist(paths)
        must_spare(paths, output)
        count = keep(paths, output, gate=Gate(threshold=threshold), max_bytes=round(max_size * 1_000_000))
        for error in count.unread[:20]:
            say(f"{error.level.capitalize()}: {error}")
        if len(count.unread) > 20:
            say(f"... and {len(count.unread) - 20:,} more that cannot be read")
        print(f"Kept         {count.kept:,} of {count.seen:,} documents, in {output}")
        if count.unread and not count.kept:
            raise typer.Exit(1)
