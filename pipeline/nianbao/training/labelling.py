"""Weak labels for a corpus: documents read, labelling functions asked, and short Docs written for `spacy train`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from spacy.tokens import Doc, DocBin, Span
from spacy.util import filter_spans

from nianbao.catalogue import Catalogue
from nianbao.extractor import Extractor
from nianbao.language.measures import read_measures
from nianbao.language.numerals import find_numerals
from nianbao.pipes import extensions
from nianbao.pipes.mentions import from_plain
from nianbao.prose.clauses import sentence_spans
from nianbao.prose.knowledge import Knowledge
from nianbao.prose.mention import Mention
from nianbao.reading import read_all
from nianbao.reading.source import Source
from nianbao.simulate import generate
from nianbao.training import truth as truths
from nianbao.training.corpora import apart
from nianbao.weak import NONE, Collector, LabelModel, Posterior, Votes
from nianbao.weak.functions import Vote
from nianbao.weak.report import Truth
from nianbao.weak.spans import add_posteriors, add_votes

SURE = 0.8
"""Probability from which a label of the label model is taken for the truth."""


@dataclass(slots=True)
class Reading:
    """A document read through the pipeline: its mentions, the votes on each, and what is right where it is known."""

    doc: Doc
    mentions: list[Mention]
    votes: list[list[Vote]]
    truth: list[Truth | None]


def make_collector() -> Collector:
    """The labelling functions that ship."""
    return Collector(Catalogue.load().compiled(Knowledge))


def read_simulated(count: int, seed: int, split: str, extractor: Extractor) -> Iterator[Reading]:
    """Simulated reports (no negatives), with the truth of every mention."""
    collector = make_collector()
    for report in generate(count, seed=seed, split=split, negatives=0.0):  # type: ignore[arg-type]
        reading = _read(Source(report.id, report.text), extractor, collector)
        reading.truth = truths.of_simulated(reading.mentions, report)
        yield reading


def read_files(paths: Iterable[Path], gold: Path | None, extractor: Extractor) -> Iterator[Reading]:
    """Documents of files and folders that are reports, with the truth where `gold` holds a file of the same name."""
    collector = make_collector()
    for source in read_all(paths):
        reading = _read(source, extractor, collector)
        if not reading.doc._.structure["is_report"]:
            continue
        file = None if gold is None else gold / f"{source.id}.json"
        if file is not None and file.is_file():
            content = json.loads(file.read_text("utf-8"))
            reading.truth = truths.of_gold(reading.mentions, source.text, content)
        yield reading


def _read(source: Source, extractor: Extractor, collector: Collector) -> Reading:
    doc = extractor.doc(source)
    mentions = [from_plain(data) for data in doc._.mentions]
    return Reading(doc, mentions, collector.collect(mentions, doc._.cells), [None] * len(mentions))


def fit(readings: Sequence[Reading]) -> tuple[LabelModel, Votes]:
    """The label model of all votes, and the votes."""
    trust = make_collector().trust()
    votes = Votes.of((given for reading in readings for given in reading.votes), trust)
    return LabelModel(trust).fit(votes), votes


def write_corpus(readings: Sequence[Reading], path: Path) -> tuple[int, int]:
    """Writes a DocBin of the sentences that hold a mention; returns how many, and how many mentions were sure.

    A sentence Doc carries entities for `ner`, a span group `weak/<function>` for each labelling function that spoke
    and `weak/labels` with the probabilities. Where the label model is not sure, entities are missing, not absent.
    """
    model, votes = fit(readings)
    posteriors = iter(model.predict(votes))
    binned = DocBin(store_user_data=True)
    sentences = sure = 0
    for reading in readings:
        pairs = zip(reading.mentions, reading.votes, strict=True)
        labelled = [(mention, next(posteriors), given) for mention, given in pairs]
        sure += sum(posterior.probability >= SURE for _, posterior, _ in labelled)
        for doc in _sentences(reading, labelled):
            binned.add(doc)
            sentences += 1
    path.parent.mkdir(parents=True, exist_ok=True)
    binned.to_disk(path)
    return sentences, sure


def _sentences(reading: Reading, labelled: list[tuple[Mention, Posterior, list[Vote]]]) -> Iterator[Doc]:
    _, norm = extensions.views(reading.doc)
    at = 0
    for left, right, kind in reading.doc._.structure["blocks"]:
        if kind != "prose":
            continue
        for start, end in sentence_spans(norm, left, right):
            while at < len(labelled) and labelled[at][0].start < start:
                at += 1
            stop = at
            while stop < len(labelled) and labelled[stop][0].end <= end:
                stop += 1
            if stop > at:
                yield _sentence(reading, norm, start, end, labelled[at:stop])
            at = stop


def _sentence(
    reading: Reading, norm: str, start: int, end: int, labelled: list[tuple[Mention, Posterior, list[Vote]]]
) -> Doc:
    first = reading.doc.char_span(start, end, alignment_mode="expand")
    assert first is not None
    doc = first.as_doc()
    shift = first.start_char
    names = {(link["start"], link["end"]): link["name"] for link in reading.doc._.links}
    known: list[tuple[int, int, str]] = []
    unsure: list[tuple[int, int]] = []
    for mention, posterior, _ in labelled:
        if posterior.probability < SURE:
            unsure.append((mention.start, mention.end))
        elif posterior.label != NONE:
            if mention.kind in ("count", "money"):
                known.append((mention.start, mention.end, "VALUE"))
            name = names.get((mention.start, mention.end))
            if name is not None and start <= name[0] and name[1] <= end:
                known.append((name[0], name[1], "METRIC"))
    numerals = find_numerals(Catalogue.load().compiled(read_measures), norm, start, end)
    known += [(n.start, n.unit_end, "PERIOD") for n in numerals if n.kind == "year"]
    words = {mention.scope: "SCOPE" for mention, _, _ in labelled if mention.scope}
    agency = reading.doc._.structure.get("agency")
    words |= {agency: "AGENCY"} if agency else {}
    for text, label in words.items():
        place = norm.find(text, start, end)
        if place >= 0:
            known.append((place, place + len(text), label))
    spans = filter_spans(_spans(doc, shift, [(a, b, label) for a, b, label in known]))
    missing = apart(_spans(doc, shift, [(a, b, "") for a, b in unsure]), spans)
    doc.set_ents(spans, missing=missing, default="outside")
    moved = [_moved(mention, shift) for mention, _, _ in labelled]
    add_votes(doc, moved, [votes for _, _, votes in labelled])
    add_posteriors(doc, moved, [posterior for _, posterior, _ in labelled])
    doc._.source_id = reading.doc._.source_id
    return doc


def _spans(doc: Doc, shift: int, places: list[tuple[int, int, str]]) -> list[Span]:
    found = (doc.char_span(a - shift, b - shift, label=label, alignment_mode="expand") for a, b, label in places)
    return [span for span in found if span is not None]


def _moved(mention: Mention, shift: int) -> Mention:
    return replace(mention, start=mention.start - shift, end=mention.end - shift)
