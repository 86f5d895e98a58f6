"""A person with a browser: opens a task, marks a word and gives it a label. Runs where playwright is installed.

Standard input holds one JSON object: url, user, password, project, page, chromium, word, after (the word stands after
these words), label (null: only look), picture (where the page is kept, or null); kind (of project) and height (of the
window) if not spans and 1000.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from playwright.sync_api import Page, sync_playwright

# Kind of project → its page, and what holds the text there.
VIEWS = {
    "spans": ("sequence-labeling", "svg text[id]"),
    "lines": ("sequence-labeling", "svg text[id]"),
    "links": ("text-classification", ".v-card .v-chip"),
}
# The places, on the page, of the first and last character of a word in doccano's drawing of the text.
FIND = """([after, word]) => {
  for (const line of document.querySelectorAll("svg text")) {
    const at = line.textContent.indexOf(after + word);
    if (at < 0 || !line.id.includes(":")) continue;
    const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    const first = at + after.length;
    const box = (offset) => {
      let rest = offset;
      walker.currentNode = line;
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (rest < node.length) {
          const range = document.createRange();
          range.setStart(node, rest);
          range.setEnd(node, rest + 1);
          return range.getBoundingClientRect();
        }
        rest -= node.length;
      }
    };
    const [one, last] = [box(first), box(first + word.length - 1)];
    return {x1: one.left, x2: last.right, y: (one.top + one.bottom) / 2};
  }
  return null;
}"""


def log_in(page: Page, job: dict[str, Any]) -> None:
    page.goto(f"{job['url']}/auth")
    page.fill("input[name=username]", job["user"])
    page.fill("input[name=password]", job["password"])
    page.keyboard.press("Enter")
    page.wait_for_url("**/projects**")


def mark(page: Page, job: dict[str, Any]) -> None:
    place = page.evaluate(FIND, [job["after"], job["word"]])
    if place is None:
        raise SystemExit(f"the page does not show {job['after'] + job['word']!r}")
    page.mouse.move(place["x1"] + 1, place["y"])
    page.mouse.down()
    page.mouse.move((place["x1"] + place["x2"]) / 2, place["y"], steps=3)
    page.mouse.move(place["x2"] - 1, place["y"], steps=3)
    with page.expect_response(lambda answer: answer.url.endswith("/spans") and answer.request.method == "POST"):
        page.mouse.up()
        page.locator(".v-menu__content .v-list-item", has_text=job["label"]).last.click()
    page.wait_for_timeout(500)


def main() -> None:
    job = json.load(sys.stdin)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=job["chromium"], args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": job.get("height", 1000)})
        log_in(page, job)
        view, text = VIEWS.get(job.get("kind", "spans"), VIEWS["spans"])
        page.goto(f"{job['url']}/projects/{job['project']}/{view}?page={job['page']}")
        page.wait_for_selector(text)
        if view == "text-classification":
            # Otherwise all labels stand there, and the text far below them.
            page.locator(".v-btn-toggle .v-btn").last.click()
        page.wait_for_timeout(1000)
        if job["label"]:
            mark(page, job)
        if job["picture"]:
            page.screenshot(path=job["picture"])
        browser.close()


if __name__ == "__main__":
    main()
