"""Files to documents: `open_sources` for many, `read_all` where an error should stop."""

from __future__ import annotations

from nianbao.reading.errors import ReadError
from nianbao.reading.files import Dataset
from nianbao.reading.open import MAX_BYTES, open_sources, read_all
from nianbao.reading.source import Grid, GridCell, Source

__all__ = ["MAX_BYTES", "Dataset", "Grid", "GridCell", "ReadError", "Source", "open_sources", "read_all"]
