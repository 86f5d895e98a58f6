"""Floors under what the extractor reads from the real reports, measured with the contract's own scorer."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

NIANBAO = Path(sys.executable).with_name("nianbao")

# Prose F1 on texts that another hand wrote, a little under what was measured (tests/data/challenge/README.md).
CHALLENGE_FLOORS = {
    "dev": 0.93,
    "dev2": 0.96,
    "dev3": 0.94,
    "held": 0.74,
    "held2": 0.91,
    "held3": 0.93,
    "held4": 0.84,
    "held5": 0.94,
}


@dataclass(frozen=True)
class Run:
    """One run over the real reports: what was written, and the scorer for it."""

    shared: Path
    facts: Path
    structure: Path

    def score(self, *options: str) -> str:
        """What the scorer prints; fails with it where a floor given in the options is not reached."""
        scorer = [sys.executable, self.shared / "contract" / "score.py", self.shared / "gold", self.facts]
        done = subprocess.run([*scorer, *options], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def run(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    out = tmp_path_factory.mktemp("quality")
    facts, structure = out / "facts.jsonl", out / "structure.jsonl"
    reports = str(shared / "reports")
    subprocess.run([NIANBAO, "extract", reports, "-o", facts], check=True, capture_output=True)
    with structure.open("wb") as lines:
        subprocess.run([NIANBAO, "structure", reports], check=True, stdout=lines)
    return Run(shared, facts, structure)


def test_tables_of_all_reports(run: Run) -> None:
    run.score("--min-table", "0.998", "--min-blank", "0.99")


def test_prose_of_all_reports(run: Run) -> None:
    run.score("--min-prose", "0.95")


def test_few_values_contradict_gold(run: Run) -> None:
    run.score("--max-wrong", "0.003")


def test_no_linked_fact_on_documents_that_are_no_reports(run: Run) -> None:
    assert "negatives with linked facts 0;" in run.score()


def test_headings_years_and_kind_of_document(run: Run) -> None:
    printed = run.score("--structure", str(run.structure), "--min-headings", "0.95")
    for what in ("is_report", "report_year"):
        right, of = re.search(rf"{what} right (\d+)/(\d+)", printed).groups()  # type: ignore[union-attr]
        assert right == of != "0", printed


@pytest.mark.parametrize("part", CHALLENGE_FLOORS)
def test_prose_challenge(shared: Path, root: Path, part: str) -> None:
    file = root / "tests" / "data" / "challenge" / f"{part}.jsonl"
    command = [sys.executable, root / "benchmarks" / "challenge.py", "--file", file]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    f1 = re.search(r"^prose .* F1 ([\d.]+)", printed, flags=re.M)
    assert f1 and float(f1[1]) >= CHALLENGE_FLOORS[part], printed
