"""Component nianbao_linker: the canonical metric of each mention, or none."""

from __future__ import annotations

from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from nianbao.metrics import load_registry
from nianbao.pipes import extensions
from nianbao.pipes.mentions import from_plain
from nianbao.prose.linking import Link, Linker
from nianbao.prose.rules import default_rules


def link_to_plain(link: Link) -> dict[str, Any]:
    """The link as plain data, with the mention's own span, year and scope."""
    mention = link.mention
    return {
        "start": mention.start,
        "end": mention.end,
        "metric": link.metric,
        "applicant": link.applicant,
        "value": link.value,
        "status": link.status,
        "qualifier": mention.qualifier,
        "year": mention.year,
        "scope": mention.scope,
        "confidence": link.confidence,
        "rule": link.rule,
        "runner_up": link.runner_up,
        "name": list(link.name),
        "unit": mention.unit,
    }


class LinkerPipe:
    """Sets `doc._.links` from `doc._.mentions`."""

    def __init__(self) -> None:
        extensions.register()
        by_applicant = frozenset(m.id for m in load_registry() if "applicant" in m.dimensions)
        self.linker = Linker(default_rules(), by_applicant)

    def __call__(self, doc: Doc) -> Doc:
        mentions = [from_plain(data) for data in doc._.mentions]
        doc._.links = [link_to_plain(link) for link in self.linker.link(mentions)]
        return doc


@Language.factory("nianbao_linker", assigns=["doc._.links"], requires=["doc._.mentions"])
def create(nlp: Language, name: str) -> LinkerPipe:
    """The component, as spaCy's registry wants it."""
    return LinkerPipe()
