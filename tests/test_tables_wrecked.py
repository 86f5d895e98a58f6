"""Tables in pieces: numbers that touch, labels in fragments, marks between cells, page dumps; each in a few lines."""

from __future__ import annotations

import pytest

from nianbao.extractor import Extractor, load
from nianbao.reading.source import Grid, GridCell, Source
from test_tables import HEADS, ROWS, read, row, table, values

STATISTICS = "统计指标单位统计数(一)主动公开政府信息数条812其中:主动公开规范性文件数条30制发规范性文件总数件31"


def status(cells: list[dict], metric: str) -> str:
    return next(cell["status"] for cell in cells if cell["metric"] == metric)


# --- numbers of rows that touch cells ------------------------------------------------------------------------------


def test_a_rows_number_is_no_part_of_the_cell_above() -> None:
    got = values(
        read(STATISTICS + "1.政府公报公开政府信息数条02.政府网站公开政府信息数条7803.政务微博公开政府信息数条0")
    )
    assert (got["disclosure.gazette"], got["disclosure.website"], got["disclosure.weibo"]) == (0, 780, 0)


def test_where_only_the_points_of_numbers_are_left_the_digits_are_the_cells() -> None:
    text = STATISTICS + ".政府公报公开政府信息数条5.政府网站公开政府信息数条641.政务微博公开政府信息数条127.政务微信"
    got = values(read(text + "公开政府信息数条05.其他方式公开政府信息数条142"))
    assert (got["disclosure.gazette"], got["disclosure.website"]) == (5, 641)
    assert (got["disclosure.weibo"], got["disclosure.wechat"], got["disclosure.other_channels"]) == (127, 0, 142)


REQUESTS = "(一)收到申请数件1921.当面申请数件192.传真申请数件53.网络申请数件34.信函申请数件165(二)申请办结数件"


def test_a_sum_tells_a_lost_number_from_a_cells_last_digit() -> None:
    got = values(read(STATISTICS + ".政府公报公开政府信息数条9.政府网站公开政府信息数条64" + REQUESTS + "192"))
    assert got["requests.received"] == 192 and got["requests.received_in_person"] == 19
    assert got["requests.received_fax"] == 5 and got["requests.received_online"] == 3


def test_without_a_sum_both_readings_are_said() -> None:
    text = STATISTICS + ".政府公报公开政府信息数条9.政府网站公开政府信息数条643.政务微博公开政府信息数条8"
    (cell,) = [c for c in read(text) if c["metric"] == "disclosure.website"]
    assert cell["status"] == "ambiguous" and cell["value"] is None and cell["readings"] == ["64", "643"]


def test_what_the_report_says_elsewhere_decides() -> None:
    text = STATISTICS + ".政府公报公开政府信息数条9.政府网站公开政府信息数条643.政务微博公开政府信息数条8"
    said = "通过政府网站公开政府信息643条。下一步将继续做好各项工作。"
    assert values(read(said + text))["disclosure.website"] == 643


# --- runs ----------------------------------------------------------------------------------------------------------

ARTICLE = "第二十条第(五)项信息内容上一年项目数量本年增/减处理决定数量行政许可{}"
ARTICLE += "第二十条第(九)项信息内容采购项目数量采购总金额政府集中采购{}"


def test_a_sign_begins_a_cell_and_a_fraction_ends_the_last() -> None:
    cells = read("年内政府集中采购金额78723000.69元。" + ARTICLE.format("30-40", "078723000.69元"), 2019)
    got = values(cells)
    assert got["licensing.items_previous_year"] == 30 and got["licensing.items_change"] == -4
    assert got["procurement.projects"] == 0 and got["procurement.amount"] == 78723000.69


def test_a_year_said_elsewhere_is_no_cell() -> None:
    text = "2020年编制。第二十条第(一)项信息内容本年新制作数量本年新公开数量对外公开总数量规章000规范性文件202020"
    cells = read(text + "第二十条第(五)项信息内容上一年项目数量本年增/减行政许可12", 2020)
    assert status(cells, "normative_documents.issued") == "ambiguous"


def test_one_of_three_sums_may_be_the_reports_own_error() -> None:
    heads = "行政复议行政诉讼结果维持结果纠正其他结果尚未审结总计未经复议直接起诉复议后起诉"
    cells = read(heads + "结果维持结果纠正其他结果尚未审结总计" * 2 + "230170021320013")
    got = values(cells)
    assert [got[f"reviews.{key}"] for key in ("upheld", "corrected", "other", "pending", "total")] == [2, 3, 0, 1, 7]


def test_a_row_that_the_form_does_not_have_ends_a_run() -> None:
    text = STATISTICS + "1.政府公报公开政府信息数条22.政府网站公开政府信息数条15.其他方式公开政府信息数条06.政务头条号"
    got = values(read(text + "公开政府信息数条8(一)收到申请数件4"))
    assert (got["disclosure.gazette"], got["disclosure.other_channels"], got["requests.received"]) == (2, 0, 4)


def test_the_date_behind_a_table_is_no_part_of_its_last_cell() -> None:
    text = STATISTICS + "(三)接受培训人员数人次{}2017年1月25日"
    assert values(read(text.format("22")))["training.participants"] == 22
    assert values(read(text.format("0")))["training.participants"] == 0


# --- no tables -----------------------------------------------------------------------------------------------------


def test_names_counted_up_in_a_sentence_are_no_table() -> None:
    text = "不予公开的情形中,属于国家秘密、属于三类内部事务信息、属于四类过程性信息、属于行政执法案卷和属于行政查询事项"
    assert read(text + "依次为1件、1件、3件、5件、16件。") == []


def test_an_attachments_number_is_no_cell() -> None:
    one = (
        "统计指标 单位 统计数\n(一)主动公开政府信息数 条 {}\n制发规范性文件总数 件 1\n2.政府网站公开政府信息数 条 {}\n"
    )
    one += "(一)收到申请数 件 {}\n"
    text = one.format(900, 870, 12) + "附件2:某局统计表\n" + one.format(70, 65, 3)
    assert [c["value"] for c in read(text) if c["metric"] == "requests.received"] == [12, 3]


# --- grids ---------------------------------------------------------------------------------------------------------


def grid(text: str, begin: int) -> Grid:
    """The grid of lines whose cells stand between tabs."""
    cells, position = [], begin
    for number, line in enumerate(text.rstrip("\n").split("\n")):
        for column, word in enumerate(line.split("\t")):
            cells.append(GridCell(position, position + len(word), number, column))
            position += len(word) + 1
    return Grid(begin, position - 1, tuple(cells))


def test_one_grid_a_page() -> None:
    lines = [label + "\t" + "\t".join(map(str, numbers)) + "\n" for label, numbers in ROWS.values()]
    first, note, second = HEADS.replace(" ", "\t") + "".join(lines[:2]), "填表人:某科\n", "".join(lines[2:])
    cells = read(first + note + second, None, (grid(first, 0), grid(second, len(first + note))))
    assert {metric: row(cells, metric) for metric in ROWS} == {metric: numbers for metric, (_, numbers) in ROWS.items()}


def test_spanned_places_that_say_their_cell_again() -> None:
    text = "| 信息内容 | 采购项目数量 | 采购总金额 | 采购总金额 |\n| 政府集中采购 | 77 | 44100元 | 44100元 |\n"
    text = "| 第二十条第(九)项 | 第二十条第(九)项 | 第二十条第(九)项 | 第二十条第(九)项 |\n" + text
    lines = [f"| {label} | {label} | {' | '.join(map(str, numbers))} |\n" for label, numbers in ROWS.values()]
    lines.insert(-1, "| (七)总计 | (七)总计 | 15 | 0 | 0 | 1 | 0 | 2 | 18 |\n")
    text += "\n" + "".join(lines)
    cells = read(text, 2019)
    assert values(cells)["procurement.projects"] == 77 and values(cells)["procurement.amount"] == 44100
    assert row(cells, "requests.received") == ROWS["requests.received"][1]
    assert row(cells, "requests.concluded") == [15, 0, 0, 1, 0, 2, 18]


FRAGMENTS = """|申请人情况||自然人|商业企业|科研机构|社会公益组织|法律服务机构|其他|总计|
||一、本年新收政府信||||||||
|||59||||3||62|
||息公开申请数量||||||||
||(一)予以公开||||||||
|(三)不予||1||||1||2|
||5.属于三类内部事||||||||
|公开|务信息||||||||
||6.属于四类过程性信息|7||||||7|
||8.属于行政查询事||||||||
||||||||||
||项||||||||
"""


def test_labels_in_fragments_around_lines_of_cells() -> None:
    cells = read(FRAGMENTS)
    assert row(cells, "requests.received") == [59, None, None, None, 3, None, 62]
    assert row(cells, "outcomes.granted") == [None] * 7
    assert row(cells, "outcomes.refused.internal_affairs") == [1, None, None, None, 1, None, 2]
    assert row(cells, "outcomes.refused.process_information") == [7, None, None, None, None, None, 7]
    assert row(cells, "outcomes.refused.administrative_queries") == [None] * 7


@pytest.mark.parametrize("mark", [",", ";"])
def test_cells_between_marks(mark: str) -> None:
    text = (
        table(mark, "\n", HEADS.replace(" ", mark)) + mark.join(["(二)部分公开", "", "2", "", "", "", "", "2"]) + "\n"
    )
    cells = read(text)
    assert row(cells, "requests.received") == ROWS["requests.received"][1]
    assert row(cells, "outcomes.partly_granted") == [None, 2, None, None, None, None, 2]


def test_thousands_are_no_cells_between_commas() -> None:
    lines = ["1,776", "2,037", "1,208", "5"]
    names = ["(一)主动公开政府信息数", "1.政府公报公开政府信息数", "2.政府网站公开政府信息数", "制发规范性文件总数"]
    text = "统计指标\n单位\n统计数\n" + "".join(f"{a}\n条\n{b}\n" for a, b in zip(names, lines, strict=True))
    got = values(read(text))
    assert got["disclosure.total"] == 1776 and got["disclosure.website"] == 1208


def test_rows_without_outer_pipes_end_with_an_empty_cell() -> None:
    text = "信息内容 | 本年制发件数 | 本年废止件数 | 现行有效件数\n规章 |  | 3 | \n行政规范性文件 | 1 |  | \n"
    cells = read("第二十条第(一)项\n" + text, 2021)
    assert [c["value"] for c in cells] == [None, 3, None, 1, None, None]


# --- dumps of pages ------------------------------------------------------------------------------------------------

DUMP = """自然人 法人或其他组织 总计
商业 科研 社会公益组织 法律服务机构 其他
企业 机构
一、本年新收政府信息
290 0 0 0 0 0 290
公开申请数量
二、上年结转政府信息公开申请数量 10 0 0 0 0 0 10
4.保护第三方合法权
(三)
不予公
开 16 0 0 0 0 0 16
益
7.属于行政执法案卷 24 0 0 24
"""


def test_a_page_with_heads_on_two_lines_and_names_amid_labels() -> None:
    cells = read(DUMP)
    assert row(cells, "requests.received") == [290, 0, 0, 0, 0, 0, 290]
    assert row(cells, "outcomes.refused.third_party_rights") == [16, 0, 0, 0, 0, 0, 16]


def test_cells_that_left_no_trace_are_not_placed() -> None:
    assert not [c for c in read(DUMP) if c["metric"] == "outcomes.refused.enforcement_files"]


def test_page_numbers_are_no_cells() -> None:
    lines = [
        "信息内容",
        "本年制发件数",
        "本年废止件数",
        "现行有效件数",
        "规章",
        "1",
        "0",
        "4",
        "-3-",
        "行政规范性文件",
        "2",
        "0",
        "92",
    ]
    got = values(read("第二十条第(一)项\n" + "\n".join(lines) + "\n-4-\n第二十条第(五)项\n", 2021))
    assert got["regulations.in_force"] == 4 and got["normative_documents.in_force"] == 92


def test_tables_of_two_agencies_are_kept_apart_and_flagged() -> None:
    one = "统计指标 单位 统计数\n(一)主动公开政府信息数 条 {}\n制发规范性文件总数 件 1\n"
    one += "2.政府网站公开政府信息数 条 {}\n(一)收到申请数 件 {}\n"
    text = "某县人民政府2016年政府信息公开工作年度报告\n一、概述\n附件1:某县教育局统计表\n" + one.format(900, 870, 12)
    text += "附件2:某县民政局统计表\n" + one.format(70, 65, 3)
    facts = Extractor(load(linker="rules")).run(Source("report", text)).facts
    assert [f.value for f in facts if f.metric == "disclosure.website"] == [870, 65]
    flagged = {f.metric for f in facts if "said_twice" in f.flags}
    assert {"disclosure.total", "disclosure.website", "requests.received"} <= flagged
    assert "normative_documents.issued" not in flagged
