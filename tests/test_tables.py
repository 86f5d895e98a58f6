"""Printed tables read cell by cell, each layout and each kind of damage in a few lines of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc

from guards import ends
from nianbao.catalogue import Catalogue
from nianbao.forms.knowledge import FormKnowledge
from nianbao.forms.reader import TableReader
from nianbao.language.script import normalize
from nianbao.reading.source import Grid, GridCell
from nianbao.schema import APPLICANTS
from synthetic_tables import LAYOUTS, document

READER = TableReader(Catalogue.load().compiled(FormKnowledge))
HEADS = "申请人情况 自然人 法人或其他组织 总计\n商业企业 科研机构 社会公益组织 法律服务机构 其他\n"
Cell = dict[str, Any]


def read(text: str, year: int | None = None, grids: tuple[Grid, ...] = ()) -> list[Cell]:
    """The cells of a text; every offset is checked on the way."""
    cells = READER.read(text, normalize(text), grids, year).cells
    for cell in cells:
        if cell["value_text"] is None:
            assert cell["status"] == "blank" and cell["start"] == cell["end"]
        else:
            assert text[cell["start"] : cell["end"]] == cell["value_text"]
        assert text[cell["metric_start"] : cell["metric_end"]] == cell["metric_text"]
        assert 0 < cell["confidence"] <= 1
    return cells


def row(cells: list[Cell], metric: str) -> list[float | str | None]:
    """A metric's values in the order of the form's applicants; "?" for an ambiguous cell."""
    own = {c["applicant"]: "?" if c["status"] == "ambiguous" else c["value"] for c in cells if c["metric"] == metric}
    return [own[applicant] for applicant in APPLICANTS] if "natural_person" in own else list(own.values())


def values(cells: list[Cell]) -> dict[str, float | None]:
    """Values by metric, for tables of one column."""
    return {c["metric"]: c["value"] for c in cells if c["metric"]}


# --- layouts -------------------------------------------------------------------------------------------------------

ROWS = {
    "requests.received": ("一、本年新收政府信息公开申请数量", [37, 2, 0, 1, 0, 4, 44]),
    "requests.carried_in": ("二、上年结转政府信息公开申请数量", [0, 0, 0, 0, 0, 0, 0]),
    "outcomes.granted": ("(一)予以公开", [12, 0, 0, 1, 0, 2, 15]),
    "outcomes.refused.internal_affairs": ("5.属于三类内部事务信息", [3, 0, 0, 0, 0, 0, 3]),
    "requests.carried_out": ("四、结转下年度继续办理", [1, 0, 0, 0, 0, 1, 2]),
}


def table(between: str, behind_row: str, head: str = HEADS) -> str:
    lines = [label + between + between.join(map(str, numbers)) for label, numbers in ROWS.values()]
    return head + behind_row.join(lines) + behind_row


@pytest.mark.parametrize(
    ("between", "behind"), [("\n\n", "\n\n"), ("\n", "\n"), (" |\n", " |\n"), ("\t", "\n"), (" ", "\n"), (" ", " ")]
)
def test_layouts(between: str, behind: str) -> None:
    cells = read(table(between, behind))
    assert {metric: row(cells, metric) for metric in ROWS} == {metric: numbers for metric, (_, numbers) in ROWS.items()}


def test_markdown_with_a_column_of_group_names() -> None:
    lines = ["| 申请人情况 | | 自然人 | 法人或其他组织 | | | | | 总计 |", "|---|---|---|---|---|---|---|---|---|"]
    lines += ["| | | | 商业企业 | 科研机构 | 社会公益组织 | 法律服务机构 | 其他 | |"]
    for label, numbers in ROWS.values():
        lines.append(f"| | {label} | {' | '.join(map(str, numbers))} |")
    cells = read("\n".join(lines))
    assert {metric: row(cells, metric) for metric in ROWS} == {metric: numbers for metric, (_, numbers) in ROWS.items()}


def test_a_true_grid_tells_empty_cells() -> None:
    text, cells, position = "", [], 0
    printed = [["申请人情况", "自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]]
    for label, numbers in ROWS.values():
        printed.append([label, *("" if n == 0 else str(n) for n in numbers)])
    for at, line in enumerate(printed):
        for column, word in enumerate(line):
            cells.append(GridCell(position, position + len(word), at, column))
            text += word + ("\t" if column < 7 else "\n")
            position = len(text)
    found = read(text, grids=(Grid(0, len(text), tuple(cells)),))
    assert row(found, "requests.received") == [37, 2, None, 1, None, 4, 44]
    assert row(found, "requests.carried_in") == [None] * 7


@pytest.mark.parametrize("unit", ["万元", "万\n元", "万一元"])
def test_a_unit_in_pieces_still_counts(unit: str) -> None:
    cells = read(
        f"(三)从事政府信息公开工作人员数\t人\t12\n1.专职人员数\t人\t4\n2.兼职人员数\t人\t8\n(四)政府信息公开专项经费\t{unit}\t6.7\n"
        "(一)召开政府信息公开工作会议或专题会议数\t次\t5\n",
        2016,
    )
    assert values(cells)["capacity.budget"] == 67_000


def test_a_remark_behind_a_label_is_no_label_and_no_end() -> None:
    cells = read(
        "信息内容 | 上一年项目数量 (指2018年事项数) | 本年增/减 (指2019年增加或减少的) | 处理决定数量 (办件量) |\n"
        "行政许可 | 71 | -11 | 0 |\n其他对外管理服务事项(指行政许可以外的) | 20 | 3 | 5 |\n",
        2019,
    )
    assert row(cells, "licensing.items_previous_year") == [71.0]
    assert values(cells)["other_services.items_previous_year"] == 20.0
    assert values(cells)["other_services.decisions"] == 5.0


def test_traditional_script_and_full_width_forms() -> None:
    text = "申請人情況 自然人 商業企業 科研機構 社會公益組織 法律服務機構 其他 總計\n"
    text += "一、本年新收政府信息公開申請數量 ３ ０ ０ ０ ０ ０ ３\n二、上年結轉政府信息公開申請數量 0 0 0 0 0 0 0\n"
    text += "（一）予以公開 2 0 0 0 0 0 2\n5.屬於三類內部事務信息 1 0 0 0 0 0 1\n"
    cells = read(text)
    assert row(cells, "requests.received") == [3, 0, 0, 0, 0, 0, 3]
    assert row(cells, "outcomes.refused.internal_affairs") == [1, 0, 0, 0, 0, 0, 1]


def test_labels_lose_brackets_numbers_and_characters() -> None:
    text = HEADS + "本年新收政府信息公开申请数量 5 0 0 0 0 0 5\n二上年结转政府信公开申请数量 0 0 0 0 0 0 0\n"
    text += "()予以公开 4 0 0 0 0 0 4\n于三类内部事务信息 1 0 0 0 0 0 1\n6属于四类过程信息 0 0 0 0 0 0 0\n"
    cells = read(text)
    assert row(cells, "requests.carried_in") == [0] * 7
    assert row(cells, "outcomes.granted") == [4, 0, 0, 0, 0, 0, 4]
    assert row(cells, "outcomes.refused.internal_affairs") == [1, 0, 0, 0, 0, 0, 1]
    assert row(cells, "outcomes.refused.process_information") == [0] * 7
    repaired = [c for c in cells if c["metric"] == "outcomes.refused.process_information"]
    exact = [c for c in cells if c["metric"] == "requests.received"]
    assert max(c["confidence"] for c in repaired) < min(c["confidence"] for c in exact)


def test_labels_stand_in_pieces_around_their_numbers() -> None:
    text = HEADS + "一、本年新收政府信\n5 0 0 0 0 0 5\n息公开申请数量\n二、上年结转政府信息公开申请数量 0 0 0 0 0 0 0\n"
    text += (
        "4 0 0 0 0 0 4\n(一)予以\n公开\n5.属于三类内部事务\n1 0 0 0 0 0 1\n信息\n四、结转下年度继续办理 0 0 0 0 0 0 0\n"
    )
    cells = read(text)
    assert row(cells, "requests.received") == [5, 0, 0, 0, 0, 0, 5]
    assert row(cells, "outcomes.granted") == [4, 0, 0, 0, 0, 0, 4]
    assert row(cells, "outcomes.refused.internal_affairs") == [1, 0, 0, 0, 0, 0, 1]
    assert row(cells, "requests.carried_out") == [0] * 7


# --- digits that run together --------------------------------------------------------------------------------------


def test_glued_rows_and_the_number_of_the_next_row() -> None:
    text = "一、本年新收政府信息公开申请数量520030156二、上年结转政府信息公开申请数量0000000(三)不予公开"
    text += "1.属于国家秘密00000002.其他法律行政法规禁止公开1900003225.属于三类内部事务信息0000000"
    cells = read(text)
    assert row(cells, "requests.received") == [52, 0, 0, 3, 0, 1, 56]
    assert row(cells, "outcomes.refused.state_secret") == [0] * 7
    assert row(cells, "outcomes.refused.prohibited_by_law") == [19, 0, 0, 0, 0, 3, 22]


def test_glued_review_table() -> None:
    heads = "行政复议行政诉讼结果维持结果纠正其他结果尚未审结总计未经复议直接起诉复议后起诉"
    heads += "结果维持结果纠正其他结果尚未审结总计" * 2
    cells = read(heads + "20305150001500000")
    got = values(cells)
    assert [got[f"reviews.{k}"] for k in ("upheld", "corrected", "other", "pending", "total")] == [2, 0, 3, 0, 5]
    assert got["litigation.direct.upheld"] == got["litigation.direct.total"] == 15
    assert got["litigation.after_review.total"] == 0


def test_several_readings_are_said_and_none_is_chosen() -> None:
    text = "第二十条第(一)项信息内容本年制发件数本年废止件数现行有效件数规章000行政规范性文件121314"
    text += "第二十条第(五)项信息内容本年处理决定数量行政许可415"
    cells = read(text, 2021)
    own = [c for c in cells if (c["metric"] or "").startswith("normative_documents")]
    assert [c["status"] for c in own] == ["ambiguous"] * 3
    assert all(c["value"] is None and c["value_text"] == "121314" for c in own)
    assert "12/13/14" in own[0]["readings"]
    assert values([c for c in cells if c["status"] == "reported"])["licensing.decisions"] == 415


def test_sums_between_rows_decide_where_a_rows_own_sum_does_not() -> None:
    # 340030138 reads 3 4 0 0 30 1 38 and 34 0 0 3 0 1 38: the total row tells.
    rows = [
        ("一、本年新收政府信息公开申请数量", "340030138"),
        ("二、上年结转政府信息公开申请数量", "0000000"),
        ("(一)予以公开", "340030138"),
    ]
    zero = ["(二)部分公开", "1.属于国家秘密", "2.其他法律行政法规禁止公开"]
    zero += ['3.危及"三安全一稳定"', "4.保护第三方合法权益", "5.属于三类内部事务信息", "6.属于四类过程性信息"]
    zero += ["7.属于行政执法案卷", "8.属于行政查询事项", "1.本机关不掌握相关政府信息", "2.没有现成信息需要另行制作"]
    zero += ["3.补正后申请内容仍不明确", "1.信访举报投诉类申请", "2.重复申请", "3.要求提供公开出版物"]
    zero += ["4.无正当理由大量反复申请", "5.要求行政机关确认或重新出具已获取信息", "(六)其他处理"]
    rows += [(label, "0000000") for label in zero]
    text = "".join(label + digits for label, digits in rows)
    open_text = text + "(七)总计340030138四、结转下年度继续办理0000000"
    assert row(read(open_text), "outcomes.granted") == ["?", "?", 0, "?", "?", 1, 38]
    told = text + "(七)总计34 0 0 3 0 1 38四、结转下年度继续办理0000000"
    assert row(read(told), "outcomes.granted") == [34, 0, 0, 3, 0, 1, 38]
    assert row(read(told), "requests.received") == [34, 0, 0, 3, 0, 1, 38]


def test_a_total_that_the_report_gets_wrong_is_not_bent() -> None:
    text = "一、本年新收政府信息公开申请数量5200301 57二、上年结转政府信息公开申请数量0000000"
    text += "(一)予以公开7000007(二)部分公开0000000"
    cells = read(text)
    assert row(cells, "requests.received")[-1] in (57, "?")
    assert row(cells, "requests.received")[0] in (52, "?")
    assert row(cells, "outcomes.granted") == [7, 0, 0, 0, 0, 0, 7]


def test_this_year_and_cumulative_run_together() -> None:
    text = "指标名称计量单位2011年度历年累计主动公开信息数条4251516其中:1.网站公开条40215002.政府公报公开条0"
    text += "16受理依申请公开信息总数条920其中:1.当面申请数条0112.电子邮件申请数条993.信函申请数条00"
    text += "对申请的答复数条920其中:1.同意公开答复数条9202.同意部分公开答复数条00行政复议数条00"
    cells = read(text, 2011)
    got = values(cells)
    assert got["disclosure.total"] == 425 and got["disclosure.website"] == 402 and got["disclosure.gazette"] == 0
    assert got["requests.received"] == 9 and got["requests.received_in_person"] == 0
    assert got["outcomes.granted"] == 9 and got["reviews.total"] == 0
    totals = [c for c in cells if c["cumulative"]]
    assert [c["value"] for c in totals[:2]] == [1516, 1500]
    assert all(c["metric"] is None and c["year_offset"] is None for c in totals)


def test_blanks_inside_numbers_are_closed_only_where_a_sum_tells() -> None:
    text = (
        HEADS + "一、本年新收政府信息公开申请数量 2 3 0 0 0 0 0 2 3\n二、上年结转政府信息公开申请数量 0 0 0 0 0 0 0\n"
    )
    text += "(一)予以公开 9 0 0 0 0 0 9\n5.属于三类内部事务信息 0 0 0 0 0 0 0\n"
    cells = read(text)
    assert row(cells, "requests.received") == [23, 0, 0, 0, 0, 0, 23]
    assert next(c["value_text"] for c in cells if c["metric"] == "requests.received") == "2 3"


# --- empty cells ---------------------------------------------------------------------------------------------------


def test_one_column_form_prints_its_label_and_nothing() -> None:
    text = "统计指标 |\n单位 |\n统计数 |\n(一)主动公开政府信息数 |\n条 |\n210 |\n其中:主动公开规范性文件数 |\n条 |\n|\n"
    text += "制发规范性文件总数 |\n件 |\n3 |\n2.政府网站公开政府信息数 |\n条 |\n0 |\n二、回应解读情况 |\n|\n|\n"
    text += "3.政策解读稿件发布数 |\n篇 |\n|\n"
    got = values(read(text, 2016))
    assert got["disclosure.normative_documents"] is None and "disclosure.normative_documents" in got
    assert got["disclosure.website"] == 0 and got["normative_documents.issued"] == 3
    assert got["response.interpretations"] is None


def test_empty_lines_between_single_cells_leave_a_trace() -> None:
    lines = [label + "\n" + "\n".join(map(str, numbers)) for label, numbers in ROWS.values()]
    text = HEADS + "\n".join(lines) + "\n(二)部分公开\n2\n0\n\n0\n0\n\n2\n四、结转下年度继续办理\n0\n0\n0\n0\n0\n0\n0\n"
    assert row(read(text), "outcomes.partly_granted") == [2, 0, None, 0, 0, None, 2]


def test_double_blanks_in_a_line_leave_a_trace() -> None:
    text = table(" ", "\n") + "(二)部分公开 2  0 0 0 0 2\n7.属于行政执法案卷  0 0 0 0 0 0\n"
    cells = read(text)
    assert row(cells, "outcomes.partly_granted") == [2, None, 0, 0, 0, 0, 2]
    assert row(cells, "outcomes.refused.enforcement_files") == [None, 0, 0, 0, 0, 0, 0]


def test_empty_cells_without_a_trace_are_not_guessed() -> None:
    text = table(" ", "\n", HEADS) + "6.属于四类过程性信息 2 0 0 0 2 四、结转下年度继续办理 0 0 0 0 0 0 0\n"
    assert not [c for c in read(text) if c["metric"] == "outcomes.refused.process_information" and c["value"]]


def test_an_empty_template_is_blank_and_nothing_else() -> None:
    text = "| 申请人情况 | 自然人 | 商业企业 | 科研机构 | 社会公益组织 | 法律服务机构 | 其他 | 总计 |\n"
    for label, _ in ROWS.values():
        text += f"| {label} |{'  |' * 7}\n"
    cells = read(text)
    assert cells and {c["status"] for c in cells} == {"blank"} and {c["value"] for c in cells} == {None}


def test_a_groups_name_has_cells_only_where_a_total_is_printed() -> None:
    empty = "| (三)不予公开 | | | | | | | |\n| 1.属于国家秘密 | 0 | 0 | 0 | 0 | 0 | 0 | 0 |\n"
    total = empty.replace("| (三)不予公开 | | | | | | | |", "| (三)不予公开 | 4 | 0 | 0 | 0 | 0 | 0 | 4 |")
    head = "".join(f"| {label} | {' | '.join(map(str, numbers))} |\n" for label, numbers in ROWS.values())
    assert "outcomes.refused" not in {c["metric"] for c in read(head + empty)}
    assert row(read(head + total), "outcomes.refused") == [4, 0, 0, 0, 0, 0, 4]


# --- units, columns, several tables --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "metric", "value"),
    [
        ("信息内容 本年收费金额(单位:万元)\n行政事业性收费 1360.25117", "fees.amount", 13602511.7),
        ("信息内容 本年收费金额(单位:元)\n行政事业性收费 1360", "fees.amount", 1360),
        ("信息内容 本年收费金额\n行政事业性收费 0.5", "fees.amount", 5000),
        ("信息内容 采购项目数量 采购总金额\n政府集中采购 12 3050000.5元", "procurement.amount", 3050000.5),
        ("信息内容 采购项目数量 采购总金额\n政府集中采购 12 305.5万元", "procurement.amount", 3055000),
        ("信息内容 采购项目数量 采购总金额(万元)\n政府集中采购 12 305.5", "procurement.amount", 3055000),
    ],
)
def test_money_is_in_yuan(text: str, metric: str, value: float) -> None:
    before = "第二十条第(六)项\n信息内容 本年处理决定数量\n行政处罚 8\n行政强制 0\n"
    assert values(read(before + "第二十条第(八)项\n" + text + "\n"))[metric] == value


def test_money_of_the_form_of_2014_is_in_wan_yuan() -> None:
    text = "统计指标 单位 统计数\n六、举报投诉数量 件 0\n七、依申请公开信息收取的费用 万元 0.03\n"
    text += "(二)设置政府信息公开查阅点数 个 2\n(三)从事政府信息公开工作人员数 人 5\n(四)政府信息公开专项经费 万元 12\n"
    got = values(read(text + "(三)接受培训人员数 人次 40\n", 2015))
    assert got["requests.fees_charged"] == 300 and got["capacity.budget"] == 120000
    assert got["training.participants"] == 40


def test_columns_in_another_order() -> None:
    heads = "申请人情况 总计 自然人 科研机构 商业企业 社会公益组织 其他 法律服务机构\n"
    text = heads + "一、本年新收政府信息公开申请数量 44 37 0 2 1 4 0\n二、上年结转政府信息公开申请数量 0 0 0 0 0 0 0\n"
    text += "(一)予以公开 15 12 0 0 1 2 0\n5.属于三类内部事务信息 3 3 0 0 0 0 0\n"
    cells = read(text)
    assert row(cells, "requests.received") == [37, 2, 0, 1, 0, 4, 44]
    assert row(cells, "outcomes.granted") == [12, 0, 0, 1, 0, 2, 15]


def test_a_negative_change_keeps_its_sign() -> None:
    text = "第二十条第(五)项\n信息内容 上一年项目数量 本年增/减 处理决定数量\n行政许可 120 -14 3055\n"
    text += "其他对外管理服务事项 8 +2 0\n"
    got = values(read(text, 2019))
    assert got["licensing.items_change"] == -14 and got["other_services.items_change"] == 2


def test_two_tables_of_one_form_stay_apart() -> None:
    one = (
        "统计指标 单位 统计数\n(一)主动公开政府信息数 条 {}\n其中:主动公开规范性文件数 条 {}\n制发规范性文件总数 件 1\n"
    )
    one += "1.政府公报公开政府信息数 条 0\n2.政府网站公开政府信息数 条 {}\n"
    text = one.format(900, 30, 870) + "填报单位:某局\n" + one.format(70, 5, 65)
    reading = READER.read(text, normalize(text))
    assert [c["value"] for c in reading.cells if c["metric"] == "disclosure.website"] == [870, 65]
    assert len(reading.regions) == 2 and reading.regions[0].end <= reading.regions[1].start


def test_a_note_between_two_pages() -> None:
    first, *rest = (label + " " + " ".join(map(str, numbers)) for label, numbers in ROWS.values())
    text = HEADS + first + "\n— 7 —\n某市年报。续上页。\n" + "\n".join(rest) + "\n"
    cells = read(text)
    assert {metric: row(cells, metric) for metric in ROWS} == {metric: numbers for metric, (_, numbers) in ROWS.items()}


def test_a_table_cut_off_keeps_what_is_certain() -> None:
    cells = read(
        HEADS + "一、本年新收政府信息公开申请数量 5 0 0 0 0 0 5\n二、上年结转政府信息公开申请数量 0 0 0 0 0 0 0\n"
        "(一)予以公开 4 0 0 0 0 0 4\n5.属于三类内部事务信息 1 0 0"
    )
    assert row(cells, "outcomes.granted") == [4, 0, 0, 0, 0, 0, 4]
    assert not [c for c in cells if c["metric"] == "outcomes.refused.internal_affairs"]


def test_a_local_row_takes_no_other_rows_numbers() -> None:
    lines = [label + " " + " ".join(map(str, numbers)) for label, numbers in ROWS.values()]
    lines.insert(3, "本省自行增加的统计内容 9 9 9 9 9 9 54")
    cells = read(HEADS + "\n".join(lines) + "\n")
    assert {metric: row(cells, metric) for metric in ROWS} == {metric: numbers for metric, (_, numbers) in ROWS.items()}
    own = [c for c in cells if c["metric"] is None]
    assert [c["value"] for c in own] == [9, 9, 9, 9, 9, 9, 54]
    assert {c["metric_text"] for c in own} == {"本省自行增加的统计内容"}


@pytest.mark.parametrize(
    ("heads", "offsets"),
    [("2015年 2016年", [-1, 0]), ("2016年度 2015年度", [0, -1]), ("2016年度 历年累计", [0, None])],
)
def test_columns_of_two_years(heads: str, offsets: list[int | None]) -> None:
    text = f"指标名称 计量单位 {heads}\n主动公开信息数 条 310 420\n1.网站公开 条 300 400\n2.政府公报公开 条 1 2\n"
    text += "受理依申请公开信息总数 条 4 6\n1.当面申请数 条 3 5\n对申请的答复总数 条 4 6\n"
    cells = [c for c in read(text) if c["metric_text"] == "主动公开信息数"]
    assert [c["year_offset"] for c in cells] == offsets
    assert [c["metric"] for c in cells] == [None if o is None else "disclosure.total" for o in offsets]


@pytest.mark.parametrize(
    ("last", "form"),
    [("(六)其他处理 0 0 0 0 0 0 0\n", "national_2019"), ("(六)其他处理 3.其他 0 0 0 0 0 0 0\n", "national_2021")],
)
def test_the_form_is_the_tables_not_the_years(last: str, form: str) -> None:
    text = (
        table(" ", "\n") + "5.要求行政机关确认或重新出具已获取信息 0 0 0 0 0 0 0\n" + last + "(七)总计 0 0 0 0 0 0 0\n"
    )
    year = 2021 if form == "national_2019" else 2020
    heads = "第二十条第(一)项\n信息内容 本年新制作数量 本年新公开数量 对外公开总数量\n规章 1 1 4\n规范性文件 2 2 9\n"
    cells = read(heads + text if form == "national_2019" else text, year)
    if form == "national_2019":
        assert {c["form"] for c in cells if c["table"] == "article20"} == {form}
        assert values(cells)["regulations.disclosed_cumulative"] == 4
    else:
        assert {c["form"] for c in cells} == {form}


# --- what is no table ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "行政机关应当依照规定主动公开下列信息:(一)规章和规范性文件;(五)办理行政许可和其他对外管理服务事项的依据;"
        "(六)实施行政处罚、行政强制的依据;(八)行政事业性收费项目;(九)政府集中采购项目目录、标准及实施情况。",
        "2020年本年新收政府信息公开申请12件,上年结转政府信息公开申请1件,其中予以公开8件,不予公开2件,本机关不掌握相关"
        "政府信息3件,结转下年度继续办理0件。",
        "填表说明:本年新收政府信息公开申请数量,指报告年度收到的件数。上年结转政府信息公开申请数量,指转入的件数。"
        "结转下年度继续办理,指到年底未办完的件数。",
        "全年参加或举办新闻发布会总次数3次;其中主要负责同志参加新闻发布会1次;政策解读稿件发布数20篇;微博微信回应事件数2次。",
        "",
        "没有表格。",
    ],
)
def test_texts_about_tables_are_no_tables(text: str) -> None:
    assert READER.regions(normalize(text)) == []
    assert read(text) == []


def test_a_region_ends_with_its_last_cell() -> None:
    text = "三、收到和处理政府信息公开申请情况\n" + table(" ", "\n") + "四、存在的主要问题\n培训了30人。"
    (region,) = READER.regions(normalize(text))
    assert text[region.start :].startswith("申请人情况") and text[: region.end].endswith("0 1 2")
    assert (region.form, region.table) == ("national_2019", "requests")


# --- bounds and properties -----------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(
    form=st.sampled_from(["local", "2014", "2019", "2021"]),
    layout=st.sampled_from([*LAYOUTS, "html"]),
    seed=st.integers(0, 50),
    data=st.data(),
)
def test_offsets_hold_whatever_happens_to_the_text(form: str, layout: str, seed: int, data: st.DataObject) -> None:
    text, _, _ = document(form, layout, seed, blank=0.1, noise=0.3)
    for _ in range(data.draw(st.integers(0, 6))):
        at = data.draw(st.integers(0, len(text) - 1))
        size = data.draw(st.integers(0, 40))
        text = text[:at] + data.draw(st.text("0123456789.一(|\n\t 公开", max_size=8)) + text[at + size :]
    read(text)


def work(text: str) -> int:
    """How many functions are called to read a text: a measure of time that no busy machine changes."""
    calls = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += 1

    norm = normalize(text)
    sys.setprofile(count)
    try:
        READER.read(text, norm)
    finally:
        sys.setprofile(None)
    return calls


LABELS = ("一、本年新收政府信息公开申请数量", "二、上年结转政府信息公开申请数量", "(一)予以公开")


@pytest.mark.parametrize(
    "shape",
    [
        lambda n: LABELS[0] + "1234567890" * n + LABELS[1] + "0000000" + LABELS[2] + "1230000",
        lambda n: f"{LABELS[0]}\n" + "1\n" * n + f"{LABELS[1]} 2\n{LABELS[2]} 3",
        lambda n: "|".join(LABELS) + "|" * n,
        lambda n: (
            "主动公开规范性文件数 条 1 制发规范性文件总数 件 2 政府网站公开政府信息数 条 3 同意公开答复数 件 4 "
            * (n // 20)
        ),
        lambda n: f"| {LABELS[0]} | 1 | 0 | 0 | 0 | 0 | 0 | 1 |\n" * (n // 10),
        lambda n: "\n".join([*LABELS] * (n // 30)) + "\n1" * n,
    ],
    ids=["digits", "lines", "pipes", "tables", "rows", "labels first"],
)
def test_work_grows_as_the_text_grows(shape: Callable[[int], str]) -> None:
    small, large = work(shape(500)), work(shape(2_000))
    assert large <= 5 * small + 20_000


def test_ten_thousand_digits_are_ambiguous() -> None:
    text = "一、本年新收政府信息公开申请数量" + "1234567890" * 1000 + "二、上年结转政府信息公开申请数量0000000"
    with ends(20):
        cells = read(text + "(一)予以公开0000000(二)部分公开0000000")
    assert row(cells, "requests.received") == ["?"] * 7
    assert row(cells, "outcomes.granted") == [0] * 7


def test_the_component_writes_plain_data() -> None:
    nlp = spacy.blank("zh")
    nlp.add_pipe("nianbao_tables")
    doc = nlp(table(" ", "\n"))
    assert row(doc._.cells, "requests.received") == [37, 2, 0, 1, 0, 4, 44]
    assert doc._.regions == [{"start": 0, "end": doc._.regions[0]["end"], "form": "national_2019", "table": "requests"}]
    again = Doc(nlp.vocab).from_bytes(doc.to_bytes())
    assert again._.cells == doc._.cells and again._.regions == doc._.regions


def test_heads_printed_over_several_lines_say_nothing_of_the_order_of_columns() -> None:
    heads = "自然人 总计\n社会公益 法律服务\n商业企业 科研机构 其他\n组织 机构\n"
    rows = "一、本年新收政府信息公开申请数量 31 4 2 1 6 5 49\n二、上年结转政府信息公开申请数量 1 0 0 2 0 0 3\n"
    rows += "(一)予以公开 9 0 1 0 0 2 12\n"
    cells = {(c["metric"], c["applicant"]): c["value"] for c in read(heads + rows)}
    assert [cells["requests.received", applicant] for applicant in APPLICANTS] == [31, 4, 2, 1, 6, 5, 49]
    assert cells["outcomes.granted", "other"] == 2
