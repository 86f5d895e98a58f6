"""The productions: read from configs/simulate, given ids, divided into those to train on and those held out.

The division is fixed by the data alone. In every group (the sentences of a step, the names of a metric, a kind of
frame, the synonyms of a word, an entry of the lexicon that is listed under `held`) the productions are ordered by the
SHA-256 of their ids, and the first quarter is held out: at least one where the group has three, none where it has
fewer. An id is the group and eight hexadecimal digits of the SHA-1 of the production's text, so it changes when the
text does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from nianbao.language.numeral import are_digits
from nianbao.simulate.data import load, productions_files
from nianbao.simulate.template import FILLED, Ref, Template, parse, resolve

Split = Literal["all", "train", "held_out"]
SPLITS: tuple[Split, ...] = ("all", "train", "held_out")
HELD_SHARE = 4
"""One production in so many is held out."""

Condition = tuple[Ref | int, str, Ref | int]


@dataclass(slots=True, frozen=True)
class Production:
    """One way of saying something.

    `regimes` and `kinds` (of agency) say where it fits, everywhere if empty; `after` which metrics must have been
    said before; `heading` is a heading that it brings along.
    """

    id: str
    template: Template
    when: tuple[Condition, ...] = ()
    regimes: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    weight: float = 1.0
    after: tuple[str, ...] = ()
    heading: Template | None = None


@dataclass(slots=True, frozen=True)
class ListSpec:
    """Metrics that are listed together. `whole` is what they sum to."""

    refs: tuple[Ref, ...]
    whole: Ref | None
    leads: tuple[Template, ...]


@dataclass(slots=True)
class GrammarStep:
    """A place in a topic's order where one thing is said, or not."""

    name: str
    metric: str | None
    chance: float
    regimes: frozenset[str]
    needs: tuple[str, ...]
    productions: list[Production] = field(default_factory=list)
    listed: ListSpec | None = None


@dataclass(slots=True)
class Pool:
    """The productions that one split may use, ready to draw from."""

    split: Split
    topics: dict[str, list[GrammarStep]]
    frames: dict[str, list[Production]]
    names: dict[str, dict[str, list[Production]]]
    lexicon: dict[str, list[Production]]
    plain: dict[str, list[Production]]
    synonyms: dict[str, list[Production]]

    def ids(self) -> set[str]:
        """The ids of every production in the pool."""
        groups: list[Iterable[Production]] = [*self.frames.values(), *self.lexicon.values(), *self.plain.values()]
        groups += [step.productions for steps in self.topics.values() for step in steps]
        groups += [names for kinds in self.names.values() for names in kinds.values()]
        groups += self.synonyms.values()
        return {production.id for group in groups for production in group}


def production_id(group: str, text: str) -> str:
    """ "requests.received:1a2b3c4d": stable while the text stands."""
    return f"{group}:{hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()[:8]}"


def held_out(ids: Collection[str]) -> set[str]:
    """The quarter of a group's ids that is held out from training."""
    if len(ids) < 3:
        return set()
    ordered = sorted(ids, key=lambda one: hashlib.sha256(one.encode()).hexdigest())
    return set(ordered[: max(1, len(ids) // HELD_SHARE)])


@cache
def pool(split: Split = "all", hold_out: frozenset[str] = frozenset(), only: frozenset[str] = frozenset()) -> Pool:
    """The productions of a split.

    Args:
        split: "train" lacks the held-out quarter; "held_out" has its sentences and frames alone, while names and
            words come from both; "all" has everything.
        hold_out: ids that are left out besides.
        only: if given, the sentences that bear facts are these alone.

    Raises:
        ValueError: a production cannot be parsed, or the split is unknown.
    """
    if split not in SPLITS:
        raise ValueError(f"unknown split {split!r}; it must be one of {', '.join(SPLITS)}")
    chooser = _Chooser(split, hold_out, only)
    topics = {}
    for name in productions_files():
        data = load(name)
        topics[data["topic"]] = [_step(entry, data, chooser) for entry in data["steps"]]
    return Pool(
        split=split,
        topics=topics,
        frames={
            kind: chooser.sentences(_all(f"frame.{kind}", texts, filled=True))
            for kind, texts in _frames(load("frames")).items()
        },
        names={metric: _names(metric, entry, chooser) for metric, entry in _named().items()},
        lexicon=_lexicon(chooser),
        plain={kind: chooser.sentences(_all(kind, texts)) for kind, texts in _plain().items()},
        synonyms=_synonyms(chooser),
    )


class _Chooser:
    def __init__(self, split: Split, hold_out: frozenset[str], only: frozenset[str]) -> None:
        self.split, self.hold_out, self.only = split, hold_out, only

    def _kept(self, productions: list[Production]) -> list[Production]:
        return [production for production in productions if production.id not in self.hold_out]

    def sentences(self, productions: list[Production]) -> list[Production]:
        held = held_out([production.id for production in productions])
        if self.split == "train":
            productions = [production for production in productions if production.id not in held]
        elif self.split == "held_out":
            productions = [production for production in productions if production.id in held] or productions
        return self._kept(productions)

    def facts(self, productions: list[Production]) -> list[Production]:
        held = held_out([production.id for production in productions])
        if self.split != "all":
            productions = [p for p in productions if (p.id in held) == (self.split == "held_out")]
        if self.only:
            productions = [production for production in productions if production.id in self.only]
        return self._kept(productions)

    def words(self, productions: list[Production]) -> list[Production]:
        if self.split == "train":
            held = held_out([production.id for production in productions])
            productions = [production for production in productions if production.id not in held]
        return self._kept(productions)


def _frames(data: Mapping[str, Any]) -> dict[str, list[str]]:
    flat = {kind: texts for kind, texts in data.items() if kind != "items"}
    return flat | {f"items.{kind}": texts for kind, texts in data["items"].items()}


def _plain() -> dict[str, list[Any]]:
    """Sentences that bear no facts: the fillers of reports, and the parts of documents that are no reports."""
    groups = {**load("fillers"), **load("distractors")}
    for kind, spec in load("negatives").items():
        groups |= {f"negative.{kind}.{index}": part["s"] for index, part in enumerate(spec["parts"])}
    return groups


def _all(group: str, entries: Iterable[str | Mapping[str, Any]], filled: bool = False) -> list[Production]:
    """The productions of a group; what stands in it twice counts once."""
    unique = {entry["t"]: entry for entry in (one if isinstance(one, Mapping) else {"t": one} for one in entries)}
    return [
        Production(
            production_id(group, text),
            parse(text, FILLED if filled else None),
            regimes=frozenset(entry.get("regimes", ())),
            kinds=frozenset(entry.get("kinds", ())),
        )
        for text, entry in unique.items()
    ]


def _named() -> dict[str, Any]:
    return {metric: entry for metric, entry in load("names").items() if metric != "applicants"}


def _names(metric: str, entry: Mapping[str, Any], chooser: _Chooser) -> dict[str, list[Production]]:
    full = _all(f"name.{metric}", entry["full"])
    short = _all(f"name.{metric}", entry.get("short", entry["full"]))
    return {"full": chooser.words(full), "short": chooser.words(short)}


def _lexicon(chooser: _Chooser) -> dict[str, list[Production]]:
    data = load("lexicon")
    entries = {name: texts for name, texts in data.items() if name not in ("held", "ranges")}
    held = frozenset(data["held"])
    result = {}
    for name, texts in entries.items():
        words = chooser.words(_all(f"word.{name}", texts)) if name in held else _all(f"word.{name}", texts)
        # A text that stands twice in the lexicon is drawn twice as often.
        result[name] = [word for word in words for _ in range(texts.count(word.template.source))]
    return result


def _synonyms(chooser: _Chooser) -> dict[str, list[Production]]:
    """What may stand in a word's place; nothing in that of a word that is to be kept."""
    words = {word: texts for word, texts in load("synonyms").items() if word != "keep"}
    kept: dict[str, list[Production]] = {word: [] for word in load("synonyms")["keep"]}
    return kept | {word: chooser.words(_all(f"synonym.{word}", texts)) for word, texts in words.items()}


def _step(entry: Mapping[str, Any], data: Mapping[str, Any], chooser: _Chooser) -> GrammarStep:
    name, base, ids = entry["step"], data["base"], data["ids"]
    metric = name if name in load("names") else None
    defaults = {"own_heading": entry.get("own_heading")}
    productions = [
        _production(name, defaults | (text if isinstance(text, dict) else {"t": text}), metric, base, ids)
        for text in entry["productions"]
    ]
    spec = entry.get("list")
    listed = None
    if spec:
        listed = ListSpec(
            refs=tuple(resolve(one, None, base, ids) for one in spec["of"]),
            whole=resolve(spec["whole"], None, base, ids) if "whole" in spec else None,
            leads=tuple(parse(lead) for lead in spec["leads"]),
        )
    return GrammarStep(
        name=name,
        metric=metric,
        chance=entry["chance"],
        regimes=frozenset(entry.get("regimes", ())),
        needs=tuple(entry.get("needs", ())),
        productions=chooser.facts(productions),
        listed=listed,
    )


def _production(
    group: str, entry: Mapping[str, Any], metric: str | None, base: str, ids: Mapping[str, str]
) -> Production:
    heading = entry.get("own_heading")
    return Production(
        id=production_id(group, entry["t"]),
        template=parse(entry["t"], metric, base, ids),
        when=tuple(_condition(text, metric, base, ids) for text in entry.get("when", ())),
        regimes=frozenset(entry.get("regimes", ())),
        kinds=frozenset(entry.get("kinds", ())),
        weight=entry.get("weight", 1.0),
        after=tuple(entry.get("after", ())),
        heading=parse(heading, metric, base, ids) if heading else None,
    )


def _condition(text: str, metric: str | None, base: str, ids: Mapping[str, str]) -> Condition:
    """ "r > r^1", "ci = 0": figures or whole numbers, compared."""
    parts = text.split()
    if len(parts) != 3 or parts[1] not in ("=", "<", ">"):
        raise ValueError(f"not a condition: {text!r}; write `figure = figure`, with =, < or >")
    left, right = (int(side) if are_digits(side) else resolve(side, metric, base, ids) for side in (parts[0], parts[2]))
    return left, parts[1], right
