"""The project's tokenizer: every character of the text kept, the normalised view in `norm_`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import srsly
from spacy.attrs import LIKE_NUM, NORM
from spacy.lang.zh.lex_attrs import like_num
from spacy.tokens import Doc
from spacy.util import DummyTokenizer, registry
from spacy.vocab import Vocab

from nianbao.language.boundaries import SegmentableClause, cut_characters, cut_line, cut_telling, whole_words
from nianbao.language.lexicon import Dictionary, own_lexicon, read_lexicon
from nianbao.language.measures import Measures, Numerals
from nianbao.language.numbers import CHINESE_NUMERALS
from nianbao.language.numeral import are_digits
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


_MOST_NORMS = 100_000
_NORMS: dict[str, str] = {}
_NUMERALS = frozenset(CHINESE_NUMERALS + "两壹贰叁肆伍陆柒捌玖拾佰仟兆")


def norm_of_word(word: str) -> str:
    """The norm of a word by itself, as the vocabulary holds it."""
    norm = _NORMS.get(word)
    return normalize(word) if norm is None else norm


def _norms_of(words: list[str]) -> list[str]:
    """The norms of words, converted together; they are kept for the vocabulary, which asks for each."""
    norms = {word: _NORMS.get(word) for word in words}
    if missing := [word for word, norm in norms.items() if norm is None]:
        if len(_NORMS) + len(missing) > _MOST_NORMS:
            _NORMS.clear()
        converted, start = normalize("\n".join(missing)), 0
        for word in missing:
            norms[word] = _NORMS[word] = converted[start : start + len(word)]
            start += len(word) + 1
    return [norms[word] or "" for word in words]


def like_number(word: str) -> bool:
    """spaCy's `like_num` for Chinese, which builds its pattern anew for each word: asked only where it may hold."""
    if word.isalpha() and _NUMERALS.isdisjoint(word):
        return False
    return are_digits(word) or bool(like_num(word))


def _common_characters() -> Iterator[str]:
    """The 3,755 most used simplified characters: rows 16 to 55 of GB 2312."""
    for row in range(0xB0, 0xD8):
        for column in range(0xA1, 0xFF):
            if char := bytes((row, column)).decode("gb2312", "ignore"):
                yield char


class _Line(NamedTuple):
    """A line cut: its words as the vocabulary numbers them (or as they are), whether a space follows each, and the
    norms that differ from the words' own."""

    words: Sequence[Any]
    spaces: bytes
    norms: list[tuple[int, str]]


class _Draft(NamedTuple):
    """A line before its clauses are cut into words: stretches with the ends of their tokens, None for characters."""

    stretches: list[tuple[int, int, tuple[list[int], list[SegmentableClause]] | None]]
    clauses: list[str]


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
        vocab.lex_attr_getters[LIKE_NUM] = like_number  # type: ignore[attr-defined]
        self.cache_size = cache_size
        self.coarse = coarse
        self._lexicon: Dictionary | None = None
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
        self._lines: dict[tuple[str, str], _Line] = {}
        self._words: dict[str, tuple[int, str]] = {}
        self._stocked = False

    @cached_property
    def measures(self) -> Measures:
        """The measure words that numbers are known by."""
        return Measures.of(self.numerals)

    @property
    def lexicon(self) -> Dictionary:
        """The words that are never cut; the project's own until others are read from disk or bytes."""
        if self._lexicon is None:
            self._learn(word for words in own_lexicon().values() for word in words)
        assert self._lexicon is not None
        return self._lexicon

    def _learn(self, words: Iterable[str]) -> None:
        self._lexicon = Dictionary(words)

    @property
    def segmenter(self) -> Segmenter:
        """The pkuseg model between the lexicon's words; the project's own until another is read."""
        if self._segmenter is None:
            self._segmenter = own_segmenter()
        return self._segmenter

    def __call__(self, text: str) -> Doc:
        if self._lines and not self._stocked:
            self._stock()
        view = normalize(text)
        keys = [(match[0], view[match.start() : match.end()]) for match in _LINE.finditer(text)]
        lines = {key: self._lines.get(key) for key in keys}
        if missing := [key for key, line in lines.items() if line is None]:
            fresh = self._read(missing)
            lines.update(fresh)
            self._remember(fresh)
        words: list[Any] = []
        spaces = bytearray()
        norms: list[tuple[int, str]] = []
        for line in map(lines.__getitem__, keys):
            assert line is not None
            if line.norms:
                norms.extend((len(words) + index, norm) for index, norm in line.norms)
            words += line.words
            spaces += line.spaces
        doc = Doc(self.vocab, words=words, spaces=spaces)  # type: ignore[arg-type]
        for index, norm in norms:
            doc[index].norm_ = norm
        if self.coarse:
            doc.user_data[VIEW] = view
        return doc

    def _stock(self) -> None:
        """Enters common words into the vocabulary, with the second text: who reads one alone need not wait for it."""
        self._stocked = True
        self._known(sorted(self.lexicon.words.union(*self.lexicon.words, _common_characters())))

    def _remember(self, lines: Mapping[tuple[str, str], _Line]) -> None:
        for key, line in lines.items():
            if len(key[0]) <= _LONGEST_CACHED and self.cache_size:
                if len(self._lines) >= self.cache_size:
                    del self._lines[next(iter(self._lines))]
                self._lines[key] = line

    def _read(self, lines: list[tuple[str, str]]) -> dict[tuple[str, str], _Line]:
        """The lines cut; the clauses of all of them are cut into words together."""
        drafts = [self._draft(norm) for _, norm in lines]
        cuts = iter(self.segmenter.all_cuts(clause for draft in drafts for clause in draft.clauses))
        return {key: self._line(*key, draft, cuts) for key, draft in zip(lines, drafts, strict=True)}

    def _draft(self, norm: str) -> _Draft:
        if norm[0] == "\n":
            return _Draft([(0, len(norm), ([len(norm)], []))], [])
        if not self.coarse or len(norm) <= _SHORT:
            cut = cut_line(self.measures, norm, self.lexicon)
            return _Draft([(0, len(norm), cut)], [norm[clause.start : clause.end] for clause in cut[1]])
        stretches: list[tuple[int, int, tuple[list[int], list[SegmentableClause]] | None]] = []
        clauses: list[str] = []
        position = 0
        for start, end, cut in cut_telling(self.measures, norm, self.lexicon):
            if position < start:
                stretches.append((position, start, None))
            stretches.append((start, end, cut))
            clauses += [norm[clause.start : clause.end] for clause in cut[1]]
            position = end
        if position < len(norm):
            stretches.append((position, len(norm), None))
        return _Draft(stretches, clauses)

    def _line(self, line: str, norm: str, draft: _Draft, cuts: Iterator[tuple[int, ...]]) -> _Line:
        words: list[str] = []
        for start, end, cut in draft.stretches:
            if cut is None:
                _add_characters(line, norm, start, end, words)
                continue
            ends, clauses = cut
            if clauses:
                ends = whole_words(ends, [(clause, next(cuts)) for clause in clauses])
            words += [line[begin:stop] for begin, stop in pairwise([start, *ends])]
        numbers, own = self._known(words)
        differing: list[tuple[int, str]] = []
        if "".join(own) != norm:
            bounds = pairwise(accumulate(map(len, words), initial=0))
            differing = [(i, norm[start:end]) for i, (start, end) in enumerate(bounds) if norm[start:end] != own[i]]
        if " " in line.lstrip(" "):
            return _fold_spaces(words, numbers, differing)
        return _Line(numbers, bytes(len(words)), differing)

    def _known(self, words: Sequence[str]) -> tuple[Sequence[Any], Sequence[str]]:
        """The words as the vocabulary numbers them, and their norms.

        In a zone of memory the vocabulary forgets its new words in the end: they stay words.
        """
        found: list[Any] = list(map(self._words.get, words))
        if None in found:
            fresh = [word for word, known in zip(words, found, strict=True) if known is None]
            norms = _norms_of(fresh)
            if self.vocab.in_memory_zone:  # type: ignore[attr-defined]
                known: Iterator[tuple[Any, str]] = zip(fresh, norms, strict=True)
                found = [next(known) if entry is None else entry for entry in found]
            else:
                for word, norm in zip(fresh, norms, strict=True):
                    self._words[word] = self.vocab[word].orth, norm
                found = list(map(self._words.__getitem__, words))
        numbers, own = zip(*found, strict=True) if found else ((), ())
        return numbers, own

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


def _add_characters(line: str, norm: str, start: int, end: int, words: list[str]) -> None:
    for first, last, single in cut_characters(norm, start, end):
        if single:
            words += line[first:last]
        else:
            words.append(line[first:last])


def _fold_spaces(words: list[str], numbers: Sequence[Any], norms: list[tuple[int, str]]) -> _Line:
    """Single ASCII spaces after a word become the word's, as spaCy keeps them; other blanks stay tokens."""
    folded = {at for at, word in enumerate(words) if word == " " and at and not words[at - 1].isspace()}
    spaces = bytearray(len(words))
    for at in folded:
        spaces[at - 1] = 1
    kept = [at for at in range(len(words)) if at not in folded]
    if norms:
        places = {index: place for place, index in enumerate(kept)}
        norms = [(places[index], norm) for index, norm in norms if index in places]
    return _Line([numbers[at] for at in kept], bytes(map(spaces.__getitem__, kept)), norms)


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
