"""Word files: merged cells as true grids, offsets into the text, and damaged files told plainly."""

from __future__ import annotations

import zipfile
from pathlib import Path

import docx
import pytest

from nianbao.reading.docx import from_bytes
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
    source = from_bytes(report.read_bytes(), "report", "report.docx", 5_000_000)
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
        from_bytes(path.read_bytes(), "wrong", "wrong.docx", 5_000_000)


def test_a_zip_that_unpacks_to_gigabytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b" " * 2_000_000)
    with pytest.raises(ReadError, match="larger than the limit"):
        from_bytes(path.read_bytes(), "bomb", "bomb.docx", 10_000)


def xml(path: Path, body: str) -> Path:
    """A Word file with this body; `w:` is the namespace of its elements."""
    document = docx.Document()
    document.save(str(path))
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts["word/document.xml"] = f"<w:document {space}><w:body>{body}</w:body></w:document>".encode()
    with zipfile.ZipFile(path, "w") as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return path


def text(path: Path) -> str:
    return from_bytes(path.read_bytes(), path.stem, path.name, 5_000_000).text


def test_line_breaks_tracked_changes_and_content_controls(tmp_path: Path) -> None:
    run = "<w:r><w:t>{}</w:t></w:r>"
    body = "<w:p><w:r><w:t>年度报告</w:t><w:br/><w:t>（2020年）</w:t></w:r></w:p>"
    body += f"<w:sdt><w:sdtContent><w:p>{run.format('收到申请')}"
    body += f"<w:del><w:r><w:delText>9</w:delText></w:r></w:del><w:ins>{run.format('12')}</w:ins>"
    body += f"<w:moveFrom>{run.format('没有')}</w:moveFrom>{run.format('件。')}</w:p></w:sdtContent></w:sdt>"
    assert text(xml(tmp_path / "tracked.docx", body)) == "年度报告\n（2020年）\n收到申请12件。"


def test_a_table_around_another_is_a_frame(tmp_path: Path) -> None:
    cell = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    inner = f"<w:tbl><w:tr>{cell.format('内一')}{cell.format('内二')}</w:tr></w:tbl>"
    outer = f"<w:tbl><w:tr>{cell.format('左')}<w:tc>{inner}<w:p/></w:tc></w:tr><w:tr>{cell.format('下')}</w:tr></w:tbl>"
    assert text(xml(tmp_path / "nested.docx", outer)) == "左\n内一\t内二\n下"


@pytest.mark.parametrize("body", ["<w:p>", "<w:tbl><w:tr/></w:tbl>", "<w:p/>"])
def test_broken_and_empty_bodies_are_told(tmp_path: Path, body: str) -> None:
    with pytest.raises(ReadError) as caught:
        text(xml(tmp_path / "broken.docx", body))
    assert caught.value.kind in ("damaged", "empty")


def test_an_old_or_locked_word_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "old.docx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512))
    with pytest.raises(ReadError, match="password"):
        text(path)
