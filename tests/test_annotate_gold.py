"""The loop closed: what people corrected teaches the linker and the taggers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from nianbao.annotate.gold import update
from nianbao.extractor import Extractor, load
from nianbao.pipes.tagger import LABELS, SPANS_KEY
from nianbao.prose.network.labels import NONE
from nianbao.reading.source import Source
from nianbao.training.corpora import create_corpus
from nianbao.training.decision import gold_keys
from nianbao.training.gold import WEIGHT, gold_docs, gold_parts, write_mixed
from nianbao.training.numbers import gold_docs as number_docs
from nianbao.training.scoring import Tally
from test_annotate import REPORT, SETTINGS, drop_value, exported, harvest_of, lines, tasks_of_report


@pytest.fixture(scope="module")
def gold(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """People said that 28 is concluded, not received, and took 96 away."""
    folder = tmp_path_factory.mktemp("gold")
    tasks = tasks_of_report()
    first, second, third = tasks["spans"]
    link = next(task for task in tasks["links"] if task.about["words"] == "28")

    def choose(record: dict[str, Any]) -> None:
        record["label"] = ["requests.concluded"]

    harvests = {
        **harvest_of("spans", exported(first, drop_value("96")), exported(second), exported(third)),
        **harvest_of("links", exported(link, choose)),
        **harvest_of("lines", *(exported(task) for task in tasks["lines"])),
    }
    update(folder, SETTINGS, harvests)
    return folder


def test_the_linker_learns_what_people_chose(gold: Path) -> None:
    labels = [truth["metrics"] for doc in number_docs(gold) for truth in doc._.truths]
    assert labels.count(["disclosure.total"]) == labels.count(["requests.concluded"]) == 1
    assert ["requests.received"] not in labels and ["disclosure.website"] not in labels
    assert [NONE] in labels
    keys = {key for part in gold_parts(gold) for *_, key, _ in gold_keys(part)}
    assert {metric for metric, *_ in keys} >= {"disclosure.total", "requests.concluded"}
    assert all(year == 2016 and whole for _, _, year, _, whole in keys)


def test_the_taggers_read_gold_beside_weak_labels(gold: Path, tmp_path: Path) -> None:
    nlp = load(linker="rules")
    count = write_mixed(nlp, gold, None, tmp_path / "mixed.spacy")
    read = list(create_corpus(str(tmp_path / "mixed.spacy"))(nlp))
    assert len(read) == WEIGHT * count
    entities = {(ent.text, ent.label_) for example in read for ent in example.reference.ents}
    assert ("１２８", "VALUE") in entities and ("96", "VALUE") not in entities
    lines = {(s.text, s.label_) for example in read for s in example.reference.spans.get(SPANS_KEY, ())}
    assert ("（一）申请情况", "heading-2") in lines
    assert {label for _, label in lines} <= set(LABELS)


def test_facts_of_corrected_spans_are_gold_for_the_scorer(tmp_path: Path) -> None:
    first, second, third = tasks_of_report()["spans"]
    kept = [exported(second), exported(third)]
    for folder, pulled in (("same", exported(first)), ("less", exported(first, drop_value("96")))):
        update(tmp_path / folder, SETTINGS, harvest_of("spans", pulled, *kept))
    doc = Extractor().doc(Source("d", REPORT))
    tallies = {}
    for folder in ("same", "less"):
        (gold,) = lines(tmp_path / folder / "facts.jsonl")
        assert gold["whole"]
        tallies[folder] = Tally()
        tallies[folder].add(gold, doc._.facts, doc._.structure["headings"])
    assert tallies["same"].f1("prose") == tallies["same"].f1("heading") == 1
    assert tallies["same"].counts["prose", "right"] > 3
    assert (tallies["less"].counts["prose", "extra"], tallies["less"].counts["prose", "missed"]) == (1, 0)


def test_open_disputes_teach_nothing(gold: Path, tmp_path: Path) -> None:
    for path in gold.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes().replace(b'"open": false', b'"open": true'))
    assert list(gold_docs(load(linker="rules"), tmp_path)) == []


def test_a_folder_without_gold_is_named(tmp_path: Path) -> None:
    from nianbao.cli.app import app

    result = CliRunner().invoke(app, ["train", "--with-gold", str(tmp_path), "-o", str(tmp_path / "models")])
    assert result.exit_code == 2 and f"no gold in {tmp_path}; `nianbao annotate pull --gold" in result.output
