"""A bound that a slow machine keeps and a loop that grows with the square of its text does not."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def ends(seconds: float = 60) -> Iterator[None]:
    """Fails where the block took more than so many seconds of this process's processor time.

    The bound is no measure of speed (benchmarks/ has those): it lies far above what the slowest machine needs, and far
    below what the texts of these tests would take in a step that is not linear.
    """
    start = time.process_time()
    yield
    taken = time.process_time() - start
    assert taken < seconds, f"{taken:.0f} seconds of processor time"
