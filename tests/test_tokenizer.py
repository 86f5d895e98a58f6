"""The tokenizer keeps every character, protects the boundaries of facts, and travels with its pipeline."""

from __future__ import annotations

import json
import pickle
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc, DocBin

from guards import ends
from nianbao.catalogue import Catalogue
from nianbao.language.boundaries import cut_line, whole_words
from nianbao.language.lexicon import Dictionary, read_lexicon
from nianbao.language.measures import Measures
from nianbao.language.numerals import find_numerals
from nianbao.language.script import normalize
from nianbao.language.segmenter import FEATURES, LAYOUT, WEIGHTS, Segmenter, lay_out, own_segmenter, read_layout
from nianbao.language.tokenizer import ChineseTokenizer

NUMERALS = Catalogue.load().numerals
MEASURES = Measures.of(NUMERALS)
CONFIG = {"nlp": {"tokenizer": {"@tokenizers": "nianbao.ChineseTokenizer.v1"}}}
BAG_OF_WORDS = {
    "@architectures": "spacy.TextCatBOW.v3",
    "exclusive_classes": True,
    "ngram_size": 1,
    "no_output_layer": False,
    "length": 1024,
}
SENTENCE = "2017年，全縣收到政府信息公開申請２８件，均已答複。\n\n（一）概述  \t經費23.1万元。"


@pytest.fixture(scope="module")
def nlp() -> Language:
    return spacy.blank("zh", config=CONFIG)


def texts(doc: Doc) -> list[str]:
    return [token.text for token in doc]


def bounds(doc: Doc) -> tuple[set[int], set[int]]:
    return {token.idx for token in doc}, {token.idx + len(token) for token in doc}


MIXTURE = st.text(
    st.one_of(
        st.sampled_from("政府信息公開申請28万件条（）()、。，,．. \n\r\t\u3000\u00a0一二○年月日a@/:𠀀😀ｱ\u200b\u2028"),
        st.integers(0, sys.maxunicode).filter(lambda code: not 0xD800 <= code < 0xE000).map(chr),
    )
)


@given(text=MIXTURE)
@settings(max_examples=600, deadline=None)
def test_every_text_comes_back_and_norms_are_its_view(nlp: Language, text: str) -> None:
    doc = nlp(text)
    norm = normalize(text)
    assert doc.text == text
    assert all(token.norm_ == norm[token.idx : token.idx + len(token)] for token in doc)


@given(text=MIXTURE)
@settings(max_examples=600, deadline=None)
def test_every_numeral_of_a_line_lies_on_boundaries(nlp: Language, text: str) -> None:
    for line in text.split("\n"):
        starts, ends = bounds(nlp(line))
        for numeral in find_numerals(MEASURES, normalize(line)):
            assert numeral.start in starts
            assert {numeral.end, numeral.unit_end} <= ends


@pytest.mark.parametrize(
    "text", ["", " ", "   ", "\n", "\r\n", "\r\n\r\n", "\t", "\u3000\u3000", "a  b", " a", "a ", "\u00a0"]
)
def test_blank_texts(nlp: Language, text: str) -> None:
    assert nlp(text).text == text


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("全年收到申请28件。", "全年|收到|申请|28|件|。"),
        ("经费23.1万元", "经费|23.1万|元"),
        ("公开１，２３４条（含转发）", "公开|１，２３４|条|（|含|转发|）"),
        ("（一）概述", "（|一|）|概述"),
        ("一、概述", "一|、|概述"),
        ("1.主动公开", "1|.|主动公开"),
        ("2017年1月1日", "2017|年|1|月|1|日"),
        ("办〔2016〕80号", "办|〔|2016|〕|80|号"),
        ("访问量2万余人次", "访问量|2万余|人次"),
        ("增长9.5%", "增长|9.5|%"),
        ("行政复议、行政诉讼", "行政复议|、|行政诉讼"),
        ("條例 规范性文件", "條例|规范性文件"),
        ("公开申请数量640020470二、上年", "公开申请|数量|6|4|0|0|2|0|4|7|0|二|、|上年"),
        ("http://www.example.cn/a1.htm下载", "http://www.example.cn/a1.htm|下载"),
    ],
)
def test_protected_boundaries(nlp: Language, text: str, tokens: str) -> None:
    assert texts(nlp(text)) == tokens.split("|")


def test_a_single_space_belongs_to_its_word_and_longer_blanks_are_tokens(nlp: Language) -> None:
    doc = nlp("公开 信息  条\u3000件")
    assert texts(doc) == ["公开", "信息", "  ", "条", "\u3000", "件"]
    assert [bool(token.whitespace_) for token in doc] == [True, False, False, False, False, False]


def test_gold_spans_and_numerals_lie_on_boundaries(nlp: Language, shared: Path) -> None:
    """Every heading, every piece of evidence of the real reports; those that do not are listed, none is dropped."""
    misaligned, missing, checked = [], [], 0
    for path in sorted((shared / "gold").glob("*.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        [report] = [p for p in (shared / "reports").iterdir() if p.stem == path.stem]
        text = report.read_bytes().decode("utf-8-sig")
        starts, ends = bounds(nlp(text))
        for numeral in find_numerals(MEASURES, normalize(text)):
            checked += 1
            if numeral.start not in starts or not {numeral.end, numeral.unit_end} <= ends:
                misaligned.append((path.stem, text[numeral.start : numeral.unit_end]))
        evidence = [fact.get("evidence") or "" for fact in gold.get("facts", ())]
        spans = [heading["text"] for heading in gold.get("headings", ())] + [
            p for e in evidence for p in e.split(" | ")
        ]
        for span in filter(None, spans):
            checked += 1
            places = [i for i in range(len(text)) if text.startswith(span, i)]
            if not places:
                missing.append((path.stem, span))
            elif not any(place in starts and place + len(span) in ends for place in places):
                misaligned.append((path.stem, span))
    assert checked > 2000
    assert (misaligned, missing) == ([], [])


def test_a_line_is_cut_alike_wherever_it_stands(nlp: Language) -> None:
    lines = ["行政复议3件，均已办结", "（二）其他处理", "0", "联系电话：0123-4567890", "某某新词汇共有15件，其余无"] * 3
    alone = {line: texts(ChineseTokenizer(nlp.vocab, NUMERALS, cache_size=0)(line)) for line in lines}
    random.Random(3).shuffle(lines)
    for cache_size in (0, 2, 1000):
        tokenizer = ChineseTokenizer(nlp.vocab, NUMERALS, cache_size=cache_size)
        expected = [token for line in lines for token in [*alone[line], "\n"]]
        assert texts(tokenizer("\n".join(lines) + "\n")) == expected


def test_the_segmenter_gives_the_words_of_pkuseg(monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
    import spacy_pkuseg
    from spacy_pkuseg.config import config

    monkeypatch.setattr(config, "modelDir", str(root / "models" / "pkuseg"))
    reference = spacy_pkuseg.pkuseg.__new__(spacy_pkuseg.pkuseg)
    reference.feature_extractor = spacy_pkuseg.FeatureExtractor.load()
    reference.model = spacy_pkuseg.Model.load()
    reference.idx_to_tag = {i: tag for tag, i in reference.feature_extractor.tag_to_idx.items()}
    alphabet = "政府信息公开申请收到办结件数安平县区长和的一二十2018.,、年Ａ。行政复议诉讼"
    generator = random.Random(7)
    for _ in range(300):
        text = "".join(generator.choices(alphabet, k=generator.randint(1, 30)))
        cuts = own_segmenter().cuts(text)
        words = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
        assert words == reference._cut(text)


def test_unknown_words_are_cut_by_the_segmenter_only_where_a_fact_may_stand() -> None:
    norm = "某镇收到申请3件,某村的事。某乡没有收到申请"
    ends, clauses = cut_line(MEASURES, norm, Dictionary(["收到", "申请", "的"]))
    assert ends[-1] == len(norm)
    assert [norm[clause.start : clause.end] for clause in clauses] == ["某镇收到申请3件", "某乡没有收到申请"]
    assert set(ends) - set(whole_words(ends, [(clause, [2]) for clause in clauses])) == {1, 15, 17}


def test_clauses_cut_together_are_cut_as_each_alone() -> None:
    texts = ["本局主动公开政府信息", "某", "", "年均办理1200余件", "𠀀𠀀县人民政府", "Ａ区", "本局主动公开政府信息"]
    texts += ["".join(random.Random(seed).choices("".join(texts), k=9)) for seed in range(200)]
    together, alone = (Segmenter.from_bytes(own_segmenter().to_bytes()) for _ in range(2))
    assert together.all_cuts(texts) == [alone.cuts(text) for text in texts]


def test_words_are_numbered_alike_whether_the_vocabulary_keeps_them(nlp: Language) -> None:
    """In a zone of memory new words go with the zone; lines remembered from it are read again all the same."""
    tokenizer = ChineseTokenizer(nlp.vocab, NUMERALS)
    lines = ["某某新词汇甲共有15123件", "國務院 辦公廳 １２３４５ 件", SENTENCE]
    with nlp.vocab.memory_zone():
        inside = [[(t.text, t.whitespace_, t.norm_) for t in tokenizer(line)] for line in lines]
    for _ in range(2):
        assert [[(t.text, t.whitespace_, t.norm_) for t in tokenizer(line)] for line in lines] == inside


def reloaded_from_disk(nlp: Language, tmp_path: Path) -> Language:
    nlp.to_disk(tmp_path / "model")
    return spacy.load(tmp_path / "model")


def reloaded_from_bytes(nlp: Language, tmp_path: Path) -> Language:
    return spacy.blank("zh", config=CONFIG).from_bytes(nlp.to_bytes())


def reloaded_from_pickle(nlp: Language, tmp_path: Path) -> Language:
    return pickle.loads(pickle.dumps(nlp))  # noqa: S301


@pytest.mark.parametrize("reload", [reloaded_from_disk, reloaded_from_bytes, reloaded_from_pickle])
def test_a_pipeline_keeps_its_lexicon_through(reload, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    nlp = spacy.blank("zh", config=CONFIG)
    nlp.tokenizer._learn(["自造词语"])
    again = reload(nlp, tmp_path)
    assert texts(again("自造词语和" + SENTENCE)) == texts(nlp("自造词语和" + SENTENCE))
    assert "自造词语" in texts(again("自造词语和"))
    assert [token.norm_ for token in again(SENTENCE)] == [token.norm_ for token in nlp(SENTENCE)]


def test_the_tokenizer_by_itself_goes_to_disk_bytes_and_pickle(nlp: Language, tmp_path: Path) -> None:
    tokenizer = nlp.tokenizer
    tokenizer.to_disk(tmp_path / "tokenizer")
    fresh = ChineseTokenizer(nlp.vocab, NUMERALS)
    assert fresh.from_disk(tmp_path / "tokenizer") is fresh
    assert fresh.from_bytes(tokenizer.to_bytes()) is fresh
    expected = texts(tokenizer(SENTENCE))
    assert texts(fresh(SENTENCE)) == expected
    assert texts(pickle.loads(pickle.dumps(tokenizer))(SENTENCE)) == expected  # noqa: S301


def test_initialize_takes_another_lexicon_and_model(nlp: Language, tmp_path: Path, root: Path) -> None:
    (tmp_path / "words.txt").write_text("[own]\n自造词语\n", encoding="utf-8")
    tokenizer = ChineseTokenizer(nlp.vocab, NUMERALS)
    tokenizer.initialize()
    assert "自造词语" not in texts(tokenizer("自造词语和"))
    model = str(root / "models" / "pkuseg")
    tokenizer.initialize(pkuseg_model=model, pkuseg_user_dict=str(tmp_path / "words.txt"))
    assert "自造词语" in texts(tokenizer("自造词语和"))
    with pytest.raises(FileNotFoundError):
        tokenizer.initialize(pkuseg_model=str(tmp_path))


def test_bytes_of_something_else_are_refused(nlp: Language) -> None:
    with pytest.raises(ValueError, match="hold no nianbao"):
        ChineseTokenizer(nlp.vocab, NUMERALS).from_bytes(b"\x80")


def test_two_processes_give_the_same_tokens(nlp: Language) -> None:
    reports = [SENTENCE, "一、概述\n全年公开1条", "", "無"] * 2
    assert [texts(doc) for doc in nlp.pipe(reports, n_process=2)] == [texts(nlp(text)) for text in reports]


def test_docs_survive_a_docbin(nlp: Language) -> None:
    doc = nlp(SENTENCE)
    data = DocBin(docs=[doc]).to_bytes()
    [again] = DocBin().from_bytes(data).get_docs(spacy.blank("zh", config=CONFIG).vocab)
    assert again.text == SENTENCE
    assert [token.norm_ for token in again] == [token.norm_ for token in doc]


def test_spacy_train_needs_no_extra_flag(tmp_path: Path) -> None:
    nlp = spacy.blank("zh", config=CONFIG)
    nlp.add_pipe("textcat", config={"model": BAG_OF_WORDS})
    docs = []
    for text, label in (("收到申请3件", "POSITIVE"), ("未收到申请", "NEGATIVE")):
        doc = nlp.make_doc(text)
        doc.cats = {"POSITIVE": float(label == "POSITIVE"), "NEGATIVE": float(label == "NEGATIVE")}
        docs.append(doc)
    corpus = tmp_path / "corpus.spacy"
    DocBin(docs=docs * 4).to_disk(corpus)
    nlp.config.to_disk(tmp_path / "config.cfg")
    command = [sys.executable, "-m", "spacy", "train", str(tmp_path / "config.cfg"), "--output", str(tmp_path / "out")]
    overrides = {"paths.train": corpus, "paths.dev": corpus, "training.max_steps": 2, "training.eval_frequency": 1}
    arguments = [str(part) for key, value in overrides.items() for part in (f"--{key}", value)]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    trained = spacy.load(tmp_path / "out" / "model-last")
    assert texts(trained(SENTENCE)) == texts(nlp.make_doc(SENTENCE))


def test_a_lexicon_says_which_line_is_wrong() -> None:
    with pytest.raises(ValueError, match="line 2"):
        read_lexicon("# words\n公开 申请\n")
    assert read_lexicon("[a]\n公开 申请 # both\n[b]\n信息\n") == {"a": ["公开", "申请"], "b": ["信息"]}


@pytest.mark.parametrize("piece", ["政", "1", "1,", "公开", "(", " ", "无公开某某", "3件某某", "\r", "a", "國"])
def test_hostile_lines_take_linear_time(nlp: Language, piece: str) -> None:
    text = piece * (100_000 // len(piece))
    with ends():
        assert nlp(text).text == text


def test_words_are_cut_as_by_hand(nlp: Language, root: Path) -> None:
    """Sentences with words that neither lexicon nor training knows; `benchmarks/segmentation.py` prints the figures."""
    right = given = wanted = 0
    for line in (root / "tests" / "data" / "segmented.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            words = line.split()
            gold = {len("".join(words[:i])) for i in range(1, len(words))}
            found = {token.idx for token in nlp("".join(words))} - {0}
            right, given, wanted = right + len(gold & found), given + len(found), wanted + len(gold)
    assert 2 * right / (given + wanted) > 0.95


def test_the_shipped_layout_is_that_of_the_shipped_model(root: Path) -> None:
    folder = root / "models" / "pkuseg"
    features, weights, layout = ((folder / name).read_bytes() for name in (FEATURES, WEIGHTS, LAYOUT))
    laid, anew = read_layout(layout, features, weights), lay_out(features, weights)
    assert laid is not None and laid.keys() == anew.keys()
    assert all(np.array_equal(laid[name], anew[name]) for name in anew)


def test_a_damaged_layout_or_another_models_is_passed_over() -> None:
    files = own_segmenter().to_bytes()
    assert read_layout(files[LAYOUT][:900], files[FEATURES], files[WEIGHTS]) is None
    assert read_layout(files[LAYOUT], files[FEATURES], files[WEIGHTS] + b" ") is None
