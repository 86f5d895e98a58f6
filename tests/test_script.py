"""The normalised view keeps every offset, whatever the text holds."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nianbao.language.script import normalize, to_simplified

ANY_CODE_POINT = st.text(st.integers(0, sys.maxunicode).map(chr))


@given(ANY_CODE_POINT)
@settings(max_examples=400, deadline=None)
def test_length_is_kept_for_any_unicode(text: str) -> None:
    assert len(normalize(text)) == len(text)


def test_length_is_kept_for_every_code_point_at_once() -> None:
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    assert len(normalize(every)) == len(every)


@given(ANY_CODE_POINT)
@settings(deadline=None)
def test_newlines_stay_where_they_are(text: str) -> None:
    norm = normalize(text)
    assert [i for i, c in enumerate(text) if c == "\n"] == [i for i, c in enumerate(norm) if c == "\n"]


@given(st.text(st.sampled_from("資訊臺裡後乾著麼條件復複鬱（１，％　\n。")))
@settings(deadline=None)
def test_a_normalised_text_stays_as_it_is(text: str) -> None:
    norm = normalize(text)
    assert normalize(norm) == norm


@pytest.mark.parametrize(
    ("text", "norm"),
    [
        ("政府信息公開１２條（含轉發），佔９．５％", "政府信息公开12条(含转发),占9.5%"),
        ("行政復議、複查、答覆", "行政复议、复查、答复"),
        ("「依申請公開」“主动公开”", '"依申请公开""主动公开"'),
        ("a\r\nb\tc\u00a0d\u3000e\u2028f\u0085g", "a \nb c d e f g"),
        ("零\u200b宽\ufeff", "零 宽 "),
        ("⽂件", "文件"),
        ("。、《》〔〕【】—①", "。、《》〔〕【】—①"),
        ("坏\ud800字", "坏\ufffd字"),
        ("", ""),
    ],
)
def test_what_changes_and_what_stays(text: str, norm: str) -> None:
    assert normalize(text) == norm


class _Shrinking:
    """A converter that shortens one phrase, as OpenCC's phrase tables may."""

    def convert(self, text: str) -> str:
        return text.replace("電腦", "机").replace("電", "电").replace("條", "条")


def test_a_phrase_that_would_shrink_falls_back_to_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nianbao.language.script._converter", _Shrinking)
    assert to_simplified("條\n電腦條\n條") == "条\n电腦条\n条"


def test_radicals_that_fonts_of_pdf_files_give_for_characters() -> None:
    assert normalize("⼈⺠政府⻔户⽹站，意⻅⻓期⻚⾯") == "人民政府门户网站,意见长期页面"
