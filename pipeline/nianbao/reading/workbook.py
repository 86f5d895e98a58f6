"""Tables of cells (.xlsx, .xls, .csv): rows as lines, tables as grids, titles and notes as lines of text."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO, StringIO
from typing import Any

from nianbao.reading.errors import DAMAGED_ZIP, ReadError
from nianbao.reading.files import check_text, over_limit, too_large
from nianbao.reading.layout import Layout, UnplacedCell
from nianbao.reading.plain import damage, decode_or_refuse
from nianbao.reading.render import collapse
from nianbao.reading.source import Source

# A workbook that unpacks to more than this many times the limit of a text is no document.
_UNPACKED_FACTOR = 40
_MOST_CELLS = 2_000_000
_MOST_SHEETS = 100
# No label of a row is longer than so many characters.
_LABEL = 60
_CELL = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3})(\d{1,7})"')
_OWN = re.compile(r"doc_id,agency,report_year|doc_id,source,kind")
_DELIMITERS = ",\t;，"


@dataclass(slots=True, frozen=True)
class _Sheet:
    """`merged`: (row, column) of a merged cell's corner → its rows and columns."""

    rows: Sequence[Sequence[str]]
    merged: dict[tuple[int, int], tuple[int, int]]


def from_bytes(data: bytes, doc_id: str, place: str, max_bytes: int) -> Source:
    """A document from the bytes of a workbook: its visible sheets, one after the other.

    Raises:
        ReadError: it is no workbook, locked, unpacks to too much, holds nothing, or python-calamine is not installed.
    """
    try:
        import python_calamine as calamine
    except ImportError as error:
        raise ReadError(
            'needs python-calamine: pip install "nianbao[xlsx]"', path=place, kind="missing_extra"
        ) from error
    _check_size(data, place, max_bytes)
    try:
        with calamine.load_workbook(BytesIO(data)) as book:
            shown = [
                sheet.name
                for sheet in book.sheets_metadata
                if sheet.visible == calamine.SheetVisibleEnum.Visible and sheet.typ == calamine.SheetTypeEnum.WorkSheet
            ]
            sheets = [_sheet(book.get_sheet_by_name(name)) for name in shown[:_MOST_SHEETS]]
    except calamine.PasswordError as error:
        raise ReadError("is locked with a password; save it without one", path=place, kind="locked") from error
    # A damaged package comes as whatever error its first broken part leads to; Rust's panics are BaseExceptions.
    except (Exception, calamine.CalamineError) as error:
        message = f"is no workbook, or a damaged one ({error}); open it and save it again as .xlsx"
        raise ReadError(message, path=place, kind="damaged") from error
    source = _source(sheets, doc_id, place, max_bytes)
    if len(shown) > _MOST_SHEETS:
        source.warn("limit", f"of its {len(shown)} sheets the first {_MOST_SHEETS} were read")
    return source


def from_text(data: bytes, doc_id: str, place: str, max_bytes: int) -> Source:
    """A document from the bytes of a .csv or .tsv file.

    Raises:
        ReadError: it is no text, too large, an output of nianbao's own, or its rows cannot be told.
    """
    check_text(data, place, max_bytes)
    decoded = decode_or_refuse(data, place)
    if _OWN.match(decoded.text):
        raise ReadError("is an output of nianbao and no document; leave it out", path=place, kind="own_output")
    first = decoded.text[:4000]
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        rows = [[collapse(cell) for cell in row] for row in csv.reader(StringIO(decoded.text, ""), delimiter=delimiter)]
    except csv.Error as error:
        raise ReadError(
            f"cannot be read as .csv: {error}; save it again, or as .xlsx", path=place, kind="damaged"
        ) from error
    source = _source([_Sheet(rows, {})], doc_id, place, max_bytes)
    source.encoding, source.warnings = decoded.encoding, damage(decoded)
    return source


def _check_size(data: bytes, place: str, max_bytes: int) -> None:
    """Refuses what unpacks to too much, and sheets whose few cells span millions: these are held whole."""
    if not data.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            if sum(entry.file_size for entry in package.infolist()) > _UNPACKED_FACTOR * max_bytes:
                raise too_large(place, max_bytes)
            for name in package.namelist():
                if name.startswith("xl/worksheets/") and _span(package.read(name)) > _MOST_CELLS:
                    message = f"has a sheet that spans more than {_MOST_CELLS:,} cells; leave out what stands far away"
                    raise ReadError(message, path=place, kind="too_large")
    except DAMAGED_ZIP:
        # The reader says what is wrong with it.
        return


def _span(sheet: bytes) -> int:
    rows: set[int] = set()
    columns: set[bytes] = set()
    for column, row in _CELL.findall(sheet):
        rows.add(int(row))
        columns.add(column)
    if not rows:
        return 0
    numbers = [_number(column) for column in columns]
    return (max(rows) - min(rows) + 1) * (max(numbers) - min(numbers) + 1)


def _number(column: bytes) -> int:
    number = 0
    for letter in column:
        number = number * 26 + letter - 64
    return number


def _sheet(sheet: Any) -> _Sheet:
    rows = [[_shown(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    merged = {}
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        merged[top, left] = (bottom - top + 1, right - left + 1)
    return _Sheet(rows, merged)


def _shown(value: Any) -> str:
    """A cell's value as it is printed without a format of its own."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, (int, float)):
        return format(value, ".15g")
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, (date, datetime, time, timedelta)):
        return str(value)
    return collapse(str(value))


def _source(sheets: Iterable[_Sheet], doc_id: str, place: str, max_bytes: int) -> Source:
    layout = Layout()
    for sheet in sheets:
        _lay_out(sheet, layout)
    text = layout.text()
    if not text.strip():
        raise ReadError("holds no text; fetch it again or leave it out", path=place, doc_id=doc_id, kind="empty")
    if _OWN.match(layout.lines[0].replace("\t", ",")):
        raise ReadError("is an output of nianbao and no document; leave it out", path=place, kind="own_output")
    if over_limit(text, max_bytes):
        raise too_large(place, max_bytes)
    return Source(doc_id, text, tuple(layout.grids), path=place)


def _lay_out(sheet: _Sheet, layout: Layout) -> None:
    """Empty rows part tables; a row that says one thing from edge to edge, or above any table, is a line of text."""
    covered = {
        (row + r, col + c)
        for (row, col), (rows, cols) in sheet.merged.items()
        for r in range(min(rows, 1000))
        for c in range(min(cols, 200))
        if r or c
    }
    width = max((col + 1 for row in sheet.rows for col, text in enumerate(row) if text), default=0)
    waiting: list[list[UnplacedCell]] = []
    for at, row in enumerate(sheet.rows):
        filled = [col for col, text in enumerate(row) if text]
        heads = len(filled) == 1 and (
            not waiting
            or sheet.merged.get((at, filled[0]), (1, 1))[1] >= width > 1
            or "。" in row[filled[0]]
            or len(row[filled[0]]) > _LABEL
        )
        if not filled and not any((at, col) in covered for col in range(width)):
            _flush(waiting, layout)
        elif heads and (at, filled[0]) not in covered and not any((at, c) in covered for c in range(filled[0])):
            _flush(waiting, layout)
            layout.add(row[filled[0]])
        else:
            waiting.append(_slots(sheet, at, width, len(waiting), covered))
    _flush(waiting, layout)


def _slots(sheet: _Sheet, at: int, width: int, row: int, covered: set[tuple[int, int]]) -> list[UnplacedCell]:
    texts = [*sheet.rows[at][:width], *[""] * (width - len(sheet.rows[at]))]
    return [
        UnplacedCell(text, row, col, *sheet.merged.get((at, col), (1, 1)))
        for col, text in enumerate(texts)
        if (at, col) not in covered
    ]


def _flush(waiting: list[list[UnplacedCell]], layout: Layout) -> None:
    if not waiting:
        return
    # Columns that nothing stands in, at the edges, are no part of the table.
    filled = {slot.col for row in waiting for slot in row if slot.text}
    if len(filled) == 1 and len(waiting) == 1:
        layout.add(next(slot.text for row in waiting for slot in row if slot.text))
    elif filled:
        first = min(filled)
        last = max(max(filled), *(slot.col + slot.colspan - 1 for row in waiting for slot in row if slot.text))
        rows = [[slot for slot in row if first <= slot.col <= last] for row in waiting]
        for slot in (slot for row in rows for slot in row):
            slot.col -= first
            slot.colspan = min(slot.colspan, last - first + 1 - slot.col)
        layout.add_table(rows)
    waiting.clear()
