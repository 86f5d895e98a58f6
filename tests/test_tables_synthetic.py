"""Floors on tables with known cells: every form in every layout, sound and damaged, full and with empty cells."""

from __future__ import annotations

from collections import Counter

import pytest

from nianbao.catalogue import Catalogue
from nianbao.forms.knowledge import FormKnowledge
from nianbao.forms.reader import TableReader
from nianbao.language.script import normalize
from synthetic_tables import LAYOUTS, document, score
from synthetic_twists import TWISTS, Twist

READER = TableReader(Catalogue.load().compiled(FormKnowledge))
DOCUMENTS = 4
FORMS = ("local", "2014", "2019", "2021")
WHOLE = [layout for layout in (*LAYOUTS, "html") if layout != "glued"]


def measure(form: str, layout: str, blank: float, noise: float, twist: Twist | None = None) -> Counter[str]:
    """Counts over a few documents; see `synthetic_tables.score`."""
    counts: Counter[str] = Counter()
    for seed in range(100, 100 + DOCUMENTS):
        text, grids, expected = document(form, layout, seed, blank, noise, twist)
        cells = READER.read(text, normalize(text), grids, int(form) if form.isdigit() else 2012).cells
        counts += score(expected, cells)
    return counts


def f1(counts: Counter[str], prefix: str = "") -> float:
    right, wrong = counts[prefix + "tp"], counts[prefix + "fp"] + counts[prefix + "fn"]
    return 2 * right / (2 * right + wrong) if right + wrong else 1.0


@pytest.mark.parametrize("layout", WHOLE)
def test_sound_tables(layout: str) -> None:
    for form in FORMS:
        counts = measure(form, layout, 0.0, 0.0)
        assert f1(counts) >= 0.997 and counts["wrong"] == 0, (form, counts)


@pytest.mark.parametrize("layout", WHOLE)
def test_tables_with_empty_cells(layout: str) -> None:
    for form in FORMS:
        counts = measure(form, layout, 0.15, 0.0)
        assert f1(counts) >= 0.995 and f1(counts, "blank_") >= 0.985 and counts["wrong"] <= 1, (form, counts)


@pytest.mark.parametrize("layout", WHOLE)
def test_damaged_labels(layout: str) -> None:
    for form in FORMS:
        counts = measure(form, layout, 0.0, 0.3)
        assert f1(counts) >= 0.988, (form, counts)
        assert counts["wrong"] <= 0.002 * (counts["tp"] + counts["fp"]) + 1, (form, counts)


@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_glued_tables_say_what_they_cannot_tell(noise: float) -> None:
    """Rows that a sum holds together are read; in those without one, ambiguity is said and nothing is guessed."""
    for form, least in (("2014", 0.995), ("2019", 0.95), ("2021", 0.98), ("local", 0.9)):
        counts = measure(form, "glued", 0.0, noise)
        assert f1(counts) >= least, (form, counts)
        assert counts["wrong"] <= 0.005 * (counts["tp"] + counts["fp"]) + 1, (form, counts)


@pytest.mark.parametrize("twist", TWISTS)
def test_what_else_happens_to_tables(twist: str) -> None:
    total: Counter[str] = Counter()
    for form in ("2014", "2021"):
        for layout in ("one_cell_a_line", "markdown", "spaces", "labels_after"):
            total += measure(form, layout, 0.0, 0.0, TWISTS[twist])
    assert f1(total) >= 0.985 and total["wrong"] <= 0.003 * (total["tp"] + total["fp"]), total


def test_everything_together() -> None:
    total: Counter[str] = Counter()
    for layout in WHOLE:
        for form in FORMS:
            total += measure(form, layout, 0.1, 0.15)
    assert f1(total) >= 0.99 and f1(total, "blank_") >= 0.99, total
    assert total["wrong"] <= 0.003 * (total["tp"] + total["fp"]), total
