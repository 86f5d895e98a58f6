"""The project's tokenizer: every character of the text kept, the normalised view in `norm_`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import srsly
from spacy.attrs import NORM
from spacy.tokens import Doc
from spacy.util import DummyTokenizer, registry
from spacy.vocab import Vocab

from nianbao.language.boundaries import cut_line
from nianbao.language.lexicon import Lexicon, own_lexicon, read_lexicon
from nianbao.language.measures import Measures, Numerals
from nianbao.language.script import normalize
from nianbao.language.segmenter import Segmenter, own_segmenter

if TYPE_CHECKING:
    from spacy.language import Language

_LINE = re.compile(r"\n+|[^\n]+")
_LONGEST_CACHED = 400


@lru_cache(maxsize=50_000)
def norm_of_word(word: str) -> str:
    """The norm of a word by itself, as the vocabulary holds it."""
    return normalize(word)


_Line = tuple[tuple[str, ...], tuple[bool, ...], tuple[tuple[int, str], ...]]


def _common_characters() -> Iterator[str]:
    """The 3,755 most used simplified characters: rows 16 to 55 of GB 2312."""
    for row in range(0xB0, 0xD8):
        for column in range(0xA1, 0xFF):
            if char := bytes((row, column)).decode("gb2312", "ignore"):
                yield char


class ChineseTokenizer(DummyTokenizer):
    """Cuts Chinese reports into words, with the boundaries protected that facts need.

    `doc.text` is the given text, character for character, for every string. A token's `norm_` is its stretch of
    `nianbao.language.script.normalize(text)`: simplified characters, half-width marks. Numbers, units, item numbers,
    brackets, marks and line breaks are tokens of their own, so that the spans of facts and headings lie on token
    boundaries. Runs of blanks are tokens, but for a single ASCII space after a word, as in all of spaCy.

    Each line is cut by itself, so a line is cut alike wherever it stands, and the lines that every report repeats are
    cut once a process. Words come from the lexicon (configs/lexicon.txt); between them a pkuseg model trained for
    these texts cuts the clauses that can hold a fact (`nianbao.language.boundaries`).

    Everything that the tokenizer needs travels with it: `to_disk`, `to_bytes`, pickle. None of its files holds code.

        >>> import spacy
        >>> nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"@tokenizers": "nianbao.ChineseTokenizer.v1"}}})
        >>> [token.text for token in nlp("全年收到申请２８件。")]
        ['全年', '收到', '申请', '２８', '件', '。']

    Args:
        vocab: the pipeline's.
        numerals: the data of configs/numerals.yaml.
        cache_size: how many lines of at most 400 characters are remembered; 0 for none.
    """

    def __init__(self, vocab: Vocab, numerals: Mapping[str, Any], *, cache_size: int = 20_000) -> None:
        self.vocab = vocab
        self.numerals = numerals
        self.measures = Measures.of(numerals)
        # A word's norm is read once for the vocabulary; tokens carry one only where their place in the text changes it.
        vocab.lex_attr_getters[NORM] = norm_of_word  # type: ignore[attr-defined]
        self.cache_size = cache_size
        self._lexicon: Lexicon | None = None
        self._segmenter: Segmenter | None = None
        self._forget()

    def _forget(self) -> None:
        self._remembered: Callable[[str], _Line] = lru_cache(maxsize=self.cache_size)(self._read_line)

    @property
    def lexicon(self) -> Lexicon:
        """The words that are never cut; the project's own until others are read from disk or bytes."""
        if self._lexicon is None:
            self._learn(word for words in own_lexicon().values() for word in words)
        assert self._lexicon is not None
        return self._lexicon

    def _learn(self, words: Iterable[str]) -> None:
        self._lexicon = Lexicon(words)
        # A word's first entry into the vocabulary takes 17 µs: better here than in the first report that uses it.
        for word in self._lexicon.words.union(*self._lexicon.words, _common_characters()):
            self.vocab[word]

    @property
    def segmenter(self) -> Segmenter:
        """The pkuseg model between the lexicon's words; the project's own until another is read."""
        if self._segmenter is None:
            self._segmenter = own_segmenter()
        return self._segmenter

    def __call__(self, text: str) -> Doc:
        words: list[str] = []
        spaces: list[bool] = []
        norms: list[tuple[int, str]] = []
        for match in _LINE.finditer(text):
            line = match[0]
            if line[0] == "\n":
                words.append(line)
                spaces.append(False)
                continue
            read = self._remembered if len(line) <= _LONGEST_CACHED else self._read_line
            line_words, line_spaces, line_norms = read(line)
            norms.extend((len(words) + index, norm) for index, norm in line_norms)
            words.extend(line_words)
            spaces.extend(line_spaces)
        doc = Doc(self.vocab, words=words, spaces=spaces)
        for index, norm in norms:
            doc[index].norm_ = norm
        return doc

    def _read_line(self, line: str) -> _Line:
        """The tokens of a line, whether a space follows each, and the norms that differ from the words' own."""
        norm = normalize(line)
        ends = cut_line(self.measures, norm, self.lexicon, self.segmenter.cuts)
        bounds = list(zip([0, *ends], ends, strict=False))
        words = [line[start:end] for start, end in bounds]
        spaces = [False] * len(words)
        if " " in line:
            bounds, words, spaces = _fold_spaces(bounds, words)
        norms = [norm[start:end] for start, end in bounds]
        own = list(map(norm_of_word, words))
        differing = [] if own == norms else [(i, norms[i]) for i in range(len(norms)) if norms[i] != own[i]]
        return tuple(words), tuple(spaces), tuple(differing)

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Any]] | None = None,
        *,
        nlp: Language | None = None,
        pkuseg_model: str | None = None,
        pkuseg_user_dict: str | None = "default",
    ) -> None:
        """Take another model or lexicon; without arguments, and without a call at all, the project's own serve.

        The names are those of `[initialize.tokenizer]` in spaCy's default config for Chinese.

        Args:
            get_examples: not read.
            nlp: not read.
            pkuseg_model: a folder as `nianbao.language.train_segmenter` writes it; None for the project's.
            pkuseg_user_dict: a file in the format of configs/lexicon.txt; "default" or None for the project's.

        Raises:
            FileNotFoundError: the folder or the file is not there.
            ValueError: the file is no lexicon; the message names the line.
        """
        if pkuseg_model is not None:
            self._segmenter = Segmenter.from_disk(Path(pkuseg_model))
        if pkuseg_user_dict not in (None, "default"):
            words = read_lexicon(Path(str(pkuseg_user_dict)).read_text(encoding="utf-8"))
            self._learn(word for of_category in words.values() for word in of_category)
        self._forget()

    def to_bytes(self, **kwargs: Any) -> bytes:
        """Lexicon, model and settings as msgpack. The vocab is the pipeline's to keep, so spaCy's `exclude` is moot."""
        return srsly.msgpack_dumps(
            {
                "cache_size": self.cache_size,
                "lexicon": sorted(self.lexicon.words),
                "numerals": self.numerals,
                "segmenter": self.segmenter.to_bytes(),
            }
        )

    def from_bytes(self, data: bytes, **kwargs: Any) -> ChineseTokenizer:
        """Take over what `to_bytes` gave. Returns itself.

        Raises:
            ValueError: the bytes are no tokenizer of this kind.
        """
        state = srsly.msgpack_loads(data)
        if not isinstance(state, dict) or not {"cache_size", "lexicon", "numerals", "segmenter"} <= state.keys():
            raise ValueError("these bytes hold no nianbao.ChineseTokenizer.v1; write them with its to_bytes")
        self.cache_size = int(state["cache_size"])
        self.numerals = state["numerals"]
        self.measures = Measures.of(self.numerals)
        self._learn(state["lexicon"])
        self._segmenter = Segmenter.from_bytes(state["segmenter"])
        self._forget()
        return self

    def to_disk(self, path: str | Path, **kwargs: Any) -> None:
        """Write one file, the bytes of `to_bytes`."""
        Path(path).write_bytes(self.to_bytes())

    def from_disk(self, path: str | Path, **kwargs: Any) -> ChineseTokenizer:
        """Take over what `to_disk` wrote. Returns itself.

        Raises:
            ValueError: the file is no tokenizer of this kind.
        """
        return self.from_bytes(Path(path).read_bytes())

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (self.vocab, self.to_bytes())


def _fold_spaces(
    bounds: list[tuple[int, int]], words: list[str]
) -> tuple[list[tuple[int, int]], list[str], list[bool]]:
    """Single ASCII spaces after a word become the word's, as spaCy keeps them; other blanks stay tokens."""
    kept: list[int] = []
    spaces: list[bool] = []
    open_word = False
    for index, word in enumerate(words):
        if word == " " and open_word:
            spaces[-1], open_word = True, False
        else:
            kept.append(index)
            spaces.append(False)
            open_word = not word.isspace()
    return [bounds[index] for index in kept], [words[index] for index in kept], spaces


def _restore(vocab: Vocab, data: bytes) -> ChineseTokenizer:
    return ChineseTokenizer(vocab, srsly.msgpack_loads(data)["numerals"]).from_bytes(data)


def create_tokenizer(
    catalogue: Numerals | None = None, cache_size: int = 20_000
) -> Callable[[Language], ChineseTokenizer]:
    """What the registry holds under `nianbao.ChineseTokenizer.v1`: a maker of tokenizers for a pipeline.

    Args:
        catalogue: what knows measure words, `{"@misc": "nianbao.Catalogue.v1"}` in a config; None for that one.
        cache_size: how many repeated lines a process remembers.
    """

    knows: Numerals = registry.get("misc", "nianbao.Catalogue.v1")() if catalogue is None else catalogue

    def make(nlp: Language) -> ChineseTokenizer:
        return ChineseTokenizer(nlp.vocab, knows.numerals, cache_size=cache_size)

    return make
