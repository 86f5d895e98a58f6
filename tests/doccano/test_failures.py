"""Whatever fails, the message says what, where and what to do, and nothing is half done."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from people import Person
from server import Server
from typer.testing import Result

from nianbao.annotate.environment import client_python
from nianbao.annotate.errors import AnnotateError
from nianbao.annotate.gold import update
from nianbao.annotate.pull import harvest
from nianbao.annotate.push import push
from nianbao.annotate.remote import Remote
from nianbao.annotate.settings import Settings, load_settings
from nianbao.annotate.setup import set_up
from nianbao.annotate.suggest import make_tasks
from nianbao.annotate.tasks import Task
from nianbao.extractor import Extractor
from nianbao.reading.source import Source

pytestmark = pytest.mark.doccano

Annotate = Callable[..., Result]


@pytest.fixture(scope="module")
def settings() -> Settings:
    """Projects of these tests' own, and small uploads."""
    whole = load_settings()
    projects = {kind: dataclasses.replace(p, name=f"failing {kind}") for kind, p in whole.projects.items()}
    return dataclasses.replace(whole, projects=projects, server={**whole.server, "batch": 4})


@pytest.fixture(scope="module")
def tasks(settings: Settings) -> list[Task]:
    extractor = Extractor()
    texts = {f"d{i:02}": f"一、申请情况\n2016年，收到信息公开申请{i + 10}件。\n" for i in range(10)}
    return [
        task
        for name, text in texts.items()
        for task in make_tasks(extractor.doc(Source(name, text)), "spans", settings)
    ]


@pytest.fixture
def remote(server: Server, settings: Settings) -> Iterator[Remote]:
    python = client_python(lambda line: None)
    with Remote(python, server.url, server.user, server.password, settings.session()) as found:
        set_up(found, settings, ["spans"], lambda line: None)
        yield found


@pytest.fixture
def restart(server: Server) -> Iterator[None]:
    """Whatever a test stops runs again after it."""
    yield
    for name, start in (("web", server.start_web), ("worker", server.start_worker)):
        if name not in server.processes:
            start()
    server.wait()


class Stopping:
    """A server that goes away when it is asked for one thing."""

    def __init__(self, remote: Remote, server: Server, request: str, after: int = 0) -> None:
        self.remote, self.server, self.request, self.after = remote, server, request, after
        self.url, self.user_name = remote.url, remote.user_name

    def ask(self, what: str, request: str, **arguments: Any) -> Any:
        if request == self.request:
            if not self.after:
                self.server.stop("web")
            self.after -= 1
        return self.remote.ask(what, request, **arguments)


@pytest.fixture
def emptied(remote: Remote, admin: Person) -> None:
    """No tasks of other tests are in the project."""
    # doccano takes an empty list for all.
    admin.ask("DELETE", f"projects/{admin.project('failing spans')}/examples", {"ids": []})


def silent(done: int, total: int) -> None:
    pass


def silent_line(line: str) -> None:
    pass


def test_wrong_password(annotate: Annotate, server: Server) -> None:
    result = annotate("status", NIANBAO_DOCCANO_PASSWORD="wrong-and-secret")
    assert result.exit_code == 1
    assert f"Error: Doccano at {server.url} does not accept the user 'admin' with this password" in result.output
    assert "wrong-and-secret" not in result.output


def test_no_server(annotate: Annotate) -> None:
    result = annotate("setup", "--url", "http://127.0.0.1:9")
    assert result.exit_code == 1
    assert "Error: No doccano answers at http://127.0.0.1:9; start it, or check the address" in result.output


def test_no_project(annotate: Annotate, root: Path, tmp_path: Path) -> None:
    config = tmp_path / "annotate.yaml"
    text = (root / "configs" / "annotate.yaml").read_text("utf-8")
    config.write_text(text.replace("name_prefix: nianbao ", "name_prefix: nowhere "), "utf-8")
    result = annotate("pull", "--project", "spans", "--config", str(config))
    assert "has no project \"nowhere spans\" that 'admin' is a member of; run `nianbao annotate setup`" in result.output


def test_two_projects_of_a_name(server: Server, remote: Remote, settings: Settings) -> None:
    lines = dataclasses.replace(settings.projects["lines"], name="twins")
    twice = dataclasses.replace(settings, projects={**settings.projects, "lines": lines})
    for _ in range(2):
        same = {"project_type": lines.type, "collaborative_annotation": True}
        remote.ask("a project", "create_project", name="twins", description="x", **same)
    with pytest.raises(
        AnnotateError, match=r'2 projects at .* are called "twins" \(ids .*rename or delete all but one'
    ):
        set_up(remote, twice, ["lines"], lambda line: None)


def test_worker_not_running(
    server: Server, remote: Remote, settings: Settings, tasks: list[Task], emptied: None, restart: None
) -> None:
    push(remote, settings, tasks[:1], "m", silent)
    server.stop("worker")
    began = time.monotonic()
    for work in (lambda: push(remote, settings, tasks, "m", silent), lambda: harvest(remote, settings, "spans")):
        with pytest.raises(AnnotateError, match=r"worker of doccano at .* does not take tasks .*start it"):
            work()
    assert time.monotonic() - began < 60
    server.start_worker()
    server.wait()
    # What stands in the queue from before is done, and nothing is sent twice.
    assert push(remote, settings, tasks, "m", silent).there == 1


def test_worker_that_stops_while_a_task_waits(
    server: Server, remote: Remote, settings: Settings, tasks: list[Task], restart: None
) -> None:
    patient = {**settings.session(), "health_seconds": 1, "task_seconds": 3600}
    login = (server.url, server.user, server.password)

    class WithoutWorker(Stopping):
        def ask(self, what: str, request: str, **arguments: Any) -> Any:
            if request == "export":
                server.stop("worker")
            return self.remote.ask(what, request, **arguments)

    push(remote, settings, tasks, "m", silent)
    began = time.monotonic()
    message = r"does not take tasks \(the worker does not answer\); start it"
    with Remote(client_python(silent_line), *login, patient) as short, pytest.raises(AnnotateError, match=message):
        harvest(WithoutWorker(short, server, ""), settings, "spans")
    assert time.monotonic() - began < 60


def test_server_stopped_during_push(
    server: Server, remote: Remote, settings: Settings, tasks: list[Task], emptied: None, restart: None
) -> None:
    stopping = Stopping(remote, server, "upload", after=1)
    with pytest.raises(AnnotateError, match=r"no doccano answers at .* 4 of 10 tasks had arrived; the same push sends"):
        push(stopping, settings, tasks, "m", silent)
    server.start_web()
    server.wait()
    sent = push(remote, settings, tasks, "m", silent)
    assert (sent.sent, sent.there) == (6, 4)


def test_duplicate_push(remote: Remote, admin: Person, settings: Settings, tasks: list[Task]) -> None:
    push(remote, settings, tasks, "m", silent)
    sent = push(remote, settings, [*tasks, *tasks], "m", silent)
    assert sent.sent == 0
    keys = [example["meta"]["src"]["key"] for example in admin.examples(admin.project("failing spans"))]
    assert sorted(keys) == sorted(task.key for task in tasks)


def test_server_stopped_during_pull(
    server: Server, remote: Remote, admin: Person, settings: Settings, tasks: list[Task], tmp_path: Path, restart: None
) -> None:
    push(remote, settings, tasks, "m", silent)
    project = admin.project("failing spans")
    for example in admin.examples(project)[:3]:
        if not example["is_confirmed"]:
            admin.confirm(project, example["id"])
    update(tmp_path, settings, {"spans": harvest(remote, settings, "spans")})
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert before["spans.jsonl"].count(b"\n") == 3
    with pytest.raises(AnnotateError, match="no doccano answers at"):
        update(tmp_path, settings, {"spans": harvest(Stopping(remote, server, "details"), settings, "spans")})
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_text_changed_on_the_server(
    remote: Remote, admin: Person, settings: Settings, tasks: list[Task], tmp_path: Path
) -> None:
    push(remote, settings, tasks, "m", silent)
    project = admin.project("failing spans")
    example = admin.examples(project)[0]
    if not example["is_confirmed"]:
        admin.confirm(project, example["id"])
    path = f"projects/{project}/examples/{example['id']}"
    admin.ask("PATCH", path, {"text": example["text"].replace("申请", "請求", 1)})
    got = harvest(remote, settings, "spans")
    admin.ask("DELETE", path)
    assert len(got.refused) == 1
    assert "its text was changed on the server and does not match its hash; it is refused" in got.refused[0]
    assert example["id"] not in {task.example for task in got.tasks}


def test_unknown_label(remote: Remote, admin: Person, settings: Settings, tasks: list[Task]) -> None:
    project = admin.project("failing spans")
    made = admin.ask("POST", f"projects/{project}/span-types", {"text": "FOO", "background_color": "#123456"})
    message = "has the label 'FOO', which configs/annotate.yaml does not name; add it there, or relabel and delete"
    for work in (lambda: harvest(remote, settings, "spans"), lambda: push(remote, settings, tasks, "m", silent)):
        with pytest.raises(AnnotateError, match=message):
            work()
    admin.ask("DELETE", f"projects/{project}/span-types/{made['id']}")


def test_label_missing_on_the_server(remote: Remote, admin: Person, settings: Settings, tasks: list[Task]) -> None:
    project = admin.project("failing spans")
    types = admin.labels(project)
    admin.ask("DELETE", f"projects/{project}/span-types/{types['SCOPE']}")
    with pytest.raises(AnnotateError, match="lacks the label 'SCOPE'; run `nianbao annotate setup`"):
        push(remote, settings, tasks, "m", silent)
    set_up(remote, settings, ["spans"], lambda line: None)
    assert "SCOPE" in admin.labels(project)


def test_project_deleted_while_pulling(
    server: Server, remote: Remote, admin: Person, settings: Settings, tasks: list[Task]
) -> None:
    push(remote, settings, tasks, "m", silent)
    project = admin.project("failing spans")

    class Deleting(Stopping):
        def ask(self, what: str, request: str, **arguments: Any) -> Any:
            if request == "progress":
                admin.ask("DELETE", f"projects/{project}")
            return self.remote.ask(what, request, **arguments)

    with pytest.raises(AnnotateError, match=r'the project "failing spans" is not on the server any more .*setup'):
        harvest(Deleting(remote, server, ""), settings, "spans")
