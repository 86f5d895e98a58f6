"""A workbook as output (.xlsx): a sheet for each table, made for people who filter and scroll."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import Any

from nianbao.writing.atomic import WriteError
from nianbao.writing.cells import cut, is_formula, joined, one_line
from nianbao.writing.columns import TableSchema, kinds, values
from nianbao.writing.sinks import Sink

MOST_ROWS = 1_048_575
"""What a sheet holds under its head."""

# Signs that XML cannot hold, and that the library leaves to whom it gives them.
_NO_XML = re.compile(r"[\ud800-\udfff\ufffe\uffff]")
# Columns of long texts are cut off on the screen, not in the cell.
_WIDTHS = {"str": 16, "words": 22, "numbers": 18, "int": 9, "float": 13, "bool": 9}
_WIDE = {
    **{"doc_id": 30, "document": 30, "source": 36, "agency": 24, "metric": 30, "name": 26, "name_en": 36, "title": 40},
    **{"section": 30, "quote": 60, "error": 40, "formula": 40, "offsets": 30, "contradictions": 36, "parts": 30},
    **{"wordings": 40, "comparability": 80},
}


class XlsxSink(Sink):
    """Frozen heads, filters, widths; numbers as numbers, lists joined by ";", null as an empty cell.

    As in .csv a line break in a text is a blank. Every text is written as text, and marked so that it stays one when
    somebody edits the cell: nothing is a formula.
    """

    def _open(self, path: Path) -> None:
        import xlsxwriter

        self._done = False
        # The library streams rows through files of its own, which a broken-off run must not leave.
        self._scratch = tempfile.TemporaryDirectory(prefix="nianbao-")
        self._file = _Remembering(path, "w+")
        self._book = xlsxwriter.Workbook(self._file, {"constant_memory": True, "tmpdir": self._scratch.name})
        head = self._book.add_format({"bold": True, "bottom": 1})
        self._quoted = self._book.add_format({"quote_prefix": True})
        self._sheets: dict[TableSchema, Any] = {}
        self._next = dict.fromkeys(self.tables, 1)
        for table in self.tables:
            sheet = self._sheets[table] = self._book.add_worksheet(table.name)
            for at, (name, (kind, _)) in enumerate(kinds(table).items()):
                sheet.set_column(at, at, _WIDE.get(name, max(_WIDTHS[kind], len(name) + 4)))
                sheet.write_string(0, at, self.heads.get(name, name), head)
            sheet.freeze_panes(1, 1)

    def _write(self, rows: Iterable[Any], table: TableSchema) -> None:
        sheet, of, at = self._sheets[table], values(table), self._next[table]
        for row in rows:
            if at > MOST_ROWS:
                raise too_many(self.target)
            for column, value in enumerate(of(row)):
                self._put(sheet, at, column, value)
            at += 1
        self._next[table] = at

    def _put(self, sheet: Any, row: int, column: int, value: Any) -> None:
        if isinstance(value, list):
            value = joined(value)
        if value is None or value == "":
            return
        if isinstance(value, str):
            sheet.write_string(row, column, _cell(one_line(value)), self._quoted if is_formula(value) else None)
        elif isinstance(value, bool):
            sheet.write_boolean(row, column, value)
        else:
            sheet.write_number(row, column, value)

    def _close(self) -> None:
        if self._done:
            return
        self._done = True
        from xlsxwriter.exceptions import XlsxWriterException

        try:
            for table, sheet in self._sheets.items():
                sheet.autofilter(0, 0, self._next[table] - 1, len(table.columns) - 1)
            self._book.close()
            self._file.settle()
        except XlsxWriterException as error:
            # The system's own error, which says more, is what it wraps.
            raise next((arg for arg in error.args if isinstance(arg, OSError)), OSError(str(error))) from error
        finally:
            with suppress(OSError):
                self._file.close()
            with suppress(OSError):
                self._scratch.cleanup()


class _Remembering(FileIO):
    """A file that keeps the first error of its writes to itself until it is asked.

    The library's zip file is written to once more when it is collected, and what goes wrong then nobody can catch.
    """

    _failed: OSError | None = None

    def write(self, data: Any) -> int:
        rest = memoryview(data).cast("B")
        size = len(rest)
        while rest and self._failed is None:
            try:
                rest = rest[super().write(rest) or 0 :]
            except OSError as error:
                self._failed = error
        return size

    def settle(self) -> None:
        """Raises OSError where a write has failed."""
        if self._failed is not None:
            raise self._failed


def too_many(target: Path) -> WriteError:
    """The error of a workbook that would need a longer sheet than there is."""
    return WriteError(
        f"{target} could not be written: a sheet holds {MOST_ROWS:,} rows, and there are more; nothing was left there. "
        "Choose another kind of file, for instance .parquet or .sqlite"
    )


def _cell(text: str) -> str:
    """A text as a cell takes it: cut where it is too long, and never markup."""
    text = cut(_NO_XML.sub("\ufffd", text))
    # xlsxwriter takes what has these ends for its own markup and passes it through.
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text
