"""`nianbao coverage` and `nianbao agencies`: who has reported, who has not, and who is who."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nianbao.cli.options import Debug, Lang, must_exist, must_spare, usage
from nianbao.cli.terminal import clean, polite
from nianbao.language.numeral import are_digits

if TYPE_CHECKING:
    from nianbao.audit.coverage import Cover, Seen

_NAMED = 10
Inputs = Annotated[
    list[Path],
    typer.Argument(
        metavar="PANEL", show_default=False, help="Panels, outputs of extract, tables of documents."
    ),
]  # fmt: skip


def coverage(
    paths: Inputs,
    listed: Annotated[
        Path | None,
        typer.Option(
            "--agencies", metavar="LIST", help="Who should report: a .csv with agency and, if known, from, to, level."
        ),
    ] = None,
    years: Annotated[
        str | None, typer.Option(metavar="FIRST-LAST", help="The years; else those that are seen.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="OUT", help="Also write rows: .csv, .jsonl or .parquet.")
    ] = None,
    chart: Annotated[
        Path | None, typer.Option("--chart", metavar="OUT", help="Also draw it: .svg, .png, .html or .json.")
    ] = None,
    lang: Annotated[Lang, typer.Option(help="The language of the chart's words.")] = Lang.zh,
    debug: Debug = False,
) -> None:
    """Say which agencies have a report for which year, which an unread one, and which none.

    Unread ones are known from tables of documents: give them as well where PANEL is a panel. Without a list an agency
    owes a report from its first one on.
    """
    with polite(debug):
        from nianbao.audit.coverage import COVER_COLUMNS, summed
        from nianbao.audit.coverage import coverage as cover
        from nianbao.audit.listed import read_list
        from nianbao.charts import ChartError, save
        from nianbao.charts.coverage import draw_coverage
        from nianbao.writing.atomic import check_target
        from nianbao.writing.plain import check_plain_target, write_plain

        must_exist([*paths, *([listed] if listed else ())])
        must_spare([*paths, *([listed] if listed else ())], output, chart)
        if output is not None:
            check_plain_target(output)
        if chart is not None:
            check_target(chart)
        seen, nowhere = _seen(paths)
        try:
            rows = cover(seen, read_list(listed) if listed else (), _years(years))
            if output is not None:
                write_plain([row.to_dict() for row in rows], COVER_COLUMNS, output)
            if chart is not None:
                save(draw_coverage(summed(rows), lang), chart)
        except (ValueError, OSError, ChartError) as error:
            usage(str(error))
        _print(rows)
        if nowhere:
            rest = f" ... and {len(nowhere) - _NAMED:,} more" if len(nowhere) > _NAMED else ""
            print(clean(f"Without a place: {len(nowhere):,} unread documents: {', '.join(nowhere[:_NAMED])}{rest}"))


def agencies(
    paths: Inputs,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="OUT", show_default=False, help="A .csv, .jsonl or .parquet file.")
    ],
    openrefine: Annotated[
        Path | None,
        typer.Option("--openrefine", metavar="CSV", help="Also a table by which OpenRefine reconciles names."),
    ] = None,
    debug: Debug = False,
) -> None:
    """Say who is who: one identity for all names of an agency, with the evidence and how sure it is."""
    with polite(debug):
        from nianbao.panel.who import AGENCY_COLUMNS, RECONCILE_COLUMNS, reconciled
        from nianbao.panel.who import agencies as known
        from nianbao.writing.plain import check_plain_target, write_plain

        must_exist(paths)
        must_spare(paths, output, openrefine)
        for target in (output, openrefine):
            if target is not None:
                check_plain_target(target)
        seen, _ = _seen(paths)
        found = known((one.agency, one.year) for one in seen)
        write_plain([one.to_row() for one in found], AGENCY_COLUMNS, output)
        if openrefine is not None:
            write_plain(list(reconciled(found)), RECONCILE_COLUMNS, openrefine)
        joined = len(found) - len({one.id for one in found})
        print(f"Names        {len(found):,}")
        print(f"Agencies     {len(found) - joined:,}")
        print(clean(f"Written      {output}"))


def _seen(paths: list[Path]) -> tuple[list[Seen], list[str]]:
    from nianbao.audit.sources import seen_in

    seen: list[Seen] = []
    nowhere: list[str] = []
    try:
        for path in paths:
            found, lost = seen_in(path)
            seen += found
            nowhere += lost
    except (ValueError, OSError) as error:
        usage(str(error))
    return seen, list(dict.fromkeys(nowhere))


def _years(given: str | None) -> tuple[int, int] | None:
    if given is None:
        return None
    first, _, last = given.partition("-")
    if not (are_digits(first) and are_digits(last or first)) or int(first) > int(last or first):
        raise ValueError(f"--years {given} must be like 2015-2023")
    return int(first), int(last or first)


def _print(rows: list[Cover]) -> None:
    """A line a level and year, then those without a report."""
    from nianbao.audit.coverage import STATES, summed

    print(f"{'level':12} {'year':>4} {'report':>8} {'unread':>8} {'none':>8}")
    for (level, year), states in summed(rows).items():
        print(f"{level or '?':12} {year:>4} " + " ".join(f"{states[state]:>8,}" for state in STATES))
    missing = [row for row in rows if row.state == "none"]
    for row in missing[:_NAMED]:
        print(clean(f"No report: {row.agency} {row.year}"))
    if len(missing) > _NAMED:
        print(f"... and {len(missing) - _NAMED:,} more; -o writes them all")
