"""The nodes of a page, flat and in the order of the page."""

from __future__ import annotations

from dataclasses import dataclass

TEXT = ""
"""The tag of a node of text."""


@dataclass(slots=True)
class Node:
    """An element, or a run of text (`tag` is TEXT). `end`: the index after its last descendant; `look`: see `Looks`."""

    tag: str
    parent: int
    end: int
    text: str
    attributes: dict[str, str | None]
    look: str | None = None
