"""The project's tokenizer: every character of the text kept, the normalised view in `norm_`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import srsly
from spacy.attrs import NORM
from spacy.tokens import Doc
from spacy.util import DummyTokenizer, registry
from spacy.vocab import Vocab

from nianbao.language.boundaries import cut_characters, cut_line, cut_telling
from nianbao.language.lexicon import Lexicon, own_lexicon, read_lexicon
from nianbao.language.measures import Measures, Numerals
from nianbao.language.script import normalize
from nianbao.language.segmenter import Segmenter, own_segmenter

if TYPE_CHECKING:
    from spacy.language import Language

_LINE = re.compile(r"\n+|[^\n]+")
_LONGEST_CACHED = 400
# So short are headings and the labels of tables: they are cut into words always.
_SHORT = 40
VIEW = "nianbao.view"
"""Key of a Doc's `user_data` under which the coarse tokenizer leaves the normalised view of the text."""


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
        numerals: the data of configs/numerals.yaml, or what knows it and is asked with the first text.
        cache_size: how many lines of at most 400 characters are remembered; 0 for none.
        coarse: sentences that can hold no fact fall into characters instead of words, which takes a third of the
            time. The normalised view then goes along with the Doc, in `user_data[VIEW]`.
    """

    def __init__(
        self, vocab: Vocab, numerals: Mapping[str, Any] | Numerals, *, cache_size: int = 20_000, coarse: bool = False
    ) -> None:
        self.vocab = vocab
        self._knows = numerals
        # A word's norm is read once for the vocabulary; tokens carry one only where their place in the text changes it.
        vocab.lex_attr_getters[NORM] = norm_of_word  # type: ignore[attr-defined]
        self.cache_size = cache_size
        self.coarse = coarse
        self._lexicon: Lexicon | None = None
        self._segmenter: Segmenter | None = None
        self._forget()

    def use(self, catalogue: Numerals) -> None:
        """Takes the measure words of another catalogue."""
        self._knows = catalogue
        self._forget()

    @property
    def numerals(self) -> Mapping[str, Any]:
        """The data of configs/numerals.yaml."""
        return self._knows if isinstance(self._knows, Mapping) else self._knows.numerals

    def _forget(self) -> None:
        self.__dict__.pop("measures", None)
        self._remembered: Callable[[str, str], _Line] = lru_cache(maxsize=self.cache_size)(self._read_line)

    @cached_property
    def measures(self) -> Measures:
        """The measure words that numbers are known by."""
        return Measures.of(self.numerals)

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
        view = normalize(text)
        for match in _LINE.finditer(text):
            line = match[0]
            if line[0] == "\n":
                words.append(line)
                spaces.append(False)
                continue
            read = self._remembered if len(line) <= _LONGEST_CACHED else self._read_line
            line_words, line_spaces, line_norms = read(line, view[match.start() : match.end()])
            if line_norms:
                norms.extend((len(words) + index, norm) for index, norm in line_norms)
            words += line_words
            spaces += line_spaces
        doc = Doc(self.vocab, words=words, spaces=spaces)
        for index, norm in norms:
            doc[index].norm_ = norm
        if self.coarse:
            doc.user_data[VIEW] = view
        return doc

    def _read_line(self, line: str, norm: str) -> _Line:
        """The tokens of a line, whether a space follows each, and the norms that differ from the words' own."""
        words: list[str] = []
        norms: list[str] = []
        position = 0
        if self.coarse and len(line) > _SHORT:
            for start, end, ends in cut_telling(self.measures, norm, self.lexicon, self._cuts):
                _add_characters(line, norm, position, start, words, norms)
                _add_words(line, norm, start, ends, words, norms)
                position = end
            _add_characters(line, norm, position, len(line), words, norms)
        else:
            _add_words(line, norm, 0, cut_line(self.measures, norm, self.lexicon, self._cuts), words, norms)
        spaces = [False] * len(words)
        if " " in line.lstrip(" "):
            words, norms, spaces = _fold_spaces(words, norms)
        own = list(map(norm_of_word, words))
        differing = [] if own == norms else [(i, norms[i]) for i in range(len(norms)) if norms[i] != own[i]]
        return tuple(words), tuple(spaces), tuple(differing)

    def _cuts(self, text: str) -> list[int]:
        return self.segmenter.cuts(text)

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
                "coarse": self.coarse,
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
        self.coarse = bool(state.get("coarse", False))
        self._knows = state["numerals"]
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


def _add_words(line: str, norm: str, start: int, ends: list[int], words: list[str], norms: list[str]) -> None:
    for end in ends:
        words.append(line[start:end])
        norms.append(norm[start:end])
        start = end


def _add_characters(line: str, norm: str, start: int, end: int, words: list[str], norms: list[str]) -> None:
    if start == end:
        return
    for first, last, single in cut_characters(norm, start, end):
        if single:
            words += line[first:last]
            norms += norm[first:last]
        else:
            words.append(line[first:last])
            norms.append(norm[first:last])


def _fold_spaces(words: list[str], norms: list[str]) -> tuple[list[str], list[str], list[bool]]:
    """Single ASCII spaces after a word become the word's, as spaCy keeps them; other blanks stay tokens."""
    kept: list[str] = []
    kept_norms: list[str] = []
    spaces: list[bool] = []
    open_word = False
    for word, norm in zip(words, norms, strict=True):
        if word == " " and open_word:
            spaces[-1], open_word = True, False
        else:
            kept.append(word)
            kept_norms.append(norm)
            spaces.append(False)
            open_word = not word.isspace()
    return kept, kept_norms, spaces


def _restore(vocab: Vocab, data: bytes) -> ChineseTokenizer:
    return ChineseTokenizer(vocab, srsly.msgpack_loads(data)["numerals"]).from_bytes(data)


def create_tokenizer(
    catalogue: Numerals | None = None, cache_size: int = 20_000, coarse: bool = False
) -> Callable[[Language], ChineseTokenizer]:
    """What the registry holds under `nianbao.ChineseTokenizer.v1`: a maker of tokenizers for a pipeline.

    Args:
        catalogue: what knows measure words, `{"@misc": "nianbao.Catalogue.v1"}` in a config; None for that one.
        cache_size: how many repeated lines a process remembers.
        coarse: whether sentences that can hold no fact are left in characters.
    """

    knows: Numerals = registry.get("misc", "nianbao.Catalogue.v1")() if catalogue is None else catalogue

    def make(nlp: Language) -> ChineseTokenizer:
        return ChineseTokenizer(nlp.vocab, knows, cache_size=cache_size, coarse=coarse)

    return make
