"""Linkers to compare: the rules alone, the label model alone, the network alone, and all together."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import lru_cache
from pathlib import Path

from spacy.tokens import Doc

from nianbao.catalogue import Catalogue
from nianbao.extractor import Extractor, load
from nianbao.paths import data_dir
from nianbao.pipes.linker import LinkerPipe, link_to_plain
from nianbao.pipes.mentions import from_plain
from nianbao.prose.decision.model import DecisionModel
from nianbao.prose.knowledge import Knowledge
from nianbao.prose.linking import Linker
from nianbao.training.labelling import fit, make_collector, read_simulated
from nianbao.weak import LabelModel
from nianbao.weak.linker import LabelLinker

Pipe = Callable[[Doc], Doc]
VARIANTS = ("rules", "label", "network", "decided")
NAMES = {"rules": "rules only", "label": "label model only", "network": "network only", "decided": "all"}
_FITTED_ON, _SEED = 80, 77


class _Labels:
    """Sets `doc._.links` with the label model, as nianbao_linker does with the others."""

    def __init__(self, linker: LabelLinker) -> None:
        self.linker = linker

    def __call__(self, doc: Doc) -> Doc:
        mentions = [from_plain(data) for data in doc._.mentions]
        doc._.links = [link_to_plain(link) for link in self.linker.link(mentions)]
        return doc


def linker(kind: str, without: Collection[str] = (), model: Path | None = None) -> Pipe:
    """The linker component of a variant.

    Args:
        kind: one of VARIANTS.
        without: ids of metrics that the registry shall not have.
        model: the decision's folder; None: the one that ships.

    Raises:
        FileNotFoundError: the variant wants a decision and there is none.
    """
    catalogue = Catalogue.load()
    if kind in ("rules", "network"):
        return LinkerPipe(catalogue, mode=kind, without=without)  # type: ignore[arg-type]
    if kind == "label":
        rules = Linker(catalogue.compiled(Knowledge))
        return _Labels(LabelLinker(rules, make_collector().without(without), _label_model()))
    decision = DecisionModel.load(model or data_dir("models") / "decision")
    return LinkerPipe(catalogue, model=decision, without=without)


@lru_cache(maxsize=1)
def _label_model() -> LabelModel:
    """Fitted without any truth, on simulated reports of the productions for training."""
    return fit(list(read_simulated(_FITTED_ON, _SEED, "train", Extractor(load(linker="rules")))))[0]
