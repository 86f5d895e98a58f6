"""A pkuseg model (a CRF over characters), read without running code from its files, its features taken fast."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import srsly

from nianbao.language.automaton import Automaton
from nianbao.light import standing_in
from nianbao.paths import data_dir

FEATURES, WEIGHTS, LAYOUT = "features.msgpack", "weights.npz", "layout.npz"

# pkuseg takes digits, full-width letters and some marks for classes of characters. Its classes have names of several
# characters; here each is one private character, so that a text's features are slices of a string.
_NUMBER, _LETTER = "\ue000", "\ue001"
_REMEMBERED = 20_000

# What pkuseg calls a feature of a place, and how far from the place the character, or the pair's first one, stands.
_CHARACTERS = {"c": 0, "c-1": -1, "c1": 1, "c-2": -2, "c2": 2}
_PAIRS = {"c-1c": -1, "cc1": 0, "c-2c-1": -2}
_ENDING, _BEGINNING, _WORDS_BEFORE, _WORDS_BEHIND = "w-1", "w1", "ww.l", "ww.r"

_Tables = dict[str, dict[str, int]]


def _classes() -> dict[int, str]:
    # pkuseg brings a web client, to fetch models.
    with standing_in("spacy_pkuseg.download", "download_model"):
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
    which one or two are features. What a character, a pair of characters or a word adds to the scores of the places
    around it is a row of an array here, so that the scores of a clause are sums of whole columns.

    Args:
        features: the bytes of features.msgpack: words, pairs of words, features and tags.
        weights: the bytes of weights.npz: `sizes` (tags, features) and `w`, tags for each feature, then transitions.
        layout: what `layout()` gave of the same two files, which saves the laying out; any other is passed over.

    Raises:
        ValueError: the two files do not fit each other.
    """

    def __init__(self, features: bytes, weights: bytes, layout: bytes | None = None) -> None:
        self._features, self._weights, self._layout = features, weights, layout
        laid = read_layout(layout, features, weights) if layout else None
        laid = laid or lay_out(features, weights)
        self._transitions, self._begins = laid["transitions"], laid["begins"]
        self._translation = _classes()
        # Characters and pairs have numbers from 1; 0 is for those that the model does not know.
        known = laid["characters"]
        self._numbers = np.zeros(int(known.max(initial=0)) + 2, dtype=np.int64)
        self._numbers[known] = np.arange(1, len(known) + 1)
        self._width = len(known) + 1
        # One more at the end, which no pair of a text reaches, so that a search never falls off.
        self._pairs = np.append(laid["pairs"], self._width**2)
        stacks = {name: rows.astype(np.float64) for name, rows in laid.items() if name.startswith("rows:")}
        self._rows = [(shift, stacks[f"rows:{name}"]) for name, shift in _CHARACTERS.items()]
        self._rows[0][1][:] += laid["base"].astype(np.float64)
        self._pair_rows = [(shift, stacks[f"rows:{name}"]) for name, shift in _PAIRS.items()]
        self._ending, self._beginning = stacks[f"rows:{_ENDING}"], stacks[f"rows:{_BEGINNING}"]
        self._before, self._behind = stacks[f"rows:{_WORDS_BEFORE}"], stacks[f"rows:{_WORDS_BEHIND}"]
        self._word_pairs = {pair: at for at, pair in enumerate(map(tuple, laid["word_pairs"].tolist()), 1)}
        words = laid["words"].tobytes().decode("utf-8").split("\n")
        # A word of one character is no feature of its place.
        self._numbered = [(word, number) for number, word in enumerate(words, 1) if len(word) > 1]
        self._automaton = Automaton([word for word, _ in self._numbered])
        self._remembered: dict[str, tuple[int, ...]] = {}

    def layout(self) -> bytes:
        """The model laid out, for `LAYOUT` beside its two files."""
        buffer = io.BytesIO()
        arrays = lay_out(self._features, self._weights)
        np.savez_compressed(buffer, digest=_digest(self._features, self._weights), **arrays)
        return buffer.getvalue()

    def cuts(self, text: str) -> tuple[int, ...]:
        """The places where words begin in `text`, which holds no blanks; the first word's is left out."""
        return self.all_cuts([text])[0]

    def all_cuts(self, texts: Iterable[str]) -> list[tuple[int, ...]]:
        """`cuts` of each text, decoded together, which takes a fifth of the time."""
        translated = [text.translate(self._translation) for text in texts]
        found = {text: self._remembered.get(text) for text in translated}
        missing = [text for text, cuts in found.items() if cuts is None]
        if missing:
            fresh = dict(zip(missing, self._decode(missing), strict=True))
            if len(self._remembered) + len(fresh) > _REMEMBERED:
                self._remembered.clear()
            self._remembered.update(fresh)
            found.update(fresh)
        return [found[text] or () for text in translated]

    def _decode(self, texts: list[str]) -> list[tuple[int, ...]]:
        from spacy_pkuseg.inference import run_viterbi

        # Two characters that the model does not know keep one text out of the next one's features.
        scores = self._scores_of("\n\n".join(texts))
        decoded, start = [], 0
        for text in texts:
            cuts: list[int] = []
            if len(text) > 1:
                _, tags = run_viterbi(scores[start : start + len(text)], self._transitions)
                cuts = (self._begins[tags[1:]].nonzero()[0] + 1).tolist()
            decoded.append(tuple(cuts))
            start += len(text) + 2
        return decoded

    def _scores_of(self, text: str) -> Any:
        """The score of each tag at each character, characters by tags."""
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        known = self._numbers[np.minimum(codes, len(self._numbers) - 1)]
        coded = known[:-1] * self._width + known[1:]
        at = np.searchsorted(self._pairs, coded)
        pairs = np.where(self._pairs[at] == coded, at + 1, 0)
        scores = self._rows[0][1][known]
        for shift, rows in self._rows[1:]:
            _add(scores, rows[known], shift)
        for shift, rows in self._pair_rows:
            _add(scores, rows[pairs], shift)
        self._add_words(text, scores)
        return scores

    def _add_words(self, text: str, scores: Any) -> None:
        begins, ends, words = self._words_in(text)
        if not words:
            return
        np.add.at(scores, begins, self._beginning[words])
        np.add.at(scores, ends, self._ending[words])
        ending: dict[int, list[int]] = {}
        for end, word in zip(ends, words, strict=True):
            ending.setdefault(end + 1, []).append(word)
        for begin, word in zip(begins, words, strict=True):
            for other in ending.get(begin, ()):
                if pair := self._word_pairs.get((other, word)):
                    scores[begin - 1] += self._behind[pair]
                    scores[begin] += self._before[pair]

    def _words_in(self, text: str) -> tuple[list[int], list[int], list[int]]:
        """Where the model's words begin, at which character they end, and their numbers."""
        found = sorted((begin, end, word) for word, begin, end in self._automaton.every(text))
        numbered = self._numbered
        return (
            [begin for begin, _, _ in found],
            [end - 1 for _, end, _ in found],
            [numbered[word][1] for _, _, word in found],
        )

    def to_bytes(self) -> dict[str, bytes]:
        """The two files, and the layout where there is one."""
        files = {FEATURES: self._features, WEIGHTS: self._weights}
        return {**files, LAYOUT: self._layout} if self._layout else files

    @classmethod
    def from_bytes(cls, files: dict[str, bytes]) -> Segmenter:
        """From what `to_bytes` gave."""
        return cls(files[FEATURES], files[WEIGHTS], files.get(LAYOUT))

    @classmethod
    def from_disk(cls, folder: Path) -> Segmenter:
        """From a folder that holds the two files.

        Raises:
            FileNotFoundError: one of them is missing.
        """
        layout = folder / LAYOUT
        return cls(
            (folder / FEATURES).read_bytes(),
            (folder / WEIGHTS).read_bytes(),
            layout.read_bytes() if layout.is_file() else None,
        )


def lay_out(features: bytes, weights: bytes) -> dict[str, Any]:
    """The model's arrays: what each character, pair, word and pair of words adds, by number (rows from 1, 0 for none).

    Raises:
        ValueError: the two files do not fit each other.
    """
    data = srsly.msgpack_loads(features)
    tags = sorted(data["tag_to_idx"], key=data["tag_to_idx"].__getitem__)
    rows, transitions = _scores(weights, len(tags), len(data["feature_to_idx"]))
    tables = _tables(data["feature_to_idx"])
    begins = np.array(["B" in tag for tag in tags])
    laid = {"transitions": transitions, "begins": begins, "base": rows[0]}
    return laid | _characters(tables, rows) | _words(frozenset(data["unigram"]), tables, rows)


def _characters(tables: _Tables, rows: Any) -> dict[str, Any]:
    pairs = {pair for name in _PAIRS for pair in tables[name]}
    known = sorted({character for name in _CHARACTERS for character in tables[name]}.union(*pairs))
    numbers = {character: number for number, character in enumerate(known, 1)}
    width = len(known) + 1
    coded = sorted((numbers[pair[0]] * width + numbers[pair[1]], pair) for pair in pairs)
    places = {pair: number for number, (_, pair) in enumerate(coded, 1)}
    return {
        "characters": np.array(list(map(ord, known)), dtype=np.int64),
        "pairs": np.array([code for code, _ in coded], dtype=np.int64),
        **{f"rows:{name}": _stack(numbers, tables[name], rows) for name in _CHARACTERS},
        **{f"rows:{name}": _stack(places, tables[name], rows) for name in _PAIRS},
    }


def _words(known: frozenset[str], tables: _Tables, rows: Any) -> dict[str, Any]:
    pairs = {pair: tuple(pair.split("*")) for name in (_WORDS_BEFORE, _WORDS_BEHIND) for pair in tables[name]}
    pairs = {pair: words for pair, words in pairs.items() if known.issuperset(words)}
    words = sorted(known.intersection({*tables[_ENDING], *tables[_BEGINNING]}.union(*pairs.values())))
    numbers = {word: number for number, word in enumerate(words, 1)}
    places = {pair: number for number, pair in enumerate(pairs, 1)}
    return {
        "words": np.frombuffer("\n".join(words).encode("utf-8"), dtype=np.uint8),
        "word_pairs": np.array([[numbers[w] for w in two] for two in pairs.values()], dtype=np.int64).reshape(-1, 2),
        **{f"rows:{name}": _stack(numbers, tables[name], rows) for name in (_ENDING, _BEGINNING)},
        **{f"rows:{name}": _stack(places, tables[name], rows) for name in (_WORDS_BEFORE, _WORDS_BEHIND)},
    }


def _digest(features: bytes, weights: bytes) -> str:
    return hashlib.sha256(features + weights).hexdigest()


def read_layout(layout: bytes, features: bytes, weights: bytes) -> dict[str, Any] | None:
    """The arrays of a layout; None where it is damaged or another model's."""
    try:
        with np.load(io.BytesIO(layout), allow_pickle=False) as arrays:
            if str(arrays["digest"]) != _digest(features, weights):
                return None
            return {name: arrays[name] for name in arrays.files if name != "digest"}
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None


def _tables(features: dict[str, int]) -> _Tables:
    """The rows of the features by their names; digits and letters by the private characters of their classes."""
    tables: _Tables = {name: {} for name in (*_CHARACTERS, *_PAIRS, _ENDING, _BEGINNING, _WORDS_BEFORE, _WORDS_BEHIND)}
    for feature, index in features.items():
        name, _, key = feature.partition(".")
        if name == "ww":
            name, key = feature[:4], feature[5:]
        if (table := tables.get(name)) is not None:
            if "**" in key:
                key = key.replace("**Num", _NUMBER).replace("**Letter", _LETTER)
            table[key[0] + key[2] if name in _PAIRS else key] = index
    return tables


def _stack(numbers: Mapping[str, int], table: Mapping[str, int], rows: Any) -> Any:
    """For each number the row that the table gives its key, zeros where it gives none."""
    stacked = np.zeros((len(numbers) + 1, rows.shape[1]), dtype=rows.dtype)
    keys = [key for key in table if key in numbers]
    stacked[[numbers[key] for key in keys]] = rows[[table[key] for key in keys]]
    return stacked


def _add(scores: Any, rows: Any, shift: int) -> None:
    """Adds to each place the row `shift` places on, where there is one."""
    first, last = max(-shift, 0), min(len(scores), len(rows) - shift)
    if first < last:
        scores[first:last] += rows[first + shift : last + shift]


def _scores(weights: bytes, tags: int, features: int) -> tuple[Any, Any]:
    """What each feature adds to each tag, features by tags, and what a tag adds to the next."""
    arrays = np.load(io.BytesIO(weights), allow_pickle=False)
    sizes, w = tuple(int(size) for size in arrays["sizes"]), arrays["w"]
    if sizes != (tags, features) or w.shape != (tags * (features + tags),):
        raise ValueError(f"{WEIGHTS} does not fit {FEATURES}: {w.shape} weights; train the model again")
    transitions = 1 + w[tags * features :].astype(np.float64).reshape(tags, tags).T
    return w[: tags * features].reshape(features, tags), np.ascontiguousarray(transitions)


@cache
def own_segmenter() -> Segmenter:
    """The project's model, models/pkuseg."""
    return Segmenter.from_disk(data_dir("models") / "pkuseg")
