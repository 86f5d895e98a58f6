"""The regex seeds: rules that look at one number's surroundings and name a metric (configs/prose/rules.yaml)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nianbao.catalogue.concepts import Concepts
from nianbao.catalogue.files import LINE, ConfigError, ConfigFiles, known_keys
from nianbao.catalogue.metrics import Registry

RULES = "prose/rules.yaml"

Groups = tuple[frozenset[str], ...]

RULE_KEYS = {
    "near": "concept groups that must all stand in the number's own stretch (A|B: either)",
    "ctx": "groups that must stand in the stretch, its sentence, its paragraph or its headings",
    "not": "concepts that must not stand in the stretch",
    "notctx": "concepts that must not stand in the sentence before the number",
    "earlier": "one of these must stand in the clauses since the number before",
    "topic": "the nearest concept of a topic group, looking back, must be this one; with ? it may be missing",
    "disclosure_topic": "the sentence or its headings must speak of disclosure",
    "general": "text: no words may narrow the count to a field; all: no heading either",
    "also": "further metrics of the same number",
    "first": "only while the document has given no such number yet",
    "since": "first report year that the rule holds for",
    "until": "last report year that the rule holds for",
    "zero": "for stated zeros only",
    "counted": "for numbers only",
    "unit": "a class of measure words, or a list of them",
    "weight": "added to the rule's specificity (groups in near 1, in ctx 0.5)",
    "conf": "confidence of a fact that this rule alone names",
}
"""Every key that a rule may have, and what it says."""


@dataclass(slots=True, frozen=True)
class Rule:
    """One labelling function. `name` is metric/number; the other fields are those of `RULE_KEYS`."""

    name: str
    metric: str
    near: Groups
    ctx: Groups
    excluded: frozenset[str]
    excluded_before: frozenset[str]
    units: frozenset[str]
    topic: tuple[str, str] | None
    earlier: frozenset[str]
    general: str
    disclosure_topic: bool
    specificity: float
    confidence: float
    topic_optional: bool = False
    also: tuple[str, ...] = ()
    since: int = 0
    until: int = 9999
    zero: bool = False
    first: bool = False
    counted: bool = False


@dataclass(slots=True, frozen=True)
class RuleBook:
    """`rules`: in the file's order. `topics`: topic group -> its concepts."""

    rules: tuple[Rule, ...]
    topics: Mapping[str, frozenset[str]]


def read_rules(files: ConfigFiles, concepts: Concepts, metrics: Registry) -> RuleBook:
    """The rules, checked against the concepts and the registry.

    Raises:
        ConfigError: an unknown concept, metric, class of measure words or key. Names file and line.
    """
    place, data = files.place(RULES), files.lined_yaml(RULES)
    known_keys(place, data, {"units", "topics", "rules"}, "the file")
    units = {name: frozenset(words) for name, words in data["units"].items() if name != LINE}
    topics = {name: frozenset(members) for name, members in data["topics"].items() if name != LINE}
    known = frozenset(concepts.wordings)
    for name, members in topics.items():
        if members - known:
            raise ConfigError(
                place, data["topics"][LINE], f"topic group {name}: {_first(members - known)} is no concept"
            )
    rules = []
    for metric, entries in data["rules"].items():
        if metric == LINE:
            continue
        if metric not in metrics:
            raise ConfigError(place, entries[0][LINE], f"rules for {metric!r}, which is no metric of the registry")
        for number, entry in enumerate(entries, 1):
            name = f"{metric}/{number}"
            known_keys(place, entry, set(RULE_KEYS), f"rule {name}")
            try:
                rule = _build(name, metric, entry, units, topics)
            except (KeyError, TypeError, ValueError) as error:
                raise ConfigError(place, entry[LINE], f"rule {name}: {error}") from error
            named = frozenset().union(*rule.near, *rule.ctx, rule.excluded, rule.excluded_before, rule.earlier)
            if named - known:
                raise ConfigError(place, entry[LINE], f"rule {name} names the unknown concept {_first(named - known)}")
            if unknown := [also for also in rule.also if also not in metrics]:
                raise ConfigError(place, entry[LINE], f"rule {name} names the unknown metric {unknown[0]!r}")
            rules.append(rule)
    return RuleBook(tuple(rules), topics)


def _first(names: frozenset[str]) -> str:
    return repr(min(names))


def _flat(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [name for item in value or [] for name in _flat(item)]


def _groups(value: Any) -> Groups:
    return tuple(frozenset(item.split("|")) for item in _flat(value))


def _build(
    name: str, metric: str, raw: dict[str, Any], units: dict[str, frozenset[str]], topics: dict[str, frozenset[str]]
) -> Rule:
    near, ctx = _groups(raw["near"]), _groups(raw.get("ctx"))
    topic = raw.get("topic")
    optional = topic is not None and topic.endswith("?")
    topic = topic.rstrip("?") if topic else None
    home = next((group for group, members in topics.items() if topic in members), None)
    if topic is not None and home is None:
        raise ValueError(f"topic {topic!r} stands in no topic group")
    if raw.get("general", "") not in ("", "text", "all"):
        raise ValueError(f"general must be text or all, not {raw['general']!r}")
    if isinstance(raw["unit"], str) and raw["unit"] not in units:
        raise ValueError(f"{raw['unit']!r} is no class of measure words")
    return Rule(
        name=name,
        metric=metric,
        near=near,
        ctx=ctx,
        excluded=frozenset(_flat(raw.get("not"))),
        excluded_before=frozenset(_flat(raw.get("notctx"))),
        units=frozenset(raw["unit"]) if isinstance(raw["unit"], list) else units[raw["unit"]],
        topic=(home, topic) if topic is not None and home is not None else None,
        earlier=frozenset(_flat(raw.get("earlier"))),
        general=str(raw.get("general", "")),
        disclosure_topic=bool(raw.get("disclosure_topic")),
        specificity=len(near) + 0.5 * len(ctx) + float(raw.get("weight", 0)),
        confidence=float(raw.get("conf", 0.92)),
        topic_optional=optional,
        also=tuple(raw.get("also", ())),
        since=int(raw.get("since", 0)),
        until=int(raw.get("until", 9999)),
        zero=bool(raw.get("zero")),
        first=bool(raw.get("first")),
        counted=bool(raw.get("counted")),
    )
