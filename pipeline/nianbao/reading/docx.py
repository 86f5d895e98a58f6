"""Word files (.docx): paragraphs as lines, tables as true grids with their merged cells."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from nianbao.reading.blanks import collapse
from nianbao.reading.errors import ReadError
from nianbao.reading.files import over_limit, too_large
from nianbao.reading.layout import Layout, Slot
from nianbao.reading.source import Source

# A zip that unpacks to more than this many times the limit of a text is no document.
_UNPACKED_FACTOR = 40
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# What wraps paragraphs, tables, rows or cells without being one: content controls, tracked insertions.
_WRAPPERS = frozenset(f"{_W}{name}" for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml"))
# What is shown elsewhere or no more: the second form of a drawing, the place that a text was moved from.
_HIDDEN = frozenset((_FALLBACK, f"{_W}moveFrom", f"{_W}del"))
_OLE = b"\xd0\xcf\x11\xe0"


def from_bytes(data: bytes, doc_id: str, place: str, max_bytes: int) -> Source:
    """A document from the bytes of a .docx file.

    Raises:
        ReadError: it is no .docx, unpacks to too much, holds no text, or python-docx is not installed.
    """
    layout = Layout()
    for block in _body(data, place, max_bytes):
        if block.tag == f"{_W}tbl":
            layout.add_table(_table(block))
            continue
        for part in _text(block).split("\n"):
            if line := collapse(part):
                layout.add(line)
    text = layout.text()
    if not text.strip():
        raise ReadError("is empty; fetch it again or leave it out", path=place, doc_id=doc_id, kind="empty")
    if over_limit(text, max_bytes):
        raise too_large(place, max_bytes)
    return Source(doc_id, text, tuple(layout.grids), path=place)


def _body(data: bytes, place: str, max_bytes: int) -> Iterator[Any]:
    """The paragraphs and tables of the body, in order; those inside content controls too."""
    try:
        import docx
    except ImportError as error:
        raise ReadError('needs python-docx: pip install "nianbao[docx]"', path=place, kind="missing_extra") from error
    if data.startswith(_OLE):
        message = "is an old Word file or locked with a password; save it as .docx without one"
        raise ReadError(message, path=place, kind="locked")
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            unpacked = sum(entry.file_size for entry in package.infolist())
        if unpacked > _UNPACKED_FACTOR * max_bytes:
            raise too_large(place, max_bytes)
        # python-docx parses with entities and network switched off.
        body = docx.Document(BytesIO(data)).element.body
    except ReadError:
        raise
    # A damaged package comes as whatever error its first broken part leads to.
    except Exception as error:
        message = "is no Word document, or a damaged one; open it in Word and save it again as .docx"
        raise ReadError(message, path=place, kind="damaged") from error
    yield from _children(body, (f"{_W}p", f"{_W}tbl"))


def _children(node: Any, tags: tuple[str, ...]) -> Iterator[Any]:
    """The elements of these kinds right below a node, or below what only wraps them."""
    waiting = list(reversed(node))
    while waiting:
        child = waiting.pop()
        if child.tag in tags:
            yield child
        elif child.tag in _WRAPPERS:
            waiting.extend(reversed(child))


def _text(node: Any) -> str:
    """The characters of a paragraph or cell; tracked deletions are left out."""
    parts: list[str] = []
    waiting = list(reversed(node))
    while waiting:
        part = waiting.pop()
        if part.tag == f"{_W}t":
            parts.append(part.text or "")
        elif part.tag in (f"{_W}tab", f"{_W}ptab"):
            parts.append(" ")
        elif part.tag == f"{_W}noBreakHyphen":
            parts.append("-")
        elif part.tag in (f"{_W}br", f"{_W}cr"):
            parts.append("\n")
        elif part.tag not in _HIDDEN:
            if part.tag == f"{_W}p" and parts:
                parts.append("\n")
            waiting.extend(reversed(part))
    return "".join(parts)


def _table(table: Any) -> list[list[Slot]]:
    rows: list[list[Slot]] = []
    # For each column the cell that a vertical merge goes on from.
    above: dict[int, Slot] = {}
    for r, tr in enumerate(_children(table, (f"{_W}tr",))):
        row: list[Slot] = []
        before = tr.find(f"{_W}trPr/{_W}gridBefore")
        col = 0 if before is None else _number(before)
        for tc in _children(tr, (f"{_W}tc",)):
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
    span = None if properties is None else properties.find(f"{_W}gridSpan")
    return 1 if span is None else max(_number(span), 1)


def _number(node: Any) -> int:
    """A count of columns; nonsense is none."""
    digits = node.get(f"{_W}val", "")
    return min(int(digits), 100) if digits.isascii() and digits.isdigit() and len(digits) < 9 else 0
