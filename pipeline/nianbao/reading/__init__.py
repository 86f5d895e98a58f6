"""Files to documents: `open_sources` for many, `read_all` where an error should stop.

In: paths, folders, archives, records of data sets, crawls, or the standard input. Out: a `Source` for each document:
its id, its text as a reader would see it, true grids of tables, places on pages, metadata, and warnings about what
could not be read in full. A file's kind is told by its content; one that cannot be read is a `ReadError` with its
reason.
"""

from __future__ import annotations

from nianbao.reading.errors import ReadError
from nianbao.reading.files import Dataset
from nianbao.reading.open import MAX_BYTES, open_sources, read_all
from nianbao.reading.source import Grid, GridCell, Source

__all__ = ["MAX_BYTES", "Dataset", "Grid", "GridCell", "ReadError", "Source", "open_sources", "read_all"]
