"""Facts to files: `open_sink` writes .jsonl, .csv, .parquet and .duckdb, `read_facts` reads them back."""

from __future__ import annotations

from nianbao.writing.atomic import OutputError, WriteError
from nianbao.writing.load import read_facts
from nianbao.writing.sinks import Sink, open_sink

__all__ = ["OutputError", "Sink", "WriteError", "open_sink", "read_facts"]
