"""The metrics that a number could count, and what speaks for each: the rules' votes, the network's shares, the rest of
the document.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import log, log1p
from typing import Any

from nianbao.prose.decision.slots import ALONE, SlotOptions
from nianbao.prose.linking import Link, Linker
from nianbao.prose.mention import Mention
from nianbao.prose.network.labels import NONE, YEARS
from nianbao.prose.rules import Verdict

Entry = Mapping[str, Any]
"""What the network says of a mention (see `nianbao.pipes.number_linker`)."""

Tables = Mapping[tuple[Any, ...], frozenset[float]]
"""(metric, applicant or "total", year) → the values that the document's tables give it."""

_EXCLUSIONS = (
    "difference",
    "running_total",
    "rate",
    "no_unit",
    "organisations",
    "broken",
    "plan",
    "superlative",
    "unrelated",
)
_KINDS = ("count", "money", "zero", "maybe_zero", "all", "done")
_FAMILIES = ("disclosure", "requests", "outcomes", "reviews", "litigation", "response", "capacity", "training")
FEATURES: tuple[str, ...] = (
    "rules",
    "silent",
    "against",
    "share",
    "none",
    "rival",
    "top",
    "top_none",
    "named",
    "running",
    "part",
    "year_differs",
    "year_agrees",
    "applicant_agrees",
    "rule_confidence",
    "runner_up",
    "is_runner_up",
    "window",
    "inherited",
    "unit_known",
    "unit_none",
    "special",
    "special_heading",
    "among",
    "nested",
    "scope",
    "sums",
    "other_value",
    "other_value_rules",
    "same_value",
    "in_slot_before",
    "told_in_sentence",
    "length",
    "table_same",
    "disclosure_sentence",
    "disclosure_paragraph",
    "disclosure_heading",
    "numbers",
    "ruled_sentence",
    "ruled_paragraph",
    "none_sentence",
    "none_paragraph",
    *(f"excluded_{name}" for name in _EXCLUSIONS),
    *(f"kind_{kind}" for kind in _KINDS),
    *(f"family_{family}" for family in _FAMILIES),
)
_LEAST = 1e-3
# A metric that the network gives less is no option.
_WORTH = 0.02
# What agencies do in every field: where words narrow it to another field, only a rule may say that it is ours.
_OF_EVERY_FIELD = ("training.",)
# Totals of several years, of which rules say what they count, and figures that are no count at all.
_RULES_ALONE = ("running_total", "beside_own", "broken", "rate")
_OFFSETS = {"same": 0, "before": -1, "two_before": -2}


@dataclass(slots=True)
class Option:
    """One metric for one mention. `link`: the rules' link, or one made of what the network says; `rules`: whose it is;
    `features`: in the order of FEATURES; `held`: rules give its slot to another mention, or the tables give it another
    value; `chance`: that it is right, once decided."""

    mention: int
    link: Link
    rules: bool
    features: list[float] = field(default_factory=list)
    held: bool = False
    chance: float = 0.0

    @property
    def slot(self) -> tuple[Any, ...]:
        """What should have one value in a document."""
        link = self.link
        return link.metric, link.applicant or "total", link.year, link.scope


def _odds(share: float) -> float:
    return log((share + _LEAST) / (1 - share + _LEAST))


@lru_cache(maxsize=1024)
def _families(metric: str) -> tuple[bool, ...]:
    return tuple(metric.startswith(family) for family in _FAMILIES)


class _Around:
    """What rules and network make of the other numbers of a mention's sentence and paragraph."""

    def __init__(self, mentions: Sequence[Mention], options: Sequence[Option], entries: Sequence[Entry]) -> None:
        ruled = {option.mention for option in options if option.rules}
        self._numbers = log1p(len(mentions))
        self._own = [(number in ruled, entry["none"]) for number, entry in enumerate(entries)]
        self._groups = [(m.sentence, m.paragraph) for m in mentions]
        self._sums: tuple[dict[int, list[float]], ...] = ({}, {})
        for groups, own in zip(self._groups, self._own, strict=True):
            for sums, group in zip(self._sums, groups, strict=True):
                known = sums.setdefault(group, [0.0, 0.0, 0.0])
                sums[group] = [known[0] + 1, known[1] + own[0], known[2] + own[1]]

    def look(self, number: int) -> list[float]:
        """How many numbers the document has; of the others of sentence and paragraph the share that the rules link,
        then the mean share of none."""
        own = self._own[number]
        ruled, none = [], []
        for sums, group in zip(self._sums, self._groups[number], strict=True):
            count, linked, nothing = sums[group]
            ruled.append((linked - own[0]) / (count - 1) if count > 1 else -1.0)
            none.append((nothing - own[1]) / (count - 1) if count > 1 else -1.0)
        return [self._numbers, *ruled, *none]


@dataclass(slots=True)
class _Seen:
    """What is known of a document's mentions, by their numbers, when their options are looked at.

    `spoken`: whether the rules name a metric; `given`: the network's shares. `slots` and `told` gather the options.
    """

    verdicts: Sequence[tuple[Verdict, int]]
    entries: Sequence[Entry]
    tables: Tables
    around: _Around
    spoken: Sequence[bool]
    given: Sequence[Mapping[str, float]]
    ours: Sequence[tuple[bool, bool, bool]]
    kinds: Sequence[Sequence[float]]
    slots: dict[tuple[Any, ...], list[Option]] = field(default_factory=lambda: defaultdict(list))
    told: dict[int, set[str | None]] = field(default_factory=lambda: defaultdict(set))


def _kinds(mention: Mention) -> list[float]:
    return [
        *(float(mention.exclusion == name) for name in _EXCLUSIONS),
        *(float(mention.kind == kind) for kind in _KINDS),
    ]


class Options:
    """Makes the options of a document's mentions.

    Args:
        linker: the rules, for the measure words that they know of each metric and whom the words near a mention name.
        known: ids that may be given.
    """

    def __init__(self, linker: Linker, known: frozenset[str]) -> None:
        self.units: dict[str, frozenset[str]] = {}
        for rule in linker.rules.rules:
            self.units[rule.metric] = self.units.get(rule.metric, frozenset()) | rule.units
        self.by_applicant, self.known, self.applicant = linker.by_applicant, known, linker.applicant
        self._table = linker.table
        self._ours = linker.roles.disclosure | linker.roles.request

    def ours(self, mention: Mention) -> bool:
        """Whether the mention's sentence speaks of disclosure or requests."""
        return not self._ours.isdisjoint(mention.in_sentence)

    def _around_ours(self, mention: Mention) -> tuple[bool, bool, bool]:
        """Whether sentence, paragraph and headings speak of disclosure or requests."""
        apart = self._ours.isdisjoint
        return (
            not apart(mention.in_sentence),
            not apart(mention.in_paragraph),
            any(not apart(names) for names in mention.headings),
        )

    def make(
        self,
        mentions: Sequence[Mention],
        verdicts: Sequence[tuple[Verdict, int]],
        links: Mapping[int, list[Link]],
        entries: Sequence[Entry],
        tables: Tables,
    ) -> list[Option]:
        """The options of all mentions, in their order.

        Args:
            verdicts: what the rules say of each mention alone. links: the rules' links of each, by its id.
            entries: what the network says of each. tables: what the document's tables say.
        """
        found: list[Option] = []
        for number, (mention, entry) in enumerate(zip(mentions, entries, strict=True)):
            ruled = [link for link in links.get(id(mention), ()) if link.metric in self.known]
            found += [Option(number, link, True) for link in ruled]
            said = {link.metric for link in ruled}
            metric, share = next(((m, s) for m, s in entry["metrics"] if m != NONE), (NONE, 0.0))
            if metric in self.known and metric not in said and share >= _WORTH:
                link = self._of_network(mention, links.get(id(mention), ()), metric, share, entry, found)
                if link is not None:
                    found.append(Option(number, link, False))
        self._look(found, mentions, verdicts, links, entries, tables)
        return found

    def _of_network(
        self,
        mention: Mention,
        ruled: Sequence[Link],
        metric: str,
        share: float,
        entry: Entry,
        before: Sequence[Option],
    ) -> Link | None:
        if mention.special and metric.startswith(_OF_EVERY_FIELD):
            return None
        if (mention.joint and metric in self._table.one_outlet) or self._is_barred(mention, metric):
            return None
        if mention.exclusion in _RULES_ALONE or any(link.exclusion in _RULES_ALONE for link in ruled):
            return None
        value, year, scope = mention.value, mention.year, mention.scope
        if ruled:
            year, scope = ruled[0].year, ruled[0].scope
        if mention.kind in ("all", "done"):
            source = next(
                (o.link for o in reversed(before) if o.link.mention.kind == "count" and o.link.scope is None),
                None,
            )
            if source is None or source.mention.paragraph != mention.paragraph or not source.value:
                return None
            if mention.sentence - source.mention.sentence > 1:
                return None
            value, year = source.value, source.year
        words = mention.kind not in ("count", "money")
        applicant = None
        if metric in self.by_applicant:
            applicant = self.applicant(mention) or "total"
            told, sure = entry["applicant"]
            if applicant == "total" and told and sure > 0.7:
                applicant = told
        offset = _OFFSETS.get(entry["year"][0])
        if offset is not None and mention.report_year is not None and not words and entry["year"][1] > 0.8:
            year = mention.report_year + offset
        return Link(
            mention=mention,
            metric=metric,
            applicant=applicant,
            value=value,
            status="stated" if words else "ambiguous" if mention.readings else "reported",
            confidence=share,
            rule="network",
            runner_up=None,
            name=tuple(entry["name"]) if entry["name"] else None,
            year=year,
            scope=scope,
        )

    def _is_barred(self, mention: Mention, metric: str) -> bool:
        """微信平台推文570篇,总点击量达66万: no visits of the website."""
        barred = self._table.never.get(metric)
        return barred is not None and not barred.isdisjoint({*mention.candidates[0], *mention.topics[0].values()})

    def _look(
        self,
        options: list[Option],
        mentions: Sequence[Mention],
        verdicts: Sequence[tuple[Verdict, int]],
        links: Mapping[int, list[Link]],
        entries: Sequence[Entry],
        tables: Tables,
    ) -> None:
        seen = _Seen(
            verdicts,
            entries,
            tables,
            _Around(mentions, options, entries),
            spoken=[any(link.metric for link in links.get(id(mention), ())) for mention in mentions],
            given=[dict(entry["metrics"]) for entry in entries],
            ours=[self._around_ours(mention) for mention in mentions],
            kinds=[_kinds(mention) for mention in mentions],
        )
        for option in options:
            seen.slots[option.slot].append(option)
            if option.rules:
                seen.told[option.link.mention.sentence].add(option.link.metric)
        slots = {
            slot: SlotOptions(
                (o.mention, o.link.value, o.rules, seen.given[o.mention].get(o.link.metric or NONE, 0.0)) for o in own
            )
            for slot, own in seen.slots.items()
            if len(own) > 1
        }
        for option in options:
            self._look_at(option, seen, slots.get(option.slot))

    def _look_at(self, option: Option, seen: _Seen, slot: SlotOptions | None) -> None:
        mention, metric = option.link.mention, option.link.metric or NONE
        entry, shares = seen.entries[option.mention], seen.given[option.mention]
        share = shares.get(metric, 0.0)
        rival = max((s for m, s in shares.items() if m not in (metric, NONE)), default=0.0)
        verdict, window = seen.verdicts[option.mention]
        ruled = seen.spoken[option.mention]
        rivals = slot.rivals(option.mention, option.link.value) if slot else ALONE
        in_table = seen.tables.get(option.slot[:3], frozenset()) if option.link.scope is None else frozenset()
        year = YEARS.index(entry["year"][0])
        year_told, report_year = option.link.year, mention.report_year
        offset = 0 if year_told is None or report_year is None else report_year - year_told
        asked = self.applicant(mention) or "total" if metric in self.by_applicant else ""
        option.held = rivals.ruled or (bool(in_table) and option.link.value not in in_table)
        option.features = [
            option.rules,
            not ruled,
            not option.rules and ruled,
            _odds(share),
            _odds(entry["none"]),
            _odds(rival),
            entry["metrics"][0][0] == metric,
            entry["metrics"][0][0] == NONE,
            entry["named"],
            entry["running"],
            entry["part"],
            offset != 0,
            (year == offset if 0 <= offset < 3 else year == 3) * entry["year"][1],
            (entry["applicant"][0] == asked) * entry["applicant"][1],
            verdict.confidence if option.rules else 0.0,
            verdict.runner_up is not None,
            verdict.runner_up == metric,
            min(window, 3),
            option.rules and verdict.metric != metric,
            mention.unit in self.units.get(metric, frozenset()),
            mention.unit == "",
            mention.special,
            mention.special_heading,
            mention.among,
            mention.nested or mention.opener == "(",
            option.link.scope is not None,
            mention.sums,
            rivals.best,
            rivals.others_ruled,
            rivals.same,
            rivals.before,
            not option.rules and metric in seen.told[mention.sentence],
            min(mention.end - mention.start, 20) / 20,
            # That a table contradicts the prose is for the reader to see: no reason to hide what the rules found.
            not option.rules and option.link.value in in_table,
            *seen.ours[option.mention],
            *seen.around.look(option.mention),
            *seen.kinds[option.mention],
            *_families(metric),
        ]
