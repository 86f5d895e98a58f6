"""Word files are read as they are printed: struck and hidden text, marks of notes, fields, frames, boxes, pictures."""

from __future__ import annotations

import zipfile
from io import BytesIO

import docx
import pytest

from nianbao.reading.docx import from_bytes
from nianbao.reading.source import Source

SPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
}
HIGH = '<w:vertAlign w:val="superscript"/>'
STYLES = """<w:style w:type="character" w:styleId="Old"><w:rPr><w:strike/></w:rPr></w:style>
<w:style w:type="character" w:styleId="Older"><w:basedOn w:val="Old"/><w:rPr><w:b/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Secret"><w:rPr><w:vanish/></w:rPr></w:style>"""


def source(body: str) -> Source:
    """What is read of a Word file with this body."""
    made = BytesIO()
    docx.Document().save(made)
    spaces = " ".join(f'xmlns:{name}="{uri}"' for name, uri in SPACES.items())
    document = f"<w:document {spaces}><w:body>{body}</w:body></w:document>"
    changed = BytesIO()
    with zipfile.ZipFile(made) as package, zipfile.ZipFile(changed, "w") as target:
        for name in package.namelist():
            data = package.read(name)
            if name == "word/document.xml":
                data = document.encode()
            elif name == "word/styles.xml":
                data = data.replace(b"</w:styles>", STYLES.encode() + b"</w:styles>")
            target.writestr(name, data)
    return from_bytes(changed.getvalue(), "a", "a.docx", 5_000_000)


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def table(*rows: str) -> str:
    """A table of rows whose cells, given as paragraphs' content, are parted by |."""
    cells = [[f"<w:tc><w:p>{cell}</w:p></w:tc>" for cell in row.split("|")] for row in rows]
    return f"<w:tbl>{''.join(f'<w:tr>{chr(10).join(row)}</w:tr>' for row in cells)}</w:tbl>"


NUMBERS = table(f"{run('收到申请')}|{run('12')}", f"{run('办结')}|")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (run("8", "<w:strike/>") + run("10"), "10"),
        (run("8", "<w:dstrike/>") + run("10"), "10"),
        (run("8", '<w:rStyle w:val="Older"/>') + run("10"), "10"),
        (run("8", "<w:vanish/>") + run("10"), "10"),
        (run("10", '<w:strike w:val="0"/>'), "10"),
        (run("10", '<w:rStyle w:val="Old"/><w:strike w:val="false"/>'), "10"),
        ('<w:pPr><w:pStyle w:val="Secret"/></w:pPr>' + run("88"), ""),
        (run("10") + run("1", HIGH), "10"),
        (
            run("10") + run("[", HIGH) + run("1]", HIGH),
            "10",
        ),
        (run("300m") + run("2", HIGH), "300m2"),
        (run("10", HIGH), "10"),
        (run("10") + '<w:r><w:footnoteReference w:id="1"/></w:r>', "10"),
        (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>F9</w:instrText></w:r>' + run("30"),
            "30",
        ),
        (
            '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:ddList><w:result w:val="1"/><w:listEntry w:val="有"/>'
            '<w:listEntry w:val="无"/></w:ddList></w:ffData></w:fldChar></w:r>',
            "无",
        ),
        (f"<w:sdt><w:sdtPr/><w:sdtContent>{run('30')}</w:sdtContent></w:sdt>", "30"),
        (f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{run('点击')}</w:sdtContent></w:sdt>", ""),
        (f"<w:ruby><w:rt>{run('gōng')}</w:rt><w:rubyBase>{run('公')}</w:rubyBase></w:ruby>{run('开')}", "公开"),
    ],
)
def test_a_cell_is_read_as_it_is_printed(content: str, expected: str) -> None:
    found = source(table(f"{run('收到')}|{content}", f"{run('办结')}|{run('7')}"))
    (grid,) = found.grids
    cell = next(cell for cell in grid.cells if (cell.row, cell.col) == (0, 1))
    assert found.text[cell.start : cell.end] == expected


def test_tables_in_frames_are_tables() -> None:
    framed = f"<w:tbl><w:tr><w:tc><w:p>{run('二、公开情况')}</w:p>{NUMBERS}<w:p/></w:tc></w:tr></w:tbl>"
    deeper = f"<w:tbl><w:tr><w:tc>{framed}<w:p/></w:tc></w:tr></w:tbl>"
    for body in (framed, deeper):
        found = source(body)
        assert found.text == "二、公开情况\n收到申请\t12\n办结\t"
        assert len(found.grids) == 1 and len(found.grids[0].cells) == 4


def test_tables_in_text_boxes_are_tables_and_their_second_form_is_not_read() -> None:
    box = f"<w:txbxContent><w:p>{run('附表')}</w:p>{NUMBERS}</w:txbxContent>"
    twice = f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    found = source(f"<w:p>{run('年度报告')}<w:r>{twice}</w:r></w:p>")
    assert found.text == "年度报告\n附表\n收到申请\t12\n办结\t" and len(found.grids) == 1


def test_rows_deleted_under_tracking_are_gone() -> None:
    gone = "<w:tr><w:trPr><w:del/></w:trPr><w:tc><w:p>" + run("旧") + "</w:p></w:tc></w:tr>"
    found = source(NUMBERS.replace("</w:tbl>", f"{gone}</w:tbl>"))
    assert found.text == "收到申请\t12\n办结\t"


def picture(pixels: int) -> str:
    size = 9525 * pixels
    extent = f'<wp:extent cx="{size}" cy="{size}"/>'
    return f"<w:r><w:drawing><wp:inline>{extent}<a:blip/></wp:inline></w:drawing></w:r>"


def test_tables_that_are_pictures_are_told() -> None:
    title = f"<w:p>{run('栖霞镇2021年政府信息公开工作年度报告')}</w:p>"
    heading = f"<w:p>{run('二、主动公开政府信息情况')}</w:p>"
    said = f"<w:p>{run('一年来，我镇按时公开，逐件答复，没有发生争议，群众更加满意。' * 4)}</w:p>"
    for body in (f"{title}<w:p>{picture(600)}</w:p>", f"{title}{said}{heading}<w:p>{picture(600)}</w:p>"):
        assert [warning.name for warning in source(body).warnings] == ["images"]
    assert source(f"{title}{said}{heading}{NUMBERS}<w:p>{picture(600)}</w:p>").warnings == []
    assert source(f"{title}{said}{heading}<w:p>{picture(20)}</w:p>").warnings == []


def test_a_cell_that_holds_a_picture_is_not_blank() -> None:
    found = source(table(f"{run('收到')}|{picture(100)}", f"{run('办结')}|"))
    assert {(cell.row, cell.col) for cell in found.grids[0].cells} == {(0, 0), (1, 0), (1, 1)}
