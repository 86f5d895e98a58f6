"""The text of a report with its facts marked: each mark leads to its fact."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from nianbao.forms.checks import CERTAIN
from nianbao.review.page import Language
from nianbao.review.words import mark_anchor, number, plain, words
from nianbao.schema import Fact

_MARK = Markup(
    '<a class="m {kind}" href="#f{fact}" data-f="{facts}"{id} aria-label="{label}" title="{label}">{words}</a>'
)
_PLACE = Markup('<span id="{}"></span>')


def kind_of(fact: Fact) -> str:
    """The classes that a mark and its fact are drawn by."""
    kinds: list[str] = ["open" if fact.metric is None else fact.status]
    # An open fact is no statement that could be doubtful.
    if fact.metric is not None and fact.confidence < CERTAIN:
        kinds.append("doubt")
    if fact.flags:
        kinds.append("flag")
    return " ".join(kinds)


def describe(fact: Fact, lang: Language) -> str:
    """A fact in one line, for a mark's label."""
    parts = [
        plain(fact.value_text) or lang.words["blank_value"],
        plain(fact.name or fact.metric_text or lang.words["open_fact"]),
        lang.applicants.get(fact.applicant or "", ""),
        "" if fact.value is None else f"{number(fact.value)} {fact.unit or ''}".strip(),
        lang.statuses["open" if fact.metric is None else fact.status],
        f"{lang.words['confidence']} {fact.confidence:.0%}",
    ]
    if fact.readings:
        parts.append(f"{lang.words['readings']} {', '.join(map(plain, fact.readings))}")
    if fact.flags:
        parts.append(f"{lang.words['flags']}: {', '.join(fact.flags)}")
    return " · ".join(filter(None, parts))


@dataclass(slots=True)
class _Group:
    """The facts of one place; two metrics may be said by the same words."""

    start: int
    end: int
    facts: list[int]


class MarkupWriter:
    """A text that is written out piece by piece, each character once, each fact's place marked.

    Args:
        text: the document's.
        facts: its facts, of which `index` in `#f{index}` is the position.
    """

    def __init__(self, text: str, facts: Sequence[Fact], lang: Language) -> None:
        self.text = text
        self.facts = facts
        self.lang = lang
        found: dict[tuple[int, int], _Group] = {}
        for index, fact in enumerate(facts):
            found.setdefault((fact.start, fact.end), _Group(fact.start, fact.end, [])).facts.append(index)
        # Of places that overlap, the one that begins later and is shorter is drawn within the other.
        self._groups = sorted(
            (group for key, group in found.items() if key[0] < key[1]), key=lambda g: (g.start, -g.end)
        )
        self._starts = [group.start for group in self._groups]
        self._longest = max((group.end - group.start for group in self._groups), default=0)
        self._empty = {key[0]: group for key, group in sorted(found.items()) if key[0] == key[1]}
        self._empty_at = sorted(self._empty)
        self._anchored: set[tuple[int, int]] = set()

    def piece(self, start: int, end: int) -> Markup:
        """text[start:end] with its marks; an empty place at `end` too, where no other piece had it before."""
        groups = self._over(start, end)
        edges = {start, end}
        for group in groups:
            edges.update((max(start, group.start), min(end, group.end)))
        empty = self._empty_at[bisect_left(self._empty_at, start) : bisect_left(self._empty_at, end + 1)]
        edges.update(empty)
        ordered = sorted(edges)
        parts: list[Markup] = []
        for at, to in zip(ordered, [*ordered[1:], end], strict=True):
            if at in self._empty:
                parts.append(self._blank(self._empty[at]))
            if at < to:
                parts.append(self._segment(at, to, [g for g in groups if g.start <= at and to <= g.end]))
        return Markup("").join(parts)

    def _over(self, start: int, end: int) -> list[_Group]:
        first = bisect_left(self._starts, start - self._longest)
        last = bisect_left(self._starts, end)
        return [group for group in self._groups[first:last] if group.end > start]

    def _segment(self, start: int, end: int, groups: list[_Group]) -> Markup:
        if not groups:
            return words(self.text[start:end])
        inner = min(groups, key=lambda group: group.end - group.start)
        anchors = [self._anchor(group) for group in groups if group is not inner]
        before = Markup("").join(_PLACE.format(anchor) for anchor in anchors if anchor)
        listed = list(dict.fromkeys(index for group in (inner, *groups) for index in group.facts))
        return before + self._mark(inner, listed, words(self.text[start:end]))

    def _blank(self, group: _Group) -> Markup:
        if (group.start, group.end) in self._anchored:
            return Markup("")
        return self._mark(group, group.facts, Markup(""))

    def _mark(self, group: _Group, listed: list[int], content: Markup) -> Markup:
        first = self.facts[listed[0]]
        anchor = self._anchor(group)
        return _MARK.format(
            kind=kind_of(first),
            fact=listed[0],
            facts=" ".join(map(str, listed)),
            id=Markup(' id="{}"').format(anchor) if anchor else "",
            label=" | ".join(describe(self.facts[index], self.lang) for index in listed[:3]),
            words=content,
        )

    def _anchor(self, group: _Group) -> str | None:
        """The place's anchor where it is not on the page yet."""
        key = group.start, group.end
        if key in self._anchored:
            return None
        self._anchored.add(key)
        return mark_anchor(*key)
