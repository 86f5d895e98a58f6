"""A word marked in a real browser, after a character that browsers count as two, is the word that is pulled."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from people import Person
from server import HERE, Server, cache
from typer.testing import Result

from conftest import unavailable
from nianbao.annotate.environment import environment
from nianbao.annotate.errors import AnnotateError

pytestmark = pytest.mark.doccano

TEXT = (
    "吉水县𠮷水镇2016年政府信息公开工作年度报告\n一、主动公开情况\n"
    "2016年，本镇主动公开政府信息128条，其中政府网站公开96条，微信公众号公开32条。\n"
    "二、依申请公开情况\n2016年，𠮷水镇共收到信息公开申请28件，均已答复，其中镇财政所收到5件。\n"
    "三、行政复议、行政诉讼情况\n未发生行政复议、行政诉讼。\n"
)


@pytest.fixture(scope="module")
def browser() -> tuple[Path, str]:
    """Playwright's Python and the chromium of this machine."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        unavailable("no chromium; on Debian: apt-get install chromium fonts-noto-cjk")
    try:
        python = environment(HERE / "browser-requirements.txt", cache() / "playwright", print)
    except AnnotateError as error:
        unavailable(f"no playwright: {error}")
    return python, str(chromium)


def test_a_word_marked_after_a_wide_character_is_that_word(
    annotate: Callable[..., Result], server: Server, admin: Person, browser: tuple[Path, str], tmp_path: Path
) -> None:
    config = tmp_path / "annotate.yaml"
    text = (HERE.parents[1] / "configs" / "annotate.yaml").read_text("utf-8")
    config.write_text(text.replace("name_prefix: nianbao ", "name_prefix: browser "), "utf-8")
    words = ("--config", str(config), "--project", "spans")
    (tmp_path / "吉水镇_2016.txt").write_text(TEXT, "utf-8")
    for command in (("setup",), ("push", str(tmp_path / "吉水镇_2016.txt"))):
        result = annotate(*command, *words)
        assert result.exit_code == 0, result.output
    project = admin.project("browser spans")

    python, chromium = browser
    picture = tmp_path / "page.png"
    job = {
        "url": server.url,
        "user": server.user,
        "password": server.password,
        "project": project,
        "page": 1,
        "chromium": chromium,
        "after": "2016年，𠮷",
        "word": "水镇",
        "label": "SCOPE",
        "picture": str(picture),
    }
    program = [str(python), str(HERE / "browser.py")]
    done = subprocess.run(program, input=json.dumps(job), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert picture.stat().st_size > 10_000

    (example,) = admin.examples(project)
    admin.confirm(project, example["id"])
    gold = tmp_path / "gold"
    pulled = annotate("pull", *words, "--gold", str(gold))
    assert pulled.exit_code == 0, pulled.output
    part = json.loads((gold / "spans.jsonl").read_text("utf-8"))
    before = json.loads((gold / "spans.suggested.jsonl").read_text("utf-8"))
    assert part["text"] == TEXT
    key = [(span["start"], span["end"], span["label"]) for span in part["spans"]]
    suggested = {(span["start"], span["end"], span["label"]) for span in before["spans"]}
    start = TEXT.index("年，𠮷水镇") + 3
    assert set(key) - suggested == {(start, start + 2, "SCOPE")}
    assert suggested <= set(key)
