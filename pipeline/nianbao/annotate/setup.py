"""The three projects on the server: made where they are missing, checked where they are there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from nianbao.annotate.errors import AnnotateError
from nianbao.annotate.remote import Doccano
from nianbao.annotate.settings import Project, ProjectLabel, Settings

_PICTURE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")


def find_project(server: Doccano, project: Project) -> dict[str, Any] | None:
    """The project of that name, or None.

    Raises:
        AnnotateError: two projects have the name, or the one that has it is made otherwise.
    """
    found = [item for item in server.ask("the list of projects", "projects") if item["name"] == project.name]
    if len(found) > 1:
        ids = ", ".join(str(item["id"]) for item in found)
        raise AnnotateError(
            f'{len(found)} projects at {server.url} are called "{project.name}" (ids {ids}); rename or delete '
            "all but one there"
        )
    if not found:
        return None
    for name, value in _settings(project).items():
        if found[0].get(name) != value:
            raise AnnotateError(
                f'the project "{project.name}" at {server.url} (id {found[0]["id"]}) has {name} = '
                f"{found[0].get(name)!r} and must have {value!r}; set it there, or rename the project and run setup"
            )
    return found[0]


def need_project(server: Doccano, project: Project) -> int:
    """The project's id.

    Raises:
        AnnotateError: it is not there, or not as it must be.
    """
    found = find_project(server, project)
    if found is None:
        raise AnnotateError(
            f'{server.url} has no project "{project.name}" that {server.user_name!r} is a member of; '
            "run `nianbao annotate setup`"
        )
    return int(found["id"])


def set_up(server: Doccano, settings: Settings, kinds: Iterable[str], say: Callable[[str], None]) -> None:
    """Makes what is missing: projects, labels, relations, the guideline. What is there stays.

    Raises:
        AnnotateError: a project of that name is made otherwise, or there are two.
    """
    guideline = read_guideline(settings)
    for kind in kinds:
        project = settings.projects[kind]
        what = f'the project "{project.name}"'
        found = find_project(server, project)
        if found is None:
            number = server.ask(
                what,
                "create_project",
                name=project.name,
                description=project.description,
                guideline=guideline,
                **_settings(project),
            )
            made = "made"
        else:
            number, made = found["id"], "found"
            if guideline and found["guideline"] != guideline:
                server.ask(what, "update_project", project=number, guideline=guideline)
                made = "found, guideline renewed"
        added = _add_labels(server, what, number, project.label_type, project.labels)
        added += _add_labels(server, what, number, "relation", project.relations)
        say(f"{project.name}: {made} (id {number}), {added} labels added")


def check_labels(server: Doccano, project: Project, number: int) -> dict[int, str]:
    """The server's labels, id → name, when they are those of the settings.

    Raises:
        AnnotateError: labels are missing there (an import would invent them, without colour and key), or are
            there and unknown here.
    """
    types = server.ask(f'the project "{project.name}"', "label_types", project=number, type=project.label_type)
    names = {item["text"] for item in types}
    wanted = {label.name for label in project.labels}
    if missing := sorted(wanted - names):
        raise AnnotateError(
            f'the project "{project.name}" lacks the label {_some(missing)}; run `nianbao annotate setup`'
        )
    if unknown := sorted(names - wanted):
        raise AnnotateError(
            f'the project "{project.name}" has the label {_some(unknown)}, which configs/annotate.yaml does not name; '
            "add it there, or relabel and delete it on the server"
        )
    return {item["id"]: item["text"] for item in types}


def read_guideline(settings: Settings) -> str:
    """The guideline for doccano's page, which cannot show the pictures; "" where there is none."""
    path = Path(settings.guideline)
    # The server strips what it is given.
    return _PICTURE.sub(r"(\1)", path.read_text("utf-8")).strip() if path.is_file() else ""


def _settings(project: Project) -> dict[str, Any]:
    # Shared annotation: otherwise a second annotator sees none of the suggestions.
    common = {"project_type": project.type, "collaborative_annotation": True}
    if project.type == "SequenceLabeling":
        return common | {"allow_overlapping": True, "grapheme_mode": False, "use_relation": bool(project.relations)}
    return common | {"single_class_classification": False}


def _add_labels(server: Doccano, what: str, number: int, label_type: str, labels: Iterable[ProjectLabel]) -> int:
    wanted = list(labels)
    if not wanted:
        return 0
    there = {item["text"] for item in server.ask(what, "label_types", project=number, type=label_type)}
    new = [{"name": x.name, "key": x.key, "color": x.color} for x in wanted if x.name not in there]
    return int(server.ask(what, "create_label_types", project=number, type=label_type, labels=new))


def _some(names: list[str]) -> str:
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"{names[0]!r}{more}"
