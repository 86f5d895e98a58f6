"""The panel: facts of many reports as one row an agency, year and metric, and where each number stands.

In: files of facts, with their tables of documents where there are any. Out: a `Panel`, a DuckDB connection with the
tables `panel` and `documents`: copies and versions of a report told apart, a table's number before one of the
prose, every contradicting number beside the one that stands, names of one agency joined, series parted where they may
not be compared.
"""

from __future__ import annotations

from nianbao.panel.build import Panel, PanelError, build

__all__ = ["Panel", "PanelError", "build"]
