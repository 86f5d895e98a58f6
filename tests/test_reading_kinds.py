"""Kinds of files told by their content: workbooks, saved pages, archives, old Word files, answers of web archives."""

from __future__ import annotations

import base64
import io
import os
import stat
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from nianbao.reading import ReadError, Source, open_sources
from nianbao.reading import office as office_reader
from nianbao.reading.archive import MOST_FILES
from test_reading_streams import warc

TITLE = "栖霞镇2018年政府信息公开工作年度报告"
ROWS: list[list[str | float]] = [["指标", "单位", "数量"], ["收到申请数", "件", 12], ["受理费", "元", 23.5]]
TEXT = f"{TITLE}\n指标\t单位\t数量\n收到申请数\t件\t12\n受理费\t元\t23.5"
PAGE = f"<html><body><h1>{TITLE}</h1><p>收到申请12件。</p></body></html>"


def one(path: Path) -> Source:
    (found,) = open_sources([path])
    assert isinstance(found, Source), found
    return found


def refused(path: Path) -> ReadError:
    (found,) = open_sources([path])
    assert isinstance(found, ReadError), found
    return found


def docx_bytes() -> bytes:
    docx = pytest.importorskip("docx")
    document, out = docx.Document(), io.BytesIO()
    document.add_paragraph(TITLE)
    document.add_paragraph("收到申请12件。")
    document.save(out)
    return out.getvalue()


def xlsx_bytes(fill: Callable[..., None] | None = None) -> bytes:
    xlsxwriter = pytest.importorskip("xlsxwriter")
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        if fill is not None:
            fill(book, sheet)
        else:
            sheet.merge_range(0, 0, 0, 2, TITLE)
            for at, row in enumerate(ROWS, start=1):
                sheet.write_row(at, 0, row)
    return out.getvalue()


# What xlwt wrote for TITLE over ROWS.
XLS = zlib.decompress(base64.b85decode(
    'c-rk)OGs2v82-+^^Kb?qqm6<FGDumO3sVSN*zG|HfsfIm2pgXlCKN}8X;F)^Ob9|KBBF33SkT65(*s-7u0=3X3n2)cqE)M)*Fxv^pMTD!'
    'v0OM%QgXk``Okm;^MB`Y&-327Wbwk(gNhV>!EWeCTRwQQY=VN%P6R;tmL*j?&ZA&C_^;s0qk;6eF<bD`E5}fdcM2NryPlH--cjhn2wG#q'
    'W@rtukK52IWE+}D3QUrv5arye5|;feH?X|No=;isVao)|Ch}bn$B{HzYZ}!oKBiT1ULj<;kC^j@Ejv((7jhP#yCO2aZtRVp>>c_yGb&yA'
    'm<EkovpH<WdxsVfqye197b^sOwpZ%2kYit4y8zk0FSmPFuwT<$z$mO9p5Wu~!{_1w7ST(Ki1LOiLlB}YT6v@SdOhlBjy56@G0e$Gsx8(t'
    '6h`-l6J2eI$eqaTzC(wpAaB1nO3{(dmNtq;%;Z%!#7?uWqv6!I%Oj?M_}Z#N%y)VcyCx{LKkSzqJ8uMmWg9^OFOYna11Ms>n3qX_TD5rh'
    ')2o)gcB7juqukES5wThJ3Kq^w29XOnhdV}x3Q)t0?JO^FsT*0ZU>T&zO>uR5sZtJ(vCl=$t)_Y!7_W^jS^8Ge$3KQ2SB}3owvj&5oH`Sn'
    'nK!0TMMu^E@#QmyT2U)*-IRD@*s)OC$y=7?zilmfT0r&9Qs-b1mf&Z#n5Fa(+`Hu-f<2_nr0n;XNokbQ6<b?@tufoB{4;OgO{ue*Oi6aV'
    'V(Tlgb!K}MTW7Xcv2|w8ZlYseE5Soq5p9}3;fDhU4jede;J|@{bqaYo)zrmYUNzn7>hD$mb(Scko!=zu79EJulb{dN0~n?_j?+2KpE9_G'
    'U6xoS$Npa^ag=J0V-S7Zj=`MgFMYa+?Eb8p82EEbDA)SaxwP{y*Z%`7X5K#'
))  # fmt: skip


# --- workbooks


@pytest.mark.parametrize("name", ["a.xlsx", "a.xls", "a.doc", "a"])
def test_a_workbook_is_lines_and_a_grid_whatever_its_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(xlsx_bytes())
    source = one(tmp_path / name)
    assert (source.id, source.text, source.kind) == ("a", TEXT, "xlsx")
    (grid,) = source.grids
    assert [source.text[cell.start : cell.end] for cell in grid.cells if cell.col == 2] == ["数量", "12", "23.5"]


def test_an_old_workbook(tmp_path: Path) -> None:
    pytest.importorskip("python_calamine")
    (tmp_path / "a.et").write_bytes(XLS)
    source = one(tmp_path / "a.et")
    assert (source.text, source.kind) == (TEXT, "xls")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
@pytest.mark.parametrize(("name", "sign"), [("a.csv", ","), ("a.tsv", "\t"), ("a.xls", "\t")])
def test_a_table_of_text(tmp_path: Path, encoding: str, name: str, sign: str) -> None:
    lines = [[TITLE], *ROWS]
    (tmp_path / name).write_text("".join(sign.join(map(str, row)) + "\r\n" for row in lines), encoding=encoding)
    source = one(tmp_path / name)
    assert (source.text, source.kind, len(source.grids)) == (TEXT, "csv", 1)


def test_cells_that_are_printed_and_empty_stay_and_those_beside_the_table_do_not(tmp_path: Path) -> None:
    def fill(book: object, sheet: object) -> None:
        sheet.write(0, 1, TITLE)  # type: ignore[attr-defined]
        sheet.write_row(2, 1, ["指标", "数量"])  # type: ignore[attr-defined]
        sheet.write(3, 1, "规章")  # type: ignore[attr-defined]
        sheet.write_row(4, 1, ["合计", 3])  # type: ignore[attr-defined]
        sheet.write(6, 1, "填表人：张三")  # type: ignore[attr-defined]

    (tmp_path / "a.xlsx").write_bytes(xlsx_bytes(fill))
    source = one(tmp_path / "a.xlsx")
    assert source.text == f"{TITLE}\n指标\t数量\n规章\t\n合计\t3\n填表人：张三"
    blank = next(cell for cell in source.grids[0].cells if (cell.row, cell.col) == (1, 1))
    assert blank.start == blank.end


def test_merged_cells_and_hidden_sheets(tmp_path: Path) -> None:
    def fill(book: object, sheet: object) -> None:
        sheet.merge_range(0, 0, 1, 0, "指标")  # type: ignore[attr-defined]
        sheet.merge_range(0, 1, 0, 2, "申请人")  # type: ignore[attr-defined]
        sheet.write_row(1, 1, ["公民", "法人"])  # type: ignore[attr-defined]
        sheet.write_row(2, 0, ["收到", 1, 2])  # type: ignore[attr-defined]
        hidden = book.add_worksheet("草稿")  # type: ignore[attr-defined]
        hidden.write(0, 0, "不要读")
        hidden.hide()

    (tmp_path / "a.xlsx").write_bytes(xlsx_bytes(fill))
    source = one(tmp_path / "a.xlsx")
    assert source.text == "指标\t申请人\n公民\t法人\n收到\t1\t2"
    spans = {source.text[c.start : c.end]: (c.row, c.col, c.rowspan, c.colspan) for c in source.grids[0].cells}
    assert spans["指标"] == (0, 0, 2, 1) and spans["申请人"] == (0, 1, 1, 2) and spans["法人"] == (1, 2, 1, 1)


def test_two_cells_far_apart_do_not_take_the_memory_of_all_between(tmp_path: Path) -> None:
    def fill(book: object, sheet: object) -> None:
        sheet.write(0, 0, TITLE)  # type: ignore[attr-defined]
        sheet.write(1_048_575, 16_383, 12)  # type: ignore[attr-defined]

    (tmp_path / "a.xlsx").write_bytes(xlsx_bytes(fill))
    assert (refused(tmp_path / "a.xlsx").kind, refused(tmp_path / "a.xlsx").format) == ("too_large", "xlsx")


def test_what_nianbao_wrote_is_no_document(tmp_path: Path) -> None:
    from nianbao.writing import open_sink

    for ending in (".csv", ".xlsx"):
        with open_sink(tmp_path / f"facts{ending}") as sink:
            sink.commit()
        assert "output of nianbao" in refused(tmp_path / f"facts{ending}").message


# --- pages and Word files under other names


@pytest.mark.parametrize("name", ["a.doc", "a.xls", "a.txt", "a.jsp", "a.docx", "a.pdf", "a"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030"])
def test_a_page_is_a_page_whatever_its_name(tmp_path: Path, name: str, encoding: str) -> None:
    (tmp_path / name).write_bytes(PAGE.encode(encoding))
    source = one(tmp_path / name)
    assert (source.text, source.kind) == (f"{TITLE}\n收到申请12件。", "html")


@pytest.mark.parametrize("name", ["a.doc", "a.html", "a.txt", "a.wps", "a.zip", "a"])
def test_a_word_file_is_one_whatever_its_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(docx_bytes())
    source = one(tmp_path / name)
    assert (source.id, source.text, source.kind) == ("a", f"{TITLE}\n收到申请12件。", "docx")


def test_a_text_named_as_an_office_file_is_read_as_such(tmp_path: Path) -> None:
    (tmp_path / "a.doc").write_text("收到申请12件。", encoding="utf-8")
    assert (one(tmp_path / "a.doc").text, one(tmp_path / "a.doc").kind) == ("收到申请12件。", "txt")


def test_pictures_and_style_sheets_beside_pages_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "page_files").mkdir()
    for name in ("page.html", "a.css", "b.png", "c.svg", "d.sqlite", "page_files/e.png"):
        (tmp_path / name).write_bytes(PAGE.encode())
    assert [source.id for source in open_sources([tmp_path]) if isinstance(source, Source)] == ["page"]


def test_pictures_by_themselves_are_documents(tmp_path: Path) -> None:
    """A report that was scanned into a folder of pictures, or into an archive of them."""
    (tmp_path / "scans").mkdir()
    for name in ("scans/1.png", "scans/2.JPG", "scans/style.css"):
        (tmp_path / name).write_bytes(b"x")
    found = [error.doc_id for error in open_sources([tmp_path]) if isinstance(error, ReadError)]
    assert found == ["scans/1", "scans/2"]
    packed = pack(tmp_path / "packed.zip", {"1.png": b"x", "2/3.jpg": b"x", "2/a.css": b"x"})
    assert [error.doc_id for error in open_sources([packed]) if isinstance(error, ReadError)] == [
        "packed/1",
        "packed/2/3",
    ]


# --- saved pages


def mht(markup: str, charset: str = "utf-8", cte: str = "quoted-printable") -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "<Saved by Blink>", "年报"
    mail.set_content(markup, subtype="html", charset=charset, cte=cte)
    mail.add_related(b"\x89PNG", "image", "png")
    return mail.as_bytes()


@pytest.mark.parametrize(("charset", "cte"), [("utf-8", "quoted-printable"), ("gb18030", "base64"), ("utf-8", "8bit")])
@pytest.mark.parametrize("name", ["a.mht", "a.mhtml", "a.doc", "a.html"])
def test_a_saved_page(tmp_path: Path, name: str, charset: str, cte: str) -> None:
    (tmp_path / name).write_bytes(mht(PAGE, charset, cte))
    source = one(tmp_path / name)
    assert (source.text, source.kind) == (f"{TITLE}\n收到申请12件。", "mht")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'Content-Type: multipart/related; boundary="x"\n\n--x\nContent-Type: image/png\n\nabc\n--x--\n', "empty"),
        (b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (i, i) for i in range(500)), "too_large"),
        (b'Content-Type: multipart/related; boundary="x"\n\n' + b"--x\n\na\n" * 6000, "too_large"),
        (b"Content-Type: text/html; charset=no-such\n\n" + PAGE.encode(), None),
    ],
)
def test_hostile_mails_end_with_their_record(tmp_path: Path, body: bytes, kind: str | None) -> None:
    (tmp_path / "a.mht").write_bytes(b"MIME-Version: 1.0\n" + body)
    (found,) = open_sources([tmp_path / "a.mht"])
    assert (found.kind == kind) if isinstance(found, ReadError) else kind is None


# --- archives


def pack(path: Path, files: dict[str, bytes], **more: int) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in files.items():
            package.writestr(name, data)
    return path


def said(path: Path) -> Iterator[tuple[str | None, str | None]]:
    for item in open_sources([path]):
        yield (item.id, item.kind) if isinstance(item, Source) else (item.doc_id, item.kind)


def test_an_archive_gives_the_documents_in_it(tmp_path: Path) -> None:
    inner = pack(tmp_path / "inner", {"x.txt": b"a1", "y.docx": docx_bytes()}).read_bytes()
    files = {
        "b/附件.html": PAGE.encode(),
        "a.xlsx": xlsx_bytes(),
        "z.zip": inner,
        "__MACOSX/a.xlsx": b"",
        "pic.png": b"x",
    }
    path = pack(tmp_path / "packed.zip", {**files, "c.dat": b"\0\1"})
    assert list(said(path)) == [
        ("packed/a", "xlsx"),
        ("packed/b/附件", "html"),
        ("packed/c", "unknown_ending"),
        ("packed/z/x", "txt"),
        ("packed/z/y", "docx"),
    ]
    assert [s.path for s in open_sources([path]) if isinstance(s, Source)][2] == f"{path}/z.zip/x.txt"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_odd_names_in_an_archive_lose_nothing(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as package:
        for name in ("../up.txt", "a.txt", "a.txt", ".hidden.txt"):
            package.writestr(name, f"a{len(package.namelist())}")
    assert list(said(tmp_path / "p.zip")) == [("p/../up", "txt"), ("p/a", "txt"), ("p/a", "duplicate_id")]


def test_names_of_archives_made_on_chinese_windows(tmp_path: Path) -> None:
    path = pack(tmp_path / "p.zip", {"0000.txt": b"a1"})
    path.write_bytes(path.read_bytes().replace(b"0000.txt", "年报".encode("gbk") + b".txt"))
    assert list(said(path)) == [("p/年报", "txt")]


def test_an_archive_keeps_to_its_bounds(tmp_path: Path) -> None:
    many = pack(tmp_path / "many.zip", {f"{i:05}.txt": b"a1" for i in range(MOST_FILES + 5)})
    found = list(said(many))
    assert len(found) == MOST_FILES + 1 and found[-1] == ("many", "too_large")
    bomb = pack(tmp_path / "bomb.zip", {"a.txt": bytes(20_000_000), "b.txt": b"a1"})
    assert list(said(bomb)) == [("bomb/a", "too_large"), ("bomb/b", "txt")]
    deep = b"a1"
    for name in ("a.txt", "b.zip", "c.zip", "d.zip", "e.zip"):
        deep = pack(tmp_path / "deep", {name: deep}).read_bytes()
    (tmp_path / "deep.zip").write_bytes(deep)
    assert list(said(tmp_path / "deep.zip")) == [("deep/e/d/c", "too_large")]
    large = pack(tmp_path / "large.zip", {f"{i}.pdf": b"%PDF-1.7\n" + os.urandom(3000) for i in range(9)})
    kinds = [item.kind for item in open_sources([large], max_bytes=50) if isinstance(item, ReadError)]
    assert kinds[-1] == "too_large" and len(kinds) == 7


def test_damaged_and_locked_archives(tmp_path: Path) -> None:
    path = pack(tmp_path / "p.zip", {"a.txt": b"a1" * 500, "b.txt": b"b1"})
    data = bytearray(path.read_bytes())
    data[37] ^= 0xFF
    path.write_bytes(data)
    assert [kind for _, kind in said(path)] == ["damaged", "txt"]
    path.write_bytes(bytes(data[:60]))
    assert [kind for _, kind in said(path)] == ["damaged"]
    locked = pack(tmp_path / "l.zip", {"a.txt": b"a1"})
    data = bytearray(locked.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    locked.write_bytes(data)
    assert list(said(locked)) == [("l/a", "locked")]


# --- LibreOffice


@pytest.fixture
def soffice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts a program in the place of LibreOffice."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))

    def put(program: str) -> None:
        path = tmp_path / "bin" / "soffice"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!{sys.executable}\nimport sys, pathlib, time\n{program}\n", encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IEXEC)

    return put


OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "WordDocument".encode("utf-16-le") + bytes(500)


def test_an_old_word_file_goes_through_libreoffice(tmp_path: Path, soffice: Callable[[str], None]) -> None:
    (tmp_path / "made.docx").write_bytes(docx_bytes())
    soffice(
        "given = pathlib.Path(sys.argv[-1]); out = pathlib.Path(sys.argv[sys.argv.index('--outdir') + 1])\n"
        "assert given.read_bytes().startswith(b'\\xd0\\xcf') and '--headless' in sys.argv\n"
        f"(out / 'document.docx').write_bytes(pathlib.Path({str(tmp_path / 'made.docx')!r}).read_bytes())"
    )
    for name, kind in (("a.doc", "doc"), ("b.html", "doc"), ("c.wps", "wps")):
        (tmp_path / name).write_bytes(OLD)
        source = one(tmp_path / name)
        assert (source.text, source.kind) == (f"{TITLE}\n收到申请12件。", kind)


def test_without_libreoffice_the_message_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    (tmp_path / "a.doc").write_bytes(OLD)
    error = refused(tmp_path / "a.doc")
    assert "LibreOffice, which is not installed" in error.message and (error.kind, error.format) == (
        "missing_program",
        "doc",
    )


def test_libreoffice_is_bounded_and_may_fail(
    tmp_path: Path, soffice: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.doc").write_bytes(OLD)
    soffice("sys.exit(1)")
    assert refused(tmp_path / "a.doc").kind == "damaged"
    monkeypatch.setattr(office_reader, "SECONDS", 1)
    soffice("time.sleep(60)")
    assert refused(tmp_path / "a.doc").kind == "time_limit"


# --- encodings


def test_a_page_in_seven_bits(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(PAGE.encode("hz"))
    assert one(tmp_path / "a.html").text == f"{TITLE}\n收到申请12件。"


@pytest.mark.parametrize(("main", "foot"), [("gb18030", "utf-8"), ("utf-8", "gb18030"), ("big5", "utf-8")])
def test_a_foot_in_another_encoding_is_read_and_told(tmp_path: Path, main: str, foot: str) -> None:
    text = "本年主动公开信息數目" if main == "big5" else "本年主动公开政府信息数"
    page = f"<p>{text}300件，收到申12件。</p>".encode(main, "ignore") * 3
    (tmp_path / "a.html").write_bytes(page + "<p>主办单位栖霞镇人民政府办公室</p>".encode(foot))
    source = one(tmp_path / "a.html")
    assert source.text.endswith("主办单位栖霞镇人民政府办公室") and source.text.count("300件") == 3
    assert [warning.name for warning in source.warnings] == ["damaged_bytes"]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_damaged_bytes_cost_themselves(tmp_path: Path, encoding: str) -> None:
    text = f"{TITLE}\n收到申请12件。答复9件。"
    before, after = text.split("12")
    (tmp_path / "a.txt").write_bytes(before.encode(encoding) + b"\xff12\xff" + after.encode(encoding))
    source = one(tmp_path / "a.txt")
    assert source.text == f"{before}\ufffd12\ufffd{after}"
    [warning] = source.warnings
    assert warning.name == "damaged_bytes" and "2 of them" in warning.what


# --- web archives


def test_documents_that_a_site_answered_with_are_read_as_its_pages_are(tmp_path: Path) -> None:
    pytest.importorskip("warcio")
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    answers = [
        ("http://a.example/1", "text/html", PAGE.encode()),
        ("http://a.example/2", word, docx_bytes()),
        ("http://a.example/3", "application/octet-stream", docx_bytes()),
        ("http://a.example/4", "application/octet-stream", b"\0\1\2"),
        ("http://a.example/5", "application/pdf", b"%PDF-1.7 cut"),
        ("http://a.example/6", "text/css", b"p {}"),
        ("http://a.example/7", "application/msword", PAGE.encode()),
    ]
    warc(tmp_path / "a.warc.gz", answers, packed=True)
    found = [(item.kind, item.path) for item in open_sources([tmp_path / "a.warc.gz"]) if isinstance(item, Source)]
    assert [kind for kind, _ in found] == ["html", "docx", "docx", "html"]
    (error,) = (item for item in open_sources([tmp_path / "a.warc.gz"]) if isinstance(item, ReadError))
    assert error.doc_id == "http://a.example/5@2019-01-31T08:00:00Z" and error.format == "pdf" and error.sha256


def test_a_sheet_whose_packing_is_damaged_is_said(tmp_path: Path) -> None:
    """A bad code inside the stream is an error of zlib, not of zipfile."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", "<workbook/>")
        package.writestr("xl/worksheets/sheet1.xml", "".join(map(str, range(3000))))
    data = bytearray(packed.getvalue())
    data[data.index(b"sheet1.xml") + len("sheet1.xml")] = 0xFF
    (tmp_path / "a.xlsx").write_bytes(bytes(data))
    (found,) = open_sources([tmp_path / "a.xlsx"])
    assert isinstance(found, ReadError) and found.kind == "damaged"


def test_an_entry_without_a_name_is_no_file(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        package.writestr("a.txt", "全年收到申请3件。")
        package.writestr("bbbbb", "x")
    data = packed.getvalue()
    at = data.rindex(b"bbbbb")
    # In the directory the length of the name stands 18 bytes before it, that of the comment 14: the name becomes one.
    directory = bytearray(data)
    directory[at - 18 : at - 16], directory[at - 14 : at - 12] = bytes(2), bytes((5, 0))
    (tmp_path / "a.zip").write_bytes(bytes(directory))
    found = list(open_sources([tmp_path / "a.zip"]))
    assert [one.text for one in found if isinstance(one, Source)] == ["全年收到申请3件。"]


def test_an_encoding_that_is_no_name_is_not_believed(tmp_path: Path) -> None:
    head = "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n"
    part = 'Content-Type: text/html; charset="utf\0-8"\r\n\r\n<p>全年收到申请3件。</p>\r\n--x--\r\n'
    (tmp_path / "a.mht").write_bytes((head + part).encode())
    (found,) = open_sources([tmp_path / "a.mht"])
    assert isinstance(found, Source) and "全年收到申请3件" in found.text
