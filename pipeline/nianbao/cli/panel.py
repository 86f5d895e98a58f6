"""`nianbao panel`: facts to one row an agency, year and metric."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nianbao.cli.options import DEFAULT_MEGABYTES, Debug, must_exist, must_spare, usage
from nianbao.cli.terminal import clean, polite, say

if TYPE_CHECKING:
    from nianbao.panel import Panel


def panel(
    facts: Annotated[
        list[Path],
        typer.Argument(
            metavar="FACTS",
            show_default=False,
            help="Outputs of extract, or folders of them. Of two versions of a report that of the later FACTS counts.",
        ),
    ],
    output: Annotated[
        Path,
        typer.Option("-o", "--output", metavar="OUT", show_default=False, help="A .parquet, .csv or .duckdb file."),
    ],
    wide: Annotated[bool, typer.Option("--wide", help="One row an agency and year, one column a metric.")] = False,
    applicants: Annotated[
        bool, typer.Option("--applicants", help="With --wide: also a column for each kind of applicant.")
    ] = False,
    scopes: Annotated[
        bool, typer.Option("--scopes", help="Also rows about parts of an agency, such as 市本级.")
    ] = False,
    sure: Annotated[
        float,
        typer.Option(
            metavar="SHARE",
            min=0.0,
            max=1.0,
            help="Names are one agency's (renamed, an office and its government) where that is as sure as this; "
            "1: each name for itself.",
        ),
    ] = 0.0,
    documents: Annotated[
        Path | None,
        typer.Option(
            "--documents",
            metavar="OUT",
            help="Also write what became of each document: copies, versions, those without facts.",
        ),
    ] = None,
    dates: Annotated[
        Path | None,
        typer.Option("--dates", metavar="CSV", help="doc_id,date of each document, to tell the latest version."),
    ] = None,
    texts: Annotated[
        list[Path] | None,
        typer.Option("--text", metavar="PATH", help="The documents, to tell copies of reports with hardly a number."),
    ] = None,
    configs: Annotated[
        Path | None,
        typer.Option("--configs", metavar="DIR", help="A changed copy of configs/ whose metrics the facts speak of."),
    ] = None,
    memory: Annotated[str, typer.Option(metavar="SIZE", help="Memory for the work; more goes to disk.")] = "2GB",
    debug: Debug = False,
) -> None:
    """Put the facts of many reports together: one row an agency, year, metric and applicant.

    Tables go before prose, the latest version of a report before the others, copies on mirrors count once; what
    contradicts a number stands beside it. Every number keeps its document and offsets.
    """
    with polite(debug):
        from nianbao.catalogue import Catalogue, ConfigError
        from nianbao.panel import PanelError, build
        from nianbao.panel.write import check_panel_target, widen, write_table

        must_exist([*facts, *(texts or ())])
        must_spare([*facts, *(texts or ())], output, documents)
        for target in (output, documents):
            if target is not None:
                check_panel_target(target)
        try:
            catalogue = Catalogue.load(configs)
            days, sketches = _dates(dates), _sketches(texts or [])
            with build(
                facts,
                scopes=scopes,
                sure=sure,
                dates=days,
                sketches=sketches,
                memory=memory,
                catalogue=catalogue,
            ) as built:
                if wide:
                    widen(built.connection, catalogue.metrics, applicants=applicants)
                write_table(built.connection, "wide" if wide else "panel", output)
                if documents is not None:
                    write_table(built.connection, "documents", documents)
                _tell(built, output)
        except (PanelError, ConfigError, FileNotFoundError) as error:
            usage(str(error))


def _dates(path: Path | None) -> dict[str, str]:
    from nianbao.panel import PanelError

    if path is None:
        return {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return {row["doc_id"]: row["date"] for row in csv.DictReader(stream) if row["date"]}
    except (OSError, KeyError, UnicodeDecodeError) as error:
        raise PanelError(f"{path} must be a .csv file in UTF-8 with the columns doc_id and date ({error!r})") from error


def _sketches(paths: list[Path]) -> dict[str, Any]:
    if not paths:
        return {}
    from nianbao.panel.texts import sketch
    from nianbao.reading import ReadError, open_sources

    found = {}
    for item in open_sources(paths, max_bytes=DEFAULT_MEGABYTES * 1_000_000):
        if isinstance(item, ReadError):
            say(f"{item.level.capitalize()}: {item}")
        elif (hashes := sketch(item.text)) is not None:
            found[item.id] = hashes
    return found


def _tell(built: Panel, output: Path) -> None:
    words = {
        "report": "reports",
        "copy": "copies of them",
        "older": "older versions",
        "part": "parts or other documents of the same year",
        "unplaced": "without agency or year",
        "empty": "reports without a fact",
        "no_report": "no reports",
        "failed": "not read",
    }
    roles = ", ".join(f"{count:,} {words[role]}" for role, count in built.documents.items() if count)
    print(f"Documents    {sum(built.documents.values()):,}: {roles}")
    print(f"Agencies     {built.agencies:,}")
    print(f"Rows         {built.rows:,}; {built.contradicted:,} contradicted, {built.derived:,} sums of printed parts")
    if built.left_out:
        print("Left out     " + ", ".join(f"{count:,} facts {why}" for why, count in built.left_out.items()))
    print(clean(f"Written      {output}"))
