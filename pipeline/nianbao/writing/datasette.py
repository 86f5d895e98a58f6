"""What Datasette shows of a .sqlite output beside its rows: `datasette OUT.sqlite -m OUT.metadata.json`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nianbao.writing.atomic import Pending, reporting
from nianbao.writing.columns import TableSchema
from nianbao.writing.words import about

_FACETS = {
    "facts": ["status", "basis", "year"],
    "documents": ["status", "kind", "report_year"],
    "checks": ["kind", "verdict", "check"],
    "panel": ["year", "level", "status"],
    "codebook": ["unit"],
}
# What stands for a row where another refers to it.
_LABELS = {"documents": "doc_id", "codebook": "name"}


def metadata_path(output: Path) -> Path:
    """Where the metadata of a .sqlite output stand."""
    return output.with_suffix(".metadata.json")


def write_metadata(output: Path, tables: Sequence[TableSchema]) -> None:
    """Writes the metadata file of a .sqlite output: what each column says, what to filter by, queries to begin with.

    Raises:
        WriteError: the system refused.
    """
    target = metadata_path(output)
    pending = Pending(target)
    try:
        with reporting(target):
            found = json.dumps(_metadata(output.stem, tables), ensure_ascii=False, indent=1)
            pending.path.write_text(found, encoding="utf-8")
        pending.commit()
    finally:
        pending.discard()


def _metadata(database: str, tables: Sequence[TableSchema]) -> dict[str, Any]:
    said = about()
    names = {table.name for table in tables}
    shown = {
        table.name: {
            "description": said["tables"].get(table.name, ""),
            "columns": {name: text for name, text in said[table.name].items() if name in table.columns},
            "facets": [name for name in _FACETS.get(table.name, ()) if name in table.columns],
            **({"label_column": _LABELS[table.name]} if table.name in _LABELS else {}),
        }
        for table in tables
    }
    queries = {
        name: {"title": query["title"], "sql": query["sql"].strip()}
        for name, query in said["queries"].items()
        if query["table"] in names
    }
    return {"title": said["title"], "databases": {database: {"tables": shown, "queries": queries}}}
