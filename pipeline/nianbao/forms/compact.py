"""The compact view: a text's Chinese characters only, with the way back to its offsets.

Labels survive in it what crawls do to them: line breaks, pipes, lost brackets and numbering, digits in between.
"""

from __future__ import annotations

from bisect import bisect_left

import numpy as np

from nianbao.catalogue.labels import Wording


class Compact:
    """`han`: the characters; `offsets[i]`: where the i-th stands in the text; `wording`: what was left out by."""

    __slots__ = ("han", "offsets", "wording")

    def __init__(self, norm: str, wording: Wording) -> None:
        codes = np.frombuffer(norm.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        chinese = (codes >= 0x3400) & (codes <= 0x9FFF)
        for unit in wording.lone_unit.finditer(norm):
            chinese[unit.start() : unit.end()] = False
        kept = np.flatnonzero(chinese)
        text = codes[kept].tobytes().decode("utf-32-le")
        for written, standard in wording.spellings:
            if written in text:
                text = text.replace(written, standard)
        self.wording = wording
        self.han: str = text
        self.offsets: list[int] = kept.tolist()

    def index(self, offset: int) -> int:
        """The first compact position at or after a text offset."""
        return bisect_left(self.offsets, offset)
