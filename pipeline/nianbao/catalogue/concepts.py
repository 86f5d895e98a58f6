"""Concepts: what prose speaks of, in which words, and what each does in a clause (configs/prose/concepts.yaml)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from nianbao.catalogue.files import LINE, ConfigError, ConfigFiles, known_keys
from nianbao.schema import APPLICANTS

CONCEPTS, CONFUSABLES = "prose/concepts.yaml", "prose/confusables.yaml"


@dataclass(frozen=True, slots=True)
class ConceptRoles:
    """What code may ask of a concept: for each role the names of the concepts that have it.

    deniable: names a metric by itself, so that a zero can be said of it. result: how a case ended. anybody: in a
    denial it stands for everybody and names nothing. channel: by which a request came. grounded: its grounds may
    follow in brackets; ground: one of these. act: what an agency does to requests. neutral: says where or what all
    is counted, so that it narrows nothing. predicate: lets a clause say something of its own after 均 or 全部.
    taken_up: what 均 can speak of. other_business: of the agency; foreign: only a rule that knows it may pass over
    it. asker: who asks. silent: names no metric in a series of numbers. own_cause: its requests and acts are only
    its cause; circumstance: such a request or act. charge: of money. outlet: by which information is
    published; newly: says that a number came on top; publishing: what is done with information. review, litigation,
    kind_of_suit, all, request, citizen, legal_person, remainder, other, disclosure, followers, category, carried_in,
    carried_out: that one thing.
    """

    deniable: frozenset[str]
    result: frozenset[str]
    anybody: frozenset[str]
    channel: frozenset[str]
    grounded: frozenset[str]
    ground: frozenset[str]
    act: frozenset[str]
    neutral: frozenset[str]
    predicate: frozenset[str]
    taken_up: frozenset[str]
    other_business: frozenset[str]
    foreign: frozenset[str]
    asker: frozenset[str]
    silent: frozenset[str]
    own_cause: frozenset[str]
    circumstance: frozenset[str]
    charge: frozenset[str]
    review: frozenset[str]
    litigation: frozenset[str]
    kind_of_suit: frozenset[str]
    all: frozenset[str]
    request: frozenset[str]
    citizen: frozenset[str]
    legal_person: frozenset[str]
    remainder: frozenset[str]
    other: frozenset[str]
    disclosure: frozenset[str]
    followers: frozenset[str]
    category: frozenset[str]
    carried_in: frozenset[str]
    carried_out: frozenset[str]
    outlet: frozenset[str]
    newly: frozenset[str]
    publishing: frozenset[str]

    def one(self, role: str) -> str:
        """The only concept with a role.

        Raises:
            ValueError: none has it, or several have.
        """
        (name,) = getattr(self, role)
        return str(name)


_SINGLE = ("all", "request", "review", "litigation", "followers", "carried_in", "carried_out", "disclosure")


@dataclass(frozen=True, slots=True)
class Concepts:
    """All concepts.

    `wordings`: concept -> wordings in the notation of `nianbao.prose.lexicon.expand`, in the file's order. `roles`:
    what they do. `applicants`: concept -> the applicant that it names. `confusables`: a character -> those that
    scans and typing put in its place.
    """

    wordings: Mapping[str, tuple[str, ...]]
    roles: ConceptRoles
    applicants: Mapping[str, str]
    confusables: Mapping[str, str]


def read_concepts(files: ConfigFiles) -> Concepts:
    """Reads and validates concepts and confusable characters.

    Raises:
        ConfigError: an entry that is no list of wordings, an unknown role or applicant. Names file and line.
    """
    place, data = files.place(CONCEPTS), files.lined_yaml(CONCEPTS)
    known = {field.name for field in fields(ConceptRoles)}
    wordings: dict[str, tuple[str, ...]] = {}
    roles: dict[str, set[str]] = {role: set() for role in known}
    applicants: dict[str, str] = {}
    for name, entry in data.items():
        if name == LINE:
            continue
        line, words = data[LINE], entry
        if isinstance(entry, dict):
            line, words = entry[LINE], entry.get("words")
            known_keys(place, entry, {"is", "applicant", "words"}, f"concept {name}")
            for role in entry.get("is", ()):
                if role not in known:
                    raise ConfigError(place, line, f"concept {name} has an unknown role {role!r}: see ConceptRoles")
                roles[role].add(name)
            if "applicant" in entry:
                if entry["applicant"] not in APPLICANTS:
                    raise ConfigError(place, line, f"concept {name} names no applicant: {entry['applicant']!r}")
                applicants[name] = entry["applicant"]
        if not isinstance(words, list) or not all(isinstance(word, str) and word for word in words):
            raise ConfigError(place, line, f"concept {name!r} wants a list of wordings")
        wordings[name] = tuple(words)
    for role in _SINGLE:
        if len(roles[role]) != 1:
            raise ConfigError(place, 1, f"one concept must have the role {role}, not {sorted(roles[role])}")
    named = ConceptRoles(**{role: frozenset(names) for role, names in roles.items()})
    return Concepts(wordings, named, applicants, _confusables(files))


def _confusables(files: ConfigFiles) -> dict[str, str]:
    data: dict[str, Any] = files.yaml(CONFUSABLES)
    for right, others in data.items():
        if len(str(right)) != 1 or not isinstance(others, str):
            raise ConfigError(
                files.place(CONFUSABLES), 1, f"{right!r} must be one character with those seen in its place"
            )
    return data
