"""What a spaCy user sees: tokens, sentences, spans, entities, displaCy, analysis, pickle, spawn, saved pipelines."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
import spacy
from spacy import displacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

import nianbao
from nianbao.catalogue import Catalogue

REPORT = (
    "平湖县水务局2017年政府信息公开工作年度报告\n\n一、概述\n我局高度重视信息公开。2017年主动公开政府信息8756条，\n"
    "其中政府网站公开120条。\n二、依申请公开情况\n（一）收到申请\n"
    "全年收到政府信息公开申请28件，比2016年增加5件；均已答复。未发生行政复议、行政诉讼。\n"
)
BUCKETS = "平湖县2017年政府信息公开工作年度报告\n一、概述\n发放资料45桶。"
SPAWN = """
import json, multiprocessing, sys
import nianbao
if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    nlp = nianbao.load()
    texts = json.loads(sys.argv[1])
    serial = [nlp(text)._.facts for text in texts]
    assert [doc._.facts for doc in nlp.pipe(texts, n_process=2, batch_size=2)] == serial
    print(sum(map(len, serial)))
"""


@pytest.fixture(scope="module")
def nlp() -> Language:
    return nianbao.load()


@pytest.fixture(scope="module")
def doc(nlp: Language) -> Doc:
    return nlp(REPORT)


def test_a_report_shows_headings_names_and_values(doc: Doc) -> None:
    assert [(s.text, s.label_, s._.level) for s in doc.spans["headings"]] == [
        ("一、概述", "HEADING-1", 1),
        ("二、依申请公开情况", "HEADING-1", 1),
        ("（一）收到申请", "HEADING-2", 2),
    ]
    values = {s.text: (s._.metric, s._.value, s._.year) for s in doc.spans["values"]}
    assert values["8756"] == ("disclosure.total", 8756.0, 2017)
    assert values["120"] == ("disclosure.website", 120.0, 2017)
    assert values["28"] == ("requests.received", 28.0, 2017)
    named = [s for s in doc.spans["metrics"] if s.kb_id_ == "requests.received"]
    assert named and named[0]._.value == 28.0 and named[0]._.fact["value_text"] == "28"
    assert not doc[0:1]._.facts and doc[0:1]._.fact is None


def test_words_that_state_two_zeros_are_one_span_with_two_facts(doc: Doc) -> None:
    [both] = [s for s in doc.spans["values"] if len(s._.facts) == 2]
    assert {row["metric"] for row in both._.facts} == {"reviews.total", "litigation.total"}


def test_entities_name_agency_period_metric_and_value(doc: Doc) -> None:
    found = {(entity.text, entity.label_) for entity in doc.ents}
    assert {("平湖县水务局", "AGENCY"), ("2017年", "PERIOD"), ("28", "VALUE"), ("8756", "VALUE")} <= found
    assert {entity.label_ for entity in doc.ents} <= {"METRIC", "VALUE", "PERIOD", "SCOPE", "AGENCY"}


def test_sentences_go_on_over_the_line_breaks_of_prose(doc: Doc) -> None:
    sentences = [sentence.text.strip() for sentence in doc.sents]
    assert "2017年主动公开政府信息8756条，\n其中政府网站公开120条。" in sentences
    assert "我局高度重视信息公开。" in sentences and "一、概述" in sentences


@pytest.mark.parametrize("style", ["ent", "span"])
def test_displacy_needs_no_options(doc: Doc, style: str) -> None:
    page = displacy.render(doc, style=style, jupyter=False)
    assert "VALUE" in page and "METRIC" in page and "#f6c67a" in page
    assert ("HEADING-1" in page) == (style == "span")


@pytest.mark.parametrize("text", ["", "\n", " ", "没有任何数字的一句话。", "28", "　　收到申请28件 \r\n ，。"])
def test_any_text_can_be_shown(nlp: Language, text: str) -> None:
    doc = nlp(text)
    assert doc.text == text and set(doc.spans) == {"headings", "metrics", "values", "sc"}
    assert "".join(sentence.text_with_ws for sentence in doc.sents) == text


def test_analysis_of_the_pipeline_finds_no_problem(nlp: Language) -> None:
    analysis = nlp.analyze_pipes()
    assert not any(any(found) for found in analysis["problems"].values()), analysis["problems"]
    assert all(nlp.get_pipe_meta(name).assigns for name in nlp.pipe_names)


def test_pipeline_goes_through_pickle(nlp: Language, doc: Doc) -> None:
    again = pickle.loads(pickle.dumps(nlp))(REPORT)  # noqa: S301
    assert again._.facts == doc._.facts and len(again.spans["sc"]) == len(doc.spans["sc"])


def test_two_spawned_processes_give_the_serial_rows(tmp_path: Path) -> None:
    script = tmp_path / "spawn.py"
    script.write_text(SPAWN, "utf-8")
    texts = [REPORT, "", REPORT.replace("28", "31"), REPORT]
    done = subprocess.run([sys.executable, script, json.dumps(texts)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 12


def test_a_changed_catalogue_is_saved_with_the_pipeline(root: Path, tmp_path: Path) -> None:
    configs = tmp_path / "configs"
    for name in Catalogue.load().files:
        (configs / name).parent.mkdir(parents=True, exist_ok=True)
        words = (root / "configs" / name).read_text("utf-8")
        (configs / name).write_text(words.replace("人次", "人次 桶", 1) if name == "numerals.yaml" else words, "utf-8")
    nlp = nianbao.load(catalogue=Catalogue.load(configs))
    assert nlp(BUCKETS)._.facts[0]["unit"] == "桶"
    assert pickle.loads(pickle.dumps(nlp))(BUCKETS)._.facts[0]["unit"] == "桶"  # noqa: S301
    nlp.to_disk(tmp_path / "saved")
    configs.rename(tmp_path / "gone")
    code = "import spacy, sys; print(spacy.load(sys.argv[1])(sys.argv[2])._.facts[0]['unit'])"
    done = subprocess.run([sys.executable, "-c", code, tmp_path / "saved", BUCKETS], capture_output=True, text=True)
    assert done.stdout.strip() == "桶", done.stderr


def test_evaluation_prints_headings_lines_names_values_and_facts(nlp: Language, doc: Doc) -> None:
    reference = doc.copy()
    reference.spans["nianbao_lines"] = [reference.char_span(0, 21, label="title", alignment_mode="contract")]
    reference._.facts = [row for row in doc._.facts if row["metric"]]
    scores = nlp.evaluate([Example(nlp.make_doc(REPORT), reference)])
    assert scores["spans_sc_f"] == 1.0 and scores["facts_prose_f"] == 1.0
    assert {"HEADING-1", "METRIC", "VALUE", "line: title", "facts: prose"} <= scores["spans_sc_per_type"].keys()
    assert all(figures["f"] == 1.0 for figures in scores["spans_sc_per_type"].values())


def test_extract_keeps_its_pipeline(monkeypatch: pytest.MonkeyPatch) -> None:
    nianbao.extract(REPORT)
    monkeypatch.setattr("nianbao.extractor.load", lambda *args, **options: pytest.fail("loaded again"))
    assert nianbao.extract(REPORT)[0].metric == "disclosure.total"


@pytest.mark.parametrize("path", ["no/such/report.txt", "report.pdf", "./x", "~/y", "数据/2017年", "C:\\x", "reports"])
def test_a_path_to_nothing_is_said(path: str) -> None:
    with pytest.raises(FileNotFoundError, match="there is no file"):
        nianbao.extract(path)
    with pytest.raises(FileNotFoundError):
        nianbao.extract(Path(path))


@pytest.mark.parametrize("text", ["", "收到申请28件", "公开1/3。", "见 http://x.cn/a", "2017", "申请3件，答复3件."])
def test_a_line_of_text_is_no_path(text: str) -> None:
    assert all((fact.value_text or "") in text for fact in nianbao.extract(text))


def test_the_package_says_what_it_has() -> None:
    assert {"extract", "load", "Fact", "Catalogue", "Extractor"} <= set(dir(nianbao))
    assert all(getattr(nianbao, name) is not None for name in nianbao.__all__)


def test_facts_show_as_a_table() -> None:
    page = nianbao.extract(REPORT)._repr_html_()
    assert "<mark>28</mark>" in page and "requests.received" in page


def test_a_library_call_freezes_nothing() -> None:
    code = "import gc, nianbao; nianbao.extract('收到申请28件。'); assert gc.get_freeze_count() == 0"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_a_full_vocabulary_grows_no_further(nlp: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nianbao.extractor._MOST_WORDS", 0)
    extractor = nianbao.Extractor(nlp)
    for number in range(1000, 1020):
        result = extractor.run(nianbao.Source("d", REPORT.replace("8756", f"7{number}")))
        assert result.facts[0].value == float(f"7{number}")
        assert f"7{number}" not in nlp.vocab.strings


def test_a_saved_pipeline_is_read_by_spacy(nlp: Language, doc: Doc, tmp_path: Path) -> None:
    nlp.to_disk(tmp_path / "pipeline")
    assert spacy.load(tmp_path / "pipeline")(REPORT)._.facts == doc._.facts
