"""The registry: every metric of the contract is in it, and a mistake in the file is named with its line."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import pytest

from nianbao.metrics import ConfigError, load_registry, read_registry
from nianbao.paths import data_dir


def test_registry_has_the_metrics_of_the_contract(shared: Path) -> None:
    with (shared / "contract" / "metrics.tsv").open(encoding="utf-8", newline="") as stream:
        contract = list(csv.DictReader(stream, delimiter="\t"))
    ours = {metric.id: (metric.unit, ";".join(metric.dimensions)) for metric in load_registry()}
    assert ours == {row["id"]: (row["unit"], row["dimensions"] or "") for row in contract}


def test_every_metric_has_names_and_says_what_it_may_be_compared_with() -> None:
    for metric in load_registry():
        assert metric.name_zh and metric.name_en.isascii() and metric.comparability.endswith("."), metric.id


def test_unknown_metric_is_named() -> None:
    with pytest.raises(KeyError, match=r"requests\.unheard_of"):
        load_registry().get("requests.unheard_of")


def broken(tmp_path: Path, line: int, old: str, new: str) -> Path:
    """A copy of the registry with one line changed."""
    lines = (data_dir("configs") / "metrics.tsv").read_text("utf-8").split("\n")
    assert old in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old, new, 1)
    path = tmp_path / "metrics.tsv"
    path.write_text("\n".join(lines), "utf-8")
    return path


@pytest.mark.parametrize(
    ("line", "old", "new", "says"),
    [
        (1, "unit", "units", "units"),
        (2, "disclosure.total", "Disclosure total", "id"),
        (3, "disclosure.normative_documents", "disclosure.total", "already defined in line 2"),
        (4, "\t条\t", "\t头\t", "unit '头'"),
        (5, "\t条\t\t", "\t条\tplanet\t", "unknown dimension planet"),
        (6, "\t", "", "columns"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(tmp_path: Path, line: int, old: str, new: str, says: str) -> None:
    path = broken(tmp_path, line, old, new)
    with pytest.raises(ConfigError) as error:
        read_registry(path)
    assert f"{path}, line {line}: " in str(error.value)
    assert says in str(error.value)


def test_registry_loads_fast() -> None:
    path = data_dir("configs") / "metrics.tsv"
    best = min(_seconds(path) for _ in range(5))
    assert best < 0.06


def _seconds(path: Path) -> float:
    begin = time.perf_counter()
    read_registry(path)
    return time.perf_counter() - begin
