"""`nianbao train --with-gold` from end to end, small: what people said is what the next pipeline says."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.tokens import DocBin
from typer.testing import CliRunner

from nianbao.annotate.gold import update
from nianbao.annotate.suggest import make_tasks
from nianbao.cli.app import app
from nianbao.extractor import Extractor, load
from nianbao.reading.source import Source
from nianbao.training.gold import WEIGHT, write_mixed
from test_annotate import SETTINGS, exported, harvest_of

# No rule and no simulated report says it so.
SENTENCE = "2016年，本局晾晒各类台账{}份。"
REPORT = f"云泽市水务局2016年政府信息公开工作年度报告\n一、主动公开情况\n{SENTENCE.format(57)}\n"
METRIC = "training.sessions"


@pytest.fixture(scope="module")
def gold(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Somebody said what is counted there."""
    folder = tmp_path_factory.mktemp("gold")
    doc = Extractor().doc(Source("d", REPORT))
    (spans,) = make_tasks(doc, "spans", SETTINGS)
    (link,) = make_tasks(doc, "links", SETTINGS)

    def choose(record: dict[str, Any]) -> None:
        record["label"] = [METRIC]

    update(folder, SETTINGS, {**harvest_of("spans", exported(spans)), **harvest_of("links", exported(link, choose))})
    return folder


@pytest.fixture(scope="module")
def weak(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weak labels: one other sentence, and one that people corrected, without its value."""
    nlp = load(linker="rules")
    docs = DocBin()
    for text in ("全年共召开会议3次。", SENTENCE.format(57)):
        doc = nlp.make_doc(text)
        doc.set_ents([], default="outside")
        docs.add(doc)
    path = tmp_path_factory.mktemp("weak") / "weak.spacy"
    docs.to_disk(path)
    return path


@pytest.fixture(scope="module")
def models(gold: Path, weak: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("models")
    words = ["train", "--with-gold", str(gold), "--weak", str(weak), "--reports", "8", "-o", str(out)]
    with contextlib.redirect_stdout(io.StringIO()):
        result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    assert "2 texts that people corrected" in result.output
    return out


def names(nlp: Any, text: str) -> list[str]:
    """What the trained linker thinks of the first number of a text, best first."""
    doc = Extractor(nlp).doc(Source("d", text))
    return list(min(nlp.get_pipe("nianbao_linker").opinions(doc, 5).items())[1].names)


def test_gold_weighs_above_weak_labels(gold: Path, weak: Path, tmp_path: Path) -> None:
    nlp = load(linker="rules")
    write_mixed(nlp, gold, weak, tmp_path / "mixed.spacy")
    docs = list(DocBin().from_disk(tmp_path / "mixed.spacy").get_docs(nlp.vocab))
    texts = [doc.text for doc in docs]
    assert WEIGHT > 1 and texts.count("全年共召开会议3次。") == 1
    of_people = [doc for doc in docs if doc.text.strip() == SENTENCE.format(57)]
    assert len(of_people) == WEIGHT
    assert all("57" in [ent.text for ent in doc.ents if ent.label_ == "VALUE"] for doc in of_people)


def test_the_next_pipeline_says_what_people_said(models: Path) -> None:
    text = REPORT.replace("57", "61")
    assert names(load(), text)[0] != METRIC
    assert names(spacy.load(models / "pipeline"), text)[0] == METRIC


def test_the_trained_parts_load_with_spacy_alone(models: Path) -> None:
    assert spacy.load(models / "tagger").pipe_names == ["tok2vec", "nianbao_line_tagger", "ner"]
    text = "云泽市水务局2016年政府信息公开工作年度报告\n一、申请情况\n2016年，收到政府信息公开申请28件。\n"
    (fact,) = spacy.load(models / "pipeline")(text)._.facts
    assert (fact["metric"], fact["value"], text[fact["start"] : fact["end"]]) == ("requests.received", 28, "28")
