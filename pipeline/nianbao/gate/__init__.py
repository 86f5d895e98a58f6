"""The gate: is this page of a crawl an annual report on disclosure? Fast and lenient; the reader judges what passes."""

from __future__ import annotations

from nianbao.gate.gate import Gate
from nianbao.gate.likeness import Likeness
from nianbao.gate.model import GateModel

__all__ = ["Gate", "GateModel", "Likeness"]
