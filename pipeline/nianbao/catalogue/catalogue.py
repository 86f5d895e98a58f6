"""The catalogue: every part of configs/ that decides how a report is read."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, cast
from weakref import WeakValueDictionary

from nianbao.catalogue.clauses import ClauseWords, read_clauses
from nianbao.catalogue.concepts import Concepts, read_concepts
from nianbao.catalogue.files import ConfigFiles
from nianbao.catalogue.forms import Forms, parse_forms
from nianbao.catalogue.identities import Identity, parse_identities
from nianbao.catalogue.labels import Wording, parse_wording
from nianbao.catalogue.metrics import Registry, read_metrics
from nianbao.catalogue.numerals import read_numerals
from nianbao.catalogue.rules import RuleBook, read_rules
from nianbao.catalogue.sections import Rules as SectionRules
from nianbao.catalogue.sections import read_sections
from nianbao.catalogue.series import Series, read_series
from nianbao.paths import data_dir

T = TypeVar("T")

FILES = (
    "metrics.tsv",
    "identities.yaml",
    "labels.yaml",
    "sections.yaml",
    "numerals.yaml",
    "panel.yaml",
    "forms/*.yaml",
    "prose/*.yaml",
)
"""What belongs to it, below the folder."""

# Equal files give the one object, so that the components of a pipeline share what is compiled from it.
_SHARED: WeakValueDictionary[str, Catalogue] = WeakValueDictionary()


class Catalogue:
    """Knowledge of the genre, immutable.

        catalogue = Catalogue.load()              # configs/ that ships
        catalogue = Catalogue.load("my-configs")  # a changed copy
        nlp = nianbao.load(catalogue=catalogue)

    Args:
        files: its files; `Catalogue.load` reads a folder.
    """

    def __init__(self, files: ConfigFiles) -> None:
        self.files = files
        self._compiled: dict[Any, Any] = {}

    @classmethod
    def load(cls, path: str | Path | None = None) -> Catalogue:
        """Reads and validates a folder; None: the one that ships.

        Raises:
            FileNotFoundError: there is no such folder.
            ConfigError: a file is missing or wrong, or names what another file does not have. Names file and line.
        """
        folder = data_dir("configs") if path is None else Path(path)
        return cls._shared(ConfigFiles.read(folder, FILES)).validated()

    @classmethod
    def _shared(cls, files: ConfigFiles) -> Catalogue:
        found = _SHARED.get(files.digest)
        if found is None:
            found = _SHARED[files.digest] = cls(files)
        return found

    def validated(self) -> Catalogue:
        """Itself, every part read once.

        Raises:
            ConfigError: see `load`.
        """
        for name, part in vars(type(self)).items():
            if isinstance(part, cached_property):
                getattr(self, name)
        return self

    @cached_property
    def metrics(self) -> Registry:
        """The canonical metrics."""
        counted = (words for kind, words in self.numerals["units"].items() if kind in ("count", "money"))
        return read_metrics(self.files, frozenset(word for words in counted for word in words.split()))

    @cached_property
    def forms(self) -> Forms:
        """The statutory and local forms: tables, columns, rows, and what each cell means."""
        entries = ((self.files.place(name), self.files.lined_yaml(name)) for name in self.files.below("forms"))
        return parse_forms(entries, self.metrics)

    @cached_property
    def identities(self) -> tuple[Identity, ...]:
        """The arithmetic that reports obey."""
        place, data = self.files.place("identities.yaml"), self.files.lined_yaml("identities.yaml")
        return parse_identities(place, data, self.metrics, set(self.forms.years))

    @cached_property
    def labels(self) -> Wording:
        """Spellings and measure words that the matching of labels leaves out of account."""
        return parse_wording(self.files.place("labels.yaml"), self.files.lined_yaml("labels.yaml"))

    @cached_property
    def sections(self) -> SectionRules:
        """How title, agency, year, headings and the genre are told."""
        return read_sections(self.files)

    @cached_property
    def concepts(self) -> Concepts:
        """What prose speaks of, and in which words."""
        return read_concepts(self.files)

    @cached_property
    def rules(self) -> RuleBook:
        """The rules that link a number of the prose to a metric."""
        return read_rules(self.files, self.concepts, self.metrics)

    @cached_property
    def clauses(self) -> ClauseWords:
        """Word lists and patterns that clauses are read by."""
        return read_clauses(self.files, self.metrics)

    @cached_property
    def series(self) -> Series:
        """Which years of a metric may be compared."""
        return read_series(self.files, self.metrics)

    @cached_property
    def numerals(self) -> dict[str, Any]:
        """Measure words, qualifiers and what stands before numbers that count nothing (numerals.yaml)."""
        return read_numerals(self.files)

    def compiled(self, kind: Callable[[Catalogue], T]) -> T:
        """What a room makes of the catalogue, `kind(catalogue)`, made once."""
        found = self._compiled.get(kind)
        if found is None:
            found = self._compiled[kind] = kind(self)
        return cast(T, found)

    def to_bytes(self) -> bytes:
        """Its files, compressed."""
        return self.files.to_bytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> Catalogue:
        """What `to_bytes` gave.

        Raises:
            ValueError: the bytes hold no catalogue.
        """
        return cls._shared(ConfigFiles.from_bytes(data))

    def __reduce__(self) -> tuple[Any, ...]:
        return Catalogue.from_bytes, (self.to_bytes(),)

    def __repr__(self) -> str:
        return f"Catalogue({self.files.origin!r}, {len(self.metrics)} metrics, digest {self.files.digest[:12]})"


def create_catalogue(path: str | Path | None = None) -> Catalogue:
    """What the registry holds under `nianbao.Catalogue.v1`.

    A pipeline brings its catalogue along, so that one saved elsewhere may name a folder that is not here: what such a
    folder would have held is asked for only when nothing else was read.
    """
    if path is not None and not Path(path).is_dir():
        return Catalogue(ConfigFiles({}, str(path)))
    return Catalogue.load(path)
