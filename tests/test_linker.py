"""The trained linker: its numbers are scikit-learn's, it survives saving, and the modes keep their word."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nianbao.extractor import Extractor, load
from nianbao.pipes.linker import LinkerPipe
from nianbao.prose.model import LinkModel
from nianbao.reading import Source

FEATURES = [
    ["kind=count", "unit=件", "w0:REQ", "w0:RECEIVE", "rule=requests.received", "chain=requests.received", "l收到"],
    ["kind=count", "unit=条", "w0:WEBSITE", "w0:DISCLOSE", "l网站", "r，微"],
    ["kind=zero", "unit=", "w0:REVIEW", "z复议"],
]


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
    assert np.all((model.confidence(shares.max(axis=1)) >= 0) & (model.confidence(shares.max(axis=1)) <= 1))


def test_saving_and_reading_change_nothing(shipped: Path, tmp_path: Path) -> None:
    model = LinkModel.load(shipped)
    model.save(tmp_path)
    for again in (LinkModel.load(tmp_path), LinkModel.from_bytes(model.to_bytes())):
        assert again.predict(FEATURES) == model.predict(FEATURES)
    assert sum(path.stat().st_size for path in shipped.iterdir()) < 12_000_000


def test_an_unknown_mode_is_told() -> None:
    with pytest.raises(ValueError, match="rules, model, all"):
        LinkerPipe("both")  # type: ignore[arg-type]


def test_a_metric_out_of_the_registry_is_never_given() -> None:
    text = "2018年，我局收到政府信息公开申请28件，其中当面申请1件。"
    nlp = load()
    position = nlp.pipe_names.index("nianbao_linker")
    known = LinkerPipe("all").known - {"requests.received"}
    nlp._components[position] = ("nianbao_linker", LinkerPipe("all", registry=known))
    facts = Extractor(nlp).run(Source("text", text)).facts
    assert {fact.metric for fact in facts if fact.value == 28} == {None}
    assert "requests.received_in_person" in {fact.metric for fact in facts}


def test_the_model_alone_abstains_rather_than_guess() -> None:
    text = "2018年，某某展会接待观众3,200人次，发放纪念册500册。"
    facts = Extractor(load(linker="model")).run(Source("text", text)).facts
    assert {fact.metric for fact in facts} <= {None}
