"""What clauses are read by: word lists, patterns and how numbers refer to each other (configs/prose/)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nianbao.catalogue.files import LINE, ConfigError, ConfigFiles, known_keys
from nianbao.catalogue.metrics import Registry
from nianbao.catalogue.patterns import compile_all, lazy

CONTEXT, PATTERNS, LINKS = "prose/context.yaml", "prose/patterns.yaml", "prose/links.yaml"
_MAPPINGS = {"sums", "recent_years"}
_LIST = re.compile(r"@([a-z_]+)@")


@dataclass(frozen=True, slots=True)
class Antecedents:
    """For metrics whose id begins with one of `of`: what a later 均 can take its number from. `parent`: the id less
    its last part, where it has three, comes first."""

    of: tuple[str, ...]
    sources: tuple[str, ...]
    parent: bool


@dataclass(frozen=True, slots=True)
class LinkTable:
    """configs/prose/links.yaml: how numbers of a paragraph refer to each other, by metric id."""

    all_cases: frozenset[str]
    case_units: frozenset[str]
    antecedents: tuple[Antecedents, ...]
    parts_of_requests: tuple[str, ...]
    items_before: str
    items_change: str
    previous: str
    stocks: tuple[str, ...]
    running: Mapping[str, str]
    one_outlet: frozenset[str]
    follows: Mapping[str, tuple[str, frozenset[str]]]
    categories_of: str
    no_category: tuple[str, ...]
    category_units: frozenset[str]
    pending: str
    of_all: frozenset[str]
    received: str
    carried_in: str
    never: Mapping[str, frozenset[str]]

    def sources(self, metric: str) -> tuple[str, ...]:
        """The totals that a later 均 can speak of, for a metric that it names."""
        for entry in self.antecedents:
            if metric.startswith(entry.of):
                parent = (metric.rpartition(".")[0],) if entry.parent and metric.count(".") == 2 else ()
                return (*parent, *entry.sources)
        return ()


@dataclass(frozen=True, slots=True)
class ClauseWords:
    """`lists`: word lists by name. `patterns`: compiled, by name. `sums`: whole -> the metrics of its parts.
    `recent_years`: phrase -> how many years it means, the report's among them."""

    lists: Mapping[str, tuple[str, ...]]
    patterns: Mapping[str, re.Pattern[str]]
    sums: Mapping[str, tuple[str, ...]]
    recent_years: Mapping[str, int]
    links: LinkTable


def any_of(words: Iterable[str]) -> str:
    """A regular expression for any of the words, longest first."""
    return "(?:" + "|".join(map(re.escape, sorted(set(words), key=len, reverse=True))) + ")"


def read_clauses(files: ConfigFiles, metrics: Registry) -> ClauseWords:
    """Reads and validates word lists, patterns and links.

    Raises:
        ConfigError: a list that is none, an unknown list in a pattern, a pattern that does not compile, an unknown
            metric. Names file and line.
    """
    place, data = files.place(CONTEXT), files.lined_yaml(CONTEXT)
    lists = {}
    for name, entries in data.items():
        if name == LINE or name in _MAPPINGS:
            continue
        if not isinstance(entries, list) or not all(isinstance(word, str) and word for word in entries):
            raise ConfigError(place, data[LINE], f"{name} must be a list of words")
        lists[name] = tuple(entries)
    sums = {whole: tuple(parts) for whole, parts in data["sums"].items() if whole != LINE}
    for metric in (*sums, *(part for parts in sums.values() for part in parts)):
        if metric not in metrics:
            raise ConfigError(place, data["sums"][LINE], f"sums names the unknown metric {metric!r}")
    recent = {str(phrase): int(count) for phrase, count in data["recent_years"].items() if phrase != LINE}
    return ClauseWords(lists, _patterns(files, lists), sums, recent, _links(files, metrics))


def _patterns(files: ConfigFiles, lists: Mapping[str, tuple[str, ...]]) -> dict[str, re.Pattern[str]]:
    place, data = files.place(PATTERNS), files.lined_yaml(PATTERNS)
    found = {}
    for name, pattern in data.items():
        if name == LINE:
            continue
        if not isinstance(pattern, str):
            raise ConfigError(place, data[LINE], f"{name} must be a regular expression in quotes")
        for used in _LIST.findall(pattern):
            if used not in lists:
                raise ConfigError(place, data[LINE], f"{name}: there is no list {used!r} in {CONTEXT}")
        try:
            found[name] = lazy(_LIST.sub(lambda match: any_of(lists[match[1]]), pattern))
            if not files.ships:
                compile_all(found[name])
        except re.error as error:
            raise ConfigError(place, data[LINE], f"{name} is no regular expression: {error}") from error
    return found


def _links(files: ConfigFiles, metrics: Registry) -> LinkTable:
    place, data = files.place(LINKS), files.lined_yaml(LINKS)
    keys = {"all_cases", "case_units", "antecedents", "parts_of_requests", "items_before"}
    keys |= {"stocks", "running", "one_outlet", "follows", "categories", "pending", "of_all", "received", "carried_in"}
    keys |= {"never"}
    known_keys(place, data, keys, "the file")
    antecedents = []
    for entry in data["antecedents"]:
        known_keys(place, entry, {"of", "from", "parent"}, "an antecedent")
        for metric in entry["from"]:
            if metric not in metrics:
                raise ConfigError(place, entry[LINE], f"{metric!r} is no metric of the registry")
        antecedents.append(Antecedents(_stems(entry["of"]), tuple(entry["from"]), bool(entry.get("parent"))))
    running = (name for pair in data["running"].items() if pair[0] != LINE for name in pair)
    never = {metric: frozenset(names) for metric, names in data["never"].items() if metric != LINE}
    for metric in (*data["all_cases"], *data["one_outlet"], *data["of_all"], *running, *never):
        if metric not in metrics:
            raise ConfigError(place, data[LINE], f"{metric!r} is no metric of the registry")
    items = data["items_before"]
    return LinkTable(
        frozenset(data["all_cases"]),
        frozenset(data["case_units"]),
        tuple(antecedents),
        _stems(data["parts_of_requests"]),
        items["suffix"],
        items["change"],
        items["previous"],
        _stems(data["stocks"]),
        {metric: total for metric, total in data["running"].items() if metric != LINE},
        frozenset(data["one_outlet"]),
        _follows(place, data["follows"], metrics),
        data["categories"]["of"],
        _stems(data["categories"]["never"]),
        frozenset(data["categories"]["units"]),
        data["pending"],
        frozenset(data["of_all"]),
        data["received"],
        data["carried_in"],
        never,
    )


def _stems(ids: list[str]) -> tuple[str, ...]:
    return tuple(name.removesuffix("*") for name in ids)


def _follows(place: str, data: Mapping, metrics: Registry) -> dict[str, tuple[str, frozenset[str]]]:
    """Metric -> the metric of a number right behind it, and the measure words that such a number has."""
    found = {}
    for first, entry in data.items():
        if first == LINE:
            continue
        known_keys(place, entry, {"metric", "units"}, "an entry of follows")
        for metric in (first, entry["metric"]):
            if metric not in metrics:
                raise ConfigError(place, entry[LINE], f"{metric!r} is no metric of the registry")
        found[first] = entry["metric"], frozenset(entry["units"])
    return found
