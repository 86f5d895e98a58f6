"""Whole reports made of short marked texts: title, headings, and the agency's other business with numbers of its own.

A marked text is a few sentences about information disclosure. In a report such sentences stand among paragraphs about
hotlines, projects, cases and courses; who is sure of the former must leave the latter alone.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from nianbao.training.marked import MarkedText, read_marked

# One text in so many becomes a report: more would only repeat the same paragraphs.
_EVERY = 12
_BEFORE, _AFTER = (1, 3), (0, 2)
# How many have other business in the very paragraph of the marked text.
_GLUED = 0.2
_HEADINGS = (
    ("一、总体情况", "一、基本情况", "一、工作概述", "一、主要工作开展情况", "一、概述"),
    ("二、主动公开和依申请公开情况", "二、政府信息公开情况", "二、信息公开工作情况", "二、工作情况"),
    ("三、存在的主要问题及改进情况", "三、其他需要报告的事项", "三、下一步工作", "三、重点工作推进情况"),
)


def whole_texts(texts: Sequence[MarkedText], paragraphs: Sequence[MarkedText], seed: str) -> Iterator[MarkedText]:
    """For some of the texts a whole report around them.

    Args:
        texts: of one hand. paragraphs: about other business, without marks. seed: of what is chosen.
    """
    rng = random.Random(f"whole:{seed}")
    for text in texts[::_EVERY]:
        yield _whole(text, [part.text for part in paragraphs], rng)


def shares(folder: Path, count: int) -> list[list[MarkedText]]:
    """The paragraphs of a folder dealt out to so many hands, so that hands left out meet others.

    Raises:
        FileNotFoundError: there are none.
    """
    found = [text for path in sorted(folder.glob("*.txt")) for text in read_marked(path)]
    if not found:
        raise FileNotFoundError(f"no paragraphs about other business in {folder}")
    return [found[at::count] for at in range(count)]


def _whole(text: MarkedText, paragraphs: Sequence[str], rng: random.Random) -> MarkedText:
    first, last = rng.randint(*_BEFORE), rng.randint(*_AFTER)
    chosen = rng.sample(paragraphs, min(first + last, len(paragraphs)))
    title = f"{text.agency or ''}{text.year or ''}年政府信息公开工作年度报告"
    opening, middle, end = (rng.choice(words) for words in _HEADINGS)
    before = "\n".join([title, opening, *chosen[:first], middle, ""])
    if rng.random() < _GLUED:
        before += rng.choice(paragraphs)
    after = "\n".join(["", end, *chosen[first:]]) if len(chosen) > first else ""
    shift = len(before)
    marks = [replace(mark, start=mark.start + shift, end=mark.end + shift) for mark in text.marks]
    return replace(text, id=f"{text.id}-whole", text=before + text.text + after, marks=marks)
