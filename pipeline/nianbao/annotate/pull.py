"""What annotators did, read back from the server: every task checked, every judgement with its author."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from nianbao.annotate.errors import AnnotateError
from nianbao.annotate.judge import Annotation, disputed
from nianbao.annotate.marks import Key, Layer, Mark, Units
from nianbao.annotate.push import exported
from nianbao.annotate.remote import Doccano, check_worker
from nianbao.annotate.settings import Project, Settings
from nianbao.annotate.setup import check_labels, need_project
from nianbao.annotate.tasks import FORMAT, digest


@dataclass(slots=True)
class Pulled:
    """One task as it stands on the server. `layer`: its marks now; `edited`: they are not those that were pushed."""

    example: int
    source: dict[str, Any]
    text: str
    suggested: Layer
    layer: Layer
    edited: bool
    confirmed: bool = False
    judgements: list[Annotation] = field(default_factory=list)

    @property
    def place(self) -> str:
        return str(self.source["key"]).rpartition("-")[0]


@dataclass(slots=True)
class Harvest:
    """A project's tasks with their judgements. `refused`: why a task was not taken, in words for people."""

    tasks: list[Pulled]
    refused: list[str]
    edited_only: int

    @property
    def taken(self) -> list[Pulled]:
        return [task for task in self.tasks if task.judgements]


def harvest(server: Doccano, settings: Settings, kind: str) -> Harvest:
    """The project's confirmed tasks. Tasks edited but not confirmed are counted: their authors are not done yet.

    Raises:
        AnnotateError: the server or worker fails, or the project has a label that nobody here knows.
    """
    project = settings.projects[kind]
    number = need_project(server, project)
    labels = check_labels(server, project, number)
    counts = server.ask(f'the project "{project.name}"', "progress", project=number)
    if not counts["total"]:
        return Harvest([], [], 0)
    check_worker(server)
    done = exported(server, project, number, confirmed=True) if counts["done"] else ()
    confirmed = {record["id"] for _, record in done}
    tasks, refused = [], []
    for source, record in exported(server, project, number):
        try:
            task = read_task(project, source, record)
        except (ValueError, KeyError, TypeError) as error:
            where = f"{source.get('doc_id')} at {source.get('start')}"
            refused.append(f"{project.name}, task {record.get('id')} ({where}): {error}")
            continue
        task.confirmed = task.example in confirmed
        tasks.append(task)
    taken = [task for task in tasks if task.confirmed]
    _attribute(server, project, number, labels, taken)
    return Harvest(tasks, refused, sum(task.edited and not task.confirmed for task in tasks))


def read_task(project: Project, source: dict[str, Any], record: dict[str, Any]) -> Pulled:
    """A task of an export.

    Raises:
        ValueError: its text is not the one that was pushed, or a label stands outside it; the message is for people.
        KeyError, TypeError: its metadata are not ours.
    """
    if source["format"] != FORMAT:
        raise ValueError(f"was pushed in format {source['format']!r}, which this version of nianbao does not read")
    text = record["text"]
    if digest(text) != source["sha256"]:
        raise ValueError("its text was changed on the server and does not match its hash; it is refused")
    suggested = Layer.unpack(source["suggested"])
    if project.type == "DocumentClassification":
        layer = Layer([Mark(0, 0, name) for name in sorted(record["label"])])
    else:
        layer = _layer(text, record)
    pushed = {mark.key for mark in suggested.marks if mark.start < mark.end or project.kind == "links"}
    edited = {mark.key for mark in layer.marks} != pushed or set(layer.relations) != set(suggested.relations)
    return Pulled(record["id"], source, text, suggested, layer, edited)


def _layer(text: str, record: dict[str, Any]) -> Layer:
    units = Units(text)
    keys: dict[int, Key] = {}
    entities = record.get("entities")
    if entities is None:
        tuples = enumerate(record["label"])
        entities = [{"id": i, "start_offset": a, "end_offset": b, "label": c} for i, (a, b, c) in tuples]
    for entity in entities:
        keys[entity["id"]] = _key(units, entity["start_offset"], entity["end_offset"], entity["label"])
    relations = [(keys[item["from_id"]], keys[item["to_id"]]) for item in record.get("relations", ())]
    marks = [Mark(*key) for key in sorted(set(keys.values()))]
    return Layer(marks, sorted(set(relations)))


def _key(units: Units, start: int, end: int, label: str) -> Key:
    try:
        key = units.from_server(start), units.from_server(end), label
    except ValueError as error:
        raise ValueError(f"its label {label} [{start}, {end}) does not fit ({error}); mend it there") from None
    if key[0] >= key[1]:
        raise ValueError(f"its label {label} [{start}, {end}) covers no text; delete it there")
    return key


def _attribute(server: Doccano, project: Project, number: int, labels: dict[int, str], tasks: list[Pulled]) -> None:
    """Gives every task its judgements. Who confirmed is asked for each, who labelled only where something changed."""
    users = server.ask("the list of users", "users")
    found = server.ask(
        f'the project "{project.name}"',
        "details",
        project=number,
        type=project.type,
        labels=[task.example for task in tasks if task.edited],
        states=[task.example for task in tasks],
    )
    for task in tasks:
        states = found["states"][str(task.example)]
        confirmers = [(users.get(str(s["confirmed_by"]), "?"), s["confirmed_at"]) for s in states]
        rows = found["labels"].get(str(task.example))
        authors = _authors(task, rows, labels, users) if rows is not None else {}
        task.judgements = _judgements(task, authors, confirmers)


def _authors(
    task: Pulled, rows: Iterable[dict[str, Any]], labels: dict[int, str], users: dict[str, str]
) -> dict[Key, str | None]:
    """Who made each mark that was not suggested; None: a suggestion that somebody moved."""
    units = Units(task.text)
    suggested = {mark.key for mark in task.suggested.marks}
    authors: dict[Key, str | None] = {}
    for row in rows:
        name = labels.get(row["label"], "?")
        span = "start_offset" in row
        key = _key(units, row["start_offset"], row["end_offset"], name) if span else (0, 0, name)
        if key not in suggested:
            author = users.get(str(row["user"]), "?")
            # A label that is moved keeps the name of who made it, here of who pushed it.
            moved = author == task.source["pushed_by"] and row["created_at"][:19] != row["updated_at"][:19]
            authors[key] = None if moved else author
    return authors


def _judgements(task: Pulled, authors: dict[Key, str | None], confirmers: list[tuple[str, str]]) -> list[Annotation]:
    """One judgement for each annotator of the task.

    On a shared task everybody sees all labels: what stands there unopposed is everybody's. Only where labels of two
    people stand on the same words, each has a judgement without the other's.
    """
    at = max((time for _, time in confirmers), default="")
    names = sorted({name for name in authors.values() if name} or {name for name, _ in confirmers})
    keys = {mark.key for mark in task.layer.marks}
    found = []
    for name in names:
        own = {key for key, author in authors.items() if author == name}
        others = {key for key, author in authors.items() if author not in (None, name)}
        mine = keys - {key for key in others if any(disputed(key, one) for one in own)}
        relations = frozenset(pair for pair in task.layer.relations if pair[0] in mine and pair[1] in mine)
        found.append(Annotation(name, at, frozenset(mine), relations))
    return found


def summary_lines(kind: str, got: Harvest) -> list[str]:
    """What was found, for people."""
    who = Counter(judgement.who for task in got.taken for judgement in task.judgements)
    by = ", ".join(f"{name} {count:,}" for name, count in sorted(who.items())) or "nobody"
    edited = sum(task.edited for task in got.taken)
    lines = [f"{kind}: {len(got.tasks):,} tasks, {len(got.taken):,} confirmed ({by}), {edited:,} of them edited"]
    if got.edited_only:
        lines.append(f"{kind}: {got.edited_only:,} tasks are edited but not confirmed; they wait for their annotator")
    return lines + [f"Refused: {reason}" for reason in got.refused]


def need_all(got: Iterable[Harvest]) -> None:
    """Makes refused tasks a failure.

    Raises:
        AnnotateError: there are some.
    """
    refused = [reason for one in got for reason in one.refused]
    if refused:
        raise AnnotateError(f"{len(refused):,} tasks were refused and are not in the gold; the first: {refused[0]}")
