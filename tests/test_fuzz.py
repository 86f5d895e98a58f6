"""Mutated texts and files (benchmarks/fuzz), and the kinds of faults that they have found."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.fuzz.material import Material
from benchmarks.fuzz.running import Judge

from nianbao.extractor import Extractor, extract
from nianbao.reading import ReadError, Source, open_sources

TITLE = "平川县2018年政府信息公开工作年度报告\n一、主动公开情况\n"


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


def test_what_must_hold_of_any_text_and_file(extractor: Extractor) -> None:
    """A few of the cases that `python -m benchmarks.fuzz` goes through by the hundred thousand."""
    judge = Judge(Material.gather(10, 5), 5, 0.3, extractor)
    judge.run(0, 100)
    found = [(fault.name, fault.case.number, fault.seen[-300:]) for fault in judge.tally.faults]
    assert found == [] and judge.tally.again > 10 and sum(judge.tally.facts.values()) > 300


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("全年公开政府信息98\n3、信函申请8件。", [(98, "98"), (8, "8")]),
        ("接待来访群众31\n\n4批次。", [(31, "31"), (4, "4")]),
        ("公开政府信息  条  98  98\n", [(98, "98"), (98, "98")]),
        ("总 计 公 开 9 3 16 0 0 件 信 息", [(9, "9"), (3, "3"), (16, "16"), (0, "0"), (0, "0")]),
        ("全 年 公 开 政 府 信 息 1 6 件 ， 完 成 了 任 务", [(16, "1 6")]),
        ("全年公开政府信息５𝟒87条。", [(None, "５𝟒87")]),
        (f"全年公开政府信息{'7' * 400}条。", [(None, "7" * 400)]),
        (f"全年收费{'9' * 12}万元。", [(None, f"{'9' * 12}万")]),
    ],
)
def test_numbers_are_neither_joined_nor_cut_nor_without_bounds(
    extractor: Extractor, words: str, expected: list[tuple[float | None, str]]
) -> None:
    facts = extractor.run(Source("a", TITLE + words)).facts
    assert [(fact.value, fact.value_text) for fact in facts] == expected
    for fact in facts:
        assert fact.value is not None or (fact.status, fact.metric, fact.readings) == (
            "ambiguous",
            None,
            [fact.value_text],
        )


@pytest.mark.parametrize("before", ["", "依申请公开工作\n平稳有序\n"])
def test_a_number_that_a_short_line_cuts_is_left_open(extractor: Extractor, before: str) -> None:
    [fact] = extractor.run(Source("a", f"{TITLE}{before}收到申请4\n6件。")).facts
    assert (fact.status, fact.value, fact.readings, fact.value_text) == ("ambiguous", None, ["46", "6"], "4\n6")


@pytest.mark.parametrize("gap", ["\n", "\n\n", "\n\f\n", "\r\n"])
@pytest.mark.parametrize("mark", ["{}.", "{}、", "{})", "{} .", "{}． "])
def test_the_number_of_an_item_is_no_value_of_the_heading_above(extractor: Extractor, gap: str, mark: str) -> None:
    lines = "二、依申请公开情况", f"{mark.format(1)}当面申请数4件。", f"{mark.format(2)}传真申请数3件。"
    facts = extractor.run(Source("a", gap.join(("平川县2018年政府信息公开工作年度报告", *lines)))).facts
    found = [(fact.metric, fact.value) for fact in facts]
    assert found == [("requests.received_in_person", 4), ("requests.received_fax", 3)]


def test_half_a_surrogate_pair_costs_nothing(extractor: Extractor) -> None:
    [fact] = extract(f"{TITLE}全年公开政府信息28条\ud800。", extractor=extractor)
    assert fact.value == 28


def test_a_damaged_crawl_is_told(tmp_path: Path) -> None:
    """An answer without its address, which the library that reads crawls does not expect."""
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>12"
    head = "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000000>\r\n"
    head += f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(page)}\r\n\r\n"
    path = tmp_path / "a.warc"
    path.write_bytes(head.encode() + page + b"\r\n\r\n")
    assert all(item.kind == "unreadable" for item in open_sources([path]) if isinstance(item, ReadError))
