"""Names of agencies: what is one, of which kind, how complete, and which names mean the same agency."""

from __future__ import annotations

import re

from nianbao.catalogue.sections import AgencyRules

_NAME = re.compile(r"[\u4e00-\u9fff()]{2,40}")
_BRACKETS = re.compile(r"\([^()]*\)")
_CUT_BRACKET = re.compile(r"\([^()]*$|^[^()]*\)")
_DOUBLED = re.compile(r"(?P<part>[^()]{2,})(?P=part)$")
_SHORTEST, _LONGEST, _LONGEST_PLACE = 3, 40, 16


def clean(name: str, rules: AgencyRules) -> str | None:
    """`name` without years, marks around it, brackets and doubled ends; None where no name is left."""
    name = rules.years.sub("", "".join(name.split())).strip(rules.edges)
    name = re.split(r"[\d:>|]", name)[-1].strip(rules.edges)
    if "(" in name or ")" in name:
        name = _CUT_BRACKET.sub("", _BRACKETS.sub("", name)).strip(rules.edges)
    name = rules.disclosure_office.sub("", rules.lead.sub("", name))
    while found := _DOUBLED.search(name):
        name = name[: found.end("part")]
    name = _without_doubled_kind(name, rules)
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        return None
    return _whole(name, rules)


def _without_doubled_kind(name: str, rules: AgencyRules) -> str:
    """海关青禾口岸海关 is 青禾口岸海关, 水利局县水利局青禾县水利局 its last five: its ends printed before it."""
    for start in range(len(name) - _SHORTEST, 1, -1):
        rest = name[start:]
        if is_complete(rest, rules) and _are_ends(name[:start], rest):
            return rest
    return name


def _are_ends(words: str, name: str) -> bool:
    """Whether `words` are nothing but ends of `name`, one behind another."""
    while words:
        longest = next((k for k in range(len(name) - 1, 1, -1) if words.endswith(name[-k:])), None)
        if longest is None:
            return False
        words = words[:-longest]
    return True


def is_name(name: str, rules: AgencyRules) -> bool:
    """Whether `name` is an agency's or a place's name, be it complete or not."""
    if len(name) < _SHORTEST or rules.no_name.search(name):
        return False
    if rules.suffix.search(name):
        return True
    return rules.place.search(name) is not None and len(name) <= _LONGEST_PLACE


def kind_of(name: str, rules: AgencyRules) -> str:
    """The kind of a name by its suffix, "place" for a place alone, "" for neither."""
    found = rules.suffix.search(name)
    if found:
        return rules.kinds[found.group()]
    return "place" if rules.place.search(name) else ""


def has_place(name: str, rules: AgencyRules) -> bool:
    """Whether a name says whose it is: a place stands in it, or it is a national body's or a school's own name."""
    if rules.own_name.search(name):
        return True
    return any(rules.place.search(name[:end]) for end in range(2, len(name)))


def is_complete(name: str, rules: AgencyRules) -> bool:
    """Whether a name tells of itself which agency it is."""
    return rules.suffix.search(name) is not None and has_place(name, rules) and not rules.local.search(name)


def without_office(name: str, rules: AgencyRules) -> str:
    """The agency that an inner office belongs to; `name` itself where it is none."""
    while (found := rules.office.search(name)) and found.start() >= _SHORTEST:
        base = name[: found.start()].strip(rules.edges)
        if not is_name(base, rules) and not rules.office.search(base):
            break
        name = base
    return _whole(name, rules)


def is_short_form(short: str, full: str, rules: AgencyRules) -> bool:
    """Whether `short` is a shorter name of the agency `full`: its end, or its characters without some (卫健局)."""
    if len(short) >= len(full):
        return False
    if full.endswith(short):
        return True
    if kind_of(short, rules) != kind_of(full, rules):
        return False
    if rules.local.search(short):
        short = short[1:]
    rest = iter(full)
    return all(sign in rest for sign in _stem(short, rules))


def _stem(name: str, rules: AgencyRules) -> str:
    """What names the agency before the word of its kind; of 国资委 it is 国资."""
    found = rules.suffix.search(name)
    return name[: found.start()] or name[:-1] if found else name


def _whole(name: str, rules: AgencyRules) -> str:
    """岭东区政府 is the short form of 岭东区人民政府."""
    short, whole = rules.government_short, rules.government
    if name.endswith(short) and not name.endswith(whole) and len(name) > len(short) + 1:
        return name.removesuffix(short) + whole
    return name
