"""A Hugging Face data set that stands alone: facts, documents, metrics, and the texts that offsets refer to.

`load_dataset(DIR, "facts")` opens it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from nianbao.catalogue import Catalogue
from nianbao.panel import PanelError
from nianbao.panel.load import documents, tables
from nianbao.sharing.card import FOLDERS, METRICS, TEXTS, Contents, card
from nianbao.sharing.rows import codebook
from nianbao.sharing.texts import Texts
from nianbao.writing.atomic import OutputError, whole_folder
from nianbao.writing.columns import DOCUMENTS, FACTS, TableSchema, arrow_schema

if TYPE_CHECKING:
    import pyarrow

SHARD_ROWS = 500_000


@dataclass(slots=True)
class Exported:
    """How many facts and texts a data set has, and which documents with facts are without their text."""

    facts: int
    texts: int
    without_text: list[str]


def check_folder(folder: Path) -> None:
    """Refuses a folder that holds something, or that cannot be made.

    Raises:
        OutputError: as said.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OutputError(f"{folder} is there already and not empty; name a new folder, or empty this one")
    if not folder.parent.is_dir():
        raise OutputError(f"the folder {folder.parent} does not exist; make it first: mkdir -p {folder.parent}")


def write_dataset(
    facts: Sequence[Path],
    folder: Path,
    *,
    texts: Iterable[tuple[str, str]] | None = None,
    catalogue: Catalogue | None = None,
) -> Exported:
    """Writes facts, tables of documents where they are there, the registry of metrics and a card.

    The folder appears whole or not at all; rows stream through.

    Args:
        facts: outputs of extract, or folders of them.
        folder: a new or an empty one.
        texts: id and text of each document, which become a config of their own; None: none.
        catalogue: whose metrics the facts speak of; None: the one that ships.

    Raises:
        OutputError: the folder cannot be used.
        PanelError: a path holds no facts, a fact is not where it says in the text given for its document, or
            huggingface_hub is not installed.
        WriteError: the system refused.
    """
    check_folder(folder)
    known = catalogue or Catalogue.load()
    written = Contents()
    held: Texts | None = None
    with whole_folder(folder) as pending, ExitStack() as opened:
        if texts is not None:
            scratch = opened.enter_context(tempfile.TemporaryDirectory(prefix="nianbao-"))
            held = opened.enter_context(Texts(Path(scratch) / "texts.sqlite"))
            held.add(texts)
        parts = (part for path in facts for part in tables(path))
        _write(parts if held is None else _checked(parts, held), pending, FACTS, written)
        _write((part for path in facts for part in documents(path)), pending, DOCUMENTS, written)
        _write(_metrics(known, written.used), pending, METRICS, written)
        ids = written.ids[FACTS.name] | written.ids[DOCUMENTS.name]
        if held is not None:
            _write(_tables(held.of(ids), TEXTS), pending, TEXTS, written)
        (pending / "README.md").write_text(card(written), encoding="utf-8")
    missing = sorted(written.ids[FACTS.name] - written.ids.get(TEXTS.name, set())) if held is not None else []
    return Exported(written.rows[FACTS.name], written.rows.get(TEXTS.name, 0), missing)


def _checked(parts: Iterable[pyarrow.Table], texts: Texts) -> Iterator[pyarrow.Table]:
    """The same parts, where each fact's characters stand in its document's text."""
    for part in parts:
        columns = [part.column(name).to_pylist() for name in ("doc_id", "start", "end", "value_text")]
        for doc_id, start, end, said in zip(*columns, strict=True):
            text = texts.get(doc_id)
            if text is not None and text[start:end] != (said or ""):
                raise PanelError(
                    f"the text given for {doc_id} is not the one its facts were read from: {start}-{end} is "
                    f"{text[start:end][:40]!r}, not {said!r}; give the files that extract was given"
                )
        yield part


def _metrics(catalogue: Catalogue, used: set[str]) -> Iterator[pyarrow.Table]:
    return _tables((asdict(entry) for entry in codebook(catalogue, used)), METRICS)


def _tables(rows: Iterable[dict[str, object]], table: TableSchema) -> Iterator[pyarrow.Table]:
    import pyarrow as pa

    left = iter(rows)
    while part := list(islice(left, 1_000)):
        yield pa.Table.from_pylist(part, schema=arrow_schema(table))


def _write(parts: Iterable[pyarrow.Table], folder: Path, table: TableSchema, written: Contents) -> None:
    """Writes a config in shards, and notes what it holds."""
    import pyarrow.parquet as pq

    rows, shard, writer = 0, 0, None
    schema, folder = arrow_schema(table), folder / FOLDERS[table.name]
    ids: set[str] = set()
    folder.mkdir(parents=True)
    try:
        for part in parts:
            if writer is None:
                writer = pq.ParquetWriter(folder / f"train-{shard:05d}.parquet", schema, compression="zstd")
            writer.write_table(part.select(schema.names).cast(schema))
            rows += part.num_rows
            if "doc_id" in schema.names:
                ids.update(part.column("doc_id").unique().drop_null().to_pylist())
            if table == FACTS:
                written.used.update(part.column("metric").unique().drop_null().to_pylist())
            if rows >= (shard + 1) * SHARD_ROWS:
                writer.close()
                writer, shard = None, shard + 1
        if not rows:
            pq.write_table(schema.empty_table(), folder / "train-00000.parquet")
    finally:
        if writer is not None:
            writer.close()
    written.add(table, rows, ids)
