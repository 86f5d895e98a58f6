"""The gate for crawls: what it keeps, what it refuses, in which encodings, and what `nianbao filter` writes."""

from __future__ import annotations

import gzip
import json
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from nianbao.gate import Gate, GateModel, Likeness
from nianbao.reading import read_all
from nianbao.simulate import generate
from nianbao.training import genre
from nianbao.training.gate import train
from nianbao.training.pages import dress, near_misses

REPORT = """禾泽县民政局2017年政府信息公开工作年度报告
一、概述
根据《条例》要求，现公布我局2017年政府信息公开工作年度报告。
二、主动公开情况
全年主动公开政府信息128条，其中通过网站公开96条。
三、依申请公开情况
全年收到政府信息公开申请7件，均已答复，同意公开5件，信息不存在2件。
四、收费及复议诉讼情况
未收取费用，未发生行政复议和行政诉讼。
"""
PAGE = "<html><head><title>年报</title><style>p{{}}</style><script>if (1 < 2) x()</script></head><body>{}</body></html>"


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate()


def as_page(text: str) -> str:
    return PAGE.format("".join(f"<p>{line}</p>" for line in text.splitlines()))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_report_passes_in_any_encoding(gate: Gate, encoding: str) -> None:
    assert gate.is_report(REPORT.encode(encoding))[0]
    assert gate.is_report(as_page(REPORT).encode(encoding))[0]


def test_traditional_script_in_big5_passes(gate: Gate) -> None:
    from opencc import OpenCC

    text = OpenCC("s2t").convert(REPORT)
    page = as_page(text).replace("<head>", '<head><meta charset="big5">')
    assert gate.is_report(page.encode("big5hkscs", "replace"))[0]
    assert gate.is_report(page.encode("utf-8"))[0]


@pytest.mark.parametrize("form", ["&#{};", "&#x{:x};", "&#X{:04X};"])
def test_character_references_are_read(gate: Gate, form: str) -> None:
    page = re.sub(r"[^\x00-\x7f]", lambda m: form.format(ord(m[0])), as_page(REPORT)).encode("ascii")
    assert gate.is_report(page) == gate.is_report(as_page(REPORT).encode())


def test_a_page_cut_short_or_with_a_broken_byte_still_passes(gate: Gate) -> None:
    data = as_page(REPORT).encode()
    assert gate.is_report(data[:-60])[0]
    assert gate.is_report(data[:-61])[0]
    assert gate.is_report(data[:700] + b"\xff" + data[700:])[0]


def test_what_never_names_disclosure_is_refused_by_its_bytes(gate: Gate) -> None:
    assert gate.is_report("今日天气晴，气温22度。") == (False, 0.0)
    assert gate.is_report(b"") == (False, 0.0)
    assert gate.is_report(bytes(range(256)) * 40)[0] is False


def test_programs_and_comments_of_a_page_say_nothing(gate: Gate) -> None:
    hidden = f"<html><body><!-- {REPORT} --><script>var a = '{REPORT}'</script><p>政务公开栏目建设中</p></body></html>"
    assert not gate.is_report(hidden.encode())[0]


@pytest.mark.parametrize("piece", ["<h1>", "<a ", "<script>", "<!--", "&#2", "<title", "</"])
def test_a_hostile_page_takes_no_longer_than_another(gate: Gate, piece: str) -> None:
    page = ("<html><body>政务公开</p>" + piece * (1_500_000 // len(piece))).encode()
    assert not gate.is_report(page)[0]
    assert gate.is_report((as_page(REPORT) + piece * 1000).encode())[0]


def test_near_misses_of_our_own_are_refused(gate: Gate, root: Path) -> None:
    texts = yaml.safe_load((root / "corpus" / "nearmiss" / "texts.yaml").read_text("utf-8"))
    passed = [name for name, text in texts.items() if gate.is_report(text)[0]]
    assert len(passed) <= len(texts) // 12, passed


def test_no_sample_is_lost(gate: Gate, root: Path) -> None:
    verdicts = {source.id: gate.is_report(source.text)[0] for source in read_all([root / "corpus" / "samples"])}
    assert verdicts.pop("chengchuan_rules") is False
    assert all(verdicts.values()), verdicts


def test_no_real_report_is_lost(gate: Gate, shared: Path) -> None:
    for source in read_all([shared / "reports"]):
        gold = json.loads((shared / "gold" / f"{source.id}.json").read_text("utf-8"))
        assert gate.is_report(source.text)[0] is bool(gold["is_report"]), source.id


def test_recall_and_precision_on_held_out_wordings(gate: Gate) -> None:
    rng = random.Random(5)
    reports = [report.text for report in generate(200, 77, split="held_out", negatives=0.0)]
    kept = sum(gate.is_report(dress(rng, text, "held_out", (0, 4)))[0] for text in reports)
    others = list(near_misses(200, 77, "held_out"))
    slipped = sum(gate.is_report(dress(rng, text, "held_out", (0, 4)))[0] for text in others)
    assert kept >= 199
    assert kept / (kept + slipped) >= 0.93


def test_training_is_repeatable_and_the_file_holds_no_objects(tmp_path: Path) -> None:
    for name in ("one", "two"):
        train(tmp_path / name, 25, seed=3)
    one, two = ((tmp_path / name / "gate.npz").read_bytes() for name in ("one", "two"))
    assert one == two
    model = GateModel.load(tmp_path / "one")
    assert 0 < model.threshold <= 0.6 and model.weights.any()


def test_words_of_reports_are_told_from_words_about_reports_without_a_title() -> None:
    judge = Likeness()
    right = [(judge(page.text) > 0) is is_report for page, is_report in genre.examples(12, 901)]
    assert sum(right) >= 0.97 * len(right)


def filtered(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("nianbao"), "filter", *arguments]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.fixture
def crawl(tmp_path: Path) -> Path:
    folder = tmp_path / "crawl"
    (folder / "site").mkdir(parents=True)
    (folder / "site" / "index.html").write_bytes(as_page(REPORT).encode("gb18030"))
    (folder / "news.html").write_text(as_page("本周天气晴好\n适宜出行"), "utf-8")
    (folder / "report.txt").write_text(REPORT, "utf-8")
    (folder / "rows.jsonl").write_text(json.dumps({"id": "row", "text": REPORT}, ensure_ascii=False) + "\n", "utf-8")
    return folder


def test_filter_writes_texts_ids_and_pages(crawl: Path, tmp_path: Path) -> None:
    done = filtered(crawl, "-o", tmp_path / "kept.jsonl.gz")
    assert done.returncode == 0, done.stderr
    with gzip.open(tmp_path / "kept.jsonl.gz", "rt", encoding="utf-8") as stream:
        rows = [json.loads(line) for line in stream]
    assert [row["id"] for row in rows] == ["report", "row", "site/index"]
    assert all("收到政府信息公开申请7件" in row["text"] and row["score"] > 0.5 for row in rows)
    assert "Kept         3 of 4" in done.stdout

    assert filtered(crawl, "-o", tmp_path / "kept.txt").returncode == 0
    assert (tmp_path / "kept.txt").read_text("utf-8").split() == ["report", "row", "site/index"]

    pytest.importorskip("warcio")
    assert filtered(crawl / "site", "-o", tmp_path / "kept.warc.gz").returncode == 0
    [source] = read_all([tmp_path / "kept.warc.gz"])
    assert "收到政府信息公开申请7件" in source.text
    first = (tmp_path / "kept.warc.gz").read_bytes()
    assert filtered(crawl / "site", "-o", tmp_path / "kept.warc.gz").returncode == 0
    assert (tmp_path / "kept.warc.gz").read_bytes() == first


def test_filter_refuses_what_it_cannot_write_and_leaves_nothing(crawl: Path, tmp_path: Path) -> None:
    wrong = filtered(crawl, "-o", tmp_path / "kept.zip")
    assert wrong.returncode == 2 and "ending" in wrong.stderr
    missing = filtered(tmp_path / "nowhere", "-o", tmp_path / "kept.jsonl")
    assert missing.returncode == 2 and "does not exist" in missing.stderr
    rows = filtered(crawl, "-o", tmp_path / "kept.warc.gz")
    assert rows.returncode == 1 and "name a .jsonl file" in rows.stderr
    assert not (tmp_path / "kept.warc.gz").exists() and not list(tmp_path.glob(".kept*"))
