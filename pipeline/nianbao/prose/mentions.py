"""The reader of mentions: every number of the prose, and every clause that states one in words."""

from __future__ import annotations

from nianbao.language.numerals import Numeral, find_numerals
from nianbao.prose.bars import Bars
from nianbao.prose.compact import Stretch, compact
from nianbao.prose.context import ContextReader, Reference
from nianbao.prose.frames import COUNTED, Segment, SentenceReader, sentence_spans
from nianbao.prose.knowledge import Knowledge
from nianbao.prose.lexicon import Concept
from nianbao.prose.lists import Lists
from nianbao.prose.mention import Mention
from nianbao.prose.narrowing import Narrowing
from nianbao.prose.scene import Names, Scene
from nianbao.prose.stated import StatedReader, names_of
from nianbao.prose.windows import Windows

__all__ = ["Mention", "MentionReader", "Stretch"]


# How many sentences back a topic holds.
_TOPICS = 4
_BLANK_OR_MARK = " \n,;:。"


class MentionReader:
    """Finds the mentions of stretches of prose."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.lexicon = knowledge.lexicon
        self.context = ContextReader(knowledge)
        self.narrowing = Narrowing(knowledge)
        self._roles, self._patterns = knowledge.roles, knowledge.patterns
        self._lists = Lists(knowledge)
        self._windows = Windows(knowledge)
        self._sentences = SentenceReader(knowledge)
        self._stated = StatedReader(knowledge, self._lists)
        self._bars = Bars(knowledge, self.context, self.narrowing)
        self._heading_cache: dict[str, tuple[Names, bool]] = {}

    def read(self, norm: str, stretches: list[Stretch], reference: Reference) -> list[Mention]:
        """All mentions, in the order of the text, with offsets into `norm`."""
        whole = compact(norm, stretches, self._patterns["pause"])
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
        if not self._patterns["worth"].search(norm, stretch.start, stretch.end):
            return number
        above = [self._heading(title) for title in stretch.headings]
        headings = tuple(names for names, _ in above)
        numerals = find_numerals(self.knowledge.measures, norm, stretch.start, stretch.end)
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
            if not any(n.kind in COUNTED for n in own) and not self._patterns["states"].search(norm, start, end):
                passed.append((start, end))
                continue
            for left, right in passed[-_TOPICS:]:
                concepts = list(self.lexicon.scan(norm, left, right))
                before.append(names_of(concepts))
                history.extend(concepts)
            passed.clear()
            own = [n for n in own if not self._is_summary(norm, n)]
            sentence = self._sentences.read(norm, start, end, paragraph, own)
            scene = Scene(norm, sentence, number, headings, stretch.headings, before, history, reference, first)
            scene.special = len(above) > 1 and above[0][1]
            scene.marks = self.context.marks(norm, sentence, reference)
            scene.planned = planned
            scene.stop = stretch.end
            scene.runs = self.context.may_run(norm, sentence)
            found.extend(self._sentence(scene))
            concepts = [c for segment in sentence.segments for c in segment.concepts]
            before.append(names_of(concepts))
            about = self._patterns["about"].search(norm, start, end)
            history.extend(
                c for c in concepts if not (about and c.start >= about.end() and c.names & self._roles.other_business)
            )
        return number

    def _is_summary(self, norm: str, numeral: Numeral) -> bool:
        """三个平台, 四种方式: counts the items of a list in the sentence itself."""
        return not norm[numeral.start].isdigit() and self._patterns["summary"].match(norm, numeral.end) is not None

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
                stated = self._stated.read(scene.norm, scene.sentence, index, scene.titles, scene.first)
                found.extend(self._words(scene, index, *entry) for entry in stated)
                continue
            given = (
                self._lists.one_by_one(scene.norm, scene.sentence, index, scene.marks, scene.reference.report_year)
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
                stated = self._stated.zeros(scene.norm, scene.sentence, index, segment.numerals[0].start)
                found.extend(self._words(scene, index, *entry) for entry in stated)
        return found

    def _drop_denied(self, scene: Scene, segment: Segment) -> None:
        """未收到一件申请: the 一 belongs to the denial."""
        segment.numerals = [
            n
            for n in segment.numerals
            if not (
                n.value == 1
                and self._patterns["one"].match(scene.norm, n.start)
                and (
                    self._stated.denial(scene.norm, max(segment.start, n.start - 6), n.start)
                    or self._patterns["not_even"].match(scene.norm, n.unit_end)
                )
            )
        ]

    def _plain(self, scene: Scene, index: int) -> list[Mention]:
        segment = scene.sentence.segments[index]
        found: list[Mention] = []
        if len(segment.numerals) == 2 and self._windows.moves(scene.norm, segment):
            return self._from_to(scene, index)
        if len(segment.numerals) > 1:
            for numeral, windows in self._windows.several(segment):
                found.append(self._number(scene, index, numeral, windows))
            return found
        numeral = segment.numerals[0]
        own, later = self._windows.split_at_all(segment, numeral)
        each = self._lists.each.search(scene.norm, segment.start, numeral.start)
        names = self._lists.conjuncts(scene.norm, segment.start, each.start(), segment.concepts) if each else []
        if len(names) > 1:
            tail = [*names[-1][1:], *(c for c in segment.concepts if each and c.start >= each.start())]
            each_one = [self._number(scene, index, numeral, [name, [*name, *tail]]) for name in names]
            for mention in each_one:
                mention.special = False
            return each_one
        bare = self._under_heading(scene, index, numeral)
        if bare:
            return bare
        found.append(
            self._number(scene, index, numeral, self._windows.single(scene.norm, scene.sentence.segments, index, own))
        )
        ground = self._ground(scene.norm, numeral)
        if ground is not None and names_of(own) & self._roles.grounded:
            found.append(self._number(scene, index, numeral, [[ground]]))
        if later:
            found.append(self._words(scene, index, (later[0].start, segment.end), "all", later))
        return found

    def _ground(self, norm: str, numeral: Numeral) -> Concept | None:
        """不予公开1件(属于行政执法案卷): the one ground that the brackets right behind a number give for all of it."""
        remark = self._patterns["remark"].match(norm, numeral.unit_end)
        if remark is None:
            return None
        grounds = [c for c in self.lexicon.scan(norm, remark.start(1), remark.end(1)) if c.names & self._roles.ground]
        return grounds[0] if len(grounds) == 1 else None

    def _under_heading(self, scene: Scene, index: int, numeral: Numeral) -> list[Mention]:
        """A sentence that is nothing but a number, right under a heading, is the number of what that names."""
        segments = scene.sentence.segments
        if len(segments) > 1 or names_of(segments[0].concepts) - self._roles.all or not scene.first or not scene.titles:
            return []
        items = self._stated.heading_items(scene.titles[0])
        if not items or (len(items) > 1 and numeral.value != 0):
            return []
        suits = (self._roles.litigation, self._roles.review)
        both = [[c for c in item if not c.names & names] for item in items for names in suits]
        items = [item for item in (both if len(items) == 1 else items) if item]
        return [self._number(scene, index, numeral, [item]) for item in items[: 2 if numeral.value == 0 else 1]]

    def _from_to(self, scene: Scene, index: int) -> list[Mention]:
        """由2017年的96条增至131条: the first number is of the year before, the second of the year."""
        segment = scene.sentence.segments[index]
        first, second = segment.numerals
        window = [c for c in segment.concepts if c.end <= first.start]
        windows = [window, *self._windows.back(scene.norm, scene.sentence.segments, index, window)]
        unit = first.unit or second.unit or ""
        pair = [self._number(scene, index, n, windows, n.unit or unit) for n in (first, second)]
        report_year = scene.reference.report_year
        if pair[0].year == report_year and report_year is not None:
            pair[0].year = report_year - 1
        if not any(first.end <= m.start < second.start for m in scene.marks):
            pair[1].year = report_year
        for mention in pair:
            mention.barred = None
        if self._patterns["moved_from_beginning"].search(scene.norm, segment.start, first.start):
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
        mention.sums = self._patterns["sum_words"].search(scene.norm, segment.start, numeral.start) is not None
        mention.barred = self._bars.why(scene, segment, numeral, mention)
        if mention.barred == "difference" and self._patterns["shrinks"].search(
            scene.norm, segment.start, numeral.start
        ):
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
            just_before = [name for name in just_before if name not in self._roles.followers]
        window_names = [sorted(names_of(window)) for window in windows]
        year = self.context.year(
            scene.norm, scene.marks, start if kind in ("count", "money") else end, previous, scene.reference
        )
        if self._carried_in(scene, segment):
            carried = self._roles.one("carried_in")
            window_names = [[carried if n in self._roles.carried_out else n for n in names] for names in window_names]
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
            among=self._patterns["among_before"].search(scene.norm, scene.sentence.start, start) is not None,
            nested=self._patterns["among"].match(scene.norm, segment.start) is not None,
            verb_first=any(c.start == segment.start and c.names & self._roles.act for c in segment.concepts[:1]),
            whole=self._patterns["whole_agency"].match(scene.norm, segment.start, segment.end) is not None,
        )

    def _carried_in(self, scene: Scene, segment: Segment) -> bool:
        """2019年结转, said of 2020: carried in, not out."""
        if self._patterns["carried_from_last_year"].search(scene.norm, segment.start, segment.end):
            return True
        match = self._patterns["carried_from_year"].search(scene.norm, segment.start, segment.end)
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
            chain = [names - self._roles.other_business for names in chain]
        topics = {}
        for group, members in self.knowledge.rules.topics.items():
            for names in chain:
                shared = names & members
                if shared:
                    topics[group] = min(shared)
                    break
        for group, name in topics.items():
            kinds = self._roles.kind_of_suit & self.knowledge.rules.topics[group]
            if kinds and name in self._roles.litigation:
                topics[group] = self._kind_of_suit(segments[: index + 1]) or name
        return topics

    def _kind_of_suit(self, segments: list[Segment]) -> str | None:
        """未经复议直接起诉的行政诉讼4件: what the segment that names the suits last says of their kind."""
        last = next((s.names() for s in reversed(segments) if s.names() & self._roles.litigation), frozenset())
        return max(last & self._roles.kind_of_suit, default=None)


def _span(window: list[Concept]) -> tuple[int, int]:
    if not window:
        return -1, -1
    return min(c.start for c in window), max(c.end for c in window)


def _trim(norm: str, start: int, end: int) -> tuple[int, int]:
    while start < end and norm[start] in _BLANK_OR_MARK:
        start += 1
    while end > start and norm[end - 1] in _BLANK_OR_MARK:
        end -= 1
    return start, end
