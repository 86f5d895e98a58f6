"""What all pages of a site share: names, series, and where each number's report is."""

from __future__ import annotations

from collections import defaultdict

from nianbao.catalogue import Catalogue, Metric
from nianbao.review.page import Language
from nianbao.review.site.chart import Frame
from nianbao.review.words import mark_anchor, page_link, page_name

MOST_BYTES = 490_000
"""No page is larger than 500 kB."""


class Context:
    """A site's common knowledge.

    Args:
        catalogue: metrics and their series.
        lang: of the pages' own words.
        pages: names of the reports' pages that go along, in the folder reports/.
        years: of the panel, the first and the last.
    """

    def __init__(self, catalogue: Catalogue, lang: Language, pages: frozenset[str], years: tuple[int, int]) -> None:
        self.catalogue, self.lang, self.pages, self.years = catalogue, lang, pages, years
        self._starts: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for one in catalogue.series.segments:
            self._starts[one.metric].append((one.first, one.name))
        self.changes = {year: lang.words["form_of"].replace("{n}", str(year)) for year in catalogue.series.changes}
        self.frame = Frame(years, self.changes)
        self._links: dict[str, str] = {}

    def segment(self, metric: str, year: int) -> str:
        """The series that a metric's number of a year belongs to."""
        found = metric
        for first, name in self._starts[metric]:
            if first <= year:
                found = name
        return found

    def name(self, metric: Metric) -> tuple[str, str]:
        """A metric's name in the site's language, and in the other."""
        names = metric.name_zh, metric.name_en
        return names if self.lang.name == "zh" else (names[1], names[0])

    def place(self, doc_id: str, start: int | None, end: int | None) -> str | None:
        """Where a number stands, seen from a page one folder down; None where the report has no page here."""
        page = self._links.get(doc_id)
        if page is None:
            name = page_name(doc_id)
            page = self._links[doc_id] = "../reports" + page_link(name)[1:] if name in self.pages else ""
        if not page:
            return None
        return page if start is None or end is None else f"{page}#{mark_anchor(start, end)}"


def metric_page(metric: str) -> str:
    """The page of a metric, below the site's top."""
    return f"metrics/{metric}.html"
