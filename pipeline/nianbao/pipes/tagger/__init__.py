"""The trained pupil of the line rules: `nianbao_line_tagger` says of each line, or cell of a line, what it is."""

from __future__ import annotations

from nianbao.pipes.tagger.pipe import LABELS, SPANS_KEY, LineTagger, create

__all__ = ["LABELS", "SPANS_KEY", "LineTagger", "create"]
