"""The same put otherwise: words of a sentence's own text, exchanged for synonyms."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from functools import cache

from nianbao.simulate.grammar import Production


class Synonyms:
    """Exchanges words for their synonyms.

    Args:
        rng: what chance is drawn from.
        words: what may stand in each word's place; a word with nothing stays.
        share: how often a word is exchanged, in the texts that are reworded at all.
        used: takes the ids of the synonyms that were used.
    """

    def __init__(
        self, rng: random.Random, words: Mapping[str, Sequence[Production]], share: float, used: list[str]
    ) -> None:
        self.rng, self.words, self.share, self.used = rng, words, share, used
        self._any = _any_of(tuple(words))

    def reword(self, text: str) -> str:
        """The text, with synonyms in place of some of its words; where words overlap the longest counts."""
        if not self.share or self.rng.random() >= 2 * self.share:
            return text
        return self._any.sub(self._other, text)

    def _other(self, word: re.Match[str]) -> str:
        others = self.words[word[0]]
        if not others or self.rng.random() >= self.share:
            return word[0]
        chosen = self.rng.choice(others)
        self.used.append(chosen.id)
        return chosen.template.source


@cache
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))
