"""Texts that are nearly the same: MinHash over shingles of characters, candidates by bands.

Broder, "On the resemblance and containment of documents", 1997.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from nianbao.language.script import normalize

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Sketch = NDArray[np.uint64]

HASHES, BANDS = 48, 12
ALIKE = 0.8
"""Share of hashes that agree, which estimates the share of shingles that two texts have in common."""

_LENGTH = 6
_MOST = 200
_MIX = np.uint64(0x9E3779B97F4A7C15)


@cache
def _seeds() -> Sketch:
    return np.random.default_rng(7).integers(1, 2**63, size=(HASHES, 1), dtype=np.uint64) | np.uint64(1)


def sketch(text: str) -> Sketch | None:
    """HASHES minima of the hashed shingles of a text's letters and digits; None for a text too short to tell."""
    points = np.frombuffer(normalize(text).encode("utf-32-le", "replace"), dtype=np.uint32)
    letters = points[((points >= 0x3400) & (points < 0xA000)) | ((points >= 0x30) & (points <= 0x39))].astype(np.uint64)
    count = len(letters) - _LENGTH + 1
    if count < 20:
        return None
    hashed = np.zeros(count, dtype=np.uint64)
    for at in range(_LENGTH):
        hashed = (hashed ^ letters[at : at + count]) * _MIX
        hashed ^= hashed >> np.uint64(29)
    found: Sketch = (np.unique(hashed)[None, :] * _seeds()).min(axis=1)
    return found


def similar(sketches: Mapping[str, Sketch]) -> Iterator[tuple[str, str]]:
    """Pairs of names whose sketches agree to at least ALIKE, each once."""
    seen: set[tuple[str, str]] = set()
    rows = HASHES // BANDS
    for band in range(BANDS):
        buckets: dict[bytes, list[str]] = defaultdict(list)
        for name, hashes in sketches.items():
            buckets[hashes[band * rows : (band + 1) * rows].tobytes()].append(name)
        for names in buckets.values():
            # A bucket of a form that everyone sends in empty: each against the first is enough.
            pairs = combinations(names, 2) if len(names) <= _MOST else ((names[0], other) for other in names[1:])
            for pair in pairs:
                if pair not in seen:
                    seen.add(pair)
                    if (sketches[pair[0]] == sketches[pair[1]]).mean() >= ALIKE:
                        yield pair
