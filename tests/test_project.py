"""The workflow of project.yml, small, from the simulator to the wheel; and the training configuration."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

LINKED = ("configs", "corpus", "pipeline", "models", "pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md")
SMALL = {"weak_reports": 4, "tagger_reports": 6, "tagger_steps": 4, "linker_reports": 2, "measured": 3}


def weasel(folder: Path, what: str) -> str:
    """What `weasel run` prints; models go to the build folder, so that those that ship stay."""
    settings = {**SMALL, "models": "build/project/models"}
    options = [part for name, value in settings.items() for part in (f"--vars.{name}", str(value))]
    command = [sys.executable, "-m", "weasel", "run", what, str(folder), *options]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def project(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that looks like the checkout but has a build folder and a lock of its own."""
    folder = tmp_path_factory.mktemp("project")
    for name in LINKED:
        (folder / name).symlink_to(root / name)
    (folder / "project.yml").write_bytes((root / "project.yml").read_bytes())
    return folder


def test_workflow_runs_from_end_to_end_and_skips_what_did_not_change(project: Path) -> None:
    weasel(project, "all")
    built = project / "build" / "project"
    assert (built / "weak.spacy").stat().st_size > 0
    assert (built / "models" / "tagger" / "meta.json").is_file()
    assert (built / "models" / "number_linker").is_dir() and (built / "models" / "decision").is_dir()
    figures = json.loads((built / "figures" / "figures.json").read_text("utf-8"))
    assert set(figures["ablation"]) == {"rules", "label", "network", "decided"}
    assert "prose_f" in figures["ablation"]["decided"]["simulated"]
    assert figures["tagger"]["lines_acc"] is not None
    [wheel] = (built / "dist").glob("*.whl")
    assert "nianbao/configs/train.cfg" in zipfile.ZipFile(wheel).namelist()

    again = weasel(project, "train")
    assert again.count("Skipping") == 4


@pytest.mark.parametrize("name", ["train.cfg", "number_linker.cfg"])
def test_configuration_is_complete(name: str, root: Path) -> None:
    command = [sys.executable, "-m", "spacy", "debug", "config", str(root / "configs" / name)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No problems" in done.stdout or "valid" in done.stdout.lower() or not done.stderr
