"""The kinds of files that are read, and the way from a document's bytes to its Source."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from nianbao.reading.errors import ReadError
from nianbao.reading.source import Source

Reader = Callable[[bytes, str, str, int], Source]
"""A document's bytes, id, place for messages and limit in bytes of text to its Source; may raise a ReadError."""


@dataclass(slots=True, frozen=True)
class Kind:
    """A kind of file that is one document.

    `name`: as the table of documents has it. `reader`: "module:function" of a `Reader`; named, not imported, so that a
    run pays only for the kinds that it meets. `factor`: how many times as large as the text in it a file may be.
    """

    name: str
    reader: str
    factor: int = 1

    def load(self) -> Reader:
        """The reader."""
        module, _, function = self.reader.partition(":")
        found: Reader = getattr(import_module(module), function)
        return found


TEXT = Kind("txt", "nianbao.reading.plain:from_bytes")
HTML = Kind("html", "nianbao.reading.html:from_bytes", 4)
DOCX = Kind("docx", "nianbao.reading.docx:from_bytes", 40)
PDF = Kind("pdf", "nianbao.reading.pdf:from_bytes", 40)
XLSX = Kind("xlsx", "nianbao.reading.workbook:from_bytes", 40)
XLS = Kind("xls", XLSX.reader, 40)
CSV = Kind("csv", "nianbao.reading.workbook:from_text")
MHT = Kind("mht", "nianbao.reading.mht:from_bytes", 40)
DOC = Kind("doc", "nianbao.reading.office:from_bytes", 40)
WPS = Kind("wps", DOC.reader, 40)
RTF = Kind("rtf", DOC.reader, 40)
PNG = Kind("png", "nianbao.reading.image:from_bytes", 20)
JPG = Kind("jpg", "nianbao.reading.image:from_bytes", 20)

DOCUMENTS: dict[str, Kind] = {
    ".txt": TEXT,
    ".md": Kind("md", TEXT.reader),
    ".html": HTML,
    ".htm": HTML,
    ".docx": DOCX,
    ".pdf": PDF,
    ".xlsx": XLSX,
    ".xls": XLS,
    ".et": XLS,
    ".csv": CSV,
    ".tsv": CSV,
    ".mht": MHT,
    ".mhtml": MHT,
    ".doc": DOC,
    ".wps": WPS,
    ".rtf": RTF,
    ".png": PNG,
    ".jpg": JPG,
    ".jpeg": JPG,
}
"""By ending."""

# Named, not imported, so that a run pays only for the kinds it meets.
COLLECTIONS: dict[str, str] = {
    ".jsonl": "nianbao.reading.records:jsonl",
    ".jsonl.gz": "nianbao.reading.records:jsonl",
    ".jsonl.zst": "nianbao.reading.records:jsonl",
    ".parquet": "nianbao.reading.records:parquet",
    ".warc": "nianbao.reading.warc:responses",
    ".warc.gz": "nianbao.reading.warc:responses",
    ".zip": "nianbao.reading.archive:members",
}
"""Many documents a file: (path, limit in bytes) to their Records, in order; may raise a ReadError at any point."""


def sha256_of(data: bytes | str) -> str:
    """The digest of bytes, or of a text as UTF-8, in hexadecimal."""
    return hashlib.sha256(data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data).hexdigest()


def read_document(kind: Kind, data: bytes, doc_id: str, place: str, max_bytes: int) -> Source:
    """The document that the bytes are, with its kind and digest.

    Raises:
        ReadError: it cannot be read; the error knows kind and digest too.
    """
    digest = sha256_of(data)
    try:
        source = kind.load()(data, doc_id, place, max_bytes)
    except ReadError as error:
        error.doc_id = error.doc_id or doc_id
        error.format, error.sha256 = error.format or kind.name, digest
        raise
    source.kind, source.sha256 = source.kind or kind.name, digest
    return source
