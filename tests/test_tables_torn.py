"""Cells that tools print apart from their labels: given by their measure words, else open; none is lost."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest

from nianbao.catalogue import Catalogue
from nianbao.forms.knowledge import FormKnowledge
from nianbao.forms.reader import TableReader
from nianbao.forms.tokens import numbers
from nianbao.language.script import normalize
from synthetic_tables import LAYOUTS, document

READER = TableReader(Catalogue.load().compiled(FormKnowledge))
FOOT = "file:///d/page.html\n\n3/7\n\n12/31/21, 9:05 AM\n\n"
LABELS = [
    "1.属于已主动公开范围数",
    "2.同意公开答复数",
    "3.同意部分公开答复数",
    "四行政复议数量",
    "七依申请公开信息收取的费用",
    "(一)政府信息公开工作专门机构数",
    "(三)从事政府信息公开工作人员数",
    "(四)政府信息公开专项经费(不包括用于政府公报编辑管理及政府网站建设维护等方面的经费)",
    "(一)召开政府信息公开工作会议或专题会议数",
    "(三)接受培训人员数",
]
METRICS = [
    "already_public",
    ".granted",
    "partly_granted",
    "reviews.total",
    "fees_charged",
    "offices",
    "staff",
    "budget",
]
METRICS += ["meetings", "participants"]


def cells(text: str) -> list[dict[str, Any]]:
    return READER.read(text, normalize(text)).cells


def ending(read: list[dict[str, Any]], metric: str) -> list[tuple[float | None, str]]:
    return [(one["value"], one["status"]) for one in read if (one["metric"] or "").endswith(metric)]


def printed(units: list[str], behind: str = "") -> str:
    return "\n\n".join(LABELS) + "\n\n" + behind + "\n\n".join(units) + "\n"


def test_measure_words_tell_whose_the_cells_behind_all_labels_are() -> None:
    units = ["件 31", "件", "件 8", "件 2", "万\n\n元", "个 1", "人 6", "万\n\n元\n\n1.5", "次 4", "人\n次\n\n70"]
    for behind in ("", FOOT, "注:各栏由各科室填写。\n\n"):
        read = cells(printed(units, behind))
        found = [ending(read, metric) for metric in METRICS]
        values = [31, None, 8, 2, None, 1, 6, 15_000, 4, 70]
        assert found == [[(value, "blank" if value is None else "reported")] for value in values]


def test_a_measure_word_too_many_leaves_open_what_it_may_shift() -> None:
    units = ["件 31", "件 5", "件", "件 8", "件 2", "万元", "个 1", "人 6", "万元 1.5", "次 4", "人次 70"]
    read = cells(printed(units))
    assert not ending(read, ".granted") and not ending(read, "reviews.total")
    assert ending(read, "offices") == [(1, "reported")] and ending(read, "participants") == [(70, "reported")]
    assert {one["value"] for one in read if one["unread"]} == {31, 5, 8, 2}


def test_numbers_inside_a_torn_label_and_behind_a_note_are_open() -> None:
    rows = "一、本年新收政府信息公开申请数量 4 0 0 0 0 1 5\n二、上年结转政府信息公开申请数量 0 0 0 0 0 0 0\n"
    text = f"{rows}(一)予以公开\n(七)总计\n四、结转下年度继续办理\n注:表中数字由各处室提供。\n\n61 62\n\n63\n64\n"
    read = cells(text)
    assert [one["value"] for one in read if one["metric"] is None] == [61, 62, 63, 64]
    assert not [one for one in read if one["status"] == "blank"]


def test_heads_in_a_grid_are_in_the_order_of_their_places() -> None:
    heads = (
        "|||法人|或其他|组织||||\n|---|---|---|---|---|---|---|---|\n||自然||||||总|\n||人|商业<br>企业|科研<br>机构|"
    )
    heads += "社会公<br>益组织|法律服<br>务机构|其<br>他|计|\n"
    text = (
        heads + "|一、本年新收政府信息公开申请数量|9|2|0|0|1|30|42|\n|二、上年结转政府信息公开申请数量|1|0|0|0|0|0|1|\n"
    )
    own = {one["applicant"]: one["value"] for one in cells(text) if one["metric"] == "requests.received"}
    assert (own["natural_person"], own["commercial"], own["other"], own["total"]) == (9, 2, 30, 42)


@pytest.mark.parametrize("foot", [FOOT, "- 4 -\n"])
def test_heads_on_two_pages_belong_to_one_table(foot: str) -> None:
    text = f"行政复议 行政诉讼\n结果 结果 其他 尚未 总 未经复议直接起诉 复议后起诉\n维持 纠正 结果 审结 计\n{foot}"
    text += "结果 结果 其他 尚未 总 结果 结果 其他 尚未 总\n维持 纠正 结果 审结 计 维持 纠正 结果 审结 计\n"
    read = cells(f"四、行政复议、行政诉讼情况\n{text}3 0 0 1 4 2 0 0 0 2 1 0 0 0 1\n")
    assert ending(read, "reviews.total") == [(4, "reported")]
    assert ending(read, "after_review.upheld") == [(1, "reported")]


def _torn(text: str, rng: random.Random) -> str:
    """Labels before their numbers, page feet between lines, or lines broken between cells."""
    lines = text.split("\n")
    how = rng.randint(0, 2)
    if how == 0:
        at, count = rng.randrange(len(lines)), rng.randint(3, 30)
        part = [re.fullmatch(r"(.*?)([\d|\t ]*)", line) for line in lines[at : at + count]]
        lines[at : at + count] = [m[1] for m in part if m] + ["— 3 —", ""] + [m[2] for m in part if m]
    for _ in range(3):
        at = rng.randrange(len(lines))
        if how == 1:
            lines.insert(at, FOOT)
        elif how == 2:
            lines[at] = lines[at].replace(" ", "\n", rng.randint(1, 4))
    return "\n".join(lines)


@pytest.mark.parametrize("form", ["local", "2014", "2019", "2021"])
def test_every_number_on_a_line_of_cells_is_in_a_fact(form: str) -> None:
    for seed in range(2):
        rng = random.Random(seed)
        text = _torn(document(form, rng.choice(list(LAYOUTS)), seed, 0.1, 0.3)[0], rng)
        norm = normalize(text)
        reading = READER.read(text, norm)
        covered = [(cell["start"], cell["end"]) for cell in reading.cells]
        for region in reading.regions:
            for line in re.finditer(r"^[\d |\t.,]+$", norm[region.start : region.end], re.MULTILINE):
                for token in numbers(norm, region.start + line.start(), region.start + line.end()):
                    assert any(start < token.end and token.start < end for start, end in covered), (seed, line)


SPARSE = """一、本年新收政府信息公开申请数量 9 14 3 2 1 30 59
二、上年结转政府信息公开申请数量
(一)予以公开 4 10 14
(二)部分公开 5 14 3 2 1 25
(七)总计 9 14 3 2 1 25 54
四、结转下年度继续办理 5 5
"""


def test_where_rows_of_the_form_are_missing_no_sum_tells_where_numbers_stand() -> None:
    read = cells(SPARSE)
    assert not ending(read, "outcomes.granted") and not ending(read, "carried_out")
    assert not [one for one in read if one["status"] == "blank"]


@pytest.mark.parametrize("seed", [3, 4])
def test_sums_of_columns_place_numbers_and_none_in_a_wrong_one(seed: int) -> None:
    text, _, expected = document("2021", "spaces", seed, 0.0, 0.0)
    known = {(metric, applicant): value for metric, applicant, value in expected}
    read = cells("\n".join(re.sub(r"(?<= )0(?: |$)", "", line) for line in text.split("\n")))
    found = {(one["metric"], one["applicant"]): one["value"] for one in read if one["metric"]}
    assert all(known[cell] == value for cell, value in found.items() if value is not None)
    assert sum(key[1] == "total" for key in found) >= 4


def test_where_zeros_are_printed_no_number_is_told_by_sums_alone() -> None:
    read = cells(SPARSE.replace("数量\n", "数量 0 0 0 0 0 0 0\n"))
    assert not ending(read, "carried_out")


def test_one_number_that_must_be_two_for_the_sum_to_hold() -> None:
    read = cells(SPARSE.replace("25 54", "2554").replace("1 30 59", "1 30 58"))
    own = [one["value"] for one in read if one["metric"] == "requests.concluded"]
    assert own == [9, 14, 3, 2, 1, 25, 54]


def test_measure_words_in_one_column_and_numbers_in_another() -> None:
    units = ["件", "件", "件", "件", "万元", "个", "人", "万元", "次", "人次"]
    numbers = ["31", "5", "8", "2", "0", "1", "6", "1.5", "4", "70"]
    text = "\n".join(LABELS[:4]) + "\n\n" + "\n".join(units[:4]) + "\n\n" + "\n".join(numbers[:4]) + f"\n{FOOT}"
    rest = "".join(f"{label}\n{unit}\n" for label, unit in zip(LABELS[4:], units[4:], strict=True))
    read = cells(f"{text}{rest}某县档案局\n\n" + "\n".join(numbers[4:]) + "\n")
    values = [[one["value"] for one in read if (one["metric"] or "").endswith(metric)] for metric in METRICS]
    assert values == [[31], [5], [8], [2], [0], [1], [6], [15_000], [4], [70]]
    short = cells(f"{text}{rest}某县档案局\n\n" + "\n".join(numbers[4:9]) + "\n")
    assert ending(short, ".granted") == [(5, "reported")] and not ending(short, "offices")


def _in_blocks(seed: int) -> tuple[str, dict[tuple[str, str], float]]:
    """A form of 2021 of which all but two columns stand in blocks behind the labels, and its cells."""
    text, _, expected = document("2021", "spaces", seed, 0.0, 0.0)
    kept: list[str] = []
    numbers: list[list[str]] = []
    for line in text.split("\n"):
        match = re.fullmatch(r"(.*[^\d ]) ?((?:\d+ ){6}\d+)", line)
        if match:
            numbers.append(match[2].split())
            line = f"{match[1]}\n{' '.join(numbers[-1][:2])}"
        elif numbers and line.startswith("四、"):
            blocks = ["\n".join(own[at] for own in numbers) for at in (2, 3, 4)]
            kept += [FOOT, *(block + "\n" for block in blocks), "\n".join(" ".join(own[5:]) for own in numbers) + "\n"]
            numbers = []
        kept.append(line)
    return "\n".join(kept), {(m, a): v for m, a, v in expected if a and v is not None and "." in m}


def test_columns_in_blocks_behind_their_labels_are_read_where_all_sums_hold() -> None:
    text, known = _in_blocks(5)
    known = {cell: value for cell, value in known.items() if cell[0].startswith(("requests.", "outcomes."))}
    found = {(one["metric"], one["applicant"]): one["value"] for one in cells(text) if one["metric"]}
    assert {cell: found.get(cell) for cell in known} == known


def test_a_number_lost_from_a_block_leaves_its_rows_open() -> None:
    text, known = _in_blocks(5)
    at = text.index(FOOT) + len(FOOT)
    read = cells(text[:at] + text[at:].lstrip().split("\n", 1)[1])
    found = {(one["metric"], one["applicant"]): one["value"] for one in read if one["metric"]}
    wrong = [cell for cell, value in found.items() if cell in known and value not in (None, known[cell])]
    assert not wrong and len(found) < 60


@pytest.mark.parametrize(("moved", "read"), [((), 175), ((0, 6), 0), (tuple(range(7)), 175)])
def test_columns_are_open_where_a_head_among_them_is_anothers(moved: tuple[int, ...], read: int) -> None:
    text, _, expected = document("2021", "spaces", 5, 0.0, 0.0)
    known = {(metric, applicant): value for metric, applicant, value in expected}
    heads = ["自然\n人", "商业\n企业", "科研\n机构", "社会公益\n组织", "法律服务\n机构", "其他", "总\n计"]
    order = [1, 2, 3, 4, 5, 0, 6] if len(moved) == 2 else list(range(7))
    lines: list[str] = []
    numbers: list[list[str]] = []
    for line in text.split("\n"):
        match = re.fullmatch(r"(.*[^\d ]) ?((?:\d+ ){6}\d+)", line)
        numbers += [match[2].split()] if match else []
        if not match and numbers and line.startswith("四、"):
            for at in order:
                lines += [*([heads[at]] if at in moved else []), *(own[at] for own in numbers)]
            numbers = []
        lines.append(match[1] if match else line)
    found = [one for one in cells("\n".join(lines)) if (one["metric"] or "").startswith(("requests.", "outcomes."))]
    assert [known[one["metric"], one["applicant"]] for one in found] == [one["value"] for one in found]
    assert len(found) == read


@pytest.mark.parametrize("amount", ["万 0.0025\n元", "万\n0.0025\n元"])
def test_a_unit_of_money_in_two_pieces_around_its_number(amount: str) -> None:
    rows = "(一)主动公开政府信息数 条 4\n制发规范性文件总数 件 1\n1.政府公报公开政府信息数 条 0\n"
    rows += "2.政府网站公开政府信息数 条 4\n四行政复议数量 件 0\n五行政诉讼数量 件 0\n六举报投诉数量 件 3\n"
    read = cells(f"{rows}七依申请公开信息收取的费用 {amount}\n(一)政府信息公开工作专门机构数 个 2\n")
    assert ending(read, "fees_charged") == [(25, "reported")]
