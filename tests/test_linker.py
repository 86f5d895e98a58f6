"""The trained linker: its numbers are scikit-learn's, it survives saving, and the modes keep their word."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nianbao.catalogue import Catalogue
from nianbao.extractor import Extractor, load
from nianbao.pipes.linker import LinkerPipe
from nianbao.prose.features import view_of
from nianbao.prose.model import LinkModel
from nianbao.reading import Source

FEATURES = [
    ["kind=count", "unit=件", "w0:REQ", "w0:RECEIVE", "rule=requests.received", "chain=requests.received", "l收到"],
    ["kind=count", "unit=条", "w0:WEBSITE", "w0:DISCLOSE", "l网站", "r，微"],
    ["kind=zero", "unit=", "w0:REVIEW", "z复议"],
]
SAID = ["requests.received", "", "reviews.total"]


@pytest.fixture(scope="module")
def shipped(root: Path) -> Path:
    return root / "models" / "linker"


def test_the_numbers_read_are_those_of_the_trained_classifier(shipped: Path) -> None:
    from skops.io import get_untrusted_types
    from skops.io import load as load_skops

    path = shipped / "linker.skops"
    parts = load_skops(
        path, trusted=[name for name in get_untrusted_types(file=path) if "scipy.sparse" in name or "interp1d" in name]
    )
    margins = parts["classifier"].decision_function(parts["hasher"].transform(FEATURES))
    model = LinkModel.load(shipped)
    shares = model.scores(FEATURES)
    assert [model.labels[i] for i in shares.argmax(axis=1)] == list(
        parts["classifier"].classes_[margins.argmax(axis=1)]
    )
    assert np.allclose(shares.sum(axis=1), 1)


def test_saving_and_reading_change_nothing(shipped: Path, tmp_path: Path) -> None:
    model = LinkModel.load(shipped)
    model.save(tmp_path)
    for again in (LinkModel.load(tmp_path), LinkModel.from_bytes(model.to_bytes())):
        assert again.predict(FEATURES, SAID) == model.predict(FEATURES, SAID)
    assert sum(path.stat().st_size for path in shipped.iterdir()) < 12_000_000


def test_the_views_are_those_of_fewer_features(shipped: Path) -> None:
    model = LinkModel.load(shipped)
    everything, spelled, found = model.views(FEATURES)
    assert np.array_equal(everything, model.scores(FEATURES))
    assert np.allclose(spelled, model.scores([[f for f in row if view_of(f) != 1] for row in FEATURES]))
    assert np.allclose(found, model.scores([[f for f in row if view_of(f) != 2] for row in FEATURES]))


def test_what_the_rules_say_is_believed_the_more(shipped: Path) -> None:
    model = LinkModel.load(shipped)
    [alone] = model.predict(FEATURES[1:2], [""])
    [backed] = model.predict(FEATURES[1:2], ["disclosure.website"])
    assert (backed.metric, backed.rules_confidence) == ("disclosure.website", backed.confidence)
    assert backed.confidence > alone.confidence


def test_other_business_with_the_words_of_ours_stays_open() -> None:
    text = (
        "河湾县水利局2018年政府信息公开工作年度报告\n全年举办防溺水培训班4期，参训学生610人次；主动公开政府信息310条。"
    )
    facts = Extractor().run(Source("text", text)).facts
    assert {fact.metric for fact in facts if fact.value in (4, 610)} == {None}
    assert {fact.metric for fact in facts if fact.value == 310} == {"disclosure.total"}


def test_an_unknown_mode_is_told() -> None:
    with pytest.raises(ValueError, match="rules, model, all"):
        LinkerPipe(Catalogue.load(), mode="both")  # type: ignore[arg-type]


def test_a_metric_out_of_the_registry_is_never_given() -> None:
    text = "2018年，我局收到政府信息公开申请28件，其中当面申请1件。"
    nlp = load(linker="all")
    position = nlp.pipe_names.index("nianbao_linker")
    without = LinkerPipe(Catalogue.load(), without=["requests.received"])
    nlp._components[position] = ("nianbao_linker", without)
    facts = Extractor(nlp).run(Source("text", text)).facts
    assert {fact.metric for fact in facts if fact.value == 28} == {None}
    assert "requests.received_in_person" in {fact.metric for fact in facts}


def test_the_model_alone_abstains_rather_than_guess() -> None:
    text = "2018年，某某展会接待观众3,200人次，发放纪念册500册。"
    facts = Extractor(load(linker="model")).run(Source("text", text)).facts
    assert {fact.metric for fact in facts} <= {None}
