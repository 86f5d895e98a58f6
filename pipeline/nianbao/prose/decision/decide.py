"""From options to links: each mention takes its best option or none, each slot one value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from nianbao.prose.decision.model import DecisionModel
from nianbao.prose.decision.options import Entry, Option, Options
from nianbao.prose.linking import Link, Linker
from nianbao.prose.mention import Mention


class Decider:
    """Links a document's mentions by rules, network and decision.

    A metric that neither network nor decision has met is left to the rules.

    Args:
        linker: the rules' linker. model: the trained decision. learnt: metrics that the network knows.
        known: ids that may be given.
    """

    def __init__(self, linker: Linker, model: DecisionModel, learnt: frozenset[str], known: frozenset[str]) -> None:
        self.linker, self.model, self.learnt = linker, model, learnt
        units: dict[str, frozenset[str]] = {}
        for rule in linker.rules.rules:
            units[rule.metric] = units.get(rule.metric, frozenset()) | rule.units
        self.options = Options(units, linker.by_applicant, known, linker.applicant)
        self.known = known

    def consider(self, mentions: Sequence[Mention], entries: Sequence[Entry]) -> tuple[list[Option], list[list[Link]]]:
        """The options of a document with their chances, and the rules' links of each mention."""
        every = list(mentions)
        verdicts = self.linker.verdicts(every)
        links: dict[int, list[Link]] = defaultdict(list)
        for link in self.linker.link(every, verdicts):
            links[id(link.mention)].append(link)
        options = self.options.make(every, verdicts, links, entries)
        for option, chance in zip(options, self.model.chances([o.features for o in options]), strict=True):
            option.chance = chance if option.link.metric in self.learnt else self.model.unknown
        return options, [links[id(mention)] for mention in every]

    def link(self, mentions: Sequence[Mention], entries: Sequence[Entry]) -> list[Link]:
        """Links of the mentions, in their order: at least one for every number, for stated ones where one is sure."""
        options, ruled = self.consider(mentions, entries)
        by_mention: dict[int, list[Option]] = defaultdict(list)
        for option in options:
            by_mention[option.mention].append(option)
        taken = [o for number in by_mention for o in choose(by_mention[number], self.model.threshold)]
        kept = {id(option) for option in one_value(taken, self.model.sure)}
        links: list[Link] = []
        for number, mention in enumerate(mentions):
            own = by_mention.get(number, [])
            chosen = [o for o in own if id(o) in kept]
            if chosen:
                links += [self._linked(option, own) for option in chosen]
            elif mention.kind in ("count", "money"):
                links.append(self._open(mention, own, ruled[number]))
        return links

    def _linked(self, option: Option, own: Sequence[Option]) -> Link:
        link = option.link
        known = link.metric in self.learnt
        link.confidence = self.model.confidence(option.chance) if known else option.chance
        rest = [o for o in own if o.link.metric != link.metric]
        link.runner_up = max(rest, key=lambda o: o.chance).link.metric if rest else link.runner_up
        return link

    def _open(self, mention: Mention, own: Sequence[Option], ruled: Sequence[Link]) -> Link:
        best = max(own, key=lambda o: o.chance, default=None)
        name = best.link.name if best else next((link.name for link in ruled), None)
        return Link(
            mention=mention,
            metric=None,
            applicant=None,
            value=mention.value,
            status="reported",
            confidence=self.model.confidence_open(best.chance if best else 0.0),
            rule=None,
            runner_up=best.link.metric if best else None,
            name=name,
            year=ruled[0].year if ruled else mention.year,
            scope=ruled[0].scope if ruled else mention.scope,
        )


def choose(options: Sequence[Option], threshold: float) -> list[Option]:
    """The options of one mention that are believed: what the rules say as a whole, or what the network says."""
    rules = [option for option in options if option.rules]
    other = max((option for option in options if not option.rules), key=lambda o: o.chance, default=None)
    best = max((option.chance for option in rules), default=0.0)
    if other is not None and other.chance > best and other.chance >= threshold:
        return [other]
    return [option for option in rules if option.chance >= threshold]


def one_value(options: Sequence[Option], sure: float) -> list[Option]:
    """Of several values of one slot the likeliest, and those that are sure as well."""
    slots: dict[tuple[Any, ...], list[Option]] = defaultdict(list)
    for option in options:
        slots[option.slot].append(option)
    kept: list[Option] = []
    for slot in slots.values():
        best = max(slot, key=lambda o: o.chance)
        kept += [o for o in slot if o is best or o.chance >= sure or o.link.value == best.link.value]
    return kept


def entries_by_mention(mentions: Sequence[Mention], entries: Sequence[Mapping[str, Any]]) -> Sequence[Entry]:
    """The network's entries, or those of one that says nothing."""
    if len(entries) == len(mentions):
        return entries
    silent = {
        "metrics": [("", 1.0)],
        "none": 0.5,
        "name": [-1, -1],
        "named": 0.0,
        "applicant": ("", 0.0),
        "year": ("same", 0.0),
        "running": 0.0,
        "part": 0.0,
    }
    return [silent] * len(mentions)
