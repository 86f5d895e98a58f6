"""The decision between rules and network: its numbers are scikit-learn's, and what it believes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nianbao.extractor import Extractor, load
from nianbao.pipes.linker import LinkerPipe
from nianbao.pipes.mentions import from_plain
from nianbao.prose.decision.decide import Decider, choose, one_value
from nianbao.prose.decision.model import Bounds, DecisionModel, logistic
from nianbao.prose.decision.options import FEATURES, Option
from nianbao.reading import Source


@pytest.fixture(scope="module")
def shipped(root: Path) -> Path:
    return root / "models" / "decision"


def options(text: str) -> list[Option]:
    """The options of a text, by what ships."""
    extractor = Extractor()
    doc = extractor.doc(Source("text", text))
    pipe = extractor.nlp.get_pipe("nianbao_linker")
    assert isinstance(pipe, LinkerPipe)
    mentions = [from_plain(plain) for plain in doc._.mentions]
    assert isinstance(pipe.decider, Decider)
    found, _ = pipe.decider.consider(mentions, doc._.numbers, {})
    return found


def test_the_arrays_are_the_trained_trees(shipped: Path) -> None:
    from skops.io import get_untrusted_types
    from skops.io import load as load_skops

    path = shipped / "decision.skops"
    trees = load_skops(path, trusted=get_untrusted_types(file=path))
    rng = np.random.default_rng(0)
    table = rng.uniform(-3, 3, (200, len(FEATURES)))
    model = DecisionModel.load(shipped)
    assert np.allclose(logistic(model.sums(table)), trees.predict_proba(table)[:, 1], atol=1e-6)


def test_saving_and_reading_change_nothing(shipped: Path, tmp_path: Path) -> None:
    model = DecisionModel.load(shipped)
    model.save(tmp_path)
    table = [[0.5] * len(FEATURES)]
    for again in (DecisionModel.load(tmp_path), DecisionModel.from_bytes(model.to_bytes())):
        assert again.chances(table) == model.chances(table)
        assert (again.bounds, again.unknown) == (model.bounds, model.unknown)
        assert again.confidence(0.8) == model.confidence(0.8)
    folder = shipped.parent
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 12_000_000


def test_the_network_gives_a_slot_one_value_and_the_rules_all_that_they_found() -> None:
    found = [o for o in options("2018年，全年收到政府信息公开申请28件。另收到政府信息公开申请30件。") if o.rules]
    first, second = found[0], found[-1]
    assert first.slot == second.slot and first.link.value != second.link.value
    assert one_value([first, second]) == [first, second]
    likelier, other = replace(first, rules=False, chance=0.9), replace(second, rules=False, chance=0.7)
    assert one_value([likelier, other]) == [likelier]


def test_the_network_is_followed_where_it_is_the_surer() -> None:
    ruled = next(o for o in options("2018年，全年收到政府信息公开申请28件。") if o.rules)
    other = replace(ruled, rules=False, held=False, chance=0.9)
    ruled.chance = 0.6
    bounds = Bounds(fill=0.8, relink=0.7, stands=0.3)
    assert choose([ruled, other], bounds) == [other]
    assert choose([ruled, replace(other, chance=0.65)], bounds) == [ruled]
    assert choose([ruled, replace(other, held=True)], bounds) == [ruled]
    # Where the rules are silent it takes more.
    assert choose([replace(other, chance=0.75)], bounds) == []
    ruled.chance = 0.2
    assert choose([ruled], bounds) == []


def test_what_words_state_is_left_to_the_rules() -> None:
    ruled = next(o for o in options("2018年，全年未收到政府信息公开申请。") if o.rules)
    ruled.chance = 0.01
    other = replace(ruled, rules=False, held=False, chance=0.99)
    assert choose([ruled, other], Bounds(0.5, 0.5, 0.5)) == [ruled]
    assert choose([other], Bounds(0.5, 0.5, 0.5)) == []


def test_a_metric_that_nothing_trained_knows_is_left_to_the_rules() -> None:
    text = "2018年，某某局收到政府信息公开申请28件。"
    nlp = load()
    pipe = nlp.get_pipe("nianbao_linker")
    assert isinstance(pipe, LinkerPipe) and pipe.model is not None
    pipe.model = replace(pipe.model, learnt=np.array([""]), stands=0.7)
    (fact,) = Extractor(nlp).run(Source("text", text)).facts
    assert (fact.metric, fact.confidence) == ("requests.received", pipe.model.unknown)


def test_other_business_with_the_words_of_ours_stays_open() -> None:
    text = (
        "河湾县水利局2018年政府信息公开工作年度报告\n全年举办防溺水培训班4期，参训学生610人次；主动公开政府信息310条。"
    )
    facts = Extractor().run(Source("text", text)).facts
    assert {fact.metric for fact in facts if fact.value in (4, 610)} == {None}
    assert {fact.metric for fact in facts if fact.value == 310} == {"disclosure.total"}


def test_a_saved_pipeline_reads_as_before(tmp_path: Path) -> None:
    text = "河湾县水利局2018年政府信息公开工作年度报告\n全年主动公开政府信息310条，收到政府信息公开申请28件。"
    nlp = load()
    nlp.to_disk(tmp_path / "whole")
    before = Extractor(nlp).run(Source("text", text)).facts
    assert Extractor(load(tmp_path / "whole")).run(Source("text", text)).facts == before
    assert {fact.metric for fact in before} >= {"disclosure.total", "requests.received"}


def test_totals_of_several_years_and_marks_of_notes_are_left_to_the_rules() -> None:
    text = "到年底累计主动公开政府信息816条，本年新增127条。\n注1：含上年结转的申请。"
    title = "河湾县水利局2018年政府信息公开工作年度报告\n"
    facts = Extractor().run(Source("text", title + text)).facts
    assert {fact.value: fact.metric for fact in facts if fact.metric} == {127: "disclosure.total"}
    assert all(option.rules for option in options(title + text) if option.link.value in (816, 1))


def test_the_network_gives_no_outlet_what_several_share_nor_what_another_shows() -> None:
    found = options("2018年，在门户网站和微信公众号共发布信息512条。湖滨健康微信平台推文57篇，总点击量达到66万。")
    said = {(option.link.metric, option.link.value) for option in found}
    assert ("disclosure.wechat", 512.0) not in said and ("disclosure.website", 512.0) not in said
    assert ("website.visits", 660000.0) not in said
