"""The pictures of pages in docs/pictures, taken anew: `python tests/pages/pictures.py`. Needs chromium."""

from __future__ import annotations

import sys
import tempfile
from itertools import pairwise
from pathlib import Path

from spacy import displacy
from spacy.tokens import Doc, Span
from typer.testing import CliRunner

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import nianbao
from browsing import Browser, browsing
from nianbao.cli.app import app
from nianbao.reading import read_all
from nianbao.simulate.country import write_country

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "pictures"


def run(*words: str) -> None:
    done = CliRunner().invoke(app, list(words))
    if done.exit_code:
        raise SystemExit(done.output)


def take(browser: Browser, page: Path, name: str, **words: object) -> None:
    browser.open(page, width=1280, height=820, **words)
    if name == "report":
        browser.do("click", at="a.e >> nth=7")
    browser.do("picture", path=str(FOLDER / f"{name}.png"))


def displacy_page(sample: Path, out: Path) -> Path:
    """The beginning of a report as displaCy shows it: by spans, and below by entities, a line at a time."""
    doc = nianbao.load()(next(iter(read_all([sample]))).text)
    ends = [token.i for token in doc if token.text == "\n"][:7]
    lines = [_part(doc[start + 1 : end]) for start, end in pairwise([-1, *ends])]
    spans = displacy.render(lines[2:6], style="span", jupyter=False)
    entities = displacy.render(lines, style="ent", jupyter=False)
    style = "body{font:15px sans-serif;margin:14px 24px}div.spans{line-height:1.9!important}"
    out.write_text(f"<!doctype html><meta charset=utf-8><style>{style}</style>{spans}<hr>{entities}", encoding="utf-8")
    return out


def _part(span: Span) -> Doc:
    """The tokens of a span as a Doc with its entities and the spans inside."""
    doc = span.as_doc()
    doc.spans["sc"] = [
        Span(doc, s.start - span.start, s.end - span.start, label=s.label)
        for s in span.doc.spans["sc"]
        if span.start <= s.start and s.end <= span.end
    ]
    return doc


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, browsing() as browser:
        place = Path(scratch)
        sample = ROOT / "corpus" / "samples" / "chengchuan_water_2017.html"
        run("view", str(sample), "-o", str(place / "pages"), "--lang", "en")
        take(browser, place / "pages" / "chengchuan_water_2017.html", "report")
        take(browser, displacy_page(sample, place / "displacy.html"), "displacy")
        write_country(place / "facts.parquet", 40)
        run("site", str(place / "facts.parquet"), "-o", str(place / "site"), "--lang", "en")
        pages = sorted((place / "site" / "agencies").iterdir())
        take(browser, pages[1], "agency")
        take(browser, place / "site" / "metrics" / "requests.received.html", "metric")


if __name__ == "__main__":
    main()
