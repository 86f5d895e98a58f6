"""What Datasette shows of a .sqlite output beside its rows: `datasette OUT.sqlite -m OUT.metadata.json`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nianbao.paths import data_dir, load_yaml
from nianbao.writing.atomic import Pending, reporting
from nianbao.writing.columns import DOCUMENTS, FACTS

_FACETS = {FACTS: ["status", "basis", "year"], DOCUMENTS: ["status", "kind", "report_year"]}
_TITLE = "Facts of annual reports on government information disclosure (政府信息公开工作年度报告)"


def metadata_path(output: Path) -> Path:
    """Where the metadata of a .sqlite output stand."""
    return output.with_suffix(".metadata.json")


def write_metadata(output: Path) -> None:
    """Writes the metadata file of a .sqlite output: what each column says, and what to filter by.

    Raises:
        WriteError: the system refused.
    """
    target = metadata_path(output)
    pending = Pending(target)
    try:
        with reporting(target):
            pending.path.write_text(json.dumps(_metadata(output.stem), ensure_ascii=False, indent=1), encoding="utf-8")
        pending.commit()
    finally:
        pending.discard()


def _metadata(database: str) -> dict[str, Any]:
    said = load_yaml(data_dir("configs") / "export.yaml")
    tables = {
        table.name: {
            "columns": dict(said[table.name]),
            "facets": facets,
            "label_column": "doc_id" if table == DOCUMENTS else "quote",
        }
        for table, facets in _FACETS.items()
    }
    return {"title": _TITLE, "databases": {database: {"tables": tables}}}
