"""A chart of who has reported: agencies with a report, an unread one and none, by level and year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from nianbao.charts.draw import ChartError

if TYPE_CHECKING:
    import altair

_COLORS = {"report": "#17605c", "unread": "#c2721b", "none": "#d8d3c7"}
_WORDS = {
    "zh": {"report": "有报告", "unread": "有报告未读出", "none": "无报告", "agencies": "机关数"},
    "en": {"report": "report", "unread": "unread report", "none": "no report", "agencies": "agencies"},
}


def draw_coverage(counts: Mapping[tuple[str, int], Mapping[Any, int]], lang: str = "en") -> altair.FacetChart:
    """A bar a year, a row of bars a level.

    Args:
        counts: (level, year) → state (report, unread, none) → how many agencies.

    Raises:
        ChartError: altair is not installed, or there is nothing to draw.
    """
    try:
        import altair as alt
    except ImportError as error:
        raise ChartError("charts need altair: pip install 'nianbao[review]'") from error
    words = _WORDS[lang]
    points = list(_points(counts, words))
    if not points:
        raise ChartError("no agency is left to draw")
    order = [words[state] for state in _COLORS]
    bars = (
        alt.Chart(alt.Data(values=points))
        .mark_bar()
        .encode(
            x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0)),
            y=alt.Y("count:Q", title=words["agencies"]),
            color=alt.Color(
                "state:N",
                title=None,
                scale=alt.Scale(domain=order, range=list(_COLORS.values())),
                legend=alt.Legend(orient="top"),
            ),
            order=alt.Order("rank:Q"),
            tooltip=["level:N", "year:O", "state:N", "count:Q"],
        )
        .properties(width=560, height=160)
    )
    chart: altair.FacetChart = bars.facet(row=alt.Row("level:N", title=None)).resolve_scale(y="independent")
    return chart


def _points(counts: Mapping[tuple[str, int], Mapping[Any, int]], words: Mapping[str, str]) -> Iterable[dict[str, Any]]:
    for (level, year), states in counts.items():
        for rank, state in enumerate(_COLORS):
            if count := states.get(state, 0):
                yield {"level": level or "–", "year": year, "state": words[state], "count": count, "rank": rank}
