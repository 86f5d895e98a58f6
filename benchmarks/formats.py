#!/usr/bin/env python3
"""Whether the same report gives the same facts as a web page, a Word file and a PDF.

    python benchmarks/formats.py [-n 20] [--seed 77] [--keep DIR]

Simulated reports are pages; from each a .docx is made with its true grids, and a .pdf by the printing of a headless
browser (chromium or google-chrome; without one only Word files are compared). Printed for each report and kind: table
and prose facts of the page, those of the file, and their F1 against the page's.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_browser() -> str | None:
    """The browser that prints, None where there is none."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def to_pdf(page: Path, target: Path, browser: str) -> None:
    """Prints a page. Raises subprocess.CalledProcessError or TimeoutExpired."""
    with tempfile.TemporaryDirectory(prefix="nianbao-browser-") as profile:
        # Without a style of its own a row of empty cells is drawn three points high, as thin as a double rule.
        styled = Path(profile) / "page.html"
        styled.write_bytes(page.read_bytes() + b"<style>td, th { height: 1.4em }</style>")
        command = [browser, *FLAGS, f"--user-data-dir={profile}", f"--print-to-pdf={target}", str(styled)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)


def to_docx(source: Any, target: Path) -> None:
    """A Word file with the paragraphs and grids of a source, merged cells merged."""
    import docx

    document = docx.Document()
    at = 0
    for grid in source.grids:
        for line in source.text[at : grid.start].strip("\n").splitlines():
            document.add_paragraph(line)
        rows = max(cell.row + cell.rowspan for cell in grid.cells)
        table = document.add_table(rows, max(cell.col + cell.colspan for cell in grid.cells))
        for cell in grid.cells:
            here = table.cell(cell.row, cell.col)
            if cell.rowspan > 1 or cell.colspan > 1:
                here = here.merge(table.cell(cell.row + cell.rowspan - 1, cell.col + cell.colspan - 1))
            here.text = source.text[cell.start : cell.end]
        at = grid.end
    for line in source.text[at:].strip("\n").splitlines():
        document.add_paragraph(line)
    document.save(str(target))


def form_page(folder: Path, name: str, form: str, seed: int, number: int) -> Path:
    """A simulated report of a form, without noise, as a page in a folder."""
    from nianbao.simulate import generate

    plain = {"layouts": ["html"], "noise": 0, "negatives": 0, "quirks": []}
    (report,) = generate(1, seed=seed, start=number, regimes=[form], **plain)  # type: ignore[arg-type]
    page = folder / f"{name}.html"
    page.write_text(report.html or "", encoding="utf-8")
    return page


def keys(facts: list[Any], basis: str) -> set[tuple[Any, ...]]:
    """What facts of one basis say, without their places."""
    return {
        (fact.metric, fact.applicant, fact.year, fact.value, fact.status)
        for fact in facts
        if fact.metric and fact.basis == basis
    }


def f1(truth: set[Any], found: set[Any]) -> float:
    """F1 of what was found; 1 where both are empty."""
    return 2 * len(truth & found) / (len(truth) + len(found)) if truth or found else 1.0


def compare(folder: Path, count: int, seed: int) -> Iterator[tuple[str, str, dict[str, tuple[int, int, float]]]]:
    """(report, kind of file, basis → facts of the page, facts of the file, F1), one after another."""
    from nianbao.extractor import Extractor, load
    from nianbao.reading import read_all
    from nianbao.simulate import generate

    extractor = Extractor(load(linker="rules"))
    browser = find_browser()
    for report in generate(count, seed=seed, layouts=["html"], noise=0, negatives=0, quirks=[]):
        page = folder / f"{report.id}.html"
        page.write_text(report.html or "", encoding="utf-8")
        (source,) = read_all([page])
        truth = extractor.run(source).facts
        to_docx(source, page.with_suffix(".docx"))
        if browser is not None:
            to_pdf(page, page.with_suffix(".pdf"), browser)
        for kind in (".docx", ".pdf"):
            if page.with_suffix(kind).exists():
                facts = extractor.run(*read_all([page.with_suffix(kind)])).facts
                figures = {}
                for basis in ("table", "prose"):
                    of_page, of_file = keys(truth, basis), keys(facts, basis)
                    figures[basis] = (len(of_page), len(of_file), f1(of_page, of_file))
                yield report.id, kind, figures


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("-n", type=int, default=20, help="how many reports")
    parser.add_argument("--seed", type=int, default=77)
    parser.add_argument("--keep", type=Path, help="a folder for the files that are made")
    args = parser.parse_args()
    if find_browser() is None:
        print(f"No browser ({', '.join(BROWSERS)}) to print with: .pdf is left out.", file=sys.stderr)
    lowest: dict[tuple[str, str], float] = {}
    with tempfile.TemporaryDirectory(prefix="nianbao-formats-") as name:
        folder = args.keep or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        print(f"{'report':<18}{'kind':<7}{'table: page file F1':>22}{'prose: page file F1':>22}")
        for report, kind, figures in compare(folder, args.n, args.seed):
            cells = ""
            for basis, (truth, found, score) in figures.items():
                cells += f"{truth:>10} {found:>5} {score:.3f}"
                lowest[kind, basis] = min(score, lowest.get((kind, basis), 1.0))
            print(f"{report:<18}{kind:<7}{cells}", flush=True)
    for (kind, basis), score in sorted(lowest.items()):
        print(f"lowest F1, {kind}, {basis}: {score:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
