"""Pages of reports in a real browser: nothing fetched, facts and marks lead to each other, hostile words stay words."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest

import pdf_files
from browsing import Browser, browsing
from nianbao.catalogue import Catalogue
from nianbao.extractor import Extractor, Result
from nianbao.reading import read_all
from nianbao.reading.places import Glyph, Places
from nianbao.reading.source import Source
from nianbao.review.page import write_page
from nianbao.review.report import Viewer

TITLE = "澄屿市水务局2021年政府信息公开工作年度报告"
TEXT = f"""{TITLE}
一、总体情况
全年主动公开政府信息214条，未收到信息公开申请。
二、收到和处理政府信息公开申请情况
"""
# In the first column received and carried in make 14, concluded and carried out 13.
ROWS = [
    ["申请人情况", "自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"],
    ["一、本年新收政府信息公开申请数量", "12", "0", "0", "0", "0", "0", "12"],
    ["二、上年结转政府信息公开申请数量", "2", "0", "0", "0", "0", "0", "2"],
    ["（一）予以公开", "12", "0", "0", "0", "0", "0", "12"],
    ["（二）部分公开", "", "0", "0", "0", "0", "0", "0"],
    ["（七）总计", "12", "0", "0", "0", "0", "0", "12"],
    ["四、结转下年度继续办理", "1", "0", "0", "0", "0", "0", "1"],
]
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\u202e214\u202c"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as found:
        yield found


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


def made(result: Result, folder: Path, lang: str = "en") -> Path:
    page = folder / "page.html"
    write_page(page, Viewer(Catalogue.load(), lang).page(result))
    return page


def _txt(folder: Path) -> Path:
    path = folder / "report.txt"
    path.write_text(TEXT + "\n".join(cell for row in ROWS for cell in row), "utf-8")
    return path


def _html(folder: Path) -> Path:
    path = folder / "report.html"
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in ROWS)
    paragraphs = "".join(f"<p>{line}</p>" for line in TEXT.splitlines())
    path.write_text(f"<html><body>{paragraphs}<table>{rows}</table></body></html>", "utf-8")
    return path


def _docx(folder: Path) -> Path:
    document = docx.Document()
    for line in TEXT.splitlines():
        document.add_paragraph(line)
    table = document.add_table(rows=len(ROWS), cols=len(ROWS[0]))
    for r, row in enumerate(ROWS):
        for c, cell in enumerate(row):
            table.cell(r, c).text = cell
    document.save(str(folder / "report.docx"))
    return folder / "report.docx"


def _pdf(folder: Path) -> Path:
    page = pdf_files.Page()
    for at, line in enumerate(TEXT.splitlines()):
        page.text(60, 80 + 24 * at, line)
    for at, row in enumerate(ROWS):
        page.row(200 + 20 * at, row, widths=[180, 40, 40, 40, 50, 50, 40, 40])
    return pdf_files.write(folder / "report.pdf", [page])


@pytest.mark.parametrize("kind", [_txt, _html, _docx, _pdf])
def test_a_page_of_each_kind_opens_quietly_and_is_fit_for_everyone(
    browser: Browser, extractor: Extractor, tmp_path: Path, kind: object
) -> None:
    [source] = read_all([kind(tmp_path)])  # type: ignore[operator]
    page = made(extractor.run(source), tmp_path)
    browser.open(page)
    browser.quiet()
    assert browser.ask("document.querySelectorAll('.e').length") > 40
    for scheme in ("light", "dark"):
        assert browser.serious(page, scheme=scheme) == []


@pytest.fixture(scope="module")
def report(extractor: Extractor, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    [source] = read_all([_html(folder)])
    return made(extractor.run(source), folder)


SEEN = """(() => {
  const at = document.activeElement.getBoundingClientRect();
  return {text: document.activeElement.textContent.trim(), kind: document.activeElement.className,
    seen: at.top >= 0 && at.bottom <= innerHeight && at.width > 0};
})()"""


def test_a_fact_leads_to_its_mark_and_back(browser: Browser, report: Path) -> None:
    browser.open(report, height=400)
    last = browser.ask("[...document.querySelectorAll('.e')].pop().id")
    browser.do("click", at=f"#{last}")
    mark = browser.ask(SEEN)
    assert mark["seen"] and mark["text"] == "1" and " on" in mark["kind"]
    browser.do("press", key="Enter")
    fact = browser.ask(SEEN)
    assert fact["seen"] and fact["text"].startswith("total") and " on" in fact["kind"]
    assert browser.ask("document.activeElement.id") == last
    browser.quiet()


def test_an_address_with_a_place_opens_there(browser: Browser, report: Path) -> None:
    browser.open(report, height=400)
    anchor = browser.ask("[...document.querySelectorAll('a.m')].pop().id")
    browser.open(report, f"#{anchor}", height=400)
    assert browser.ask(f"document.getElementById('{anchor}').getBoundingClientRect().top") < 400
    assert browser.ask("document.querySelectorAll('.e.on').length") == 1


def test_a_failing_check_stands_first_and_leads_to_its_cells(browser: Browser, report: Path) -> None:
    browser.open(report, height=500)
    [first] = browser.ask("[...document.querySelectorAll('#checks .check')].slice(0, 1).map((one) => one.innerText)")
    assert "14" in first and "≠" in first and "13" in first and "The report contradicts itself" in first
    browser.do("click", at="#checks .check .term >> nth=1")
    cell = browser.ask(SEEN)
    assert cell["seen"] and cell["text"] == "2" and "flag" in cell["kind"]


def test_keys_alone_reach_every_fact_and_mark(browser: Browser, report: Path) -> None:
    browser.open(report)
    count = browser.ask("document.querySelectorAll('.e, .m[href], .term').length")
    browser.ask("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    reached = browser.ask(
        "[...document.querySelectorAll('.e, .m[href], .term')].filter((one) => {"
        " one.focus(); return document.activeElement === one && one.tabIndex === 0; }).length"
    )
    assert reached == count > 90
    browser.open(report)
    browser.do("press", key="Tab", times=3)
    browser.do("press", key="Enter")
    browser.do("press", key="Tab")
    assert browser.ask("document.activeElement.id") == "find"


def test_the_list_is_searched_by_name_and_status(browser: Browser, report: Path) -> None:
    browser.open(report)
    browser.do("type", at="#find", text="carried in")
    shown = "[...document.querySelectorAll('.line')].filter((one) => one.checkVisibility()).map((one) => one.innerText)"
    assert len(browser.ask(shown)) == 1
    browser.do("type", at="#find", text="")
    browser.ask(
        "status_ = document.getElementById('status'); status_.value = 'blank'; "
        "status_.dispatchEvent(new Event('change'))"
    )
    assert browser.ask("document.querySelector('#shown').textContent") == "1 shown"


def test_a_pdf_shows_its_pages_with_a_box_for_each_fact(browser: Browser, extractor: Extractor, tmp_path: Path) -> None:
    [source] = read_all([_pdf(tmp_path)])
    if source.places is None:
        source.places = _guessed(source)
    page = made(extractor.run(source), tmp_path)
    browser.open(page)
    browser.quiet()
    assert browser.ask("document.querySelector('.sheet img').naturalWidth") > 600
    assert browser.ask("document.getElementById('text').hidden") is True
    browser.do("click", at=".e >> nth=0")
    assert browser.ask("document.activeElement.closest('svg') !== null")
    assert browser.ask("document.activeElement.querySelector('rect').getBoundingClientRect().width") > 3
    browser.do("press", key="Enter")
    assert browser.ask("document.activeElement.id") == "f0"
    assert browser.serious(page) == []


def test_a_scan_shows_its_page_with_a_box_for_each_fact(browser: Browser, extractor: Extractor, tmp_path: Path) -> None:
    pytest.importorskip("rapidocr", reason="scans are read with the extra ocr")
    image = pytest.importorskip("PIL.Image")
    paper = tmp_path / "paper.html"
    paragraphs = "".join(f"<p>{line}</p>" for line in TEXT.splitlines())
    paper.write_text(f"<meta charset=utf-8><body style='font-size:26px;margin:60px'>{paragraphs}</body>", "utf-8")
    browser.open(paper, width=1000, height=420)
    browser.do("picture", path=str(tmp_path / "paper.png"))
    with image.open(tmp_path / "paper.png") as picture:
        picture.convert("L").save(tmp_path / "scan.pdf", resolution=150)
    [source] = read_all([tmp_path / "scan.pdf"])
    assert [warning.name for warning in source.warnings] == ["ocr"]
    page = made(extractor.run(source), tmp_path)
    browser.open(page)
    browser.quiet()
    assert browser.ask("document.querySelector('.sheet img').naturalWidth") > 600
    browser.do("click", at=".e >> nth=0")
    assert browser.ask("document.activeElement.closest('svg') !== null")
    assert browser.ask("document.activeElement.querySelector('rect').getBoundingClientRect().width") > 3
    assert "214" in browser.ask("document.querySelector('.e').textContent")
    assert browser.serious(page) == []


def _guessed(source: Source) -> Places:
    """A box for each character, for readers that give none."""
    places = Places(array("l"), array("l"), array("l"), array("d"), array("d"))
    for at in range(len(source.text)):
        x, y = 60 + at % 40 * 10, 80 + at // 40 * 14
        places.add(at, at + 1, Glyph(1, (x, y, x + 9, y + 12)))
    return places


def test_hostile_words_stay_words(browser: Browser, extractor: Extractor, tmp_path: Path) -> None:
    text = TEXT.replace("未收到", f"{HOSTILE}收到") + f"其他{HOSTILE}事项7件。\n"
    source = Source(f"javascript:{HOSTILE}", text, metadata={HOSTILE: HOSTILE}, path=HOSTILE)
    source.warn("images", HOSTILE)
    result = extractor.run(source)
    for fact in result.facts:
        fact.metric_text, fact.section, fact.scope, fact.quote = HOSTILE, HOSTILE, HOSTILE, HOSTILE
        fact.flags, fact.readings = [HOSTILE], [HOSTILE]
    page = made(result, tmp_path)
    browser.open(page)
    browser.quiet()
    assert browser.ask("document.querySelectorAll('img, body script:not(:last-of-type), [onerror]').length") == 0
    assert "alert(1)" in browser.ask("document.getElementById('text').innerText")
    # A mark of direction acts on nothing outside its own element.
    assert browser.ask("[...document.querySelectorAll('bdi.sign')].every((one) => !/[0-9]/.test(one.textContent))")


def test_a_long_line_is_one_paragraph(browser: Browser, tmp_path: Path) -> None:
    text = "甲" * 3_000_000
    empty = {"doc_id": "x", "is_report": False, "title": None, "agency": None, "report_year": None, "headings": []}
    result = Result(Source("x", text), [], {**empty, "period_start": None, "period_end": None})
    browser.open(made(result, tmp_path))
    browser.quiet()
    assert browser.ask("document.getElementById('text').textContent.trim().length") == len(text)
