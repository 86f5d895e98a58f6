"""Facts and documents as a Hugging Face data set on disk: shards, features, a card; `load_dataset(DIR)` opens it."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nianbao import __version__
from nianbao.panel.load import documents, tables
from nianbao.reading.config import load_config
from nianbao.writing.atomic import OutputError, reporting
from nianbao.writing.columns import DOCUMENTS, FACTS, Kind, Table, arrow_schema, kinds

if TYPE_CHECKING:
    import pyarrow

SHARD_ROWS = 500_000
_FOLDERS = {FACTS: "data", DOCUMENTS: "documents"}
_TYPES = {"str": "string", "int": "int64", "float": "float64", "bool": "bool"}
_LISTS = {"words": "string", "numbers": "float64"}
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


def check_folder(folder: Path) -> None:
    """Refuses a folder that holds something, or that cannot be made.

    Raises:
        OutputError: as said.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OutputError(f"{folder} is there already and not empty; name a new folder, or empty this one")
    if not folder.parent.is_dir():
        raise OutputError(f"the folder {folder.parent} does not exist; make it first: mkdir -p {folder.parent}")


def write_dataset(facts: Sequence[Path], folder: Path) -> int:
    """Writes facts and, where they are there, tables of documents, with features and a card. Gives the number of facts.

    The folder appears whole or not at all; rows stream through.

    Args:
        facts: outputs of extract, or folders of them.
        folder: a new or an empty one.

    Raises:
        OutputError: the folder cannot be used.
        PanelError: a path holds no facts.
        WriteError: the system refused.
    """
    check_folder(folder)
    pending = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.tmp")
    try:
        with reporting(folder):
            found = {
                FACTS: _shards((part for path in facts for part in tables(path)), pending, FACTS),
                DOCUMENTS: _shards((part for path in facts for part in documents(path)), pending, DOCUMENTS),
            }
            rows = found[FACTS][0]
            (pending / "README.md").write_text(_card(found), encoding="utf-8")
            if folder.exists():
                folder.rmdir()
            pending.rename(folder)
    finally:
        shutil.rmtree(pending, ignore_errors=True)
    return rows


def _shards(parts: Iterable[pyarrow.Table], folder: Path, table: Table) -> tuple[int, int]:
    """How many rows there are, and how many documents they are of."""
    import pyarrow.parquet as pq

    rows, ids, shard, writer = 0, set(), 0, None
    schema, folder = arrow_schema(table), folder / _FOLDERS[table]
    folder.mkdir(parents=True)
    try:
        for part in parts:
            if writer is None:
                writer = pq.ParquetWriter(folder / f"train-{shard:05d}.parquet", schema, compression="zstd")
            writer.write_table(part.select(schema.names).cast(schema))
            rows += part.num_rows
            ids.update(part.column("doc_id").unique().to_pylist())
            if rows >= (shard + 1) * SHARD_ROWS:
                writer.close()
                writer, shard = None, shard + 1
        if not rows:
            pq.write_table(schema.empty_table(), folder / "train-00000.parquet")
    finally:
        if writer is not None:
            writer.close()
    return rows, len(ids)


def _card(found: dict[Table, tuple[int, int]]) -> str:
    import yaml

    config = load_config("export.yaml")
    rows, documents = found[FACTS]
    size = next((name for most, name in _SIZES if rows < most), "1M<n<10M" if rows < 10_000_000 else "n>10M")
    front = {
        "language": ["zh"],
        "pretty_name": "Facts of annual reports on government information disclosure",
        "tags": ["政府信息公开", "information-extraction", "tabular"],
        "size_categories": [size],
        "configs": [_config(table) for table in found],
        "dataset_info": [
            {"config_name": table.name, "features": [_feature(*column) for column in _columns(table)]}
            for table in found
        ],
    }
    lines = {
        table.name: "\n".join(
            f"| {name} | {_type(kind, null)} | {config[table.name][name]} |" for name, kind, null in _columns(table)
        )
        for table in found
    }
    inputs = found[DOCUMENTS][0]
    words = config["card"].format(rows=rows, of=documents, inputs=inputs, version=__version__, **lines)
    return f"---\n{yaml.safe_dump(front, allow_unicode=True, sort_keys=False)}---\n\n{words}"


def _config(table: Table) -> dict[str, Any]:
    files = [{"split": "train", "path": f"{_FOLDERS[table]}/train-*.parquet"}]
    return {"config_name": table.name, "data_files": files, **({"default": True} if table == FACTS else {})}


def _columns(table: Table) -> Iterator[tuple[str, Kind, bool]]:
    return ((name, kind, null) for name, (kind, null) in kinds(table).items())


def _type(kind: Kind, null: bool) -> str:
    shown = f"list of {_LISTS[kind]}" if kind in _LISTS else _TYPES[kind]
    return f"{shown} or null" if null else shown


def _feature(name: str, kind: Kind, _: bool) -> dict[str, Any]:
    return {"name": name, "list": _LISTS[kind]} if kind in _LISTS else {"name": name, "dtype": _TYPES[kind]}
