"""Weak supervision: votes, the label model, the report on each labelling function."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from spacy.tokens import Doc, DocBin
from typer.testing import CliRunner

from nianbao.extractor import Extractor
from nianbao.pipes.mentions import from_plain
from nianbao.prose.mention import Mention
from nianbao.reading.source import Source
from nianbao.training.labelling import make_collector
from nianbao.weak import NONE, LabelModel, Posterior, Votes
from nianbao.weak.functions import Vote
from nianbao.weak.report import report
from nianbao.weak.spans import add_posteriors, add_votes


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


def votes_on(text: str, extractor: Extractor) -> list[tuple[Mention, dict[str, str]]]:
    """The mentions of a text, each with function → label."""
    doc = extractor.doc(Source("t", text))
    mentions = [from_plain(data) for data in doc._.mentions]
    collected = make_collector().collect(mentions, doc._.cells)
    return [(m, {vote.function: vote.label for vote in given}) for m, given in zip(mentions, collected, strict=True)]


def sampled(accuracies: list[float], labels: list[str], items: int, seed: int) -> tuple[list[list[Vote]], list[str]]:
    """Votes of independent functions with these accuracies, each silent half of the time, and the truth."""
    rng = np.random.default_rng(seed)
    truth = [str(label) for label in rng.choice(labels, items)]
    rows = []
    for true in truth:
        row = []
        for number, accuracy in enumerate(accuracies):
            if rng.random() < 0.5:
                wrong = [label for label in labels if label != true]
                said = true if rng.random() < accuracy else str(rng.choice(wrong))
                row.append(Vote(f"f{number}", said))
        rows.append(row)
    return rows, truth


def test_accuracies_are_learnt_from_agreement_alone() -> None:
    accuracies = [0.95, 0.9, 0.85, 0.6, 0.4]
    rows, truth = sampled(accuracies, [NONE, "a", "b", "c"], 2000, seed=3)
    votes = Votes.of(rows)
    model = LabelModel(dict.fromkeys(votes.functions, 0.7)).fit(votes)
    learnt = [model.accuracy[f"f{number}"] for number in range(5)]
    assert learnt == pytest.approx(accuracies, abs=0.08)

    majority = [Counter(vote.label for vote in row).most_common(1)[0][0] if row else NONE for row in rows]
    found = [posterior.label for posterior in model.predict(votes)]
    right = [sum(a == b for a, b in zip(guess, truth, strict=True)) for guess in (found, majority)]
    assert right[0] > right[1]


def test_a_function_that_speaks_alone_teaches_nothing() -> None:
    votes = Votes.of([[Vote("lonely", "a")]] * 500)
    assert LabelModel({"lonely": 0.6}).fit(votes).accuracy["lonely"] == pytest.approx(0.6)


def test_probabilities_are_shares() -> None:
    rows, _ = sampled([0.9, 0.6, 0.7], [NONE, "a", "b"], 200, seed=5)
    found = LabelModel().fit(Votes.of(rows)).predict(Votes.of(rows))
    assert len(found) == 200
    assert all(0 < posterior.probability <= 1 for posterior in found)


def test_without_votes_a_mention_counts_nothing() -> None:
    rows: list[list[Vote]] = [[], [Vote("f", "a")], []]
    found = LabelModel({"f": 0.9}).predict(Votes.of(rows))
    assert [posterior.label for posterior in found] == [NONE, "a", NONE]


def test_report_counts_overlap_conflict_and_right_votes() -> None:
    rows = [[Vote("f", "a"), Vote("g", "a")], [Vote("f", "a"), Vote("g", "b")], [Vote("f", "b")], []]
    truth = [frozenset({"a"}), frozenset({"b"}), None, frozenset({NONE})]
    by_name = {row.function: row for row in report(Votes.of(rows, ["silent"]), truth)}
    f = by_name["f"]
    assert (f.votes, f.coverage, f.judged, f.accuracy) == (3, 0.75, 2, 0.5)
    assert (f.overlap, f.conflict) == pytest.approx((2 / 3, 1 / 3))
    assert by_name["g"].accuracy == 1.0 and by_name["g"].conflict == 0.5
    assert by_name["silent"].votes == 0 and by_name["silent"].accuracy is None


def test_rules_speak_for_a_number_and_abstain_where_it_is_excluded(extractor: Extractor) -> None:
    text = "平湖县2017年政府信息公开工作年度报告\n一、依申请公开情况\n2017年收到政府信息公开申请28件,比上年增加9件。"
    found = {mention.value: votes for mention, votes in votes_on(text, extractor)}
    rules = [label for function, label in found[28.0].items() if function.startswith("rule/")]
    assert rules == ["requests.received"]
    assert found[9.0]["none/difference"] == NONE
    assert not any(function.startswith("rule/") for function in found[9.0])


def test_a_table_with_the_same_number_votes_for_its_metric(extractor: Extractor) -> None:
    doc = extractor.doc(Source("t", "平湖县2017年政府信息公开年度报告\n一、概述\n全年128件,另有9件。"))
    mentions = [from_plain(data) for data in doc._.mentions]
    cells = [
        {"metric": "requests.received", "value": 128.0, "year_offset": 0},
        {"metric": "requests.concluded", "value": 9.0, "year_offset": 0},
        {"metric": "requests.replied", "value": 9.0, "year_offset": 0},
    ]
    votes = dict(zip((m.value for m in mentions), make_collector().collect(mentions, cells), strict=True))
    assert Vote("table", "requests.received") in votes[128.0]
    assert not any(vote.function == "table" for vote in votes[9.0])


def test_span_groups_survive_storage(extractor: Extractor) -> None:
    doc = extractor.doc(Source("t", "平湖县2017年政府信息公开年度报告\n一、概述\n收到政府信息公开申请28件。"))
    mentions = [from_plain(data) for data in doc._.mentions]
    add_votes(doc, mentions, [[Vote("f", "requests.received")]] * len(mentions))
    add_posteriors(doc, mentions, [Posterior("requests.received", 0.91, None)] * len(mentions))
    stored = DocBin(docs=[doc], store_user_data=True).to_bytes()
    back: Doc = next(iter(DocBin().from_bytes(stored).get_docs(doc.vocab)))
    assert [(span.text, span.label_) for span in back.spans["weak/f"]] == [("28", "requests.received")]
    assert back.spans["weak/labels"].attrs["probabilities"] == [0.91]


def test_commands_report_and_label(tmp_path_factory: pytest.TempPathFactory) -> None:
    from nianbao.cli.app import app
    from nianbao.training.corpora import create_corpus

    runner = CliRunner()
    printed = runner.invoke(app, ["weak", "report", "--simulated", "4"])
    assert printed.exit_code == 0, printed.output
    assert all(name in printed.output for name in ("coverage", "overlap", "conflict", "accuracy", "label model: right"))

    out = tmp_path_factory.mktemp("weak") / "weak.spacy"
    written = runner.invoke(app, ["weak", "label", "--simulated", "4", "-o", str(out)])
    assert written.exit_code == 0, written.output
    examples = list(create_corpus(str(out))(Extractor().nlp))
    labels = {ent.label_ for example in examples for ent in example.reference.ents}
    assert {"METRIC", "VALUE"} <= labels
    assert any("weak/labels" in example.reference.spans for example in examples)


@pytest.mark.parametrize("words", ["report", "report no/such/file", "report --simulated 1 --split x"])
def test_wrong_usage_is_said(words: str) -> None:
    from nianbao.cli.app import app

    result = CliRunner().invoke(app, ["weak", *words.split()])
    assert result.exit_code == 2
    assert "Error" in result.output
