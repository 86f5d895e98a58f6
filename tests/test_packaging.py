"""What is installed is whole: the wheel's data, the entry points, the pinned dependencies, a quick start."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
import venv
import zipfile
from importlib.metadata import distribution, entry_points
from pathlib import Path

import pytest
import spacy
from spacy import registry
from spacy.cli.package import package

from nianbao.extractor import load


@pytest.fixture(scope="module")
def wheel_file(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from the checkout."""
    out = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(build, cwd=root, check=True, capture_output=True, text=True)
    (path,) = out.glob("nianbao-*.whl")
    return path


@pytest.fixture(scope="module")
def wheel(wheel_file: Path) -> set[str]:
    """The names inside the wheel."""
    with zipfile.ZipFile(wheel_file) as archive:
        return set(archive.namelist())


def test_a_packaged_pipeline_reads_in_a_fresh_environment(wheel_file: Path, tmp_path: Path) -> None:
    load().to_disk(tmp_path / "pipeline")
    (tmp_path / "packaged").mkdir()
    package(tmp_path / "pipeline", tmp_path / "packaged", create_sdist=False, silent=True)
    (folder,) = (tmp_path / "packaged").iterdir()
    meta = json.loads((folder / "meta.json").read_text("utf-8"))
    assert any(words.startswith("nianbao>=") for words in meta["requirements"]), meta["requirements"]
    venv.create(tmp_path / "fresh", with_pip=False)
    python = tmp_path / "fresh" / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    wheels = tmp_path / "wheels"
    build = [*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", str(wheels), str(folder)]
    subprocess.run(build, check=True, capture_output=True, text=True)
    install = [*pip, "--python", str(python), "install", "--no-deps", "--no-index", str(wheel_file), *wheels.iterdir()]
    subprocess.run(install, check=True, capture_output=True, text=True)
    # What both need from others is taken from here; nianbao itself is not: it stands behind the fresh one.
    (site,) = (tmp_path / "fresh").glob("lib/python*/site-packages")
    (site / "others.pth").write_text(f"{Path(spacy.__file__).parents[1]}\n", "utf-8")
    code = (
        f"import nianbao, spacy; assert {str(tmp_path)!r} in nianbao.__file__, nianbao.__file__\n"
        f"nlp = spacy.load({meta['lang'] + '_' + meta['name']!r})\n"
        "facts = nlp('平湖县2017年政府信息公开工作年度报告\\n一、概述\\n收到政府信息公开申请28件。')._.facts\n"
        "print(facts[0]['metric'], facts[0]['value'])"
    )
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert done.stdout.split() == ["requests.received", "28.0"], done.stderr


@pytest.mark.parametrize("folder", ["configs", "models"])
def test_wheel_carries_the_data_the_package_reads(wheel: set[str], root: Path, folder: str) -> None:
    tracked = subprocess.run(["git", "ls-files", folder], cwd=root, check=True, capture_output=True, text=True).stdout
    wanted = {f"nianbao/{name}" for name in tracked.split() if not name.endswith(".gitkeep")}
    assert wanted, f"nothing is tracked under {folder}/"
    assert wanted <= wheel, f"missing from the wheel: {sorted(wanted - wheel)}"


def test_wheel_carries_every_module_and_no_test(wheel: set[str], root: Path) -> None:
    package = root / "pipeline"
    modules = {str(p.relative_to(package)) for p in package.rglob("*.py")}
    assert modules <= wheel
    assert not [name for name in wheel if name.startswith(("tests/", "corpus/", "annotations/"))]


def test_every_entry_point_resolves() -> None:
    for entry in distribution("nianbao").entry_points:
        assert callable(entry.load()), entry


def test_spacy_finds_the_registrations_by_name() -> None:
    assert callable(registry.get("tokenizers", "nianbao.ChineseTokenizer.v1"))
    factories = {e.name for e in entry_points(group="spacy_factories")}
    assert {f"nianbao_{p}" for p in ("tables", "structure", "mentions", "linker", "facts", "checks")} <= factories


@pytest.fixture(scope="module")
def lock(root: Path) -> str:
    return (root / "requirements.lock").read_text("utf-8")


def requirements(lock: str) -> dict[str, str]:
    """Name → the whole requirement (its pin, marker and hashes) of each entry of the lock."""
    return {m[1]: m[0] for m in re.finditer(r"^([a-z0-9][\w.-]*)==(?:.*\\\n)*.*$", lock, flags=re.M | re.I)}


def test_lock_pins_everything_with_hashes_and_names_no_registry(lock: str) -> None:
    pinned = requirements(lock)
    assert len(pinned) > 50
    assert [name for name, text in pinned.items() if "--hash=sha256:" not in text] == []
    assert [
        line for line in lock.splitlines() if re.search(r"https?://|--(extra-)?index-url|--find-links| @ ", line)
    ] == []


def test_lock_covers_every_declared_dependency_and_stays_light(lock: str, root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    declared = [*project["dependencies"], *(r for rs in project["optional-dependencies"].values() for r in rs)]
    names = {re.match(r"[\w.-]+", r)[0].lower().replace("_", "-") for r in declared} - {"nianbao"}  # type: ignore[index]
    pinned = requirements(lock)
    assert names <= set(pinned)
    assert {"torch", "jax", "tensorflow", "transformers"}.isdisjoint(pinned)
    spacy = re.match(r"spacy==(\d+)", pinned["spacy"])
    assert spacy and spacy[1] == "3"
    assert any(re.fullmatch(r"spacy.*<4", r) for r in project["dependencies"])


def test_help_works_and_loads_nothing_heavy() -> None:
    check = (
        "import sys; from nianbao.cli import main\n"
        "sys.argv = ['nianbao', '--help']\n"
        "try: main()\n"
        "except SystemExit as stop: assert not stop.code, stop.code\n"
        "heavy = {'spacy', 'sklearn', 'datasets', 'pandas', 'pyarrow', 'duckdb', 'numpy'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "extract" in done.stdout and "structure" in done.stdout and "text" in done.stdout
