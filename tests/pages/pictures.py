"""The pictures of pages in docs/pictures, taken anew: `python tests/pages/pictures.py`. Needs chromium."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from typer.testing import CliRunner

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from browsing import Browser, browsing
from nianbao.cli.app import app
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


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, browsing() as browser:
        place = Path(scratch)
        sample = ROOT / "corpus" / "samples" / "chengchuan_water_2017.html"
        run("view", str(sample), "-o", str(place / "pages"), "--lang", "en")
        take(browser, place / "pages" / "chengchuan_water_2017.html", "report")
        write_country(place / "facts.parquet", 40)
        run("site", str(place / "facts.parquet"), "-o", str(place / "site"), "--lang", "en")
        pages = sorted((place / "site" / "agencies").iterdir())
        take(browser, pages[1], "agency")
        take(browser, place / "site" / "metrics" / "requests.received.html", "metric")


if __name__ == "__main__":
    main()
