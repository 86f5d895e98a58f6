#!/usr/bin/env python3
"""Whether a fact's page and box hold its words, asked back from the PDF by another library (pypdfium2).

    python benchmarks/boxes.py [-n 20] [--seed 91] [--keep DIR]

Simulated reports of the four forms are printed to PDF by a headless browser and read; of each fact the text inside its
box is asked for. Printed for each report: facts, those without a box, those whose box does not hold their words. The
same reports as a page and as a Word file: facts whose offsets do not give their words.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import unicodedata
from pathlib import Path
from typing import Any

from formats import BROWSERS, find_browser, form_page, to_docx, to_pdf

FORMS = ("local", "2014", "2019", "2021")
# The other library counts a character by its middle; boxes are rounded to a hundredth of a point.
_SLACK = 0.5


def words_in(document: Any, page: int, box: tuple[float, float, float, float]) -> str:
    """What stands in a box (x0, top, x1, bottom in points from the upper left) of a page from 1."""
    sheet = document[page - 1]
    height = sheet.get_height()
    x0, top, x1, bottom = box
    found = sheet.get_textpage().get_text_bounded(
        x0 - _SLACK, height - bottom - _SLACK, x1 + _SLACK, height - top + _SLACK
    )
    return plain(found)


def plain(words: str) -> str:
    """Words without blanks; radicals, which one library gives as such, as the characters that they stand for."""
    return "".join(unicodedata.normalize("NFKC", words).split())


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("-n", type=int, default=20, help="how many reports")
    parser.add_argument("--seed", type=int, default=91)
    parser.add_argument("--keep", type=Path, help="a folder for the files that are made")
    args = parser.parse_args()
    browser = find_browser()
    if browser is None:
        print(f"needs a browser to print with: {', '.join(BROWSERS)}", file=sys.stderr)
        return 2
    import pypdfium2

    from nianbao.extractor import Extractor, load
    from nianbao.reading import read_all

    extractor = Extractor(load())
    total = missing = wrong = astray = 0
    with tempfile.TemporaryDirectory() as place:
        folder = args.keep or Path(place)
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(args.n):
            form = FORMS[number % len(FORMS)]
            page = form_page(folder, f"{number:03d}-{form}", form, args.seed, number)
            (source,) = read_all([page])
            to_docx(source, page.with_suffix(".docx"))
            to_pdf(page, page.with_suffix(".pdf"), browser)
            for path in (page, page.with_suffix(".docx")):
                (read,) = read_all([path])
                astray += sum(
                    read.text[fact.start : fact.end] != (fact.value_text or "") for fact in extractor.run(read).facts
                )
            (printed,) = read_all([page.with_suffix(".pdf")])
            document = pypdfium2.PdfDocument(page.with_suffix(".pdf"))
            facts = [fact for fact in extractor.run(printed).facts if fact.value_text]
            boxed = [fact for fact in facts if fact.page and fact.box]
            lost = [
                fact
                for fact in boxed
                if plain(fact.value_text or "") not in words_in(document, fact.page or 1, fact.box)
            ]
            print(
                f"{page.stem:<16} facts {len(facts):>4} without a box {len(facts) - len(boxed):>3} "
                f"words not in their box {len(lost):>3}",
                flush=True,
            )
            for fact in lost[:3]:
                print("   ", fact.value_text, fact.page, fact.box, words_in(document, fact.page or 1, fact.box)[:40])
            total, missing, wrong = total + len(facts), missing + len(facts) - len(boxed), wrong + len(lost)
    print(f"{total:,} facts of PDFs, {missing} without a box, {wrong} whose box does not hold their words")
    print(f"pages and Word files: {astray} facts whose offsets do not give their words")
    return 1 if missing or wrong or astray else 0


if __name__ == "__main__":
    sys.exit(main())
