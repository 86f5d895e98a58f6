"""Text that stands only in scripts, text areas, templates or frames: read where it is plain, else told."""

from __future__ import annotations

import html
import json

import pytest

from nianbao.reading.html import PageText, to_text

TITLE = "栖霞镇2021年政府信息公开工作年度报告"
SAID = "一年来，我镇按时公开，逐件答复，没有发生争议，公开的渠道更多，内容更全，群众更加满意。" * 4
TABLE = "<table><tr><td>收到申请</td><td>{}</td></tr><tr><td>办结</td><td>7</td></tr></table>"
REPORT = f"<h1>{TITLE}</h1><p>一、总体情况</p><p>{SAID}</p>{TABLE.format(12)}"
LINES = [TITLE, "一、总体情况", SAID, "收到申请\t12", "办结\t7"]


def page(body: str) -> PageText:
    return to_text(f"<html><head><title>{TITLE}</title></head><body>{body}</body></html>")


def names(found: PageText) -> list[str]:
    return [warning.name for warning in found.warnings]


@pytest.mark.parametrize(
    "body",
    [
        f"<script>window.data = {json.dumps({'title': TITLE, 'content': REPORT})};</script>",
        f"<script type='application/json'>{json.dumps({'content': REPORT}, ensure_ascii=False)}</script>",
        f"<script>// don't\nvar s = JSON.parse({json.dumps(json.dumps({'content': REPORT}))})</script>",
        f"<script>document.write('{REPORT}')</script>",
        f"<script>var h = '{REPORT[:60]}'; h += '{REPORT[60:-20]}' + '{REPORT[-20:]}';</script>",
        f"<script>var s = {json.dumps(html.escape(REPORT))}</script>",
        f"<textarea id='content' style='display:none'>{html.escape(REPORT)}</textarea>",
        f"<textarea>{html.escape(REPORT)}</textarea>",
        f"<template>{REPORT}</template>",
        f"<div style='display:none'>{REPORT}</div>",
    ],
    ids=["json", "data", "twice", "write", "pieces", "escaped", "hidden area", "area", "template", "hidden"],
)
def test_a_plain_article_is_read_from_where_it_stands(body: str) -> None:
    found = page(f"<div id=app></div>{body}")
    assert found.text.split("\n") == LINES
    assert len(found.grids) == 1 and found.text[found.grids[0].start :].startswith("收到申请\t12")
    assert names(found) == ["script"]


def test_the_page_in_a_frames_own_attribute_is_shown() -> None:
    found = page(f'<p>首页</p><iframe srcdoc="{html.escape(REPORT)}"></iframe>')
    assert found.text.split("\n")[-5:] == LINES and names(found) == []


def test_tables_go_under_the_headings_that_wait_for_them() -> None:
    shown = f"<h1>{TITLE}</h1><h2>一、总体情况</h2><p>{SAID}</p><h2>二、公开情况</h2><h2>三、申请情况</h2>"
    shown += "<h2>四、问题</h2><p>无。</p>"
    found = page(f"{shown}<script>var t = {json.dumps([TABLE.format(3), TABLE.format(4)])}</script>")
    assert found.text.split("\n")[3:] == [
        "二、公开情况",
        "收到申请\t3",
        "办结\t7",
        "三、申请情况",
        "收到申请\t4",
        "办结\t7",
        "四、问题",
        "无。",
    ]
    assert [found.text[grid.start : grid.end][:6] for grid in found.grids] == ["收到申请\t3", "收到申请\t4"]
    assert names(found) == ["script"]
    rows = "var rows = [['规章', 3], ['行政规范性文件', 4]], heads = ['" + "收到的申请按申请人分列" * 6 + "']"
    assert names(page(f"{shown}<script>{rows}</script>")) == ["script"]


@pytest.mark.parametrize(
    "body",
    [
        "<div id=app></div><script src=app.js></script>",
        "<iframe src=report.html></iframe>",
        "<script>var rows = [['规章', 1, 2, 3]]</script>",
        "<script>var s = `<table><tr><td>${a}</td></tr></table>`</script>",
    ],
)
def test_a_page_that_shows_nothing_without_its_scripts_says_so(body: str) -> None:
    found = page(body)
    assert found.text == TITLE and names(found) == ["script"]


def test_of_two_different_articles_none_is_taken() -> None:
    found = page(f"<script>var all = {json.dumps([REPORT, REPORT.replace('2021', '2020')])}</script>")
    assert found.text == TITLE and names(found) == ["script"]


def test_what_a_page_shows_is_not_added_to_from_its_scripts() -> None:
    other = f"<script>var more = {json.dumps([TABLE.format(99), SAID])}; var a = '今天';</script><script src=a.js>"
    found = page(f"{REPORT}{other}")
    assert found.text.split("\n") == LINES and names(found) == []


def test_odd_scripts_end() -> None:
    odd = ['"' * 100_001, "/*" * 100_000, "'\\" * 100_000, "`" * 99_999, "//" * 100_000, "{[" * 100_000]
    for script in odd:
        assert page(f"<script>{script}</script>").text == TITLE
    nested = "<style>.a{display:none}</style>" + "<i class=a>" * 9_000 + "甲" * 300 + "</i>" * 9_000
    for markup in ("<style>" + "@" * 200_000 + "/*" * 100_000 + "</style>", "<sup>1</sup>" * 20_000, nested):
        assert "收到申请" in to_text(f"{markup}收到申请")[0]
