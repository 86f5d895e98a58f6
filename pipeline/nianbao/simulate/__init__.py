"""The simulator: annual reports with known facts, in every form, layout and state of wreckage.

from nianbao.simulate import generate, write
write(generate(1000, seed=1, split="train"), "corpus/train", kind="parquet")
"""

from __future__ import annotations

from nianbao.simulate.report import (
    SimulatedFact,
    SimulatedHeading,
    SimulatedLine,
    SimulatedReport,
    SimulatedSpan,
)
from nianbao.simulate.simulator import LAYOUTS, NOISE_LEVELS, QUIRKS, REGIMES, generate
from nianbao.simulate.write import write

__all__ = [
    "LAYOUTS",
    "NOISE_LEVELS",
    "QUIRKS",
    "REGIMES",
    "SimulatedFact",
    "SimulatedHeading",
    "SimulatedLine",
    "SimulatedReport",
    "SimulatedSpan",
    "generate",
    "write",
]
