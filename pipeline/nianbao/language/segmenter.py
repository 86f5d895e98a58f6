"""A pkuseg model (a CRF over characters) that is read without running code from its files."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import srsly

from nianbao.paths import data_dir

FEATURES, WEIGHTS = "features.msgpack", "weights.npz"


class Segmenter:
    """pkuseg's model and feature extractor, filled from msgpack and plain arrays.

    The two files are pkuseg's own (`spacy_pkuseg.train` writes them), but pkuseg's loader is not used: where a file is
    missing it falls back to pickles, it keeps its folder in a global, and it post-processes with a pickled dictionary.
    """

    __slots__ = ("_begins", "_extractor", "_features", "_model", "_weights")

    def __init__(self, features: bytes, weights: bytes) -> None:
        from spacy_pkuseg.feature_extractor import FeatureExtractor
        from spacy_pkuseg.model import Model

        self._features, self._weights = features, weights
        data = srsly.msgpack_loads(features)
        arrays = np.load(io.BytesIO(weights), allow_pickle=False)
        extractor: Any = FeatureExtractor.__new__(FeatureExtractor)
        extractor.unigram, extractor.bigram = set(data["unigram"]), set(data["bigram"])
        extractor.feature_to_idx, extractor.tag_to_idx = data["feature_to_idx"], data["tag_to_idx"]
        model: Any = Model.__new__(Model)
        model.n_tag, model.n_feature = (int(size) for size in arrays["sizes"])
        model.w = arrays["w"].astype(np.float64)
        model.n_transition_feature = model.w.shape[0]
        if model.w.shape[0] != model.n_tag * (model.n_feature + model.n_tag):
            raise ValueError(f"{WEIGHTS} does not fit {FEATURES}: {model.w.shape[0]} weights; train the model again")
        self._extractor, self._model = extractor, model
        self._begins = frozenset(index for tag, index in extractor.tag_to_idx.items() if "B" in tag)

    def cuts(self, text: str) -> list[int]:
        """The places where words begin in `text`, which holds no blanks; the first word's is left out."""
        from spacy_pkuseg import inference

        nodes = list(self._extractor.normalize_text(text))
        features = [self._extractor.get_node_features_idx(index, nodes) for index in range(len(nodes))]
        _, tags = inference.decodeViterbi_fast(features, self._model)
        return [index for index, tag in enumerate(tags) if index and tag in self._begins]

    def to_bytes(self) -> dict[str, bytes]:
        """The two files."""
        return {FEATURES: self._features, WEIGHTS: self._weights}

    @classmethod
    def from_bytes(cls, files: dict[str, bytes]) -> Segmenter:
        """From what `to_bytes` gave."""
        return cls(files[FEATURES], files[WEIGHTS])

    @classmethod
    def from_disk(cls, folder: Path) -> Segmenter:
        """From a folder that holds the two files.

        Raises:
            FileNotFoundError: one of them is missing.
        """
        return cls((folder / FEATURES).read_bytes(), (folder / WEIGHTS).read_bytes())


@cache
def own_segmenter() -> Segmenter:
    """The project's model, models/pkuseg."""
    return Segmenter.from_disk(data_dir("models") / "pkuseg")
