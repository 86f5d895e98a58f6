"""Where a text stands on its pages: boxes of words, empty cells, and what runs over a page's end."""

from __future__ import annotations

from nianbao.reading import Grid, GridCell, Source
from nianbao.reading.places import Glyph, Places


def places() -> Places:
    """'12' on page 1, an empty cell, '345' whose last digit stands on page 2: the text "12\\t\\t345"."""
    found = Places()
    found.add(0, 1, Glyph(1, (10, 20, 16, 30), 0.9))
    found.add(1, 2, Glyph(1, (16, 20, 22, 31), 0.7))
    found.add(3, 3, Glyph(1, (40, 18, 80, 32)))
    found.add(4, 5, Glyph(1, (90, 20, 96, 30)))
    found.add(5, 6, Glyph(1, (96, 20, 102, 30)))
    found.add(6, 7, Glyph(2, (5, 5, 11, 15)))
    return found


def test_a_box_goes_around_the_words_on_their_first_page() -> None:
    source = Source("a", "12\t\t345", places=places())
    assert source.place(0, 2) == (1, (10, 20, 22, 31))
    assert source.place(4, 7) == (1, (90, 20, 102, 30))
    assert source.place(6, 7) == (2, (5, 5, 11, 15))


def test_an_empty_cell_has_the_box_of_its_cell_and_other_gaps_have_none() -> None:
    source = Source("a", "12\t\t345", places=places())
    assert source.place(3, 3) == (1, (40, 18, 80, 32))
    assert source.place(1, 1) is None
    assert source.place(2, 3) is None
    assert Source("b", "12").place(0, 2) is None


def test_the_least_sure_character_counts() -> None:
    source = Source("a", "12\t\t345", places=places())
    assert source.confidence(0, 2) == 0.7
    assert source.confidence(4, 7) == 1.0
    assert Source("b", "12").confidence(0, 2) == 1.0


def test_a_cell_is_found_by_its_offsets() -> None:
    grid = Grid(3, 6, (GridCell(3, 4, 0, 0), GridCell(5, 6, 0, 1)))
    source = Source("a", "文\n\n一\t二", (grid,))
    assert source.cell(5, 6) == (0, 0, 1)
    assert source.cell(0, 1) is None
