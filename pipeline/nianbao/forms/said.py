"""What the rest of a report says of a row: its main numbers stand in the prose as well as in the tables."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from nianbao.catalogue.forms import Row, han
from nianbao.forms.align import Instance
from nianbao.language.numeral import is_digit

_NUMBER = re.compile(r"(?!(?:19|20)\d\d(?!\d))\d+(?:,\d{3})*(?:\.\d+)?")  # no year
_SENTENCE = re.compile(r"[。;!?\n]")
_ENDING = re.compile(r"(?:总?数量?|情况|总计)\Z")
_LAST_CELLS = 40  # characters behind the last label of a table that may still be its cells
# What a number counts for by its digits: in a sentence that names the row, and anywhere. Short ones stand by chance.
_NAMED = (0.0, 0.4, 0.8, 1.5)
_ANYWHERE = (0.0, 0.0, 0.0, 0.4, 1.2, 1.5)
_ENOUGH, _AHEAD = 1.0, 0.8


class Said:
    """The numbers outside a document's tables, read when first asked for."""

    def __init__(self, norm: str, instances: list[Instance]) -> None:
        self._norm, self._instances = norm, instances

    @cached_property
    def _sentences(self) -> list[tuple[str, frozenset[str]]]:
        """(Chinese characters, numbers) of each sentence that holds a number."""
        edges = [0]
        for instance in sorted(self._instances, key=lambda instance: instance.start):
            edges += [instance.start, max(edges[-1], instance.end + _LAST_CELLS)]
        edges.append(len(self._norm))
        found = []
        for start, end in zip(edges[::2], edges[1::2], strict=True):
            for sentence in _SENTENCE.split(self._norm[start:end]):
                if numbers := _NUMBER.findall(sentence):
                    found.append((han(sentence), frozenset(number.replace(",", "") for number in numbers)))
        return found

    @cached_property
    def _all(self) -> frozenset[str]:
        return frozenset().union(*(numbers for _, numbers in self._sentences))

    def _of(self, row: Row) -> frozenset[str]:
        """The numbers of the sentences that name a row."""
        names = {stem for key in row.keys if len(stem := _ENDING.sub("", key)) > 1}
        return frozenset().union(*(ns for words, ns in self._sentences if any(name in words for name in names)))

    def choose(self, row: Row, readings: list[Iterable[str]]) -> int | None:
        """Which of the readings of a row's cells the rest of the report says; None where that is not plain."""
        named = self._of(row)
        weights = sorted(((self._weight(cells, named), i) for i, cells in enumerate(readings)), reverse=True)
        if len(weights) < 2 or weights[0][0] < _ENOUGH or weights[0][0] < weights[1][0] + _AHEAD:
            return None
        return weights[0][1]

    def _weight(self, cells: Iterable[str], named: frozenset[str]) -> float:
        total = 0.0
        for cell in {cell for cell in cells if cell not in ("", "0", "1")}:
            digits = sum(map(is_digit, cell))
            here = _NAMED[min(digits, len(_NAMED) - 1)] if cell in named else 0.0
            anywhere = _ANYWHERE[min(digits, len(_ANYWHERE) - 1)] if cell in self._all else 0.0
            total += max(here, anywhere)
        return total
