"""What pages are made of: words made safe, marks in their places, names of files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from nianbao.catalogue import Catalogue
from nianbao.cli.app import app
from nianbao.extractor import Extractor
from nianbao.reading import read_all
from nianbao.reading.source import Source
from nianbao.review.page import data, language, settings
from nianbao.review.report import Viewer
from nianbao.review.report.body import Body
from nianbao.review.report.marks import MarkupWriter
from nianbao.review.words import page_link, page_name, plain, words
from nianbao.schema import Fact


def fact(start: int, end: int, **values: object) -> Fact:
    named = {"metric": "requests.received", "status": "reported", "basis": "prose", "qualifier": "exact"}
    names = [name for name in Fact.__dataclass_fields__ if name not in ("flags", "quote")]
    return Fact(**{**dict.fromkeys(names), **named, "confidence": 1.0, "start": start, "end": end, **values})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("<b>&\"'", "&lt;b&gt;&amp;&#34;&#39;"),
        ("1\u202e2", '1<bdi class="sign" data-code="U+202E">\u202e</bdi>2'),
        ("a\x00b\ud800", "a\ufffdb\ufffd"),
    ],
)
def test_words_are_escaped_and_marks_of_direction_shut_in(given: str, shown: str) -> None:
    assert words(given) == shown


def test_data_cannot_end_its_element() -> None:
    assert "<" not in data(["</script>", "\u2028"]) and "\u2028" not in data(["\u2028"])


def test_every_id_has_a_page_of_its_own_that_no_system_mistakes() -> None:
    ids = [
        "a",
        "A",
        "a/b",
        "a_b",
        "../a",
        "index",
        "",
        "..",
        "javascript:x",
        "水务/2017",
        "长" * 300,
        "长" * 301,
        "a\u202eb",
    ]
    names = [page_name(one) for one in ids]
    assert len({name.lower() for name in names}) == len(ids)
    assert all(re.fullmatch(r"[\w.-]+\.html", name) and len(name.encode()) < 200 for name in names)
    assert page_name("chengchuan_water_2017") == "chengchuan_water_2017.html"
    assert page_link("水.html", "m1-2").startswith("./%E6")


def test_plain_words_hold_no_mark_of_direction() -> None:
    assert plain("a\u202eb\x07") == "a\ufffdb\ufffd"


def marked(text: str, *facts: Fact) -> str:
    return str(MarkupWriter(text, facts, language("en")).piece(0, len(text)))


def test_marks_hold_exactly_their_characters() -> None:
    page = marked("收到12件，3件", fact(2, 4), fact(6, 7))
    assert re.findall(r'href="#(f\d)"[^>]* id="(m[\d-]+)"[^>]*>([^<]*)</a>', page) == [
        ("f0", "m2-4", "12"),
        ("f1", "m6-7", "3"),
    ]
    assert re.sub(r"<[^>]*>", "", page) == "收到12件，3件"


def test_one_place_of_two_facts_is_one_mark_that_leads_to_both() -> None:
    page = marked("均已答复", fact(0, 4), fact(0, 4, metric="requests.replied"))
    assert page.count("<a ") == 1 and 'data-f="0 1"' in page


def test_places_that_overlap_all_have_their_anchor() -> None:
    page = marked("甲乙丙丁", fact(0, 3), fact(1, 4), fact(1, 2))
    assert {"m0-3", "m1-4", "m1-2"} == set(re.findall(r'id="([^"]+)"', page))
    assert re.sub(r"<[^>]*>", "", page) == "甲乙丙丁"


def test_a_blank_cell_is_marked_once_and_adds_no_character() -> None:
    text = "甲\t\t3"
    spans = MarkupWriter(text, [fact(2, 2, status="blank", value_text="")], language("en"))
    page = "".join(str(spans.piece(*span)) for span in ((0, 1), (2, 2), (2, 2), (3, 4)))
    assert page.count('class="m blank"') == 1 and re.sub(r"<[^>]*>", "", page) == "甲3"


def test_all_of_the_text_is_on_the_page_once(root: Path) -> None:
    extractor = Extractor()
    for source in read_all([root / "corpus" / "samples"]):
        result = extractor.run(source)
        spans = MarkupWriter(source.text, result.facts, language("en"))
        body = str(Body(source, result.blocks, result.structure["headings"], spans).render())
        flat = re.sub(r"<[^>]*>", "", body).replace("&#34;", '"').replace("&#39;", "'").replace("&gt;", ">")
        # Rules of Markdown tables and the signs that part cells are drawn, not written.
        kept = re.compile(r"[\s|]|\| ---.*")
        assert kept.sub("", flat) == kept.sub("", re.sub(r"^[|\s:-]+$", "", source.text, flags=re.M)), source.id
        assert {f"m{one.start}-{one.end}" for one in result.facts} <= set(re.findall(r'id="([^"]+)"', body)), source.id


def test_a_page_has_a_policy_and_no_address_to_fetch(root: Path) -> None:
    [source] = read_all([root / "corpus" / "samples" / "chengchuan_water_2017.html"])
    page = Viewer(Catalogue.load()).page(Extractor().run(source))
    assert "Content-Security-Policy" in page and "default-src &#39;none&#39;" in page
    assert re.findall(r'(?:src|href)="(?!#|data:)[^"]*"|url\(|@import', page) == []


def test_both_languages_have_the_same_words() -> None:
    for part, spoken in settings().items():
        if isinstance(spoken, dict) and set(spoken) == {"zh", "en"}:
            assert spoken["zh"].keys() == spoken["en"].keys(), part


def test_view_writes_a_page_a_report_and_a_list(root: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("", "utf-8")
    given = [str(root / "corpus" / "samples" / "helan.txt"), str(tmp_path / "empty.txt")]
    report = tmp_path / "in" / "云/2016.txt"
    report.parent.mkdir(parents=True)
    report.write_text("云屿县人民政府2016年政府信息公开工作年度报告\n全年收到政府信息公开申请28件。\n", "utf-8")
    done = CliRunner().invoke(
        app, ["view", str(tmp_path / "in"), given[1], "-o", str(tmp_path / "out"), "--lang", "en"]
    )
    assert done.exit_code == 0, done.output
    [page] = [path for path in (tmp_path / "out").iterdir() if path.name != "index.html"]
    assert str(page) in done.output
    index = (tmp_path / "out" / "index.html").read_text("utf-8")
    assert page_link(page.name) in index and "could not be read" in index


def test_view_of_nothing_readable_fails(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("", "utf-8")
    done = CliRunner().invoke(app, ["view", str(tmp_path / "empty.txt"), "-o", str(tmp_path / "out")])
    assert done.exit_code == 1


def test_a_document_that_is_no_report_says_so() -> None:
    page = Viewer(Catalogue.load(), "en").page(Extractor().run(Source("note", "今天下雨，买了3斤苹果。")))
    assert "was not taken for an annual report" in page
