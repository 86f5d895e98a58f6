"""PDF files: ruled tables as true grids, tables and paragraphs over pages, what is no part of the text, bad files."""

from __future__ import annotations

import re
from pathlib import Path

import pdfplumber
import pytest

from nianbao.extractor import Extractor, load
from nianbao.reading import ReadError, Source
from nianbao.reading.blocks import apart
from nianbao.reading.pdf import from_bytes
from pdf_files import Page, write

LABELS = ("1.属于国家秘密", "2.其他法律行政法规禁止公开")
WIDTHS = (60, 60, 140, 30, 30, 30, 30, 30, 30, 30)


def source(path: Path) -> Source:
    found = from_bytes(path.read_bytes(), path.stem, path.name, 5_000_000)
    assert isinstance(found, Source)
    return found


def cells(found: Source, table: int = 0) -> dict[tuple[int, int], tuple[str, int, int]]:
    """(row, column) → (text, rows, columns)."""
    grid = found.grids[table]
    return {(c.row, c.col): (found.text[c.start : c.end], c.rowspan, c.colspan) for c in grid.cells}


def head(page: Page, top: float) -> float:
    """The head of the requests table; gives where the next row begins."""
    page.box(60, top, 320, top + 40, "申请人情况")
    page.box(320, top, 350, top + 40, "自然人")
    page.box(350, top, 500, top + 20, "法人或其他组织")
    for i, name in enumerate(("企业", "科研", "公益", "法律", "其他")):
        page.box(350 + 30 * i, top + 20, 380 + 30 * i, top + 40, name)
    page.box(500, top, 530, top + 40, "总计")
    return top + 40


def wide_row(page: Page, top: float, label: str, numbers: str) -> float:
    page.box(60, top, 320, top + 20, label)
    for i, number in enumerate(numbers.split()):
        page.box(320 + 30 * i, top, 350 + 30 * i, top + 20, number)
    return top + 20


def part_row(page: Page, top: float, label: str, numbers: str) -> float:
    """A row to the right of the label that runs over many rows."""
    page.box(120, top, 320, top + 20, label)
    for i, number in enumerate(numbers.split()):
        page.box(320 + 30 * i, top, 350 + 30 * i, top + 20, number)
    return top + 20


@pytest.fixture
def broken_table(tmp_path: Path) -> Path:
    """A requests table that a page break cuts, through the label 三、本年度办理结果."""
    first, second = Page(), Page()
    first.text(60, 50, "青禾镇政府信息公开年度报告")
    first.text(60, 600, "青禾镇人民政府2022年政府信息公开工作年度报告")
    first.text(60, 630, "三、收到和处理政府信息公开申请情况")
    at = head(first, 640)
    at = wide_row(first, at, "一、本年新收政府信息公开申请数量", "7 2 0 0 0 0 9")
    at = wide_row(first, at, "二、上年结转政府信息公开申请数量", "0 0 0 0 0 0 0")
    first.box(60, at, 120, 800, "三、本年", sides="tlr")
    part_row(first, at, "（一）予以公开", "5 1 0 0 0 0 6")
    first.text(290, 825, "- 1 -")
    second.text(60, 50, "青禾镇政府信息公开年度报告")
    second.box(60, 80, 120, 120, "办理结果", sides="blr")
    at = part_row(second, 80, "（二）部分公开", "1 1 0 0 0 0 2")
    at = part_row(second, at, "（七）总计", "6 2 0 0 0 0 8")
    wide_row(second, at, "四、结转下年度继续办理", "1 0 0 0 0 0 1")
    second.text(60, 200, "四、政府信息公开行政复议、行政诉讼情况")
    second.text(290, 825, "- 2 -")
    return write(tmp_path / "broken.pdf", [first, second])


def test_a_table_over_two_pages_is_one_grid_and_its_cut_label_is_whole(broken_table: Path) -> None:
    found = source(broken_table)
    (grid,) = found.grids
    table = cells(found)
    assert table[0, 0] == ("申请人情况", 2, 2)
    assert table[4, 0] == ("三、本年办理结果", 3, 1)
    assert table[5, 1][0] == "（二）部分公开"
    assert [table[7, col][0] for col in range(2, 9)] == ["1", "0", "0", "0", "0", "0", "1"]
    assert found.text[grid.end :].startswith("\n四、政府信息公开行政复议")


def test_facts_from_both_sides_of_a_page_break(broken_table: Path) -> None:
    facts = Extractor(load(linker="rules")).run(source(broken_table)).facts
    values = {fact.metric: fact.value for fact in facts if fact.applicant == "natural_person"}
    assert values == {
        "requests.received": 7,
        "requests.carried_in": 0,
        "outcomes.granted": 5,
        "outcomes.partly_granted": 1,
        "requests.concluded": 6,
        "requests.carried_out": 1,
    }


def test_page_numbers_and_running_heads_are_no_text(broken_table: Path) -> None:
    text = source(broken_table).text
    assert text.startswith("青禾镇人民政府2022年")
    assert "- 1 -" not in text and "- 2 -" not in text


def test_a_head_printed_again_is_left_out_and_a_second_table_is_not(tmp_path: Path) -> None:
    names = ("信息内容", "本年制发件数", "现行有效件数")
    first = Page().text(60, 600, "二、主动公开政府信息情况").row(700, names).row(720, ("规章", "3", "12"))
    second = Page().row(60, names).row(80, ("行政规范性文件", "4", "20")).text(60, 300, "以上。")
    again = Page().row(60, names).row(80, ("规章", "1", "5")).text(60, 300, "以上。")
    joined = source(write(tmp_path / "joined.pdf", [first, second]))
    assert len(joined.grids) == 1 and joined.text.count("信息内容") == 1
    apart = source(write(tmp_path / "apart.pdf", [first, again]))
    assert len(apart.grids) == 2 and apart.text.count("信息内容") == 2


def test_an_empty_cell_keeps_its_place(tmp_path: Path) -> None:
    page = Page().text(60, 40, "年度报告").row(100, ("信息内容", "件数", "总数")).row(120, ("规章", "", "7"))
    assert source(write(tmp_path / "blank.pdf", [page])).text == "年度报告\n信息内容\t件数\t总数\n规章\t\t7"


def test_a_table_without_outer_rules_keeps_its_first_column(tmp_path: Path) -> None:
    page = Page().text(60, 40, "年度报告")
    for i, (left, right) in enumerate((("信息内容", "件数"), ("规章", "12"))):
        top = 100 + 20 * i
        page.rule(60, top, 260, top).rule(60, top + 20, 260, top + 20).rule(160, top, 160, top + 20)
        page.text(64, top + 14, left).text(164, top + 14, right)
    assert cells(source(write(tmp_path / "open.pdf", [page])))[1, 0] == ("规章", 1, 1)


def test_lines_of_a_paragraph_are_joined_and_paragraphs_are_not(tmp_path: Path) -> None:
    page = Page()
    for i, (indent, line) in enumerate(
        (
            (20, "收到申请十二件，其中网络申请八件，当面申请三件，"),
            (0, "信函申请一件，均在法定期限内答复；主动公开政府信息四百"),
            (0, "六十件。"),
            (20, "没有收取费用。"),
        )
    ):
        page.text(60 + indent, 100 + 16 * i, line)
    lines = source(write(tmp_path / "lines.pdf", [page])).text.split("\n")
    assert lines[0].endswith("主动公开政府信息四百六十件。")
    assert lines[1:] == ["没有收取费用。"]


NAMES = ("信息内容", "件数", "总数")


def report(page: Page, dx: float = 0) -> Page:
    """A title and a table at their places, or `dx` further to the right."""
    page.text(60 + dx, 90, "青禾镇2021年报告", size=16)
    for i, words in enumerate((NAMES, ("规章", "11", "1122"), ("规范性文件", "", "3300"))):
        page.row(110 + 20 * i, words, x0=60 + dx)
    return page


REPORT = "青禾镇2021年报告\n信息内容\t件数\t总数\n规章\t11\t1122\n规范性文件\t\t3300"


def test_letters_printed_again_on_their_place_are_read_once(tmp_path: Path) -> None:
    plain = source(write(tmp_path / "plain.pdf", [report(Page())]))
    assert plain.text == REPORT and plain.warnings == []
    page = Page()
    for dx in (0, 0.3, 0.6, 0.9):
        report(page, dx)
    bold = source(write(tmp_path / "bold.pdf", [page]))
    assert bold.text == REPORT and [warning.name for warning in bold.warnings] == ["doubled"]


@pytest.mark.parametrize("clockwise", [True, False])
def test_pages_printed_sideways_are_turned(tmp_path: Path, clockwise: bool) -> None:
    pages = [report(Page()), report(Page()).sideways(clockwise)]
    found = source(write(tmp_path / "sideways.pdf", pages))
    assert found.text == f"{REPORT}\n{REPORT}" and len(found.grids) == 2
    assert [str(warning) for warning in found.warnings] == [
        "sideways: text runs sideways on page 2; the page was turned"
    ]


def test_a_watermark_at_an_angle_and_a_stamp_at_the_side_are_no_text(tmp_path: Path) -> None:
    page = report(Page())
    page.parts = ["q 0.7 0.7 -0.7 0.7 100 100 cm", *Page().text(0, 800, "内部资料注意保存" * 6).parts, "Q", *page.parts]
    page.parts += ["q 0 1 -1 0 595 0 cm", *Page().text(50, 800, "存档").parts, "Q"]
    found = source(write(tmp_path / "stamped.pdf", [page]))
    assert found.text == REPORT and found.warnings == []


def words_in(path: Path, found: Source, start: int, end: int) -> str:
    """What pdfplumber finds in the box that is told for text[start:end]."""
    place = found.place(start, end)
    assert place is not None
    with pdfplumber.open(path) as document:
        page = document.pages[place[0] - 1]
        x0, top, x1, bottom = place[1]
        box = (max(x0 - 0.5, 0), max(top - 0.5, 0), min(x1 + 0.5, page.width), min(bottom + 0.5, page.height))
        # Of text that runs sideways it gives the letters in no useful order.
        return "".join(sorted(char["text"] for char in page.within_bbox(box).chars))


def test_every_word_stands_in_its_box(tmp_path: Path, broken_table: Path) -> None:
    sideways = write(
        tmp_path / "sideways.pdf", [report(Page()), report(Page()).sideways(), report(Page()).sideways(False)]
    )
    for path in (sideways, broken_table):
        found = source(path)
        for match in re.finditer(r"[^\s]+", found.text):
            if "三、本年办理结果" not in match.group():
                assert words_in(path, found, *match.span()) == "".join(sorted(match.group()))
    # Of a word that a page break cuts, the part on the first page.
    cut = source(broken_table).text.index("三、本年办理结果")
    assert source(broken_table).place(cut, cut + 8) == source(broken_table).place(cut, cut + 4)


def test_an_empty_cell_has_the_box_of_its_cell(tmp_path: Path) -> None:
    for number, page in enumerate((report(Page()), report(Page()).sideways(), report(Page()).sideways(False))):
        found = source(write(tmp_path / f"{number}.pdf", [page]))
        empty = found.text.index("\t\t") + 1
        place, label = found.place(empty, empty), found.place(empty - 6, empty - 1)
        assert place is not None and label is not None
        (x0, top, x1, bottom), (left, high, right, low) = place[1], label[1]
        if number == 0:
            assert place[1] == pytest.approx((160, 150, 260, 170), abs=1) and high >= top and low <= bottom
        else:
            assert left >= x0 - 1 and right <= x1 + 1 and {round(x1 - x0), round(bottom - top)} == {20, 100}


def test_facts_say_page_and_box(broken_table: Path) -> None:
    facts = Extractor(load(linker="rules")).run(source(broken_table)).facts
    placed = {(fact.metric, fact.applicant): (fact.page, fact.box) for fact in facts}
    page, box = placed["requests.carried_out", "total"]
    assert page == 2 and box is not None and 500 < box[0] < box[2] < 530 and 120 < box[1] < box[3] < 140


def refused(path: Path) -> ReadError:
    with pytest.raises(ReadError) as caught:
        from_bytes(path.read_bytes(), path.stem, path.name, 5_000_000)
    return caught.value


def test_a_scan_is_told(tmp_path: Path) -> None:
    assert "no text layer" in str(refused(write(tmp_path / "scan.pdf", [Page().picture(), Page().picture()])))
    numbered = [Page().picture().text(290, 825, "1"), Page().picture().text(290, 825, "2")]
    assert refused(write(tmp_path / "numbered.pdf", numbered)).kind == "no_text_layer"


def test_damaged_and_locked_files_are_told(tmp_path: Path, broken_table: Path) -> None:
    data = broken_table.read_bytes()
    cut = tmp_path / "cut.pdf"
    cut.write_bytes(b"%PDF-1.4\n garbage " + data[200:400])
    assert refused(cut).kind == "damaged"
    key = "00" * 32
    lock = f"/Encrypt << /Filter /Standard /V 1 /R 2 /O <{key}> /U <{key}> /P -4 >> /ID [<00><00>] "
    locked = write(tmp_path / "locked.pdf", [Page().text(60, 60, "年度报告")], trailer=lock)
    assert refused(locked).kind == "locked" and "password" in str(refused(locked))


def test_a_large_cell_over_small_ones_keeps_what_is_below_them() -> None:
    """Where the foot of a page cuts a row, its rules break off: the row as a whole would have taken all its numbers."""
    small = [(40.0, 10.0, 80.0, 50.0), (80.0, 10.0, 120.0, 50.0)]
    assert apart([(0.0, 10.0, 120.0, 70.0), *small]) == [(0.0, 50.0, 120.0, 70.0), *small]
    assert apart([(0.0, 10.0, 120.0, 52.0), *small]) == small
    assert apart(small) == small
