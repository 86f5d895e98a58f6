"""A browser that does as it is told, a JSON line a wish on standard input, an answer a line on standard output.

Runs where playwright and axe-playwright-python are installed. The first argument is the browser's program.
"""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright


class Tab:
    """A page, and all that it asked for or complained of."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.page: Page | None = None
        self.requests: list[str] = []
        self.complaints: list[str] = []

    def open(self, url: str, scheme: str = "light", width: int = 1400, height: int = 900, free: bool = False) -> None:
        """A fresh page; `free`: without its security policy, so that others' scripts can look at it."""
        if self.page is not None:
            self.page.context.close()
        self.requests, self.complaints = [], []
        size = {"width": width, "height": height}
        context = self.browser.new_context(viewport=size, color_scheme=scheme, bypass_csp=free, reduced_motion="reduce")
        self.page = context.new_page()
        self.page.on("request", lambda asked: self.requests.append(asked.url))
        self.page.on("console", lambda said: self.complaints.append(said.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.complaints.append(f"dialog {dialog.message}"), dialog.dismiss()))
        self.page.goto(url, timeout=180_000)

    def do(self, what: str, **words: Any) -> Any:
        if what == "open":
            self.open(**words)
            return None
        page = self.page
        assert page is not None
        if what == "heard":
            return {"requests": self.requests, "complaints": self.complaints}
        if what == "click":
            page.click(words["at"], force=words.get("force", False))
        elif what == "wait":
            page.wait_for_selector(words["at"], timeout=60_000)
        elif what == "type":
            page.fill(words["at"], words["text"])
        elif what == "press":
            for _ in range(words.get("times", 1)):
                page.keyboard.press(words["key"])
        elif what == "evaluate":
            return page.evaluate(words["script"])
        elif what == "picture":
            page.screenshot(path=words["path"], full_page=words.get("full", False))
        elif what == "axe":
            page.evaluate(_axe())
            return page.evaluate("axe.run().then((found) => found.violations)")
        return page.url


def _axe() -> str:
    package = find_spec("axe_playwright_python")
    assert package is not None and package.origin is not None
    return (Path(package.origin).parent / "axe.min.js").read_text("utf-8")


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=sys.argv[1], args=["--no-sandbox"])
        tab = Tab(browser)
        for line in sys.stdin:
            try:
                answer: dict[str, Any] = {"is": tab.do(**json.loads(line))}
            except Exception as error:
                answer = {"error": f"{type(error).__name__}: {error}"}
            print(json.dumps(answer), flush=True)
        browser.close()


if __name__ == "__main__":
    main()
