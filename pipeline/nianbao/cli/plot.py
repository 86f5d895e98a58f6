"""`nianbao plot`: series of a panel as a picture."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from nianbao.cli.options import Debug, Lang, must_exist, must_spare, usage
from nianbao.cli.terminal import clean, polite


def plot(
    facts: Annotated[
        list[Path],
        typer.Argument(metavar="FACTS", show_default=False, help="Outputs of extract, or folders of them."),
    ],
    output: Annotated[
        Path,
        typer.Option("-o", "--output", metavar="OUT", show_default=False, help="A .svg, .png, .html or .json file."),
    ],
    metric: Annotated[
        list[str] | None, typer.Option("-m", "--metric", metavar="ID", help="A metric; may be given again.")
    ] = None,
    agency: Annotated[
        list[str] | None, typer.Option("-a", "--agency", metavar="NAME", help="An agency; may be given again.")
    ] = None,
    applicant: Annotated[str, typer.Option(help="Whose numbers, for metrics that are split.")] = "total",
    lang: Annotated[Lang, typer.Option(help="The language of the chart's words.")] = Lang.zh,
    memory: Annotated[str, typer.Option(metavar="SIZE", help="Memory for the panel; more goes to disk.")] = "2GB",
    debug: Debug = False,
) -> None:
    """Draw metrics over the years, for papers: lines stop where numbers may not be compared.

    A blank cell is a hollow square, a contradicted number has a ring, a change of form is a dashed line.
    """
    with polite(debug):
        from nianbao.charts import ChartError, save
        from nianbao.panel import PanelError, build
        from nianbao.writing.atomic import check_target, write_whole

        must_exist(facts)
        must_spare(facts, output)
        check_target(output)
        try:
            with build(facts, memory=memory) as panel:
                chart = panel.plot(
                    *(metric or ["requests.received"]), agencies=agency or (), applicant=applicant, lang=lang
                )
            with TemporaryDirectory(prefix="nianbao-") as scratch:
                drawn = Path(scratch) / f"chart{output.suffix}"
                save(chart, drawn)
                write_whole(output, drawn.read_bytes())
        except (ChartError, PanelError) as error:
            usage(str(error))
        print(clean(f"Written      {output}"))
