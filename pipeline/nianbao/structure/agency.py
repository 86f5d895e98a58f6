"""The reporting agency, by the fullest name that the text itself states."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from nianbao.catalogue.sections import IdentityRules
from nianbao.structure.document_title import DocumentTitle
from nianbao.structure.unwrap import PrintedLine
from nianbao.structure.years import arabic_years

_HEAD = 3000
_TAIL = 400
_TAIL_LINES = 8
_YEARS = re.compile(r"(?:19|20)\d\d[年度学]*(?:[\-—~至/]+(?:(?:19|20)?\d\d)?[年度学]*)?")
_DATE = re.compile(
    r"\s*(?:(?:19|20)\d\d|二[〇○零O0][一二三四五六七八九〇○零O0]{2})\s?年"
    r"\s?[\d一二三四五六七八九十]{1,2}\s?月\s?[\d一二三四五六七八九十]{1,3}\s?日"
)
_LAST_NAME = re.compile(r"[\u4e00-\u9fff()]{3,40}$")
_HAN = re.compile(r"[\u4e00-\u9fff()]{2,40}")
_EDGE = '()的度年:,、《》"·-—~至/'
_GOVERNMENT = "人民政府"
_BODIES = (_GOVERNMENT, "街道办事处", "办事处", "管理委员会", "管委会")


def find_agency(
    norm: str, lines: Sequence[PrintedLine], title: DocumentTitle | None, rules: IdentityRules
) -> str | None:
    """The agency's name, in simplified characters; None where the text states none.

    The title's name goes first; one that lacks its place (民政局) or names only the place (柯城区) is completed from
    the signature, the contact, the announcement or the page's header, where these state the full name.
    """
    named = _from_title(title, rules) if title else None
    if named and rules.suffix.search(named) and _has_place(named, rules):
        return named
    stated = list(dict.fromkeys(_stated_names(norm, lines, rules)))
    if named is None:
        full = [name for name in stated if rules.suffix.search(name)]
        return full[0] if full else _government_of(stated[0], norm, rules) if stated else None
    if rules.suffix.search(named):
        longer = [name for name in stated if name.endswith(named) and len(name) > len(named)]
        return longer[0] if longer else named
    whole = tuple(named + body for body in _BODIES)
    return next((name for name in stated if name.endswith(whole)), None) or _government_of(named, norm, rules)


def _from_title(title: DocumentTitle, rules: IdentityRules) -> str | None:
    """The agency in a title's lead; XX政府信息公开 names XX, XX人民政府信息公开 names XX人民政府."""
    lead = arabic_years(title.lead)
    if title.name[len(title.lead) :].startswith("政府") and lead.endswith("人民"):
        lead += "政府"
    name = _YEARS.sub("", lead).strip(_EDGE).removesuffix("关于")
    name = re.split(r"[\d:>|]", name)[-1].strip(_EDGE)
    if len(name) < 2 or rules.relative.match(name) or not _HAN.fullmatch(name):
        return None
    return _whole_name(name)


def _whole_name(name: str) -> str:
    """岭东区政府 is the short form of 岭东区人民政府."""
    if name.endswith("政府") and not name.endswith(_GOVERNMENT) and len(name) > 3:
        return name.removesuffix("政府") + _GOVERNMENT
    return name


def _government_of(name: str, norm: str, rules: IdentityRules) -> str:
    """A place's government, where the text speaks of it; else the place or the zone, by the name that is written."""
    if not rules.place.search(name) or rules.zone.search(name):
        return name
    if name.endswith("街道"):
        return name + "办事处" if name + "办事处" in norm else name
    speaks = norm.find(name + _GOVERNMENT) >= 0 or re.search(re.escape(name) + rules.government, norm)
    return name + _GOVERNMENT if speaks else name


def _has_place(name: str, rules: IdentityRules) -> bool:
    """Whether a name says whose it is: a place stands in it, or it is a national body's or a school's own name."""
    if rules.own_name.search(name):
        return True
    return any(rules.place.search(name[:end]) for end in range(2, len(name)))


def _stated_names(norm: str, lines: Sequence[PrintedLine], rules: IdentityRules) -> Iterator[str]:
    """Full names in the places where reports state them, the surest place first."""
    head = norm[:_HEAD]
    places = (
        _signatures(norm, lines),
        (match["name"] for match in rules.contact.finditer(head)),
        (match["name"] for match in rules.made_by.finditer(head)),
        (match["name"] for match in rules.subject.finditer(head)),
        (match["name"] for match in rules.issuer.finditer(head)),
    )
    for names in places:
        for name in names:
            found = _agency_of(name, rules)
            if found:
                yield found


def _signatures(norm: str, lines: Sequence[PrintedLine]) -> Iterator[str]:
    """Names that stand before a date at the text's end, on one line or on two, or alone on the last lines."""
    last = lines[-_TAIL_LINES:]
    for line in reversed(last):
        date = None
        for date in _DATE.finditer(norm, max(line.start, line.end - _TAIL), line.end):
            found = _LAST_NAME.search(norm[max(0, date.start() - 60) : date.start()].rstrip())
            if found:
                yield found.group()
        if date is None and line.end - line.start <= 40 and _HAN.fullmatch(norm, line.start, line.end):
            yield norm[line.start : line.end]


def _agency_of(name: str, rules: IdentityRules) -> str | None:
    """The agency that a stated name belongs to, its inner office cut off; None for a name that is not full."""
    name = name.strip(_EDGE)
    while (found := rules.office.search(name)) and found.start() >= 3:
        name = name[: found.start()].strip(_EDGE)
    if rules.relative.match(name) or not 3 <= len(name) <= 40:
        return None
    if rules.suffix.search(name) and _has_place(name, rules):
        return _whole_name(name)
    return name if rules.place.search(name) and len(name) <= 12 else None
