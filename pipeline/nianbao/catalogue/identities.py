"""The arithmetic that reports obey (configs/identities.yaml): read and validated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from nianbao.catalogue.files import LINE, ConfigError, known_keys
from nianbao.catalogue.metrics import Registry

_KEYS = {"name", "formula", "forms", "per", "applicants", "relation", "kind", "tolerance", "left", "right"}
_KEYS |= {"solve", "same", "last", "english"}


@dataclass(frozen=True, slots=True)
class Identity:
    """One identity. Terms are metric ids; "X?" need not be given.

    "X.*" is the sum of the metrics below X where any is given, else X itself. `last`: terms of the left side that are
    those of the agency's report for the year before. `english`: the formula for those who read no Chinese.
    """

    name: str
    formula: str
    forms: tuple[str, ...]
    per_applicant: bool
    applicants: tuple[str, ...]
    at_most: bool
    error: bool
    tolerance: float
    left: tuple[str, ...]
    right: tuple[str, ...]
    solve: bool
    same: bool
    last: tuple[str, ...] = ()
    english: str = ""


def parse_identities(path: str, data: Mapping[str, Any], registry: Registry, forms: set[str]) -> tuple[Identity, ...]:
    """Validates the data of the file of identities; the path is for messages alone.

    Raises:
        ConfigError: an unknown key, metric, form, kind or relation, a name used twice. Names file and line.
    """
    found: list[Identity] = []
    names: set[str] = set()
    for entry in data.get("identities") or ():
        line = entry[LINE]
        known_keys(path, entry, _KEYS, f"identity {entry.get('name')}")
        if not entry.get("name") or not entry.get("formula") or entry.get("kind") not in ("error", "warning"):
            raise ConfigError(path, line, "an identity must say name, formula and kind (error or warning)")
        if entry["name"] in names:
            raise ConfigError(path, line, f"identity {entry['name']} stands twice")
        names.add(entry["name"])
        if unknown := set(entry.get("forms", ())) - forms:
            raise ConfigError(path, line, f"unknown form {', '.join(sorted(unknown))}")
        if entry.get("relation", "equal") not in ("equal", "at_most"):
            raise ConfigError(path, line, f"relation {entry['relation']!r} must be equal or at_most")
        for term in (*entry.get("last", ()), *entry.get("left", ()), *entry.get("right", ())):
            if term.removesuffix("?").removesuffix(".*") not in registry:
                raise ConfigError(path, line, f"unknown metric {term!r}")
        found.append(_identity(entry))
    return tuple(found)


def _identity(entry: dict[str, Any]) -> Identity:
    return Identity(
        name=entry["name"],
        formula=entry["formula"],
        forms=tuple(entry.get("forms", ())),
        per_applicant=entry.get("per") == "applicant",
        applicants=tuple(entry.get("applicants", ())),
        at_most=entry.get("relation") == "at_most",
        error=entry["kind"] == "error",
        tolerance=float(entry.get("tolerance", 0)),
        left=tuple(entry.get("left", ())),
        right=tuple(entry.get("right", ())),
        solve=bool(entry.get("solve")),
        same=bool(entry.get("same")),
        last=tuple(entry.get("last", ())),
        english=entry.get("english", ""),
    )


def expand(term: str, given: Set[str]) -> list[str]:
    """The metrics that a term stands for among those `given`: for "X.*" the rows below X, else X itself."""
    term = term.removesuffix("?")
    if not term.endswith(".*"):
        return [term] if term in given else []
    below = sorted(metric for metric in given if metric.startswith(term[:-1]))
    whole = term[:-2]
    return below or ([whole] if whole in given else [])


def expand_side(terms: Sequence[str], given: Set[str]) -> list[list[str]] | None:
    """The metrics of each term of a side that is given; None where one that must be is not."""
    sides = []
    for term in terms:
        found = expand(term, given)
        if found:
            sides.append(found)
        elif not term.endswith("?"):
            return None
    return sides
