"""The card of a data set: its front matter with features, and what its columns say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from nianbao import __version__
from nianbao.panel import PanelError
from nianbao.sharing.rows import CodebookEntry
from nianbao.writing.columns import DOCUMENTS, FACTS, Kind, TableSchema, kinds
from nianbao.writing.words import about


@dataclass(slots=True)
class Text:
    """A document's text, to which offsets refer."""

    doc_id: str
    text: str


METRICS = TableSchema("metrics", CodebookEntry)
TEXTS = TableSchema("texts", Text)
FOLDERS = {"facts": "data", "documents": "documents", "metrics": "metrics", "texts": "texts"}
_TYPES = {"str": "string", "int": "int64", "float": "float64", "bool": "bool"}
_LISTS = {"words": "string", "numbers": "float64"}
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


@dataclass(slots=True)
class Contents:
    """What is written of a data set: its configs with their rows and ids, and the metrics that facts use."""

    tables: list[TableSchema] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    ids: dict[str, set[str]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def add(self, table: TableSchema, rows: int, ids: set[str]) -> None:
        """Notes a config that is written."""
        self.tables.append(table)
        self.rows[table.name], self.ids[table.name] = rows, ids


def card(contents: Contents) -> str:
    """The README.md of a data set.

    Raises:
        PanelError: huggingface_hub is not installed.
    """
    try:
        from huggingface_hub import DatasetCard, DatasetCardData
    except ImportError as error:
        raise PanelError("a data set needs huggingface_hub: pip install 'nianbao[datasets]'") from error
    said = about()
    rows = contents.rows[FACTS.name]
    size = next((name for most, name in _SIZES if rows < most), "1M<n<10M" if rows < 10_000_000 else "n>10M")
    front = DatasetCardData(
        language=["zh"],
        pretty_name="Facts of annual reports on government information disclosure",
        tags=["政府信息公开", "information-extraction", "tabular"],
        size_categories=[size],
        configs=[_config(table) for table in contents.tables],
        dataset_info=[
            {"config_name": table.name, "features": [_feature(name, kind) for name, (kind, _) in kinds(table).items()]}
            for table in contents.tables
        ],
    )
    made = DatasetCard.from_template(
        front,
        template_str=said["card"],
        rows=f"{rows:,}",
        of=f"{len(contents.ids[FACTS.name]):,}",
        inputs=f"{contents.rows[DOCUMENTS.name]:,}",
        texts=f"{contents.rows[TEXTS.name]:,}" if TEXTS.name in contents.rows else "",
        version=__version__,
        columns={table.name: _columns(table, said[table.name]) for table in (FACTS, DOCUMENTS)},
    )
    return str(made)


def _config(table: TableSchema) -> dict[str, Any]:
    files = [{"split": "train", "path": f"{FOLDERS[table.name]}/train-*.parquet"}]
    return {"config_name": table.name, "data_files": files, **({"default": True} if table == FACTS else {})}


def _columns(table: TableSchema, meanings: dict[str, str]) -> str:
    lines = (f"| {name} | {_type(kind, null)} | {meanings[name]} |" for name, (kind, null) in kinds(table).items())
    return "\n".join(lines)


def _type(kind: Kind, null: bool) -> str:
    shown = f"list of {_LISTS[kind]}" if kind in _LISTS else _TYPES[kind]
    return f"{shown} or null" if null else shown


def _feature(name: str, kind: Kind) -> dict[str, Any]:
    return {"name": name, "list": _LISTS[kind]} if kind in _LISTS else {"name": name, "dtype": _TYPES[kind]}
