"""The whole line: a source in, facts out."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from nianbao import __version__
from nianbao.light import loading, spacy, unsearched
from nianbao.pipes import extensions
from nianbao.pipes.base import CataloguePipe
from nianbao.pipes.checks import forms_of
from nianbao.pipes.linker import LinkerPipe
from nianbao.pipes.number_linker import NumberLinker, shipped_network
from nianbao.reading.config import load_config
from nianbao.reading.source import ReadWarning, Source
from nianbao.schema import COLUMNS, Fact

if TYPE_CHECKING:
    import altair
    import pandas
    from spacy.language import Language
    from spacy.tokens import Doc

    from nianbao.catalogue import Catalogue

PIPES = (
    "nianbao_tables",
    "nianbao_structure",
    "nianbao_mentions",
    "nianbao_number_linker",
    "nianbao_linker",
    "nianbao_facts",
    "nianbao_spans",
    "nianbao_checks",
)
_NETWORK = "nianbao_number_linker"
# Beyond so many words the vocabulary keeps none of a document's own: numbers and names never come to an end.
_MOST_WORDS = 200_000
_LONGEST_PATH = 1024
_SHOWN = ("doc_id", "year", "metric", "name", "applicant", "value", "unit", "status", "scope", "quote")
_MOST_SHOWN = 60
_PATH = re.compile(
    r"(?:[./~\\]|[A-Za-z]:[\\/]).*|[A-Za-z_][\w.-]*|[^\s。,，;；:：!！?？、|]*(?:[/\\][^\s。,，;；:：!！?？、|]*|\.[A-Za-z]\w{0,7})"
)


def load(
    path: str | os.PathLike[str] | None = None, *, catalogue: Catalogue | None = None, linker: str = "decided"
) -> Language:
    """The spaCy pipeline that reads reports.

        >>> import nianbao
        >>> doc = nianbao.load()("平湖县2017年政府信息公开工作年度报告\\n一、依申请公开情况\\n全年收到申请28件。")
        >>> [(row["metric"], row["value"], row["year"]) for row in doc._.facts]
        [('requests.received', 28.0, 2017)]

    Args:
        path: a saved or trained pipeline; None: the parts that ship.
        catalogue: the knowledge to read with, in place of the pipeline's own. It goes along when the pipeline is saved.
        linker: how prose numbers find their metric, where `path` is None: "decided" for rules and network with the
            decision between them, "rules" or "network" for either alone.

    Returns:
        nlp: `nlp(text)._.facts` are the document's rows as plain data, `._.structure` its structure; what they stand
        on is in `doc.spans`, `doc.ents` and `doc.sents`.

    Raises:
        ValueError: an unknown `linker`. OSError: there is no pipeline at `path`.
    """
    if path is not None:
        nlp = spacy.load(Path(path))
    else:
        known = {"@misc": "nianbao.Catalogue.v1", "path": catalogue.files.origin if catalogue else None}
        tokenizer = {"@tokenizers": "nianbao.ChineseTokenizer.v1", "catalogue": known, "coarse": True}
        nlp = spacy.blank("zh", config={"nlp": {"tokenizer": tokenizer}})
        for name in PIPES:
            if name == _NETWORK:
                if linker != "rules":
                    cast(NumberLinker, nlp.add_pipe(name, config={"catalogue": known})).from_disk(shipped_network())
                continue
            mode = {"mode": linker} if name == "nianbao_linker" else {}
            nlp.add_pipe(name, config={"catalogue": known, **mode})
        nlp.meta.update(_meta())
    if catalogue is not None:
        for _, pipe in nlp.pipeline:
            if isinstance(pipe, (CataloguePipe, NumberLinker)):
                pipe.use(catalogue)
        if hasattr(nlp.tokenizer, "use"):
            nlp.tokenizer.use(catalogue)
    # The tokenizer, not spaCy's guess at parser memory, bounds what a text costs; readers bound its size.
    nlp.max_length = 100_000_000
    return nlp


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

    def _repr_html_(self) -> str:
        """The table that notebooks show: the first facts, each with the words that say it."""
        head = "".join(f"<th>{name}</th>" for name in _SHOWN)
        rows = (f"<tr>{''.join(_cell(fact, name) for name in _SHOWN)}</tr>" for fact in self[:_MOST_SHOWN])
        left = f"<p>{len(self) - _MOST_SHOWN:,} more facts</p>" if len(self) > _MOST_SHOWN else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>{left}"


def _cell(fact: Fact, name: str) -> str:
    value = getattr(fact, name)
    words = "" if value is None else f"{value:,.12g}" if isinstance(value, float) else str(value)
    if name != "quote" or not fact.value_text or fact.value_text not in words:
        return f"<td>{escape(words)}</td>"
    before, said, after = words.rpartition(fact.value_text)
    return f"<td>{escape(before)}<mark>{escape(said)}</mark>{escape(after)}</td>"


def _meta() -> dict[str, Any]:
    """What a saved pipeline says of itself; what `spacy package` makes of it asks for this package."""
    major, minor, *_ = __version__.split(".")
    return {
        "name": "nianbao_reports",
        "version": __version__,
        "description": "Reads Chinese government information-disclosure annual reports into traceable facts",
        "license": "Apache-2.0",
        "requirements": [f"nianbao>={__version__},<{major}.{int(minor) + 1}.0"],
    }


@dataclass(slots=True)
class Result:
    """One document read: its rows by offset, and its structure as `nianbao structure` prints it.

    `warnings`: what its reader could not do in full, then what the components and the structure say. `blocks`: the
    lines of the text by kind, [start, end, kind] (see `nianbao.structure.Block`). `forms`: for each fact the form of
    the table that it was read from. `apart`: numbers of the prose as it reads by itself, where tables say otherwise;
    only of an extractor that is asked for them.
    """

    source: Source
    facts: FactList
    structure: dict[str, Any]
    warnings: list[ReadWarning] = field(default_factory=list)
    blocks: list[list[Any]] = field(default_factory=list)
    forms: list[str | None] = field(default_factory=list)
    apart: list[Fact] = field(default_factory=list)


class Extractor:
    """Reads sources one after the other with one pipeline.

    `apart`: also what the prose says by itself where a table says otherwise (`Result.apart`), for checks.
    """

    def __init__(self, nlp: Language | None = None, *, apart: bool = False) -> None:
        extensions.register()
        self.nlp = load() if nlp is None else nlp
        self.apart = apart

    def make_doc(self, source: Source) -> Doc:
        """The source as a tokenized Doc with its id, metadata and grids, ready for the components."""
        return _furnished(self.nlp.make_doc(source.text), source)

    def doc(self, source: Source) -> Doc:
        """The source read through the whole pipeline."""
        return self.nlp(self.make_doc(source))

    def run(self, source: Source) -> Result:
        """The source's facts and structure."""
        with self._words_forgotten(), unsearched():
            doc = self.doc(source)
            facts = FactList(Fact(**row) for row in doc._.facts)
            if source.places is not None:
                _place(facts, source)
            keys = ("is_report", "title", "agency", "report_year", "period_start", "period_end", "headings")
            structure = {"doc_id": source.id, **{key: doc._.structure.get(key) for key in keys}}
            said = [*doc._.warnings, *(words.split(": ", 1) for words in doc._.structure.get("warnings", ()))]
            warnings = [*source.warnings, *(ReadWarning(name, what) for name, what in said)]
            blocks = doc._.structure.get("blocks", [])
            apart = self._apart(doc, facts) if self.apart else []
            return Result(source, facts, structure, warnings, blocks, forms_of(doc), apart)

    def _apart(self, doc: Doc, facts: Iterable[Fact]) -> list[Fact]:
        linker = next((pipe for _, pipe in self.nlp.pipeline if isinstance(pipe, LinkerPipe)), None)
        if linker is None or not doc._.structure.get("is_report"):
            return []
        units = {metric.id: metric.unit for metric in linker.catalogue.metrics}
        prose = {(fact.start, fact.end): fact for fact in facts if fact.basis == "prose"}
        found = []
        for link in linker.unseen(doc):
            if (fact := prose.get((link["start"], link["end"]))) is not None and fact.value is not None:
                year = fact.report_year if link["year"] is None else link["year"]
                said = {name: link[name] for name in ("metric", "applicant", "value", "qualifier", "scope")}
                sure = round(link["confidence"], 4)
                found.append(replace(fact, **said, year=year, unit=units[link["metric"]], confidence=sure))
        return found

    def _words_forgotten(self) -> AbstractContextManager[Any]:
        return self.nlp.memory_zone() if len(self.nlp.vocab) > _MOST_WORDS else nullcontext()


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


def _furnished(doc: Doc, source: Source) -> Doc:
    extensions.keep_views(doc, source.text)
    doc._.source_id = source.id
    doc._.metadata = dict(source.metadata)
    doc._.grids = [extensions.grid_to_plain(grid) for grid in source.grids]
    return doc


@cache
def _own_extractor() -> Extractor:
    with loading():
        return Extractor()


def extract(
    source: str | os.PathLike[str] | Source | Iterable[Source], *, extractor: Extractor | None = None
) -> FactList:
    """The facts of a report.

        >>> import nianbao
        >>> [fact] = nianbao.extract("平湖县2017年政府信息公开工作年度报告\\n一、依申请公开情况\\n全年收到申请28件。")
        >>> fact.metric, fact.value, fact.value_text
        ('requests.received', 28.0, '28')

    Args:
        source: a path to a file or folder (a `Path`, or a string that reads like one), a report's text, or sources
            already read.
        extractor: to read with; None: the shipped pipeline, loaded with the first call and kept.

    Raises:
        FileNotFoundError: there is nothing at the path.
        nianbao.reading.ReadError: a file that cannot be read.
    """
    reader = _own_extractor() if extractor is None else extractor
    return FactList(fact for item in _sources(source) for fact in reader.run(item).facts)


def _sources(source: str | os.PathLike[str] | Source | Iterable[Source]) -> Iterable[Source]:
    if isinstance(source, Source):
        return [source]
    if isinstance(source, str) and not _reads_like_a_path(source):
        return [Source("text", source)]
    if isinstance(source, (str, os.PathLike)):
        from nianbao.reading import read_all

        if not Path(source).exists():
            raise FileNotFoundError(f"there is no file or folder {os.fspath(source)!r}; a report's text has lines")
        return read_all([Path(source)])
    return source


def _reads_like_a_path(words: str) -> bool:
    """Whether a string is meant as a path: what is on one line, and exists or is built like one."""
    if not words or len(words) >= _LONGEST_PATH or "\n" in words or "\0" in words:
        return False
    return _PATH.fullmatch(words) is not None or Path(words).exists()
