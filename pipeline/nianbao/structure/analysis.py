"""One call that gives a document's structure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from nianbao.catalogue.sections import LayoutRules, Rules
from nianbao.structure.agency import find_agency
from nianbao.structure.blocks import classify
from nianbao.structure.cuts import Cuts
from nianbao.structure.document_title import DocumentTitle, find_title
from nianbao.structure.genre import GenreEvidence, GenreScore, score_genre
from nianbao.structure.headings import find_headings
from nianbao.structure.types import Block, Heading, NameMention, Structure, TextRange
from nianbao.structure.unwrap import printed_lines, unwrap
from nianbao.structure.years import find_period, report_year, year_below

_MANY_NOTES = 5


def analyze(
    text: str,
    norm: str,
    rules: Rules,
    regions: Sequence[TextRange] = (),
    metadata: Mapping[str, Any] | None = None,
    likeness: Callable[[str], float] | None = None,
) -> Structure:
    """The structure of one document.

    text: the document's text. norm: `nianbao.language.script.normalize(text)`. rules: what is known of the
    genre. regions: where tables of forms stand; without them rows of the national forms are still no headings.
    metadata: of the source; only `year` is read, and only where the text states none. likeness: the log odds that a
    normalised text is of such a report by its words; None leaves that evidence out.

    Raises:
        ValueError: `text` and `norm` differ in length.
    """
    if len(text) != len(norm):
        raise ValueError(f"text has {len(text)} characters, its normalised view {len(norm)}; they must be as long")
    for word, meant in rules.variants.items():
        norm = norm.replace(word, meant)
    notes = _notes(norm, rules.layout)
    if not notes:
        return _analyze(text, norm, rules, regions, metadata or {}, likeness)
    inner = [Block(notes.from_text(region.start), notes.from_text(region.end), "table") for region in regions]
    bare = _analyze(notes.apply(text), notes.apply(norm), rules, inner, metadata or {}, likeness)
    return _restored(bare, text, notes)


def _notes(norm: str, rules: LayoutRules) -> Cuts:
    """What a mirror site put inside words."""
    spans = [match.span() for match in rules.note.finditer(norm)]
    if rules.spam_sign in norm:
        spans += [match.span() for match in rules.spam.finditer(norm)]
    bare = [match.span() for match in rules.bare_note.finditer(norm)]
    if len(bare) >= _MANY_NOTES:
        spans += bare
    spans = sorted(set(spans))
    return Cuts.of(_apart(spans))


def _apart(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    last = -1
    for start, end in spans:
        if start >= last:
            yield start, end
            last = end


def _analyze(
    text: str,
    norm: str,
    rules: Rules,
    regions: Sequence[TextRange],
    metadata: Mapping[str, Any],
    likeness: Callable[[str], float] | None,
) -> Structure:
    """The structure of a text without notes inside its words."""
    lines = printed_lines(norm)
    flow = unwrap(norm, lines, rules.headings)
    headings = find_headings(text, flow, regions, rules)
    first = next((heading.start for heading in headings if heading.level == 1), len(norm))
    title = find_title(text, norm, lines, first, rules.identity, rules.layout)
    period = find_period(norm, first, rules.identity)
    below = year_below(norm, title.spans[-1][1], rules.identity) if title and title.spans else ""
    named = title.name + below if title else None
    year = report_year(norm, named, period, metadata, rules.identity)
    vote = find_agency(flow, norm, title, metadata, rules.agency)
    agency = vote.name
    stated = period is not None and period.stated
    like = likeness(norm) if likeness and len(norm.strip()) >= rules.genre.by_words.shortest else None
    verdict = score_genre(GenreEvidence(norm, lines, headings, regions, title, agency, year, stated, like), rules)
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
        agency_mentions=vote.mentions,
        warnings=_warnings(verdict, title, rules),
    )


def _warnings(verdict: GenreScore, title: DocumentTitle | None, rules: Rules) -> list[str]:
    warnings = []
    if verdict.is_report and (title is None or not title.words):
        warnings.append("no_title: no line says that this is a report; its text does")
    if verdict.undecided:
        said = "taken for a report" if verdict.is_report else "taken for no report"
        warnings.append(f"undecided: {said} with {verdict.score:g} points, {rules.genre.threshold:g} make one")
    return warnings


def _restored(structure: Structure, text: str, notes: Cuts) -> Structure:
    """`structure`, of a text without its notes, with the offsets and the words of the whole `text`."""
    headings = []
    for heading in structure.headings:
        start, end = notes.to_text(heading.start, heading.start)[0], notes.to_text(heading.end, heading.end)[0]
        headings.append(Heading(heading.level, text[start:end], start, end))
    blocks = [Block(*notes.to_text(block.start, block.end), block.kind) for block in structure.blocks]
    mentions = [_moved(mention, notes) for mention in structure.agency_mentions]
    return replace(structure, headings=headings, blocks=blocks, agency_mentions=mentions)


def _moved(mention: NameMention, notes: Cuts) -> NameMention:
    if mention.start is None or mention.end is None:
        return mention
    start, end = notes.to_text(mention.start, mention.end)
    return mention._replace(start=start, end=end)
