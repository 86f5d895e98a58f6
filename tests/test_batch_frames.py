"""Frames of documents to frames of rows, and the recipe of docs/cluster.md for Spark."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import nianbao
from nianbao.batch.frames import frame_schema, read_frames

pd = pytest.importorskip("pandas")


@pytest.fixture(scope="module")
def reports(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("reports") / "reports.jsonl"
    lines = (root / "corpus" / "samples" / "short_reports.jsonl").read_text("utf-8").splitlines()
    rows = [{key: json.loads(line)[key] for key in ("id", "text")} for line in lines]
    path.write_text("".join(json.dumps(row) + "\n" for row in [*rows, {"id": "empty", "text": " "}]))
    return path


@pytest.fixture(scope="module")
def expected(reports: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    good = tmp_path_factory.mktemp("good") / "good.jsonl"
    good.write_text("".join(line + "\n" for line in reports.read_text("utf-8").splitlines()[:-1]))
    return canonical(nianbao.extract(good).to_dicts())


def canonical(rows: list[dict[str, object]]) -> list[str]:
    return sorted(json.dumps(row, ensure_ascii=False) for row in rows)


def test_frames_give_the_rows_of_extract(reports: Path, expected: list[str]) -> None:
    frame = pd.read_json(reports, lines=True)
    first, second = read_frames([frame[:1], frame[1:]])
    assert list(first.columns) == frame_schema().names
    assert canonical([fact for facts in (*first["facts"], *second["facts"]) if facts for fact in facts]) == expected
    (lost,) = second[second["error"].notna()].to_dict("records")
    assert lost["doc_id"] == "empty" and "empty text" in lost["error"] and lost["facts"] is None


def test_the_recipe_for_spark_gives_the_rows_of_extract(
    root: Path, reports: Path, expected: list[str], tmp_path: Path
) -> None:
    pytest.importorskip("pyspark", reason="pyspark is not installed; the recipe of docs/cluster.md was not run")
    (recipe,) = re.findall(r"```python\n(.*?)```", (root / "docs" / "cluster.md").read_text("utf-8"), flags=re.S)
    names = {"REPORTS": str(reports), "READ": str(tmp_path / "read")}
    # What the documentation tells people to run.
    exec(recipe, names)  # noqa: S102
    facts = [row.asDict() for row in names["facts"].collect()]  # type: ignore[attr-defined]
    assert canonical(facts) == expected
    assert [row["doc_id"] for row in names["errors"].collect()] == ["empty"]  # type: ignore[attr-defined]
    names["spark"].stop()  # type: ignore[attr-defined]
