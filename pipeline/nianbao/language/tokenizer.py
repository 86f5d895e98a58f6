"""The project's tokenizer: every character of the text kept, the normalised view in `norm_`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import srsly
from spacy.tokens import Doc
from spacy.util import DummyTokenizer
from spacy.vocab import Vocab

from nianbao.language.boundaries import cut_line
from nianbao.language.lexicon import Lexicon, own_lexicon
from nianbao.language.script import normalize
from nianbao.language.segmenter import Segmenter, own_segmenter

if TYPE_CHECKING:
    from spacy.language import Language

_LINE = re.compile(r"\n+|[^\n]+")
_LONGEST_CACHED = 400
_Line = tuple[tuple[str, ...], tuple[bool, ...], tuple[tuple[int, str], ...]]


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
        cache_size: how many lines of at most 400 characters are remembered; 0 for none.
    """

    def __init__(self, vocab: Vocab, *, cache_size: int = 20_000) -> None:
        self.vocab = vocab
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
            self._lexicon = Lexicon(word for words in own_lexicon().values() for word in words)
        return self._lexicon

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
        """The tokens of a line, whether a space follows each, and the norms that differ from their tokens."""
        norm = normalize(line)
        words: list[str] = []
        spaces: list[bool] = []
        norms: list[tuple[int, str]] = []
        start = 0
        for end in cut_line(norm, self.lexicon, self.segmenter.cuts):
            word = line[start:end]
            if word == " " and words and not words[-1].isspace() and not spaces[-1]:
                spaces[-1] = True
            else:
                if word != norm[start:end]:
                    norms.append((len(words), norm[start:end]))
                words.append(word)
                spaces.append(False)
            start = end
        return tuple(words), tuple(spaces), tuple(norms)

    def initialize(
        self, get_examples: Callable[[], Iterable[Any]] | None = None, *, nlp: Language | None = None
    ) -> None:
        """Nothing to do: lexicon and model come with the package. Here for `nlp.initialize` and `spacy train`."""

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """Lexicon, model and settings as msgpack; the vocab is the pipeline's to keep."""
        return srsly.msgpack_dumps(
            {
                "cache_size": self.cache_size,
                "lexicon": sorted(self.lexicon.words),
                "segmenter": self.segmenter.to_bytes(),
            }
        )

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> ChineseTokenizer:
        """Take over what `to_bytes` gave. Returns itself.

        Raises:
            ValueError: the bytes are no tokenizer of this kind.
        """
        state = srsly.msgpack_loads(data)
        if not isinstance(state, dict) or not {"cache_size", "lexicon", "segmenter"} <= state.keys():
            raise ValueError("these bytes hold no nianbao.ChineseTokenizer.v1; write them with its to_bytes")
        self.cache_size = int(state["cache_size"])
        self._lexicon = Lexicon(state["lexicon"])
        self._segmenter = Segmenter.from_bytes(state["segmenter"])
        self._forget()
        return self

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Write one file, the bytes of `to_bytes`."""
        Path(path).write_bytes(self.to_bytes())

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> ChineseTokenizer:
        """Take over what `to_disk` wrote. Returns itself.

        Raises:
            ValueError: the file is no tokenizer of this kind.
        """
        return self.from_bytes(Path(path).read_bytes())

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (self.vocab, self.to_bytes())


def _restore(vocab: Vocab, data: bytes) -> ChineseTokenizer:
    return ChineseTokenizer(vocab).from_bytes(data)


def create_tokenizer(cache_size: int = 20_000) -> Callable[[Language], ChineseTokenizer]:
    """What the registry holds under `nianbao.ChineseTokenizer.v1`: a maker of tokenizers for a pipeline.

    Args:
        cache_size: how many repeated lines a process remembers.
    """

    def make(nlp: Language) -> ChineseTokenizer:
        return ChineseTokenizer(nlp.vocab, cache_size=cache_size)

    return make
