"""Scans and pictures: text recognition puts their tables and numbers where the same readers find them."""

from __future__ import annotations

import base64
import socket
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from nianbao.extractor import Extractor, load
from nianbao.reading import ReadError, Source, pictures
from nianbao.reading.docx import from_bytes as read_docx
from nianbao.reading.html import from_bytes as read_html
from nianbao.reading.image import from_bytes as read_image
from nianbao.reading.pdf import from_bytes as read_pdf
from nianbao.reading.places import Glyph, Places
from pdf_files import Page, write

Image = pytest.importorskip("PIL.Image")
ROWS = (("2019", "Total", "12"), ("805", "", "1122"), ("30", "7", "0"))


def table(turned: float = 0.0) -> Any:
    """A page of three rows of three cells with rules; turned by so many degrees, with noise."""
    import numpy as np
    from PIL import ImageDraw, ImageFont

    image = Image.new("L", (1240, 900), 255)
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(size=30)
    pen.text((160, 80), "Report 2021 of the office, with numbers of requests", font=font, fill=0)
    for row, words in enumerate(ROWS):
        for column, word in enumerate(words):
            x, y = 160 + 300 * column, 200 + 60 * row
            pen.rectangle((x, y, x + 300, y + 60), outline=0, width=2)
            pen.text((x + 20, y + 12), word, font=font, fill=0)
    image = image.rotate(turned, resample=Image.Resampling.BICUBIC, fillcolor=255)
    grains = np.asarray(image).astype(float) + np.random.default_rng(1).normal(0, 10, (900, 1240))
    return Image.fromarray(grains.clip(0, 255).astype("uint8"))


def encoded(image: Any, kind: str = "PNG", **options: Any) -> bytes:
    target = BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def cells(found: Source) -> list[tuple[str, ...]]:
    (grid,) = found.grids
    rows = {cell.row for cell in grid.cells}
    return [tuple(found.text[c.start : c.end] for c in grid.cells if c.row == row) for row in sorted(rows)]


@pytest.fixture
def recogniser() -> None:
    pytest.importorskip("rapidocr")


@pytest.mark.usefixtures("recogniser")
@pytest.mark.parametrize("turned", [0.0, 0.8, -0.8])
def test_a_picture_of_a_table_is_a_grid_and_its_empty_cell_is_empty(turned: float) -> None:
    found = read_image(encoded(table(turned)), "a", "a.png", 5_000_000)
    assert cells(found) == list(ROWS)
    assert found.text.startswith("Report 2021") and [warning.name for warning in found.warnings] == ["ocr"]


@pytest.mark.usefixtures("recogniser")
@pytest.mark.parametrize("quarters", [0, 1, 3])
def test_a_scan_knows_page_and_box_however_it_lies(quarters: int) -> None:
    image = table().rotate(90 * quarters, expand=True)
    found = read_pdf(encoded(image, "PDF", resolution=150), "a", "a.pdf", 5_000_000)
    assert cells(found) == list(ROWS)
    at = found.text.index("1122")
    place = found.place(at, at + 4)
    assert place is not None and place[0] == 1
    middle = (place[1][0] + place[1][2]) / 2 * 150 / 72, (place[1][1] + place[1][3]) / 2 * 150 / 72
    # On the page before it was turned counter-clockwise.
    x, y = 815, 290
    expected = {0: (x, y), 1: (y, 1240 - x), 3: (900 - y, x)}[quarters]
    assert middle == pytest.approx(expected, abs=25)


@pytest.mark.usefixtures("recogniser")
def test_pages_without_text_are_read_among_those_with_text(tmp_path: Path) -> None:
    scanned = encoded(table(), "PDF", resolution=150)
    import pypdfium2

    both = pypdfium2.PdfDocument.new()
    page = Page().text(60, 90, "青禾镇2021年报告").text(60, 120, "全年公开三百条，群众满意。")
    for data in (write(tmp_path / "text.pdf", [page]).read_bytes(), scanned):
        both.import_pages(pypdfium2.PdfDocument(data))
    target = BytesIO()
    both.save(target)
    found = read_pdf(target.getvalue(), "a", "a.pdf", 5_000_000)
    assert found.text.startswith("青禾镇2021年报告") and cells(found) == list(ROWS)
    assert found.pages == 2 and [warning.name for warning in found.warnings] == ["ocr"]


def test_pictures_in_pages_and_word_files(recogniser: None, tmp_path: Path) -> None:
    import docx
    from docx.shared import Inches

    data = encoded(table(), "JPEG")
    title = "青禾镇2021年政府信息公开工作年度报告"
    inline = f'<img src="data:image/jpeg;base64,{base64.b64encode(data).decode()}">'
    (tmp_path / "1.jpg").write_bytes(data)
    for number, picture in enumerate((inline, '<img src="./1.jpg?a=1">')):
        page = tmp_path / f"{number}.html"
        page.write_text(f"<title>{title}</title><body><p>一、概述</p>{picture}<p>二、其他</p></body>", "utf-8")
        found = read_html(page.read_bytes(), "a", str(page), 5_000_000)
        assert cells(found) == list(ROWS) and [warning.name for warning in found.warnings] == ["ocr"]
        assert found.text.index("一、概述") < found.text.index("1122") < found.text.index("二、其他")
    document = docx.Document()
    document.add_paragraph(title)
    document.add_picture(BytesIO(data), width=Inches(6))
    target = BytesIO()
    document.save(target)
    found = read_docx(target.getvalue(), "a", "a.docx", 5_000_000)
    assert found.text.startswith(title) and cells(found) == list(ROWS)
    assert [warning.name for warning in found.warnings] == ["ocr"]


@pytest.mark.usefixtures("recogniser")
def test_no_network_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    from nianbao.reading.ocr import engine

    def refuse(*_: Any) -> None:
        raise OSError("no network")

    engine._engine.cache_clear()
    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert "1122" in read_image(encoded(table()), "a", "a.png", 5_000_000).text


def test_a_page_reads_no_pictures_from_outside_its_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(b"1")
    inner = tmp_path / "pages"
    inner.mkdir()
    (inner / "a.html").write_text("")
    (inner / "b.png").write_bytes(b"2")
    load = pictures.beside(str(inner / "a.html"))
    assert load is not None and load("b.png") == b"2"
    for address in ("../secret.png", str(tmp_path / "secret.png"), "http://a/b.png", "c.png", "\0"):
        assert load(address) is None
    assert pictures.beside("a page from elsewhere") is None


def test_without_the_extra_its_name_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for module in ("pdf", "image", "pictures"):
        monkeypatch.setattr(f"nianbao.reading.{module}.is_installed", lambda: False)
    scan = write(tmp_path / "scan.pdf", [Page().picture()]).read_bytes()
    for read, data in ((read_pdf, scan), (read_image, b"\x89PNG")):
        with pytest.raises(ReadError, match=r"nianbao\[ocr\]"):
            read(data, "a", "a", 5_000_000)
    said = "全年按时公开，群众满意。" * 3
    pages = [Page().text(60, 90, said), Page().picture()]
    found = read_pdf(write(tmp_path / "part.pdf", pages).read_bytes(), "a", "a", 5_000_000)
    assert found.text == said and [warning.name for warning in found.warnings] == ["images"]
    assert "nianbao[ocr]" in str(found.warnings[0])


def png(width: int, height: int) -> bytes:
    """A white picture of one bit a pixel."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")

    size = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x01\x00\x00\x00\x00"
    rows = zlib.compress(bytes(height * (width // 8 + 1)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.usefixtures("recogniser")
@pytest.mark.parametrize(
    "data", [png(40_000, 40_000), b"\x89PNG\r\n\x1a\nxx", b"GIF89a", encoded(Image.new("L", (3, 3)))]
)
def test_pictures_that_are_too_large_damaged_or_empty_are_refused(data: bytes) -> None:
    with pytest.raises(ReadError) as caught:
        read_image(data, "a", "a.png", 5_000_000)
    assert caught.value.kind in ("damaged", "empty")


def test_digits_that_the_recogniser_doubts_make_a_number_ambiguous() -> None:
    text = "青禾镇2021年政府信息公开工作年度报告\n一、概述\n全年主动公开政府信息305条，收到政府信息公开申请12件。"
    places = Places()
    for offset, _ in enumerate(text):
        unsure = 0.3 if offset == text.index("305") + 1 else 0.95
        places.add(offset, offset + 1, Glyph(1, (10.0 * offset, 0, 10.0 * offset + 10, 10), unsure))
    facts = Extractor(load(linker="rules")).run(Source("a", text, places=places)).facts
    doubted = {fact.value_text: fact for fact in facts}["305"]
    assert (doubted.status, doubted.value, doubted.readings) == ("ambiguous", None, ["305"])
    sure = {fact.value_text: fact for fact in facts}["12"]
    assert sure.status == "reported" and sure.value == 12 and sure.confidence <= 0.95


def test_a_long_picture_is_cut_between_its_lines() -> None:
    """A whole web page as one picture: lines are looked for in parts, or they would be too small to be found."""
    np = pytest.importorskip("numpy")
    pytest.importorskip("cv2")
    from nianbao.reading.ocr.picture import parts_of

    image = np.full((2000, 300, 3), 255, dtype=np.uint8)
    for line in range(60):
        image[line * 33 : line * 33 + 20, 20:280:2] = 0
    parts = parts_of(image)
    assert sum(len(part) for part in parts) == 2000 and len(parts) > 3
    assert all(len(part) <= 600 for part in parts)
    assert all((part[0] == 255).all() for part in parts[1:])
