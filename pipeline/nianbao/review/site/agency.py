"""An agency's page: its series as charts, all its numbers by year, and what contradicts them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from nianbao.catalogue import Metric
from nianbao.review.page import render, settings
from nianbao.review.site.chart import Bar, Line, Part, Point, lines, shares
from nianbao.review.site.context import MOST_BYTES, Context, metric_page
from nianbao.review.site.gather import AgencySeries, PanelCell
from nianbao.review.words import number, plain
from nianbao.schema import APPLICANTS

_Numbers = Mapping[tuple[str, str | None, int], PanelCell]


class AgencyPages:
    """Makes the pages of agencies, one after the other."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.lang = context.lang
        self.charts = settings()["charts"]
        self.groups = settings()["groups"][self.lang.name]
        self.metrics = list(context.catalogue.metrics)
        self.heads = {metric.id: self._head(metric) for metric in self.metrics}
        self.segments = {
            (metric.id, year): context.segment(metric.id, year)
            for metric in self.metrics
            for year in range(context.years[0] - 1, context.years[1] + 1)
        }

    def page(self, agency: AgencySeries) -> str:
        """An agency's page; the numbers by applicant are left out, and that is said, where it would grow too large."""
        numbers = {
            (cell.metric, None if cell.applicant == "total" else cell.applicant, cell.year): cell
            for cell in agency.cells
        }
        years = list(range(self.context.years[0], self.context.years[1] + 1))
        split = self._table(numbers, years, split=True)
        page = self._render(agency, numbers, years, split)
        if split and len(page.encode("utf-8", "replace")) > MOST_BYTES:
            page = self._render(agency, numbers, years, None)
        return page

    def _render(self, agency: AgencySeries, numbers: _Numbers, years: Sequence[int], split: Markup | None) -> str:
        return render(
            "agency.html",
            ("base.css", "site.css"),
            (),
            self.lang,
            title=agency.name,
            agency=agency,
            years=years,
            changes=self.context.changes,
            documents=[(year, agency.reports.get(year), self._report(agency, year)) for year in years],
            charts=self._charts(numbers),
            table=self._table(numbers, years, split=False),
            split=split,
            contradictions=self._contradictions(agency),
            levels=settings()["levels"][self.lang.name],
            origins=settings()["origins"][self.lang.name],
            linked=bool(self.context.pages),
        )

    def _report(self, agency: AgencySeries, year: int) -> str | None:
        doc_id = agency.reports.get(year)
        return None if doc_id is None else self.context.place(doc_id, None, None)

    def _head(self, metric: Metric) -> Markup:
        name, second = self.context.name(metric)
        return Markup('<a href="../{}" title="{}">{}</a>').format(metric_page(metric.id), plain(second), plain(name))

    # The charts.

    def _charts(self, numbers: _Numbers) -> list[dict[str, Any]]:
        made = []
        for chart in self.charts:
            title = chart[self.lang.name]
            drawn = self._shares(chart, title, numbers) if "shares" in chart else self._lines(chart, title, numbers)
            if drawn is not None:
                made.append({"id": chart["id"], "title": title, **drawn})
        return made

    def _lines(self, chart: Mapping[str, Any], title: str, numbers: _Numbers) -> dict[str, Any] | None:
        drawn: list[Line] = []
        for metric in chart["lines"]:
            name = self.context.name(self.context.catalogue.metrics.get(metric))[0]
            cells = [
                numbers.get((metric, None, year)) for year in range(self.context.years[0], self.context.years[1] + 1)
            ]
            points = [self._point(name, cell) for cell in cells if cell is not None]
            if points:
                drawn.append(Line(name, points))
        if not drawn:
            return None
        legend = [(color, line.name) for color, line in enumerate(drawn)]
        return {"svg": lines(self.context.frame, title, drawn), "legend": legend, "note": None}

    def _point(self, name: str, cell: PanelCell) -> Point:
        said = number(cell.value) if cell.value is not None else self.lang.statuses.get(cell.status, cell.status)
        label = f"{name} {cell.year}: {said}"
        if cell.contradicted:
            label += f" ({self.lang.words['contradicted']})"
        place = self.context.place(cell.doc_id, cell.start, cell.end)
        return Point(
            cell.year, cell.value, cell.status, self.segments[cell.metric, cell.year], cell.contradicted, place, label
        )

    def _shares(self, chart: Mapping[str, Any], title: str, numbers: _Numbers) -> dict[str, Any] | None:
        bars: list[Bar] = []
        used: set[int] = set()
        for year in range(self.context.years[0], self.context.years[1] + 1):
            read: list[tuple[int, str, float]] = []
            for color, one in enumerate(chart["shares"]):
                cells = [numbers.get((metric, None, year)) for metric in one["parts"]]
                values = [cell.value for cell in cells if cell is not None and cell.value is not None]
                if values and sum(values) > 0:
                    read.append((color, one[self.lang.name], sum(values)))
            whole = sum(value for _, _, value in read)
            if not whole:
                continue
            total = numbers.get((chart["whole"], None, year))
            used.update(color for color, _, _ in read)
            parts = [Part(c, v, f"{name} {year}: {number(v)} ({v / whole:.0%})") for c, name, v in read]
            bars.append(Bar(year, parts, total is not None and total.value == whole))
        if not bars:
            return None
        legend = [(color, one[self.lang.name]) for color, one in enumerate(chart["shares"]) if color in used]
        svg = shares(self.context.frame, title, bars)
        return {"svg": svg, "legend": legend, "note": self.lang.words["shares_note"]}

    # The table.

    def _table(self, numbers: _Numbers, years: Sequence[int], *, split: bool) -> Markup:
        """The body of a table: a row a metric (with `split`: a metric and applicant), a column a year."""
        given = {(metric, applicant) for metric, applicant, _ in numbers if (applicant is not None) == split}
        parts: list[str] = []
        group = None
        kinds = [None] if not split else [one for one in APPLICANTS if one != "total"]
        for metric in self.metrics:
            for applicant in kinds:
                if (metric.id, applicant) not in given:
                    continue
                if (prefix := metric.id.partition(".")[0]) != group:
                    group = prefix
                    words = escape(self.groups.get(prefix, prefix))
                    parts.append(
                        f'<tr class="group"><th colspan="{len(years) + 2}" scope="colgroup">{words}</th></tr>\n'
                    )
                who = "" if applicant is None else f" · {escape(self.lang.applicants[applicant])}"
                cells = "".join(
                    self._cell(metric.id, numbers.get((metric.id, applicant, year)), year) for year in years
                )
                head = f'<th scope="row">{self.heads[metric.id]}{who}</th><td class="u">{metric.unit}</td>'
                parts.append(f"<tr>{head}{cells}</tr>\n")
        return Markup("".join(parts))  # noqa: S704  (all of it escaped)

    def _cell(self, metric: str, cell: PanelCell | None, year: int) -> str:
        first = year == self.context.years[0]
        broken = not first and self.segments[metric, year] != self.segments[metric, year - 1]
        kind = " brk" if broken else ""
        if cell is None:
            return f'<td class="n{kind}"></td>'
        if cell.value is not None:
            sign = {"over": "&gt;", "approx": "≈", "nearly": "&lt;"}.get(cell.qualifier, "")
            words = f"{sign}{cell.value:,.10g}"
        elif cell.status == "blank":
            words = str(escape(self.lang.words["blank_value"]))
        else:
            words = str(escape(plain(cell.value_text)[:12])) + ("?" if cell.status == "ambiguous" else "")
        place = self.context.place(cell.doc_id, cell.start, cell.end)
        if place:
            words = f'<a href="{place}">{words}</a>'
        elif cell.start is not None:
            words = f'<span title="{cell.start}–{cell.end}">{words}</span>'
        if cell.contradicted:
            words += f'<a class="against" href="#x{year}-{metric}">≠</a>'
        status = "" if cell.status == "reported" else f" s-{cell.status}"
        return f'<td class="n{kind}{status}">{words}</td>'

    def _contradictions(self, agency: AgencySeries) -> list[dict[str, Any]]:
        chosen = {(cell.year, cell.metric, cell.applicant): cell for cell in agency.cells if cell.contradicted}
        found = []
        for (year, metric, applicant), others in agency.contradictions.items():
            cell = chosen[year, metric, applicant]
            found.append(
                {
                    "anchor": f"x{year}-{metric}" if applicant in (None, "total") else "",
                    "year": year,
                    "name": self.context.name(self.context.catalogue.metrics.get(metric))[0],
                    "applicant": self.lang.applicants.get(applicant or "", ""),
                    "cell": cell,
                    "place": self.context.place(cell.doc_id, cell.start, cell.end),
                    "others": [
                        {**other, "place": self.context.place(other["doc_id"], other["start"], other["end"])}
                        for other in others
                    ],
                }
            )
        return found
