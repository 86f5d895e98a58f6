"""The structure as a whole: its promises on any text, its floors on the real reports, its place in the pipeline."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc

from nianbao.catalogue import Catalogue
from nianbao.language.script import normalize
from nianbao.structure import Block, Heading, Structure, analyze

RULES = Catalogue.load().sections

REPORT = """禾泽县人民政府2018年政府信息公开工作年度报告
发布时间:2019-01-20 浏览次数:113

一、概述
全年公开信息80条。
二、主动公开情况
(一)公开渠道。通过网站公开70条。
1.政府网站
发布70条。

— 4 —
| 其他 | 10 |
三、依申请公开情况 没有收到申请。
责任编辑:王某
"""
# What texts of this kind are made of, so that random ones come near the rules' edges.
WORDS = """一、 (二) 3. ① () 、 概述 依申请公开情况 2018年 全县公开信息80条 。 ; : , | 统计指标 情况 《 "
政府信息公开年度报告 禾泽县人民政府 本报告由概述、主动公开情况等部分组成"""
PIECES = st.sampled_from([*WORDS.split(), " ", "\n", "\u3000", "\u200b"])


@given(st.lists(PIECES, max_size=60).map("".join))
@settings(max_examples=300, deadline=None)
def test_offsets_hold_and_lines_take_in_every_word(text: str) -> None:
    structure = analyze(text, normalize(text), RULES)
    assert all(text[h.start : h.end] == h.text and h.text.strip() == h.text != "" for h in structure.headings)
    assert all(a.end <= b.start for a, b in zip(structure.headings, structure.headings[1:], strict=False))
    assert all(a.end <= b.start for a, b in zip(structure.blocks, structure.blocks[1:], strict=False))
    covered = {at for line in structure.blocks for at in range(line.start, line.end)}
    left = "".join(sign for at, sign in enumerate(text) if at not in covered)
    assert left.strip(" \n|　。.,;:\u200b") == ""
    assert Structure.from_dict(json.loads(json.dumps(structure.to_dict()))) == structure


def test_kinds_of_lines() -> None:
    structure = analyze(REPORT, normalize(REPORT), RULES)
    kinds = {REPORT[line.start : line.end]: line.kind for line in structure.blocks if line.kind != "blank"}
    assert kinds == {
        "禾泽县人民政府2018年政府信息公开工作年度报告": "title",
        "发布时间:2019-01-20 浏览次数:113": "furniture",
        "一、概述": "heading",
        "全年公开信息80条。": "prose",
        "二、主动公开情况": "heading",
        "(一)公开渠道": "heading",
        "通过网站公开70条。": "prose",
        "1.政府网站": "heading",
        "发布70条。": "prose",
        "— 4 —": "furniture",
        "| 其他 | 10 |": "table",
        "三、依申请公开情况": "heading",
        "没有收到申请。": "prose",
        "责任编辑:王某": "furniture",
    }
    assert structure.kind_at(REPORT.index("70条")) == "prose"
    assert structure.kind_at(len(REPORT)) is None


def test_the_section_of_an_offset() -> None:
    structure = analyze(REPORT, normalize(REPORT), RULES)
    assert structure.section_path(0) is None
    assert structure.section_path(REPORT.index("发布70条")) == "二、主动公开情况 > (一)公开渠道 > 1.政府网站"
    assert structure.section_path(len(REPORT)) == "三、依申请公开情况"


def test_a_view_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="as long"):
        analyze("一、概述", "一、概", RULES)


@pytest.mark.parametrize(
    "piece",
    [
        "一、概述\n",
        "一、概述(一)",
        "\n",
        "、",
        "1",
        "|",
        "《",
        "(",
        "1\n",
        "政府信息公开年度",
        "2017年1月1日至",
        "本报告由公开、",
        "<!--[if ",
    ],
)
def test_the_time_grows_no_faster_than_the_text(piece: str) -> None:
    def seconds(size: int) -> float:
        text = piece * (size // len(piece))
        start = time.process_time()
        analyze(text, text, RULES)
        return time.process_time() - start

    seconds(1000)
    # Ten times as much text; a quadratic step would take a hundred times as long.
    assert seconds(100_000) < 30 * max(seconds(10_000), 0.01)


def test_floors_on_the_real_reports(shared: Path, tmp_path: Path) -> None:
    facts, structures = tmp_path / "facts.jsonl", tmp_path / "structure.jsonl"
    facts.write_text("", "utf-8")
    rows = []
    agencies = []
    for path in sorted((shared / "reports").glob("*.txt")):
        text = path.read_text("utf-8")
        structure = analyze(text, normalize(text), RULES)
        rows.append(json.dumps({"doc_id": path.stem, **structure.to_dict()}, ensure_ascii=False))
        gold = json.loads((shared / "gold" / f"{path.stem}.json").read_text("utf-8"))
        agencies.append(structure.agency == gold.get("agency"))
    structures.write_text("\n".join(rows), "utf-8")
    command = [sys.executable, shared / "contract" / "score.py", shared / "gold", facts]
    command += ["--structure", structures, "--min-headings", "0.98"]
    score = subprocess.run(command, capture_output=True, text=True, check=False)
    heads = next(line for line in score.stdout.splitlines() if line.startswith("heads"))
    assert "BELOW" not in heads, heads
    count = len(rows)
    assert f"is_report right {count}/{count}" in heads
    right, reports = heads.rsplit(" ", 1)[1].split("/")
    assert right == reports, heads
    assert all(agencies)


def test_the_component_writes_plain_data_that_survives_bytes() -> None:
    nlp = spacy.blank("zh")
    nlp.add_pipe("nianbao_structure")
    doc = nlp(REPORT)
    again = Doc(nlp.vocab).from_bytes(doc.to_bytes())
    structure = Structure.from_dict(again._.structure)
    assert (structure.agency, structure.report_year) == ("禾泽县人民政府", 2018)
    assert structure.headings[0] == Heading(1, "一、概述", REPORT.index("一、"), REPORT.index("一、") + 4)
    assert isinstance(structure.blocks[0], Block)
