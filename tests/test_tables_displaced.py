"""Tables whose labels and numbers were printed apart: read where sums and counts tell, else left open; odd cells."""

from __future__ import annotations

from typing import Any

import pytest

from nianbao.catalogue import Catalogue
from nianbao.forms.cells import number_value, read_cell
from nianbao.forms.knowledge import FormKnowledge
from nianbao.forms.reader import TableReader
from nianbao.language.script import normalize
from nianbao.reading.source import Grid, GridCell
from nianbao.schema import APPLICANTS

KNOWLEDGE = Catalogue.load().compiled(FormKnowledge)
READER = TableReader(KNOWLEDGE)
ROWS = {
    "一、本年新收政府信息公开申请数量": [41, 3, 0, 2, 1, 0, 47],
    "二、上年结转政府信息公开申请数量": [2, 0, 0, 0, 0, 1, 3],
    "(一)予以公开": [20, 1, 0, 2, 0, 0, 23],
    "(二)部分公开": [9, 0, 0, 0, 1, 1, 11],
    "(七)总计": [40, 3, 0, 2, 1, 1, 47],
    "四、结转下年度继续办理": [3, 0, 0, 0, 0, 0, 3],
}
METRICS = ("received", "carried_in", "granted", "partly_granted", "concluded", "carried_out")


def cells(text: str, grids: tuple[Grid, ...] = ()) -> list[dict[str, Any]]:
    return READER.read(text, normalize(text), grids).cells


def row(read: list[dict[str, Any]], ending: str) -> list[float | None]:
    own = {c["applicant"]: c["value"] for c in read if (c["metric"] or "").endswith("." + ending)}
    return [own.get(applicant) for applicant in APPLICANTS]


def test_columns_printed_one_after_the_other() -> None:
    columns = [str(numbers[at]) for at in range(7) for numbers in ROWS.values()]
    read = cells("\n".join([*ROWS, *columns]) + "\n")
    assert [row(read, metric) for metric in METRICS] == list(ROWS.values())


def test_rows_printed_behind_all_labels() -> None:
    lines = [" ".join(map(str, numbers)) for numbers in ROWS.values()]
    read = cells("\n".join([*ROWS, *lines]) + "\n")
    assert [row(read, metric) for metric in METRICS] == list(ROWS.values())


def test_numbers_lost_among_those_behind_the_labels_leave_all_open() -> None:
    numbers = [str(number) for own in ROWS.values() for number in own]
    reading = cells("\n".join([*ROWS, *numbers[:17], *numbers[19:]]) + "\n")
    assert {cell["metric"] for cell in reading} == {None}
    assert len(reading) == len(numbers) - 2 and all(cell["unread"] for cell in reading)


def test_columns_without_a_sum_are_open_where_labels_and_numbers_stand_apart() -> None:
    read = cells("规章\n行政规范性文件\n本年制发件数 本年废止件数 现行有效件数\n3\n5\n0\n1\n9\n40\n")
    assert not [cell for cell in read if cell["metric"]]


def test_the_three_groups_of_reviews_without_any_head() -> None:
    read = cells("四、政府信息公开行政复议、行政诉讼情况\n3 1 0 2 6 0 0 0 1 1 4 0 1 0 5\n五、存在的问题\n")
    values = {cell["metric"]: cell["value"] for cell in read}
    assert values["reviews.total"] == 6 and values["litigation.direct.pending"] == 1
    assert values["litigation.after_review.upheld"] == 4
    broken = cells("四、政府信息公开行政复议、行政诉讼情况\n3 1 0 2 7 0 0 0 1 1 4 0 1 0 5\n五、存在的问题\n")
    assert not [cell for cell in broken if cell["metric"]]


def test_groups_of_digits_are_not_joined() -> None:
    read = cells("2023年\n规章 2 0 17\n行政规范性文件 61 48 305\n")
    assert [cell["value"] for cell in read] == [2, 0, 17, 61, 48, 305]


def test_the_foot_of_a_page_is_no_row() -> None:
    label, numbers = "一、本年新收政府信息公开申请数量", "5 0 0 0 0 0 5"
    others = "二、上年结转政府信息公开申请数量 0 0 0 0 0 0 0\n(一)予以公开 1 0 0 0 0 0 1\n"
    read = cells(f"{label}\n3/14\n12/30/23, 8:24\n{numbers}\n{others}")
    assert row(read, "received") == [5, 0, 0, 0, 0, 0, 5]


@pytest.mark.parametrize(
    ("written", "kind", "number", "qualifier"),
    [
        ("12", "number", "12", "exact"),
        ("1 234", "number", "1 234", "exact"),
        ("17件", "number", "17", "exact"),
        ("20余", "number", "20", "over"),
        ("约30件", "number", "30", "approx"),
        ("3.4万", "number", "3.4万", "exact"),
        ("十二", "number", "十二", "exact"),
        ("8(注3)", "number", "8", "exact"),
        ("6(含结转)", "number", "6", "exact"),
        ("不适用", "text", "不适用", "exact"),
        ("/", "text", "/", "exact"),
        ("—", "text", "—", "exact"),
        ("2O", "text", "2O", "exact"),
        ("无", "none", "无", "exact"),
        (" ", "blank", "", "exact"),
        ("件", "other", "", "exact"),
    ],
)
def test_what_a_cell_says(written: str, kind: str, number: str, qualifier: str) -> None:
    found, start, end, said = read_cell(written, 0, len(written), KNOWLEDGE.wording)
    assert (found, written[start:end], said) == (kind, number, qualifier)


@pytest.mark.parametrize("written", ["²", "①", "700不", "", "1" * 16, "9" * 400])
def test_what_is_no_number_has_no_value(written: str) -> None:
    assert number_value(written) is None


def test_an_odd_cell_costs_itself() -> None:
    lines = []
    for label, numbers in ROWS.items():
        lines.append([label, *map(str, numbers)])
    lines[2][2], lines[2][3] = "略", ""
    text, grid = "", []
    for number, line in enumerate(lines):
        for column, cell in enumerate(line):
            grid.append(GridCell(len(text), len(text) + len(cell), number, column, 1, 1, False))
            text += cell + "\t"
        text += "\n"
    read = cells(text, (Grid(0, len(text), grid),))
    own = {c["applicant"]: (c["status"], c["value"]) for c in read if c["metric"] == "outcomes.granted"}
    assert own["commercial"] == ("text", None) and own["research"] == ("blank", None)
    assert own["natural_person"] == ("reported", 20) and own["total"] == ("reported", 23)


def test_labels_of_article_20_before_too_few_numbers_leave_all_open() -> None:
    read = cells("规章\n行政规范性文件\n行政许可\n行政处罚\n行政强制\n行政事业性收费\n12\n7\n0\n5\n340\n18\n9.5\n")
    assert {cell["metric"] for cell in read} == {None}
    assert len(read) == 7 and all(cell["unread"] for cell in read)


STATISTICS = """统计指标 单位 统计数
(一)收到申请数 件 219
1.当面申请数 件 36
3.网络申请数
件 151
{page}
统计指标 单位 统计数
(二)申请办结数 件 212
1.按时办结数 件 200
"""


def by_metric(read: list[dict[str, Any]]) -> dict[str, Any]:
    return {cell["metric"]: cell["value"] for cell in read if cell["metric"]}


def test_the_number_of_a_page_takes_nothing_from_the_rows_above() -> None:
    expected = {"received": 219, "received_in_person": 36, "received_online": 151, "concluded": 212}
    expected = {f"requests.{name}": value for name, value in expected.items()} | {"requests.concluded_on_time": 200}
    assert by_metric(cells(STATISTICS.format(page=""))) == expected
    assert by_metric(cells(STATISTICS.replace("3.网络申请数\n件", "3.网络申请数 件").format(page="7\n"))) == expected


def test_rows_that_run_on_in_one_line_are_blank_where_their_label_stands_alone() -> None:
    text = "统计指标单位统计数(一)收到申请数件21.当面申请数件2.传真申请数件23.网络申请数件0"
    text += "4.信函申请数件0(二)申请办结数件2"
    read = cells(text)
    assert by_metric(read)["requests.received"] == 2 and by_metric(read)["requests.concluded"] == 2
    assert [cell["metric"] for cell in read if cell["status"] == "blank"] == ["requests.received_in_person"]


def test_the_number_of_a_row_whose_label_is_damaged_is_no_cell() -> None:
    text = (
        "(三)申请答复数\n件\n8\n4.不同意公开答复数\n件\n1\n5.不属于本行政机关公开数\n件\n3\n6.申*信息不存在数\n件\n4\n"
    )
    read = by_metric(cells(text))
    assert read["outcomes.not_this_agency"] == 3 and read["outcomes.nonexistent"] == 4


def test_a_remark_that_goes_on_in_another_place_ends_with_its_words() -> None:
    text = "| 主动公开政府信息数(不同渠道 |  |  |\n|  | 条 | 41 |\n| 和方式公开相同信息计1条 |  |  |\n| ) |  |  |\n"
    text += "| 主动公开规范性文件数 | 条 | 3 |\n| 制发规范性文件总数 | 件 | 5 |\n| 政策解读稿件发布数 | 篇 | 2 |\n"
    read = cells(text)
    assert by_metric(read)["disclosure.total"] == 41
    assert all(cell["metric_text"] == cell["metric_text"].strip() for cell in read)


def test_an_empty_cell_inside_a_torn_label_is_its_own_row_s() -> None:
    lines = ["| 统计指标 | 单位 | 统计数 |", "| 六、举报投诉数量 | 件 | 28 |", "| 八、机构建设和保障经费情况 |"]
    lines += [
        "| (二)设置政府信息公开查阅点数 | 个 | 2 |",
        "| 2.兼职人员数 | 人 | 5 |",
        "| (一)召开政府信息公开工 | | |",
        "| | 次 | |",
        "| 作会议或专题会议数 | | |",
    ]
    lines += ["| (二) | | |", "| | 次 | 4 |", "| 举办各类培训班数 | | |", "| (三)接受培训人员数 | 人次 | 90 |"]
    read = {cell["metric"]: (cell["status"], cell["value"]) for cell in cells("\n".join([*lines, ""]))}
    assert read["training.meetings"] == ("blank", None)
    assert read["training.sessions"] == ("reported", 4) and read["training.participants"] == ("reported", 90)


def test_two_blanks_before_a_torn_label_are_an_empty_cell() -> None:
    lines = ["指标名称 计量单位 2012年度 历年累计", "主动公开信息数 条 818 818", "1.网站公开 条 800 800"]
    lines += ["条  61", "受理依申", "请公开信息总数", "1.当面申请数 条 1 7", "2.传真申请数 条  30"]
    lines += ["条 0 59", "3.否决", "公开答复数", ""]
    read = {(cell["metric"], cell["cumulative"]): cell["value"] for cell in cells("\n".join(lines))}
    assert read["requests.received", False] is None and read["requests.received_fax", False] is None
    assert read["outcomes.refused", False] == 0


def test_an_empty_first_cell_of_a_padded_line_is_told_by_the_lines_of_other_sections() -> None:
    lines = ["| 信息内容 | 上一年项目数量 | 本年增/减 | 处理决定数量 |", "| 行政许可 | 12 | -1 | 120 |"]
    lines += [
        "| 行政处罚 | 3 | 0 | 33 |",
        "| 信息内容 | 上一年项目数量 | 本年增/减 | |",
        "| 行政事业性收费 | | -1 | |",
        "",
    ]
    for begin in (0, 3):  # the heads tell, too
        read = {cell["metric"]: cell["value"] for cell in cells("\n".join(lines[begin:]))}
        assert read.get("fees.items_change") == -1 and read.get("fees.items_previous_year") is None


def test_digits_of_a_page_s_address_are_no_cells() -> None:
    foot = "11/30/26, 1:35 PM\nfile:///srv/pages_8/page-3.html\n6/7\n"
    rows = {"3.政策解读稿件发布数": 70, "四、行政复议数量": 3, "(一)维持具体行政行为数": 2, "(二)被依法纠错数": 1}
    above = [f"{label}\n件\n{number}" for label, number in rows.items()]
    read = cells("\n".join(["统计指标 单位 统计数", *above, foot, "(三)其他情形数\n件\n0\n五、行政诉讼数量\n件\n4\n"]))
    assert [cell["value"] for cell in read] == [70, 3, 2, 1, 0, 4]


@pytest.mark.parametrize("unit", ["万\n4.9\n的经费) 元", "万<br>元|4.9"])
def test_a_unit_of_money_on_two_lines_is_whole(unit: str) -> None:
    label = "(四)政府信息公开专项经费(不包括用于政府公报编辑管理及政府网站建设维护等方面"
    label += " " if "<" not in unit else "的经费)|"
    head = "统计指标 单位 统计数\n六、举报投诉数量 件 1\n七、依申请公开信息收取的费用 元 120\n1.专职人员数 人 2\n"
    read = {cell["metric"]: cell["value"] for cell in cells(f"{head}{label}{unit}\n(二)举办各类培训班数 次 3\n")}
    assert read["requests.fees_charged"] == 120 and read["capacity.budget"] == 49_000


def test_one_column_of_applicants_left_behind_by_the_others_is_nobodys() -> None:
    rows = "\n".join(f"{label}\n{numbers[0]}" for label, numbers in ROWS.items())
    read = cells(f"申请人情况\n自然\n人\n法人或其他组织\n总\n计\n{rows}\n商业 科研 社会公 法律服 其\n3 0 2\n1 47\n")
    assert read and not [cell for cell in read if cell["metric"]]


def test_lines_of_numbers_between_two_rows_without_sums_are_open() -> None:
    lines = ["第二十条第(六)项", "信息内容", "上一年项目数量 本年增/减", "处理决定数量", "行政处罚", "行政强制"]
    lines += [
        "0",
        "25",
        "0",
        "0",
        "7",
        "0",
        "第二十条第(九)项",
        "信息内容",
        "采购项目数量",
        "政府集中采购",
        "3",
        "9",
        "",
    ]
    read = {cell["metric"]: cell["value"] for cell in cells("\n".join(lines)) if cell["metric"]}
    assert read == {"procurement.projects": 3, "procurement.amount": 9}


def test_a_row_s_numbers_behind_its_heads_below_it_are_not_those_between() -> None:
    lines = ["信息内容", "上一年项目数量 本年增/减 处理决定数量", "行政处罚 1 0 4", "第二十条第(八)项", "信息内容"]
    lines += ["上一年项目数量", "本年增/减", "行政事业性收费", "第二十条第(九)项", "信息内容", "政府集中采购", "7", "0"]
    read = cells("\n".join([*lines, "采购项目数量", "采购总金额", "38", "20,880,800", ""]))
    known = {cell["metric"]: cell["value"] for cell in read if cell["metric"]}
    assert known.get("procurement.projects", 38) == 38 and known.get("procurement.amount", 20_880_800) == 20_880_800
    assert not {"fees.items_change", "fees.items_previous_year"} & set(known)


def test_as_many_cells_as_labels_before_them_are_theirs_in_turn_empty_ones_too() -> None:
    first = ["制发规范性文件总数", "(二)通过不同渠道和方式公开政府信息的情况", "1.政府公报公开政府信息数"]
    first += ["2.政府网站公开政府信息数", "件 28", "条", "条 2533", "file:///srv/page.html", "3/5"]
    second = [
        "3.政策解读稿件发布数",
        "4.微博微信回应事件数",
        "5.其他方式回应事件数",
        "篇 308",
        "次 296",
    ]  # a cell is lost
    read = cells("\n\n".join(["统计指标", "单位 统计数", *first, *second, ""]))
    known = {cell["metric"]: (cell["status"], cell["value"]) for cell in read if cell["metric"]}
    assert known == {
        "normative_documents.issued": ("reported", 28),
        "disclosure.gazette": ("blank", None),
        "disclosure.website": ("reported", 2533),
    }
    assert {cell["value"] for cell in read if cell["unread"]} == {308, 296}


def test_rows_of_zeros_among_rows_whose_sums_break_are_open() -> None:
    numbers = [[0] * 7 if label.startswith("(二)") else own for label, own in ROWS.items()]
    columns = [str(own[at]) for at in range(5) for own in numbers]
    mixed = [str(own[at]) for own in numbers for at in (5, 6)][::-1]
    read = cells("\n".join([*ROWS, *columns, *mixed, ""]))
    assert not [cell for cell in read if cell["metric"] == "outcomes.partly_granted"]


def test_a_row_of_a_grid_that_lost_its_label_is_open_and_shifts_no_other() -> None:
    """A scan whose recogniser left out one label, beside a group's name on the line of its first row."""
    numbers = {
        "(五)不予处理\t1.信访举报投诉类申请": "1\t0\t0\t0\t0\t0\t1",
        "(六)其他处理\t1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请": "0\t2\t0\t0\t0\t0\t2",
        "": "0\t0\t0\t0\t0\t0\t0",
        "3.其他": "3\t0\t0\t0\t0\t0\t3",
        "(七)总计": "4\t2\t0\t0\t0\t0\t6",
    }
    head = "\t\t商业企业\t科研机构\t社会公益组织\t法律服务机构\t其他\t\n"
    head += "一、本年新收政府信息公开申请数量\t4\t2\t0\t0\t0\t0\t6\n"
    read = cells(head + "".join(f"{label}\t{row}\n" for label, row in numbers.items()))
    assert row(read, "outcomes.other") == [None] * 7
    assert row(read, "not_corrected") == [0, 2, 0, 0, 0, 0, 2] and row(read, "miscellaneous") == [3, 0, 0, 0, 0, 0, 3]
    assert not row(read, "fee_unpaid")[0] and sum(cell["metric"] is None for cell in read) == 7
