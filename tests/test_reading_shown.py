"""A page is read as its readers see it: struck and hidden text, marks of notes, form fields, frames around tables."""

from __future__ import annotations

import pytest

from nianbao.reading.html import to_text

RULES = "@media print { .a { display: none } } .gone, b.x { display : none; } .c{display:none} .c{display:block}"
TABLE = "<table><tr><td>收到申请</td><td>{}</td><td>5</td></tr><tr><td>办结</td><td>7</td><td>6</td></tr></table>"


def cell(markup: str) -> str:
    """What is read of a cell with this in it, in a table."""
    text, grids, *_ = to_text(f"<head><style>{RULES}</style></head><body>{TABLE.format(markup)}</body>")
    (grid,) = grids
    assert text == text[grid.start : grid.end]
    first = next(c for c in grid.cells if (c.row, c.col) == (0, 1))
    return text[first.start : first.end]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<del>8</del>10", "10"),
        ("<s>8</s>10", "10"),
        ("<strike>8</strike> 10", "10"),
        ("<span style='TEXT-DECORATION: underline line-through'>8</span>10", "10"),
        ("<p><ins>10</ins><del>9</del></p>", "10"),
        ("<u>10</u>", "10"),
    ],
)
def test_struck_text_is_left_out(markup: str, expected: str) -> None:
    assert cell(markup) == expected


def test_a_strike_that_was_never_closed_does_not_swallow_the_page() -> None:
    page = "<p>一、概述</p><s>" + "<p>收到申请12件，均已答复。</p>" * 5
    assert to_text(page)[0].count("收到申请12件") == 5


@pytest.mark.parametrize(
    "markup",
    [
        "<span style='display:none'>88</span>10",
        "<span style='color:red;visibility: hidden'>88</span>10",
        "<span hidden>88</span>10",
        "<i class='n gone'>88</i>10",
        "<b class=x>88</b>10",
        "<font style='font-size:0'>88</font>10",
        "<span style='opacity:0'>88</span>10",
        "<div style='display:none'><p>说明</p></div>10",
        "<i class='x'></i><i class='a'>10</i>",
        "<i class='c'>10</i>",
        "<span style='font-size:0.9em'>10</span>",
    ],
)
def test_hidden_text_is_left_out_and_no_other(markup: str) -> None:
    assert cell(markup) == "10"


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("10<sup>1</sup>", "10"),
        ("10<sup>[1]</sup>", "10"),
        ("10<sup>注1</sup>件", "10件"),
        ("10<span style='vertical-align:super;font-size:8px'>①</span>", "10"),
        ("10<span class=MsoFootnoteReference>2</span>", "10"),
        ("10<a href='#_ftn1'>[1]</a>", "10"),
        ("<sup>*</sup>10", "10"),
        # All that the cell holds, or a part of a word.
        ("<sup>10</sup>", "10"),
        ("300m<sup>2</sup>", "300m2"),
    ],
)
def test_marks_of_notes_stay_out_of_numbers(markup: str, expected: str) -> None:
    assert cell(markup) == expected


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<input value=30>", "30"),
        ("<input type='number' value='30' disabled> 件", "30 件"),
        ("<input type=hidden value=99>30", "30"),
        ("<input type=checkbox value=9>30", "30"),
        ("<textarea>不适用</textarea>", "不适用"),
        ("<select><option>1</option><option selected>30</option></select>", "30"),
        ("<input>", ""),
    ],
)
def test_form_fields_show_their_values(markup: str, expected: str) -> None:
    assert cell(markup) == expected


def test_outside_of_tables_only_numbers_in_fields_are_text() -> None:
    page = "<p>收到申请<input value=12>件。</p><input value='请输入关键词'><input type=button value='查询2'>"
    assert to_text(page)[0] == "收到申请12件。"


def test_a_table_of_one_cell_is_a_frame_or_a_part_of_its_cell() -> None:
    inner = TABLE.format(12)
    text, grids, *_ = to_text(f"<table><tr><td><h2>二、公开情况</h2><p>如下。</p>{inner}</td></tr></table>")
    assert text == "二、公开情况\n如下。\n收到申请\t12\t5\n办结\t7\t6"
    assert len(grids) == 1 and len(grids[0].cells) == 6
    assert cell("<table><tr><td>12</td></tr></table>") == "12"


def test_a_form_with_a_small_table_in_one_cell_stays_a_form() -> None:
    rows = "".join(f"<tr><td>第{i}项</td><td>{i}</td><td>{i + 3}</td></tr>" for i in range(8))
    small = "<table><tr><td>其</td><td>他</td></tr></table>"
    text, (grid,), *_ = to_text(f"<table>{rows}<tr><td>{small}</td><td></td><td>4</td></tr></table>")
    assert len(grid.cells) == 27 and text.endswith("其他\t\t4")


def test_a_long_note_in_a_form_is_one_of_its_cells() -> None:
    rows = "".join(f"<tr><td>第{i}项收到的申请数量和答复数量</td><td>{i}</td><td>{i + 3}</td></tr>" for i in range(30))
    note = "<tr><td colspan=3>" + "填表说明：逐项填写，没有的填零。" * 20 + "</td></tr>"
    assert len(to_text(f"<table>{rows}{note}</table>")[1][0].cells) == 91


TITLE = "栖霞镇2021年政府信息公开工作年度报告"


def images(body: str) -> list[str]:
    """The warnings of a page with this title and body."""
    return [warning.name for warning in to_text(f"<head><title>{TITLE}</title></head><body>{body}</body>")[3]]


PROSE = (
    "<p>一、总体情况</p><p>"
    + "一年来，我镇按时公开，逐件答复，没有发生争议，公开的渠道更多，内容更全，群众更加满意。" * 3
    + "</p>"
)


def test_tables_that_are_pictures_are_told() -> None:
    heading = "<p>二、收到和处理政府信息公开申请情况</p>"
    assert images("<img src=1.jpg width=700><img src=2.jpg>") == ["images"]
    assert images(f"{PROSE}{heading}<p><img src=1.png></p><p>三、问题</p>") == ["images"]
    numbers = "<p>公开1条、2条、3条、4条、5条、6条、7条、8条、9条。</p>"
    assert images(f"{PROSE}{numbers}{TABLE.format(3)}{heading}<img src=1.png><p>三、问题</p>") == ["images"]
    # A photograph in a report that says its numbers, an icon, and pictures beside the tables.
    assert images(f"{PROSE}{numbers}<p>我镇开放日活动</p><img src=day.jpg>") == []
    assert images(f"{PROSE}<img src=/images/logo.png><img src=a.png width=20>") == []
    assert images(f"{PROSE}{numbers}{heading}{TABLE.format(3)}<p>开放日</p><img src=day.jpg>") == []
