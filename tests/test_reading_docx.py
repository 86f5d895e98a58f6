"""Word files: merged cells as true grids, offsets into the text, and damaged files told plainly."""

from __future__ import annotations

import zipfile
from pathlib import Path

import docx
import pytest

from nianbao.reading.docx import read
from nianbao.reading.errors import ReadError


@pytest.fixture
def report(tmp_path: Path) -> Path:
    document = docx.Document()
    document.add_paragraph("青禾镇人民政府2020年政府信息公开工作年度报告")
    document.add_paragraph("三、收到和处理政府信息公开申请情况")
    table = document.add_table(rows=3, cols=4)
    for (row, col), text in {
        (0, 0): "申请人情况",
        (0, 1): "自然人",
        (1, 0): "一、本年新收",
        (1, 1): "12",
        (2, 2): "总计",
    }.items():
        table.cell(row, col).text = text
    table.cell(0, 1).merge(table.cell(0, 3))
    table.cell(1, 0).merge(table.cell(2, 0))
    document.add_paragraph("以上。")
    path = tmp_path / "report.docx"
    document.save(str(path))
    return path


def test_tables_keep_their_place_and_their_merged_cells(report: Path) -> None:
    source = next(iter(read(report, "report", 5_000_000)))
    assert source.text.startswith("青禾镇人民政府2020年政府信息公开工作年度报告\n三、")
    assert source.text.endswith("以上。")
    (grid,) = source.grids
    found = {(c.row, c.col): (source.text[c.start : c.end], c.rowspan, c.colspan) for c in grid.cells}
    assert found[0, 1] == ("自然人", 1, 3)
    assert found[1, 0] == ("一、本年新收", 2, 1)
    assert found[1, 1] == ("12", 1, 1)
    assert found[1, 2] == ("", 1, 1)
    assert (2, 0) not in found


def test_what_is_no_word_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "wrong.docx"
    path.write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(ReadError, match="no Word document"):
        list(read(path, "wrong", 5_000_000))


def test_a_zip_that_unpacks_to_gigabytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b" " * 2_000_000)
    with pytest.raises(ReadError, match="larger than the limit"):
        list(read(path, "bomb", 10_000))
