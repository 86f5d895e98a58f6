"""Component nianbao_spans: what was read, as spans, entities and sentences, for spaCy's own tools."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import accumulate, chain, pairwise
from typing import Any

import numpy as np
from spacy.attrs import ENT_IOB, ENT_KB_ID, ENT_TYPE, SENT_START
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.training import Example

from nianbao.catalogue import Catalogue
from nianbao.language.measures import read_measures
from nianbao.pipes import extensions
from nianbao.pipes.base import ScoredPipe
from nianbao.pipes.places import CharSpan, apart, tokens_at
from nianbao.structure import BlockKind, sentence_starts

HEADINGS, METRICS, VALUES, ALL = "headings", "metrics", "values", "sc"
"""Span groups; ALL holds the three others, under the name that displaCy and `spacy evaluate` look for."""

ENTITIES = ("VALUE", "METRIC", "SCOPE", "AGENCY", "PERIOD")
"""Labels of entities; of two that overlap the one named first stays."""

_SCOPE_REACH = 200
_CHINESE_YEAR = "二[〇○零一][〇○零一二三四五六七八九]{2}"
_BEGIN, _INSIDE, _OUTSIDE = 3, 1, 2


class Spans(ScoredPipe):
    """Sets span groups, `doc.ents` and `doc.sents` from `doc._.structure` and `doc._.facts`.

    `doc.spans["headings"]` (HEADING-1 …), `["metrics"]` (METRIC, `kb_id_` is the metric's id), `["values"]` (VALUE) and
    `["sc"]`, all of them. Entities are METRIC, VALUE, PERIOD, SCOPE and AGENCY, none overlapping. A token that a span
    would cut through is cut. `Span._.fact`, `._.facts`, `._.metric`, `._.value` and `._.level` say what a span holds.

        >>> import nianbao
        >>> doc = nianbao.load()("平湖县2017年政府信息公开工作年度报告\\n一、依申请公开情况\\n全年收到申请28件。")
        >>> [(span.text, span.label_) for span in doc.spans["sc"]]
        [('一、依申请公开情况', 'HEADING-1'), ('收到申请', 'METRIC'), ('28', 'VALUE')]
        >>> doc.spans["values"][0]._.metric
        'requests.received'
    """

    def compile(self) -> None:
        units = self.catalogue.compiled(read_measures).units
        years = "|".join(
            sorted((unit for unit, kind in units.items() if kind == "time" and "年" in unit), key=len)[::-1]
        )
        self.year = re.compile(rf"(?:(?<!\d)(?:19|20)\d\d|{_CHINESE_YEAR}) ?(?:{years})(?! ?\d{{1,2}} ?月)")

    def __call__(self, doc: Doc) -> Doc:
        self.ready()
        _, norm = extensions.views(doc)
        structure = doc._.structure
        blocks: list[tuple[int, int, BlockKind]] = structure["blocks"]
        strings = doc.vocab.strings
        facts: list[dict[str, Any]] = doc._.facts
        groups = {
            HEADINGS: [
                CharSpan(h["start"], h["end"], strings.add(f"HEADING-{h['level']}")) for h in structure["headings"]
            ],
            METRICS: self._metrics(facts, strings.add),
            VALUES: self._values(facts, strings.add("VALUE")),
        }
        others = [
            *_scopes(norm, facts, strings.add("SCOPE")),
            *_agencies(norm, structure["agency"], strings.add("AGENCY")),
            *self._periods(norm, blocks, facts, strings.add("PERIOD")),
        ]
        places = [*chain.from_iterable(groups.values()), *others]
        doc, tokens, offsets = tokens_at(doc, norm, places)
        bounds = [0, *accumulate(map(len, groups.values()))]
        spans = [
            Span(doc, start, end, place.label, kb_id=place.id)
            for place, (start, end) in zip(places[: bounds[-1]], tokens, strict=False)
        ]
        for key, (start, end) in zip(groups, pairwise(bounds), strict=True):
            doc.spans[key] = spans[start:end]
        doc.spans[ALL] = [spans[at] for at in sorted(range(len(spans)), key=lambda at: (tokens[at][0], -tokens[at][1]))]
        ranked = [*range(bounds[2], bounds[3]), *range(bounds[1], bounds[2]), *range(bounds[3], len(places))]
        kept = [ranked[at] for at in apart([tokens[at] for at in ranked], len(doc))]
        _annotate(doc, offsets, sentence_starts(norm, blocks), [(*tokens[at], *places[at][2:]) for at in kept])
        return doc

    @staticmethod
    def _values(facts: Iterable[Mapping[str, Any]], label: int) -> list[CharSpan]:
        places = dict.fromkeys((fact["start"], fact["end"]) for fact in facts)
        return [CharSpan(start, end, label) for start, end in places if start < end]

    @staticmethod
    def _metrics(facts: Iterable[Mapping[str, Any]], number: Callable[[str], int]) -> list[CharSpan]:
        label = number("METRIC")
        named = dict.fromkeys((fact["metric_start"], fact["metric_end"], fact["metric"]) for fact in facts)
        return [
            CharSpan(start, end, label, number(metric) if metric else 0)
            for start, end, metric in named
            if start is not None and start < end
        ]

    def _periods(
        self,
        norm: str,
        blocks: Iterable[tuple[int, int, BlockKind]],
        facts: Iterable[Mapping[str, Any]],
        label: int,
    ) -> Iterator[CharSpan]:
        """The years in the title and in the lines of prose that hold facts."""
        starts = [fact["start"] for fact in facts if fact["basis"] == "prose"]
        at = 0
        for start, end, kind in blocks:
            while at < len(starts) and starts[at] < start:
                at += 1
            if kind == "title" or (kind == "prose" and at < len(starts) and starts[at] < end):
                for match in self.year.finditer(norm, start, end):
                    yield CharSpan(*match.span(), label)

    def score(self, examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
        """Figures for `spacy evaluate`; empty without a scorer."""
        return {} if self.scorer is None else self.scorer(examples, **kwargs)


def _scopes(norm: str, facts: Iterable[Mapping[str, Any]], label: int) -> Iterator[CharSpan]:
    """The words that name a fact's part of the agency, the nearest before its number."""
    found: dict[tuple[int, int], None] = {}
    for fact in facts:
        if scope := fact["scope"]:
            at = norm.rfind(scope, max(0, fact["start"] - _SCOPE_REACH), fact["start"])
            if at >= 0:
                found[at, at + len(scope)] = None
    return (CharSpan(start, end, label) for start, end in found)


def _agencies(norm: str, agency: str | None, label: int) -> Iterator[CharSpan]:
    """Every place where the agency's full name stands."""
    at = norm.find(agency) if agency else -1
    while agency and at >= 0:
        yield CharSpan(at, at + len(agency), label)
        at = norm.find(agency, at + len(agency))


def _annotate(doc: Doc, offsets: Any, sentences: Iterable[int], entities: Iterable[tuple[int, int, int, int]]) -> None:
    """Sets sentences and entities, all at once: token by token it would take as long as reading the prose.

    Args:
        offsets: of the tokens, ascending. sentences: offsets at which they begin. entities: first token, end, label
            and id of each.
    """
    if not len(doc):
        return
    begins, marks, labels, ids = table = np.zeros((4, len(doc)), dtype=np.uint64)
    begins[:], marks[:] = np.uint64(2**64 - 1), _OUTSIDE
    at = np.searchsorted(offsets, np.fromiter(sentences, dtype=np.int64))
    begins[at[at < len(doc)]] = begins[0] = 1
    for start, end, label, number in entities:
        marks[start:end] = _INSIDE
        marks[start] = _BEGIN
        labels[start:end] = label
        ids[start:end] = number
    doc.from_array([SENT_START, ENT_IOB, ENT_TYPE, ENT_KB_ID], table.T)  # type: ignore[arg-type]


@Language.factory(
    "nianbao_spans",
    assigns=["doc.spans", "doc.ents", "doc.sents", "token.is_sent_start"],
    requires=["doc._.structure", "doc._.facts"],
    retokenizes=True,
    default_config={"catalogue": {"@misc": "nianbao.Catalogue.v1"}, "scorer": {"@scorers": "nianbao.report_scorer.v1"}},
    default_score_weights={"spans_sc_f": 1.0, "spans_sc_p": 0.0, "spans_sc_r": 0.0, "spans_sc_per_type": None},
)
def create(nlp: Language, name: str, catalogue: Catalogue, scorer: Callable[..., dict[str, Any]] | None) -> Spans:
    """The component, as spaCy's registry wants it."""
    return Spans(catalogue, name, scorer)
