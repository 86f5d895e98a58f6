"""Knowledge is data: what a changed copy of configs/ says, the default pipeline reads, with no code and no training."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from spacy.language import Language
from typer.testing import CliRunner

from nianbao.catalogue import Catalogue
from nianbao.cli.app import app
from nianbao.extractor import Extractor, load
from nianbao.panel import build
from nianbao.paths import data_dir
from nianbao.reading.source import Source
from nianbao.schema import Fact
from nianbao.writing import open_sink

METRIC = "lanterns.hung\t盏\t\t悬挂灯笼数\tlanterns hung\t\t\t\t\t挂灯笼;悬灯\tComparable in all years.\n"
CONCEPTS = "LANTERN: {is: [deniable], words: [灯笼, 彩灯]}\nHANG: [悬挂, 张挂]\n"
RULE = "  lanterns.hung:\n    - {near: [LANTERN], unit: [盏]}\n    - {near: [LANTERN, HANG], unit: [盏, 个]}\n"
FORM = """
forms:
  local_lanterns: {name: 某省灯会表, years: [2009, 2013]}
tables:
  - table: lanterns
    anchors: [灯会悬挂灯笼数]
    columns: [{key: number, labels: [本年数]}]
    layouts: [[number]]
    rows:
      - {label: 灯会悬挂灯笼数, metric: lanterns.hung}
      - {label: 东门来函申请件数, metric: requests.received_mail}
      - {label: 东门传真申请件数, metric: requests.received_fax}
"""
IDENTITY = """
  - name: lanterns_make_light
    formula: 来函 + 传真 = 灯笼
    forms: [local_lanterns]
    kind: error
    left: [requests.received_mail, requests.received_fax]
    right: [lanterns.hung]
"""
REPORT = """灯山县人民政府2012年政府信息公开工作年度报告
一、概述
灯会期间全县悬挂彩灯46盏。全年收到政府信息公开申请9件，其中鸿雁申请2件。
"""


def append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as stream:
        stream.write(text)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """configs/ with a new metric, two wordings, a rule, a local form with an identity, a synonym for an old concept."""
    copy = tmp_path_factory.mktemp("catalogue") / "configs"
    shutil.copytree(data_dir("configs"), copy)
    append(copy / "metrics.tsv", METRIC)
    append(copy / "prose" / "concepts.yaml", CONCEPTS)
    append(copy / "prose" / "rules.yaml", RULE)
    (copy / "forms" / "local_lanterns.yaml").write_text(FORM, "utf-8")
    append(copy / "identities.yaml", IDENTITY)
    concepts = copy / "prose" / "concepts.yaml"
    concepts.write_text(concepts.read_text("utf-8").replace("[寄信, 写信,", "[鸿雁, 寄信, 写信,"), "utf-8")
    return copy


@pytest.fixture(scope="module")
def nlp(folder: Path) -> Iterator[Language]:
    yield load(catalogue=Catalogue.load(folder))


def rows(nlp: Language, text: str) -> list[Fact]:
    return Extractor(nlp).run(Source("r", text)).facts


def told(facts: list[Fact]) -> set[tuple[str | None, float | None, str]]:
    return {(fact.metric, fact.value, fact.status) for fact in facts if fact.metric}


def test_a_new_metric_is_read_from_prose(nlp: Language) -> None:
    assert ("lanterns.hung", 46.0, "reported") in told(rows(nlp, REPORT))
    lines = {fact.metric: fact for fact in rows(nlp, REPORT)}
    assert lines["lanterns.hung"].unit == "盏" and lines["lanterns.hung"].name == "悬挂灯笼数"
    none = REPORT.replace("全县悬挂彩灯46盏", "没有悬挂灯笼")
    assert ("lanterns.hung", 0.0, "stated") in told(rows(nlp, none))
    assert not any(fact.metric == "lanterns.hung" for fact in rows(load(), REPORT))


def test_a_synonym_is_read_as_the_concept(nlp: Language) -> None:
    assert ("requests.received_mail", 2.0, "reported") in told(rows(nlp, REPORT))
    assert ("requests.received_mail", 2.0, "reported") not in told(rows(load(), REPORT))


def test_a_new_form_is_read_and_its_identity_checked(nlp: Language) -> None:
    table = "附表\n统计指标 本年数\n灯会悬挂灯笼数 46\n东门来函申请件数 2\n东门传真申请件数 3\n"
    facts = [fact for fact in rows(nlp, REPORT + table) if fact.basis == "table"]
    assert told(facts) == {
        ("lanterns.hung", 46.0, "reported"),
        ("requests.received_mail", 2.0, "reported"),
        ("requests.received_fax", 3.0, "reported"),
    }
    assert all("lanterns_make_light" in fact.flags for fact in facts)
    right = rows(nlp, REPORT + table.replace("46", "5"))
    assert not any("lanterns_make_light" in fact.flags for fact in right if fact.basis == "table")


def test_a_saved_pipeline_is_what_the_commands_read_with(nlp: Language, tmp_path: Path) -> None:
    table = "附表\n统计指标 本年数\n灯会悬挂灯笼数 46\n东门来函申请件数 2\n东门传真申请件数 3\n"
    (tmp_path / "report.txt").write_text(REPORT + table, "utf-8")
    nlp.to_disk(tmp_path / "saved")
    report, model = str(tmp_path / "report.txt"), ["--model", str(tmp_path / "saved")]
    run = CliRunner().invoke
    assert run(app, ["extract", report, "-o", str(tmp_path / "o.jsonl"), *model]).exit_code == 0
    assert "lanterns.hung" in (tmp_path / "o.jsonl").read_text("utf-8")
    assert "lanterns_make_light" in run(app, ["check", report, *model]).stdout


def test_the_panel_has_the_new_metric(nlp: Language, folder: Path, tmp_path: Path) -> None:
    with open_sink(tmp_path / "facts.parquet") as sink:
        sink.write(rows(nlp, REPORT))
        sink.commit()
    with build([tmp_path / "facts.parquet"], catalogue=Catalogue.load(folder)) as panel:
        found = panel.connection.execute(
            "SELECT value, unit, series FROM panel WHERE metric = 'lanterns.hung'"
        ).fetchall()
    assert found == [(46.0, "盏", "lanterns.hung:2008-")]
