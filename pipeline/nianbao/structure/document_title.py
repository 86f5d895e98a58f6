"""The document's own title: one line, two or three, or the start of a text without line breaks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from nianbao.catalogue.sections import IdentityRules, LayoutRules
from nianbao.structure.blocks import inline_head, is_furniture, is_header
from nianbao.structure.unwrap import PrintedLine
from nianbao.structure.years import arabic_years, title_year

_LINES = 60
_HEAD = 4000
_SHORT = 80
_LEAD = 40
_SIDE = ' |#*<>《》"'
_COMPLETE = 7
_SENTENCE = re.compile(r"[。;!?,:]")


@dataclass(slots=True)
class DocumentTitle:
    """A title as printed. `text`: its words in the document's script; `name`: normalised, without spaces.

    `spans`: where its lines stand. `words`: whether the name says 信息公开; a bare 年度报告 does not.
    `lead`: what stands before these words: agency and year.
    """

    text: str
    name: str
    lead: str
    words: bool
    spans: list[tuple[int, int]] = field(default_factory=list)

    @property
    def rank(self) -> int:
        """How complete the title is: its words, a year, an agency."""
        rest = re.sub(r"[\d年度学\-—~至()]", "", arabic_years(self.lead))
        return 4 * self.words + 2 * (title_year(self.name) is not None) + (len(rest) >= 2)


def find_title(
    text: str, norm: str, lines: Sequence[PrintedLine], head_end: int, rules: IdentityRules, layout: LayoutRules
) -> DocumentTitle | None:
    """The title that stands before offset `head_end`; None where none does.

    The document's own line goes before the page's header (标题: …), a complete title before one that lacks its agency
    or its year.
    """
    head = [line for line in lines[:_LINES] if line.start < min(head_end, _HEAD)]
    best: DocumentTitle | None = None
    for at, line in enumerate(head):
        found = _in_line(text, norm, line, rules, layout) or _over_lines(text, norm, head, at, rules, layout)
        if found is None:
            continue
        found = _with_lines_above(text, norm, head, at, found, rules, layout)
        own = not rules.header_title.match(norm, line.start)
        if best is None or found.rank > best.rank or (own and found.rank == best.rank and not best.spans):
            best = found
            if not own:
                best.spans = []
    return best


def _in_line(
    text: str, norm: str, line: PrintedLine, rules: IdentityRules, layout: LayoutRules
) -> DocumentTitle | None:
    header = rules.header_title.match(norm, line.start, line.end)
    start = header.end() if header else line.start
    short = line.end - start <= _SHORT + 600 and len(_bare(norm[start : line.end])) <= _SHORT
    if short:
        found = _whole(text, norm, start, line.end, rules) or _opening(text, norm, start, line.end, rules)
        if header is None and is_furniture(norm[line.start : line.end], layout):
            # A title may have a word of the page behind it, not before.
            complete = found is not None and found.rank == _COMPLETE and found.spans[0][0] == line.start
            return found if complete and not is_header(norm[line.start : line.end], layout) else None
        return found
    begin = start if header else inline_head(norm, line, layout)
    found = _opening(text, norm, begin, line.end, rules)
    if found is None and begin > line.start:
        found = _among_pieces(text, norm, line.start, begin, rules)
    return found


def _whole(text: str, norm: str, start: int, end: int, rules: IdentityRules) -> DocumentTitle | None:
    """The title that fills the whole of a short line."""
    while end > start and norm[end - 1] in _SIDE:
        end -= 1
    start = _behind_navigation(norm, start, end, rules)
    name = _bare(norm[start:end])
    if rules.weak_title.match(name):
        return DocumentTitle(text[start:end], name, "", False, [(start, end)])
    found = rules.title.search(arabic_years(name))
    if found is None or found.end() != len(name):
        return None
    return _titled(text, name, name[: found.start()], start, end, rules)


def _opening(text: str, norm: str, start: int, end: int, rules: IdentityRules) -> DocumentTitle | None:
    """The title that a line without breaks opens with: words of a title, then a space or the first sentence."""
    start = _behind_navigation(norm, start, min(end, start + 2 * _SHORT), rules)
    window = arabic_years(norm[start : min(end, start + 2 * _SHORT)])
    # Blanks may part the words (信息公开工作 年度报告), as they part a menu's: then agency and year must be there.
    whole, bare = range(len(window)), [at for at, character in enumerate(window) if not character.isspace()]
    for kept in (whole, bare):
        found = rules.title.search("".join(map(window.__getitem__, kept)))
        if found is None or found.start() > _LEAD:
            continue
        stop = kept[found.end() - 1] + 1
        if window[stop : stop + 1].strip(" |-") and not rules.follows_title.match(window, stop):
            return None
        lead = _bare(window[: kept[found.start()]])
        titled = _titled(text, _bare(norm[start : start + stop]), lead, start, start + stop, rules)
        return titled if kept is whole or (titled and titled.rank == _COMPLETE) else None
    return None


def _titled(text: str, name: str, lead: str, start: int, end: int, rules: IdentityRules) -> DocumentTitle | None:
    """The title with its lead, unless the lead makes it a sentence or a headline about a report."""
    lead = rules.before_title.sub("", lead, count=1)
    named = rules.dates.last_year.sub("", arabic_years(lead))
    if _SENTENCE.search(lead) or rules.headline.search(named):
        return None
    return DocumentTitle(text[start:end], name, lead, True, [(start, end)])


def _behind_navigation(norm: str, start: int, end: int, rules: IdentityRules) -> int:
    """Where a line's own words begin, behind signs and the words of a page's navigation."""
    found = rules.title_words.search(norm, start, end)
    for match in rules.navigation.finditer(norm, start, found.start() if found else start):
        start = match.end()
    while start < end and norm[start] in _SIDE:
        start += 1
    return start


def _among_pieces(text: str, norm: str, start: int, end: int, rules: IdentityRules) -> DocumentTitle | None:
    """The title among the pieces of a page's navigation."""
    best: DocumentTitle | None = None
    for piece in re.finditer(r"\S+", norm[start:end]):
        found = _whole(text, norm, start + piece.start(), start + piece.end(), rules)
        if found and found.words and (best is None or found.rank > best.rank):
            best = found
    if best:
        best.spans = []
    return best


def _over_lines(
    text: str, norm: str, head: Sequence[PrintedLine], at: int, rules: IdentityRules, layout: LayoutRules
) -> DocumentTitle | None:
    """The title whose words are broken over line `at` and the next."""
    if at + 1 >= len(head):
        return None
    first, second = (norm[line.start : line.end] for line in head[at : at + 2])
    if len(first) > _LEAD or len(second) > _LEAD or _SENTENCE.search(first) or is_furniture(first, layout):
        return None
    joined = _bare(first) + _bare(second)
    found = rules.title.search(arabic_years(joined))
    if found is None or found.end() != len(joined) or found.start() >= len(_bare(first)):
        return None
    spans = [(line.start, line.end) for line in head[at : at + 2]]
    return DocumentTitle("".join(text[a:b] for a, b in spans), joined, joined[: found.start()], True, spans)


def _with_lines_above(
    text: str,
    norm: str,
    head: Sequence[PrintedLine],
    at: int,
    found: DocumentTitle,
    rules: IdentityRules,
    layout: LayoutRules,
) -> DocumentTitle:
    """`found` with the one or two lines above it that hold what it lacks: the agency, the year."""
    if not found.spans or found.spans[0][0] != head[at].start or (not found.words and len(found.name) < 4):
        return found
    for above in reversed(head[max(0, at - 2) : at]):
        words = norm[above.start : above.end].strip(_SIDE)
        name = _bare(words)
        candidate = DocumentTitle(
            text[above.start : above.end].strip(_SIDE) + found.text,
            name + found.name,
            name + found.lead,
            found.words,
            [(above.start, above.end), *found.spans],
        )
        plain = 2 <= len(name) <= _LEAD and not _SENTENCE.search(name) and not is_furniture(words, layout)
        if (
            not plain
            or candidate.rank <= found.rank
            or rules.not_above_title.search(name)
            or rules.navigation.search(name)
        ):
            break
        found = candidate
    return found


def _bare(words: str) -> str:
    return "".join(words.replace("|", "").split())
