"""The reader of mentions: every number of the prose, and every clause that states one in words."""

from __future__ import annotations

import re

from nianbao.language.numerals import Numeral, find_numerals
from nianbao.prose.bars import Bars
from nianbao.prose.compact import Stretch, compact
from nianbao.prose.context import Reference, any_of, context_reader, words
from nianbao.prose.frames import COUNTED, Segment, analyse_sentence, sentence_spans
from nianbao.prose.lexicon import Concept, Lexicon, default_lexicon
from nianbao.prose.lists import EACH, conjuncts, one_by_one
from nianbao.prose.mention import Mention
from nianbao.prose.narrowing import NO_BUSINESS, Narrowing
from nianbao.prose.rules import RuleSet, default_rules
from nianbao.prose.scene import Names, Scene
from nianbao.prose.stated import StatedReader, names_of
from nianbao.prose.windows import back, moves, several, single, split_at_all

__all__ = ["Mention", "MentionReader", "Stretch"]


_CARRIED = re.compile(r"((?:19|20)\d\d)年?度?(?:末|底)?(?:结转|转入|转来|留下|遗留|未办结)")
_NOT_EVEN = re.compile(r"也(?:没有?|未|无)")
_YEARS_BEGIN = re.compile("年初|期初|月初")
_AMONG = re.compile("其中|中又有")
_REMARK = re.compile(r"\(([^()\d、,;]{2,24})\)")
_HAS_GROUNDS = frozenset({"REFUSE", "UNAVAILABLE", "NOT_PROCESSED"})
_VERBS = frozenset({"CONCLUDE", "REPLY", "RECEIVE", "DISCLOSE", "CARRY_OUT"})
_WHOLE = re.compile("全[市县区省州镇乡局厅系]")
_SHRINKS = re.compile("减|降|少|缩|跌")
# 申请主要涉及征地审批: what the requests were about is no other business of the agency's.
_ABOUT = re.compile("涉及|内容|集中在|关于|包括")
# 上年度无结转: what was not carried over from last year would have come in.
_FROM_LAST_YEAR = re.compile(r"(?:上年度?|上一年度?|去年)[^,。;\d]{0,4}结转")
# Words that can state a number. How many sentences back a topic holds.
_STATES = re.compile(r"[无未没零]|均|全|悉数|皆|一律|尽数|免|不收|不存|不曾|不见|空缺|阙如")
_TOPICS = 4
_WORTH = re.compile(r"\d|[零〇一二两三四五六七八九十百千]|[无未没不]|均|全部|悉数|全数|免")


class MentionReader:
    """Finds the mentions of stretches of prose."""

    def __init__(self, lexicon: Lexicon | None = None, rules: RuleSet | None = None) -> None:
        self.lexicon = lexicon or default_lexicon()
        self.rules = rules or default_rules()
        self.context = context_reader()
        self.stated = StatedReader(self.lexicon)
        self._sums = re.compile(any_of("sum_words"))
        self._summaries = re.compile(r"(?:大|个|种|类)*" + any_of("summaries") + "|[项者](?=[均都皆])")
        self.narrowing = Narrowing()
        self.bars = Bars(self.context, self.narrowing)
        self._grounds = frozenset(words()["ground_concepts"])
        self._heading_cache: dict[str, tuple[Names, bool]] = {}

    def read(self, norm: str, stretches: list[Stretch], reference: Reference) -> list[Mention]:
        """All mentions, in the order of the text, with offsets into `norm`."""
        whole = compact(norm, stretches)
        mentions: list[Mention] = []
        number = 0
        for paragraph, stretch in enumerate(whole.stretches):
            number = self._paragraph(whole.text, stretch, paragraph, number, reference, mentions)
        for mention in mentions:
            mention.start, mention.end = whole.span(mention.start, mention.end)
            mention.segment = whole.span(*mention.segment)
            mention.names = [whole.span(*name) for name in mention.names]
        mentions.sort(key=lambda mention: (mention.start, mention.end))
        return mentions

    def _paragraph(
        self, norm: str, stretch: Stretch, paragraph: int, number: int, reference: Reference, found: list[Mention]
    ) -> int:
        if not _WORTH.search(norm, stretch.start, stretch.end):
            return number
        above = [self._heading(title) for title in stretch.headings]
        headings = tuple(names for names, _ in above)
        numerals = find_numerals(norm, stretch.start, stretch.end)
        before: list[Names] = []
        history: list[Concept] = []
        # Sentences that state no number are only topics for those that do: they are read when one comes.
        passed: list[tuple[int, int]] = []
        at = 0
        title = stretch.headings[0] if stretch.headings else ""
        planned = self.narrowing.is_plan(title)
        for start, end in sentence_spans(norm, stretch.start, stretch.end):
            first = at == 0 and not before and not passed
            own = []
            while at < len(numerals) and numerals[at].start < end:
                own.append(numerals[at])
                at += 1
            number += 1
            if not any(n.kind in COUNTED for n in own) and not _STATES.search(norm, start, end):
                passed.append((start, end))
                continue
            for left, right in passed[-_TOPICS:]:
                concepts = list(self.lexicon.scan(norm, left, right))
                before.append(names_of(concepts))
                history.extend(concepts)
            passed.clear()
            own = [n for n in own if not self._is_summary(norm, n)]
            sentence = analyse_sentence(norm, start, end, paragraph, own, self.lexicon)
            scene = Scene(norm, sentence, number, headings, stretch.headings, before, history, reference, first)
            scene.special = len(above) > 1 and above[0][1]
            scene.marks = self.context.marks(norm, sentence, reference)
            scene.planned = planned
            scene.stop = stretch.end
            scene.runs = self.context.may_run(norm, sentence)
            found.extend(self._sentence(scene))
            concepts = [c for segment in sentence.segments for c in segment.concepts]
            before.append(names_of(concepts))
            about = _ABOUT.search(norm, start, end)
            history.extend(c for c in concepts if not (about and c.start >= about.end() and c.names & NO_BUSINESS))
        return number

    def _is_summary(self, norm: str, numeral: Numeral) -> bool:
        """三个平台, 四种方式: counts the items of a list in the sentence itself."""
        return not norm[numeral.start].isdigit() and self._summaries.match(norm, numeral.end) is not None

    def _heading(self, title: str) -> tuple[Names, bool]:
        """A heading's concepts, and whether it is about one field of work, so that its numbers are no totals."""
        found = self._heading_cache.get(title)
        if found is None:
            if len(self._heading_cache) > 5000:
                self._heading_cache.clear()
            special = self.narrowing.has_more(title)
            found = self._heading_cache[title] = (names_of(list(self.lexicon.scan(title))), special)
        return found

    # -- one sentence

    def _sentence(self, scene: Scene) -> list[Mention]:
        found: list[Mention] = []
        done: set[int] = set()
        for index, segment in enumerate(scene.sentence.segments):
            self._drop_denied(scene, segment)
            values = [n for n in segment.numerals if n.start not in done]
            if not segment.numerals:
                stated = self.stated.read(scene.norm, scene.sentence, index, scene.titles, scene.first)
                found.extend(self._words(scene, index, *entry) for entry in stated)
                continue
            given = (
                one_by_one(scene.norm, scene.sentence, index, scene.marks, scene.reference.report_year)
                if values
                else []
            )
            for item in given:
                done.add(item.numeral.start)
                mention = self._number(scene, index, item.numeral, item.windows, item.unit)
                mention.special = False
                if item.year is not None:
                    mention.year, mention.own_year = item.year, True
                found.append(mention)
            if not given and values:
                found.extend(self._plain(scene, index))
                stated = self.stated.zeros(scene.norm, scene.sentence, index, segment.numerals[0].start)
                found.extend(self._words(scene, index, *entry) for entry in stated)
        return found

    def _drop_denied(self, scene: Scene, segment: Segment) -> None:
        """未收到一件申请: the 一 belongs to the denial."""
        segment.numerals = [
            n
            for n in segment.numerals
            if not (
                n.value == 1
                and scene.norm[n.start] == "一"
                and (
                    self.stated.denial(scene.norm, max(segment.start, n.start - 6), n.start)
                    or _NOT_EVEN.match(scene.norm, n.unit_end)
                )
            )
        ]

    def _plain(self, scene: Scene, index: int) -> list[Mention]:
        segment = scene.sentence.segments[index]
        found: list[Mention] = []
        if len(segment.numerals) == 2 and moves(scene.norm, segment):
            return self._from_to(scene, index)
        if len(segment.numerals) > 1:
            for numeral, windows in several(segment):
                found.append(self._number(scene, index, numeral, windows))
            return found
        numeral = segment.numerals[0]
        own, later = split_at_all(segment, numeral)
        each = EACH.search(scene.norm, segment.start, numeral.start)
        names = conjuncts(scene.norm, segment.start, each.start(), segment.concepts) if each else []
        if len(names) > 1:
            tail = [*names[-1][1:], *(c for c in segment.concepts if each and c.start >= each.start())]
            each_one = [self._number(scene, index, numeral, [name, [*name, *tail]]) for name in names]
            for mention in each_one:
                mention.special = False
            return each_one
        bare = self._under_heading(scene, index, numeral)
        if bare:
            return bare
        found.append(self._number(scene, index, numeral, single(scene.norm, scene.sentence.segments, index, own)))
        ground = self._ground(scene.norm, numeral)
        if ground is not None and names_of(own) & _HAS_GROUNDS:
            found.append(self._number(scene, index, numeral, [[ground]]))
        if later:
            found.append(self._words(scene, index, (later[0].start, segment.end), "all", later))
        return found

    def _ground(self, norm: str, numeral: Numeral) -> Concept | None:
        """不予公开1件(属于行政执法案卷): the one ground that the brackets right behind a number give for all of it."""
        remark = _REMARK.match(norm, numeral.unit_end)
        if remark is None:
            return None
        grounds = [c for c in self.lexicon.scan(norm, remark.start(1), remark.end(1)) if c.names & self._grounds]
        return grounds[0] if len(grounds) == 1 else None

    def _under_heading(self, scene: Scene, index: int, numeral: Numeral) -> list[Mention]:
        """A sentence that is nothing but a number, right under a heading, is the number of what that names."""
        segments = scene.sentence.segments
        if len(segments) > 1 or names_of(segments[0].concepts) - {"ALL"} or not scene.first or not scene.titles:
            return []
        items = self.stated.heading_items(scene.titles[0])
        if not items or (len(items) > 1 and numeral.value != 0):
            return []
        both = [[c for c in item if name not in c.names] for item in items for name in ("LITIGATION", "REVIEW")]
        items = [item for item in (both if len(items) == 1 else items) if item]
        return [self._number(scene, index, numeral, [item]) for item in items[: 2 if numeral.value == 0 else 1]]

    def _from_to(self, scene: Scene, index: int) -> list[Mention]:
        """由2017年的96条增至131条: the first number is of the year before, the second of the year."""
        segment = scene.sentence.segments[index]
        first, second = segment.numerals
        window = [c for c in segment.concepts if c.end <= first.start]
        windows = [window, *back(scene.norm, scene.sentence.segments, index, window)]
        unit = first.unit or second.unit or ""
        pair = [self._number(scene, index, n, windows, n.unit or unit) for n in (first, second)]
        report_year = scene.reference.report_year
        if pair[0].year == report_year and report_year is not None:
            pair[0].year = report_year - 1
        if not any(first.end <= m.start < second.start for m in scene.marks):
            pair[1].year = report_year
        for mention in pair:
            mention.barred = None
        if _YEARS_BEGIN.search(scene.norm, segment.start, first.start):
            pair[0].barred = "difference"
        return pair

    # -- making the mention

    def _words(self, scene: Scene, index: int, span: tuple[int, int], kind: str, concepts: list[Concept]) -> Mention:
        start, end = _trim(scene.norm, *span)
        mention = self._base(scene, index, start, end, kind, [concepts], None)
        mention.value = 0.0 if kind in ("zero", "maybe_zero") else None
        return mention

    def _number(
        self, scene: Scene, index: int, numeral: Numeral, windows: list[list[Concept]], unit: str | None = None
    ) -> Mention:
        mention = self._base(scene, index, numeral.start, numeral.end, numeral.kind, windows, numeral)
        mention.value, mention.qualifier = numeral.value, numeral.qualifier
        mention.unit = numeral.unit or "" if unit is None else unit
        segment = scene.sentence.segments[index]
        mention.sums = self._sums.search(scene.norm, segment.start, numeral.start) is not None
        mention.barred = self.bars.why(scene, segment, numeral, mention)
        if mention.barred == "difference" and _SHRINKS.search(scene.norm, segment.start, numeral.start):
            mention.sign = -1.0
        return mention

    def _base(
        self,
        scene: Scene,
        index: int,
        start: int,
        end: int,
        kind: str,
        windows: list[list[Concept]],
        numeral: Numeral | None,
    ) -> Mention:
        segments = scene.sentence.segments
        segment = segments[index]
        previous = max((n.end for s in segments[: index + 1] for n in s.numerals if n.end <= start), default=0)
        earlier = sorted(frozenset().union(*(s.names() for s in segments[:index])))
        last = max((i for i in range(index) if segments[i].numerals), default=index)
        just_before = sorted(frozenset().union(*(s.names() for s in segments[last:index])))
        if previous > segment.start:
            # 培训班40期、2780人次: the segment's own number before.
            just_before = sorted(names_of([c for c in segment.concepts if c.end <= previous])) or just_before
        if segment.opener == ";":
            # What a channel's followers were told ends with the clause.
            just_before = [name for name in just_before if name != "FOLLOWERS"]
        window_names = [sorted(names_of(window)) for window in windows]
        year = self.context.year(
            scene.norm, scene.marks, start if kind in ("count", "money") else end, previous, scene.reference
        )
        if self._carried_in(scene, segment):
            window_names = [[("CARRY_IN" if n == "CARRY_OUT" else n) for n in names] for names in window_names]
        return Mention(
            start=start,
            end=end,
            kind=kind,
            value=None,
            unit="",
            qualifier="exact",
            sentence=scene.number,
            paragraph=scene.sentence.paragraph,
            segment=(segment.start, segment.end),
            windows=window_names,
            names=[_span(window) for window in windows],
            in_sentence=earlier,
            just_before=just_before,
            in_paragraph=sorted(frozenset().union(*scene.before[-_TOPICS:])),
            headings=[sorted(names) for names in scene.headings],
            topics=[self._topics(scene, index, end if kind == "zero" else start, window, kind) for window in windows],
            year=year,
            own_year=any(segment.start <= m.start < start and not m.compared for m in scene.marks)
            or (year is not None and year != scene.reference.report_year),
            scope=self.context.scope(scene.norm, scene.sentence, segment, numeral, scene.reference),
            special_heading=scene.special,
            special=numeral is not None
            and self.narrowing.is_field(scene.norm, segment, numeral.start, scene.reference.agency),
            report_year=scene.reference.report_year,
            opener=segment.opener,
            among=_AMONG.search(scene.norm, scene.sentence.start, start) is not None,
            nested=scene.norm.startswith("其中", segment.start),
            verb_first=any(c.start == segment.start and c.names & _VERBS for c in segment.concepts[:1]),
            whole=_WHOLE.match(scene.norm, segment.start, segment.end) is not None,
        )

    def _carried_in(self, scene: Scene, segment: Segment) -> bool:
        """2019年结转, said of 2020: carried in, not out."""
        if _FROM_LAST_YEAR.search(scene.norm, segment.start, segment.end):
            return True
        match = _CARRIED.search(scene.norm, segment.start, segment.end)
        return match is not None and int(match.group(1)) < (scene.reference.report_year or 0)

    def _topics(self, scene: Scene, index: int, at: int, window: list[Concept], kind: str) -> dict[str, str]:
        """For each topic group the concept nearest to the mention: its own words, then looking back, then above."""
        segments = scene.sentence.segments
        own = sorted(window, key=lambda c: min(abs(c.end - at), abs(c.start - at)))
        earlier = [c for s in segments[: index + 1] for c in s.concepts if c.end <= at]
        chain: list[Names] = [c.names for c in own]
        chain += [c.names for c in reversed(earlier)]
        chain += [c.names for c in reversed(scene.history[-40:])]
        chain += list(scene.headings)
        if kind not in ("count", "money"):
            # What the requests were about (征地审批) is no other business of the agency's.
            chain = [names - NO_BUSINESS for names in chain]
        topics = {}
        for group, members in self.rules.topics.items():
            for names in chain:
                shared = names & members
                if shared:
                    topics[group] = min(shared)
                    break
        if topics.get("adjudication") == "LITIGATION":
            topics["adjudication"] = _kind_of_suit(segments[: index + 1])
        return topics


def _kind_of_suit(segments: list[Segment]) -> str:
    """未经复议直接起诉的行政诉讼4件: what the segment that names the suits last says of their kind."""
    for segment in reversed(segments):
        names = segment.names()
        if "LITIGATION" in names:
            return next((kind for kind in ("DIRECT", "AFTER_REVIEW") if kind in names), "LITIGATION")
    return "LITIGATION"


def _span(window: list[Concept]) -> tuple[int, int]:
    if not window:
        return -1, -1
    return min(c.start for c in window), max(c.end for c in window)


def _trim(norm: str, start: int, end: int) -> tuple[int, int]:
    while start < end and norm[start] in " \n,;:。":
        start += 1
    while end > start and norm[end - 1] in " \n,;:。":
        end -= 1
    return start, end
