"""A chart of metrics over the years: lines that stop where numbers may not be compared."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nianbao.catalogue import Catalogue

if TYPE_CHECKING:
    import altair

ENDINGS = (".svg", ".png", ".html", ".json")
# Colours that people who do not tell red from green tell apart (those of configs/review.yaml's pages).
_COLORS = ["#17605c", "#c2721b", "#6a5bd0", "#a8321f", "#7d8a2e", "#8a8578"]
_FORM = {"zh": "{n}年表式", "en": "form of {n}"}


class ChartError(ValueError):
    """The chart cannot be drawn; the message says why, and what to do."""


def draw(
    rows: Iterable[Mapping[str, Any]],
    metrics: Sequence[str] = (),
    *,
    agencies: Sequence[str] = (),
    applicant: str = "total",
    catalogue: Catalogue | None = None,
    lang: str = "en",
    width: int = 560,
    height: int = 300,
) -> altair.LayerChart:
    """A point for each number; a line joins those of following years that may be compared.

    A blank cell is a hollow square at the foot, a contradicted number has a ring, a change of form is a dashed line.

    Args:
        rows: with agency, year, metric, applicant, value, status; contradictions and scope where there are any.
        metrics: ids; none: the first one in the registry's order that the rows have.
        agencies: names; none: all.
        applicant: whose numbers, for metrics that are split.

    Raises:
        ChartError: altair is not installed, a metric is unknown, or nothing is left to draw.
    """
    known = catalogue or Catalogue.load()
    if unknown := [metric for metric in metrics if metric not in known.metrics]:
        raise ChartError(f"there is no metric {unknown[0]!r}; configs/metrics.tsv has their ids")
    points = _points(list(rows), metrics, agencies, applicant, known, lang)
    if not points:
        raise ChartError("no number is left to draw; look at the metrics, agencies and applicant that were asked for")
    try:
        return _chart(points, lang, width, height, known.series.changes)
    except ImportError as error:
        raise ChartError("charts need altair: pip install 'nianbao[review]'") from error


def _points(
    rows: Sequence[Mapping[str, Any]],
    metrics: Sequence[str],
    agencies: Sequence[str],
    applicant: str,
    catalogue: Catalogue,
    lang: str,
) -> list[dict[str, Any]]:
    given = {row["metric"] for row in rows}
    wanted = list(metrics) or [metric.id for metric in catalogue.metrics if metric.id in given][:1]
    starts: dict[str, list[int]] = {}
    for one in catalogue.series.segments:
        starts.setdefault(one.metric, []).append(one.first)
    points = []
    for row in rows:
        if (
            row["metric"] not in wanted
            or row["year"] is None
            or row.get("scope")
            or row["applicant"] not in (None, applicant)
        ):
            continue
        if agencies and row["agency"] not in agencies:
            continue
        if row["value"] is None and row["status"] != "blank":
            continue
        metric = catalogue.metrics.get(row["metric"])
        name = metric.name_zh if lang == "zh" else metric.name_en
        points.append(
            {
                "year": int(row["year"]),
                "value": row["value"],
                "blank": row["value"] is None,
                "contradicted": len(row.get("contradictions") or ()) > 0,
                "agency": row["agency"] or "",
                "metric": name,
                "unit": metric.unit,
                "segment": max((first for first in starts[metric.id] if first <= row["year"]), default=0),
            }
        )
    return _runs(points)


def _runs(points: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Numbers the stretches that a line may join: following years with a number, in one segment."""
    points.sort(key=lambda point: (point["agency"], point["metric"], point["year"]))
    run = 0
    before: dict[str, Any] | None = None
    for point in points:
        follows = before is not None and all(point[key] == before[key] for key in ("agency", "metric", "segment"))
        if not follows or before is None or before["blank"] or point["year"] > before["year"] + 1:
            run += 1
        point["run"] = run
        before = point
    return points


def _chart(
    points: list[dict[str, Any]], lang: str, width: int, height: int, changes: Iterable[int]
) -> altair.LayerChart:
    import altair as alt

    many_agencies = len({point["agency"] for point in points}) > 1
    many_metrics = len({point["metric"] for point in points}) > 1
    for point in points:
        parts = [point["agency"]] * many_agencies + [point["metric"]] * many_metrics
        point["series"] = " · ".join(parts) or point["metric"]
    title = [
        point[key]
        for key, many in (("agency", many_agencies), ("metric", many_metrics))
        if not many
        for point in points[:1]
    ]
    years = sorted({point["year"] for point in points})
    base = alt.Chart(alt.Data(values=points))
    x = alt.X(
        "year:O",
        title=None,
        scale=alt.Scale(domain=list(range(years[0], years[-1] + 1))),
        axis=alt.Axis(labelAngle=0, labelAlign="center"),
    )
    units = sorted({point["unit"] for point in points})
    y = alt.Y(
        "value:Q",
        title="、".join(units),
        axis=alt.Axis(titleAngle=0, titleAlign="left", titleY=-10, titleX=-30),
        scale=alt.Scale(zero=True),
    )
    names = list(dict.fromkeys(point["series"] for point in points))
    color = alt.Color(
        "series:N",
        title=None,
        scale=alt.Scale(domain=names, range=[_COLORS[at % len(_COLORS)] for at in range(len(names))]),
        legend=alt.Legend(orient="top", columns=2, labelLimit=400) if len(names) > 1 else None,
    )
    tooltip = [alt.Tooltip(f"{name}") for name in ("agency:N", "metric:N", "year:O", "value:Q")]
    layers = [
        *_changes(alt, years, _FORM["zh" if lang == "zh" else "en"], x, changes),
        base.transform_filter("!datum.blank").mark_line(strokeWidth=2).encode(x=x, y=y, color=color, detail="run:N"),
        base.transform_filter("!datum.blank")
        .mark_circle(size=46, opacity=1)
        .encode(x=x, y=y, color=color, tooltip=tooltip),
    ]
    if any(point["contradicted"] and not point["blank"] for point in points):
        ringed = base.transform_filter("datum.contradicted && !datum.blank")
        layers.append(ringed.mark_point(size=160, color="#a8321f", filled=False).encode(x=x, y=y))
    if any(point["blank"] for point in points):
        blank = base.transform_filter("datum.blank").transform_calculate(foot="0")
        square = blank.mark_point(shape="square", size=60, filled=False)
        layers.append(square.encode(x=x, y=alt.Y("foot:Q"), color=color, tooltip=tooltip))
    chart: altair.LayerChart = (
        alt.layer(*layers)
        .properties(width=width, height=height, title=alt.TitleParams(title, anchor="start"))
        .configure(font="Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, sans-serif")
        .configure_view(stroke=None)
        .configure_axis(gridColor="#e2ded4", domainColor="#e2ded4", tickColor="#e2ded4", labelColor="#66635b")
    )
    return chart


def _changes(alt: Any, years: Sequence[int], words: str, x: Any, changes: Iterable[int]) -> list[Any]:
    """A dashed line before the first year of each form."""
    firsts = [first for first in changes if years[0] < first <= years[-1]]
    if not firsts:
        return []
    data = alt.Data(values=[{"year": year, "name": words.replace("{n}", str(year))} for year in firsts])
    rule = alt.Chart(data).mark_rule(strokeDash=[2, 3], color="#66635b").encode(x=alt.X("year:O", bandPosition=0))
    label = (
        alt.Chart(data)
        .mark_text(align="left", baseline="bottom", dx=3, fontSize=10, color="#66635b")
        .encode(x=alt.X("year:O", bandPosition=0), y=alt.value(-2), text="name:N")
    )
    return [rule, label]


def save(chart: altair.LayerChart | altair.FacetChart, target: Path, scale: float = 2.0) -> None:
    """Writes a chart: .svg, .png, .html (with all that it needs inside) or .json (Vega-Lite).

    Raises:
        ChartError: another ending, or vl-convert is not installed.
        OSError: it cannot be written.
    """
    ending = target.suffix.lower()
    if ending not in ENDINGS:
        raise ChartError(f"{target} has an ending that cannot be drawn; use one of {' '.join(ENDINGS)}")
    spec = chart.to_json(indent=None)
    if ending == ".json":
        target.write_text(json.dumps(json.loads(spec), ensure_ascii=False, indent=1), "utf-8")
        return
    try:
        import vl_convert
    except ImportError as error:
        raise ChartError("pictures need vl-convert-python: pip install 'nianbao[review]'") from error
    if ending == ".png":
        target.write_bytes(vl_convert.vegalite_to_png(spec, scale=scale))
    elif ending == ".svg":
        target.write_text(vl_convert.vegalite_to_svg(spec), "utf-8")
    else:
        target.write_text(vl_convert.vegalite_to_html(spec, bundle=True), "utf-8")
