"""What is loaded to read one report, and that the rest of spaCy is there when it is asked for."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from nianbao.light import deferred, standing_in

REPORT = "平湖县2017年政府信息公开工作年度报告\n一、依申请公开情况\n全年收到申请28件。"


def in_fresh_process(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert not done.returncode, done.stderr
    return done.stdout


def test_one_report_needs_no_web_client_and_spacys_command_line_comes_when_asked_for() -> None:
    said = in_fresh_process(
        "import gc, sys, nianbao\n"
        f"assert nianbao.extract({REPORT!r})[0].value == 28\n"
        "print(sorted({'httpx', 'requests', 'typer', 'weasel'} & sys.modules.keys()), gc.isenabled())\n"
        "import spacy\n"
        "print(spacy.info()['spacy_version'] == spacy.__version__)\n"
        "print(spacy.cli.download.__module__)\n"
        "from spacy.cli.train import train\n"
        "print(train.__module__)\n"
    )
    assert said.splitlines() == ["[] True", "True", "spacy.cli.download", "spacy.cli.train"]


def test_the_command_line_works_where_it_is_imported_first() -> None:
    code = "import spacy.cli, nianbao.extractor\nprint(len(spacy.cli.app.registered_commands) > 5)"
    assert in_fresh_process(code).strip() == "True"


def test_a_stand_in_goes_and_leaves_what_is_loaded_alone() -> None:
    with standing_in("nianbao_no_such_module", "name"):
        from nianbao_no_such_module import name  # type: ignore[import-not-found]
    with pytest.raises(ModuleNotFoundError):
        name()
    assert "nianbao_no_such_module" not in sys.modules
    with standing_in("json", "loads"):
        assert sys.modules["json"].dumps([]) == "[]"
    assert deferred("json") is sys.modules["json"]
    with pytest.raises(ModuleNotFoundError, match="nianbao_no_such_module"):
        deferred("nianbao_no_such_module")


def test_loading_looks_for_garbage_again_when_it_is_over() -> None:
    from nianbao.light import loading

    with loading():
        assert not gc.isenabled()
    assert gc.isenabled()
    gc.disable()
    try:
        with loading():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
