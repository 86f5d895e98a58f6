"""Prints a PDF or a page with every tool that is installed, a file a tool. Runs in an environment of its own.

    python print_text.py FILE OUT_DIR

Writes OUT_DIR/STEM@TOOL.txt; a tool that is missing or fails is named on standard error and left out.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path


def pdfminer(path: Path) -> str:
    from pdfminer.high_level import extract_text

    return extract_text(str(path))


def pdfplumber(path: Path) -> str:
    import pdfplumber as library

    with library.open(path) as pdf:
        return "\n".join(page.extract_text() or "" for page in pdf.pages)


def _pypdf(path: Path, mode: str) -> str:
    from pypdf import PdfReader

    return "\n".join(page.extract_text(extraction_mode=mode) for page in PdfReader(path).pages)


def mupdf(path: Path) -> str:
    import pymupdf

    with pymupdf.open(path) as pdf:
        return "\n".join(page.get_text() for page in pdf)


def mu4llm(path: Path) -> str:
    import pymupdf4llm

    return pymupdf4llm.to_markdown(str(path))


def pdfium(path: Path) -> str:
    import pypdfium2

    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(path))


def _poppler(path: Path, *options: str) -> str:
    command = ["pdftotext", *options, str(path), "-"]
    return subprocess.run(command, check=True, capture_output=True, timeout=60).stdout.decode("utf-8")


def soup(path: Path) -> str:
    from bs4 import BeautifulSoup

    return BeautifulSoup(path.read_bytes(), "html.parser").get_text("\n")


def html2text(path: Path) -> str:
    import html2text as library

    return library.html2text(path.read_text("utf-8"))


def markdownify(path: Path) -> str:
    import markdownify as library

    return library.markdownify(path.read_text("utf-8"))


def trafilatura(path: Path) -> str:
    import trafilatura as library

    return library.extract(path.read_text("utf-8"), include_tables=True) or ""


PDF: dict[str, Callable[[Path], str]] = {
    "pdfminer": pdfminer,
    "plumber": pdfplumber,
    "pypdf": lambda path: _pypdf(path, "plain"),
    "pypdflayout": lambda path: _pypdf(path, "layout"),
    "mupdf": mupdf,
    "mu4llm": mu4llm,
    "pdfium": pdfium,
    "ppl_plain": _poppler,
    "ppl_layout": lambda path: _poppler(path, "-layout"),
    "ppl_raw": lambda path: _poppler(path, "-raw"),
}
HTML: dict[str, Callable[[Path], str]] = {
    "soup": soup,
    "html2text": html2text,
    "markdownify": markdownify,
    "trafilatura": trafilatura,
}


def main() -> None:
    path, out = Path(sys.argv[1]), Path(sys.argv[2])
    for name, tool in (PDF if path.suffix == ".pdf" else HTML).items():
        try:
            text = tool(path)
        except Exception as error:
            print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)
            continue
        (out / f"{path.stem}@{name}.txt").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
