"""What holds for every fact of every document, samples and real reports alike."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from spacy.tokens import Doc, DocBin

from nianbao.catalogue import Catalogue
from nianbao.extractor import Extractor, Result
from nianbao.reading import Source, open_sources
from nianbao.schema import APPLICANTS, COLUMNS, Fact

METRICS = Catalogue.load().metrics

NIANBAO = Path(sys.executable).with_name("nianbao")


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


@pytest.fixture(scope="module", params=["corpus/samples", "reports"])
def folder(request: pytest.FixtureRequest, root: Path) -> Path:
    if request.param == "reports":
        shared: Path = request.getfixturevalue("shared")
        return shared / "reports"
    return root / request.param


@pytest.fixture(scope="module")
def sources(folder: Path) -> list[Source]:
    found = list(open_sources([folder]))
    assert len(found) >= 8 and all(isinstance(s, Source) for s in found), found
    return [s for s in found if isinstance(s, Source)]


@pytest.fixture(scope="module")
def results(extractor: Extractor, sources: list[Source]) -> list[Result]:
    return [extractor.run(source) for source in sources]


def facts(results: list[Result]) -> list[tuple[str, Fact]]:
    found = [(r.source.text, fact) for r in results for fact in r.facts]
    assert len(found) > 300
    return found


def test_offsets_point_at_what_they_claim(results: list[Result]) -> None:
    for text, fact in facts(results):
        assert 0 <= fact.start <= fact.end <= len(text)
        assert text[fact.start : fact.end] == (fact.value_text or ""), fact
        assert (fact.metric_start is None) == (fact.metric_end is None) == (fact.metric_text is None), fact
        if fact.metric_start is not None:
            assert text[fact.metric_start : fact.metric_end] == fact.metric_text, fact


def test_a_reported_value_stands_on_digits_and_a_blank_on_none(results: list[Result]) -> None:
    for _, fact in facts(results):
        said = fact.value_text or ""
        if fact.status == "blank":
            assert fact.value is None and not said.strip("\u3000 \t\n-—/|"), fact
        elif fact.status == "ambiguous":
            assert fact.value is None and fact.readings, fact
        else:
            assert fact.value is not None and said, fact


def test_rows_are_in_the_order_of_the_text(results: list[Result]) -> None:
    for result in results:
        places = [(fact.start, fact.end) for fact in result.facts]
        assert places == sorted(places), result.source.id


@pytest.mark.parametrize("bounds", ["as they are", "tiny"])
def test_rows_and_tokens_do_not_depend_on_what_was_read_before(
    results: list[Result], extractor: Extractor, bounds: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Byte for byte, in a shuffled order, whether caches keep all, drop nearly all, or the vocabulary forgets."""
    if bounds == "tiny":
        monkeypatch.setattr("nianbao.language.segmenter._REMEMBERED", 3)
        monkeypatch.setattr("nianbao.language.tokenizer._MOST_NORMS", 5)
        monkeypatch.setattr("nianbao.extractor._MOST_WORDS", 2_000)
    fresh = Extractor()
    if bounds == "tiny":
        fresh.nlp.tokenizer.cache_size = 2  # type: ignore[union-attr]
    order = list(range(len(results)))
    random.Random(20).shuffle(order)
    for at in order:
        source = results[at].source
        again = fresh.run(source)
        assert json.dumps([f.to_dict() for f in again.facts]) == json.dumps([f.to_dict() for f in results[at].facts])
        assert (again.structure, again.warnings) == (results[at].structure, results[at].warnings)
    for at in order[:3]:
        source = results[at].source
        tokens = [[(t.text, t.whitespace_, t.norm_) for t in e.nlp.tokenizer(source.text)] for e in (extractor, fresh)]
        assert tokens[0] == tokens[1]


def test_columns_keep_to_the_contract(results: list[Result]) -> None:
    registry = METRICS
    for _, fact in facts(results):
        assert 0.0 <= fact.confidence <= 1.0, fact
        if fact.metric is None:
            continue
        metric = registry.get(fact.metric)
        assert fact.unit == metric.unit, fact
        assert (fact.applicant in APPLICANTS) if "applicant" in metric.dimensions else fact.applicant is None, fact


def test_structure_points_at_its_headings(results: list[Result]) -> None:
    for result in results:
        for heading in result.structure["headings"]:
            printed = result.source.text[heading["start"] : heading["end"]]
            assert "".join(printed.split()) == "".join(heading["text"].split()), (result.source.id, heading)


def test_what_a_doc_carries_survives_bytes_and_docbin(extractor: Extractor, sources: list[Source]) -> None:
    docs = [extractor.doc(source) for source in sources]
    binary = DocBin(store_user_data=True, docs=docs).to_bytes()
    vocab = extractor.nlp.vocab
    stored = DocBin().from_bytes(binary).get_docs(vocab)
    for doc, again in zip(docs, stored, strict=True):
        for copy in (again, Doc(vocab).from_bytes(doc.to_bytes())):
            assert copy.text == doc.text
            for name in ("source_id", "metadata", "grids", "cells", "structure", "mentions", "facts"):
                assert json.dumps(copy._.get(name)) == json.dumps(doc._.get(name)), (doc._.source_id, name)


def test_every_fact_with_words_has_its_span_on_tokens(extractor: Extractor, sources: list[Source]) -> None:
    for source in sources:
        doc = extractor.doc(source)
        assert doc.text == source.text
        marked = {key: {(span.start_char, span.end_char) for span in doc.spans[key]} for key in doc.spans}
        for row in doc._.facts:
            value, name = (row["start"], row["end"]), (row["metric_start"], row["metric_end"])
            assert value[0] == value[1] or value in marked["values"], (source.id, row)
            assert name[0] in (None, name[1]) or name in marked["metrics"], (source.id, row)
        headings = {(h["start"], h["end"]) for h in doc._.structure["headings"]}
        assert headings == marked["headings"] and marked["sc"] == headings | marked["metrics"] | marked["values"]
        taken = [token.i for entity in doc.ents for token in entity]
        assert len(taken) == len(set(taken))


def test_the_tokenizer_itself_cuts_through_few_spans(extractor: Extractor, sources: list[Source]) -> None:
    """What it cuts through is cut again for the span; each time is a fault of its lexicon or its segmenter."""
    faults = spans = 0
    for source in sources:
        tokens, read = extractor.nlp.make_doc(source.text), extractor.doc(source)
        places = {(span.start_char, span.end_char) for span in read.spans["sc"]}
        spans += len(places)
        faults += sum(tokens.char_span(start, end) is None for start, end in places)
    assert faults <= 0.03 * spans, f"{faults} of {spans}"


def test_spans_survive_bytes_and_docbin(extractor: Extractor, sources: list[Source]) -> None:
    def shown(doc: Doc) -> list[tuple[object, ...]]:
        groups = [(key, s.start, s.end, s.label_, s.kb_id_, s._.metric) for key in doc.spans for s in doc.spans[key]]
        entities = [(e.start, e.end, e.label_, e.kb_id_) for e in doc.ents]
        return [*groups, *entities, *((s.start, s.end) for s in doc.sents)]

    docs = [extractor.doc(source) for source in sources[:4]]
    stored = DocBin(store_user_data=True, docs=docs).to_bytes()
    vocab = extractor.nlp.vocab
    for doc, again in zip(docs, DocBin().from_bytes(stored).get_docs(vocab), strict=True):
        assert shown(again) == shown(doc) == shown(Doc(vocab).from_bytes(doc.to_bytes()))


def test_same_rows_again_and_from_two_processes(extractor: Extractor, sources: list[Source]) -> None:
    once, twice = ([extractor.run(s).facts for s in sources] for _ in range(2))
    assert once == twice
    docs = [extractor.make_doc(source) for source in sources]
    piped = extractor.nlp.pipe(docs, n_process=2, batch_size=4)
    assert [[Fact(**row) for row in doc._.facts] for doc in piped] == once


def test_the_command_writes_the_rows_of_the_api(folder: Path, results: list[Result], tmp_path: Path) -> None:
    out = tmp_path / "facts.jsonl"
    subprocess.run([NIANBAO, "extract", folder, "-o", out], check=True, capture_output=True)
    written = [json.loads(line) for line in out.read_text("utf-8").split("\n") if line]
    assert [tuple(row) for row in written] == [COLUMNS] * len(written)
    assert written == [fact.to_dict() for result in results for fact in result.facts]


def test_text_prints_what_the_offsets_refer_to(root: Path) -> None:
    path = root / "corpus" / "samples" / "chengchuan_water_2017.html"
    printed = subprocess.run([NIANBAO, "text", path], check=True, capture_output=True).stdout.decode("utf-8")
    (source,) = open_sources([path])
    assert isinstance(source, Source) and printed.removesuffix("\n") == source.text.removesuffix("\n")
