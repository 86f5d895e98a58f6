"""Word files (.docx): paragraphs as lines, tables as true grids with their merged cells."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nianbao.reading.errors import ReadError
from nianbao.reading.files import over_limit, readable, too_large
from nianbao.reading.html import collapse
from nianbao.reading.layout import Layout, Slot
from nianbao.reading.source import Source

# A zip that unpacks to more than this many times the limit of a text is no document.
_UNPACKED_FACTOR = 40
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def read(path: Path, doc_id: str, max_bytes: int) -> Iterator[Source | ReadError]:
    """The one document of a .docx file.

    Raises:
        ReadError: it is no .docx, unpacks to too much, holds no text, or python-docx is not installed.
    """
    place = readable(str(path))
    layout = Layout()
    for block in _body(path, place, max_bytes):
        if block.tag == f"{_W}tbl":
            layout.add_table(_table(block))
        elif line := collapse(_text(block)):
            layout.add(line)
    text = layout.text()
    if not text.strip():
        raise ReadError("is empty; fetch it again or leave it out", path=place, doc_id=doc_id, kind="empty")
    if over_limit(text, max_bytes):
        raise too_large(place, max_bytes)
    yield Source(doc_id, text, tuple(layout.grids), path=place)


def _body(path: Path, place: str, max_bytes: int) -> Iterator[Any]:
    """The paragraphs and tables of the body, in order; those inside content controls too."""
    try:
        import docx
        from docx.opc.exceptions import PackageNotFoundError
    except ImportError as error:
        raise ReadError('needs python-docx: pip install "nianbao[docx]"', path=place, kind="missing_extra") from error
    try:
        with zipfile.ZipFile(path) as package:
            if sum(entry.file_size for entry in package.infolist()) > _UNPACKED_FACTOR * max_bytes:
                raise too_large(place, max_bytes)
        # python-docx parses with entities and network switched off.
        body = docx.Document(str(path)).element.body
    except (zipfile.BadZipFile, PackageNotFoundError, KeyError, ValueError) as error:
        message = "is no Word document, or a damaged one; open it in Word and save it again as .docx"
        raise ReadError(message, path=place, kind="damaged") from error
    waiting = [body]
    while waiting:
        node = waiting.pop()
        if node.tag in (f"{_W}p", f"{_W}tbl"):
            yield node
        elif node.tag in (f"{_W}body", f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins"):
            waiting.extend(reversed(list(node)))


def _text(node: Any) -> str:
    """The characters of a paragraph or cell; tracked deletions are left out."""
    parts = []
    for part in node.iter(f"{_W}t", f"{_W}tab", f"{_W}br", f"{_W}p"):
        if part.tag == f"{_W}t":
            parts.append(part.text or "")
        elif part.tag == f"{_W}tab":
            parts.append(" ")
        elif parts:
            parts.append("\n")
    return "".join(parts)


def _table(table: Any) -> list[list[Slot]]:
    rows: list[list[Slot]] = []
    # For each column the cell that a vertical merge goes on from.
    above: dict[int, Slot] = {}
    for r, tr in enumerate(table.iter(f"{_W}tr")):
        row: list[Slot] = []
        col = 0
        for tc in tr.iter(f"{_W}tc"):
            properties = tc.find(f"{_W}tcPr")
            span = _span(properties)
            merge = None if properties is None else properties.find(f"{_W}vMerge")
            going_on = merge is not None and merge.get(f"{_W}val", "continue") == "continue"
            if going_on and col in above:
                above[col].rowspan += 1
            else:
                slot = Slot(collapse(_text(tc)), r, col, 1, span)
                row.append(slot)
                above[col] = slot
            col += span
        rows.append(row)
    return rows


def _span(properties: Any) -> int:
    grid_span = None if properties is None else properties.find(f"{_W}gridSpan")
    digits = "" if grid_span is None else grid_span.get(f"{_W}val", "")
    return min(max(int(digits), 1), 100) if digits.isdigit() else 1
