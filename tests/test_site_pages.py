"""A panel's site in a real browser: search, charts, breaks, links to places, and hostile names that stay words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from browsing import Browser, browsing
from nianbao.cli.app import app
from nianbao.review.site.build import _runs, _span
from nianbao.review.site.gather import agency_page
from nianbao.simulate.country import write_country

AGENCY = "泽溪市水务局"
HOSTILE = "甲县<img src=x onerror=alert(1)></script><script>alert(2)</script>\u202e局"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as found:
        yield found


def _report(year: int, received: int, concluded: str) -> str:
    return (
        f"{AGENCY}{year}年政府信息公开工作年度报告\n一、依申请公开情况\n全年收到政府信息公开申请{received}件，"
        f"办结{concluded}件。\n"
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Reports of 2016 to 2022, that for 2018 missing; that for 2020 says two numbers."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "in").mkdir()
    for year in (2016, 2017, 2019, 2020, 2021, 2022):
        text = _report(year, year - 2000, str(year - 2001))
        if year == 2020:
            text += "二、其他\n全年收到政府信息公开申请25件。\n"
        (folder / "in" / f"{year}.txt").write_text(text, "utf-8")
    for command in (
        ["extract", str(folder / "in"), "-o", str(folder / "facts.jsonl")],
        ["view", str(folder / "in"), "-o", str(folder / "pages"), "--lang", "en"],
    ):
        assert CliRunner().invoke(app, command).exit_code == 0
    rows = [json.loads(line) for line in (folder / "facts.jsonl").read_text("utf-8").splitlines()]
    odd = [
        {**row, "agency": HOSTILE, "doc_id": f"javascript:{HOSTILE}{row['doc_id']}", "value": row["value"] + 90}
        for row in rows
        if row["value"] is not None
    ]
    with (folder / "facts.jsonl").open("a", encoding="utf-8") as stream:
        stream.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in odd)
    words = ["site", str(folder / "facts.jsonl"), "-o", str(folder / "out"), "--pages", str(folder / "pages")]
    done = CliRunner().invoke(app, [*words, "--lang", "en"])
    assert done.exit_code == 0, done.output
    return folder / "out"


@pytest.fixture(scope="module")
def agency(site: Path) -> Path:
    [found] = [path for path in (site / "agencies").iterdir() if f"<h1>{AGENCY}</h1>" in path.read_text("utf-8")]
    return found


def test_every_kind_of_page_is_quiet_and_fit_for_everyone(browser: Browser, site: Path, agency: Path) -> None:
    for page in (
        site / "index.html",
        agency,
        site / "metrics" / "requests.received.html",
        site / "without_report.html",
    ):
        browser.open(page)
        browser.quiet()
        for scheme in ("light", "dark"):
            assert browser.serious(page, scheme=scheme) == [], page


def test_the_search_finds_an_agency_by_part_of_its_name(browser: Browser, site: Path, agency: Path) -> None:
    browser.open(site / "index.html")
    browser.do("type", at="#name", text="溪市")
    assert browser.ask("[...document.querySelectorAll('#results a')].map((one) => one.textContent)") == [AGENCY]
    assert "1 agencies" in browser.ask("document.getElementById('count').textContent")
    browser.do("click", at="#results a")
    assert browser.ask("document.querySelector('h1').textContent") == AGENCY
    assert browser.do("press", key="Tab").endswith(agency.name)


def test_a_chart_has_a_point_for_each_year_of_the_panel(browser: Browser, agency: Path) -> None:
    browser.open(agency)
    years = browser.ask("[...document.querySelectorAll('#requests .p.c0')].map((one) => +one.dataset.year)")
    assert years == [2016, 2017, 2019, 2020, 2021, 2022]


def test_a_line_joins_only_years_that_follow_and_may_be_compared(browser: Browser, agency: Path) -> None:
    browser.open(agency)
    path = browser.ask("document.querySelector('#requests .l.c0').getAttribute('d')")
    # 2016 and 2017; from 2019 on.
    assert re.sub(r"[^ML]", "", path) == "MLMLLL"
    changes = browser.ask("[...document.querySelectorAll('#requests .form')].map((one) => one.textContent)")
    assert changes == ["form of 2019", "form of 2021"]


def test_a_number_leads_to_its_place_in_the_report(browser: Browser, agency: Path) -> None:
    browser.open(agency)
    browser.do("click", at=".numbers td a:has-text('22')")
    browser.do("wait", at="a.m.on")
    assert browser.ask("document.querySelector('a.m.on').textContent") == "22"
    assert "2022" in browser.ask("document.querySelector('h1').textContent")


def test_a_contradiction_and_a_missing_year_are_seen(browser: Browser, site: Path, agency: Path) -> None:
    browser.open(agency)
    assert browser.ask("document.querySelectorAll('#requests .ring').length") == 1
    browser.do("click", at="a.against")
    told = browser.ask("document.querySelector('.against-list li:target').textContent")
    assert "2020" in told and "20" in told and "25" in told
    gaps = (site / "without_report.html").read_text("utf-8")
    assert AGENCY in gaps and "2018" in gaps


def test_hostile_names_stay_words(browser: Browser, site: Path) -> None:
    [odd] = [path for path in (site / "agencies").iterdir() if "onerror" in path.read_text("utf-8")]
    for page in (odd, site / "index.html", site / "agencies.html", site / "metrics" / "requests.received.html"):
        browser.open(page)
        browser.quiet()
        assert browser.ask("document.querySelectorAll('img, [onerror]').length") == 0
        assert browser.ask("[...document.links].every((one) => one.protocol === 'file:')")
    browser.open(site / "index.html")
    browser.do("type", at="#name", text="onerror")
    assert browser.ask("document.querySelectorAll('#results img').length") == 0
    assert browser.ask("document.querySelectorAll('#results a').length") == 1


def test_a_larger_panel_keeps_every_page_small(tmp_path: Path) -> None:
    write_country(tmp_path / "facts.parquet", 12)
    out = tmp_path / "out"
    done = CliRunner().invoke(app, ["site", str(tmp_path / "facts.parquet"), "-o", str(out)])
    assert done.exit_code == 0, done.output
    pages = list(out.rglob("*.html"))
    assert len(list((out / "agencies").iterdir())) == 12
    assert max(page.stat().st_size for page in pages) < 500_000
    # Every link within the site leads to a page.
    for page in pages:
        for link in re.findall(r'href="(\.\.?/[^"#]*)', page.read_text("utf-8")):
            assert (page.parent / link).is_file(), (page.name, link)
    # The same command replaces the site; another folder is left alone.
    assert CliRunner().invoke(app, ["site", str(tmp_path / "facts.parquet"), "-o", str(out)]).exit_code == 0
    refused = CliRunner().invoke(app, ["site", str(tmp_path / "facts.parquet"), "-o", str(tmp_path)])
    assert refused.exit_code == 2 and (tmp_path / "facts.parquet").is_file()


def test_years_are_told_as_runs() -> None:
    assert _span([2014, 2015, 2016, 2018, 2020, 2021]) == "2014–2016, 2018, 2020–2021"
    assert list(_runs([])) == []
    assert agency_page("甲") != agency_page("乙")
