"""Annotation without a server: offsets, cutting, choosing, judging, and gold that is written whole or not at all."""

from __future__ import annotations

import dataclasses
import errno
import json
import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from nianbao.annotate import diff
from nianbao.annotate.environment import environment
from nianbao.annotate.errors import AnnotateError
from nianbao.annotate.gold import update
from nianbao.annotate.judge import Annotation, link_agreement, settle, span_agreement
from nianbao.annotate.marks import Key, Layer, Mark, Units
from nianbao.annotate.pull import Harvest, Pulled, read_task
from nianbao.annotate.select import doubled, select
from nianbao.annotate.settings import load_settings
from nianbao.annotate.suggest import make_tasks
from nianbao.annotate.tasks import Task
from nianbao.extractor import Extractor
from nianbao.reading import read_all
from nianbao.reading.source import Source

SETTINGS = load_settings()
REPORT = (
    "云泽市𠮷水区2016年政府信息公开工作年度报告\r\n一、主动公开政府信息情况\r\n"
    "2016年，本区主动公开政府信息１２８条，其中通过政府网站公开96条。\r\n"
    "二、依申请公开政府信息情况\r\n（一）申请情况\r\n2016年，共收到信息公开申请28件，比上年增加3件。\r\n"
    "三、行政复议、行政诉讼情况\r\n未发生行政复议、行政诉讼。\r\n"
)


@lru_cache(maxsize=1)
def tasks_of_report() -> dict[str, list[Task]]:
    tight = dataclasses.replace(SETTINGS, tasks={**SETTINGS.tasks, "shortest": 30})
    doc = Extractor().doc(Source("吉水/2016", REPORT))
    return {kind: make_tasks(doc, kind, tight) for kind in ("spans", "lines", "links")}


@given(st.text(alphabet=st.sampled_from("ab字𠮷😀\r\n\u2028"), max_size=40))
def test_units_are_those_of_utf16(text: str) -> None:
    units = Units(text)
    for at in range(len(text) + 1):
        assert units.to_server(at) == len(text[:at].encode("utf-16-le")) // 2
        assert units.from_server(units.to_server(at)) == at
    with pytest.raises(ValueError, match="no place between two characters"):
        units.from_server(units.to_server(len(text)) + 1)


def test_an_offset_within_a_character_is_refused() -> None:
    with pytest.raises(ValueError, match="offset 1 "):
        Units("𠮷").from_server(1)


def test_tasks_of_all_samples_tile_their_documents(root: Path) -> None:
    extractor = Extractor()
    for source in read_all([root / "corpus" / "samples"]):
        doc = extractor.doc(source)
        for kind in ("spans", "lines"):
            tasks = make_tasks(doc, kind, SETTINGS)
            assert "".join(task.text for task in tasks) == source.text
            assert all(task.text.strip() for task in tasks)
            assert [task.start for task in tasks[1:]] == [task.end for task in tasks[:-1]]


def test_tasks_begin_at_headings_and_carry_what_is_on_them() -> None:
    first, *rest = tasks_of_report()["spans"]
    assert [task.text.split("\r\n")[0][:2] for task in rest] == ["二、", "三、"]
    words = {first.text[m.start : m.end] for m in first.suggested.marks if m.label == "VALUE"}
    assert words == {"１２８", "96"}
    assert all((m.start, m.end) != (0, 0) for m in first.suggested.marks)


def test_a_task_without_headings_is_cut_at_lines_and_no_longer_than_allowed() -> None:
    text = "".join(f"第{i}段，公开政府信息{i}条。\n" for i in range(600))
    doc = Extractor().doc(Source("long", text))
    tasks = make_tasks(doc, "spans", SETTINGS)
    assert len(tasks) > 2 and max(len(task.text) for task in tasks) <= SETTINGS.tasks["longest"]
    assert all(task.text.endswith("\n") for task in tasks)


def test_the_layer_survives_its_metadata() -> None:
    for task in tasks_of_report()["spans"]:
        again = Layer.unpack(task.suggested.pack())
        assert again.marks == task.suggested.marks and again.relations == task.suggested.relations


def test_a_link_task_shows_its_number_and_its_candidates() -> None:
    task = next(t for t in tasks_of_report()["links"] if t.about["words"] == "28")
    assert "【28】" in task.text and REPORT[task.start : task.end] == "28"
    assert task.suggested.marks[0].label == "requests.received"
    assert len(task.suggested.marks) <= SETTINGS.tasks["candidates"]


def test_a_link_task_is_filled_with_the_best_five_of_the_linker() -> None:
    extractor = Extractor()
    doc = extractor.doc(Source("吉水/2016", REPORT))
    linker: Any = extractor.nlp.get_pipe("nianbao_linker")
    opinions = linker.opinions(doc, 5)
    tasks = make_tasks(doc, "links", SETTINGS, opinions)
    for task in tasks:
        names = [mark.label for mark in task.suggested.marks]
        linked = [link["metric"] or "none" for link in doc._.links if link["start"] == task.start]
        assert names[: len(linked)] == linked
        assert len(names) == len(set(names)) == 5
        assert all(name in names for name in opinions[task.start, task.end].names[: 5 - len(linked)])


def make_task(number: int, score: float, stratum: tuple[str, str, str]) -> Task:
    about = {"doc_sha256": "x", "doc_length": 1}
    return Task("spans", f"d{number:03}", 0, 1, "字", Layer(), about, 0, score, stratum)


def test_the_unsure_come_first_but_no_stratum_fills_the_list() -> None:
    old = [make_task(i, 0.9 - i / 100, ("2010", "none", "prose")) for i in range(10)]
    new = [make_task(20 + i, 0.2 - i / 100, ("2020", "none", "prose")) for i in range(10)]
    chosen = select(new + old, "uncertain", 4, 0, ["year", "form", "layout"])
    assert [task.doc_id for task in chosen] == ["d000", "d020", "d001", "d021"]


def test_a_random_sample_depends_on_the_seed_alone() -> None:
    tasks = [make_task(i, i / 100, ("2010", "none", "prose")) for i in range(50)]
    one = select(tasks, "random", 10, 1, [])
    assert one == select(tasks[::-1], "random", 10, 1, []) != select(tasks, "random", 10, 2, [])


def test_doubled_tasks_share_their_place_and_not_their_key() -> None:
    tasks = [make_task(i, 0, ("2010", "none", "prose")) for i in range(10)]
    both = doubled(tasks, 0.3, 0)
    assert len(both) == 13 and len({task.key for task in both}) == 13 and len({task.place for task in both}) == 10


A, B, C = (0, 2, "VALUE"), (0, 3, "VALUE"), (5, 6, "VALUE")


def judged(who: str, *keys: Key, at: str = "2026-01-01") -> Annotation:
    return Annotation(who, at, frozenset(keys))


@pytest.mark.parametrize(
    ("rule", "judgements", "kept", "settled"),
    [
        ("majority", [judged("anna", A, C), judged("bo", A, C)], {A, C}, []),
        ("majority", [judged("anna", A, C), judged("bo", B, C)], {C}, ["open"]),
        ("majority", [judged("anna", A), judged("bo", B), judged("eva", B)], {B}, ["majority"]),
        ("majority", [judged("anna", A), judged("bo"), judged("eva")], set(), ["majority"]),
        ("adjudicator", [judged("anna", A), judged("bo", B), judged("eva", B)], {A}, ["adjudicator"]),
        ("adjudicator", [judged("bo", B), judged("eva")], set(), ["open"]),
        ("open", [judged("anna", A), judged("bo", B), judged("eva", B)], set(), ["open"]),
        ("majority", [judged("anna", A, at="1"), judged("anna", B, at="2")], {B}, []),
    ],
)
def test_conflicts_are_settled_by_the_named_rule(
    rule: Any, judgements: list[Annotation], kept: set[Key], settled: list[str]
) -> None:
    verdict = settle(judgements, rule, "anna")
    assert verdict.keys == kept
    assert [conflict.settled for conflict in verdict.conflicts] == settled


def test_agreement() -> None:
    places = [[judged("anna", A, C), judged("bo", B, C)], [judged("anna", A), judged("bo", A)], [judged("eva", A)]]
    (one,) = span_agreement(places)
    assert (one.first, one.second, one.tasks, round(one.value, 3)) == ("anna", "bo", 2, round(4 / 6, 3))
    names = [("x", "x"), ("x", "x"), ("y", "y"), ("y", "x")]
    (kappa,) = link_agreement([[judged("anna", (0, 0, a)), judged("bo", (0, 0, b))] for a, b in names])
    # Observed 3/4, by chance (1/2 · 3/4 + 1/2 · 1/4) = 1/2.
    assert kappa.value == pytest.approx(0.5)


def exported(task: Task, change: Callable[[dict[str, Any]], None] = lambda record: None) -> Pulled:
    """The task as it comes back from a server on which somebody changed it."""
    project = SETTINGS.projects[task.kind]
    relation = project.relations[0].name if project.relations else None
    record = task.record(relation, {"model": "m", "pushed_by": "admin"})
    record["id"] = 1
    change(record)
    pulled = read_task(project, record["src"], record)
    pulled.confirmed = True
    keys = frozenset(mark.key for mark in pulled.layer.marks)
    pulled.judgements = [Annotation("anna", "2026-01-01", keys, frozenset(pulled.layer.relations))]
    return pulled


def test_a_task_comes_back_as_it_went() -> None:
    for kind, tasks in tasks_of_report().items():
        for task in tasks:
            pulled = exported(task)
            assert not pulled.edited, kind
            assert pulled.text == task.text


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda r: r.update(text=r["text"].strip()), "text was changed on the server and does not match its hash"),
        (lambda r: r["entities"][0].update(end_offset=10_000), "does not fit"),
        (lambda r: r["entities"][0].update(end_offset=r["entities"][0]["start_offset"]), "covers no text"),
        (lambda r: r["src"].update(format=99), "format 99"),
        (lambda r: r["src"].update(suggested="eJw="), "metadata were changed on the server"),
    ],
)
def test_what_was_spoilt_on_the_server_is_refused(change: Callable[[dict[str, Any]], None], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        exported(tasks_of_report()["spans"][0], change)


def harvest_of(kind: str, *pulled: Pulled) -> dict[str, Harvest]:
    return {kind: Harvest(list(pulled), [], 0)}


def drop_value(words: str) -> Callable[[dict[str, Any]], None]:
    def change(record: dict[str, Any]) -> None:
        text = record["text"].encode("utf-16-le")
        gone = [
            e["id"]
            for e in record["entities"]
            if e["label"] == "VALUE" and text[2 * e["start_offset"] : 2 * e["end_offset"]].decode("utf-16-le") == words
        ]
        assert gone
        record["entities"] = [e for e in record["entities"] if e["id"] not in gone]
        record["relations"] = [r for r in record["relations"] if r["to_id"] not in gone]

    return change


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n")[:-1]]


def test_gold_joins_tasks_and_a_later_pull_adds_to_it(tmp_path: Path) -> None:
    first, second, third = tasks_of_report()["spans"]
    update(tmp_path, SETTINGS, harvest_of("spans", exported(first), exported(third)))
    assert [part["text"] for part in lines(tmp_path / "spans.jsonl")] == [first.text, third.text]
    update(tmp_path, SETTINGS, harvest_of("spans", exported(second)))
    (part,) = lines(tmp_path / "spans.jsonl")
    assert part["text"] == REPORT
    for span in part["spans"]:
        if span["label"] == "VALUE" and span["start"] < span["end"]:
            assert REPORT[span["start"] : span["end"]] in {
                "１２８",
                "96",
                "28",
                "3",
                "未发生行政复议、行政诉讼",
                "未发生",
            }
    (document,) = lines(tmp_path / "facts.jsonl")
    assert document["whole"] and document["report_year"] == 2016
    received = next(fact for fact in document["facts"] if fact["metric"] == "requests.received")
    assert (received["value"], received["applicant"], received["year"]) == (28, "total", 2016)


def test_what_people_take_away_is_no_fact(tmp_path: Path) -> None:
    second = tasks_of_report()["spans"][1]
    update(tmp_path, SETTINGS, harvest_of("spans", exported(second, drop_value("28"))))
    assert not [f for f in lines(tmp_path / "facts.jsonl")[0]["facts"] if f["metric"] == "requests.received"]


def test_a_value_that_is_moved_is_read_anew(tmp_path: Path) -> None:
    second = tasks_of_report()["spans"][1]

    def shorten(record: dict[str, Any]) -> None:
        at = record["text"].index("28件")
        for entity in record["entities"]:
            if entity["start_offset"] == at and entity["label"] == "VALUE":
                entity.update(start_offset=at, end_offset=at + 3)

    update(tmp_path, SETTINGS, harvest_of("spans", exported(second, shorten)))
    (fact,) = [f for f in lines(tmp_path / "facts.jsonl")[0]["facts"] if f["metric"] == "requests.received"]
    assert fact["value"] == 28 and fact["evidence"].endswith("28件")


def test_a_link_decides_the_metric_of_its_value(tmp_path: Path) -> None:
    tasks = tasks_of_report()
    link = next(t for t in tasks["links"] if t.about["words"] == "28")
    other = exported(link, lambda record: record.update(label=["requests.concluded"]))
    harvests = {**harvest_of("spans", exported(tasks["spans"][1])), **harvest_of("links", other)}
    update(tmp_path, SETTINGS, harvests)
    metrics = {fact["metric"] for fact in lines(tmp_path / "facts.jsonl")[0]["facts"]}
    assert "requests.concluded" in metrics and "requests.received" not in metrics


@pytest.mark.parametrize("broken", ["write", "sync"])
def test_a_full_disk_leaves_the_old_gold_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    from nianbao.writing import atomic

    first, second, _ = tasks_of_report()["spans"]
    update(tmp_path, SETTINGS, harvest_of("spans", exported(first)))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    calls = []

    def full(*args: Any) -> Any:
        calls.append(args)
        # The third file of the pull meets the end of the disk.
        if len(calls) >= 3:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(*args)

    if broken == "write":
        real: Any = Path.write_bytes
        monkeypatch.setattr(Path, "write_bytes", full)
    else:
        real = atomic._sync
        monkeypatch.setattr(atomic, "_sync", full)
        calls += [(), ()]
    with pytest.raises(atomic.WriteError, match=r"the disk is full; .* Make room"):
        update(tmp_path, SETTINGS, harvest_of("spans", exported(second)))
    monkeypatch.undo()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_nothing_is_pulled_twice(tmp_path: Path) -> None:
    pulled = [exported(task) for task in tasks_of_report()["spans"]]
    update(tmp_path, SETTINGS, harvest_of("spans", *pulled))
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert update(tmp_path, SETTINGS, harvest_of("spans", *pulled)).written == []
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before


def test_gold_that_was_spoilt_is_not_built_upon(tmp_path: Path) -> None:
    first = exported(tasks_of_report()["spans"][0])
    update(tmp_path, SETTINGS, harvest_of("spans", first))
    path = tmp_path / "spans.jsonl"
    path.write_text(path.read_text("utf-8").replace("主动公开", "主動公開"), "utf-8")
    with pytest.raises(AnnotateError, match="does not match its hash"):
        update(tmp_path, SETTINGS, harvest_of("spans", first))


def test_diff_finds_the_rule_that_people_correct(tmp_path: Path) -> None:
    first, second, third = tasks_of_report()["spans"]
    pulled = [exported(first), exported(second, drop_value("28")), exported(third)]
    update(tmp_path, SETTINGS, harvest_of("spans", *pulled))
    found = diff.compare(tmp_path / "spans.suggested.jsonl", tmp_path)
    assert found.labels["VALUE"].removed == 1 and found.labels["HEADING1"].wrong == 0
    (rule,) = [name for name, counts in found.rules.items() if counts.removed]
    assert rule.startswith("requests.received")
    assert diff.table("rule", found.rules, True)[1].startswith(rule)


def test_the_password_is_asked_for_and_never_an_option() -> None:
    from nianbao.cli.app import app

    words = ["annotate", "status", "--url", "http://127.0.0.1:9", "--user", "anna"]
    result = CliRunner().invoke(app, words, env={"NIANBAO_DOCCANO_PASSWORD": None})
    assert result.exit_code == 2 and "No password; set NIANBAO_DOCCANO_PASSWORD" in result.output
    assert "--password" not in CliRunner().invoke(app, ["annotate", "push", "--help"]).output


def test_an_environment_that_cannot_be_kept_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "requirements.txt").write_text("")
    with pytest.raises(AnnotateError, match="set NIANBAO_HOME to a folder in which you may write"):
        environment(tmp_path / "requirements.txt", tmp_path / "file" / "client", print)


def test_a_mistake_in_the_settings_is_named(tmp_path: Path, root: Path) -> None:
    text = (root / "configs" / "annotate.yaml").read_text("utf-8")
    for old, new, message in [
        ("name: VALUE, key: v", "name: VALUE, key: m", "spans: the key 'm' is given twice"),
        ("conflicts: majority", "conflicts: loudest", "'loudest' is no rule"),
        ('"#38761d", says: "指标名称"', '"green", says: "指标名称"', "colour 'green'"),
    ]:
        assert old in text
        path = tmp_path / f"{len(message)}.yaml"
        path.write_text(text.replace(old, new), "utf-8")
        with pytest.raises(AnnotateError, match=message):
            load_settings(path)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 5)), max_size=8))
def test_marks_within_a_stretch_keep_their_words(spans: list[tuple[int, int]]) -> None:
    text = "".join(chr(0x4E00 + i) for i in range(40))
    layer = Layer([Mark(start, start + length, "VALUE") for start, length in spans])
    for mark, original in zip(
        layer.within(10, 30).marks, [m for m in layer.marks if m.start >= 10 and m.end <= 30], strict=True
    ):
        assert text[10:30][mark.start : mark.end] == text[original.start : original.end]
