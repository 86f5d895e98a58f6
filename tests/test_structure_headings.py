"""Headings on own texts: what is marked inside the text is found, with its level and offsets, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from nianbao.catalogue import Catalogue
from nianbao.language.script import normalize
from nianbao.structure import analyze

RULES = Catalogue.load().sections

MARKUP = re.compile(r"<(\d)>(.*?)</\1>", re.DOTALL)
CASES = yaml.safe_load((Path(__file__).parent / "data" / "structure_headings.yaml").read_text("utf-8"))


def unmark(marked: str) -> tuple[str, list[tuple[int, int, int]]]:
    """The text without its markup, and the expected headings as (level, start, end)."""
    text = ""
    spans = []
    last = 0
    for match in MARKUP.finditer(marked):
        text += marked[last : match.start()]
        spans.append((int(match[1]), len(text), len(text) + len(match[2])))
        text += match[2]
        last = match.end()
    return text + marked[last:], spans


@pytest.mark.parametrize(
    "marked", [pytest.param(text, id=f"{group}: {name}") for group in CASES for name, text in CASES[group].items()]
)
def test_headings(marked: str) -> None:
    text, expected = unmark(marked)
    found = [(heading.level, heading.start, heading.end) for heading in analyze(text, normalize(text), RULES).headings]
    assert found == expected, [(level, text[start:end]) for level, start, end in found]


def test_a_heading_broken_over_two_lines_is_printed_with_its_break_and_read_without() -> None:
    text = "三、因政府信息公开申请行政复议、提起行政诉讼的\n情况\n未发生。\n"
    structure = analyze(text, normalize(text), RULES)
    assert [heading.text for heading in structure.headings] == ["三、因政府信息公开申请行政复议、提起行政诉讼的\n情况"]
    assert structure.section_path(text.index("未")) == "三、因政府信息公开申请行政复议、提起行政诉讼的情况"


def test_rows_inside_a_given_region_are_no_headings_but_the_sections_of_the_form_stay() -> None:
    text = "一、收到和处理申请\n1.甲类\n3\n2.乙类\n4\n五、存在的主要问题及改进情况\n目前内容不够丰富。\n"
    region = type("Region", (), {"start": text.index("1.甲"), "end": len(text) - 1})
    names = [heading.text for heading in analyze(text, normalize(text), RULES, [region]).headings]
    assert names == ["一、收到和处理申请", "五、存在的主要问题及改进情况"]
