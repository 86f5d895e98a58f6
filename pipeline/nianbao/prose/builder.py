"""The builder of mentions: one number, or words that state one, with all that surrounds it."""

from __future__ import annotations

from nianbao.language.numerals import Numeral
from nianbao.prose.bars import Bars
from nianbao.prose.context import ContextReader
from nianbao.prose.frames import Segment
from nianbao.prose.knowledge import Knowledge
from nianbao.prose.lexicon import Concept
from nianbao.prose.mention import Mention
from nianbao.prose.narrowing import Narrowing
from nianbao.prose.outlets import Outlets
from nianbao.prose.scene import Names, Scene
from nianbao.prose.stated import names_of

TOPICS = 4
"""How many sentences back a topic holds."""

_BLANK_OR_MARK = " \n,;:。"
_LONGEST_STATED = 60
_CLAUSES_BACK = 3


class MentionBuilder:
    """Builds the mentions of a scene."""

    def __init__(self, knowledge: Knowledge, context: ContextReader, narrowing: Narrowing) -> None:
        self.context = context
        self.narrowing = narrowing
        self._roles, self._patterns = knowledge.roles, knowledge.patterns
        self._topic_groups = knowledge.rules.topics
        self._bars = Bars(knowledge, context, narrowing)
        self._outlets = Outlets(knowledge)

    def words(self, scene: Scene, index: int, span: tuple[int, int], kind: str, concepts: list[Concept]) -> Mention:
        start, end = self._shortened(scene.norm, *_trim(scene.norm, *span))
        mention = self._base(scene, index, start, end, kind, [concepts], None)
        mention.value = 0.0 if kind in ("zero", "maybe_zero") else None
        return mention

    def number(
        self, scene: Scene, index: int, numeral: Numeral, windows: list[list[Concept]], unit: str | None = None
    ) -> Mention:
        clear = numeral.kind != "unclear"
        kind = numeral.kind if clear else "money" if numeral.unit == "元" else "count"
        segments = scene.sentence.segments
        mention = self._base(scene, index, numeral.start, numeral.end, kind, windows, numeral)
        mention.value, mention.qualifier = numeral.value if clear else None, numeral.qualifier
        mention.readings = list(numeral.readings) or None
        mention.joint, all_ways = self._outlets.shared(scene.norm, segments, index, numeral.start)
        if all_ways:
            self._leave_outlets_out(mention)
        mention.runs = self._patterns["adds_up"].search(scene.norm, scene.sentence.start, numeral.start) is not None
        mention.own_at = self._own_at(scene, segments[index], numeral.start)
        mention.unit = numeral.unit or "" if unit is None else unit
        segment = scene.sentence.segments[index]
        mention.sums = self._patterns["sum_words"].search(scene.norm, segment.start, numeral.start) is not None
        mention.barred = self._bars.why(scene, segment, numeral, mention)
        if mention.barred == "difference" and self._patterns["shrinks"].search(
            scene.norm, segment.start, numeral.start
        ):
            mention.sign = -1.0
        return mention

    def _shortened(self, norm: str, start: int, end: int) -> tuple[int, int]:
        """At most so many characters of the words that state something: from the denial on, up to a mark."""
        if end - start <= _LONGEST_STATED:
            return start, end
        denial = next((m for m in self._patterns["zero"].finditer(norm, start, end) if m["zero"]), None)
        start = denial.start() if denial else start
        if end - start > _LONGEST_STATED:
            end = start + _LONGEST_STATED
            mark = max(norm.rfind(character, start + 1, end) for character in _BLANK_OR_MARK)
            end = mark if mark > 0 else end
        return _trim(norm, start, end)

    def _leave_outlets_out(self, mention: Mention) -> None:
        """通过网站、微博等渠道公开: by all ways together, so that the number is of none of them."""
        outlet = self._roles.outlet
        mention.windows = [[name for name in names if name not in outlet] for names in mention.windows]
        mention.topics = [{g: name for g, name in topics.items() if name not in outlet} for topics in mention.topics]
        mention.just_before = [name for name in mention.just_before if name not in outlet]
        mention.in_sentence = [name for name in mention.in_sentence if name not in outlet]

    def _own_at(self, scene: Scene, segment: Segment, at: int) -> int:
        """Where words before the number say last that it is the year's own: 本年, 2016年, 新增."""
        clause = scene.norm.rfind(";", scene.sentence.start, at)
        said = [
            mark.start
            for mark in scene.marks
            if clause < mark.start
            and mark.end <= at
            and mark.year == scene.reference.report_year
            and not mark.compared
            and not self._patterns["end_of_year"].match(scene.norm, mark.end)
        ]
        said += [c.start for c in segment.concepts if c.end <= at and c.names & self._roles.newly]
        return max(said, default=-1)

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
        last = max((i for i in range(index) if segments[i].numerals), default=max(0, index - _CLAUSES_BACK))
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
            in_paragraph=sorted(frozenset().union(*scene.before[-TOPICS:])),
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
            listed=self._is_listed(scene, index),
            points_back=self._patterns["looks_back"].match(scene.norm, segment.start, segment.end) is not None,
            whole=self._patterns["whole_agency"].match(scene.norm, segment.start, segment.end) is not None,
        )

    def _is_listed(self, scene: Scene, index: int) -> bool:
        """Whether the segment goes on inside an item of a list whose items are set apart by semicolons."""
        segments = scene.sentence.segments
        if segments[index].opener not in (",", " ") or self._patterns["whole_agency"].match(
            scene.norm, segments[index].start
        ):
            return False
        return any(segment.opener == ";" for segment in segments)

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
        for group, members in self._topic_groups.items():
            for names in chain:
                shared = names & members
                if shared:
                    topics[group] = min(shared)
                    break
        for group, name in topics.items():
            kinds = self._roles.kind_of_suit & self._topic_groups[group]
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
