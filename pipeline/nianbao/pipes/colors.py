"""Colours that displaCy gives the project's labels, so that a report shows without options."""

from __future__ import annotations

COLORS = {
    "METRIC": "#a6d8c9",
    "VALUE": "#f6c67a",
    "PERIOD": "#c9c4e8",
    "SCOPE": "#e9b8c8",
    "AGENCY": "#b5d3ee",
    **{
        f"HEADING-{level}": color
        for level, color in enumerate(("#8fa8c8", "#a9bdd6", "#c1d0e2", "#d4dfeb", "#e4ebf3"), 1)
    },
}


def colors() -> dict[str, str]:
    """Label -> colour, as the entry point `spacy_displacy_colors` wants it."""
    return dict(COLORS)
