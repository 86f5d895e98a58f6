"""The catalogue: read as one, handed in, carried along; a mistake in it is named with file and line."""

from __future__ import annotations

import pickle
import re
import shutil
from pathlib import Path

import pytest
import yaml

from nianbao.catalogue import Catalogue, ConfigError, patterns
from nianbao.catalogue.catalogue import FILES
from nianbao.catalogue.files import ConfigFiles
from nianbao.paths import data_dir


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of configs/ to change."""
    copy = tmp_path / "configs"
    shutil.copytree(data_dir("configs"), copy)
    return copy


def change(folder: Path, file: str, old: str, new: str) -> int:
    """Changes the first place of a file that reads `old`; returns its line."""
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text, (file, old)
    path.write_text(text.replace(old, new, 1), "utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_patterns_that_ship_compile_when_used_and_all_of_them_do(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    monkeypatch.setattr(patterns, "compiles", lambda text: (compiled.append(text), re.compile(text))[1])
    catalogue = Catalogue(ConfigFiles.read(data_dir("configs"), FILES)).validated()
    assert not compiled
    assert catalogue.sections.identity.title.search("2019年政府信息公开工作年度报告")
    assert catalogue.sections.identity.title.search("年报") is None
    assert len(compiled) == 1
    patterns.compile_all([catalogue.sections, catalogue.clauses])
    assert len(compiled) > 150


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("metrics.tsv", "\tunit\t", "\tunits\t", "units"),
        ("metrics.tsv", "disclosure.total\t", "Disclosure total\t", "id"),
        ("metrics.tsv", "disclosure.gazette\t", "disclosure.total\t", "already defined in line 2"),
        ("metrics.tsv", "\t条\t", "\t度\t", "unit '度'"),
        ("prose/concepts.yaml", "RECEIVE: {is: [act,", "RECEIVE: {is: [action,", "unknown role 'action'"),
        ("prose/concepts.yaml", "FAX: {", "FAX: {applicant: nobody, ", "no applicant: 'nobody'"),
        ("prose/rules.yaml", "near: [PROACTIVE, GOVINFO], unit: info", "near: [NOWHERE], unit: info", "NOWHERE"),
        ("prose/rules.yaml", "near: [PROACTIVE, GOVINFO], unit: info", "near: [GOVINFO], unit: none", "none"),
        ("prose/rules.yaml", "near: [PROACTIVE, GOVINFO], unit: info", "near: [GOVINFO], unit: info, odd: 1", "odd"),
        ("prose/rules.yaml", "  disclosure.total:\n", "  disclosure.all:\n", "disclosure.all"),
        ("prose/patterns.yaml", "'@rate@", "'@nowhere@", "nowhere"),
        ("identities.yaml", "right: [requests.concluded]", "right: [requests.conclude]", "metric 'requests.conclude'"),
        ("identities.yaml", "name: outcomes_sum", "name: balance", "stands twice"),
        ("identities.yaml", "kind: warning", "kind: hint", "kind (error or warning)"),
        ("identities.yaml", "relation: at_most", "relation: below", "must be equal or at_most"),
        ("identities.yaml", "forms: [national_2014]", "forms: [national_2013]", "unknown form national_2013"),
        ("labels.yaml", "  inside: {over", "  within: {over", "unknown key 'within'"),
        ("labels.yaml", "spellings:", "spellings:\n  - [档案, 文件夹]", "same length"),
        ("sections.yaml", "header_keys:", "keys:", "the key 'header_keys' is missing"),
        ("sections.yaml", "article_pattern: ", "article_pattern: (", "does not compile"),
        ("sections.yaml", "  max_title: 45", "  max_titles: 9\n  max_title: 45", "unknown key 'max_titles'"),
        ("numerals.yaml", "one:\n", "ones: []\none:\n", "unknown key 'ones'"),
        ("numerals.yaml", "session: {unit: 次, before", "session: {before", "session lacks unit"),
        ("numerals.yaml", "  several: 数几好成\n", "", "written lacks several"),
        ("numerals.yaml", "  short_year: ", "  short_year: (", "short_year does not compile"),
        ("panel.yaml", "breaks:\n", "break: []\nbreaks:\n", "unknown key 'break'"),
        (
            "panel.yaml",
            "from: 2019, parts: [litigation.direct.total",
            "since: 2019, parts: [litigation.direct.total",
            "'since'",
        ),
        ("prose/links.yaml", "from: [reviews.total]", "from: [reviews.all]", "reviews.all"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(folder: Path, file: str, old: str, new: str, says: str) -> None:
    change(folder, file, old, new)
    with pytest.raises(ConfigError) as error:
        Catalogue.load(folder)
    assert str(error.value).startswith(f"{folder}/{file}, line ")
    assert says in str(error.value)


def test_the_line_of_a_wrong_rule_is_its_own(folder: Path) -> None:
    line = change(folder, "prose/rules.yaml", "near: [GAZETTE],", "near: [GAZETTE_OF_NOTHING],")
    with pytest.raises(ConfigError, match=f"line {line}: "):
        Catalogue.load(folder)


def test_a_key_that_stands_twice_is_refused(folder: Path) -> None:
    with (folder / "prose" / "concepts.yaml").open("a", encoding="utf-8") as stream:
        stream.write("FAX: [传真机]\n")
    with pytest.raises(ConfigError, match="'FAX' stands twice"):
        Catalogue.load(folder)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "prose" / "links.yaml").unlink()
    with pytest.raises(ConfigError, match=r"links\.yaml.*missing"):
        Catalogue.load(folder)
    with pytest.raises(FileNotFoundError, match="nowhere"):
        Catalogue.load(folder / "nowhere")


def test_it_travels_as_its_files(folder: Path) -> None:
    change(folder, "prose/concepts.yaml", "FAX: {", "FAX: {applicant: other, ")
    catalogue = Catalogue.load(folder)
    shutil.rmtree(folder)
    for again in (pickle.loads(pickle.dumps(catalogue)), Catalogue.from_bytes(catalogue.to_bytes())):  # noqa: S301
        assert again.concepts.applicants["FAX"] == "other"
        assert again.files.digest == catalogue.files.digest != Catalogue.load().files.digest


def test_all_yaml_reads_with_the_pure_loader_too(root: Path) -> None:
    fast = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for path in sorted((root / "configs").rglob("*.yaml")):
        text = path.read_text("utf-8")
        assert yaml.load(text, Loader=yaml.SafeLoader) == yaml.load(text, Loader=fast), path  # noqa: S506
