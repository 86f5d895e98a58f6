"""The sample documents, from the command line to rows: every fact that a careful reader would find, and no other."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

NIANBAO = Path(sys.executable).with_name("nianbao")
DATA = Path(__file__).parent / "data"


def rows(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.split("\n") if line]


def key(fact: dict[str, Any], *more: str) -> tuple[Any, ...]:
    return tuple(fact[k] for k in ("metric", "applicant", "year", "value", "scope", *more))


EXPECTED = rows((DATA / "samples_expected.jsonl").read_text("utf-8"))
STRUCTURE = rows((DATA / "samples_structure.jsonl").read_text("utf-8"))


@pytest.fixture(scope="module")
def facts(root: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    out = tmp_path_factory.mktemp("samples") / "facts.jsonl"
    subprocess.run([NIANBAO, "extract", root / "corpus" / "samples", "-o", out], check=True, capture_output=True)
    return rows(out.read_text("utf-8"))


@pytest.fixture(scope="module")
def structure(root: Path) -> dict[str, dict[str, Any]]:
    done = subprocess.run([NIANBAO, "structure", root / "corpus" / "samples"], check=True, capture_output=True)
    return {row["doc_id"]: row for row in rows(done.stdout.decode("utf-8"))}


@pytest.mark.parametrize("doc_id", [s["doc_id"] for s in STRUCTURE])
def test_every_expected_fact_is_found_and_no_other(facts: list[dict[str, Any]], doc_id: str) -> None:
    expected = [f for f in EXPECTED if f["doc_id"] == doc_id]
    found = [f for f in facts if f["doc_id"] == doc_id and f["metric"]]
    # A number of the table may be said once more in prose, so only what is missed is told apart by status.
    required = {key(f, "status") for f in expected if not f.get("optional")}
    missed = required - {key(f, "status") for f in found}
    extra = {key(f) for f in found} - {key(f) for f in expected}
    assert (missed, extra) == (set(), set())


@pytest.mark.parametrize("expected", STRUCTURE, ids=lambda s: s["doc_id"])
def test_kind_agency_and_year(structure: dict[str, dict[str, Any]], expected: dict[str, Any]) -> None:
    found = structure[expected["doc_id"]]
    assert {k: found[k] for k in expected} == expected


def test_academic_year_ends_in_the_report_year(structure: dict[str, dict[str, Any]]) -> None:
    university = structure["lanxi_university_2016"]
    assert (university["period_start"], university["period_end"]) == ("2015-09-01", "2016-08-31")


def test_show_gives_each_document_its_share(root: Path, tmp_path: Path) -> None:
    out, samples = tmp_path / "facts.parquet", root / "corpus" / "samples"
    subprocess.run([NIANBAO, "extract", samples, "-o", out], check=True, capture_output=True)
    shown = subprocess.run([NIANBAO, "show", out, samples, "-n", "16"], check=True, capture_output=True).stdout.decode()
    rows_shown = [line.split("│")[1].strip() for line in shown.split("\n") if line.startswith("│")]
    assert {doc: rows_shown.count(doc) for doc in rows_shown if doc} == dict.fromkeys(
        [s["doc_id"] for s in STRUCTURE if s["is_report"]], 2
    )
    assert "主动公开政府信息214条" in shown and "二百三" in shown
