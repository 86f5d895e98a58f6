"""Floors under what is read from the test bed's tables, whose forms, layouts and noise another hand wrote."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

# F1 of cells with a number, F1 of blank cells: a little under what was measured (python -m benchmarks.bed -n 1 --held).
FLOORS = {
    "html": (0.998, 0.99),
    "markdown": (0.995, 0.99),
    "shuffled": (0.99, 0.97),
    "lines": (0.998, 0.99),
    "spaced": (0.998, 0.99),
    "glued": (0.985, 0.98),
    "pdf": (0.995, 0.98),
    "ocr": (0.998, 0.98),
}
MOST_WRONG = 0.002


@pytest.fixture(scope="module")
def printed(root: Path) -> str:
    """The bed's figures for one report of each form, layout and noise level."""
    command = [sys.executable, "-m", "benchmarks.bed", "-n", "1", "--held"]
    return subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout


def figures(printed: str, name: str) -> tuple[float, float, float]:
    """F1, the share of wrong values and the F1 of blanks in the line of a layout, or of all."""
    found = re.search(rf"^{name} +([\d.]+) +([\d.]+) +([\d.]+) +\d+ +\d+ ", printed, flags=re.M)
    assert found, printed
    return float(found[1]), float(found[2]), float(found[3])


@pytest.mark.parametrize("layout", FLOORS)
def test_cells_of_a_layout(printed: str, layout: str) -> None:
    f1, _, blank_f1 = figures(printed, layout)
    assert f1 >= FLOORS[layout][0]
    assert blank_f1 >= FLOORS[layout][1]


def test_few_values_contradict_gold(printed: str) -> None:
    assert figures(printed, "all")[1] <= MOST_WRONG
