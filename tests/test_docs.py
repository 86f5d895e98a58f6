"""The documentation: every block of code runs, the site builds without network and asks for nothing from elsewhere."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from importlib.util import find_spec
from io import StringIO
from pathlib import Path

import pytest
from typer.testing import CliRunner

from nianbao.catalogue import Catalogue
from nianbao.cli.app import app
from nianbao.extractor import Extractor

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGES = sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md"))
SHOWN = {"sh", "python", "text", "sql", "json", "yaml"}
_BLOCK = re.compile(r"(?:^<!-- (skip|needs): (.*?) -->\n)?^```(\w*)\n(.*?)^```$", flags=re.M | re.S)


@dataclass(frozen=True, slots=True)
class Block:
    language: str
    text: str
    skip: str


def blocks(page: str) -> Iterator[Block]:
    for mark, words, language, text in _BLOCK.findall((DOCS / page).read_text("utf-8")):
        missing = [name for name in words.split() if find_spec(name) is None] if mark == "needs" else []
        skip = words if mark == "skip" else f"{', '.join(missing)} is not installed" if missing else ""
        yield Block(language, text, skip)


@pytest.fixture(scope="module")
def folder(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a reader's clone has of what the pages name."""
    place = tmp_path_factory.mktemp("docs")
    (place / "corpus").symlink_to(root / "corpus")
    return place


@pytest.fixture(scope="module")
def one_extractor() -> Extractor:
    return Extractor()


def run(command: str) -> None:
    """A shell block: `nianbao` in this process, as starting one takes longer than its work; the rest by the shell."""
    lines = command.replace("\\\n", " ").splitlines()
    if all(re.match(r"nianbao [^|<>;&$]*$", line) for line in lines):
        for line in lines:
            done = CliRunner().invoke(app, shlex.split(line)[1:])
            assert done.exit_code == 0, f"{line}\n{done.output}"
        return
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    done = subprocess.run(["bash", "-euc", command], capture_output=True, text=True, env={**os.environ, "PATH": path})
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize("page", PAGES)
def test_every_block_of_a_page_runs(
    page: str, folder: Path, one_extractor: Extractor, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [block for block in blocks(page) if block.language in ("sh", "python")]
    if found and all(block.skip for block in found):
        pytest.skip("; ".join(dict.fromkeys(block.skip for block in found)))
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_DATASETS_CACHE", str(folder / "cache"))
    monkeypatch.setattr("nianbao.extractor.Extractor", lambda *_, **__: one_extractor)
    monkeypatch.setattr("nianbao.extractor._own_extractor", lambda: one_extractor)
    names: dict[str, object] = {}
    for block in found:
        if block.skip:
            continue
        if block.language == "sh":
            run(block.text)
        else:
            with redirect_stdout(StringIO()):
                exec(compile(block.text, page, "exec"), names)  # noqa: S102  (the documentation's own examples)


@pytest.mark.parametrize("page", PAGES)
def test_every_block_says_its_language_and_no_code_hides_in_an_indent(page: str) -> None:
    text = (DOCS / page).read_text("utf-8")
    assert {block.language for block in blocks(page)} <= SHOWN
    assert len(re.findall("^```", text, flags=re.M)) == 2 * len(list(blocks(page)))
    assert not re.search(r"^\n    \S", re.sub(_BLOCK, "", text), flags=re.M)


@pytest.fixture(scope="module")
def site(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    for name in ("mkdocs", "material", "mkdocstrings", "mkdocstrings_handlers.python"):
        pytest.importorskip(name, reason="the site needs the extra docs: pip install 'nianbao[docs]'")
    place = tmp_path_factory.mktemp("site")
    # Whatever is fetched fails.
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", place],
        cwd=root,
        capture_output=True,
        text=True,
        env={**os.environ, **nowhere},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return place


def test_the_site_builds_without_network_and_asks_for_nothing_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) >= len(PAGES) + 5
    for page in pages:
        text = page.read_text("utf-8")
        fetched = re.findall(r"<(?:script|img|iframe|source)\b[^>]*\bsrc=[\"']?([^\"'> ]+)", text)
        fetched += re.findall(
            r"<link\b(?=[^>]*rel=[\"']?(?:stylesheet|preload|icon|preconnect))[^>]*href=[\"']?([^\"'> ]+)", text
        )
        outside = [url for url in fetched if re.match(r"(?:https?:)?//", url)]
        assert outside == [], page


def test_tables_of_the_reference_name_every_metric_form_check_and_command(site: Path) -> None:
    catalogue = Catalogue.load()
    metrics, forms, checks, commands = (
        (site / "reference" / f"{name}.html").read_text("utf-8") for name in ("metrics", "forms", "checks", "commands")
    )
    assert all(f"<code>{metric.id}</code>" in metrics and metric.name_zh in metrics for metric in catalogue.metrics)
    assert all(
        f">{name}: {table.name}" in forms
        for table in catalogue.forms.tables
        for name in table.forms
        if table.metrics(name)
    )
    assert all(f"<code>{one.name}</code>" in checks for one in catalogue.identities)
    assert all(f"nianbao {name}" in commands for name in ("extract", "export", "annotate push", "weak report"))
    python = (site / "reference" / "python.html").read_text("utf-8")
    assert "nianbao.panel.build.build" in python and "Raises" in python
