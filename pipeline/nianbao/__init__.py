"""nianbao reads Chinese government information-disclosure annual reports into traceable facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Fact", "extract", "load"]

if TYPE_CHECKING:
    from nianbao.extractor import extract, load
    from nianbao.schema import Fact


def __getattr__(name: str) -> Any:
    # Loaded on first use: `nianbao --help` must not pay for spaCy.
    if name in ("extract", "load"):
        from nianbao import extractor

        return getattr(extractor, name)
    if name == "Fact":
        from nianbao.schema import Fact

        return Fact
    raise AttributeError(f"module 'nianbao' has no attribute {name!r}")
