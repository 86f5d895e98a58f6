"""What lies beside documents in folders and archives and holds none: style sheets, scripts, the pictures of a page.

A picture may be a page of a report that was scanned: it is a document where none of another kind stands beside it or
in a folder above it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from nianbao.reading.config import load_config
from nianbao.reading.kinds import COLLECTIONS, DOCUMENTS


def is_companion(name: str, beside: bool) -> bool:
    """Whether a file holds no document, by its ending; `beside`: documents stand in its folder or in one above."""
    suffix = PurePosixPath(name).suffix.lower()
    return suffix in load_config("reading.yaml")["companions"] and (beside or suffix not in DOCUMENTS)


def holds_documents(names: Iterable[str]) -> bool:
    """Whether one of these files is a document, or a collection of some, and more than a picture."""
    companions = load_config("reading.yaml")["companions"]
    read = (*DOCUMENTS, *COLLECTIONS)
    return any(name.lower().endswith(kind) for name in names for kind in read if kind not in companions)
