"""What a document's other options for the same slot say to one of them, at the same cost however many they are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Rivals(NamedTuple):
    """Of options for the same slot with another mention: whether the rules gave one; whether one has the same value.

    Of those with another value, too: the network's highest share, whether the rules gave one, whether one comes first.
    """

    ruled: bool
    same: bool
    best: float
    others_ruled: bool
    before: bool


ALONE = Rivals(False, False, 0.0, False, False)


class SlotOptions:
    """The options of one slot: (number of the mention, value, whether the rules gave it, the network's share)."""

    def __init__(self, options: Iterable[tuple[int, float | None, bool, float]]) -> None:
        self._shares: dict[float | None, list[tuple[float, int]]] = {}
        self._ruled: dict[float | None, set[int]] = {}
        for mention, value, rules, share in options:
            self._shares.setdefault(value, []).append((share, mention))
            if rules:
                self._ruled.setdefault(value, set()).add(mention)
        self._mentions_ruled = frozenset[int]().union(*self._ruled.values())
        for own in self._shares.values():
            own.sort(reverse=True)
        self._mentions = {value: {mention for _, mention in own} for value, own in self._shares.items()}
        self._likeliest = sorted(self._shares, key=lambda value: -self._shares[value][0][0])
        self._first = sorted((min(mentions), number) for number, mentions in enumerate(self._mentions.values()))
        self._number = {value: number for number, value in enumerate(self._mentions)}

    def rivals(self, mention: int, value: float | None) -> Rivals:
        """What the options of other mentions say to one of this mention with this value."""
        own = self._number[value]
        return Rivals(
            ruled=len(self._mentions_ruled) > (mention in self._mentions_ruled),
            same=len(self._mentions[value]) > 1,
            best=self._best(mention, value),
            others_ruled=any(len(m) > (mention in m) for other, m in self._ruled.items() if other != value),
            before=any(first < mention for first, number in self._first[:2] if number != own),
        )

    def _best(self, mention: int, value: float | None) -> float:
        """Values come by their highest share: the first whose option is another mention's has the highest left."""
        best = 0.0
        for other in self._likeliest:
            shares = self._shares[other]
            if other == value or shares[0][0] <= best:
                continue
            best = max(best, next((share for share, one in shares if one != mention), 0.0))
            if shares[0][1] != mention:
                break
        return best
