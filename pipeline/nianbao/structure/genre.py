"""Whether a document is an annual report on information disclosure: features with points, a threshold, reasons."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from nianbao.catalogue.sections import Rules, WordRules
from nianbao.structure.blocks import is_furniture
from nianbao.structure.document_title import DocumentTitle
from nianbao.structure.heading_end import compact
from nianbao.structure.types import Heading, TextRange
from nianbao.structure.unwrap import PrintedLine

_READ = 60_000
_HEAD = 3000
_FIRST_LINES = 6
_TITLE_LENGTH = 60
_NEWS, _LETTER = 600, 400
_MIN_ARTICLES = 3
_MIN_LISTED = 4
_MIN_COUNTS = 4
_COUNT = re.compile(r"(?<![\d第〔(.])\d[\d,.]*(?![\d年月日、.):号])")
_SENTENCE = re.compile(r"[^。!?\n]+")
_HEADING = 30
_SHORT_ORDER = ("disclosure", "form", "act", "count")
_NUMBERED = re.compile(r"^\s*(?:[(]?[一二三四五六七八九十\d]{1,3}[)、.]|[#*])")


@dataclass(slots=True)
class GenreScore:
    """The sum of the features' points against the threshold of configs/sections.yaml, and which spoke."""

    score: float = 0.0
    is_report: bool = False
    undecided: bool = False
    reasons: list[str] = field(default_factory=list)


@dataclass(slots=True, frozen=True)
class GenreEvidence:
    """What the other parts of the analysis found; `like`: the log odds of a report by a trained judge of words."""

    norm: str
    lines: Sequence[PrintedLine]
    headings: Sequence[Heading]
    regions: Sequence[TextRange]
    title: DocumentTitle | None
    agency: str | None
    year: int | None
    period: bool
    like: float | None = None


def score_genre(evidence: GenreEvidence, rules: Rules) -> GenreScore:
    """Whether the document is such a report. A regulation, a notice about reports, a form's template are none."""
    counts = _counts(evidence, rules)
    verdict = GenreScore()
    for name, times in counts.items():
        times = min(times, rules.genre.limits.get(name, 1))
        if times:
            points = rules.genre.weights[name] * times
            verdict.score += points
            verdict.reasons.append(f"{name} {points:+g}")
    _judge_words(verdict, evidence, rules.genre.by_words)
    verdict.is_report = verdict.score >= rules.genre.threshold
    verdict.undecided = abs(verdict.score - rules.genre.threshold) <= rules.genre.undecided
    return verdict


def _judge_words(verdict: GenreScore, evidence: GenreEvidence, words: WordRules) -> None:
    """Adds what a trained judge says of the text's words: for the most part against what they speak of."""
    if evidence.like is None:
        return
    points = round(min(max(words.weight * (evidence.like - words.centre), -words.against), words.favour), 1)
    if points:
        verdict.score += points
        verdict.reasons.append(f"words {points:+g}")


def _counts(evidence: GenreEvidence, rules: Rules) -> dict[str, int]:
    """How often each feature speaks."""
    patterns = rules.genre.patterns
    body = evidence.norm[:_READ]
    head = body[:_HEAD]
    title = evidence.title
    named = title is not None and title.words
    # A complete title says more than any voice: the search through a long text is spared.
    complete = named and title is not None and title.rank > 4
    articles = sum(1 for _ in patterns["article"].finditer(body))
    news = patterns["news"].search(head, 0, _NEWS) is not None
    short = len(body) < rules.genre.short_text and not named
    return {
        "title": complete,
        "loose_title": named and not complete,
        "weak_title": title is not None and not title.words,
        "opening": patterns["opening"].search(head) is not None,
        "period": evidence.period,
        "table": len(evidence.regions),
        "section": _sections(evidence, rules),
        **(_short_voice(body, patterns) if short else {}),
        "voice_long": 0 if short or complete else _voices(body, patterns),
        "other_title": _other_title(evidence, rules),
        "articles": articles >= (1 if short else _MIN_ARTICLES),
        "news": news,
        "untitled_news": news and not named,
        "notice": patterns["notice"].search(head) is not None,
        "letterhead": patterns["letterhead"].search(head, 0, _LETTER) is not None,
        "reply": patterns["reply"].search(head) is not None,
        "other_voice": not complete and patterns["other_voice"].search(head) is not None,
        "normative": sum(1 for _ in patterns["normative"].finditer(body)) if short or articles else 0,
        "template": _is_template(evidence, body, patterns["voice"]),
        "budget": title is None and sum(1 for _ in zip(range(2), patterns["budget"].finditer(body), strict=False)) == 2,
        "placeholders": patterns["placeholder"].search(head) is not None,
        "list_page": patterns["list_page"].search(head) is not None or _listed(evidence, rules) >= _MIN_LISTED,
    }


def _short_voice(body: str, patterns: dict[str, re.Pattern[str]]) -> dict[str, bool]:
    """How a passage without a title speaks: what its sentences count, in whose voice, and of which year."""
    words = "\n".join(compact(line) for line in body.split("\n"))
    found: dict[str, bool] = {}
    heading = ""
    for sentence in _SENTENCE.findall(words):
        said = heading + sentence
        heading = sentence if len(sentence) <= _HEADING else ""
        counts = patterns["short_count"].search(patterns["short_date"].sub("", said)) is not None
        for name in ("disclosure", "form", "act"):
            if patterns[f"short_{name}"].search(said):
                found[name] = found.get(name, False) or counts
        if counts:
            found["count"] = True
    best = next((name for name in _SHORT_ORDER if found.get(name)), None)
    spoken = next((name for name in _SHORT_ORDER if name in found), None)
    if best in (None, "count") and spoken in ("disclosure", "form", "act"):
        best = spoken
    own = best is not None and patterns["own_voice"].search(words) is not None
    return {
        **({f"{best}_short": True} if best else {}),
        "uncounted_short": best is not None and not found.get(best, False),
        "own_voice": own,
        "own_year": best is not None and not own and patterns["own_year"].search(words) is not None,
    }


def _voices(body: str, patterns: dict[str, re.Pattern[str]]) -> int:
    """Clauses in which an agency counts its own disclosure work; three say as much as thirty."""
    voice = patterns["voice"]
    if patterns["disclosure"].search(body) is None:
        return 0
    found = 0
    for _ in voice.finditer(body):
        found += 1
        if found == 3:
            break
    return found


def _sections(evidence: GenreEvidence, rules: Rules) -> int:
    """Headings that only such a report has; 概述 or 存在的问题 stand in any."""
    names = (compact(name) for name in _heading_names(evidence))
    own = rules.genre.patterns["own_section"]
    return sum(1 for name in names if own.search(name) and rules.headings.section.fullmatch(name))


def _heading_names(evidence: GenreEvidence) -> list[str]:
    return [
        _NUMBERED.sub("", evidence.norm[heading.start : heading.end])
        for heading in evidence.headings[:200]
        if heading.level <= 2
    ]


def _plain_lines(evidence: GenreEvidence, rules: Rules, most: int) -> list[tuple[int, str]]:
    """The first lines that are not a page's furniture: offset and words."""
    found = []
    for line in evidence.lines[: most * 8]:
        words = evidence.norm[line.start : min(line.end, line.start + 400)].strip(" |#*")
        if words and not is_furniture(words, rules.layout):
            found.append((line.start, words))
            if len(found) == most:
                break
    return found


def _other_title(evidence: GenreEvidence, rules: Rules) -> bool:
    """Whether the document opens with the title of something else, above the title of a report if it has one."""
    if len(evidence.lines) < 2:
        return False
    patterns = rules.genre.patterns
    spans = evidence.title.spans if evidence.title else []
    title_start = spans[0][0] if spans else len(evidence.norm)
    for start, words in _plain_lines(evidence, rules, _FIRST_LINES):
        name = compact(words)
        if start >= title_start:
            return False
        if len(name) > _TITLE_LENGTH or "。" in name or (spans and patterns["site_section"].match(name)):
            continue
        if patterns["other_title"].search(name):
            return True
    return False


def _is_template(evidence: GenreEvidence, body: str, voice: re.Pattern[str]) -> bool:
    """Whether this is the form alone: no agency, no year, hardly a number, and no count of anybody's work."""
    if evidence.agency is not None or evidence.year is not None or voice.search(body) is not None:
        return False
    if not evidence.regions and len(evidence.headings) < 4:
        return False
    return all(at < _MIN_COUNTS - 1 for at, _ in enumerate(_COUNT.finditer(body)))


def _listed(evidence: GenreEvidence, rules: Rules) -> int:
    """Lines that are titles of reports: a page that lists them."""
    if len(evidence.headings) >= _MIN_LISTED:
        return 0
    names = (compact(words) for _, words in _plain_lines(evidence, rules, 40))
    return sum(1 for name in names if len(name) <= _TITLE_LENGTH and _ends_in_title(name, rules))


def _ends_in_title(name: str, rules: Rules) -> bool:
    name = re.sub(r"[\[(]?(?:19|20)\d\d[-./年]\d{1,2}[-./月]\d{1,2}日?[\])]?$", "", name)
    found = rules.identity.title.search(name)
    return found is not None and found.end() == len(name)
