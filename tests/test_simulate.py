"""Simulated reports: every offset, every number, every promise that training and benches rely on."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from nianbao.catalogue import Catalogue
from nianbao.language.numerals import parse_number
from nianbao.language.script import normalize
from nianbao.reading.html import to_text
from nianbao.simulate import LAYOUTS, NOISE_LEVELS, QUIRKS, REGIMES, SimulatedFact, SimulatedReport, generate, write
from nianbao.simulate.report import SimulatedLine

METRICS = Catalogue.load().metrics

CASES = [(layout, noise) for layout in LAYOUTS for noise in NOISE_LEVELS]


@pytest.fixture(scope="module")
def reports() -> list[SimulatedReport]:
    """Every layout at every level of noise, several times, in all regimes."""
    return [
        report
        for at, (layout, noise) in enumerate(CASES)
        for report in generate(6, seed=at, layouts=[layout], noise=noise, negatives=0.05)
    ]


def written_value(fact: SimulatedFact, text: str) -> set[float]:
    """What the digits at the fact's place say, in the units that the text may mean."""
    number = parse_number(normalize(fact.value_text).strip("余多元"))
    assert number is not None, (fact.value_text, text[fact.start - 10 : fact.end + 10])
    return {round(number * factor, 4) for factor in ((1, 10_000, 100_000_000) if fact.unit == "元" else (1, 10_000))}


def test_a_printed_number_says_the_value_of_its_fact(reports: list[SimulatedReport]) -> None:
    seen = 0
    for report in reports:
        for fact in report.facts:
            assert report.text[fact.start : fact.end] == fact.value_text
            if fact.status == "reported":
                seen += 1
                assert fact.value is not None
                assert round(fact.value, 4) in written_value(fact, report.text), (report.id, fact)
    assert seen > 20_000


def test_a_number_stands_whole_between_other_characters(reports: list[SimulatedReport]) -> None:
    """Outside glued tables no digit touches a fact's number: damage never cuts one."""
    for report in reports:
        if report.meta["layout"] == "glued" or "glued_cells" in report.meta["damages"]:
            continue
        for fact in report.facts:
            if fact.status == "reported":
                around = report.text[fact.start - 1 : fact.start] + report.text[fact.end : fact.end + 1]
                assert not re.search(r"[\d０-９]", around), (report.id, fact, around)


def test_what_names_a_metric_is_a_mention_of_it(reports: list[SimulatedReport]) -> None:
    for report in reports:
        mentions = {(span.start, span.end): span for span in report.spans if span.label == "METRIC"}
        named = [fact for fact in report.facts if fact.metric_start is not None and fact.metric_end is not None]
        for fact in named:
            mention = mentions[fact.metric_start or 0, fact.metric_end or 0]
            assert report.text[mention.start : mention.end].strip()
            # A row answers for the metrics of its columns; an optional fact may be implied by another metric's words.
            family = (mention.metric or fact.metric).split(".")[0]
            assert fact.optional or fact.metric.split(".")[0] == family
        assert len(named) >= 0.9 * len(report.facts)


def test_blanks_are_empty_and_stated_zeros_are_words(reports: list[SimulatedReport]) -> None:
    seen = Counter(fact.status for report in reports for fact in report.facts)
    assert min(seen["blank"], seen["stated"]) > 200
    for report in reports:
        for fact in report.facts:
            if fact.status == "blank":
                assert fact.value is None and fact.start == fact.end
            elif fact.status == "stated":
                assert fact.basis == "prose" and not fact.value_text.isdigit() and len(fact.value_text) > 0


def test_headings_stand_in_order_with_the_level_of_their_number(reports: list[SimulatedReport]) -> None:
    forms = {
        1: r"[一二三四五六七八九十]+、",
        2: r"[（(][一二三四五六七八九十]+[）)]",
        3: r"\d+[.．、]",
        4: r"[（(]\d+[）)]",
    }
    numbered = 0
    for report in reports:
        assert [h.start for h in report.headings] == sorted(h.start for h in report.headings)
        for heading in report.headings:
            assert report.text[heading.start : heading.end] == heading.text
            if report.meta["noise"] == 0 and heading.text[0] not in "附政":
                numbered += 1
                assert re.match(forms[heading.level], normalize(heading.text)), heading
    assert numbered > 500


def test_lines_cover_the_text_and_segments_lie_in_them(reports: list[SimulatedReport]) -> None:
    for report in reports:
        lines = [(line.start, line.end) for line in report.lines]
        assert "".join(report.text[start:end] for start, end in lines).split() == report.text.split() or all(
            report.text[start:end].strip() for start, end in lines
        )
        assert not any("\n" in report.text[start:end] for start, end in lines)
        without = _outside(report.text, lines)
        assert not without.strip()
        assert all(report.text[s.start : s.end] for s in report.segments)


def _outside(text: str, places: list[tuple[int, int]]) -> str:
    at, out = 0, ""
    for start, end in places:
        out += text[at:start]
        at = end
    return out + text[at:]


@pytest.mark.parametrize("noise", NOISE_LEVELS)
def test_the_same_seed_and_index_give_the_same_report(noise: int) -> None:
    whole = [report.to_dict() for report in generate(8, seed=11, noise=noise)]
    assert whole[3:6] == [report.to_dict() for report in generate(3, seed=11, start=3, noise=noise)]
    other = [report.to_dict() for report in generate(8, seed=12, noise=noise)]
    assert all(one["text"] != another["text"] for one, another in zip(whole, other, strict=True))


def test_another_process_with_other_hashes_gives_the_same_reports() -> None:
    script = (
        "import hashlib, json; from nianbao.simulate import generate; "
        "print(hashlib.sha256(json.dumps([r.to_dict() for r in generate(12, seed=5)]).encode()).hexdigest())"
    )
    here = hashlib.sha256(json.dumps([r.to_dict() for r in generate(12, seed=5)]).encode()).hexdigest()
    environment = os.environ | {"PYTHONHASHSEED": "7"}
    there = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert there.stdout.strip() == here


def table_values(report: SimulatedReport) -> dict[tuple[str, str], float]:
    return {
        (fact.metric, fact.applicant or "total"): fact.value
        for fact in report.facts
        if fact.basis == "table" and fact.value is not None
    }


def test_tables_obey_the_arithmetic_unless_a_report_is_marked() -> None:
    checked = broken = 0
    for report in generate(150, seed=3, noise=0, negatives=0, layouts=["tabs"], quirks=[]):
        values = table_values(report)
        if report.meta["blank"] != "none":
            continue
        failing = list(failing_sums(values))
        own = [name for name in report.meta["broken"] if not name.startswith("prose")]
        if own:
            broken += bool(failing)
        else:
            checked += 1
            assert not failing, (report.id, failing)
    assert checked > 80
    assert broken >= 1


def failing_sums(values: dict[tuple[str, str], float]) -> list[str]:
    """The identities of the forms, written out here independently of the simulator's tables."""
    persons = ("natural_person", "commercial", "research", "welfare", "legal_service", "other")

    def total(metric: str, who: str = "total") -> float:
        return values.get((metric, who), 0)

    sums: list[tuple[str, str, list[str]]] = [
        ("reviews", "reviews.total", ["reviews.upheld", "reviews.corrected", "reviews.other", "reviews.pending"]),
        ("staff", "capacity.staff", ["capacity.staff_full_time", "capacity.staff_part_time"]),
        ("time", "requests.concluded", ["requests.concluded_on_time", "requests.concluded_extended"]),
    ]
    ways = ["in_person", "fax", "online", "mail", "email"]
    if ("requests.received_fax", "total") in values:
        sums.append(("ways", "requests.received", [f"requests.received_{way}" for way in ways]))
    if ("outcomes.already_public", "total") in values:
        eight = (
            "already_public granted partly_granted refused not_this_agency nonexistent amendment_requested redirected"
        )
        sums.append(("outcomes", "requests.replied", [f"outcomes.{name}" for name in eight.split()]))
    failing = []
    for name, whole, parts in sums:
        known = (whole, "total") in values and all((part, "total") in values for part in parts[:2])
        if known and total(whole) != sum(total(part) for part in parts):
            failing.append(name)
    if ("requests.carried_in", "total") in values:
        for who in (*persons, "total"):
            left = total("requests.received", who) + total("requests.carried_in", who)
            if left != total("requests.concluded", who) + total("requests.carried_out", who):
                failing.append(f"balance {who}")
            leaves = [key for key in values if key[0].startswith("outcomes.") and key[1] == who]
            if total("requests.concluded", who) != sum(values[key] for key in leaves):
                failing.append(f"results {who}")
        for metric in {metric for metric, who in values if who == "commercial"}:
            if total(metric) != sum(total(metric, who) for who in persons):
                failing.append(f"row {metric}")
    return failing


def test_a_negative_holds_no_facts_and_every_kind_comes_up() -> None:
    kinds = set()
    for report in generate(120, seed=9, negatives=1.0):
        assert not report.is_report and not report.facts and report.report_year is None
        assert report.to_gold()["facts"] == [] and report.to_gold()["headings"] == []
        kinds.add(report.meta["negative"])
    assert len(kinds) >= 10


def test_facts_use_the_registry_and_its_applicants(reports: list[SimulatedReport]) -> None:
    registry = METRICS
    for report in reports:
        for fact in report.facts:
            metric = registry.get(fact.metric)
            assert fact.unit == metric.unit
            assert (fact.applicant is not None) == metric.by_applicant


def test_a_page_reads_back_as_the_text_with_the_same_grid() -> None:
    for report in generate(12, seed=4, layouts=["html"], negatives=0):
        assert report.html is not None
        text, grids, *_ = to_text(report.html)
        assert text == report.text
        cells = {(cell.start, cell.end) for grid in grids for cell in grid.cells}
        table = [fact for fact in report.facts if fact.basis == "table"]
        assert table and all((fact.start, fact.end) in cells for fact in table)


def test_gold_says_what_is_said_twice_once() -> None:
    for report in generate(20, seed=8, negatives=0, noise=0):
        keys = [
            (fact["metric"], fact["applicant"], fact["year"], fact["scope"], fact["value"])
            for fact in report.to_gold()["facts"]
        ]
        assert len(keys) == len(set(keys))
        assert set(keys) == {(f.metric, f.applicant, f.year, f.scope, f.value) for f in report.facts}


@pytest.mark.parametrize("quirk", QUIRKS)
def test_every_quirk_can_be_asked_for(quirk: str) -> None:
    for report in generate(4, seed=2, quirks=[quirk], negatives=0, noise=1):
        assert report.meta["quirks"] == [quirk]
        assert all(report.text[fact.start : fact.end] == fact.value_text for fact in report.facts)


def test_regimes_can_be_chosen_and_say_their_years() -> None:
    spans = {"local": (2008, 2013), "2014": (2014, 2018), "2019": (2019, 2020), "2021": (2021, 2030)}
    for regime in REGIMES:
        for report in generate(5, seed=1, regimes=[regime], negatives=0):
            least, greatest = spans[regime]
            assert report.report_year is not None and least <= report.report_year <= greatest


def test_other_years_parts_and_academic_years_come_up() -> None:
    seen: Counter[str] = Counter()
    for report in generate(150, seed=6, negatives=0, noise=0):
        for fact in report.facts:
            seen["other year"] += fact.year != report.report_year
            seen["part"] += fact.scope is not None and fact.optional
            seen["over"] += fact.qualifier == "over"
            seen["nearly"] += fact.qualifier == "nearly"
        seen["academic"] += "学年" in report.text
    assert min(seen[kind] for kind in ("other year", "part", "over", "nearly", "academic")) >= 5, seen


def test_sentences_with_facts_rarely_repeat() -> None:
    sentences: Counter[str] = Counter()
    for report in generate(120, seed=13, negatives=0, noise=0, layouts=["tabs"]):
        ends = [match.end() for match in re.finditer("[。\n]", report.text)]
        starts = [0, *ends]
        holding: dict[int, bool] = defaultdict(bool)
        for fact in report.facts:
            if fact.basis == "prose":
                holding[max(start for start in starts if start <= fact.start)] = True
        for start in holding:
            end = min((end for end in ends if end > start), default=len(report.text))
            sentences[re.sub(r"\d", "0", report.text[start:end])] += 1
    repeated = sum(count - 1 for count in sentences.values())
    assert repeated <= 0.2 * sum(sentences.values())


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ({"layouts": ["pdf"]}, "layout"),
        ({"noise": 4}, "noise"),
        ({"regimes": ["1999"]}, "regime"),
        ({"quirks": ["rain"]}, "quirk"),
        ({"split": "test"}, "split"),
    ],
)
def test_a_wrong_argument_is_named_with_what_there_is(wrong: dict[str, object], what: str) -> None:
    with pytest.raises(ValueError, match=f"unknown {what}.*must be one of"):
        next(generate(1, **wrong))  # type: ignore[arg-type]


# --- writing


def test_a_folder_holds_documents_in_several_encodings_beside_their_gold(tmp_path: Path) -> None:
    wanted = {report.id: report for report in generate(12, seed=3, negatives=0.2)}
    assert write(wanted.values(), tmp_path / "out", "folder", encoding="mixed") == 12
    for path in (tmp_path / "out" / "reports").iterdir():
        report = wanted[path.stem]
        data = path.read_bytes()
        if path.suffix == ".html":
            assert to_text(data.decode())[0] == report.text
        else:
            assert report.text in {_decoded(data, encoding) for encoding in ("utf-8-sig", "gb18030", "utf-16")}
        gold = json.loads((tmp_path / "out" / "gold" / f"{report.id}.json").read_text("utf-8"))
        assert gold == report.to_gold()


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def test_json_lines_hold_the_whole_report(tmp_path: Path) -> None:
    out = tmp_path / "reports.jsonl"
    write(generate(5, seed=3), out, "jsonl")
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert rows == [json.loads(json.dumps(report.to_dict())) for report in generate(5, seed=3)]


def test_the_data_set_loads_with_its_card(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    write(generate(15, seed=3), tmp_path / "set", "parquet")
    rows = datasets.load_dataset(str(tmp_path / "set"), split="train", cache_dir=str(tmp_path / "cache"))
    report = next(generate(1, seed=3))
    assert rows.num_rows == 15
    assert rows[0]["text"] == report.text
    assert rows[0]["facts"] == report.to_dict()["facts"]
    assert rows[0]["productions"] == report.meta["productions"]
    card = (tmp_path / "set" / "README.md").read_text("utf-8")
    assert "license: cc-by-4.0" in card and "15 documents" in card


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("kept")
    with pytest.raises(FileExistsError, match="not empty"):
        write(generate(1), tmp_path, "folder")


def test_a_line_of_several_cells_is_a_table_line() -> None:
    report = next(generate(1, seed=1, layouts=["tabs"], regimes=["2014"], negatives=0, noise=0, quirks=[]))
    lines: list[SimulatedLine] = [line for line in report.lines if "\t" in report.text[line.start : line.end]]
    assert lines and {line.kind for line in lines} <= {"table", "column_head", "row_label"}
