"""Options of one slot against each other: what is told at once is what looking at every pair tells."""

from __future__ import annotations

import random

from nianbao.prose.decision.slots import Rivals, SlotOptions


def by_pairs(options: list[tuple[int, float | None, bool, float]], mention: int, value: float | None) -> Rivals:
    beside = [option for option in options if option[0] != mention]
    others = [option for option in beside if option[1] != value]
    return Rivals(
        any(rules for _, _, rules, _ in beside),
        any(other == value for _, other, _, _ in beside),
        max((share for *_, share in others), default=0.0),
        any(rules for _, _, rules, _ in others),
        any(one < mention for one, *_ in others),
    )


def test_options_are_told_what_all_pairs_tell() -> None:
    draw = random.Random(5)
    for _ in range(400):
        options = []
        for mention in range(draw.randint(1, 6)):
            share = draw.choice([0.0, 0.2, 0.9, draw.random()])  # the network's, of the mention and the slot's metric
            for _ in range(draw.randint(1, 2)):
                options.append((mention, draw.choice([None, 0.0, 3.0, 7.0, 12.0]), draw.random() < 0.4, share))
        slot = SlotOptions(options)
        for mention, value, _, _ in options:
            assert slot.rivals(mention, value) == by_pairs(options, mention, value)
