"""From a production and a report's figures to a sentence with its spans."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from nianbao.simulate.annotated import Annotated, Builder, Span
from nianbao.simulate.data import load
from nianbao.simulate.facts import (
    AGENCY,
    METRIC,
    OTHER,
    PERIOD,
    SCOPE,
    STATED,
    VALUE,
    MentionData,
    NumberSlot,
    OtherNumber,
)
from nianbao.simulate.figures import SimulatedFigures
from nianbao.simulate.grammar import Pool, Production
from nianbao.simulate.numbers import plain, write_count
from nianbao.simulate.style import Style
from nianbao.simulate.synonyms import Synonyms
from nianbao.simulate.template import (
    FILLED,
    Choice,
    MentionNode,
    Name,
    Node,
    Number,
    Other,
    Ref,
    Sequence,
    Stated,
    Template,
    TextNode,
)
from nianbao.simulate.words import WordBank
from nianbao.simulate.world import World

_YEARS = {"YL": 0, "YLB": 0, "YCN": 0, "YFROMTO": 0, "PYL": -1, "PREV2": -2, "NEXT": 1}
"""Words of the world that name a year, and how many years it lies from the report's."""


@dataclass(slots=True)
class Binding:
    """What fills a frame: the metric of $N, or the metrics of a list."""

    ref: Ref | None = None
    refs: tuple[Ref, ...] = ()
    zeros: tuple[Ref, ...] = ()
    whole: Ref | None = None
    lead: Template | None = None
    short: bool = False
    items: tuple[Production, Production] | None = None


@dataclass(slots=True)
class Sentence:
    """A sentence, and the heading that it brings along."""

    body: Annotated
    heading: Annotated | None = None


@dataclass(slots=True)
class _State:
    """What has been emitted of the sentence in the making."""

    builder: Builder
    binding: Binding
    mentions: list[tuple[Span, MentionData]] = field(default_factory=list)
    slots: list[tuple[Span, NumberSlot]] = field(default_factory=list)
    in_period: bool = False
    reworded: bool = True


class ProseWriter:
    """Writes the sentences of one report, and remembers what has been said and which productions were used."""

    def __init__(self, rng: random.Random, world: World, figures: SimulatedFigures, pool: Pool, style: Style) -> None:
        self.rng, self.world, self.figures, self.pool, self.style = rng, world, figures, pool, style
        self.words = WordBank(rng, world)
        self.said: set[Ref] = set()
        self.used: list[str] = []
        self.synonyms = Synonyms(rng, pool.synonyms, style.synonyms, self.used)
        self.last = ""
        self._fills: dict[str, Callable[[_State], None]] = {
            "N": self._metric_name,
            "UNITS": lambda state: self._count(state, self._units(_bound(state)), _bound(state)),
            "ZERO_UNITS": lambda state: self._count(state, self._units(_bound(state)), _bound(state)),
            "LEAD": self._lead,
            "ITEMS_A": lambda state: self._items(state, 0),
            "ITEMS_B": lambda state: self._items(state, 1),
            "NAMES": lambda state: self._joined(state, state.binding.refs),
            "NUMBERS": self._numbers,
            "ZEROS": self._zeros,
            "JOIN": lambda state: self._joined(state, state.binding.refs),
            "SHARE": self._own_share,
        }

    def sentence(self, production: Production, binding: Binding | None = None) -> Sentence:
        """Write one production; every figure that it needs must be there."""
        self.used.append(production.id)
        heading_state = None
        if production.heading:
            heading_state = _State(Builder(), binding or Binding(), reworded=False)
            self._emit(production.heading.node, heading_state)
        state = _State(Builder(), binding or Binding())
        if heading_state:
            state.mentions.extend(heading_state.mentions)
        self._emit(production.template.node, state)
        _link(state)
        self.said.update((slot.metric, slot.applicant, 0, 0) for _, slot in state.slots)
        return Sentence(state.builder.build(), heading_state.builder.build() if heading_state else None)

    def plain(self, kind: str) -> Annotated:
        """A sentence of the fillers, which bear no facts."""
        return self.sentence(self.rng.choice(self.fillers(kind))).body

    def fillers(self, kind: str) -> list[Production]:
        """The sentences of a kind that fit the agency and the year."""
        return [production for production in self.pool.plain[kind] if self.suits(production)]

    def suits(self, production: Production) -> bool:
        """Whether the production is meant for this kind of agency and these years."""
        return (not production.kinds or self.world.agency.kind in production.kinds) and (
            not production.regimes or self.world.regime in production.regimes
        )

    def phrase(self, template: Template) -> Annotated:
        """A piece of text that is no sentence of its own, such as a heading; its words stay as they are."""
        state = _State(Builder(), Binding(), reworded=False)
        self._emit(template.node, state)
        return state.builder.build()

    def _emit(self, node: Node, state: _State) -> None:
        if isinstance(node, TextNode):
            state.builder.add(self.synonyms.reword(node.text) if state.reworded else node.text)
        elif isinstance(node, Sequence):
            for child in node.nodes:
                self._emit(child, state)
        elif isinstance(node, Choice):
            self._emit(self.rng.choice(node.options), state)
        elif isinstance(node, Name):
            self._name(node.name, state)
        elif isinstance(node, MentionNode):
            self._mention(node, state)
        elif isinstance(node, Number):
            self._count(state, node.units, node.ref)
        elif isinstance(node, Other):
            self._other(node, state)
        else:
            self._stated(node, state)

    def _name(self, name: str, state: _State) -> None:
        fill = self._fills.get(name)
        if fill:
            fill(state)
        elif name in ("P", "PREV"):
            academic = self.world.period.academic
            state.in_period = True
            with state.builder.span(PERIOD, self.world.period.year - (name == "PREV")):
                self._emit(self._word(f"{name}_ACADEMIC" if academic else name), state)
            state.in_period = False
        elif name in self.pool.lexicon:
            self._emit(self._word(name), state)
        else:
            self._world_word(name, state)

    def _word(self, name: str) -> Node:
        production = self.rng.choice(self.pool.lexicon[name])
        self.used.append(production.id)
        return production.template.node

    def _world_word(self, name: str, state: _State) -> None:
        label, data = None, None
        if name == "AG":
            label = AGENCY
        elif name in ("PART1", "PART2"):
            label = SCOPE
        elif name in _YEARS and not state.in_period:
            label, data = PERIOD, self.world.period.year + _YEARS[name]
        if label:
            with state.builder.span(label, data):
                state.builder.add(self.words.get(name))
        else:
            state.builder.add(self.words.get(name))

    def _mention(self, node: MentionNode, state: _State) -> None:
        metric, applicant, _, _ = _bound(state) if node.ref[0] == FILLED else node.ref
        data = MentionData(metric, applicant)
        with state.builder.span(METRIC, data) as span:
            self._emit(node.body, state)
        state.mentions.append((span, data))

    def _count(self, state: _State, units: tuple[str, ...], ref: Ref) -> None:
        """A number of the figures with its unit, as a VALUE."""
        metric, applicant, back, part = ref
        value = self.figures.values[ref]
        unit = self._unit(self.rng.choice(units))
        style = self.style
        written = write_count(self.rng, metric, value, unit, style.commas, style.chinese_share, style.exact)
        slot = NumberSlot(
            metric,
            applicant,
            self.world.period.year - back,
            written.value,
            written.qualifier,
            "reported",
            "prose",
            self.words.parts[part - 1] if part else None,
            implied=self._implied(ref),
        )
        if written.before == "超过" and state.builder.ends_with("达", "达到", "过"):
            written = replace(written, before="", after=written.after + "以上")
        state.builder.add(written.before)
        with state.builder.span(VALUE, slot) as span:
            state.builder.add(written.text)
        state.builder.add(written.after)
        state.slots.append((span, slot))

    def _implied(self, ref: Ref) -> tuple[str, ...]:
        """All were concluded in time: so they were concluded, and perhaps answered."""
        others = load("figures")["implied"].get(ref[0], ())
        return tuple(one for one in others if self.figures.get(one) == self.figures.values[ref] and not any(ref[2:]))

    def _unit(self, unit: str) -> str:
        return {"Q": self.style.request_unit, "D": self.style.item_unit}.get(unit, unit)

    def _units(self, ref: Ref) -> tuple[str, ...]:
        return tuple(load("names")[ref[0]]["u"])

    def _other(self, node: Other, state: _State) -> None:
        text = self._computed(node)
        if node.kind == "change":
            metric, applicant, back, part = node.refs[0]
            before = self.figures.values[metric, applicant, back + 1, part]
            grew = self.figures.values[node.refs[0]] > before
            words = ("增加", "增加", "增加了", "多") if grew else ("减少", "减少", "减少了", "少")
            state.builder.add(self.rng.choice(words))
        with state.builder.span(OTHER, OtherNumber(node.kind)):
            state.builder.add(text)
        unit = self._unit(self.rng.choice(node.units))
        state.builder.add(unit)

    def _computed(self, node: Other) -> str:
        values = [self.figures.values[ref] for ref in node.refs]
        if node.kind == "pct":
            return self._percent(self.rng.choice((self.rng.uniform(85, 100), self.rng.uniform(3, 60), 100)))
        if node.kind in ("diff", "change", "rate"):
            metric, applicant, back, part = node.refs[0]
            before = self.figures.values[metric, applicant, back + 1, part]
            if node.kind == "rate":
                return self._percent(abs(values[0] - before) / before * 100)
            return plain(abs(values[0] - before))
        if node.kind == "share":
            return self._percent(values[0] / values[1] * 100)
        if node.kind == "rest":
            metric, _, back, part = node.refs[0]
            return plain(self.figures.values[metric, "total", back, part] - values[0])
        if node.kind == "above":
            return plain(values[0] + self.rng.randint(1, 60))
        if node.kind == "cum":
            return plain(self.figures.cumulative[node.refs[0][:2]])
        least, greatest = load("lexicon")["ranges"][node.kind]
        number = self.rng.randint(least, greatest)
        return f"{number:,}" if self.style.commas else str(number)

    def _percent(self, value: float) -> str:
        digits = plain(round(value, self.rng.choice((0, 1, 1, 2))))
        return f"百分之{digits}" if self.rng.random() < 0.04 else digits + "%"

    def _stated(self, node: Stated, state: _State) -> None:
        before = len(state.mentions)
        with state.builder.span(STATED) as span:
            self._emit(node.body, state)
        refs = list(node.refs)
        if not refs or refs[0][0] == FILLED:
            refs = [(mention.metric, mention.applicant, 0, 0) for _, mention in state.mentions[before:]]
        self._state(state, span, refs)

    def _state(self, state: _State, span: Span, refs: list[Ref]) -> None:
        """The words of the span say the values of these metrics: all zero, or a whole."""
        year = self.world.period.year
        slots = [
            NumberSlot(
                metric,
                applicant,
                year,
                self.figures.values[metric, applicant, 0, 0],
                "exact",
                "stated",
                "prose",
                implied=self._implied((metric, applicant, 0, 0)),
            )
            for metric, applicant, _, _ in refs
        ]
        span.data = slots
        state.slots.extend((span, slot) for slot in slots)

    # --- what fills a frame

    def _metric_name(self, state: _State) -> None:
        metric, applicant, _, _ = _bound(state)
        if applicant != "total":
            state.builder.add(self.rng.choice(load("names")["applicants"][applicant]))
            return
        production = self.rng.choice(self.pool.names[metric]["short" if state.binding.short else "full"])
        self.used.append(production.id)
        self._emit(production.template.node, state)

    def _lead(self, state: _State) -> None:
        if state.binding.lead:
            self._emit(state.binding.lead.node, state)

    def _items(self, state: _State, kind: int) -> None:
        binding = state.binding
        if not binding.items:
            raise ValueError("a list frame needs the forms of its items")
        separator = self.rng.choice(("，", "，", "、", "；"))
        for index, ref in enumerate(binding.refs):
            if index:
                state.builder.add(separator)
            self._bound_emit(binding.items[kind].template.node, state, ref)

    def _joined(self, state: _State, refs: tuple[Ref, ...]) -> None:
        last = self.rng.choice(("、", "和", "以及", "及"))
        for index, ref in enumerate(refs):
            if index:
                state.builder.add(last if index == len(refs) - 1 else "、")
            self._bound_emit(MentionNode(Name("N"), (FILLED, "total", 0, 0)), state, ref)

    def _numbers(self, state: _State) -> None:
        last = self.rng.choice(("、", "和", "，"))
        units = self._units(state.binding.refs[0])
        for index, ref in enumerate(state.binding.refs):
            if index:
                state.builder.add(last if index == len(state.binding.refs) - 1 else "、")
            self._count(state, units, ref)

    def _zeros(self, state: _State) -> None:
        with state.builder.span(STATED) as span:
            way = self.rng.choice(("无", "没有", "均为零", "均为0", "未出现"))
            if way in ("无", "没有", "未出现"):
                state.builder.add(way)
            self._joined(state, state.binding.zeros)
            if way.startswith("均"):
                state.builder.add(way if len(state.binding.zeros) > 1 else way[1:])
        self._state(state, span, list(state.binding.zeros))

    def _own_share(self, state: _State) -> None:
        ref, whole = _bound(state), state.binding.whole
        total = self.figures.values.get(whole, 0) if whole else 0
        text = self._percent(self.figures.values[ref] / total * 100 if total else self.rng.uniform(1, 60))
        with state.builder.span(OTHER, OtherNumber("share")):
            state.builder.add(text)

    def _bound_emit(self, node: Node, state: _State, ref: Ref) -> None:
        before = state.binding.ref
        state.binding.ref = ref
        self._emit(node, state)
        state.binding.ref = before


def _bound(state: _State) -> Ref:
    if state.binding.ref is None:
        raise ValueError("a frame was used without a metric to fill it")
    return state.binding.ref


def _link(state: _State) -> None:
    """Tie each number to what names its metric: in order where there are as many of both, else to the nearest."""
    by_metric: dict[str, list[tuple[Span, NumberSlot]]] = {}
    for span, slot in state.slots:
        by_metric.setdefault(slot.metric, []).append((span, slot))
    for metric, slots in by_metric.items():
        mentions = [(span, mention) for span, mention in state.mentions if mention.metric == metric]
        if not mentions:
            continue
        if len(mentions) == len(slots):
            for (_, slot), (_, mention) in zip(slots, mentions, strict=True):
                slot.mention = mention
            continue
        for span, slot in slots:
            slot.mention = min(mentions, key=lambda one: _gap(span, one[0]))[1]


def _gap(one: Span, other: Span) -> int:
    return max(one.start - other.end, other.start - one.end, 0)
