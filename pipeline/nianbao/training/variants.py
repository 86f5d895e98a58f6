"""Linkers to compare: the rules alone, the label model alone, the trained model alone, and all together."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from spacy.tokens import Doc

from nianbao.extractor import Extractor
from nianbao.metrics import load_registry
from nianbao.paths import data_dir
from nianbao.pipes import extensions
from nianbao.pipes.linker import link_to_plain
from nianbao.pipes.mentions import from_plain
from nianbao.prose.linking import LearnedLinker, Link, Linker
from nianbao.prose.mentions import Mention
from nianbao.prose.model import LinkModel
from nianbao.prose.rules import RuleSet, default_rules
from nianbao.training.labelling import fit, make_collector, read_simulated
from nianbao.weak import LabelModel
from nianbao.weak.linker import LabelLinker

Pipe = Callable[[Doc], Doc]
VARIANTS = ("rules", "label", "model", "all")
NAMES = {"rules": "rules only", "label": "label model only", "model": "trained only", "all": "all"}
_FITTED_ON, _SEED = 150, 77


class _Linking(Protocol):
    def link(self, mentions: list[Mention], norm: str) -> list[Link]: ...


class _Rules:
    """The rules' linker, called as the others are."""

    def __init__(self, linker: Linker) -> None:
        self.linker = linker

    def link(self, mentions: list[Mention], norm: str) -> list[Link]:
        return self.linker.link(mentions)


class _Links:
    """Sets `doc._.links` with a given linker, as nianbao_linker does."""

    def __init__(self, linker: _Linking) -> None:
        self.linker = linker

    def __call__(self, doc: Doc) -> Doc:
        _, norm = extensions.views(doc)
        mentions = [from_plain(data) for data in doc._.mentions]
        doc._.links = [link_to_plain(link) for link in self.linker.link(mentions, norm)]
        return doc


def linker(kind: str, without: Collection[str] = (), model: Path | None = None) -> Pipe:
    """The linker component of a variant.

    Args:
        kind: one of VARIANTS.
        without: ids of metrics that the registry shall not have.
        model: the trained linker's folder; None: the one that ships.

    Raises:
        FileNotFoundError: the variant wants a trained linker and there is none.
    """
    if kind == "rules":
        return _Links(_Rules(_rule_linker(without)))
    if kind == "label":
        return _Links(LabelLinker(_rule_linker(without), make_collector().without(without), _label_model()))
    trained = LinkModel.load(model or data_dir("models") / "linker")
    known = frozenset(metric.id for metric in load_registry()) - frozenset(without)
    base = _rule_linker(known if kind == "model" else without)
    return _Links(LearnedLinker(base, trained, known))


def _rule_linker(without: Collection[str]) -> Linker:
    rules = default_rules()
    kept = RuleSet(tuple(rule for rule in rules.rules if rule.metric not in without), rules.topics)
    return Linker(kept, frozenset(m.id for m in load_registry() if "applicant" in m.dimensions))


@lru_cache(maxsize=1)
def _label_model() -> LabelModel:
    """Fitted without any truth, on simulated reports of the productions for training."""
    return fit(list(read_simulated(_FITTED_ON, _SEED, "train", Extractor())))[0]
