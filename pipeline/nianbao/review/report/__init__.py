"""A report's page: its text with every fact marked, the facts, the checks, and what became of the document."""

from __future__ import annotations

from nianbao.review.report.view import Viewer

__all__ = ["Viewer"]
