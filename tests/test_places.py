"""Offsets to tokens: places that begin or end in blanks."""

from __future__ import annotations

import pytest
import spacy
from spacy.tokens import Doc

from nianbao.language.script import normalize
from nianbao.pipes import places
from nianbao.pipes.places import CharSpan, apart, tokens_at

NLP = spacy.blank("zh", config={"nlp": {"tokenizer": {"segmenter": "char"}}})


def words(text: str, *places: tuple[int, int]) -> list[str]:
    doc = NLP(text)
    doc, tokens, _ = tokens_at(doc, text, [CharSpan(*place, 0) for place in places])
    return [doc[start:end].text for start, end in tokens]


def test_a_place_that_ends_in_a_blank_ends_with_the_word_before() -> None:
    text = "收到 28 件 "
    assert words(text, (0, 3), (3, 6), (2, 5), (0, len(text))) == ["收到", "28", "28", "收到 28 件"]


def test_a_place_of_blanks_alone_has_no_token_and_is_no_entity() -> None:
    doc = NLP("收到 28 ")
    _, tokens, _ = tokens_at(doc, doc.text, [CharSpan(2, 3, 0), CharSpan(5, 6, 0), CharSpan(0, 2, 0)])
    assert apart(tokens, len(doc)) == [2]


def test_a_place_beyond_the_text_is_an_error() -> None:
    with pytest.raises(ValueError, match="beyond"):
        words("收到28件", (0, 9))


def test_many_cuts_make_the_same_tokens_as_cuts_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """spaCy's own cutting costs all tokens for each cut: a long text with many cuts would take for ever."""
    text = "全年办结ABCD件，ＡＢ 及 EFG\n"
    cuts = [CharSpan(at, at + 1, 0) for at in range(len(text) - 1)]
    found = []
    for costly in (0, 10**9):
        monkeypatch.setattr(places, "_COSTLY", costly)
        doc = Doc(
            spacy.blank("zh").vocab,
            words=["全年", "办结ABCD", "件，ＡＢ", "及", "EFG", "\n"],
            spaces=[0, 0, 1, 1, 0, 0],
        )
        doc.user_data["kept"] = True
        made, tokens, offsets = tokens_at(doc, normalize(text), cuts)
        assert made.text == text and made.user_data["kept"] and (made is doc) == (costly > 0)
        found.append(([(t.text, t.norm_, t.whitespace_) for t in made], tokens, offsets.tolist()))
    assert found[0] == found[1]
