"""The command `nianbao simulate`: what it writes, and what it says when asked for something that there is not."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from nianbao.cli.simulate import simulate
from nianbao.simulate import generate
from nianbao.simulate.report import SimulatedReport


@pytest.fixture
def app() -> typer.Typer:
    app = typer.Typer()
    app.command()(simulate)
    return app


def test_a_jsonl_file_by_its_ending(app: typer.Typer, tmp_path: Path) -> None:
    out = tmp_path / "held.jsonl"
    arguments = ["-o", str(out), "-n", "3", "--seed", "4", "--split", "held_out", "--noise", "1", "--noise", "2"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [row["text"] for row in rows] == [r.text for r in generate(3, 4, split="held_out", noise=[1, 2])]


def test_a_folder_otherwise(app: typer.Typer, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["-o", str(tmp_path / "out"), "-n", "2", "--layout", "tabs", "--regime", "2021"])
    assert result.exit_code == 0, result.output
    assert len(list((tmp_path / "out" / "gold").iterdir())) == 2


@pytest.mark.parametrize("wrong", [["--layout", "pdf"], ["--noise", "9"], ["--encoding", "latin-1"]])
def test_what_there_is_not_is_named_in_one_line(app: typer.Typer, tmp_path: Path, wrong: list[str]) -> None:
    result = CliRunner().invoke(app, ["-o", str(tmp_path / "out"), *wrong])
    assert result.exit_code == 2
    assert "must be" in result.output and "Traceback" not in result.output
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("out", ["made", "made.jsonl"])
def test_what_breaks_off_leaves_nothing_and_can_be_done_again(
    app: typer.Typer, tmp_path: Path, out: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["-o", str(tmp_path / out), "-n", "2"]

    def full(*_: object, **__: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        for name in ("to_dict", "to_gold"):
            broken.setattr(SimulatedReport, name, full)
        result = CliRunner().invoke(app, words)
    assert result.exit_code == 1 and "the disk is full" in result.output
    assert list(tmp_path.iterdir()) == []
    assert CliRunner().invoke(app, words).exit_code == 0


def test_the_folder_in_which_one_stands_is_not_replaced(
    app: typer.Typer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["-o", ".", "-n", "1"])
    assert result.exit_code == 2 and "name a new folder" in result.output
