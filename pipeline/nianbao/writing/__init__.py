"""Facts and what became of documents to files: `open_sink` for one table, `Output` for all; `read_facts` back.

In: facts and rows of documents, in batches. Out: a .parquet, .csv, .jsonl, .duckdb, .sqlite or .xlsx file, by its
ending, which is there whole or not at all; facts and documents are both new or both as they were. A failure names the
place and what the system said.
"""

from __future__ import annotations

from nianbao.writing.atomic import OutputError, WriteError
from nianbao.writing.load import holds_facts, read_documents, read_facts
from nianbao.writing.output import Output, documents_path
from nianbao.writing.sinks import Sink, open_sink

__all__ = [
    "Output",
    "OutputError",
    "Sink",
    "WriteError",
    "documents_path",
    "holds_facts",
    "open_sink",
    "read_documents",
    "read_facts",
]
