"""Charts of series by Vega-Lite (altair), and as pictures (vl-convert), without network.

In: rows with the panel's columns. Out: an altair chart for notebooks, or a file: .svg, .png, .html, .json.
"""

from __future__ import annotations

from nianbao.charts.draw import ChartError, draw, save

__all__ = ["ChartError", "draw", "save"]
