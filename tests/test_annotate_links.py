"""Link tasks on the spans that people corrected: what the pipeline did not find can be given its metric too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from nianbao.annotate.errors import AnnotateError
from nianbao.annotate.gather import gather
from nianbao.annotate.gold import read_values, update
from nianbao.annotate.tasks import Task
from nianbao.cli.app import app
from test_annotate import REPORT, SETTINGS, exported, harvest_of, lines, tasks_of_report


def add_and_move(record: dict[str, Any]) -> None:
    """People mark 28件 instead of 28, and the heading's 申请 as a value that the pipeline has not."""
    text = record["text"]
    at = text.index("28件")
    for entity in record["entities"]:
        if entity["start_offset"] == at and entity["label"] == "VALUE":
            entity["end_offset"] = at + 3
    new = text.index("申请情况")
    record["entities"].append({"id": 999, "label": "VALUE", "start_offset": new, "end_offset": new + 2})


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    folder = tmp_path / "gold"
    update(folder, SETTINGS, harvest_of("spans", exported(tasks_of_report()["spans"][1], add_and_move)))
    return folder


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    path = tmp_path / "documents.jsonl"
    rows = [{"id": "吉水/2016", "text": REPORT}, {"id": "other", "text": REPORT}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def link_tasks(documents: Path, gold: Path) -> dict[str, Task]:
    tasks, _ = gather([documents], "links", SETTINGS, None, gold, print)
    return {task.about["words"]: task for task in tasks}


def test_tasks_stand_on_the_spans_that_people_left(documents: Path, gold: Path) -> None:
    tasks = link_tasks(documents, gold)
    assert {"28件", "申请"} <= set(tasks) and "28" not in tasks and "１２８" not in tasks
    assert {task.doc_id for task in tasks.values()} == {"吉水/2016"}
    for words, task in tasks.items():
        assert REPORT[task.start : task.end] == words and f"【{words}】" in task.text
    moved, added = tasks["28件"].suggested.marks, tasks["申请"].suggested.marks
    assert moved[0].label == "requests.received" and len(moved) == SETTINGS.tasks["candidates"]
    assert [mark.label for mark in added] == [SETTINGS.none_label]
    assert tasks["申请"].score >= 1.5


def test_their_answers_are_the_metrics_of_the_corrected_spans(documents: Path, gold: Path) -> None:
    tasks = link_tasks(documents, gold)
    answers = {"28件": "requests.concluded", "申请": "outcomes.granted"}
    pulled = [exported(tasks[words], lambda r, name=name: r.update(label=[name])) for words, name in answers.items()]
    update(gold, SETTINGS, harvest_of("links", *pulled))
    found = {fact["evidence"].split(" | ")[-1]: fact["metric"] for fact in lines(gold / "facts.jsonl")[0]["facts"]}
    assert {words: found[words] for words in found if words in answers} == answers
    assert not answers.keys() & link_tasks(documents, gold).keys()


def test_another_text_of_the_same_name_is_left_out(
    documents: Path, gold: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    documents.write_text(json.dumps({"id": "吉水/2016", "text": REPORT + "。"}) + "\n", "utf-8")
    assert link_tasks(documents, gold) == {}
    assert "Warning: 吉水/2016 is not the text that was annotated; left out." in capsys.readouterr().out


def test_disputes_that_are_open_are_not_asked_about(gold: Path) -> None:
    path = gold / "spans.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"open": false', b'"open": true'))
    assert read_values(gold) == {}


def test_a_folder_without_gold_is_named(tmp_path: Path) -> None:
    with pytest.raises(AnnotateError, match=r"there is no gold of spans in .*annotate pull --gold"):
        read_values(tmp_path)


def test_only_links_are_asked_about_gold(documents: Path, gold: Path) -> None:
    words = ["annotate", "push", str(documents), "--gold", str(gold), "--url", "http://127.0.0.1:9", "--user", "anna"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 2 and "--gold is for --project links" in result.output
