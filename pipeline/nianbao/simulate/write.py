"""Simulated reports on disk: a folder of documents with gold files, JSON lines, or a data set for Hugging Face."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from nianbao.simulate.data import load
from nianbao.simulate.report import SimulatedReport
from nianbao.writing.atomic import Pending, reporting, whole_folder

Kind = Literal["folder", "jsonl", "parquet"]
KINDS: tuple[Kind, ...] = ("folder", "jsonl", "parquet")
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "utf-16")
SHARD = 2_000
"""Reports in one Parquet file."""


def write(reports: Iterable[SimulatedReport], out: str | Path, kind: Kind, encoding: str = "utf-8") -> int:
    """Write reports as they come, never all in memory. Gives their number.

    Args:
        out: a folder for "folder" (reports/NAME.txt, .md or .html and gold/NAME.json) and "parquet"
            (data/train-*.parquet and the data set's card, README.md), a file for "jsonl".
        encoding: of the documents of a folder; "mixed" takes one after another of `ENCODINGS`.

    Whatever it is, it appears whole or not at all.

    Raises:
        ValueError: unknown kind or encoding.
        FileExistsError: the folder has files of its own already.
        OutputError: there is no such place.
        WriteError: the system refused.
    """
    out = Path(out)
    if kind not in KINDS:
        raise ValueError(f"unknown kind {kind!r}; it must be one of {', '.join(KINDS)}")
    if encoding not in (*ENCODINGS, "mixed"):
        raise ValueError(f"unknown encoding {encoding!r}; it must be mixed or one of {', '.join(ENCODINGS)}")
    if kind == "jsonl":
        return _jsonl(reports, out)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise FileExistsError(f"{out} is there already and not empty; name a new folder, or empty this one")
    with reporting(out):
        out.parent.mkdir(parents=True, exist_ok=True)
    with whole_folder(out) as pending:
        if kind == "folder":
            return _folder(reports, pending, ENCODINGS if encoding == "mixed" else (encoding,))
        return _parquet(reports, pending)


def _jsonl(reports: Iterable[SimulatedReport], out: Path) -> int:
    count = 0
    pending = Pending(out)
    try:
        with reporting(out), pending.path.open("w", encoding="utf-8", newline="\n") as file:
            for report in reports:
                file.write(json.dumps(report.to_dict(), ensure_ascii=False) + "\n")
                count += 1
        pending.commit()
    finally:
        pending.discard()
    return count


def _folder(reports: Iterable[SimulatedReport], out: Path, encodings: tuple[str, ...]) -> int:
    documents, gold = out / "reports", out / "gold"
    documents.mkdir()
    gold.mkdir()
    count = 0
    for count, report in enumerate(reports, 1):
        if report.html is not None:
            # The page declares UTF-8.
            (documents / f"{report.id}.html").write_bytes(report.html.encode())
        else:
            ending = ".md" if report.meta["layout"] in ("markdown", "shuffled") else ".txt"
            encoding = encodings[count % len(encodings)]
            (documents / f"{report.id}{ending}").write_bytes(report.text.encode(encoding))
        text = json.dumps(report.to_gold(), ensure_ascii=False, indent=1)
        (gold / f"{report.id}.json").write_text(text + "\n", encoding="utf-8")
    return count


def _parquet(reports: Iterable[SimulatedReport], out: Path) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = _schema(pa)
    data = out / "data"
    data.mkdir()
    count = 0
    rows = iter(reports)
    for shard, first in enumerate(rows):
        with pq.ParquetWriter(data / f"train-{shard:05d}.parquet", schema, compression="zstd") as writer:
            for batch in _batches(_chain(first, islice(rows, SHARD - 1)), 250):
                writer.write_table(pa.Table.from_pylist(batch, schema=schema))
                count += len(batch)
    card = load("card")["text"].replace("{count}", f"{count:,}")
    (out / "README.md").write_text(card, encoding="utf-8")
    return count


def _chain(first: SimulatedReport, rest: Iterable[SimulatedReport]) -> Iterator[dict[str, Any]]:
    yield to_row(first)
    for report in rest:
        yield to_row(report)


def _batches(rows: Iterator[dict[str, Any]], size: int) -> Iterator[list[dict[str, Any]]]:
    while batch := list(islice(rows, size)):
        yield batch


def to_row(report: SimulatedReport) -> dict[str, Any]:
    """The report as a row of the data set: everything, with `meta` in columns of its own."""
    row = report.to_dict()
    meta = row.pop("meta")
    return row | {
        "form": meta["form"],
        "regime": meta["regime"],
        "layout": meta["layout"],
        "noise": meta["noise"],
        "negative": meta.get("negative"),
        "split": meta["split"],
        "seed": meta["seed"],
        "index": meta["index"],
        "quirks": meta["quirks"],
        "broken": meta["broken"],
        "damages": meta["damages"],
        "productions": meta["productions"],
    }


def _schema(pa: Any) -> Any:
    """The columns of the data set."""
    text, whole = pa.string(), pa.int32()
    fact = {
        "metric": text,
        "applicant": text,
        "year": whole,
        "value": pa.float64(),
        "qualifier": text,
        "status": text,
        "basis": text,
        "scope": text,
        "evidence": text,
        "value_text": text,
        "unit": text,
        "start": whole,
        "end": whole,
        "metric_start": whole,
        "metric_end": whole,
        "optional": pa.bool_(),
    }
    place = {"start": whole, "end": whole}
    span = place | {"label": text, "metric": text, "applicant": text, "year": whole, "kind": text}

    def rows(columns: dict[str, Any]) -> Any:
        return pa.list_(pa.struct(list(columns.items())))

    columns = {
        "id": text,
        "text": text,
        "is_report": pa.bool_(),
        "agency": text,
        "report_year": whole,
        "facts": rows(fact),
        "headings": rows({"level": whole, "text": text} | place),
        "lines": rows(place | {"kind": text}),
        "segments": rows(place | {"kind": text}),
        "spans": rows(span),
        "html": text,
    }
    columns |= dict.fromkeys(("form", "regime", "layout"), text) | {"noise": whole, "negative": text, "split": text}
    columns |= {"seed": whole, "index": whole}
    columns |= dict.fromkeys(("quirks", "broken", "damages", "productions"), pa.list_(text))
    return pa.schema(list(columns.items()))
