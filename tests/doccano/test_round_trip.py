"""The whole round with a real server: nothing is lost, nothing is added, every offset stands on its words."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import opencc
import pytest
from people import Person, units
from server import Server
from spacy.tokens import DocBin
from typer.testing import CliRunner, Result

from nianbao.annotate.gold import _tokenizer
from nianbao.cli.app import app
from nianbao.reading import read_all

pytestmark = pytest.mark.doccano

Annotate = Callable[..., Result]
TASKS = 200


def variants(texts: dict[str, str]) -> dict[str, str]:
    """The texts in every guise that a crawl has: line ends, widths, script, characters beyond the BMP."""
    traditional = opencc.OpenCC("s2t")
    wide = {ord(digit): chr(ord(digit) - ord("0") + ord("０")) for digit in "0123456789"}
    guises: tuple[Callable[[str], str], ...] = (
        lambda text: text,
        lambda text: text.replace("\r\n", "\n").replace("\n", "\r\n"),
        lambda text: text.translate(wide),
        traditional.convert,
        lambda text: "\n" + text.replace("。", "。𠮷").replace("，", "，\u2028", 1) + " \n",
    )
    return {name: guises[at % len(guises)](text) for at, (name, text) in enumerate(sorted(texts.items()))}


@pytest.fixture(scope="module")
def documents(shared: Path, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A .jsonl of real reports in many guises."""
    texts = variants({source.id: source.text for source in read_all([shared / "reports", root / "corpus" / "samples"])})
    # Every report without a character beyond the BMP once more with one in each sentence.
    texts |= {f"{name}_beyond": text.replace("。", "。𠮷") for name, text in list(texts.items())[:6]}
    path = tmp_path_factory.mktemp("documents") / "documents.jsonl"
    rows = (json.dumps({"id": name, "text": text}) + "\n" for name, text in texts.items())
    path.write_text("".join(rows), "utf-8")
    return path


class Work:
    """What annotators do, and what must come back: task key → {(start, end, label)} and words."""

    def __init__(self, people: dict[str, Person], project: int) -> None:
        self.people, self.project = people, project
        anna = people["anna"]
        self.types = anna.labels(project)
        self.names = {number: name for name, number in self.types.items()}
        self.expected: dict[str, set[tuple[int, int, str]]] = {}
        self.words: dict[tuple[str, int, int], str] = {}

    def marks(self, example: dict[str, Any]) -> dict[int, tuple[int, int, str]]:
        text, found = example["text"], {}
        at = {units(text, i): i for i in range(len(text) + 1)}
        for span in self.people["anna"].spans(self.project, example["id"]):
            found[span["id"]] = (at[span["start_offset"]], at[span["end_offset"]], self.names[span["label"]])
        return found

    def edit(self, example: dict[str, Any], number: int) -> None:
        """One kind of edit by turns, then a confirmation."""
        anna, text = self.people["anna"], example["text"]
        marks = self.marks(example)
        wanted = set(marks.values())
        values = sorted((mark, key) for key, mark in marks.items() if mark[2] == "VALUE")
        if number % 4 == 0:
            # A word after the last character beyond the BMP, where there is one.
            start = min(text.rfind("𠮷") + 1, len(text) - 2)
            anna.add(self.project, example, start, start + 2, self.types["SCOPE"])
            wanted.add((start, start + 2, "SCOPE"))
        elif number % 4 == 1 and values:
            (start, end, label), key = values[-1]
            anna.delete(self.project, example["id"], key)
            wanted.discard((start, end, label))
        elif number % 4 == 2 and values and values[0][0][0] > 0:
            (start, end, label), key = values[0]
            anna.move(self.project, example, key, start - 1, end)
            wanted = wanted - {(start, end, label)} | {(start - 1, end, label)}
        anna.confirm(self.project, example["id"])
        key = example["meta"]["src"]["key"]
        self.expected[key] = wanted
        self.words |= {(key, a, b): text[a:b] for a, b, _ in wanted}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("gold")


def gold_by_task(folder: Path, kind: str) -> dict[tuple[str, int], tuple[dict[str, Any], set[tuple[int, int, str]]]]:
    """(doc_id, start in the document) of each task → its provenance and marks, offsets from the task's start."""
    found = {}
    for line in (folder / f"{kind}.jsonl").read_text("utf-8").split("\n")[:-1]:
        part = json.loads(line)
        for task in part["tasks"]:
            start, end = task["start"] - part["start"], task["end"] - part["start"]
            marks = {
                (s["start"] - start, s["end"] - start, s["label"])
                for s in part["spans"]
                if start <= s["start"] < s["end"] <= end
            }
            found[part["doc_id"], task["start"]] = ({**task, "text": part["text"][start:end]}, marks)
    return found


@pytest.fixture(scope="module", autouse=True)
def projects(server: Server, admin: Person, people: dict[str, Person]) -> None:
    """The three projects, with their annotators."""
    words = ("annotate", "setup", "--url", server.url, "--user", server.user)
    result = CliRunner().invoke(app, words, env={"NIANBAO_DOCCANO_PASSWORD": server.password})
    assert "nianbao spans: made" in result.stdout, result.output
    for kind in ("spans", "lines", "links"):
        admin.enroll(admin.project(f"nianbao {kind}"), list(people))


def test_round_trip(annotate: Annotate, people: dict[str, Person], documents: Path, folder: Path) -> None:
    assert "nianbao spans: found" in annotate("setup").stdout
    pushed = annotate("push", str(documents), "--sample", "uncertain", "-n", str(TASKS))
    assert f"{TASKS} tasks sent" in pushed.stdout, pushed.output
    again = annotate("push", str(documents), "--sample", "uncertain", "-n", str(TASKS))
    assert f"0 tasks sent, {TASKS} were there already" in again.stdout, again.output

    anna, bo = people["anna"], people["bo"]
    project = anna.project("nianbao spans")
    examples = anna.examples(project)
    assert len(examples) == TASKS
    together = "".join(example["text"] for example in examples)
    for sign in ("\r\n", "𠮷", "２０", "公開", "\u2028"):
        assert sign in together, f"no task with {sign!r}"
    work = Work(people, project)
    for number, example in enumerate(examples[:60]):
        work.edit(example, number)
    # Bo sets a longer value on the same words as Anna: neither can be right by majority.
    example = examples[60]
    length = len(example["text"])
    for person, end in ((anna, 2), (bo, 4)):
        person.add(project, example, 0, min(end, length), work.types["PERIOD"])
    bo.confirm(project, example["id"])

    first = annotate("pull", "--gold", str(folder))
    assert first.exit_code == 0, first.output
    # A task that nobody touched is not "edited": its marks and relations are exactly those that were pushed.
    assert f"spans: {TASKS} tasks, 61 confirmed" in first.stdout and "Refused" not in first.stdout
    assert "edited but not confirmed" not in first.stdout
    assert "Agreement on spans, anna and bo: span_f1" in first.stdout
    assert "Conflict in spans" in first.stdout and "→ open" in first.stdout
    found = gold_by_task(folder, "spans")
    assert len(found) == 61
    for example in examples[:60]:
        source = example["meta"]["src"]
        task, marks = found[source["doc_id"], source["start"]]
        assert task["text"] == example["text"]
        assert task["by"] == ["anna"] and task["at"].startswith("20")
        assert marks == work.expected[source["key"]], source
        for start, end, _ in marks:
            assert task["text"][start:end] == work.words[source["key"], start, end]

    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}
    assert "0 tasks sent" in annotate("push", str(documents), "--sample", "uncertain", "-n", str(TASKS)).stdout
    second = annotate("pull", "--gold", str(folder))
    assert "nothing changed" in second.stdout, second.output
    assert {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()} == before


def test_gold_is_what_spacy_and_the_scorer_read(folder: Path) -> None:
    docs = list(DocBin().from_disk(folder / "spans.spacy").get_docs(_tokenizer().vocab))
    spans = [json.loads(line) for line in (folder / "spans.jsonl").read_text("utf-8").split("\n")[:-1]]
    texts = [part["text"] for part in spans]
    assert docs and all(any(doc.text in text for text in texts) for doc in docs)
    assert any(span.label_ == "VALUE" for doc in docs for span in doc.spans["sc"])
    rows = [json.loads(line) for line in (folder / "facts.jsonl").read_text("utf-8").split("\n")[:-1]]
    facts = [fact for row in rows for fact in row["facts"]]
    assert facts and all(fact["metric"] and fact["evidence"] for fact in facts if fact["status"] != "blank")


def test_corrected_spans_become_link_tasks(annotate: Annotate, admin: Person, documents: Path, folder: Path) -> None:
    sent = annotate("push", str(documents), "--project", "links", "--gold", str(folder), "-n", "5")
    assert "nianbao links: 5 tasks sent" in sent.stdout, sent.output
    spans = [json.loads(line) for line in (folder / "spans.jsonl").read_text("utf-8").split("\n")[:-1]]
    confirmed = {
        (part["doc_id"], part["start"] + span["start"], part["start"] + span["end"])
        for part in spans
        for span in part["spans"]
        if span["label"] == "VALUE"
    }
    project = admin.project("nianbao links")
    for example in admin.examples(project):
        source = example["meta"]["src"]
        assert (source["doc_id"], source["start"], source["end"]) in confirmed
        admin.ask("DELETE", f"projects/{project}/examples/{example['id']}")


def test_links_are_decided_by_what_is_left(
    annotate: Annotate, people: dict[str, Person], documents: Path, tmp_path: Path
) -> None:
    sent = annotate("push", str(documents), "--project", "links", "-n", "20", "--double", "0.5")
    assert "30 tasks sent" in sent.stdout, sent.output
    anna, bo = people["anna"], people["bo"]
    project = anna.project("nianbao links")
    types = anna.labels(project, "category")
    chosen: dict[tuple[str, int], str] = {}
    for example in anna.examples(project):
        source = example["meta"]["src"]
        person = bo if source["copy"] else anna
        name = "fees.collected" if "fees.collected" in types and source["start"] % 3 == 0 else "requests.received"
        person.choose(project, example["id"], types[name])
        person.confirm(project, example["id"])
        chosen[source["doc_id"], source["start"]] = name
    got = annotate("pull", "--project", "links", "--gold", str(tmp_path))
    assert "Agreement on links, anna and bo: kappa 1.000 on 10 tasks" in got.stdout, got.output
    rows = [json.loads(line) for line in (tmp_path / "links.jsonl").read_text("utf-8").split("\n")[:-1]]
    assert {(row["doc_id"], row["start"]): row["metrics"] for row in rows} == {k: [v] for k, v in chosen.items()}


def test_lines_come_back_as_they_went(
    annotate: Annotate, people: dict[str, Person], documents: Path, tmp_path: Path
) -> None:
    annotate("push", str(documents), "--project", "lines", "-n", "10", "--sample", "random")
    anna = people["anna"]
    project = anna.project("nianbao lines")
    for example in anna.examples(project):
        anna.confirm(project, example["id"])
    assert annotate("pull", "--project", "lines", "--gold", str(tmp_path)).exit_code == 0
    now = (tmp_path / "lines.jsonl").read_bytes()
    assert len(gold_by_task(tmp_path, "lines")) == 10
    assert now == (tmp_path / "lines.suggested.jsonl").read_bytes()
    assert "nianbao lines: 10 of 10 tasks confirmed (anna 10)" in annotate("status").stdout
