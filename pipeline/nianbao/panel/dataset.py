"""Facts as a Hugging Face data set on disk: shards, features and a card; `datasets.load_dataset(DIR)` opens it."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nianbao import __version__
from nianbao.panel.load import tables
from nianbao.reading.config import load_config
from nianbao.schema import COLUMNS
from nianbao.writing.atomic import OutputError, reporting
from nianbao.writing.columns import arrow_schema, kinds

if TYPE_CHECKING:
    import pyarrow

SHARD_ROWS = 500_000
_TYPES = {"str": "string", "int": "int64", "float": "float64"}
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
    """Writes facts with their features and a card. Gives the number of rows.

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
            (pending / "data").mkdir(parents=True)
            rows, documents = _shards((table for path in facts for table in tables(path)), pending / "data")
            (pending / "README.md").write_text(_card(rows, documents), encoding="utf-8")
            if folder.exists():
                folder.rmdir()
            pending.rename(folder)
    finally:
        shutil.rmtree(pending, ignore_errors=True)
    return rows


def _shards(parts: Iterable[pyarrow.Table], folder: Path) -> tuple[int, int]:
    import pyarrow.parquet as pq

    rows, documents, shard, writer = 0, set(), 0, None
    try:
        for part in _pieces(parts):
            if writer is None:
                writer = pq.ParquetWriter(folder / f"train-{shard:05d}.parquet", arrow_schema(), compression="zstd")
            writer.write_table(part)
            rows += part.num_rows
            documents.update(part.column("doc_id").unique().to_pylist())
            if rows >= (shard + 1) * SHARD_ROWS:
                writer.close()
                writer, shard = None, shard + 1
        if not rows:
            pq.write_table(arrow_schema().empty_table(), folder / "train-00000.parquet")
    finally:
        if writer is not None:
            writer.close()
    return rows, len(documents)


def _pieces(parts: Iterable[pyarrow.Table]) -> Iterator[pyarrow.Table]:
    for part in parts:
        yield part.select(list(COLUMNS)).cast(arrow_schema())


def _card(rows: int, documents: int) -> str:
    import yaml

    config = load_config("export.yaml")
    size = next((name for most, name in _SIZES if rows < most), "1M<n<10M" if rows < 10_000_000 else "n>10M")
    front = {
        "language": ["zh"],
        "pretty_name": "Facts of annual reports on government information disclosure",
        "tags": ["政府信息公开", "information-extraction", "tabular"],
        "size_categories": [size],
        "configs": [{"config_name": "default", "data_files": [{"split": "train", "path": "data/train-*.parquet"}]}],
        "dataset_info": {"features": [_feature(name) for name in COLUMNS]},
    }
    lines = "\n".join(f"| {name} | {_type(name)} | {config['columns'][name]} |" for name in COLUMNS)
    words = config["card"].format(rows=rows, documents=documents, version=__version__, columns=lines)
    return f"---\n{yaml.safe_dump(front, allow_unicode=True, sort_keys=False)}---\n\n{words}"


def _type(name: str) -> str:
    kind, null = kinds()[name]
    shown = f"list of {_LISTS[kind]}" if kind in _LISTS else _TYPES[kind]
    return f"{shown} or null" if null else shown


def _feature(name: str) -> dict[str, Any]:
    kind, _ = kinds()[name]
    return {"name": name, "list": _LISTS[kind]} if kind in _LISTS else {"name": name, "dtype": _TYPES[kind]}
