"""What is annotated first: small confidence, rules and model at odds, failed checks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from spacy.tokens import Doc

from nianbao.annotate.doubt import Doubts, Opinions
from nianbao.annotate.errors import AnnotateError
from nianbao.annotate.select import select
from nianbao.annotate.settings import load_settings
from nianbao.annotate.suggest import make_tasks
from nianbao.extractor import Extractor
from nianbao.pipes.linker import Opinion
from nianbao.reading.source import Source

SETTINGS = load_settings()
WEIGHTS = {"uncertainty": 1.0, "disagreement": 0.5, "failed_check": 0.25}
TEXT = (
    "云泽市水务局2016年政府信息公开工作年度报告\n"
    "一、主动公开情况\n2016年，本局主动公开政府信息128条，通过政府网站公开96条。\n"
    "二、依申请公开情况\n2016年，共收到信息公开申请28件。\n"
)


def read(text: str = TEXT) -> tuple[Doc, Opinions]:
    extractor = Extractor()
    doc = extractor.doc(Source("d", text))
    linker: Any = extractor.nlp.get_pipe("nianbao_linker")
    return doc, linker.opinions(doc, 5)


def doubts_of(doc: Doc, opinions: Opinions, worst: int = 1) -> dict[str, float]:
    """Words of each number → its doubt."""
    doubts = Doubts(doc, {"weights": WEIGHTS, "worst": worst}, opinions)
    return {TEXT[a:b]: doubts.between(a, b) for a, b in ((link["start"], link["end"]) for link in doc._.links)}


def test_each_signal_raises_the_doubt_of_its_number_alone() -> None:
    doc, found = read()
    sure = {place: Opinion([], 1.0, False) for place in found}
    places = {TEXT[a:b]: (a, b) for a, b in found}
    for fact in doc._.facts:
        fact["flags"] = []
    assert set(doubts_of(doc, sure).values()) == {0.0}
    for opinion, failed, doubt in [
        (Opinion([], 0.4, False), False, 0.6),
        (Opinion([], 1.0, True), False, 0.5),
        (Opinion([], 1.0, False), True, 0.25),
        (Opinion([], 0.4, True), True, 1.35),
    ]:
        for fact in doc._.facts:
            fact["flags"] = ["some_check"] if failed and (fact["start"], fact["end"]) == places["96"] else []
        got = doubts_of(doc, sure | {places["96"]: opinion})
        assert got.pop("96") == pytest.approx(doubt)
        assert set(got.values()) == {0.0}


def test_a_long_section_is_as_unsure_as_its_least_sure_numbers() -> None:
    doc, found = read()
    places = sorted(found)
    opinions = {place: Opinion([], sure, False) for place, sure in zip(places, (0.2, 0.6, 1.0), strict=True)}
    for worst, doubt in ((1, 0.8), (2, 0.6), (3, 0.4), (9, 0.4)):
        whole = Doubts(doc, {"weights": WEIGHTS, "worst": worst}, opinions)
        assert whole.between(0, len(TEXT)) == pytest.approx(doubt)


def test_the_trained_linker_has_an_opinion_of_every_number() -> None:
    doc, found = read()
    assert {(link["start"], link["end"]) for link in doc._.links} <= set(found)
    assert all(0 <= opinion.confidence <= 1 and len(opinion.names) == 5 for opinion in found.values())


def test_a_report_that_contradicts_itself_comes_first() -> None:
    table = "\n".join(
        f"{label} | {cells}"
        for label, cells in [
            ("一、本年新收政府信息公开申请数量", "3 | 0 | 0 | 0 | 0 | 0 | {} |"),
            ("二、上年结转政府信息公开申请数量", "0 | 0 | 0 | 0 | 0 | 0 | 0 |"),
            ("（一）予以公开", "3 | 0 | 0 | 0 | 0 | 0 | 3 |"),
            ("（七）总计", "3 | 0 | 0 | 0 | 0 | 0 | 3 |"),
            ("四、结转下年度继续办理", "0 | 0 | 0 | 0 | 0 | 0 | 0 |"),
        ]
    )
    tasks = []
    for name, total in (("right", 3), ("wrong", 5)):
        text = (
            f"云泽市水务局2021年政府信息公开工作年度报告\n三、收到和处理政府信息公开申请情况\n{table.format(total)}\n"
        )
        doc = Extractor().doc(Source(name, text))
        assert any(fact["flags"] for fact in doc._.facts) == (name == "wrong")
        tasks += make_tasks(doc, "spans", SETTINGS)
    assert [task.doc_id for task in select(tasks, "uncertain", None, 0, ["layout"])] == ["wrong", "right"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("spread: [year", "spread: [moon", "'moon' is no axis; choose from year, form, layout"),
        ("uncertainty: 1.0", "uncertainty: -1", "weights: uncertainty: -1 must be 0 or more"),
        ("worst: 3", "worst: 0", "worst must be 1 or more"),
        ("failed_check: 0.5", "failed: 0.5", "a setting is missing .*failed_check"),
    ],
)
def test_a_mistake_in_the_weights_is_named(tmp_path: Path, root: Path, old: str, new: str, message: str) -> None:
    text = (root / "configs" / "annotate.yaml").read_text("utf-8")
    assert old in text
    (tmp_path / "annotate.yaml").write_text(text.replace(old, new), "utf-8")
    with pytest.raises(AnnotateError, match=message):
        load_settings(tmp_path / "annotate.yaml")
