"""Empty cells are stated where a printed one stands, and nowhere else; numbers beside them are read or left open."""

from __future__ import annotations

from typing import Any

import pytest

from nianbao.catalogue import Catalogue
from nianbao.forms.knowledge import FormKnowledge
from nianbao.forms.reader import TableReader
from nianbao.language.script import normalize

READER = TableReader(Catalogue.load().compiled(FormKnowledge))
RULES, NORMS = "regulations.", "normative_documents."
HEADS = ("信息内容", "本年制发件数", "本年废止件数", "现行有效件数")
DECISIONS = ("信息内容", "本年处理决定数量")


def cells(text: str) -> list[dict[str, Any]]:
    return READER.read(text, normalize(text)).cells


def known(text: str) -> dict[str, tuple[str, float | None]]:
    return {cell["metric"]: (cell["status"], cell["value"]) for cell in cells(text) if cell["metric"]}


def test_blanks_that_fill_up_columns_tell_of_no_empty_cell() -> None:
    lines = ["  信息内容 本年制发件数 本年废止件数 现行有效件数", "   规章", "   行政规范性文件 8             8"]
    lines += ["  信息内容          本年处理决定数量", "   行政许可           61", "   行政处罚           17", ""]
    read = known("\n".join(lines))
    assert read["licensing.decisions"] == ("reported", 61) and read["penalties.decisions"] == ("reported", 17)
    assert not [metric for metric in read if metric.startswith((RULES, NORMS))]


def test_the_line_breaks_behind_every_row_are_no_empty_cells() -> None:
    rows = [("行政规范性文件", "8", "8"), DECISIONS, ("行政许可", "61"), ("行政处罚", "17")]
    text = "\n\n\n".join("\n".join(row) for row in [HEADS, *rows]) + "\n\n\n"
    assert not [metric for metric in known(text) if metric.startswith(NORMS)]
    assert sorted(cell["value"] for cell in cells(text) if cell["metric"] is None) == [8, 8]


def test_a_row_without_numbers_below_one_with_too_many_is_not_blank() -> None:
    lines = ["规章 1 0 4", *DECISIONS, "行政处罚", "行政强制", "0", "9", "第二十条第(八)项", ""]
    read = known("\n".join(lines))
    assert read[RULES + "issued"] == ("reported", 1)
    assert not {"penalties.decisions", "coercion.decisions"} & set(read)


@pytest.mark.parametrize("line_break", ["<br>", "<br/>", ""])
def test_numbers_in_the_place_of_their_label_are_cells(line_break: str) -> None:
    apart = line_break or " "
    lines = [f"|信息内容{line_break}本年|制发件数本年废止件数现行有效件数|", f"|规章{line_break}5|0{apart}12|"]
    lines += [
        f"|行政规范性文件7|1{apart}40|",
        "|信息内容|本年处理决定数量|",
        f"|行政许可{apart}61||",
        "|行政处罚17||",
        "",
    ]
    read = known("\n".join(lines))
    values = {RULES + "issued": 5, RULES + "repealed": 0, RULES + "in_force": 12}
    values |= {NORMS + "issued": 7, NORMS + "repealed": 1, NORMS + "in_force": 40}
    assert read == {
        m: ("reported", v) for m, v in (values | {"licensing.decisions": 61, "penalties.decisions": 17}).items()
    }


def test_a_number_that_a_label_carries_is_no_cell_where_the_row_is_full() -> None:
    lines = ["|信息内容|本年制发件数|本年废止件数|现行有效件数|", "|规章 2|5|0|12|", "|行政规范性文件|7|1|40|", ""]
    assert known("\n".join(lines))[RULES + "issued"] == ("reported", 5)


def test_numbers_below_heads_alone_are_open_where_some_are_missing() -> None:
    group = "结果维持 结果纠正 其他结果 尚未审结 总计"
    text = f"行政复议 行政诉讼\n未经复议直接起诉 复议后起诉\n{group}\n{group}\n{group}\n3 3\n"
    assert [(cell["metric"], cell["value"]) for cell in cells(text)] == [(None, 3), (None, 3)]


REQUESTS = "政府信息公开申请数量"


def of_requests(text: str) -> dict[tuple[str | None, str | None], float | None]:
    return {(cell["metric"], cell["applicant"]): cell["value"] for cell in cells(text) if cell["status"] != "blank"}


def test_empty_places_are_lost_where_a_tool_puts_several_columns_into_one() -> None:
    heads = "|||申请人情况||||\n|自然人|商业企业|科研机构社会公益组织|法律服务机构其他||总计|\n"
    rows = f"|一、本年新收{REQUESTS}||64|8||3<br>1<br>76|\n|二、上年结转{REQUESTS}||5|||5|\n"
    read = cells(f"{heads}|---|---|---|---|---|---|\n{rows}")
    assert not [cell for cell in read if cell["metric"] or cell["status"] == "blank"]
    assert sorted(cell["value"] for cell in read) == [1, 3, 5, 5, 8, 64, 76]


def test_rows_below_tell_how_many_empty_cells_a_wide_label_leaves() -> None:
    heads = "| 自然人 | 商业企业 | 科研机构 | 社会公益组织 | 法律服务机构 | 其他 | 总计 |\n"
    rows = [f"一、本年新收{REQUESTS} | | | 64 | 8 |  |  | 3 | 1 | 76", "（一）予以公开 | | 31 | 4 |  |  | 2 |  | "]
    rows += ["（二）部分公开 | | 9 |  |  |  |  |  | ", "（七）总计 | | 60 | 8 |  |  | 3 | 1 | 72"]
    read = of_requests(heads + "".join(f"| {row} |\n" for row in rows))
    granted = {who: value for (metric, who), value in read.items() if metric == "outcomes.granted"}
    assert granted == {"natural_person": 31, "commercial": 4, "legal_service": 2}
    assert read["outcomes.partly_granted", "natural_person"] == 9


def test_the_traces_of_one_table_say_nothing_of_the_next() -> None:
    heads = "自然人 商业企业 科研机构 社会公益组织 法律服务机构 其他 总计\n"
    full = f"一、本年新收{REQUESTS} 64 8 1 2 3 1 79\n二、上年结转{REQUESTS} 1 1 1 1 1 1 6\n"
    short = "（一）予以公开 12 1 1 2\n（二）部分公开 12 2 0 3\n7.属于行政执法案卷 5 1\n"
    group = "结果维持 结果纠正 其他结果 尚未审结 总计"
    suits = f"行政复议 行政诉讼\n未经复议直接起诉 复议后起诉\n{group}\n{group}\n{group}\n5   2 7 8   1 9      \n"
    read = cells(f"{heads}{full}{short}\n{suits}")
    assert not [cell for cell in read if (cell["metric"] or "").startswith("outcomes.")]
    assert [cell["value"] for cell in read if cell["metric"] is None] == [12, 1, 1, 2, 12, 2, 0, 3, 5, 1]


def test_the_mark_that_closes_a_label_leaves_no_trace() -> None:
    heads = "自然人 商业企业 科研机构 社会公益组织 法律服务机构 其他 总计\n"
    rows = f"一、本年新收{REQUESTS} 64 8 1 2 3 1 79\n3. 危及 “ 三安全一稳定 ” 15 40 3 3 12 73\n"
    rows += "（七）总计 64 8 1 2 3 1 79\n"
    read = [cell for cell in cells(heads + rows) if (cell["metric"] or "").startswith("outcomes.refused")]
    assert not [cell for cell in read if cell["applicant"] != "total"]
