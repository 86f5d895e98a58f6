"""Text that carries its labels: spans after any edits are those of a slow, plain reference."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nianbao.simulate.annotated import Annotated, Builder, Edit, Span, join

TEXT = st.text(alphabet="收到申请28件，", min_size=1, max_size=25)


@st.composite
def edited(draw: st.DrawFn) -> tuple[Annotated, list[Edit]]:
    text = draw(TEXT)
    spans = []
    for _ in range(draw(st.integers(0, 5))):
        start = draw(st.integers(0, len(text)))
        spans.append(Span(start, draw(st.integers(start, len(text))), "X"))
    edits: list[Edit] = []
    at = 0
    while at <= len(text) and draw(st.booleans()):
        start = draw(st.integers(at, len(text)))
        end = draw(st.integers(start, min(len(text), start + 4)))
        edits.append((start, end, draw(st.text(alphabet="ab", max_size=3))))
        at = end
    return Annotated(text, spans), edits


def reference(annotated: Annotated, edits: list[Edit]) -> tuple[str, list[str | None]]:
    """The new text, and what each span covers: the old characters that remain and what replaced any inside it."""
    covered: list[str | None] = []
    text = annotated.text
    for span in annotated.spans:
        out = ""
        for at in range(span.start, span.end):
            inside = [edit for edit in edits if edit[0] <= at < edit[1]]
            if not inside:
                for start, end, new in edits:
                    if start == end == at and at > span.start:
                        out += new
                out += text[at]
        covered.append(out)
    pieces, at = [], 0
    for start, end, new in edits:
        pieces += [text[at:start], new]
        at = end
    return "".join([*pieces, text[at:]]), covered


@given(edited())
def test_insertions_and_deletions_move_spans_as_the_reference_does(case: tuple[Annotated, list[Edit]]) -> None:
    annotated, edits = case
    # Replacements that cross a border are a matter of convention; what is inserted or deleted is not.
    edits = [(start, end, "" if start < end else new) for start, end, new in edits]
    text, covered = reference(annotated, edits)
    result = annotated.edit(edits)
    assert result.text == text
    kept = [part for part, span in zip(covered, annotated.spans, strict=True) if part or span.start == span.end]
    assert [result.text[span.start : span.end] for span in result.spans] == kept


@given(edited())
def test_spans_stay_inside_the_text_and_keep_their_order(case: tuple[Annotated, list[Edit]]) -> None:
    annotated, edits = case
    result = annotated.edit(edits)
    assert all(0 <= span.start <= span.end <= len(result.text) for span in result.spans)
    ordered = sorted(range(len(annotated.spans)), key=lambda i: annotated.spans[i].start)
    if len(result.spans) == len(annotated.spans):
        starts = [result.spans[i].start for i in ordered]
        assert starts == sorted(starts)


@given(st.lists(TEXT, max_size=5), st.text(alphabet=" \n", max_size=2))
def test_joined_pieces_keep_what_their_spans_cover(texts: list[str], separator: str) -> None:
    pieces = [Annotated(text, [Span(len(text) // 2, len(text), "X", text)]) for text in texts]
    joined = join(separator, pieces)
    assert joined.text == separator.join(texts)
    assert [joined.text[s.start : s.end] for s in joined.spans] == [text[len(text) // 2 :] for text in texts]


def test_what_is_inserted_at_a_border_stays_outside() -> None:
    annotated = Annotated("收到28件", [Span(2, 4, "VALUE")]).edit([(2, 2, " "), (4, 4, " ")])
    assert annotated.text == "收到 28 件"
    assert annotated.text[annotated.spans[0].start : annotated.spans[0].end] == "28"


def test_an_empty_span_survives_where_it_stood() -> None:
    annotated = Annotated("甲|乙", [Span(2, 2, "BLANK")]).edit([(0, 1, ""), (2, 2, "  ")])
    assert [(span.start, span.end) for span in annotated.spans] == [(3, 3)]


@pytest.mark.parametrize("edits", [[(0, 3, ""), (2, 4, "")], [(3, 2, "")], [(0, 99, "")]])
def test_edits_that_overlap_or_leave_the_text_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match="overlaps"):
        Annotated("收到申请28件").edit(edits)


def test_a_text_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="characters"):
        Annotated("申请").same_length("申請件")


def test_builder_closes_a_span_at_what_was_added_inside() -> None:
    builder = Builder()
    builder.add("共")
    with builder.span("METRIC") as span:
        builder.add("收到")
        builder.add(Annotated("申请"))
    assert builder.build().text[span.start : span.end] == "收到申请"
