"""The modes of the linker keep their word, whatever was trained."""

from __future__ import annotations

import pytest

from nianbao.catalogue import Catalogue
from nianbao.extractor import Extractor, load
from nianbao.pipes.linker import LinkerPipe
from nianbao.reading import Source


def test_an_unknown_mode_is_told() -> None:
    with pytest.raises(ValueError, match="rules, network, decided"):
        LinkerPipe(Catalogue.load(), mode="both")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="decided"):
        load(linker="both")


@pytest.mark.parametrize("mode", ["rules", "network", "decided"])
def test_a_metric_out_of_the_registry_is_never_given(mode: str) -> None:
    text = "2018年，我局收到政府信息公开申请28件，其中当面申请1件。"
    nlp = load(linker=mode)
    position = nlp.pipe_names.index("nianbao_linker")
    without = LinkerPipe(Catalogue.load(), mode=mode, without=["requests.received"])  # type: ignore[arg-type]
    nlp._components[position] = ("nianbao_linker", without)
    facts = Extractor(nlp).run(Source("text", text)).facts
    assert {fact.metric for fact in facts if fact.value == 28} == {None}
    assert "requests.received_in_person" in {fact.metric for fact in facts}


def test_the_network_alone_abstains_rather_than_guess() -> None:
    text = "2018年，某某展会接待观众3,200人次，发放纪念册500册。"
    facts = Extractor(load(linker="network")).run(Source("text", text)).facts
    assert {fact.metric for fact in facts} <= {None}


def test_without_a_network_the_rules_link_alone() -> None:
    text = "2018年，全年收到政府信息公开申请28件，其中网上申请5件，接待参观团1个。"
    found = []
    for mode in ("rules", "decided"):
        nlp = load(linker="rules")
        position = nlp.pipe_names.index("nianbao_linker")
        nlp._components[position] = ("nianbao_linker", LinkerPipe(Catalogue.load(), mode=mode))  # type: ignore[arg-type]
        found.append(Extractor(nlp).run(Source("text", text)).facts)
    assert found[0] == found[1] and found[0]
