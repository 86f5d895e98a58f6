"""The whole line: a source in, facts out."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab

from nianbao.catalogue import Catalogue
from nianbao.pipes import extensions
from nianbao.pipes.base import CataloguePipe
from nianbao.pipes.checks import forms_of
from nianbao.reading.config import load_config
from nianbao.reading.source import ReadWarning, Source
from nianbao.schema import COLUMNS, Fact

if TYPE_CHECKING:
    import altair
    import pandas

PIPES = ("nianbao_tables", "nianbao_structure", "nianbao_mentions", "nianbao_linker", "nianbao_facts", "nianbao_checks")


def load(path: str | Path | None = None, *, linker: str = "all", catalogue: Catalogue | None = None) -> Language:
    """The spaCy pipeline that reads reports.

    Args:
        path: a saved or trained pipeline; None: the parts that ship.
        catalogue: the knowledge to read with; None: the one that ships, or the saved pipeline's own.
        linker: how prose numbers find their metric: "rules", "model" or "all" (see `nianbao.pipes.linker`).

    Returns:
        nlp: `nlp(text)._.facts` are the document's rows as plain data, `._.structure` its structure.

    Raises:
        OSError: there is no pipeline at `path`.
    """
    if path is not None:
        return spacy.load(path)
    nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"@tokenizers": "nianbao.ChineseTokenizer.v1"}}})
    for name in PIPES:
        nlp.add_pipe(name, config={"mode": linker} if name == "nianbao_linker" else {})
    if catalogue is not None:
        for _, component in nlp.pipeline:
            cast(CataloguePipe, component).use(catalogue)
    # The tokenizer, not spaCy's guess at parser memory, bounds what a text costs; readers bound its size.
    nlp.max_length = 100_000_000
    return nlp


@dataclass(slots=True)
class Result:
    """One document read: its rows by offset, and its structure as `nianbao structure` prints it.

    `warnings`: what its reader could not do in full, then what the components and the structure say. `blocks`: the
    lines of the text by kind, [start, end, kind] (see `nianbao.structure.Block`). `forms`: for each fact the form of
    the table that it was read from.
    """

    source: Source
    facts: list[Fact]
    structure: dict[str, Any]
    warnings: list[ReadWarning] = field(default_factory=list)
    blocks: list[list[Any]] = field(default_factory=list)
    forms: list[str | None] = field(default_factory=list)


class Extractor:
    """Reads sources one after the other with one pipeline."""

    def __init__(self, nlp: Language | None = None) -> None:
        extensions.register()
        self.nlp = load() if nlp is None else nlp
        # What is loaded stays; looking through it for garbage again and again would take a fifth of the time.
        gc.freeze()
        self._reads_words = not set(self.nlp.pipe_names) <= set(PIPES)

    def make_doc(self, source: Source) -> Doc:
        """The source as a tokenized Doc with its id, metadata and grids, ready for the components."""
        return _furnished(self.nlp.make_doc(source.text), source)

    def doc(self, source: Source) -> Doc:
        """The source read through the whole pipeline."""
        return self.nlp(self.make_doc(source))

    def run(self, source: Source) -> Result:
        """The source's facts and structure."""
        doc = self.nlp(self.make_doc(source) if self._reads_words else _furnished(_uncut(source.text), source))
        facts = [Fact(**row) for row in doc._.facts]
        if source.places is not None:
            _place(facts, source)
        keys = ("is_report", "title", "agency", "report_year", "period_start", "period_end", "headings")
        structure = {"doc_id": source.id, **{key: doc._.structure.get(key) for key in keys}}
        said = [*doc._.warnings, *(words.split(": ", 1) for words in doc._.structure.get("warnings", ()))]
        warnings = [*source.warnings, *(ReadWarning(name, what) for name, what in said)]
        blocks = doc._.structure.get("blocks", [])
        return Result(source, facts, structure, warnings, blocks, forms_of(doc))


def _place(facts: Iterable[Fact], source: Source) -> None:
    """Gives facts their page and box, and what a text recognition was unsure of less confidence.

    A number with a digit that it doubts is ambiguous: the words stay, the value does not.
    """
    doubt = load_config("ocr.yaml")["doubt"]
    for fact in facts:
        if (place := source.place(fact.start, fact.end)) is not None:
            fact.page, fact.box = place[0], [round(edge, 2) for edge in place[1]]
        sure = source.confidence(fact.start, fact.end)
        fact.confidence *= sure
        if sure < doubt and fact.value is not None and fact.status == "reported":
            fact.status, fact.value, fact.readings = "ambiguous", None, [fact.value_text or ""]


def _uncut(text: str) -> Doc:
    """A Doc for components that read the text alone: cutting words costs as much as all of them together.

    Its vocabulary is its own, so that a process that reads millions of documents does not keep their lines.
    """
    return Doc(Vocab(), words=[text], spaces=[False]) if text else Doc(Vocab())


def _furnished(doc: Doc, source: Source) -> Doc:
    extensions.keep_views(doc, source.text)
    doc._.source_id = source.id
    doc._.metadata = dict(source.metadata)
    doc._.grids = [extensions.grid_to_plain(grid) for grid in source.grids]
    return doc


class FactList(list[Fact]):
    """Facts in the documents' order, then by offset."""

    def to_dicts(self) -> list[dict[str, Any]]:
        """The rows as plain data."""
        return [fact.to_dict() for fact in self]

    def to_pandas(self) -> pandas.DataFrame:
        """A data frame with the columns of the contract.

        Raises:
            ImportError: pandas is not installed (`pip install "nianbao[datasets]"`).
        """
        import pandas as pd

        return pd.DataFrame(self.to_dicts(), columns=list(COLUMNS))

    def plot(self, *metrics: str, lang: str = "en") -> altair.LayerChart:
        """A chart of metrics over the years, a point for each fact; a notebook shows it.

        Of reports that repeat or contradict each other the panel (`nianbao.panel`) chooses; here every number stands.

        Raises:
            nianbao.charts.ChartError: there is nothing to draw, or altair is not installed.
        """
        from nianbao.charts import draw

        return draw(self.to_dicts(), metrics, lang=lang)


def extract(
    source: str | os.PathLike[str] | Source | Iterable[Source], *, extractor: Extractor | None = None
) -> FactList:
    """The facts of a report.

    Args:
        source: a path to a file or folder (a `Path`, or a string that names an existing one), a report's text, or
            sources already read.
        extractor: to be used again over many calls; None: a new one.

    Raises:
        nianbao.reading.ReadError: a file that cannot be read.
    """
    reader = extractor or Extractor()
    return FactList(fact for item in _sources(source) for fact in reader.run(item).facts)


def _sources(source: str | os.PathLike[str] | Source | Iterable[Source]) -> Iterable[Source]:
    if isinstance(source, Source):
        return [source]
    if isinstance(source, str) and not _is_path(source):
        return [Source("text", source)]
    if isinstance(source, (str, os.PathLike)):
        from nianbao.reading import read_all

        return read_all([Path(source)])
    return source


def _is_path(words: str) -> bool:
    return len(words) < 1024 and "\n" not in words and Path(words).exists()
