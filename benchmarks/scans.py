#!/usr/bin/env python3
"""Whether a printed and scanned report gives the same facts as its web page.

    python benchmarks/scans.py [-n 20] [--seed 77] [--keep DIR] [--kinds .pdf .docx .html .png]

Simulated reports of the four forms are pages, printed by a headless browser (chromium or google-chrome), drawn at 150
and 200 dots per inch in turn, turned by up to a degree, with noise, and put back as pictures into a .pdf, a
.docx, an .html and, one below the other, a .png. Printed for each: facts of the page's tables, those of the scan, their
F1, values that are wrong, and seconds a page. Needs the extras `ocr`, `pdf` and `docx`.
"""

from __future__ import annotations

import argparse
import base64
import random
import sys
import tempfile
import time
from io import BytesIO
from pathlib import Path
from typing import Any

from formats import BROWSERS, f1, find_browser, form_page, keys, to_pdf

DPI = (150, 200)
FORMS = ("local", "2014", "2019", "2021")


def scans(pdf: Path, dpi: int, seed: int) -> list[Any]:
    """The pages as a scanner would give them: slightly turned, with noise."""
    import numpy as np
    import pypdfium2
    from PIL import Image

    rng, noise = random.Random(seed), np.random.default_rng(seed)
    found = []
    document = pypdfium2.PdfDocument(pdf)
    for page in document:
        image = page.render(scale=dpi / 72).to_pil().convert("L")
        image = image.rotate(rng.uniform(-1, 1), resample=Image.Resampling.BICUBIC, fillcolor=255)
        grains = np.asarray(image).astype(float) + noise.normal(0, 12, (image.height, image.width))
        found.append(Image.fromarray(grains.clip(0, 255).astype("uint8")))
    document.close()
    return found


def as_bytes(image: Any) -> bytes:
    """A picture as .jpg."""
    target = BytesIO()
    image.save(target, "JPEG", quality=85)
    return target.getvalue()


def write(kind: str, target: Path, title: str, images: list[Any], dpi: int) -> None:
    """A file of this kind that holds the pages as pictures."""
    if kind == ".pdf":
        images[0].save(target, "PDF", resolution=dpi, save_all=True, append_images=images[1:])
    elif kind == ".docx":
        import docx
        from docx.shared import Inches

        document = docx.Document()
        document.add_paragraph(title)
        for image in images:
            document.add_picture(BytesIO(as_bytes(image)), width=Inches(6))
        document.save(str(target))
    elif kind == ".html":
        pictures = "".join(
            f'<p><img src="data:image/jpeg;base64,{base64.b64encode(as_bytes(image)).decode()}"></p>'
            for image in images
        )
        target.write_text(f"<html><head><title>{title}</title></head><body>{pictures}</body></html>", "utf-8")
    else:
        from PIL import Image

        long = Image.new("RGB", (max(one.width for one in images), sum(one.height for one in images)), "white")
        down = 0
        for image in images:
            long.paste(image, (0, down))
            down += image.height
        long.save(target)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("-n", type=int, default=20, help="how many reports")
    parser.add_argument("--seed", type=int, default=77)
    parser.add_argument("--keep", type=Path, help="a folder for the files that are made")
    parser.add_argument("--kinds", nargs="*", default=[".pdf"], choices=[".pdf", ".docx", ".html", ".png"])
    args = parser.parse_args()
    browser = find_browser()
    if browser is None:
        print(f"needs a browser to print with: {', '.join(BROWSERS)}", file=sys.stderr)
        return 1
    from nianbao.extractor import Extractor, load
    from nianbao.reading import read_all

    extractor = Extractor(load(linker="rules"))
    sums = {kind: [0, 0, 0, 0, 0.0, 0] for kind in args.kinds}
    with tempfile.TemporaryDirectory(prefix="nianbao-scans-") as name:
        folder = args.keep or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(args.n):
            form, dpi = FORMS[number % len(FORMS)], DPI[number // len(FORMS) % len(DPI)]
            page = form_page(folder, f"{number:03d}-{form}-{dpi}", form, args.seed, number)
            (source,) = read_all([page])
            truth = keys(extractor.run(source).facts, "table")
            to_pdf(page, page.with_suffix(".printed.pdf"), browser)
            images = scans(page.with_suffix(".printed.pdf"), dpi, number)
            for kind in args.kinds:
                target = page.with_suffix(f".scan{kind}")
                write(kind, target, source.text.split("\n")[0], images, dpi)
                begin = time.perf_counter()
                (scanned,) = read_all([target])
                seconds = time.perf_counter() - begin
                facts = extractor.run(scanned).facts
                found = {key for key in keys(facts, "table") if key[-1] != "ambiguous"}
                known = {key[:3]: key for key in truth}
                wrong = {
                    key for key in found - truth if key[4] == "reported" or known.get(key[:3], key)[4] == "reported"
                }
                doubted = sum(fact.status == "ambiguous" for fact in facts)
                pages = len(images)
                print(
                    f"{page.stem:<18}{kind:<6}{len(truth):>5} {len(found):>5} F1 {f1(truth, found):.3f} "
                    f"wrong {len(wrong):>3} ambiguous {doubted:>3} {seconds / pages:6.1f} s a page",
                    flush=True,
                )
                for index, value in enumerate((len(truth), len(found), len(truth & found), len(wrong), seconds, pages)):
                    sums[kind][index] += value
    for kind, (truth_n, found_n, both, wrong_n, seconds, pages) in sums.items():
        score = 2 * both / max(truth_n + found_n, 1)
        print(f"{kind}: F1 {score:.4f}, wrong {wrong_n / max(found_n, 1):.2%}, {seconds / max(pages, 1):.1f} s a page")
    return 0


if __name__ == "__main__":
    sys.exit(main())
