"""Siblings: what the enumerators of one list say of each other, after each was judged alone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from nianbao.structure.enumerators import Enumerator
from nianbao.structure.heading_end import HeadingWords

_CLOSING = "。.;!? \n"
_NO_BODY = 20


@dataclass(slots=True)
class HeadingCandidate:
    """An enumerator with the title behind it. `keep`: whether it is held for a heading."""

    mark: Enumerator
    title: HeadingWords | None
    keep: bool


@dataclass(slots=True)
class _Member:
    candidate: HeadingCandidate
    following: int
    children: bool


def reconcile_siblings(candidates: list[HeadingCandidate], flow: str) -> None:
    """Let siblings decide what one alone leaves open; changes `candidates` in place.

    Where some of them run on into their paragraph without a full stop, the others do so too. Enumerations of which
    most are whole sentences, or have no body of their own, are lists and no headings.
    """
    for (level, _), members in _groups(candidates, flow).items():
        _harmonise(members)
        if level > 1:
            _vote(members, flow, level)


def _groups(candidates: list[HeadingCandidate], flow: str) -> dict[tuple[int, int], list[_Member]]:
    """Candidates by level and by the heading above them."""
    groups: dict[tuple[int, int], list[_Member]] = defaultdict(list)
    parents: list[tuple[int, int]] = []
    for at, candidate in enumerate(candidates):
        level = candidate.mark.level
        while parents and parents[-1][0] >= level:
            parents.pop()
        if candidate.keep or candidate.mark.place != "glued":
            parent = parents[-1][1] if parents else -1
            after = candidates[at + 1].mark if at + 1 < len(candidates) else None
            following = after.start if after else len(flow)
            children = after is not None and after.level > level
            groups[level, parent].append(_Member(candidate, following, children))
        if candidate.keep:
            parents.append((level, at))
    return groups


def _harmonise(members: list[_Member]) -> None:
    titles = [member.candidate.title for member in members if member.candidate.keep and member.candidate.title]
    cut = [len(title.name) for title in titles if title.stop == "cut"]
    if not cut or len(cut) == len(titles):
        return
    usual = sum(cut) / len(cut)
    for member in members:
        title = member.candidate.title
        if title and title.instead and title.stop == "sentence" and len(title.name) > 1.5 * usual:
            member.candidate.title = title.instead


def _vote(everybody: list[_Member], flow: str, level: int) -> None:
    # What the text's end cuts off tells nothing.
    members = [m for m in everybody if m.candidate.title is None or m.candidate.title.end < len(flow.rstrip())]
    if len(members) < 2:
        members = everybody
    titles = sum(member.candidate.keep and not _is_item(member, flow) for member in members)
    others = len(members) - titles
    if others > titles or (others == titles and level > 2):
        for member in everybody:
            member.candidate.keep = False


def _is_item(member: _Member, flow: str) -> bool:
    """Whether the candidate is one sentence and nothing more: what follows its 。 is the next enumerator."""
    title = member.candidate.title
    if title is None or title.stop != "sentence" or member.children:
        return False
    between = flow[title.end : min(member.following, title.end + _NO_BODY)]
    return member.following - title.end < _NO_BODY and not between.strip(_CLOSING)
