"""configs/annotate.yaml as typed values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml

from nianbao.annotate.errors import AnnotateError
from nianbao.catalogue import Catalogue
from nianbao.paths import data_dir, load_yaml

Rule = Literal["majority", "adjudicator", "open"]
PROJECTS = ("spans", "lines", "links")
AXES = ("year", "form", "layout")
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(slots=True, frozen=True)
class ProjectLabel:
    """One label of a project: its name on the server, shortcut key, colour, and what it says to people."""

    name: str
    key: str | None
    color: str
    says: str = ""


@dataclass(slots=True, frozen=True)
class Project:
    """One doccano project. `relations` hold no keys."""

    kind: str
    name: str
    type: str
    description: str
    labels: tuple[ProjectLabel, ...]
    relations: tuple[ProjectLabel, ...] = ()

    @property
    def label_type(self) -> str:
        """doccano's word for the labels' kind."""
        return "category" if self.type == "DocumentClassification" else "span"


@dataclass(slots=True, frozen=True)
class Settings:
    """All of the file. `tasks`, `sampling` and `server` are its mappings. `catalogue` has the metrics of the labels."""

    projects: dict[str, Project]
    guideline: str
    none_label: str
    tasks: dict[str, Any]
    sampling: dict[str, Any]
    server: dict[str, Any]
    rule: Rule
    adjudicator: str | None
    spans_key: str
    catalogue: Catalogue

    def session(self) -> dict[str, Any]:
        """What the client program needs to know at login."""
        names = ("request_seconds", "health_seconds", "task_seconds", "connections")
        return {name: self.server[name] for name in names}


@lru_cache(maxsize=8)
def load_settings(path: Path | None = None, catalogue: Catalogue | None = None) -> Settings:
    """The settings of a file, and the catalogue to label by; None: what ships.

    Raises:
        AnnotateError: a setting that cannot be; says which.
    """
    path = path or data_dir("configs") / "annotate.yaml"
    try:
        raw = load_yaml(path)
        return _settings(raw, catalogue or Catalogue.load())
    except (KeyError, TypeError) as error:
        raise AnnotateError(f"{path}: a setting is missing or of the wrong kind: {error}") from error
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise AnnotateError(f"{path}: {error}") from error


def _settings(raw: dict[str, Any], catalogue: Catalogue) -> Settings:
    pull = raw["pull"]
    if pull["conflicts"] not in ("majority", "adjudicator", "open"):
        raise ValueError(f"pull: conflicts: {pull['conflicts']!r} is no rule; choose majority, adjudicator or open")
    if pull["conflicts"] == "adjudicator" and not pull.get("adjudicator"):
        raise ValueError("pull: conflicts: adjudicator needs the user's name in pull: adjudicator")
    sampling = raw["sampling"]
    if wrong := set(sampling["spread"]) - set(AXES):
        raise ValueError(f"sampling: spread: {min(wrong)!r} is no axis; choose from {', '.join(AXES)}")
    for name in ("uncertainty", "disagreement", "failed_check"):
        if not float(sampling["weights"][name]) >= 0:
            raise ValueError(f"sampling: weights: {name}: {sampling['weights'][name]!r} must be 0 or more")
    if int(sampling["worst"]) < 1:
        raise ValueError("sampling: worst must be 1 or more")
    projects = {kind: _project(kind, raw["projects"][kind], raw["name_prefix"], catalogue) for kind in PROJECTS}
    return Settings(
        projects=projects,
        guideline=raw["guideline"],
        none_label=raw["projects"]["links"]["none"]["name"],
        tasks=raw["tasks"],
        sampling=sampling,
        server=raw["server"],
        rule=pull["conflicts"],
        adjudicator=pull.get("adjudicator"),
        spans_key=pull["spans_key"],
        catalogue=catalogue,
    )


def _project(kind: str, raw: dict[str, Any], prefix: str, catalogue: Catalogue) -> Project:
    labels = [_label(item) for item in raw.get("labels", ())]
    if kind == "links":
        labels = _metric_labels(raw, catalogue)
    for name, values in (("name", [x.name for x in labels]), ("key", [x.key for x in labels if x.key])):
        twice = sorted({value for value in values if values.count(value) > 1})
        if twice:
            raise ValueError(f"projects: {kind}: the {name} {twice[0]!r} is given twice")
    return Project(
        kind=kind,
        name=f"{prefix} {kind}",
        type=raw["type"],
        description=raw["description"],
        labels=tuple(labels),
        relations=tuple(_label(item) for item in raw.get("relations", ())),
    )


def _metric_labels(raw: dict[str, Any], catalogue: Catalogue) -> list[ProjectLabel]:
    families: dict[str, str] = {}
    colors = raw["colors"]
    labels = [_label(raw["none"])]
    for metric in catalogue.metrics:
        family = metric.id.partition(".")[0]
        color = families.setdefault(family, colors[len(families) % len(colors)])
        labels.append(ProjectLabel(metric.id, None, color, metric.name_zh))
    return labels


def _label(raw: dict[str, Any]) -> ProjectLabel:
    if not _COLOR.fullmatch(raw["color"]):
        raise ValueError(f"label {raw['name']!r}: the colour {raw['color']!r} is not of the form #rrggbb")
    return ProjectLabel(raw["name"], raw.get("key"), raw["color"], raw.get("says", ""))
