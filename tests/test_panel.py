"""The panel: what stands for a row, what contradicts it, which documents are one report, and who an agency is."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from nianbao.catalogue import Catalogue
from nianbao.cli.app import app
from nianbao.panel import PanelError, build
from nianbao.panel.regions import resolve
from nianbao.panel.texts import similar, sketch
from nianbao.schema import Document, Fact
from nianbao.simulate.country import Planted, country, write_country
from nianbao.writing import Output, open_sink

METRICS = Catalogue.load().metrics

AGENCY = "禾泽县民政局"

SERIES = Catalogue.load().series


def fact(**changes: Any) -> Fact:
    """One number of a table; `at` is where it stands."""
    at = changes.pop("at", 10)
    value = changes.get("value", 5.0)
    text = "" if value is None else f"{value:.0f}"
    row: dict[str, Any] = {
        "doc_id": "a",
        "agency": AGENCY,
        "report_year": 2020,
        "year": changes.get("report_year", 2020),
        "metric": "requests.received",
        "metric_text": None,
        "applicant": None,
        "value": value,
        "value_text": text,
        "unit": "件",
        "qualifier": "exact",
        "status": "blank" if value is None else "reported",
        "basis": "table",
        "scope": None,
        "section": None,
        "start": at,
        "end": at + len(text),
        "metric_start": None,
        "metric_end": None,
        "confidence": 0.99,
    }
    row |= changes
    if row["applicant"] is None and row["metric"] is not None and METRICS.get(row["metric"]).by_applicant:
        row["applicant"] = "total"
    return Fact(**row)


@pytest.fixture
def write(tmp_path: Path) -> Any:
    """Facts to a file, by default .parquet."""

    def do(facts: list[Fact], name: str = "facts.parquet") -> Path:
        with open_sink(tmp_path / name) as sink:
            sink.write(facts)
            sink.commit()
        return tmp_path / name

    return do


def rows(paths: list[Path], **options: Any) -> list[dict[str, Any]]:
    with build(paths, **options) as built:
        return built.connection.sql("SELECT * FROM panel").to_arrow_table().to_pylist()


def roles(paths: list[Path], **options: Any) -> dict[str, tuple[str, str | None]]:
    with build(paths, **options) as built:
        found = built.connection.execute("SELECT doc_id, role, copy_of FROM documents").fetchall()
        return {doc: (role, of) for doc, role, of in found}


def many(doc_id: str, values: list[int], **changes: Any) -> list[Fact]:
    """A report with so many different numbers."""
    names = [metric.id for metric in METRICS if "2014" in metric.forms][: len(values)]
    return [
        fact(doc_id=doc_id, metric=name, value=float(value), at=10 * at, **changes)
        for at, (name, value) in enumerate(zip(names, values, strict=True), start=1)
    ]


TELLING = [214, 37, 88, 19, 156, 402, 73, 11, 95, 60]


# What stands for a row.


def test_a_table_goes_before_prose_and_the_other_number_is_kept_with_its_place(write: Any) -> None:
    [row] = rows([write([fact(value=4, basis="prose", at=3), fact(value=10, at=70)])])
    assert (row["value"], row["basis"], row["start"], row["doc_id"], row["value_text"]) == (10, "table", 70, "a", "10")
    [other] = row["contradictions"]
    assert (other["value"], other["start"], other["basis"], other["from"]) == (4, 3, "prose", "document")


@pytest.mark.parametrize(
    ("qualifier", "value", "contradicts"),
    [("exact", 58_000, True), ("over", 58_000, False), ("over", 59_000, True), ("nearly", 59_000, False),
     ("nearly", 58_000, True), ("approx", 70_000, False), ("exact", 58_123, False)],
)  # fmt: skip
def test_a_rounded_number_contradicts_only_what_it_excludes(
    write: Any, qualifier: str, value: int, contradicts: bool
) -> None:
    [row] = rows([write([fact(value=58_123), fact(value=value, basis="prose", qualifier=qualifier)])])
    assert row["value"] == 58_123
    assert bool(row["contradictions"]) is contradicts


def test_a_blank_cell_is_a_row_without_a_value_and_gives_way_to_prose(write: Any) -> None:
    facts = [fact(value=None), fact(metric="reviews.total", value=None), fact(metric="reviews.total", basis="prose")]
    by_metric = {row["metric"]: row for row in rows([write(facts)])}
    assert by_metric["requests.received"]["value"] is None
    assert by_metric["requests.received"]["status"] == "blank"
    assert by_metric["reviews.total"]["value"] == 5 and by_metric["reviews.total"]["basis"] == "prose"
    assert by_metric["reviews.total"]["contradictions"] == []


def test_a_years_own_report_goes_before_what_a_later_one_says_of_it(write: Any) -> None:
    own = fact(doc_id="own", report_year=2019, value=7, basis="prose")
    told = fact(doc_id="next", report_year=2020, year=2019, value=8)
    only = fact(doc_id="next", report_year=2020, year=2018, value=6)
    by_year = {row["year"]: row for row in rows([write([own, told, only])])}
    assert by_year[2019]["value"] == 7 and by_year[2019]["contradictions"][0]["from"] == "other_year"
    assert by_year[2018]["value"] == 6 and by_year[2018]["report_year"] == 2020


def test_parts_of_an_agency_are_left_out_and_counted_or_rows_of_their_own(write: Any) -> None:
    path = write([fact(value=9), fact(value=4, scope="市本级")])
    with build([path]) as built:
        assert built.rows == 1 and built.left_out == {"about parts of an agency": 1}
    assert {(row["scope"], row["value"]) for row in rows([path], scopes=True)} == {(None, 9), ("市本级", 4)}


def test_what_has_no_place_is_counted(write: Any) -> None:
    facts = [fact(), fact(metric=None), fact(doc_id="b", agency=None), fact(year=None)]
    with build([write(facts)]) as built:
        assert built.left_out == {
            "without a metric": 1,
            "of documents without agency or year": 1,
            "without a year": 1,
        }


# Series.


def test_a_sum_is_made_of_printed_parts_only_and_says_so(write: Any) -> None:
    parts = [
        fact(metric="litigation.direct.total", value=3, at=5),
        fact(metric="litigation.after_review.total", value=1),
    ]
    with_sum = {row["metric"]: row for row in rows([write(parts)])}
    total = with_sum["litigation.total"]
    assert (total["value"], total["basis"], total["status"], total["value_text"]) == (4, "derived", "derived", None)
    assert [(part["metric"], part["value"], part["start"]) for part in total["parts"]] == [
        ("litigation.after_review.total", 1, 10),
        ("litigation.direct.total", 3, 5),
    ]
    printed = [*parts, fact(metric="litigation.total", value=9, basis="prose")]
    assert {row["metric"]: row["value"] for row in rows([write(printed)])}["litigation.total"] == 9
    for broken in ([parts[0]], [parts[0], fact(metric="litigation.after_review.total", value=None)]):
        assert "litigation.total" not in {row["metric"] for row in rows([write(broken)])}


def test_series_name_the_years_that_the_registry_says_may_be_compared() -> None:
    def at(metric: str, year: int) -> str:
        return next(
            s.name for s in SERIES.segments if s.metric == metric and s.first <= year and year <= (s.last or 9999)
        )

    assert at("requests.received", 2009) == at("requests.received", 2016) == at("requests.received", 2023)
    assert at("litigation.total", 2016) == at("litigation.total", 2023)
    assert at("disclosure.total", 2016) != at("disclosure.total", 2020)
    assert at("normative_documents.issued", 2018) != at("normative_documents.issued", 2019)
    assert at("regulations.in_force", 2020) != at("regulations.in_force", 2021)


def test_series_part_every_year_once_and_their_sums_are_of_known_metrics() -> None:
    for metric in METRICS:
        own = [one for one in SERIES.segments if one.metric == metric.id]
        assert own[0].first == 2008 and own[-1].last is None
        assert all(before.last == after.first - 1 for before, after in pairwise(own))
    for one in SERIES.sums:
        assert all(name in METRICS for name in (one.metric, *one.parts))


# Which documents are one report.


def test_copies_count_once_however_they_come_down(write: Any) -> None:
    whole = many("whole", TELLING)
    mirror = many("mirror", TELLING, agency=None)
    cut = many("cut", TELLING[:9])
    short = many("short", TELLING, agency="民政局")
    undated = many("undated", TELLING, report_year=None)
    for one in undated:
        one.year = None
    path = write([*whole, *mirror, *cut, *short, *undated])
    found = roles([path])
    assert found.pop("whole") == ("report", None)
    assert set(found.values()) == {("copy", "whole")}
    assert all(row["doc_id"] == "whole" and not row["contradictions"] for row in rows([path]))


def test_a_copy_lends_what_its_original_lacks_and_says_whose_it_is(write: Any) -> None:
    whole = many("whole", TELLING)
    cut = [one for one in many("mirror", TELLING) if one.value != 402]
    path = write([*whole[:3], *whole[4:], *cut])
    by_value = {row["value"]: row["doc_id"] for row in rows([path])}
    assert len(by_value) == len(TELLING)
    assert {by_value[402], by_value[19]} == {"whole", "mirror"}


def test_half_a_name_is_completed_by_what_the_report_says_even_where_a_number_differs(write: Any) -> None:
    older, newer = many("full", TELLING), many("half", [*TELLING[:9], 61], agency="民政局")
    found = rows([write(older, "old.parquet"), write(newer, "new.parquet")])
    assert {row["agency"] for row in found} == {AGENCY}
    [changed] = [row for row in found if row["contradictions"]]
    assert (changed["value"], changed["contradictions"][0]["value"]) == (61, 60)
    assert changed["contradictions"][0]["from"] == "version"


def test_reports_alike_are_no_copies_where_agencies_or_years_differ(write: Any) -> None:
    zeros = [0] * 10
    facts = [
        *many("a", zeros),
        *many("b", zeros, agency="柳洲市水务局"),
        *many("c", zeros, report_year=2021),
        *many("d", zeros, agency=None),
        *many("e", TELLING, agency="柳洲市教育局"),
        *many("f", TELLING, agency="柳洲市审计局"),
    ]
    found = roles([write(facts)])
    assert {name for name, (role, _) in found.items() if role == "copy"} == set()
    assert found["d"] == ("unplaced", None)


def test_a_name_that_may_be_many_agencies_is_nobodys(write: Any) -> None:
    facts = [
        *many("one", TELLING, agency="民政局"),
        *many("two", TELLING[::-1], agency="民政局"),
        *many("full", [value + 1 for value in TELLING], agency="柳洲市民政局"),
    ]
    found = roles([write(facts)])
    assert [found[name][0] for name in ("one", "two", "full")] == ["unplaced", "unplaced", "report"]
    # Where nobody else ends so, it is the one agency of a folder.
    assert {role for role, _ in roles([write(many("one", TELLING, agency="民政局"))]).values()} == {"report"}


OLD, NEW = "禾泽县环境保护局", "禾泽县生态环境局"


def test_a_renamed_agency_is_one_row_a_year_under_one_id_and_the_names_are_kept(write: Any) -> None:
    years = (2016, OLD), (2017, OLD), (2019, NEW)
    paths = [write([fact(doc_id=f"{year}", agency=name, report_year=year) for year, name in years])]
    found = rows(paths)
    assert {(row["agency"], row["agency_id"]) for row in found} == {(NEW, found[0]["agency_id"])}
    assert [(row["year"], row["agency_then"]) for row in found] == list(years)
    assert all(0.8 < row["agency_sure"] < 1 for row in found)
    with build(paths) as built:
        [(evidence,)] = built.connection.execute(
            "SELECT agency_evidence FROM documents WHERE report_year = 2016"
        ).fetchall()
    assert "环境保护局→生态环境局" in evidence and "2016–2017" in evidence
    # Who does not believe it gets two.
    assert len({row["agency_id"] for row in rows(paths, sure=1.0)}) == 2


def test_names_in_use_at_once_and_merged_bodies_stay_apart(write: Any) -> None:
    both = [fact(doc_id=f"{name}{year}", agency=name, report_year=year) for name in (OLD, NEW) for year in (2018, 2019)]
    assert len({row["agency_id"] for row in rows([write(both)])}) == 2
    names = {2017: "禾泽县工商行政管理局", 2019: "禾泽县市场监督管理局"}
    merged = [fact(doc_id=f"{year}", agency=name, report_year=year) for year, name in names.items()]
    found = rows([write(merged)])
    assert len({row["agency_id"] for row in found}) == 2 and {row["agency_sure"] for row in found} == {1.0}


def test_a_county_that_became_a_city_keeps_its_series_under_its_new_code(write: Any) -> None:
    names = {2015: "陕西省神木县人民政府", 2019: "陕西省神木市人民政府"}
    found = rows([write([fact(doc_id=f"{year}", agency=name, report_year=year) for year, name in names.items()])])
    assert {(row["agency_id"], row["region_code"]) for row in found} == {("610881/人民政府", "610881")}
    assert [row["agency_then"] for row in found] == list(names.values())


def test_two_changes_of_the_same_size_make_another_version(write: Any) -> None:
    later = [21, 21, *TELLING[2:]]
    found = roles(
        [write([*many("x@2021-01-20T08:00:00Z", [10, 11, *TELLING[2:]]), *many("x@2021-07-01T08:00:00Z", later)])]
    )
    assert found["x@2021-01-20T08:00:00Z"][0] == "older" and found["x@2021-07-01T08:00:00Z"][0] == "report"


def test_the_later_version_counts_by_date_by_file_and_by_the_dates_given(write: Any) -> None:
    first, second = many("one", TELLING), many("two", [*TELLING[:9], 61])
    old, new = write(first, "old.parquet"), write(second, "new.parquet")

    def value(paths: list[Path], **options: Any) -> tuple[float, str, str]:
        metric = many("x", TELLING)[-1].metric
        row = next(row for row in rows(paths, **options) if row["metric"] == metric)
        return row["value"], row["version_by"], row["contradictions"][0]["from"]

    assert value([old, new]) == (61, "input", "version")
    assert value([new, old]) == (60, "input", "version")
    both = write([*first, *second], "both.parquet")
    assert value([both], dates={"one": "2021-06-01", "two": "2021-01-31"}) == (60, "date", "version")
    assert value([both], dates={"one": "2021-01-01", "two": "2021-01-31"}) == (61, "date", "version")
    assert value([both])[1] == "facts"


def test_one_id_in_two_files_is_two_documents(write: Any) -> None:
    paths = [
        write(many("same", TELLING), "a.parquet"),
        write(many("same", TELLING, agency="柳洲市水务局"), "b.parquet"),
    ]
    with build(paths) as built:
        assert built.documents["report"] == 2 and built.rows == 20


def test_texts_tell_copies_of_reports_with_hardly_a_number(write: Any) -> None:
    text = "禾泽县民政局二〇二〇年度报告。" + "本局认真落实公开条例，及时更新栏目，加强学习培训，规范答复文书。" * 4
    other = "柳洲市水务局报告。" + "我局推进河长制，公开水质信息，完善指南和目录，接受群众监督评议。" * 4
    facts = [fact(doc_id="full", value=0), fact(doc_id="bare", value=0, agency=None), fact(doc_id="else", agency=None)]
    sketches = {"full": sketch(text), "bare": sketch("首页 > 年报\n" + text), "else": sketch(other)}
    assert list(similar(sketches)) == [("full", "bare")]
    assert roles([write(facts)])["bare"][0] == "unplaced"
    found = roles([write(facts)], sketches=sketches)
    assert found["bare"] == ("copy", "full") and found["else"][0] == "unplaced"
    assert sketch("太短") is None


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Planted, Any]]:
    path = tmp_path_factory.mktemp("country") / "facts.parquet"
    planted = write_country(path, agencies=60, seed=4)
    with build([path]) as built:
        yield planted, built


def test_everything_planted_in_a_country_is_found_and_nothing_else(simulated: tuple[Planted, Any]) -> None:
    planted, built = simulated
    documents = built.connection.execute("SELECT doc_id, role, copy_of FROM documents").fetchall()
    assert len(planted.copies) > 20 and len(planted.contradicted) > 200
    assert {doc: of for doc, role, of in documents if role == "copy"} == planted.copies
    assert {doc for doc, role, _ in documents if role == "older"} == set(planted.older)
    cells = built.connection.execute(
        "SELECT agency, year, metric, applicant FROM panel WHERE len(contradictions) > 0"
    ).fetchall()
    assert set(cells) == planted.contradicted


def test_series_run_through_the_three_forms(simulated: tuple[Planted, Any]) -> None:
    _, built = simulated
    found = built.connection.execute("""
        SELECT metric, agency_id, count(DISTINCT year) AS years, count(DISTINCT series) AS series FROM panel
        WHERE metric IN ('requests.received', 'litigation.total') AND coalesce(applicant, 'total') = 'total'
        GROUP BY ALL""").fetchall()
    assert len(found) == 2 * 60
    assert all((years, series) == (10, 1) for _, _, years, series in found)


def test_every_row_is_unique_and_leads_to_a_fact(simulated: tuple[Planted, Any]) -> None:
    _, built = simulated
    [(doubled,)] = built.connection.execute(
        "SELECT count(*) FROM "
        "(SELECT 1 FROM panel GROUP BY agency_id, year, metric, applicant, scope HAVING count(*) > 1)"
    ).fetchall()
    assert doubled == 0
    [(lost,)] = built.connection.execute("""
        SELECT count(*) FROM panel LEFT JOIN (SELECT doc_id, facts.* FROM facts JOIN docs USING (doc)) AS f
        ON f.doc_id = panel.doc_id AND f.start = panel.start AND f.metric = panel.metric AND f.year = panel.year
            AND f.value IS NOT DISTINCT FROM panel.value
        WHERE panel.basis <> 'derived' AND f.metric IS NULL""").fetchall()
    assert lost == 0


def test_the_country_is_the_same_for_the_same_seed() -> None:
    one, two = (list(country(3, 9, Planted())) for _ in range(2))
    assert one == two and one != list(country(3, 10, Planted()))


# Who an agency is.


@pytest.mark.parametrize(
    ("name", "code", "level"),
    [
        ("福建省平潭县人民政府", "350128", "county"),
        ("平潭县人民政府", "350128", "county"),
        ("福州市鼓楼区教育局", "350102", "county"),
        ("鼓楼区教育局", None, "county"),
        ("福州市仓岭区人民政府", None, "county"),
        ("吉林省人民政府", "220000", "province"),
        ("吉林市人民政府", "220200", "prefecture"),
        ("济源市人民政府", "419001", "county"),
        ("北京市朝阳区民政局", "110105", "county"),
        ("广州市城市管理局", "440100", "prefecture"),
        ("平潭县苏澳镇人民政府", "350128", "township"),
        ("福州市台江区茶亭街道", "350103", "township"),
        ("天津市滨海新区人民政府", "120116", "county"),
        ("平潭综合实验区管理委员会", None, "zone"),
        ("國家統計局", None, "national"),
        ("福州大学", None, "university"),
        ("禾泽县民政局", None, "county"),
        ("柳洲市民政局", None, None),
        ("民政局", None, None),
    ],
)
def test_agencies_have_a_code_and_a_level_or_neither(name: str, code: str | None, level: str | None) -> None:
    place = resolve(name)
    assert (place.code, place.level) == (code, level)


def test_spellings_of_one_agency_have_one_key() -> None:
    names = [
        "平潭县人民政府",
        "平潭县",
        "福建省平潭县人民政府",
        "福建省福州市平潭县政府",
        "平潭 县人民政府",
        "平潭縣人民政府",
    ]
    assert {resolve(name).key for name in names} == {"350128/人民政府"}
    assert resolve("平潭县民政局").key != resolve("平潭县人民政府").key


# Files.


def run(*arguments: str | Path) -> Result:
    """The command, in this process: starting one takes longer than its work."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_the_command_reads_every_format_and_writes_every_format(write: Any, tmp_path: Path) -> None:
    facts = [fact(value=10, at=70), fact(value=4, basis="prose", at=3, value_text="四"), fact(metric="reviews.total")]
    for name in ("f.parquet", "f.csv", "f.jsonl", "f.duckdb"):
        path = write(facts, name)
        done = run("panel", path, "-o", tmp_path / "panel.parquet", "--documents", tmp_path / "docs.csv")
        assert done.exit_code == 0, done.stderr
        table = pq.read_table(tmp_path / "panel.parquet").to_pylist()
        assert [(row["metric"], row["value"], len(row["contradictions"])) for row in table] == [
            ("requests.received", 10, 1),
            ("reviews.total", 5, 0),
        ]
    assert "1 contradicted" in done.stdout
    with (tmp_path / "docs.csv").open(encoding="utf-8-sig") as stream:
        assert [(row["doc_id"], row["role"]) for row in csv.DictReader(stream)] == [("a", "report")]

    assert run("panel", path, "-o", tmp_path / "wide.duckdb", "--wide").exit_code == 0
    with duckdb.connect(str(tmp_path / "wide.duckdb"), read_only=True) as connection:
        [(received, contradicted, place)] = connection.execute(
            "SELECT \"requests.received\", contradicted, sources['requests.received'].start FROM wide"
        ).fetchall()
    assert (received, contradicted, place) == (10, ["requests.received"], 70)

    assert run("panel", path, "-o", tmp_path / "panel.csv").exit_code == 0
    with (tmp_path / "panel.csv").open(encoding="utf-8-sig") as stream:
        first = next(csv.DictReader(stream))
    assert first["contradictions"] == "4@a:3-4 (prose, document)"


def test_wide_has_a_column_a_metric_and_tells_blanks(write: Any, tmp_path: Path) -> None:
    facts = [fact(value=None), fact(value=3, applicant="commercial", at=30), fact(metric="reviews.total", value=0)]
    assert run("panel", write(facts), "-o", tmp_path / "w.parquet", "--wide", "--applicants").exit_code == 0
    [row] = pq.read_table(tmp_path / "w.parquet").to_pylist()
    assert row["requests.received"] is None and row["reviews.total"] == 0 and row["requests.received/commercial"] == 3
    assert row["blank"] == ["requests.received"]
    assert {metric.id for metric in METRICS} <= set(row)


def test_a_folder_of_facts_is_read_and_what_else_lies_there_is_not(write: Any, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    write([fact(doc_id="a")], "run/part-0.parquet")
    write([fact(doc_id="b", agency="柳洲市水务局")], "run/part-1.parquet")
    pq.write_table(pq.read_table(folder / "part-0.parquet").select(["doc_id"]), folder / "manifest.parquet")
    with build([folder]) as built:
        assert built.rows == 2


def test_what_is_no_facts_is_refused_in_a_line_and_nothing_is_written(write: Any, tmp_path: Path) -> None:
    good = write([fact()])
    other = tmp_path / "other.parquet"
    pq.write_table(pq.read_table(good).select(["doc_id", "value"]), other)
    cut = tmp_path / "cut.parquet"
    cut.write_bytes(good.read_bytes()[:-40])
    text = tmp_path / "facts.txt"
    text.write_text("x")
    for path in (other, cut, text, tmp_path / "missing.parquet"):
        done = run("panel", path, "-o", tmp_path / "panel.parquet")
        assert done.exit_code == 2, (path, done.stderr)
        assert done.stderr.startswith("Error: ") and "Traceback" not in done.stderr and path.name in done.stderr
    assert run("panel", good, "-o", tmp_path / "panel.xlsx").exit_code == 2
    odd = run("panel", good, "-o", tmp_path / "panel.parquet", "--memory", "much")
    assert odd.exit_code == 2 and "such as 2GB" in odd.stderr
    little = run("panel", good, "-o", tmp_path / "panel.parquet", "--memory", "1MB")
    assert little.exit_code == 1 and "--memory" in little.stderr
    assert not (tmp_path / "panel.parquet").exists()
    with pytest.raises(PanelError, match="holds no facts"), build([other]):
        pass


def test_formulas_in_names_stay_harmless_in_csv(write: Any, tmp_path: Path) -> None:
    assert run("panel", write([fact(doc_id="=cmd()")]), "-o", tmp_path / "p.csv").exit_code == 0
    assert ",'=cmd()," in (tmp_path / "p.csv").read_text("utf-8-sig")


def test_queries_of_readme_run(root: Path, write: Any, tmp_path: Path) -> None:
    assert (
        run("panel", write([fact(value=10), fact(value=4, basis="prose")]), "-o", tmp_path / "panel.parquet").exit_code
        == 0
    )
    for name in ("README.md", "README.zh-CN.md"):
        block = (root / name).read_text("utf-8").split("```sql\n")[1].split("```")[0]
        queries = [
            part for part in block.replace("panel.parquet", str(tmp_path / "panel.parquet")).split(";") if part.strip()
        ]
        with duckdb.connect() as connection:
            assert [len(connection.execute(query).fetchall()) for query in queries] == [1, 1]


def test_documents_without_a_fact_are_told_from_the_table_of_documents(tmp_path: Path) -> None:
    def document(doc_id: str | None, status: Any, *, error: str | None = None) -> Document:
        about = (status, error, ["images: table 2"] if status == "empty" else [], status != "failed" or None, None)
        counts = (1, 0) if status == "facts" else (0, 0)
        return Document(
            doc_id, f"{doc_id}.html", "html", "0" * 64, *about, "榆州市水务局", 2019, *[None] * 4, *counts, "m"
        )  # type: ignore[arg-type]

    path = tmp_path / "f.jsonl"
    with Output(path) as out:
        out.write(document("a", "facts"), [fact(value=10)])
        for doc_id, status in (("b", "empty"), ("c", "no_report"), ("a", "failed"), (None, "failed")):
            out.write(document(doc_id, status, error="is locked" if status == "failed" else None))
        out.commit()
    done = run("panel", path, "-o", tmp_path / "panel.parquet", "--documents", tmp_path / "docs.parquet")
    assert done.exit_code == 0, done.stderr
    assert "Documents    5: 1 reports, 1 reports without a fact, 1 no reports, 2 not read" in done.stdout
    found = pq.read_table(tmp_path / "docs.parquet").to_pylist()
    assert [(row["doc_id"], row["role"], row["status"], row["facts"]) for row in found] == [
        ("a", "report", "facts", 1),
        ("a", "failed", "failed", 0),
        ("b", "empty", "empty", 0),
        ("c", "no_report", "no_report", 0),
        (None, "failed", "failed", 0),
    ]
    assert found[2]["warnings"] == ["images: table 2"] and found[4]["error"] == "is locked"
