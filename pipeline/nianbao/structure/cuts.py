"""A text without some of its stretches, and the way back to the offsets of the whole."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(slots=True, frozen=True)
class Cuts:
    """Stretches taken out of a text.

    places: where they were, as offsets into what is left; origins: where they begin in the text; taken: how many
    characters were taken out up to and with each.
    """

    places: list[int] = field(default_factory=list)
    origins: list[int] = field(default_factory=list)
    taken: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, spans: Iterable[tuple[int, int]]) -> Cuts:
        """The cuts at `spans` of a text, in their order, none overlapping another."""
        cuts = cls()
        total = 0
        for start, end in spans:
            cuts.places.append(start - total)
            cuts.origins.append(start)
            total += end - start
            cuts.taken.append(total)
        return cuts

    def __bool__(self) -> bool:
        return bool(self.places)

    def apply(self, text: str) -> str:
        """What is left of `text`."""
        if not self.places:
            return text
        pieces = []
        done = before = 0
        for origin, taken in zip(self.origins, self.taken, strict=True):
            pieces.append(text[done:origin])
            done = origin + taken - before
            before = taken
        pieces.append(text[done:])
        return "".join(pieces)

    def to_text(self, start: int, end: int) -> tuple[int, int]:
        """A span of what is left as a span of the text; one that ends at a cut does not take the cut in."""
        if not self.places:
            return start, end
        before_start, before_end = bisect_right(self.places, start), bisect_left(self.places, end)
        return start + self._taken(before_start), end + self._taken(before_end)

    def from_text(self, offset: int) -> int:
        """An offset into the text as an offset into what is left."""
        return offset - self._taken(bisect_left(self.origins, offset)) if self.places else offset

    def _taken(self, cuts: int) -> int:
        return self.taken[cuts - 1] if cuts else 0
