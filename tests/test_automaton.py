"""Words sought by an automaton are those that a plain search finds."""

from __future__ import annotations

import random

import pytest

from nianbao.language.automaton import Automaton
from nianbao.prose.lexicon import ConceptLexicon


def longest(words: list[str], text: str) -> list[tuple[int, int]]:
    """From left to right the longest word at each place, tried one by one."""
    found, at = [], 0
    while at < len(text):
        size = max((len(word) for word in words if text.startswith(word, at)), default=0)
        if size:
            found.append((at, at + size))
        at += size or 1
    return found


@pytest.mark.parametrize("seed", range(20))
def test_the_longest_words_and_every_word_are_found(seed: int) -> None:
    draw = random.Random(seed)
    words = sorted({"".join(draw.choices("公开申请a𠮷", k=draw.randint(1, 4))) for _ in range(12)})
    text = "".join(draw.choices("公开申请a𠮷 1", k=200))
    automaton = Automaton(words)
    assert [(start, end) for _, start, end in automaton.longest(text)] == longest(words, text)
    assert all(text[start:end] == words[number] for number, start, end in automaton.every(text))
    every = sorted((at, at + len(word)) for word in words for at in range(200) if text.startswith(word, at))
    assert sorted((start, end) for _, start, end in automaton.every(text)) == every


def test_a_broken_character_keeps_no_word_from_being_found() -> None:
    assert Automaton(["公开"]).longest("\ud800公开") == [(0, 1, 3)]
    assert Automaton(["公开"]).every("\ud800公开") == [(0, 1, 3)]
    assert Automaton([]).longest("公开") == []


def test_gaps_are_short_and_stay_in_their_clause() -> None:
    lexicon = ConceptLexicon({"A": ["不属于本~范围"], "B": ["不属于"], "C": ["不~公开"], "D": ["本~机关~范围"]})

    def found(text: str) -> list[tuple[str, set[str]]]:
        return [(text[c.start : c.end], set(c.names)) for c in lexicon.scan(text)]

    assert found("不属于本机关公开范围") == [("不属于本机关公开", {"C"})]
    assert found("不属于本机关的范围") == [("不属于本机关的范围", {"A"})]
    assert found("不属于本机关,范围") == [("不属于", {"B"})]
    assert found("不属于本级政府所属的各机关范围") == [("不属于", {"B"}), ("本级政府所属的各机关范围", {"D"})]
    assert found("不属于本1范围") == [("不属于", {"B"})]
