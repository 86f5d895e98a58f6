"""HTML pages to text and true grids."""

from __future__ import annotations

import html

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from guards import ends
from nianbao.reading import Grid
from nianbao.reading.dom import HostilePage, flatten
from nianbao.reading.html import to_text

PROSE = "全年主动公开政府信息300条，收到政府信息公开申请12件，均在法定期限内答复，没有发生行政复议和行政诉讼。" * 4


def text_of(body: str, head: str = "") -> str:
    return to_text(f"<html><head>{head}</head><body>{body}</body></html>")[0]


def cells_of(text: str, grid: Grid) -> list[tuple[int, int, int, int, str]]:
    return [(c.row, c.col, c.rowspan, c.colspan, text[c.start : c.end]) for c in grid.cells]


# --- lines


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>一、概述</p><p>二、公开</p>", "一、概述\n二、公开"),
        ("<div>一、概述<br>二、公开<br/><br/>三、附表</div>", "一、概述\n二、公开\n三、附表"),
        ("<p>收到<b>申请</b><span>12</span>件</p>", "收到申请12件"),
        ("<p>收到&nbsp;&#49;2&#x4EF6;&lt;a&gt;&amp;</p>", "收到\u00a012件<a>&"),
        ("<p>　　&nbsp;收到申请\u200b12件 &nbsp;</p>", "收到申请12件"),
        ("<p>主动公开\n      政府信息\n 300\n条</p>", "主动公开政府信息 300 条"),
        ("<pre>一、概述\n  300条\n\n二、公开</pre>", "一、概述\n300条\n二、公开"),
        ("a<!-- 99条 --><script>98条</script><style>97</style><noscript>96</noscript>b", "ab"),
        ("<p>公<ruby>开<rp>(</rp><rt>kāi</rt><rp>)</rp></ruby>数</p>", "公开数"),
        ("<ul><li>甲<li>乙</ul>丙", "甲\n乙\n丙"),
        ("<h2>一、概述</h2>正文<center>附表</center>", "一、概述\n正文\n附表"),
        ("<o:p>甲</o:p><ucapcontent><p>乙</p></ucapcontent>", "甲\n乙"),
    ],
)
def test_blocks_make_lines_and_inline_elements_do_not(body: str, expected: str) -> None:
    assert text_of(body) == expected


# --- grids


def test_spans_blanks_and_broken_labels() -> None:
    text, (grid,), *_ = to_text(
        "<p>附表</p><table><thead><tr><td rowspan=2>项<br>目</td><td colspan=2>数量</td></tr></thead>"
        "<tr><td>自然<p>人</p></td><td> &nbsp;　</td></tr>"
        "<tr><th>新收</th><td>1<br>2</td><td></td></tr></table><p>说明</p>"
    )
    assert text == "附表\n项目\t数量\n自然人\t\n新收\t1 2\t\n说明"
    assert cells_of(text, grid) == [
        (0, 0, 2, 1, "项目"),
        (0, 1, 1, 2, "数量"),
        (1, 1, 1, 1, "自然人"),
        (1, 2, 1, 1, ""),
        (2, 0, 1, 1, "新收"),
        (2, 1, 1, 1, "1 2"),
        (2, 2, 1, 1, ""),
    ]
    assert [c.header for c in grid.cells] == [True, True, False, False, True, False, False]
    assert text[grid.start : grid.end] == "项目\t数量\n自然人\t\n新收\t1 2\t"
    # Each place is its own, also the empty ones.
    assert len({c.start for c in grid.cells}) == len(grid.cells)


WORDS = st.text("公开申请件0123456789.,<>&\"'()（）", max_size=6)
BLANKS = st.text(" \n\t\u00a0\u3000", max_size=3)


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, list[tuple[int, int, int, int, str]]]:
    """A table filled with random rectangles, as HTML and as the cells that it has."""
    height, width = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    taken: set[tuple[int, int]] = set()
    cells, rows = [], []
    for r in range(height):
        row = ""
        for c in range(width):
            if (r, c) in taken:
                continue
            down, right = draw(st.integers(1, min(3, height - r))), 1
            most = draw(st.integers(1, 3))
            while right < most and c + right < width and (r, c + right) not in taken:
                right += 1
            taken |= {(i, j) for i in range(r, r + down) for j in range(c, c + right)}
            word = draw(WORDS)
            before, after = draw(BLANKS), draw(BLANKS)
            row += f'<td rowspan="{down}" colspan={right}>{before}{html.escape(word)}{after}</td>'
            cells.append((r, c, down, right, word))
        rows.append(f"<tr>{row}</tr>")
    # A table of one cell is a frame.
    assume(len(cells) > 1 and any(cell[4] for cell in cells))
    return f"<table>{''.join(rows)}</table>", cells


@settings(deadline=None)
@given(tables(), st.sampled_from(["", "<p>一、概述</p>", "全文如下"]))
def test_any_grid_comes_back_with_offsets_that_hold(
    table: tuple[str, list[tuple[int, int, int, int, str]]], before: str
) -> None:
    markup, cells = table
    text, (grid,), *_ = to_text(f"<body>{before}{markup}<p>说明</p>")
    assert cells_of(text, grid) == cells
    assert grid.start == grid.cells[0].start and grid.end == grid.cells[-1].end
    assert len(text[grid.start : grid.end].split("\n")) == len({c.row for c in grid.cells})


SOUP = [
    "<table>",
    "<tr>",
    "<td>",
    "<td colspan=3>",
    "</td>",
    "</table>",
    "<p>",
    "</div>",
    "12",
    "件",
    "<br>",
    "<b>",
    "\n",
]


@settings(deadline=None)
@given(st.lists(st.sampled_from(SOUP)))
def test_tag_soup_never_breaks_the_offsets(pieces: list[str]) -> None:
    text, grids, *_ = to_text("".join(pieces))
    for grid in grids:
        assert 0 <= grid.start <= grid.end <= len(text)
        for cell in grid.cells:
            assert grid.start <= cell.start <= cell.end <= grid.end
            assert not set("\n\t") & set(text[cell.start : cell.end])


def test_absurd_spans_reach_to_the_edge_and_no_further() -> None:
    text, (grid,), *_ = to_text(
        "<table><tr><td colspan=100000 rowspan=100000>收到</td></tr><tr><td>甲</td><td>乙</td></tr>"
        "<tr><td rowspan=0>丙</td><td colspan=-4>1</td><td colspan=x>2</td></tr></table>"
    )
    assert max(c.row + c.rowspan for c in grid.cells) == 3
    assert max(c.col + c.colspan for c in grid.cells) < 10
    assert [text[c.start : c.end] for c in grid.cells] == ["收到", "甲", "乙", "丙", "1", "2"]


def test_tables_for_layout_are_read_as_blocks_and_the_data_inside_as_a_grid() -> None:
    inner = "<table><tr><td>收到申请</td><td>12</td></tr><tr><td>办结</td><td></td></tr></table>"
    text, grids, *_ = to_text(f"<table><tr><td>{PROSE}</td></tr><tr><td><p>附表</p>{inner}</td></tr></table>")
    assert text == f"{PROSE}\n附表\n收到申请\t12\n办结\t"
    assert [cells_of(text, g) for g in grids] == [
        [(0, 0, 1, 1, "收到申请"), (0, 1, 1, 1, "12"), (1, 0, 1, 1, "办结"), (1, 1, 1, 1, "")]
    ]
    # One long cell alone makes a table one for layout.
    assert to_text(f"<table><tr><td>正文</td><td>{PROSE * 3}</td></tr></table>")[1] == ()


def test_rows_of_sums_stay_whatever_their_class_is() -> None:
    rows = "".join(f"<tr><td>第{i}项</td><td>{i}</td></tr>" for i in range(9))
    text, (grid,), *_ = to_text(
        f"<p>{PROSE}</p><table>{rows}<tr class=foot><td>总计</td><td><span class='tool'>36</span></td></tr></table>"
    )
    assert text.endswith("总计\t36") and len(grid.cells) == 20


def test_one_long_cell_is_not_taken_for_the_page() -> None:
    text, (grid,), *_ = to_text(f"<body><table><tr><td>{PROSE[:180]}</td><td>5</td></tr></table>")
    assert text == f"{PROSE[:180]}\t5" and len(grid.cells) == 2


# --- main content


AROUND = """
<div class="top-nav"><a href=1>首页</a><a href=2>政务公开</a><a href=3>栖霞镇2017年政府信息公开工作年度报告</a></div>
<div class="wrap"><div class="crumbs">当前位置：<a href=1>首页</a> &gt; 年报</div>
<div class="left"><ul><li><a href=4>2016年政府信息公开年报</a></li><li><a href=5>2015年政府信息公开年报</a></li>
<li><a href=6>2014年政府信息公开年报</a></li></ul></div>
{content}
</div>
<div id="footer">版权所有：栖霞镇人民政府 电话：0000-8100112 访问量：20187</div>
"""
TABLE = "<table><tr><td>收到申请</td><td>12</td></tr><tr><td>办结</td><td>11</td></tr></table>"


@pytest.mark.parametrize(
    "content",
    [
        f"<div class='TRS_Editor'><p>一、概述</p><p>{PROSE}</p>{TABLE}</div>",
        f"<div class='x1'><p>一、概述</p><p>{PROSE}</p></div><div class='x2'>{TABLE}</div>",
        f"<div id='zoom'><p>一、概述</p><p>{PROSE}</p></div>{TABLE}",
        f"<table><tr><td><p>一、概述</p><p>{PROSE}</p>{TABLE}</td></tr></table>",
        f"<article><h2>一、概述</h2>{PROSE}{TABLE}</article>",
    ],
)
def test_the_content_is_found_among_navigation_and_footer_and_keeps_its_table(content: str) -> None:
    text, grids, *_ = to_text(AROUND.format(content=content))
    assert "一、概述" in text and PROSE in text
    assert len(grids) == 1 and "收到申请\t12\n办结\t11" in text
    for other in ("首页", "年报", "版权所有", "20187", "2017"):
        assert other not in text


def test_a_page_of_little_text_is_kept_whole() -> None:
    assert text_of("<div>栖霞镇2018年政府信息公开工作年度报告</div><div>没有收到申请</div>") == (
        "栖霞镇2018年政府信息公开工作年度报告\n没有收到申请"
    )


@pytest.mark.parametrize(
    ("head", "heading"),
    [
        ('<meta name="ArticleTitle" content="栖霞镇2018年政府信息公开工作年度报告">', ""),
        ("", "<h1>栖霞镇2018年政府信息<br>公开工作年度报告</h1>"),
        ("<title>栖霞镇2018年政府信息公开工作年度报告-栖霞镇人民政府</title>", ""),
    ],
)
def test_a_title_outside_of_the_content_stands_before_it(head: str, heading: str) -> None:
    body = f"{heading}<div class='TRS_Editor'><p>{PROSE}</p>{TABLE}</div>"
    text, (grid,), title, *_ = to_text(f"<html><head>{head}</head><body>{body}</body></html>")
    assert title == "栖霞镇2018年政府信息公开工作年度报告"
    assert text.split("\n")[:2] == [title, PROSE]
    assert cells_of(text, grid)[0] == (0, 0, 1, 1, "收到申请")


def test_a_title_that_the_content_has_is_not_doubled() -> None:
    title = "栖霞镇2018年政府信息公开工作年度报告"
    body = f"<div class='TRS_Editor'><p>栖霞镇2018年</p><p>政府信息公开工作年度报告</p><p>{PROSE}</p></div>"
    text = text_of(body, f'<meta name="ArticleTitle" content="{title}"><title>{title}</title>')
    assert text.split("\n") == ["栖霞镇2018年", "政府信息公开工作年度报告", PROSE]
    # The window's title is often the column's name: it does not stand in for the content's own.
    text = text_of(body, "<title>政府信息公开年报</title>")
    assert text.split("\n")[0] == "栖霞镇2018年"


# --- hostile pages


@pytest.mark.parametrize("tag", ["div", "span", "b", "font", "table", "table><tr><td", "ul><li", "p", "a", "center"])
def test_ten_thousand_nested_tags_are_read(tag: str) -> None:
    with ends():
        assert "收到申请12件" in text_of(f"<{tag}>" * 10_000 + "收到申请12件")


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 200_000,
        "<p>" + "".join(f"<font size={i}>" for i in range(3_000)) + "</p>" + "<p>x</p>" * 3_000,
        "<p " + " ".join(f"a{i}=1" for i in range(100_000)) + ">x",
        "<p q='>' " + "/".join(f"a{i}" for i in range(100_000)) + ">x",
        "<span>" * 100_000 + "</x>" * 100_000,
        "".join(f"<body a{i}=1>" for i in range(30_000)),
        "<b>" * 600_000,
        "<a<a" * 100_000 + ">",
    ],
    ids=["depth", "styles", "attributes", "quoted", "unmatched", "bodies", "tags", "brackets"],
)
def test_pages_that_would_exhaust_the_parser_are_refused_at_once(page: str) -> None:
    with ends(), pytest.raises(HostilePage):
        flatten(page)


@pytest.mark.parametrize(
    "page",
    [
        f"<p>收到申请12件</p><img src='data:image/png;base64,{'A' * 3_000_000}'>",
        "<table>" + "<tr><td colspan=100 rowspan=65534>1" * 20_000 + "</table>收到申请12件",
        "<div class=zoom>" * 20_000 + "收到申请12件",
        "<table><tr>" + "<td>1" * 100_000 + "</table>收到申请12件",
        f"<title>{chr(0xA0) * 200_000}-</title>收到申请12件",
        f"<p class='{'nav ' * 200_000}'>收到申请12件",
        "收到申请12件" + " \n" * 1_000_000,
    ],
    ids=["picture", "spans", "named", "cells", "title", "class", "blanks"],
)
def test_odd_pages_are_read_in_time(page: str) -> None:
    with ends():
        assert "收到申请12件" in to_text(page)[0]


def test_long_pages_of_usual_shape_are_no_attack() -> None:
    row = "<tr><td><p><font size=2>收到<b>申请</b></font><td><span>12</span>"
    assert len(to_text(f"<table>{row * 20_000}</table>")[1]) == 1
    assert to_text("<p>收到申请<br>" * 50_000)[0].count("\n") == 49_999
