"""The data of configs/sections.yaml, compiled."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from nianbao.catalogue.dates import DateRules, parse_dates
from nianbao.catalogue.files import AskedKeys, ConfigError, ConfigFiles
from nianbao.catalogue.patterns import compile_all, lazy, spelled_out

SECTIONS = "sections.yaml"
_HAN = r"[\u4e00-\u9fff]"
_NUMBERS = {"<c>": "[一二三四五六七八九十壹贰叁肆伍陆柒捌玖拾]", "<plain>": "一二三四五六七八九十"}


def words(items: Iterable[str]) -> str:
    """An alternation of plain words, longest first."""
    return "(?:" + "|".join(re.escape(item) for item in sorted(items, key=len, reverse=True)) + ")"


def either(patterns: Iterable[str]) -> str:
    """An alternation of patterns, in their order.

    Raises:
        ValueError: a pattern is no text (YAML takes one that ends in a colon for a key).
    """
    patterns = list(patterns)
    for pattern in patterns:
        if not isinstance(pattern, str):
            raise ValueError(f"the pattern {pattern!r} is no text; put it in quotes")
    return "(?:" + "|".join(f"(?:{pattern})" for pattern in patterns) + ")"


@dataclass(slots=True, frozen=True)
class HeadingRules:
    """How headings are told: names of sections, words that end a title, words that open a sentence."""

    enumerator: re.Pattern[str]
    lost_enumerator: re.Pattern[str]
    section: re.Pattern[str]
    bare_tails: tuple[str, ...]
    statutory: frozenset[str]
    statutory_start: re.Pattern[str]
    tail: re.Pattern[str]
    tail_weights: dict[str, float]
    connective: re.Pattern[str]
    continuation: re.Pattern[str]
    cue_strong: re.Pattern[str]
    cue: re.Pattern[str]
    cue_weak: re.Pattern[str]
    sentence_start: re.Pattern[str]
    sentence: re.Pattern[str]
    bare_level: int
    annex: re.Pattern[str]
    annex_name: re.Pattern[str]
    contents: re.Pattern[str]
    item_after: frozenset[str]
    item_before: frozenset[str]
    contents_page: re.Pattern[str]
    unfinished: frozenset[str]
    title_ends: tuple[str, ...]
    max_title: int
    max_line_title: int


@dataclass(slots=True, frozen=True)
class TableRules:
    """How rows of forms are told from headings where no table was found."""

    rows: re.Pattern[str]
    groups: frozenset[str]
    header: re.Pattern[str]
    cell: re.Pattern[str]
    trailing_cells: re.Pattern[str]
    count_and_unit: re.Pattern[str]


@dataclass(slots=True, frozen=True)
class IdentityRules:
    """How title, year and period are read."""

    title: re.Pattern[str]
    title_words: re.Pattern[str]
    weak_title: re.Pattern[str]
    before_title: re.Pattern[str]
    headline: re.Pattern[str]
    follows_title: re.Pattern[str]
    header_title: re.Pattern[str]
    not_above_title: re.Pattern[str]
    plan: re.Pattern[str]
    planned: re.Pattern[str]
    compared: frozenset[str]
    up_to: re.Pattern[str]
    published: re.Pattern[str]
    period: re.Pattern[str]
    navigation: re.Pattern[str]
    dates: DateRules


@dataclass(slots=True, frozen=True)
class NameSource:
    """A place where documents name the agency that reports. `weight`: of a vote; `limit`: votes that count for a name.

    `inner`: an office named there belongs to the agency; `office`: an office may be the agency itself; `quoted`: names
    of documents are read as well.
    """

    name: str
    weight: float
    limit: int
    inner: bool
    office: bool
    quoted: bool
    patterns: tuple[re.Pattern[str], ...]


@dataclass(slots=True, frozen=True)
class AgencyRules:
    """What agencies are called and where documents name the one that reports."""

    years: re.Pattern[str]
    edges: str
    kinds: dict[str, str]
    own_kinds: dict[str, tuple[str, ...]]
    own_word: re.Pattern[str]
    suffix: re.Pattern[str]
    office: re.Pattern[str]
    place: re.Pattern[str]
    zone: re.Pattern[str]
    own_name: re.Pattern[str]
    local: re.Pattern[str]
    no_name: re.Pattern[str]
    own_office: re.Pattern[str]
    disclosure_office: re.Pattern[str]
    whole_offices: frozenset[str]
    lead: re.Pattern[str]
    government: str
    government_short: str
    government_spoken: str
    bodies: tuple[str, ...]
    sources: tuple[NameSource, ...]


@dataclass(slots=True, frozen=True)
class LayoutRules:
    """What belongs to a page and not to its text."""

    header: re.Pattern[str]
    divider: re.Pattern[str]
    furniture: re.Pattern[str]
    inline_head: re.Pattern[str]
    inline_token: re.Pattern[str]
    inline_foot: re.Pattern[str]
    note: re.Pattern[str]
    spam_sign: str
    spam: re.Pattern[str]
    bare_note: re.Pattern[str]


@dataclass(slots=True, frozen=True)
class WordRules:
    """What a trained judge of words counts for.

    `shortest`: characters of a text from which it is asked; `centre`: the log odds that say nothing; `weight`: points
    for each above or below; `favour`, `against`: the most points for and against.
    """

    shortest: int
    centre: float
    weight: float
    favour: float
    against: float


@dataclass(slots=True, frozen=True)
class GenreRules:
    """The features of the genre and their points."""

    threshold: float
    undecided: float
    short_text: int
    by_words: WordRules
    weights: dict[str, float]
    limits: dict[str, int]
    patterns: dict[str, re.Pattern[str]]


@dataclass(slots=True, frozen=True)
class Rules:
    """Everything in configs/sections.yaml."""

    variants: dict[str, str]
    headings: HeadingRules
    tables: TableRules
    identity: IdentityRules
    agency: AgencyRules
    layout: LayoutRules
    genre: GenreRules


def read_sections(files: ConfigFiles) -> Rules:
    """Reads and validates sections.yaml.

    Raises:
        ConfigError: a key is missing, a pattern does not compile, a variant moves offsets. Names the file.
    """
    data = AskedKeys(files.lined_yaml(SECTIONS))
    try:
        rules = parse(data)
        if not files.ships:
            compile_all(rules)
    except ConfigError:
        raise
    except re.error as broken:
        problem = f"the pattern {broken.pattern!r} does not compile: {broken}"
        raise ConfigError(files.place(SECTIONS), 1, problem) from broken
    except ValueError as wrong:
        raise ConfigError(files.place(SECTIONS), 1, str(wrong)) from wrong
    data.refuse_others(files.place(SECTIONS))
    return rules


def parse(data: Mapping[str, Any]) -> Rules:
    """The rules that plain data in the form of configs/sections.yaml says.

    Raises:
        ValueError: a key is missing, a variant moves offsets.
    """
    try:
        return Rules(
            _variants(data["variants"]),
            _headings(data["headings"]),
            _tables(data["tables"]),
            _identity(data["identity"]),
            _agency(data["agency"], data["identity"]),
            _layout(data["layout"]),
            _genre(data["genre"]),
        )
    except KeyError as missing:
        raise ValueError(f"the key {missing} is missing") from missing


def _variants(data: Mapping[str, str]) -> dict[str, str]:
    for word, meant in data.items():
        if len(word) != len(meant):
            raise ValueError(f"variants: {word} and {meant} differ in length, which moves offsets")
    return dict(data)


def _headings(data: Mapping[str, Any]) -> HeadingRules:
    ranks = (("tails_weak", 1.5), ("tails", 2.0), ("tails_strong", 3.0))
    weights = {word: weight for rank, weight in ranks for word in data[rank]}
    return HeadingRules(
        enumerator=lazy(spelled_out(data["enumerator_pattern"], _NUMBERS)),
        lost_enumerator=lazy(spelled_out(data["lost_enumerator_pattern"], _NUMBERS)),
        section=lazy(either(data["section_patterns"])),
        bare_tails=tuple(data["bare_tails"]),
        statutory=frozenset(data["statutory"]),
        statutory_start=lazy(words(data["statutory"])),
        tail=lazy(words(weights)),
        tail_weights=weights,
        connective=lazy(words(data["connectives"])),
        continuation=lazy(words(data["continuations"])),
        cue_strong=lazy(either(data["cues_strong_patterns"])),
        cue=lazy(either(data["cues_patterns"])),
        cue_weak=lazy(either(data["cues_weak_patterns"])),
        sentence_start=lazy(either(data["sentence_start_patterns"])),
        sentence=lazy(either(data["sentence_patterns"])),
        bare_level=int(data["bare_level"]),
        annex=lazy(either(data["annex_patterns"])),
        annex_name=lazy(either(data["annex_name_patterns"])),
        contents=lazy(either(data["contents_patterns"])),
        item_after=frozenset(data["item_after"]),
        item_before=frozenset(data["item_before"]),
        contents_page=lazy(either(data["contents_page_patterns"])),
        unfinished=frozenset(data["unfinished"]),
        title_ends=tuple(data["title_ends"]),
        max_title=int(data["max_title"]),
        max_line_title=int(data["max_line_title"]),
    )


def _tables(data: Mapping[str, Any]) -> TableRules:
    cell = rf"{words(data['units'])}|[-+]?\d[\d,.]{{0,20}}%?|[-—/]"
    return TableRules(
        rows=lazy(rf"{words(data['rows'])}(?=[{data['after_rows']}]|$|{words(data['units'])})"),
        groups=frozenset(data["groups"]),
        header=lazy(either(data["header_patterns"])),
        cell=lazy(rf"[|\s]*(?:(?:{cell})[|\s]+)*(?:{cell}|\|)[|\s]*$"),
        count_and_unit=lazy(words(data["count_ends"]) + words(data["units"]) + "$"),
        trailing_cells=lazy(rf"\s+(?:{cell})(?:\s+(?:{cell}))*\s*$"),
    )


def _identity(data: Mapping[str, Any]) -> IdentityRules:
    after = rf"(?:{either(data['after_title_patterns'])})?"
    title_words = either(data["title_words_patterns"])
    return IdentityRules(
        title=lazy(title_words + after),
        title_words=lazy(title_words),
        weak_title=lazy(either(data["weak_title_patterns"])),
        before_title=lazy("^" + either(data["before_title_patterns"])),
        headline=lazy(either(data["headline_patterns"])),
        follows_title=lazy(either(data["follows_title_patterns"])),
        header_title=lazy(either(data["header_title_patterns"])),
        not_above_title=lazy(words(data["not_above_title"])),
        plan=lazy(either(data["plan_patterns"])),
        planned=lazy(either(data["planned_patterns"])),
        compared=frozenset(data["compared"]),
        up_to=lazy(either(data["up_to_patterns"])),
        published=lazy(either(data["published_patterns"])),
        period=lazy(either(data["period_patterns"])),
        navigation=lazy(words(data["navigation"])),
        dates=parse_dates(data["dates"]),
    )


def _agency(data: Mapping[str, Any], identity: Mapping[str, Any]) -> AgencyRules:
    kinds = {suffix: kind for kind, suffixes in data["kinds"].items() for suffix in suffixes}
    named = words([*kinds, *data["places"]])
    macros = {
        "<name>": rf"(?P<name>{_HAN}(?:{_HAN}|\({_HAN}{{2,10}}\)){{1,39}}?)",
        "<agency>": rf"(?P<name>{_HAN}{{1,30}}?{named})",
        "<year>": data["year_pattern"],
        "<report>": either(identity["title_words_patterns"]),
    }
    return AgencyRules(
        years=lazy(data["name_years_pattern"]),
        edges=data["name_edges"],
        kinds=kinds,
        own_kinds={word: tuple(of) for word, of in data["own_kinds"].items()},
        own_word=lazy(either(data["own_word_patterns"])),
        suffix=lazy(words(kinds) + "$"),
        office=lazy(words(data["offices"]) + "$"),
        place=lazy(words(data["places"]) + "$"),
        zone=lazy(words(data["zones"]) + "$"),
        own_name=lazy(either(data["own_name_patterns"])),
        local=lazy(either(data["local_patterns"])),
        no_name=lazy(either(data["no_name_patterns"])),
        own_office=lazy(either(data["own_office_patterns"])),
        disclosure_office=lazy(either(data["disclosure_office_patterns"])),
        whole_offices=frozenset(data["whole_offices"]),
        lead=lazy(either(data["lead_patterns"])),
        government=data["government"],
        government_short=data["government_short"],
        government_spoken=either(data["government_patterns"]),
        bodies=tuple(data["bodies"]),
        sources=tuple(_source(name, source, macros) for name, source in data["sources"].items()),
    )


def _source(name: str, data: Mapping[str, Any], macros: dict[str, str]) -> NameSource:
    patterns = []
    for pattern in data["patterns"]:
        for macro, meant in macros.items():
            pattern = pattern.replace(macro, meant)
        patterns.append(lazy(pattern))
    return NameSource(
        name,
        float(data["weight"]),
        int(data.get("limit", 1)),
        bool(data.get("inner", False)),
        bool(data.get("office", False)),
        bool(data.get("quoted", False)),
        tuple(patterns),
    )


def _layout(data: Mapping[str, Any]) -> LayoutRules:
    keys = words(data["header_keys"])
    return LayoutRules(
        header=lazy(rf"[\s|*\[]*{keys}\s*(?::|\|\s*[^\s|]| +\S{{0,40}}(?:\s|$))"),
        divider=lazy(either(data["divider_patterns"])),
        furniture=lazy(either(data["furniture_patterns"])),
        inline_head=lazy(either(data["inline_head_patterns"])),
        inline_token=lazy(words(data["inline_tokens"])),
        inline_foot=lazy(either(data["inline_foot_patterns"])),
        note=lazy(either(data["note_patterns"])),
        spam_sign=data["spam_sign"],
        spam=lazy(either(data["spam_patterns"])),
        bare_note=lazy(either(data["bare_note_patterns"])),
    )


def _genre(data: Mapping[str, Any]) -> GenreRules:
    keys = [key for key in data if key.endswith("_patterns")]
    patterns = {key.removesuffix("_patterns"): lazy(either(data[key])) for key in keys}
    patterns["article"] = lazy(data["article_pattern"])
    return GenreRules(
        threshold=float(data["threshold"]),
        undecided=float(data["undecided"]),
        short_text=int(data["short_text"]),
        by_words=WordRules(**{one.name: data["by_words"][one.name] for one in fields(WordRules)}),
        weights={key: float(value) for key, value in data["weights"].items()},
        limits={key: int(value) for key, value in data["limits"].items()},
        patterns=patterns,
    )
