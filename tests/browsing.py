"""A real browser for tests of pages: chromium of this machine, driven by playwright in an environment of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from nianbao.annotate.environment import environment
from nianbao.annotate.errors import AnnotateError

HERE = Path(__file__).parent / "pages"


class Browser:
    """Says to the browser what to do, one thing after the other (see pages/browser.py)."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def do(self, what: str, **words: Any) -> Any:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps({"what": what, **words}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline() or '{"error": "the browser went away"}')
        if "error" in answer:
            raise AssertionError(answer["error"])
        return answer["is"]

    def open(self, page: Path, anchor: str = "", **words: Any) -> None:
        self.do("open", url=page.resolve().as_uri() + anchor, **words)

    def ask(self, script: str) -> Any:
        """What a script gives on the page."""
        return self.do("evaluate", script=script)

    def quiet(self) -> None:
        """The page asked for nothing but itself, and had nothing to complain of."""
        heard = self.do("heard")
        assert [url for url in heard["requests"] if not url.startswith(("file:", "data:"))] == []
        assert len([url for url in heard["requests"] if url.startswith("file:")]) <= 1, heard["requests"]
        assert heard["complaints"] == []

    def serious(self, page: Path, **words: Any) -> list[str]:
        """What axe-core finds serious or worse."""
        self.open(page, free=True, **words)
        return [
            f"{one['id']}: {one['nodes'][0]['html'][:200]}"
            for one in self.do("axe")
            if one["impact"] in ("serious", "critical")
        ]


@contextmanager
def browsing() -> Iterator[Browser]:
    """A browser; the test skips where there is none, and fails under CI=true.

    Raises:
        AssertionError: under CI=true, there is none.
    """
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        _unavailable("no chromium; on Debian: apt-get install chromium fonts-noto-cjk")
    cache = Path(os.environ.get("NIANBAO_TEST_CACHE") or Path.home() / ".cache" / "nianbao-test")
    try:
        python = environment(HERE / "requirements.txt", cache / "pages", print)
    except AnnotateError as error:
        _unavailable(f"no playwright: {error}")
    program = [str(python), str(HERE / "browser.py"), str(chromium)]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Browser(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(timeout=30)


def _unavailable(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
