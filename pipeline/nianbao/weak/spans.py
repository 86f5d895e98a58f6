"""Labelling functions and the label model on a Doc: span groups to look at, and what is known of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from spacy.tokens import Doc, Span, SpanGroup

from nianbao.prose.mention import Mention
from nianbao.weak.functions import NONE, Vote
from nianbao.weak.label_model import Posterior

PREFIX = "weak/"
AGGREGATED = "weak/labels"
_NO_METRIC = "none"


def add_votes(doc: Doc, mentions: Sequence[Mention], votes: Sequence[Sequence[Vote]]) -> None:
    """A span group `weak/<function>` for each labelling function that speaks, its spans labelled as it says."""
    groups: dict[str, list[Span]] = defaultdict(list)
    for mention, given in zip(mentions, votes, strict=True):
        for vote in given:
            span = doc.char_span(mention.start, mention.end, label=vote.label or _NO_METRIC, alignment_mode="expand")
            if span is not None:
                groups[vote.function].append(span)
    for name, spans in groups.items():
        doc.spans[PREFIX + name] = SpanGroup(doc, name=PREFIX + name, spans=spans)


def add_posteriors(doc: Doc, mentions: Sequence[Mention], posteriors: Sequence[Posterior]) -> None:
    """The group `weak/labels`: each mention with its likeliest label; `attrs["probabilities"]` in the same order."""
    spans, probabilities = [], []
    for mention, found in zip(mentions, posteriors, strict=True):
        label = found.label if found.label != NONE else _NO_METRIC
        span = doc.char_span(mention.start, mention.end, label=label, alignment_mode="expand")
        if span is not None:
            spans.append(span)
            probabilities.append(round(found.probability, 4))
    attrs = {"probabilities": probabilities}
    doc.spans[AGGREGATED] = SpanGroup(doc, name=AGGREGATED, attrs=attrs, spans=spans)
