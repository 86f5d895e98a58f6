"""Findings of an audit as a page: by document, the two sides beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from nianbao.review.page import language, render, write_page
from nianbao.schema import Finding


def write_findings(findings: Sequence[Finding], target: Path, lang: str) -> None:
    """Writes the page; what a person has dismissed is left out.

    Raises:
        OutputError: the target is a folder, or its folder is missing.
        WriteError: the system refused.
    """
    shown = [one for one in findings if one.state != "dismissed"]
    groups = [(document, list(group)) for document, group in groupby(shown, key=lambda one: one.doc_id)]
    counts = {severity: sum(one.severity == severity for one in shown) for severity in ("error", "warning", "doubt")}
    page = render("findings.html", ("base.css", "site.css"), (), language(lang), groups=groups, counts=counts)
    write_page(target, page)
