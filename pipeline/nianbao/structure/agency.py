"""The reporting agency: every place that names one votes, with its offsets and its weight."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nianbao.catalogue.sections import AgencyRules, NameSource
from nianbao.structure.document_title import DocumentTitle
from nianbao.structure.names import clean, has_place, is_complete, is_name, is_short_form, kind_of, without_office
from nianbao.structure.types import NameMention
from nianbao.structure.unwrap import Unwrapped
from nianbao.structure.years import arabic_years, without_quotes

_HEAD = 8000
_TAIL = 400
_TAIL_LINES = 8
_DATE = re.compile(
    r"\s*(?:(?:19|20)\d\d|二[〇○零O0][一二三四五六七八九〇○零O0]{2})\s?年"
    r"\s?[\d一二三四五六七八九十]{1,2}\s?月\s?[\d一二三四五六七八九十]{1,3}\s?日"
)
_LAST_NAME = re.compile(r"[\u4e00-\u9fff()]{3,40}$")
_LINE_NAME = re.compile(r"[\u4e00-\u9fff()]{3,40}")
_METADATA = ("agency", "publisher", "issuer")

_TITLE, _SIGNATURE, _METADATA_WEIGHT = 5.0, 2.0, 2.0
_STRONG = frozenset({"maker", "announced", "contact", "signature", "issuer", "metadata"})
_COMPLETE, _PLACE, _LOCAL, _BARE = 1.0, 0.8, 0.5, 0.3
_AGREES, _DIFFERS = 1.3, 0.5
_SHORT_FORM = 0.8
_ENOUGH = 0.5


@dataclass(slots=True, frozen=True)
class AgencyVote:
    """`name`: the agency, in simplified characters, None where nothing names one; `mentions`: the votes."""

    name: str | None
    mentions: list[NameMention]


def find_agency(
    flow: Unwrapped, norm: str, title: DocumentTitle | None, metadata: Mapping[str, Any], rules: AgencyRules
) -> AgencyVote:
    """Who reports.

    A complete name in the title decides. Otherwise the title, the sentences that present the report, the contact,
    the page's header, the signature, the subjects of sentences and the source's metadata vote; names that leave out
    their place count less, and support the full name that they are short for.

    flow: the normalised text as it flows. norm: the normalised text. metadata: of the source (`agency`, `title`).
    """
    titled = _from_title(title, norm, rules) if title else None
    if titled and is_complete(titled.name, rules):
        return AgencyVote(titled.name, [titled])
    mentions = [titled] if titled else []
    mentions += _stated(flow, rules)
    mentions += _signatures(flow, rules)
    mentions += _of_source(metadata, rules)
    named = _completing(titled.name, mentions, rules) if titled and is_name(titled.name, rules) else mentions
    best = _best(named, flow.words, rules)
    if best and kind_of(best, rules) == "place":
        best = _government_of(best, mentions, norm, rules)
    return AgencyVote(best, mentions)


def _from_title(title: DocumentTitle, norm: str, rules: AgencyRules) -> NameMention | None:
    """The agency in a title's lead; XX政府信息公开 names XX, XX人民政府信息公开 names XX人民政府."""
    lead = arabic_years(title.lead)
    whole, short = rules.government, rules.government_short
    if title.name[len(title.lead) :].startswith(short) and lead.endswith(whole.removesuffix(short)):
        lead += short
    name = clean(lead, rules)
    if name is None or rules.no_name.search(name) or name in rules.kinds:
        return None
    if not title.spans:
        return NameMention(name, "title", _TITLE)
    start, end = title.spans[0]
    found = norm.find(name, start, end)
    return NameMention(name, "title", _TITLE, *((found, found + len(name)) if found >= 0 else (start, end)))


def _completing(titled: str, mentions: Sequence[NameMention], rules: AgencyRules) -> list[NameMention]:
    """The votes for the title's name and for longer names of the same agency: what a title names is not outvoted."""
    found = []
    for mention in mentions:
        base = without_office(mention.name, rules)
        if mention.name.startswith(titled) or is_short_form(titled, mention.name, rules):
            found.append(mention)
        elif is_short_form(titled, base, rules):
            found.append(mention._replace(name=base))
    return found


def _stated(flow: Unwrapped, rules: AgencyRules) -> Iterator[NameMention]:
    """Names in the places where documents state who reports."""
    head = flow.words[:_HEAD]
    outside_quotes = without_quotes(head)
    for source in rules.sources:
        for pattern in source.patterns:
            for match in pattern.finditer(head if source.quoted else outside_quotes):
                name = _agency_of(match["name"], source, rules)
                if name:
                    yield NameMention(name, source.name, source.weight, *flow.to_text(*match.span("name")))


def _agency_of(words: str, source: NameSource, rules: AgencyRules) -> str | None:
    name = clean(words, rules)
    if name is None:
        return None
    base = without_office(name, rules)
    if source.inner or name.removeprefix(base) not in rules.whole_offices:
        name = base
    if is_name(name, rules) or (source.office and rules.own_office.search(name)):
        return name
    return None


def _signatures(flow: Unwrapped, rules: AgencyRules) -> Iterator[NameMention]:
    """Names that stand before a date at the text's end, on one line or on two, or alone on the last lines."""
    words = flow.words
    for line in flow.lines[-_TAIL_LINES:]:
        spans = []
        for date in _DATE.finditer(words, max(line.start, line.end - _TAIL), line.end):
            before = words[max(0, date.start() - 60) : date.start()].rstrip()
            found = _LAST_NAME.search(before)
            if found:
                spans.append((max(0, date.start() - 60) + found.start(), max(0, date.start() - 60) + found.end()))
        if not spans and line.end - line.start <= 40 and _LINE_NAME.fullmatch(words, line.start, line.end):
            spans.append((line.start, line.end))
        for start, end in spans:
            name = clean(words[start:end], rules)
            name = without_office(name, rules) if name else None
            if name and is_name(name, rules):
                yield NameMention(name, "signature", _SIGNATURE, *flow.to_text(start, end))


def _of_source(metadata: Mapping[str, Any], rules: AgencyRules) -> Iterator[NameMention]:
    """The agency that a record's own column names."""
    for key in _METADATA:
        value = metadata.get(key)
        name = clean(value, rules) if isinstance(value, str) else None
        if name and is_name(name, rules):
            yield NameMention(name, "metadata", _METADATA_WEIGHT)


def _best(mentions: Sequence[NameMention], words: str, rules: AgencyRules) -> str | None:
    """The name with the most weight; of equals the longer."""
    votes = _votes(mentions, rules)
    own = Counter(match["own"] for match in rules.own_word.finditer(words, 0, 4 * _HEAD))
    spoken = {kind for word in own for kind in rules.own_kinds.get(word, ())}
    scores: dict[str, float] = {}
    for name, weight in votes.items():
        support = sum(other for short, other in votes.items() if is_short_form(short, name, rules))
        scores[name] = (weight + _SHORT_FORM * support) * _completeness(name, rules) * _agreement(name, spoken, rules)
    best = max(scores, key=lambda name: (round(scores[name], 6), len(name)), default=None)
    return best if best is not None and scores[best] >= _ENOUGH else None


def _votes(mentions: Sequence[NameMention], rules: AgencyRules) -> dict[str, float]:
    """The weight of each name; a source counts only up to its limit."""
    limits = {source.name: source.limit for source in rules.sources}
    counted: defaultdict[tuple[str, str], int] = defaultdict(int)
    votes: defaultdict[str, float] = defaultdict(float)
    for mention in mentions:
        counted[mention.name, mention.source] += 1
        if counted[mention.name, mention.source] <= limits.get(mention.source, 1):
            votes[mention.name] += mention.weight
    return votes


def _completeness(name: str, rules: AgencyRules) -> float:
    if kind_of(name, rules) == "place":
        return _PLACE
    if rules.local.search(name):
        return _LOCAL
    return _COMPLETE if has_place(name, rules) else _BARE


def _agreement(name: str, spoken: set[str], rules: AgencyRules) -> float:
    """我局 speaks for a bureau; without any such word nothing is said."""
    if not spoken:
        return 1.0
    return _AGREES if kind_of(name, rules) in spoken else _DIFFERS


def _government_of(name: str, mentions: Sequence[NameMention], norm: str, rules: AgencyRules) -> str:
    """A place's body, where a place that names the agency gives it or the text speaks of it; else the place itself.

    A text in which the place itself acts goes by the place's name.
    """
    bodies = tuple(name + body for body in rules.bodies)
    stated = next((m.name for m in mentions if m.source in _STRONG and m.name.endswith(bodies)), None)
    literal = any(body in norm for body in bodies)
    if stated and literal:
        return stated
    acts = any(mention.source == "subject" and name.endswith(mention.name) for mention in mentions)
    if acts or rules.zone.search(name):
        return name
    whole = name + rules.government
    speaks = whole in norm or re.search(re.escape(name) + rules.government_spoken, norm)
    return whole if speaks else name
