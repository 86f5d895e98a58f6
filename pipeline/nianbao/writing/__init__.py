"""Facts and what became of documents to files: `open_sink` for one table, `Output` for all; `read_facts` back."""

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
