"""Offsets to tokens: places that begin or end in blanks."""

from __future__ import annotations

import pytest
import spacy

from nianbao.pipes.places import CharSpan, apart, tokens_at

NLP = spacy.blank("zh", config={"nlp": {"tokenizer": {"segmenter": "char"}}})


def words(text: str, *places: tuple[int, int]) -> list[str]:
    doc = NLP(text)
    tokens, _ = tokens_at(doc, text, [CharSpan(*place, 0) for place in places])
    return [doc[start:end].text for start, end in tokens]


def test_a_place_that_ends_in_a_blank_ends_with_the_word_before() -> None:
    text = "收到 28 件 "
    assert words(text, (0, 3), (3, 6), (2, 5), (0, len(text))) == ["收到", "28", "28", "收到 28 件"]


def test_a_place_of_blanks_alone_has_no_token_and_is_no_entity() -> None:
    tokens, _ = tokens_at(doc := NLP("收到 28 "), doc.text, [CharSpan(2, 3, 0), CharSpan(5, 6, 0), CharSpan(0, 2, 0)])
    assert apart(tokens, len(doc)) == [2]


def test_a_place_beyond_the_text_is_an_error() -> None:
    with pytest.raises(ValueError, match="beyond"):
        words("收到28件", (0, 9))
