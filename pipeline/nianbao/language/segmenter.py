"""A pkuseg model (a CRF over characters), read without running code from its files, its features taken fast."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import srsly

from nianbao.paths import data_dir

FEATURES, WEIGHTS = "features.msgpack", "weights.npz"

# pkuseg takes digits, full-width letters and some marks for classes of characters. Its classes have names of several
# characters; here each is one private character, so that a text's features are slices of a string.
_NUMBER, _LETTER = "\ue000", "\ue001"
_LONGEST_WORD, _SHORTEST_WORD = 6, 2


def _classes() -> dict[int, str]:
    from spacy_pkuseg.feature_extractor import FeatureExtractor

    marks = dict.fromkeys(FeatureExtractor.keywords, "&")
    numbers = dict.fromkeys(FeatureExtractor.num, _NUMBER)
    letters = dict.fromkeys(FeatureExtractor.letter, _LETTER)
    return {ord(character): name for character, name in (letters | numbers | marks).items()}


class Segmenter:
    """pkuseg's model and features, filled from msgpack and plain arrays.

    The two files are pkuseg's own (`spacy_pkuseg.train` writes them), and the words are those that pkuseg's `cut`
    gives without dictionaries. Its loader is not used: where a file is missing it falls back to pickles, and it keeps
    its folder in a global. Its feature extraction is not used either: it builds over fifty strings a character, of
    which one or two are features; looking up only these takes a quarter of the time.

    Args:
        features: the bytes of features.msgpack: words, pairs of words, features and tags.
        weights: the bytes of weights.npz: `sizes` (tags, features) and `w`, tags for each feature, then transitions.

    Raises:
        ValueError: the two files do not fit each other.
    """

    __slots__ = ("_begins", "_features", "_model", "_next", "_pairs", "_single", "_translation", "_weights", "_words")

    def __init__(self, features: bytes, weights: bytes) -> None:
        self._features, self._weights = features, weights
        data = srsly.msgpack_loads(features)
        self._model = _model(weights, len(data["tag_to_idx"]), len(data["feature_to_idx"]))
        self._begins = frozenset(index for tag, index in data["tag_to_idx"].items() if "B" in tag)
        self._translation = _classes()
        self._words = frozenset(data["unigram"])
        self._index_features(data["feature_to_idx"])

    def _index_features(self, features: dict[str, int]) -> None:
        # By place, in pkuseg's order: c, c-1, c-1c, c1, cc1, c-2, c-2c-1, c2; then words that end or begin, and pairs.
        names = ("c", "c-1", "c-1c", "c1", "cc1", "c-2", "c-2c-1", "c2", "w-1", "w1", "ww.l", "ww.r")
        tables: dict[str, dict[str, int]] = {name: {} for name in names}
        for feature, index in features.items():
            # The longest name that fits: "ww.l" has a point of its own.
            name = feature[:4] if feature.startswith("ww.") else feature.partition(".")[0]
            if name not in tables:
                continue
            key = feature[len(name) + 1 :].replace("**Num", _NUMBER).replace("**Letter", _LETTER)
            tables[name][key[0] + key[2] if name in ("c-1c", "cc1", "c-2c-1") else key] = index
        self._single = tuple(tables[name] for name in names[:8])
        self._next = (tables["w-1"], tables["w1"])
        self._pairs = (tables["ww.l"], tables["ww.r"])

    def cuts(self, text: str) -> list[int]:
        """The places where words begin in `text`, which holds no blanks; the first word's is left out."""
        from spacy_pkuseg.inference import decodeViterbi_fast

        if len(text) < 2:
            return []
        _, tags = decodeViterbi_fast(self._features_of(text.translate(self._translation)), self._model)
        begins = self._begins
        return [index for index, tag in enumerate(tags) if index and tag in begins]

    def _features_of(self, text: str) -> list[list[int]]:
        """The features of each character, as pkuseg orders them."""
        begin, end = self._words_in(text)
        c, before, before_pair, after, after_pair, second, second_pair, next_but_one = self._single
        size = len(text)
        found: list[list[int]] = []
        for i in range(size):
            indices: list[int | None] = [0, c.get(text[i])]
            if i:
                indices += before.get(text[i - 1]), before_pair.get(text[i - 1 : i + 1])
            if i + 1 < size:
                indices += after.get(text[i + 1]), after_pair.get(text[i : i + 2])
            if i > 1:
                indices += second.get(text[i - 2]), second_pair.get(text[i - 2 : i])
            if i + 2 < size:
                indices.append(next_but_one.get(text[i + 2]))
            ending, beginning = end[i], begin[i]
            if ending:
                indices += map(self._next[0].get, ending)
                if i + 1 < size and begin[i + 1]:
                    pairs = self._pairs[1]
                    indices += [pairs.get(f"{one}*{two}") for one in ending for two in begin[i + 1]]
            if beginning:
                indices += map(self._next[1].get, beginning)
                if i and end[i - 1]:
                    pairs = self._pairs[0]
                    indices += [pairs.get(f"{one}*{two}") for one in end[i - 1] for two in beginning]
            found.append([index for index in indices if index is not None])
        return found

    def _words_in(self, text: str) -> tuple[list[list[str]], list[list[str]]]:
        """The model's words that begin, and those that end, at each character; the longest first."""
        words, size = self._words, len(text)
        begin: list[list[str]] = [[] for _ in range(size)]
        end: list[list[str]] = [[] for _ in range(size)]
        for start in range(size - 1):
            for stop in range(min(start + _LONGEST_WORD, size), start + _SHORTEST_WORD - 1, -1):
                word = text[start:stop]
                if word in words:
                    begin[start].append(word)
                    end[stop - 1].append(word)
        return begin, end

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


def _model(weights: bytes, tags: int, features: int) -> Any:
    from spacy_pkuseg.model import Model

    arrays = np.load(io.BytesIO(weights), allow_pickle=False)
    model: Any = Model.__new__(Model)
    model.n_tag, model.n_feature = (int(size) for size in arrays["sizes"])
    model.w = arrays["w"].astype(np.float64)
    model.n_transition_feature = tags * (features + tags)
    if (model.n_tag, model.n_feature) != (tags, features) or model.w.shape != (model.n_transition_feature,):
        raise ValueError(f"{WEIGHTS} does not fit {FEATURES}: {model.w.shape} weights; train the model again")
    return model


@cache
def own_segmenter() -> Segmenter:
    """The project's model, models/pkuseg."""
    return Segmenter.from_disk(data_dir("models") / "pkuseg")
