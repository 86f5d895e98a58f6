"""The simulator: annual reports with known facts, in every form, layout and state of wreckage.

In: a seed and choices (form, layout, noise), the catalogue's metrics and forms, and the sentences and habits of
configs/simulate. Out: `SimulatedReport`s with text, page, facts, headings, lines and spans, all offsets right; the
same seed gives the same reports. `country` and `nation` make facts of many agencies with planted copies and errors.

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
