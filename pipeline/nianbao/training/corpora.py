"""Corpora for `spacy train`: windows of lines and single sentences, from the simulator or from a DocBin."""

from __future__ import annotations

import logging
import random
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from spacy.tokens import Doc, DocBin, Span, SpanGroup
from spacy.training import Example
from spacy.util import filter_spans

from nianbao.language.script import normalize
from nianbao.pipes import extensions
from nianbao.pipes.tagger import SPANS_KEY
from nianbao.simulate import SimulatedLine, SimulatedReport, generate

if TYPE_CHECKING:
    from spacy.language import Language

log = logging.getLogger("nianbao")

ENTITIES = ("METRIC", "VALUE", "PERIOD", "SCOPE", "AGENCY")
WINDOW_LINES = 14
_SENTENCE = re.compile(r"[^。!?;]+[。!?;]?")
_SAYS = re.compile(r"\d|[零一二两三四五六七八九十百][件条次个人]|[无未没]|均|全部")
_DIGITS = re.compile(r"\d+")


class DocMaker:
    """Makes short reference Docs of simulated reports.

    Args:
        nlp: tokenizes.
        seed: of which windows and sentences are taken.
        windows, sentences: how many of each at most from one report.
    """

    def __init__(self, nlp: Language, seed: int, windows: int = 2, sentences: int = 8) -> None:
        extensions.register()
        self.nlp = nlp
        self.rng = random.Random(f"corpus/{seed}")
        self.windows = windows
        self.sentences = sentences
        self.misaligned = 0
        self._seen: set[str] = set()

    def docs(self, reports: Iterable[SimulatedReport]) -> Iterator[Doc]:
        """Windows and sentences; a sentence that differs from an earlier one in its digits alone is left out."""
        for report in reports:
            yield from self._windows(report)
            yield from self._sentences(report)

    def _windows(self, report: SimulatedReport) -> Iterator[Doc]:
        lines = report.lines
        levels = {heading.start: heading.level for heading in report.headings}
        for _ in range(self.windows if lines else 0):
            first = self.rng.randrange(max(1, len(lines) - WINDOW_LINES + 1))
            # The head of the document holds its only title.
            first = 0 if self.rng.random() < 0.15 else first
            own = lines[first : first + WINDOW_LINES]
            start, end = own[0].start, own[-1].end
            spans = [(s.start, s.end, s.kind) for s in report.segments if start <= s.start < end]
            rows = [(s.start, s.end, "table_row") for s in own if s.kind == "table" and _is_row(report.text, s)]
            spans = [s for s in spans if not any(a <= s[0] < b for a, b, _ in rows)] + rows
            doc = self.nlp.make_doc(report.text[start:end])
            found = []
            for left, right, kind in sorted(spans):
                label = f"heading-{min(levels.get(left, 1), 5)}" if kind == "heading" else kind
                span = doc.char_span(left - start, min(right, end) - start, label=label, alignment_mode="expand")
                if span is not None:
                    found.append(span)
            doc.spans[SPANS_KEY] = SpanGroup(doc, name=SPANS_KEY, spans=found)
            # What these lines name is not said: it must neither teach nor count against the mention tagger.
            doc.set_ents([], default="missing")
            yield doc

    def _sentences(self, report: SimulatedReport) -> Iterator[Doc]:
        found = []
        for part in report.segments:
            if part.kind != "prose":
                continue
            norm = normalize(report.text[part.start : part.end])
            for match in _SENTENCE.finditer(norm):
                if _SAYS.search(match[0]) and len(match[0]) < 400:
                    found.append((part.start + match.start(), part.start + match.end(), match[0]))
        self.rng.shuffle(found)
        taken = 0
        for start, end, norm in found:
            key = _DIGITS.sub("0", "".join(norm.split()))
            if taken == self.sentences or key in self._seen:
                continue
            self._seen.add(key)
            taken += 1
            yield self._sentence(report, start, end)

    def _sentence(self, report: SimulatedReport, start: int, end: int) -> Doc:
        doc = self.nlp.make_doc(report.text[start:end])
        spans: list[Span] = []
        unsure: list[Span] = []
        for known in report.spans:
            if known.label not in ENTITIES or not (start <= known.start and known.end <= end):
                continue
            left, right = known.start - start, known.end - start
            span = doc.char_span(left, right, label=known.label)
            if span is not None:
                spans.append(span)
                continue
            self.misaligned += 1
            near = doc.char_span(left, right, alignment_mode="expand")
            if near is not None:
                unsure.append(near)
        spans = filter_spans(spans)
        doc.set_ents(spans, missing=apart(unsure, spans), default="outside")
        return doc


def apart(spans: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """Those of the spans, none overlapping, that touch none of the others."""
    taken = {token for span in others for token in range(span.start, span.end)}
    return [span for span in filter_spans(spans) if taken.isdisjoint(range(span.start, span.end))]


def _is_row(text: str, line: SimulatedLine) -> bool:
    words = text[line.start : line.end]
    return "|" not in words and "｜" not in words and "\t" not in words


def create_corpus(
    path: str | None = None,
    more: str | None = None,
    reports: int = 0,
    seed: int = 0,
    split: str = "train",
    windows: int = 2,
    sentences: int = 8,
) -> Callable[[Language], Iterable[Example]]:
    """What the registry holds under `nianbao.Corpus.v1`: a reader of examples, for `[corpora]` of a config.

    Args:
        path, more: DocBins (.spacy) of reference Docs, weak or gold; None or "": none.
        reports: how many simulated reports to take as well.
        seed: of the simulated reports, and of what is taken from them.
        split: which productions they use: "train", "held_out" or "all".
        windows, sentences: how many windows of lines and how many sentences at most from one report.

    Raises:
        FileNotFoundError: there is no file at `path`.
    """
    kept: list[Doc] = []

    def read(nlp: Language) -> Iterator[Example]:
        if not kept:
            kept.extend(
                _read(nlp, [Path(place) for place in (path, more) if place], reports, seed, split, windows, sentences)
            )
        for reference in kept:
            yield Example(nlp.make_doc(reference.text), reference)

    return read


def _read(
    nlp: Language, paths: Iterable[Path], reports: int, seed: int, split: str, windows: int, sentences: int
) -> Iterator[Doc]:
    extensions.register()
    for path in paths:
        if not path.is_file():
            raise FileNotFoundError(f"no corpus at {path}; make one with `nianbao weak label ... -o {path}`")
        yield from DocBin().from_disk(path).get_docs(nlp.vocab)
    maker = DocMaker(nlp, seed, windows, sentences)
    yield from maker.docs(generate(reports, seed=seed, split=split))  # type: ignore[arg-type]
    if maker.misaligned:
        log.info("%d spans of simulated reports cut through tokens and were not used", maker.misaligned)
