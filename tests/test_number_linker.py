"""The number linker: what it reads, what it answers, that it learns, and that it survives saving."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import spacy
from spacy.tokens import DocBin
from spacy.training import Example
from spacy.vocab import Vocab
from thinc.api import Adam

from nianbao.catalogue import Catalogue
from nianbao.pipes.number_linker import NETWORK, NumberLinker, build_network, shipped_network
from nianbao.prose.network.answers import join_targets, loss
from nianbao.prose.network.labels import NONE, facets
from nianbao.prose.network.net import backward, forward, fresh
from nianbao.prose.network.reading import InferenceNetwork
from nianbao.prose.network.stretch import Candidate, StretchReader, join
from nianbao.training.marked import read_marked
from nianbao.training.numbers import NumberReader, marked_docs, simulated_docs, write_corpus

TEXTS = """### a-1 year=2016 agency=云泽市水务局
一、依申请公开情况
全年收到申请[28|requests.received]件，其中企业提出[3|requests.received applicant=commercial]件，较上年增加5件。
### a-2 year=2016
水费热线接听4,120次。{未收到复议申请|reviews.total=0}。
### a-3 year=2015
截至年底累计公开[960|total disclosure.total]条，本年网站公开[1.2万|disclosure.website]条。
2014年网站公开[800|disclosure.website year=2014]条。
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("texts")
    (folder / "a.txt").write_text(TEXTS, "utf-8")
    return folder


def linker() -> NumberLinker:
    return NumberLinker(Vocab(), build_network(seed=3), Catalogue.load())


def test_marks_become_the_truth_of_mentions(folder: Path) -> None:
    docs = {doc._.source_id: doc for doc in marked_docs(folder)}
    told = {
        doc.text[m["start"] : m["end"]]: truth
        for doc in docs.values()
        for m, truth in zip(doc._.mentions, doc._.truths, strict=True)
    }
    assert told["28"]["metrics"] == ["requests.received"] and told["28"]["applicant"] == "total"
    assert told["3"]["applicant"] == "commercial"
    assert told["5"]["metrics"] == told["4,120"]["metrics"] == [NONE]
    assert told["未收到复议申请"]["metrics"] == ["reviews.total"]
    assert told["960"]["metrics"] == [NONE] and told["960"]["running"]
    assert told["1.2万"]["metrics"] == ["disclosure.website"]
    assert told["800"]["year"] == 1


def test_places_lead_back_to_the_text() -> None:
    norm = "一、概述\n全年收到申请1,028件,其 中 网上申请十二件。"
    candidates = [
        Candidate(9 + 2, 9 + 7, "count"),
        Candidate(norm.index("十二"), norm.index("件。"), "count"),
    ]
    (stretch,) = StretchReader(lambda *_: ()).cut(norm, candidates, [(0, 4)])
    for candidate in candidates:
        assert stretch.offset(stretch.place(candidate.start)) == candidate.start
        assert stretch.offset(stretch.place(candidate.end - 1), end=True) == candidate.end
    # Figures and the blanks of the layout are not what a wording is.
    other = norm.replace("1,028", "9,999").replace("其 中", "其中 ")
    moved = [candidates[0], Candidate(other.index("十二"), other.index("件。"), "count")]
    (again,) = StretchReader(lambda *_: ()).cut(other, moved, [(0, 4)])
    assert again.text == stretch.text


def test_the_way_back_is_the_slope_of_the_way_there(folder: Path) -> None:
    component = linker()
    docs = list(marked_docs(folder))
    component.initialize(lambda: [Example(doc, doc) for doc in docs])
    pairs = [component._taught(doc) for doc in docs]
    batch, true = join([one for one, _ in pairs]), join_targets([one for _, one in pairs])
    rng = np.random.default_rng(0)
    names, table = facets(component.labels)
    weights = {
        name: values.astype(np.float64) + rng.standard_normal(values.shape) * 0.02
        for name, values in fresh(len(component.labels), len(names), rng).items()
    }

    def total() -> float:
        return loss(batch, forward(weights, table, batch)[0], true)[0]  # type: ignore[arg-type]

    answers, trace = forward(weights, table, batch)  # type: ignore[arg-type]
    _, gradient = loss(batch, answers, true)
    slopes = backward(weights, table, batch, trace, gradient.metric, gradient.more, gradient.spans)  # type: ignore[arg-type]
    for name, slope in slopes.items():
        at = np.unravel_index(np.abs(slope).argmax(), slope.shape)
        before = weights[name][at]
        weights[name][at] = before + 1e-2
        above = total()
        weights[name][at] = before - 1e-2
        below = total()
        weights[name][at] = before
        assert (above - below) / 2e-2 == pytest.approx(float(slope[at]), rel=0.1, abs=2e-3), name


def test_it_learns_and_saving_changes_nothing(folder: Path, tmp_path: Path) -> None:
    component = linker()
    examples = [Example(doc, doc) for doc in marked_docs(folder)]
    component.initialize(lambda: examples)
    optimizer = Adam(0.005)
    for _ in range(40):
        component.update(examples, sgd=optimizer, drop=0.1)
    # Weights are rounded when they are kept; what is kept stays what it is.
    component.restore(component.network())
    before = component.predict([eg.reference for eg in examples])
    for entries, example in zip(before, examples, strict=True):
        for entry, truth in zip(entries, example.reference._.truths, strict=True):
            assert entry["metrics"][0][0] in truth["metrics"]
    component.to_disk(tmp_path)
    for again in (linker().from_disk(tmp_path), linker().from_bytes(component.to_bytes())):
        assert again.labels == component.labels
        assert again.predict([eg.reference for eg in examples]) == before


def test_what_reads_says_what_learns(folder: Path) -> None:
    """Reading computes the same numbers in another order, in groups of stretches."""
    component = linker()
    docs = [*marked_docs(folder), *simulated_docs(2, 8, "train")]
    component.initialize(lambda: [Example(doc, doc) for doc in docs])
    component.restore((shipped_network() / NETWORK).read_bytes())
    batch = join([component.read(doc)[1] for doc in docs])
    weights = {name: component.model.get_param(name) for name in component.model.param_names}
    table = facets(component.labels)[1]
    slow, fast = forward(weights, table, batch)[0], InferenceNetwork(weights, table).read(batch)
    assert len(batch.bounds) > 20 and batch.bounds[-1, 1] > 1500
    assert np.allclose(slow.metric, fast.metric, atol=1e-3)
    assert all(np.allclose(slow.more[name], fast.more[name], atol=1e-3) for name in slow.more)
    assert all(np.allclose(one, other, atol=1e-4) for one, other in zip(slow.spans, fast.spans, strict=True))


def test_it_reads_with_the_weights_that_it_has_learned(folder: Path) -> None:
    component = linker()
    examples = [Example(doc, doc) for doc in marked_docs(folder)]
    component.initialize(lambda: examples)
    references = [example.reference for example in examples]
    before = component.predict(references)
    component.update(examples, sgd=Adam(0.05))
    after = component.predict(references)
    assert after != before
    with component.model.use_params({key: values * 0 for key, values in _params(component).items()}):
        assert component.predict(references) != after
    assert component.predict(references) == after


def _params(component: NumberLinker) -> dict[tuple[int, str], np.ndarray]:
    model = component.model
    return {(model.id, name): model.get_param(name) for name in model.param_names}


def test_a_corpus_goes_through_a_docbin(tmp_path: Path) -> None:
    docs = list(simulated_docs(2, 5, "train"))
    assert docs
    write_corpus(docs, tmp_path / "c.spacy")
    again = list(DocBin().from_disk(tmp_path / "c.spacy").get_docs(Vocab()))
    told = [[(list(t["metrics"]), t["name"] and list(t["name"])) for t in doc._.truths] for doc in again]
    assert told == [[(t["metrics"], t["name"]) for t in doc._.truths] for doc in docs]
    component = linker()
    assert [component.read(doc)[0] for doc in again] == [component.read(doc)[0] for doc in docs]


def test_the_texts_of_the_corpus_can_be_read(root: Path) -> None:
    reader = NumberReader()
    for path in sorted((root / "corpus" / "texts").glob("*.txt")):
        texts = list(read_marked(path))
        assert len({text.id for text in texts}) == len(texts), path.name
        known = [text for text in texts if text.report and text.marks][:5]
        for text in known:
            assert any(truth["metrics"] not in ([], [NONE]) for truth in reader.marked(text)._.truths)


def test_spacy_trains_and_evaluates_it(folder: Path, root: Path, tmp_path: Path) -> None:
    from spacy.cli.evaluate import evaluate
    from spacy.cli.train import train

    small: dict[str, Any] = {
        "paths.texts": str(folder),
        "corpora.train.times": 30,
        "corpora.train.reports": 0,
        "corpora.dev.reports": 1,
        "corpora.dev.most": 5,
        "training.max_steps": 3,
        "training.eval_frequency": 3,
    }
    train(root / "configs" / "number_linker.cfg", tmp_path / "trained", overrides=small)
    write_corpus(marked_docs(folder), tmp_path / "dev.spacy")
    scores = evaluate(str(tmp_path / "trained" / "model-last"), tmp_path / "dev.spacy", silent=True)
    assert 0 <= scores["spans_sc_f"] <= 1 and set(scores["spans_sc_per_type"]) == {"numbers: metric", "numbers: name"}
    # What ships knows the wordings of the texts.
    nlp = spacy.load(tmp_path / "trained" / "model-last")
    shipped = nlp.get_pipe("nianbao_number_linker")
    shipped.restore((shipped_network() / NETWORK).read_bytes())  # type: ignore[attr-defined]
    nlp.to_disk(tmp_path / "shipped")
    assert evaluate(str(tmp_path / "shipped"), tmp_path / "dev.spacy", silent=True)["spans_sc_f"] > 0.7


def test_words_that_reach_over_a_border_are_whole_in_their_stretch() -> None:
    """均已办结 across the border of a table ended behind its stretch, and the document was not read."""
    norm, reader = "收到3件均已办结", StretchReader(lambda *_: ())
    candidates = [Candidate(2, 3, "count"), Candidate(4, 8, "all")]
    stretches = reader.cut(norm, candidates, [], [6])
    batch = reader.batch(norm, candidates, stretches)
    assert len(stretches) == 1 and int(batch.last[-1]) < int(batch.bounds[0, 1])
