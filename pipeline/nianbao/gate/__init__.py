"""The gate: is this page of a crawl an annual report on disclosure? Fast and lenient; the reader judges what passes.

In: the bytes of a page, or a text. Out: whether it passes, and a score (`Gate`); the log odds that a text is such a
report by its words (`Likeness`), which the structure weighs beside what the text says of itself. Both are linear
models over hashed pairs of characters, made by `nianbao.training`.
"""

from __future__ import annotations

from nianbao.gate.gate import Gate
from nianbao.gate.likeness import Likeness
from nianbao.gate.model import GateModel

__all__ = ["Gate", "GateModel", "Likeness"]
