"""What is an annual report on information disclosure and what is not, on own texts."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from nianbao.catalogue import Catalogue
from nianbao.gate import Likeness
from nianbao.language.script import normalize
from nianbao.structure import Structure, analyze

RULES = Catalogue.load().sections

CASES = yaml.safe_load((Path(__file__).parent / "data" / "structure_genre.yaml").read_text("utf-8"))


def read(text: str) -> Structure:
    return analyze(text, normalize(text), RULES, likeness=Likeness())


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in CASES["reports"].items()])
def test_reports_are_recognised(text: str) -> None:
    structure = read(text)
    assert structure.is_report, structure.reasons


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in CASES["others"].items()])
def test_what_is_no_report_is_recognised(text: str) -> None:
    structure = read(text)
    assert not structure.is_report, structure.reasons
    assert (structure.agency, structure.report_year, structure.period_start) == (None, None, None)


def test_an_empty_form_is_no_report_and_a_filled_one_is() -> None:
    form = "收到申请数\n{}\n办结数\n{}\n公开数\n{}\n会议数\n{}\n" * 40
    regions = [SimpleNamespace(start=0, end=300), SimpleNamespace(start=300, end=600)]
    empty, filled = form.format(*[""] * 160), form.format(*range(10, 170))
    assert not analyze(empty, normalize(empty), RULES, regions).is_report
    assert analyze(filled, normalize(filled), RULES, regions).is_report


def test_the_reasons_add_up_to_the_score() -> None:
    structure = read(CASES["others"]["a notice about reports"])
    assert structure.score == pytest.approx(sum(float(reason.rsplit(" ", 1)[1]) for reason in structure.reasons))
    assert structure.score < 0


def test_a_report_that_lost_its_title_is_said_to_have_none() -> None:
    body = "一、概述\n2018年我局公开信息80条。\n二、依申请公开情况\n收到申请3件。\n"
    assert [w.split(":")[0] for w in read("现公布本年度报告。\n" + body).warnings] == ["no_title"]
    assert read("禾泽县农业局2018年政府信息公开年度报告\n" + body).warnings == []


def test_what_is_nearly_a_report_is_said_to_be_undecided() -> None:
    structure = read("其中自然人8件。")
    assert abs(structure.score - RULES.genre.threshold) <= RULES.genre.undecided
    assert any(warning.startswith("undecided: ") for warning in structure.warnings)
