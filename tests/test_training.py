"""Corpora, the line tagger, scores and figures."""

from __future__ import annotations

import importlib.util
import json
import pickle
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import spacy
from spacy.language import Language
from spacy.tokens import DocBin
from spacy.training import Example

from nianbao.pipes.extensions import register
from nianbao.pipes.tagger import LABELS, SPANS_KEY
from nianbao.pipes.tagger.headings import TaggedHeadings
from nianbao.pipes.tagger.units import units
from nianbao.simulate import generate
from nianbao.training.corpora import ENTITIES, DocMaker, create_corpus
from nianbao.training.evaluation import expected_calibration_error
from nianbao.training.figures import markdown, update_card
from nianbao.training.scoring import Tally, score_facts
from nianbao.training.train import small, train_tagger
from nianbao.training.truth import of_gold, of_simulated

LINES = [
    ("平湖县2017年政府信息公开工作年度报告", "title"),
    ("一、概述", "heading-1"),
    ("(一)加强领导", "heading-2"),
    ("全县高度重视政府信息公开工作,主动公开政府信息8756条。", "prose"),
    ("统计指标", "column_head"),
    ("(一)收到申请数", "row_label"),
    ("件", "unit"),
    ("28", "value"),
    ("打印本页 关闭窗口", "furniture"),
]


def blank() -> Language:
    return spacy.blank("zh", config={"nlp": {"tokenizer": {"@tokenizers": "nianbao.ChineseTokenizer.v1"}}})


def example(nlp: Language, lines: Iterable[tuple[str, str]]) -> Example:
    text, spans = "", []
    for words, label in lines:
        spans.append((len(text), len(text) + len(words), label))
        text += words + "\n"
    reference = nlp.make_doc(text)
    found = [reference.char_span(a, b, label=label, alignment_mode="expand") for a, b, label in spans]
    reference.spans[SPANS_KEY] = [span for span in found if span is not None]
    return Example(nlp.make_doc(text), reference)


@pytest.fixture(scope="module")
def tagger() -> Language:
    nlp = blank()
    nlp.add_pipe("nianbao_line_tagger")
    spacy.util.fix_random_seed(1)
    examples = [example(nlp, LINES), example(nlp, LINES[::-1])]
    optimizer = nlp.initialize(lambda: examples)
    for _ in range(40):
        nlp.update(examples, sgd=optimizer)
    return nlp


def test_lines_and_cells_are_the_units() -> None:
    doc = blank().make_doc("一、概述\n\n  指标 | 单位 |28\n正文。")
    assert [doc[unit.start : unit.end].text for unit in units(doc)] == ["一、概述", "指标", "单位", "28", "正文。"]
    assert [unit.cell for unit in units(doc)] == [False, True, True, True, False]


def test_line_tagger_learns_its_lines(tagger: Language) -> None:
    examples = [example(tagger, LINES)]
    scores = tagger.evaluate(examples)
    assert scores["lines_acc"] == 1.0 and scores["lines_macro_f"] == 1.0
    doc = tagger(examples[0].text)
    assert [(doc.text[a:b], label) for a, b, label, _ in doc._.line_labels] == LINES
    assert all(0 < probability <= 1 for *_, probability in doc._.line_labels)
    assert {label for _, label in LINES} <= set(LABELS)


def test_line_tagger_survives_bytes_docbin_and_processes(tagger: Language) -> None:
    text = "\n".join(words for words, _ in LINES)
    expected = tagger(text)._.line_labels
    other = blank()
    other.add_pipe("nianbao_line_tagger")
    assert other.from_bytes(tagger.to_bytes())(text)._.line_labels == expected
    stored = DocBin(docs=[tagger(text)], store_user_data=True).to_bytes()
    back = next(iter(DocBin().from_bytes(stored).get_docs(tagger.vocab)))
    assert [list(row) for row in back._.line_labels] == expected
    assert [doc._.line_labels for doc in tagger.pipe([text, "", text], n_process=2)] == [expected, [], expected]


def test_lines_of_unknown_kind_do_not_teach(tagger: Language) -> None:
    pipe = tagger.get_pipe("nianbao_line_tagger")
    unknown = example(tagger, LINES)
    unknown.reference.spans[SPANS_KEY] = []
    loss, gradients = pipe.get_loss([unknown], pipe.predict([unknown.predicted]))
    assert loss == 0.0
    assert not np.any(gradients[0])


def test_corpus_spans_say_what_the_simulator_says() -> None:
    nlp = blank()
    reports = list(generate(12, seed=8, split="train", noise=0, negatives=0.0))
    docs = list(DocMaker(nlp, seed=1).docs(reports))
    texts = [report.text for report in reports]
    assert all(any(doc.text in text for text in texts) for doc in docs)
    known = {(s.label, report.text[s.start : s.end]) for report in reports for s in report.spans}
    entities = {(ent.label_, ent.text) for doc in docs for ent in doc.ents}
    assert entities <= known and {label for label, _ in entities} >= {"METRIC", "VALUE", "PERIOD"}
    assert {label for label, _ in entities} <= set(ENTITIES)
    labels = {span.label_ for doc in docs if SPANS_KEY in doc.spans for span in doc.spans[SPANS_KEY]}
    assert labels <= set(LABELS) and {"heading-1", "prose", "value", "row_label"} <= labels
    sentences = [doc.text for doc in docs if SPANS_KEY not in doc.spans]
    assert len(sentences) == len(set(sentences))


def test_corpus_is_the_same_for_the_same_seed() -> None:
    first, again, other = (
        [(e.text, [(t.ent_type_, t.ent_iob_) for t in e.reference]) for e in create_corpus(reports=3, seed=s)(blank())]
        for s in (5, 5, 6)
    )
    assert first == again != other


def test_training_is_deterministic(tmp_path: Path) -> None:
    models = [train_tagger(tmp_path / name, small(reports=4, steps=2)) for name in ("first", "second")]
    pipes = ("tok2vec", "nianbao_line_tagger", "ner")
    weights = [[(folder / pipe / "model").read_bytes() for pipe in pipes] for folder in models]
    assert weights[0] == weights[1]
    meta = json.loads((models[0] / "meta.json").read_text("utf-8"))
    assert meta["license"] == "Apache-2.0" and meta["name"] == "nianbao_tagger"


def test_a_missing_corpus_is_said() -> None:
    with pytest.raises(FileNotFoundError, match="nianbao weak label"):
        list(create_corpus("no/such.spacy")(blank()))


def fact(metric: str, value: float | None, **more: Any) -> dict[str, Any]:
    row = {"metric": metric, "applicant": None, "year": 2017, "value": value, "status": "reported", "basis": "prose"}
    return {**row, "scope": None, **more}


def contract_scorer(shared: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("contract_score", shared / "contract" / "score.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_tally_agrees_with_the_contracts_scorer(shared: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    rows = []
    tally = Tally()
    for path in sorted((shared / "gold").glob("*.json")):
        gold = json.loads(path.read_text("utf-8"))
        facts = []
        for known in gold["facts"]:
            row = {**known, "doc_id": path.stem}
            chance = rng.random()
            if chance < 0.1:
                continue
            if chance < 0.2 and row["value"] is not None:
                row["value"] += 1
            elif chance < 0.25:
                row["status"] = "ambiguous"
            elif chance < 0.3:
                row["metric"] = None
            facts.append(row)
        facts.append(fact("requests.received", 123456.0, doc_id=path.stem))
        rows += facts
        tally.add(gold, facts)
    (tmp_path / "facts.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    scorer = [sys.executable, shared / "contract" / "score.py", shared / "gold", tmp_path / "facts.jsonl"]
    printed = subprocess.run(scorer, capture_output=True, text=True, check=True).stdout
    for group in ("table", "prose", "blank"):
        assert f"F1 {tally.f1(group):.4f}" in next(line for line in printed.splitlines() if line.startswith(group))
    figures = tally.figures()
    assert f"known slot {figures['wrong_share']:.4f} of {figures['linked']} linked" in printed
    assert f"negatives with linked facts {figures['false_alarms']};" in printed


def test_facts_are_scored_inside_spacy_evaluate() -> None:
    register()
    nlp = blank()
    text = "收到申请28件。"
    reference, predicted = nlp.make_doc(text), nlp.make_doc(text)
    reference._.facts = [fact("requests.received", 28.0), fact("requests.concluded", 27.0)]
    predicted._.facts = [fact("requests.received", 28.0), fact("requests.concluded", 26.0)]
    scores = score_facts([Example(predicted, reference)])
    assert scores["facts_prose_f"] == 0.5
    assert scores["facts_wrong"] == 0.5
    assert score_facts([Example(predicted, nlp.make_doc(text))])["facts_prose_f"] is None


def test_spacy_evaluate_prints_facts(tmp_path: Path) -> None:
    from spacy.cli.evaluate import evaluate

    from nianbao.extractor import load

    nlp = load(linker="rules")
    text = "平湖县2017年政府信息公开工作年度报告\n一、依申请公开情况\n2017年收到政府信息公开申请28件。"
    reference = nlp.make_doc(text)
    reference._.facts = [fact("requests.received", 28.0, applicant="total")]
    DocBin(docs=[reference], store_user_data=True).to_disk(tmp_path / "gold.spacy")
    nlp.to_disk(tmp_path / "pipeline")
    scores = evaluate(str(tmp_path / "pipeline"), tmp_path / "gold.spacy", silent=True)
    assert scores["facts_prose_f"] == 1.0 and scores["facts_wrong"] == 0.0


def structure_of(lines: Iterable[tuple[str, str]]) -> dict[str, Any]:
    found, at = [], 0
    for words, _ in lines:
        found.append([at, at + len(words), "prose"])
        at += len(words) + 1
    return {"is_report": True, "headings": [], "blocks": found}


def test_shipped_taggers_read_productions_that_they_never_saw(root: Path) -> None:
    nlp = spacy.load(root / "models" / "tagger")
    scores = nlp.evaluate(list(create_corpus(reports=12, seed=3003, split="held_out")(nlp)))
    assert scores["lines_acc"] > 0.96
    assert scores["ents_f"] > 0.65


def test_shipped_models_are_small_and_hold_no_pickle(root: Path) -> None:
    files = [path for path in (root / "models").rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 12_000_000
    assert not [path for path in files if path.suffix in (".pkl", ".pickle", ".joblib")]


def test_tagged_headings_are_added_to_the_structure(tagger: Language, tmp_path: Path) -> None:
    tagger.to_disk(tmp_path / "tagger")
    doc = tagger.make_doc("\n".join(words for words, _ in LINES))
    doc._.structure = structure_of(LINES)
    component = pickle.loads(pickle.dumps(TaggedHeadings(tmp_path / "tagger", threshold=0.2)))  # noqa: S301
    doc = component(doc)
    assert [(h["level"], h["text"]) for h in doc._.structure["headings"]] == [(1, "一、概述"), (2, "(一)加强领导")]
    kinds = [kind for _, _, kind in doc._.structure["blocks"]]
    assert kinds[1:3] == ["heading", "heading"] and kinds[3] == "prose"


def test_only_what_can_be_a_heading_reaches_the_network(tmp_path: Path) -> None:
    lines = [("全县主动公开政府信息8756条。", "prose"), ("收到申请28件,均已答复", "prose"), ("| 指标 | 数 |", "prose")]
    doc = blank().make_doc("\n".join(words for words, _ in lines))
    doc._.structure = structure_of(lines)
    # There is no model to load, and none is asked for.
    assert TaggedHeadings(tmp_path / "none")(doc)._.structure == structure_of(lines)


def test_headings_count_by_text_and_level() -> None:
    tally = Tally()
    gold = {"facts": [], "headings": [{"level": 1, "text": "一、概述"}, {"level": 2, "text": "(一)做法"}]}
    tally.add(gold, [], [{"level": 1, "text": "一、 概述"}, {"level": 3, "text": "(一)做法"}])
    assert tally.f1("heading") == 0.5


def test_calibration_error_of_known_answers() -> None:
    assert expected_calibration_error([(0.95, True)] * 95 + [(0.95, False)] * 5) == pytest.approx(0.0)
    assert expected_calibration_error([(0.9, False)] * 4) == pytest.approx(0.9)
    assert expected_calibration_error([(0.8, True)] * 2 + [(0.35, True)] * 2) == pytest.approx((0.2 + 0.65) / 2)
    assert expected_calibration_error([]) == 0.0


def test_truth_of_mentions() -> None:
    from nianbao.extractor import Extractor
    from nianbao.pipes.mentions import from_plain
    from nianbao.reading.source import Source

    report = next(generate(1, seed=21, split="train", noise=0, negatives=0.0))
    doc = Extractor().doc(Source(report.id, report.text))
    mentions = [from_plain(data) for data in doc._.mentions]
    truth = dict(zip([(m.start, m.end) for m in mentions], of_simulated(mentions, report), strict=True))
    for known in report.facts:
        if known.basis == "prose" and (known.start, known.end) in truth:
            assert known.metric in (truth[known.start, known.end] or ())

    number = next(mention for mention in mentions if mention.kind == "count")
    gold = {"facts": [fact("requests.received", number.value, evidence=report.text[number.start : number.end])]}
    assert of_gold([number], report.text, gold) == [frozenset({"requests.received"})]
    assert of_gold([number], report.text, {"facts": []}) == [frozenset({""})]


def test_figures_go_into_the_model_card(tmp_path: Path) -> None:
    card = tmp_path / "README.md"
    card.write_text("before\n<!-- figures -->\nold\n<!-- end of figures -->\nafter\n", "utf-8")
    removed = {"metrics": [], "abstains": None, "mentions": 0}
    found = {"ablation": {"rules": {"real": {"prose_f": 0.5}}}, "removed": removed, "tagger": {}, "regimes": {}}
    for _ in range(2):
        update_card(card, found)
    text = card.read_text("utf-8")
    assert text.startswith("before\n<!-- figures -->") and text.endswith("<!-- end of figures -->\nafter\n")
    assert "old" not in text and text.count("rules only") == 1
    card.write_text("no marks", "utf-8")
    with pytest.raises(ValueError, match="no place"):
        update_card(card, found)


def test_figures_are_a_table() -> None:
    figures = {"table_f": 1.0, "prose_f": 0.987654, "wrong_share": 0.0}
    found = {
        "ablation": {"rules": {"real": figures}, "decided": {"real": figures}},
        "removed": {"metrics": ["a", "b"], "abstains": 0.95, "mentions": 40},
        "tagger": {},
        "regimes": {"2014": {"rules": {"prose_f": 0.9}}},
    }
    printed = markdown(found)
    assert "| rules only | 1 | 0.9877 |" in printed
    assert "2 metrics removed from the registry: abstains on 0.95 of 40 mentions." in printed
    assert "| 2014, rules |" in printed
