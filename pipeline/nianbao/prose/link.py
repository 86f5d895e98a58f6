"""A link: a mention and the metric that it counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nianbao.prose.mention import Mention


@dataclass(slots=True)
class Link:
    """A mention's metric. `metric` None: an open number. `name`: where the words that name the metric stand, None for
    nowhere. `year`, `scope`, `exclusion`: the mention's, with what other numbers of its paragraph say of them."""

    mention: Mention
    metric: str | None
    applicant: str | None
    value: float | None
    status: str
    confidence: float
    rule: str | None
    runner_up: str | None
    name: tuple[int, int] | None
    year: int | None
    scope: str | None
    exclusion: str | None = None


@dataclass(slots=True, frozen=True)
class Antecedent:
    """A number that later ones may refer to. `metric`: what it would count if nothing excluded it."""

    mention: Mention
    metric: str | None
    year: int | None
    scope: str | None
    exclusion: str | None


def since(links: list[Link], sentence: int) -> Iterator[Link]:
    """The links of a sentence and after, the last first: looking back at all would take the square of the time."""
    for link in reversed(links):
        if link.mention.sentence < sentence:
            return
        yield link
