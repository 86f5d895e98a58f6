"""Where a heading's title ends: at the line's end, at the first 。, or inside a line that runs on."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from nianbao.catalogue.sections import HeadingRules

Stop = Literal["line", "sentence", "list", "mark", "cut"]

_WINDOW = 100
_STOP = re.compile(r"[。;!?|\n]")
_COMMENT = re.compile(r"(?:\s|<!--[^>]{0,60}-->|\|)*")
_TRAILING = " \n:,、.。;|-—*_#"
_FILE = re.compile(r"\.(?:docx?|xlsx?|pdf|wps|et|rar|zip)$")
_ASIDE = re.compile(r"\s?\([^()\n]{2,30}\)(?=[\s。]|$)")
_LEADERS = re.compile(r"[.·…]{3,}\s*\d*\s*$")

WHOLE = 4.0
_GAP = 2.0
_SECTION = 3.0
_LISTED = 4.0
_CUE_STRONG, _CUE, _CUE_WEAK = 3.0, 2.0, 1.5
_COLON = 3.0
_BOTH, _SUBJECT = 0.5, 2.5
# Titles have up to about _USUAL characters; a longer one may be a title and its first sentence.
_USUAL, _PER_CHARACTER = 22, 0.1
_REST = 10
_SHORT = 8
_SHORTEST_SENTENCE = 4
# Less than a word of the second rank (2) and a sentence's first word of the second rank (2) is no cut.
_ENOUGH = 3.5
_ENOUGH_IN_LIST = 4.5


@dataclass(slots=True, frozen=True)
class HeadingWords:
    """A heading's title as found. `end`: where it ends; `name`: its words without spaces; `score`: how sure.

    `instead`: where it ends if its siblings run on into their paragraphs without a full stop.
    """

    end: int
    name: str
    score: float
    stop: Stop
    instead: HeadingWords | None = None


def compact(words: str) -> str:
    """`words` without spaces, line breaks and page comments."""
    name = "".join(words.split())
    return name.replace("<!--[endif]-->", "") if "<" in name else name


@dataclass(slots=True)
class HeadingEndFinder:
    """Finds the end of titles in one document.

    flow: the normalised text as it flows.
    contents: the sentence that lists the report's sections, without spaces, or "".
    """

    flow: str
    rules: HeadingRules
    contents: str = ""
    contents_start: int = -1
    contents_end: int = -1

    def __post_init__(self) -> None:
        found = self.rules.contents.search(self.flow, 0, 6000)
        if found and "、" in found["list"]:
            self.contents = compact(found["list"])
            self.contents_start, self.contents_end = found.span("list")

    def find(self, start: int, level: int, next_mark: int) -> HeadingWords | None:
        """The title that begins behind an enumerator which ends at `start`; None where no title stands.

        `next_mark` is where the next enumerator begins. A title is the whole clause where that reads like one,
        otherwise the clause up to the place where its last word and the next sentence's first word meet.
        """
        begin = _skip(self.flow, start)
        stop_at, stop = self._stop(begin, next_mark)
        clause = self.flow[begin:stop_at]
        if _LEADERS.search(clause):
            return None
        whole = self._whole(begin, clause, stop, level)
        inner = self._inner(begin, clause, whole)
        least = whole.score if whole else _ENOUGH_IN_LIST if stop == "list" else _ENOUGH
        if inner and inner.score >= max(least, _ENOUGH):
            aside = _ASIDE.match(self.flow, inner.end)
            return replace(inner, end=aside.end()) if aside else inner
        return replace(whole, instead=inner) if whole and inner and inner.score >= _ENOUGH else whole

    def is_section(self, name: str) -> bool:
        """Whether `name` is the name of a section, by configs/sections.yaml or by the document's own list."""
        return self.rules.section.fullmatch(name) is not None or self.is_listed(name)

    def is_listed(self, name: str) -> bool:
        """Whether the document's own list of sections holds `name` as one whole item."""
        return len(name) >= 2 and self._listed_prefix(name) == len(name)

    def _listed_prefix(self, name: str) -> int:
        """The length of the longest item of the document's own list of sections that `name` begins with."""
        longest = 0
        at = self.contents.find(name[:2]) if len(name) >= 2 else -1
        while at >= 0:
            if at == 0 or self.contents[at - 1] in self.rules.item_before:
                item = self.contents[at : at + len(name)]
                same = next((i for i, (a, b) in enumerate(zip(item, name, strict=False)) if a != b), len(item))
                whole = (n for n in range(same, 1, -1) if self.contents[at + n : at + n + 1] in self.rules.item_after)
                longest = max(longest, next(whole, 0))
            at = self.contents.find(name[:2], at + 1)
        return longest

    def fits(self, words: str, longest: int) -> bool:
        """Whether `words` read like a title: short, no count, no subject of a sentence, few commas."""
        name = compact(words)
        if not 2 <= len(name) <= longest or (":" in name and not self.rules.annex_name.match(name)):
            return False
        if self.rules.sentence.search(name):
            return False
        if self.rules.sentence_start.match(name) and self.tail(name) < 3.0 and not self.is_section(name):
            return False
        commas = name.count(",")
        return commas <= 2 or len(name) <= 9 * (commas + 1)

    def _stop(self, begin: int, next_mark: int) -> tuple[int, Stop]:
        last = begin + _WINDOW
        found = _STOP.search(self.flow, begin, last)
        at = found.start() if found else min(last, len(self.flow))
        if begin + 2 <= next_mark < at:
            return next_mark, "mark"
        if found is None:
            return at, "line" if at == len(self.flow) else "cut"
        sign = found.group()
        return at, "line" if sign in "\n|" else "list" if sign == ";" else "sentence"

    def _whole(self, begin: int, clause: str, stop: Stop, level: int) -> HeadingWords | None:
        if stop in ("list", "cut"):
            return None
        words = clause.rstrip(_TRAILING)
        longest = self.rules.max_line_title if stop == "line" and level <= 2 else self.rules.max_title
        if not self.fits(words, longest):
            return None
        name = compact(words)
        score = self.tail(name) + (_SECTION if self.is_section(name) else 0.0)
        # An enumerator that ends a title is itself only supposed.
        score += WHOLE if stop != "mark" else _GAP
        score -= _PER_CHARACTER * max(0, len(name) - _USUAL)
        return HeadingWords(begin + len(words), name, score, stop)

    def _inner(self, begin: int, clause: str, whole: HeadingWords | None) -> HeadingWords | None:
        best: HeadingWords | None = None
        best_rank = 0.0
        ends = {match.end(): self.rules.tail_weights[match.group()] for match in self.rules.tail.finditer(clause)}
        listed = self._listed_prefix(clause) if self.contents else 0
        if listed:
            ends.setdefault(listed, 0.0)
        # A section's name is not cut inside.
        least = max((end for end in ends if self.rules.section.fullmatch(compact(clause[:end]))), default=0)
        for end, tail in sorted(ends.items()):
            if end < least:
                continue
            score = self._cut_score(clause, end, tail, whole)
            # Of two places that are equally good the earlier one leaves less of a sentence in the title.
            rank = score - 0.05 * end
            if score > 0 and rank > best_rank:
                best, best_rank = HeadingWords(begin + end, compact(clause[:end]), score, "cut"), rank
            if score > _CUE_STRONG and self.rules.cue_strong.match(clause, end):
                # Behind a sentence's own subject no title ends.
                break
        colon = clause.find(":", 2, 26)
        if (
            best is None
            and colon > 0
            and self.fits(clause[:colon], 24)
            and not self.rules.annex_name.fullmatch(clause[:colon])
        ):
            words = clause[:colon].rstrip()
            name = compact(words)
            score = _COLON + (self.tail(name) or (_BOTH if len(name) <= _SHORT else 0.0))
            best = HeadingWords(begin + len(words), name, score, "cut")
        return best

    def _cut_score(self, clause: str, end: int, tail: float, whole: HeadingWords | None) -> float:
        """How surely a title ends at `end` of `clause`, behind a word of weight `tail`; 0 for not at all."""
        left = clause[:end]
        if len(left) > self.rules.max_title or not _closed(left):
            return 0.0
        at = end
        while at < len(clause) and clause[at] in " :":
            at += 1
        between = clause[end:at]
        if clause[at : at + 1] == "," and not between:
            if tail < 3.0:
                return 0.0
            at += 1
        if at >= len(clause) or not self.fits(left, self.rules.max_title):
            return 0.0
        name = compact(left)
        alone = self._stands_alone(name, whole, len(clause) - at)
        goes_on = self.rules.connective if alone else self.rules.continuation
        if (not between and goes_on.match(clause, at)) or (":" in between and self.rules.annex_name.fullmatch(name)):
            return 0.0
        meeting = self._meeting(clause, at, whole)
        if ":" in between:
            meeting = max(meeting, _COLON) + (_BOTH if meeting else 0.0)
        elif between and (meeting or whole is None or (whole.stop == "sentence" and tail >= 3.0)):
            # In a line that reads like a title a space alone may stand for a comma.
            meeting = max(meeting, _GAP) + (_BOTH if meeting else 0.0)
        if self.is_listed(name) or name in self.rules.statutory:
            return tail + meeting + _LISTED
        if alone or (meeting and self.rules.section.fullmatch(name)):
            return tail + meeting + _SECTION
        return tail + meeting if meeting else 0.0

    def _stands_alone(self, name: str, whole: HeadingWords | None, rest: int) -> bool:
        """Whether a section's name is the title although nothing tells where the sentence behind it begins."""
        if self.tail(name) < 3.0 and not name.endswith(self.rules.bare_tails):
            return False
        if not self.rules.section.fullmatch(name):
            return False
        return whole is None or (whole.stop == "sentence" and rest >= _REST and not self.tail(whole.name))

    def _meeting(self, clause: str, at: int, whole: HeadingWords | None) -> float:
        """How surely a sentence begins at `at` of `clause`."""
        if self.rules.cue_strong.match(clause, at):
            # What holds a sentence's own subject is no title as a whole.
            return _CUE_STRONG + (_SUBJECT if whole and whole.stop == "sentence" else 0.0)
        if len(clause) - at < _SHORTEST_SENTENCE:
            # 机构设置 is no title with a sentence behind it.
            return 0.0
        if self.rules.cue.match(clause, at):
            return _CUE
        doubtful = whole is None or len(whole.name) > _USUAL
        if not doubtful or not self.rules.cue_weak.match(clause, at):
            return 0.0
        # 推进情况 goes on with the title that 推进制度建设 would end.
        goes_on = any(self.rules.tail_weights.get(clause[end - 2 : end], 0.0) >= 3.0 for end in range(at + 3, at + 7))
        return 0.0 if goes_on else _CUE_WEAK

    def tail(self, name: str) -> float:
        """The weight of the title word that `name` ends with; 0 where it ends with none."""
        name = _FILE.sub("", name)
        for size in (4, 3, 2):
            weight = self.rules.tail_weights.get(name[-size:])
            if weight:
                return weight
        return 0.0


def _skip(flow: str, start: int) -> int:
    found = _COMMENT.match(flow, start, start + 80)
    end = found.end() if found else start
    # A number alone on its line: its title is on one of the next two.
    return end if flow.count("\n", start, end) <= 2 else start


def _closed(words: str) -> bool:
    return words.count('"') % 2 == 0 and words.count("(") == words.count(")") and words.count("《") == words.count("》")
