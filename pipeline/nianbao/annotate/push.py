"""Tasks to the server, each once, each verified."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from nianbao.annotate.errors import AnnotateError
from nianbao.annotate.remote import Doccano, check_worker
from nianbao.annotate.settings import Project, Settings
from nianbao.annotate.setup import check_labels, need_project
from nianbao.annotate.tasks import Task

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Pushed:
    """How a push went: tasks sent, and tasks that were on the server already."""

    sent: int
    there: int


def push(server: Doccano, settings: Settings, tasks: list[Task], model: str, progress: Progress) -> Pushed:
    """Sends tasks of one project; those that the server has are left as they are.

    Raises:
        AnnotateError: the server or worker fails; a label is unknown; what arrived is not what was sent.
    """
    if not tasks:
        return Pushed(0, 0)
    project = settings.projects[tasks[0].kind]
    number = need_project(server, project)
    check_labels(server, project, number)
    check_worker(server)
    known = {label.name for label in project.labels}
    for task in tasks:
        for mark in task.suggested.marks:
            if mark.label not in known:
                raise AnnotateError(
                    f"a suggestion for {task.doc_id} has the label {mark.label!r}, which configs/annotate.yaml does "
                    f'not name for "{project.name}"; add it there and run setup'
                )
    origin = {"model": model, "pushed_by": server.user_name}
    counts = server.ask(f'the project "{project.name}"', "progress", project=number)
    there = {source["key"] for source, _ in exported(server, project, number)} if counts["total"] else set()
    new = list({task.key: task for task in tasks if task.key not in there}.values())
    done = 0
    with TemporaryDirectory() as folder:
        path = Path(folder) / "tasks.jsonl"
        size = settings.server["batch"]
        for start in range(0, len(new), size):
            batch = new[start : start + size]
            _upload(server, project, number, batch, origin, path, done, len(new))
            done += len(batch)
            progress(done, len(new))
    if new:
        _verify(server, project, number, new)
    return Pushed(len(new), len(tasks) - len(new))


def _upload(
    server: Doccano,
    project: Project,
    number: int,
    batch: list[Task],
    origin: dict[str, str],
    path: Path,
    done: int,
    total: int,
) -> None:
    relation = project.relations[0].name if project.relations else None
    path.write_text("".join(task.line(relation, origin) for task in batch), "ascii")
    task = "RelationExtraction" if relation else project.type
    try:
        server.ask(f'the project "{project.name}"', "upload", project=number, path=str(path), task=task)
    except AnnotateError as error:
        raise AnnotateError(
            f"{error}. {done:,} of {total:,} tasks had arrived; the same push sends only what is missing"
        ) from error


def exported(
    server: Doccano, project: Project, number: int, confirmed: bool = False
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """The project's tasks as (our metadata, the exported record), without the examples that are not ours."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "all.jsonl"
        server.ask(f'the project "{project.name}"', "export", project=number, path=str(path), confirmed=confirmed)
        # Iterating a binary file splits at \n alone; U+2028 and U+0085 stand raw in the export.
        with path.open("rb") as lines:
            for line in lines:
                if not line.strip():
                    continue
                record = json.loads(line)
                source = record.get("src")
                if isinstance(source, dict) and isinstance(source.get("key"), str):
                    yield source, record


def _verify(server: Doccano, project: Project, number: int, sent: list[Task]) -> None:
    """doccano drops malformed labels and whole lines without a word: what arrived is compared with what was sent."""
    texts: dict[str, tuple[str, int, int]] = {}
    twice: list[str] = []
    for source, record in exported(server, project, number):
        if source["key"] in texts:
            twice.append(source["key"])
        labels = record.get("entities", record.get("label", ()))
        texts[source["key"]] = (record["text"], len(labels), record["id"])
    lost = [task for task in sent if task.key not in texts]
    changed = [task for task in sent if task.key in texts and texts[task.key][0] != task.text]
    if lost or changed:
        task = (lost or changed)[0]
        raise AnnotateError(
            f'{len(lost):,} of {len(sent):,} tasks did not arrive in "{project.name}", {len(changed):,} arrived with '
            f"another text, the first of {task.doc_id} at {task.start}; run the push again, and if this stays, look "
            "into the server's log"
        )
    bare = [task for task in sent if not texts[task.key][1] and any(m.start < m.end for m in task.suggested.marks)]
    if bare or twice:
        ids = [texts[task.key][2] for task in bare]
        server.ask(f'the project "{project.name}"', "delete_examples", project=number, ids=ids)
        raise AnnotateError(
            f'{len(bare):,} tasks arrived in "{project.name}" without their suggestions and were taken away again; '
            f"{len(twice):,} arrived twice. Run the push again"
        )
