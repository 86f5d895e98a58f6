"""From options to links: each mention takes its best option or none, each slot one value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nianbao.prose.decision.model import Bounds, DecisionModel
from nianbao.prose.decision.options import Entry, Option, Options, Tables
from nianbao.prose.linking import Link, Linker
from nianbao.prose.mention import Mention

NUMBERS = ("count", "money")
"""Kinds of mentions that are digits or numerals, not words that state a value."""

_HALF = 0.5


@dataclass(slots=True, frozen=True)
class Judgement:
    """`metric`: None for none; `confidence`: in that; `disputed`: the rules alone say otherwise."""

    metric: str | None
    confidence: float
    disputed: bool


class Decider:
    """Links a document's mentions by rules, network and decision.

    A metric that neither network nor decision has met is left to the rules.

    Args:
        linker: the rules' linker. model: the trained decision. known: ids that may be given.
    """

    def __init__(self, linker: Linker, model: DecisionModel, known: frozenset[str]) -> None:
        self.linker, self.model, self.known = linker, model, known
        self.learnt = frozenset(str(metric) for metric in model.learnt)
        self.options = Options(linker, known)

    def consider(
        self, mentions: Sequence[Mention], entries: Sequence[Entry], tables: Tables
    ) -> tuple[list[Option], list[list[Link]]]:
        """The options of a document with their chances, and the rules' links of each mention."""
        every = list(mentions)
        verdicts = self.linker.verdicts(every)
        links: dict[int, list[Link]] = defaultdict(list)
        for link in self.linker.link(every, verdicts):
            links[id(link.mention)].append(link)
        options = self.options.make(every, verdicts, links, entries, tables)
        for option, chance in zip(options, self.model.chances([o.features for o in options]), strict=True):
            option.chance = chance if option.link.metric in self.learnt else self.model.unknown
        return options, [links[id(mention)] for mention in every]

    def link(self, mentions: Sequence[Mention], entries: Sequence[Entry], tables: Tables) -> list[Link]:
        """Links of the mentions, in their order: at least one for every number, for stated ones where one is sure."""
        options, ruled = self.consider(mentions, entries, tables)
        by_mention: dict[int, list[Option]] = defaultdict(list)
        for option in options:
            by_mention[option.mention].append(option)
        taken = [o for own in by_mention.values() for o in choose(own, self.model.bounds)]
        kept = {id(option) for option in one_value(taken)}
        links: list[Link] = []
        for number, mention in enumerate(mentions):
            own = by_mention.get(number, [])
            chosen = [o for o in own if id(o) in kept]
            if chosen:
                links += [self._linked(option, own) for option in chosen]
            elif mention.kind in NUMBERS:
                sure = self._sure_open(mention, own, entries[number], len(mentions))
                links.append(_left_open(mention, own, ruled[number], sure))
        return links

    def judge(self, mentions: Sequence[Mention], entries: Sequence[Entry], tables: Tables) -> list[Judgement]:
        """What is thought of each mention alone, before one value is chosen for each slot."""
        options, ruled = self.consider(mentions, entries, tables)
        by_mention: dict[int, list[Option]] = defaultdict(list)
        for option in options:
            by_mention[option.mention].append(option)
        found = []
        for number, links in enumerate(ruled):
            own = by_mention[number]
            chosen = choose(own, self.model.bounds)
            metric = chosen[0].link.metric if chosen else None
            if chosen:
                confidence = self.model.confidence(chosen[0].chance)
            else:
                confidence = self._sure_open(mentions[number], own, entries[number], len(mentions))
            said = next((link.metric for link in links if link.metric in self.known), None)
            found.append(Judgement(metric, confidence, metric != said))
        return found

    def _linked(self, option: Option, own: Sequence[Option]) -> Link:
        link = option.link
        known = link.metric in self.learnt
        link.confidence = self.model.confidence(option.chance) if known else option.chance
        rest = [o for o in own if o.link.metric != link.metric]
        link.runner_up = max(rest, key=lambda o: o.chance).link.metric if rest else link.runner_up
        return link

    def _sure_open(self, mention: Mention, own: Sequence[Option], entry: Entry, numbers: int) -> float:
        best = max((o.chance for o in own), default=0.0)
        return self.model.confidence_open(best, entry["none"], self.options.ours(mention), numbers)


def _left_open(mention: Mention, own: Sequence[Option], ruled: Sequence[Link], confidence: float) -> Link:
    best = max(own, key=lambda o: o.chance, default=None)
    return Link(
        mention=mention,
        metric=None,
        applicant=None,
        value=mention.value,
        status="ambiguous" if mention.readings else "reported",
        confidence=confidence,
        rule=None,
        runner_up=best.link.metric if best else None,
        name=best.link.name if best else next((link.name for link in ruled), None),
        year=ruled[0].year if ruled else mention.year,
        scope=ruled[0].scope if ruled else mention.scope,
    )


def choose(options: Sequence[Option], bounds: Bounds) -> list[Option]:
    """The options of one mention that are believed.

    What the rules say stands from the chance `bounds.stands` on. What the network says of a number takes its place
    where it is the likelier, and fills a silence where it is likely enough; not where the rules or a table have given
    its slot a value already. What words state (均, 未收到) is left to the rules: there the network has nothing to add,
    and what is dropped would leave no trace.
    """
    rules = [option for option in options if option.rules]
    if any(option.link.mention.kind not in NUMBERS for option in options):
        return rules
    other = max((o for o in options if not o.rules and not o.held), key=lambda o: o.chance, default=None)
    best = max((option.chance for option in rules), default=0.0)
    least = bounds.relink if rules else bounds.fill
    if other is not None and other.chance > best and other.chance >= least:
        return [other]
    return [option for option in rules if option.chance >= bounds.stands]


def one_value(options: Sequence[Option]) -> list[Option]:
    """Of several values that the network gives one slot the likeliest. What the rules found stands side by side: a
    report that contradicts itself is shown as it is."""
    best: dict[tuple[Any, ...], Option] = {}
    for option in options:
        if not option.rules:
            rival = best.setdefault(option.slot, option)
            if option.chance > rival.chance:
                best[option.slot] = option
    return [o for o in options if o.rules or o is best[o.slot] or o.link.value == best[o.slot].link.value]


class NetworkLinks:
    """Links a document's mentions by the network alone: its likeliest metric where it has more than half the chance.

    Args:
        linker: for the applicant that the words near a number name. known: ids that may be given.
    """

    def __init__(self, linker: Linker, known: frozenset[str]) -> None:
        self.linker = linker
        self.options = Options(linker, known)

    def link(self, mentions: Sequence[Mention], entries: Sequence[Entry], tables: Tables) -> list[Link]:
        """Links of the mentions, in their order."""
        options = self.options.make(mentions, self.linker.verdicts(list(mentions)), {}, entries, tables)
        for option in options:
            option.chance = option.link.confidence
        kept = {o.mention: o.link for o in one_value([o for o in options if o.chance > _HALF])}
        links = []
        for number, (mention, entry) in enumerate(zip(mentions, entries, strict=True)):
            if number in kept:
                links.append(kept[number])
            elif mention.kind in NUMBERS:
                links.append(_left_open(mention, (), (), entry["none"]))
        return links
