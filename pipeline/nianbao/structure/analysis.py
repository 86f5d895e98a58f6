"""One call that gives a document's structure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nianbao.catalogue.sections import Rules
from nianbao.structure.agency import find_agency
from nianbao.structure.blocks import classify
from nianbao.structure.document_title import find_title
from nianbao.structure.genre import GenreEvidence, score_genre
from nianbao.structure.headings import find_headings
from nianbao.structure.types import Region, Structure
from nianbao.structure.unwrap import printed_lines, unwrap
from nianbao.structure.years import find_period, report_year


def analyze(
    text: str,
    norm: str,
    rules: Rules,
    regions: Sequence[Region] = (),
    metadata: Mapping[str, Any] | None = None,
) -> Structure:
    """The structure of one document.

    text: the document's text. norm: `nianbao.language.script.normalize(text)`. rules: what is known of the
    genre. regions: where tables of forms stand; without them rows of the national forms are still no headings.
    metadata: of the source; only `year` is read, and only where the text states none.

    Raises:
        ValueError: `text` and `norm` differ in length.
    """
    if len(text) != len(norm):
        raise ValueError(f"text has {len(text)} characters, its normalised view {len(norm)}; they must be as long")
    for word, meant in rules.variants.items():
        norm = norm.replace(word, meant)
    lines = printed_lines(norm)
    headings = find_headings(text, unwrap(norm, lines, rules.headings), regions, rules)
    first = next((heading.start for heading in headings if heading.level == 1), len(norm))
    title = find_title(text, norm, lines, first, rules.identity, rules.layout)
    period = find_period(norm, first, rules.identity)
    year = report_year(norm, title.name if title else None, period, metadata or {}, rules.identity)
    agency = find_agency(norm, lines, title, rules.identity)
    verdict = score_genre(GenreEvidence(norm, lines, headings, regions, title, agency, year), rules)
    if not verdict.is_report:
        # What is no report has no reporting agency and is about no report year.
        agency = year = period = None
    return Structure(
        is_report=verdict.is_report,
        title=title.text if title else None,
        agency=agency,
        report_year=year,
        period_start=period.start if period else None,
        period_end=period.end if period else None,
        headings=headings,
        blocks=classify(norm, lines, headings, title.spans if title else (), regions, rules.layout, rules.tables),
        score=verdict.score,
        reasons=verdict.reasons,
    )
