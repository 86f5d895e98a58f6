"""Component nianbao_spans: what was read, as spans, entities and sentences, for spaCy's own tools."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from spacy.attrs import ENT_IOB, ENT_KB_ID, ENT_TYPE, IDX, SENT_START
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.training import Example

from nianbao.catalogue import Catalogue
from nianbao.language.measures import read_measures
from nianbao.pipes import extensions
from nianbao.pipes.base import CataloguePipe
from nianbao.pipes.places import Place, apart, cut_at, spans_at
from nianbao.structure import Structure, sentence_starts

HEADINGS, METRICS, VALUES, ALL = "headings", "metrics", "values", "sc"
"""Span groups; ALL holds the three others, under the name that displaCy and `spacy evaluate` look for."""

ENTITIES = ("VALUE", "METRIC", "SCOPE", "AGENCY", "PERIOD")
"""Labels of entities; of two that overlap the one named first stays."""

_SCOPE_REACH = 200
_CHINESE_YEAR = "二[〇○零一][〇○零一二三四五六七八九]{2}"
_BEGIN, _INSIDE, _OUTSIDE = 3, 1, 2


class Spans(CataloguePipe):
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

    def __init__(
        self,
        catalogue: Catalogue,
        name: str = "nianbao_spans",
        scorer: Callable[..., dict[str, Any]] | None = None,
    ) -> None:
        super().__init__(catalogue, name)
        self.scorer = scorer

    def settings(self) -> dict[str, Any]:
        return {"scorer": self.scorer}

    def compile(self) -> None:
        units = self.catalogue.compiled(read_measures).units
        years = "|".join(
            sorted((unit for unit, kind in units.items() if kind == "time" and "年" in unit), key=len)[::-1]
        )
        self.year = re.compile(rf"(?:(?<!\d)(?:19|20)\d\d|{_CHINESE_YEAR}) ?(?:{years})(?! ?\d{{1,2}} ?月)")

    def __call__(self, doc: Doc) -> Doc:
        self.ready()
        _, norm = extensions.views(doc)
        structure = Structure.from_dict(doc._.structure)
        strings = doc.vocab.strings
        facts: list[dict[str, Any]] = doc._.facts
        headings = [Place(h.start, h.end, strings.add(f"HEADING-{h.level}")) for h in structure.headings]
        metrics = self._metrics(facts, strings.add)
        value = strings.add("VALUE")
        values = [
            Place(*place, value) for place in dict.fromkeys((f["start"], f["end"]) for f in facts) if _said(place)
        ]
        others = [
            *_scopes(norm, facts, strings.add("SCOPE")),
            *_agencies(norm, structure.agency, strings.add("AGENCY")),
            *self._periods(norm, structure, facts, strings.add("PERIOD")),
        ]
        marked = [*headings, *metrics, *values]
        cut_at(doc, norm, [*marked, *others])
        spans = spans_at(doc, [*marked, *others])
        bounds = [0, *accumulate(map(len, (headings, metrics, values)))]
        groups = [spans[start:end] for start, end in pairwise(bounds)]
        for key, group in zip((HEADINGS, METRICS, VALUES), groups, strict=True):
            doc.spans[key] = group
        doc.spans[ALL] = sorted(spans[: len(marked)], key=lambda span: (span.start, -span.end))
        _, named, counted = groups
        entities = apart((*counted, *named, *spans[len(marked) :]), len(doc))
        _annotate(doc, sentence_starts(norm, structure), entities)
        return doc

    @staticmethod
    def _metrics(facts: Iterable[Mapping[str, Any]], number: Callable[[str], int]) -> list[Place]:
        label = number("METRIC")
        named = dict.fromkeys((fact["metric_start"], fact["metric_end"], fact["metric"]) for fact in facts)
        return [
            Place(start, end, label, number(metric) if metric else 0)
            for start, end, metric in named
            if start is not None and start < end
        ]

    def _periods(
        self, norm: str, structure: Structure, facts: Iterable[Mapping[str, Any]], label: int
    ) -> Iterator[Place]:
        """The years in the title and in the lines of prose that hold facts."""
        starts = [fact["start"] for fact in facts if fact["basis"] == "prose"]
        at = 0
        for start, end, kind in structure.blocks:
            while at < len(starts) and starts[at] < start:
                at += 1
            if kind == "title" or (kind == "prose" and at < len(starts) and starts[at] < end):
                for match in self.year.finditer(norm, start, end):
                    yield Place(*match.span(), label)

    def score(self, examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
        """Figures for `spacy evaluate`; empty without a scorer."""
        return {} if self.scorer is None else self.scorer(examples, **kwargs)


def _said(place: tuple[int, int]) -> bool:
    return place[0] < place[1]


def _scopes(norm: str, facts: Iterable[Mapping[str, Any]], label: int) -> Iterator[Place]:
    """The words that name a fact's part of the agency, the nearest before its number."""
    found: dict[tuple[int, int], None] = {}
    for fact in facts:
        if scope := fact["scope"]:
            at = norm.rfind(scope, max(0, fact["start"] - _SCOPE_REACH), fact["start"])
            if at >= 0:
                found[at, at + len(scope)] = None
    return (Place(start, end, label) for start, end in found)


def _agencies(norm: str, agency: str | None, label: int) -> Iterator[Place]:
    """Every place where the agency's full name stands."""
    at = norm.find(agency) if agency else -1
    while agency and at >= 0:
        yield Place(at, at + len(agency), label)
        at = norm.find(agency, at + len(agency))


def _annotate(doc: Doc, starts: Iterable[int], entities: Iterable[Span]) -> None:
    """Sets sentences and entities, all at once: token by token it would take as long as reading the prose."""
    if not len(doc):
        return
    table: Any = np.zeros((len(doc), 4), dtype=np.int64)
    table[:, 0], table[:, 1] = -1, _OUTSIDE
    offsets = doc.to_array([IDX]).reshape(-1).astype(np.int64)
    at = np.searchsorted(offsets, np.fromiter(starts, dtype=np.int64))
    table[at[at < len(doc)], 0] = 1
    table[0, 0] = 1
    labels, ids = table[:, 2].view(np.uint64), table[:, 3].view(np.uint64)
    for entity in entities:
        table[entity.start : entity.end, 1] = _INSIDE
        table[entity.start, 1] = _BEGIN
        labels[entity.start : entity.end] = entity.label
        ids[entity.start : entity.end] = entity.kb_id
    doc.from_array([SENT_START, ENT_IOB, ENT_TYPE, ENT_KB_ID], table.view(np.uint64))


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
