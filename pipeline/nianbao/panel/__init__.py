"""The panel: facts of many reports as one row an agency, year and metric, and where each number stands."""

from __future__ import annotations

from nianbao.panel.build import Panel, PanelError, build

__all__ = ["Panel", "PanelError", "build"]
