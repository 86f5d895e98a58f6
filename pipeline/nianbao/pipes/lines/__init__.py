"""Structure: title, agency, year, headings and the kinds of lines of one document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nianbao.pipes.lines.types import Heading, Line, Region, Structure

__all__ = ["Heading", "Line", "Region", "Structure", "analyze", "create"]

if TYPE_CHECKING:
    from nianbao.pipes.lines.analysis import analyze
    from nianbao.pipes.lines.factory import create


def __getattr__(name: str) -> Any:
    # The types alone must not load spaCy.
    if name == "analyze":
        from nianbao.pipes.lines.analysis import analyze

        return analyze
    if name == "create":
        from nianbao.pipes.lines.factory import create

        return create
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
