"""One report, one page, one file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from nianbao.catalogue import Catalogue
from nianbao.extractor import Result
from nianbao.forms.checks import FactChecker
from nianbao.reading.errors import ReadError
from nianbao.review.page import Language, language, render
from nianbao.review.report.body import Body
from nianbao.review.report.listed import ShownFact, by_section, counts, entries, listed_checks
from nianbao.review.report.marks import MarkupWriter
from nianbao.review.report.pages import NoPages, PageImage, has_pages, page_images
from nianbao.review.words import page_name


@dataclass(frozen=True, slots=True)
class PageRow:
    """A document in the list of the pages. `page`: the file's name, None where there is none."""

    doc_id: str
    title: str | None
    agency: str | None
    report_year: int | None
    facts: int
    failing: int
    warnings: int
    page: str | None
    error: str | None = None


class Viewer:
    """Makes the pages of reports.

        viewer = Viewer(Catalogue.load(), "en")
        html = viewer.page(Extractor().run(source))

    Args:
        catalogue: names of metrics, and the identities that are checked.
        lang: of the page's own words: zh or en.
        images: whether the pages of PDFs are drawn.
    """

    def __init__(self, catalogue: Catalogue, lang: str = "zh", *, images: bool = True) -> None:
        self.catalogue = catalogue
        self.lang: Language = language(lang)
        self.images = images
        self.checker = FactChecker(catalogue.forms, catalogue.identities)
        self.rows: list[PageRow] = []

    def page(self, result: Result) -> str:
        """The page of a report; the report joins `rows`."""
        source, facts, structure = result.source, result.facts, result.structure
        rows = entries(facts, self.lang)
        compared = self.checker.compare([asdict(fact) for fact in facts], result.forms)
        failing, holding = listed_checks(compared, rows, self.catalogue, self.lang)
        drawn, reason = self._pages(result)
        self.rows.append(
            PageRow(
                source.id,
                structure.get("title"),
                structure.get("agency"),
                structure.get("report_year"),
                len(facts),
                len(failing),
                len(result.warnings),
                page_name(source.id),
            )
        )
        marked = MarkupWriter(source.text, facts, self.lang)
        return render(
            "view.html",
            ("base.css", "view.css"),
            ("view.js",),
            self.lang,
            title=structure.get("title") or source.id,
            source=source,
            structure=structure,
            warnings=result.warnings,
            counts=counts(facts),
            sections=by_section(rows, self.catalogue, self.lang),
            failing=failing,
            holding=holding,
            pages=[(image, _on_page(rows, image.number)) for image in drawn],
            cut=bool(drawn) and len(drawn) < (source.pages or 0),
            no_images=reason,
            body=Body(source, result.blocks, structure.get("headings") or (), marked).render(),
        )

    def failed(self, error: ReadError) -> None:
        """A document that could not be read joins `rows`."""
        self.rows.append(PageRow(error.doc_id or error.path or "?", None, None, None, 0, 0, 0, None, str(error)))

    def overview(self) -> str:
        """A page that lists all pages that were made, and what could not be read."""
        return render("overview.html", ("base.css", "site.css"), (), self.lang, rows=self.rows)

    def _pages(self, result: Result) -> tuple[Sequence[PageImage], str | None]:
        if not self.images or not has_pages(result.source):
            return (), None
        try:
            return list(page_images(result.source)), None
        except NoPages as error:
            return (), str(error)


def _on_page(rows: Sequence[ShownFact], number: int) -> list[dict[str, Any]]:
    """The boxes of a page's facts, one for each place; the facts' lists lead there."""
    boxes: dict[str, dict[str, Any]] = {}
    for entry in rows:
        fact = entry.fact
        if fact.page != number or fact.box is None:
            continue
        entry.target = f"p{entry.anchor[1:]}"
        if entry.anchor in boxes:
            boxes[entry.anchor]["facts"] += f" {entry.index}"
            continue
        x0, top, x1, bottom = fact.box
        boxes[entry.anchor] = {
            "entry": entry,
            "facts": str(entry.index),
            "x": round(x0 - 1.5, 1),
            "y": round(top - 1.5, 1),
            "width": round(max(x1 - x0, 4) + 3, 1),
            "height": round(max(bottom - top, 4) + 3, 1),
        }
    return list(boxes.values())
