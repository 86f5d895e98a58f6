"""What a file is by its content: names lie, and sites save pages as .doc and Word files as anything."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

from nianbao.reading.errors import DAMAGED_ZIP
from nianbao.reading.kinds import CSV, DOC, DOCUMENTS, DOCX, HTML, MHT, PDF, RTF, TEXT, WPS, XLS, XLSX, Kind

HEAD_BYTES = 8192
ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PDF = re.compile(rb"%PDF-\d")
_PAGE = re.compile(rb"\s*<(?:!doctype\s+html|html|head|body|table|div|meta)[\s>]", re.IGNORECASE)
_PAGE_SOON = re.compile(rb"<(?:!doctype\s+html|html|table)[\s>]", re.IGNORECASE)
_WHOLE_PAGE = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE)
_OFFICE_XML = re.compile(rb'progid\s*=\s*"(?:Word|Excel)\.', re.IGNORECASE)
_MAIL = re.compile(rb"(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*)+", re.MULTILINE)
_RELATED = re.compile(rb"^content-type:\s*(?:multipart/|text/html)", re.IGNORECASE | re.MULTILINE)
_PICTURES = ((b"\x89PNG\r\n\x1a\n", ".png"), (b"\xff\xd8\xff", ".jpg"))
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
# What an OLE file holds, by the names in its directory.
_STREAMS = (("WordDocument", DOC), ("Workbook", XLS), ("Book", XLS))
# Kinds whose names are given to all sorts of files.
_OFFICE = (DOC, WPS, RTF, XLS, XLSX, DOCX)
_PLAIN = ("txt", "md", "csv")


def limit_of(head: bytes, named: Kind | None) -> int:
    """How many times as large as its text a file may be, by its first HEAD_BYTES."""
    if head.startswith((ZIP, OLE)) or _PDF.search(head, 0, 1024) or _is_mail(head):
        return PDF.factor
    kind = kind_of_bytes(head, named)
    return kind.factor if kind is not None else TEXT.factor


def kind_of_bytes(data: bytes, named: Kind | None) -> Kind | None:
    """The kind that bytes are, else the one that their name says; None where neither is read.

    A text is what its name says: only a whole page is no .txt.
    """
    head = data[:HEAD_BYTES]
    if _PDF.search(head, 0, 1024):
        return PDF
    if head.startswith(ZIP):
        return _of_zip(data) or named
    if head.startswith(OLE):
        return _of_ole(data, named)
    for magic, ending in _PICTURES:
        if head.startswith(magic):
            return DOCUMENTS.get(ending, named)
    if head.startswith(b"{\\rtf"):
        return RTF
    if _is_mail(head):
        return MHT
    if _OFFICE_XML.search(head):
        return DOC
    return _of_text(head, named)


def _of_text(head: bytes, named: Kind | None) -> Kind | None:
    text = head
    for mark in _MARKS:
        text = text.removeprefix(mark)
    # UTF-16 has a zero byte beside each letter of a tag.
    text = text.replace(b"\0", b"")
    if named is not None and named.name in _PLAIN:
        return HTML if _WHOLE_PAGE.match(text) else named
    if named is HTML:
        return named
    if _PAGE.match(text) or _PAGE_SOON.search(text, 0, 2000):
        return HTML
    if named in _OFFICE and b"\0" not in head:
        return CSV if named in (XLS, XLSX) else TEXT
    return named


def _of_zip(data: bytes) -> Kind | None:
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            names = set(package.namelist())
    except DAMAGED_ZIP:
        return None
    if "word/document.xml" in names:
        return DOCX
    return XLSX if "xl/workbook.xml" in names else None


def _of_ole(data: bytes, named: Kind | None) -> Kind | None:
    if named is WPS:
        return WPS
    return next((kind for name, kind in _STREAMS if name.encode("utf-16-le") in data), named)


def _is_mail(head: bytes) -> bool:
    """Whether it begins with the fields of a mail that holds a page, as browsers save it (.mht)."""
    fields = _MAIL.match(head.lstrip().replace(b"\r\n", b"\n"))
    return fields is not None and b"mime-version:" in fields.group().lower() and bool(_RELATED.search(fields.group()))
