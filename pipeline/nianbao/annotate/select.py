"""What to annotate first."""

from __future__ import annotations

import random
from collections import defaultdict
from typing import Literal

from nianbao.annotate.settings import AXES
from nianbao.annotate.tasks import Task

Sample = Literal["uncertain", "random", "all"]


def select(tasks: list[Task], sample: Sample, count: int | None, seed: int, spread: list[str]) -> list[Task]:
    """The `count` tasks (None: all) that a sample takes, the first to annotate first.

    uncertain: the least sure ones, taken in turn from each combination of the `spread` axes, so that one form or year
    does not fill the list. random: every task with the same chance, by `seed`, for test sets whose figures must be
    honest. all: in the order of the documents.
    """
    if sample == "all":
        return tasks[:count]
    if sample == "random":
        # Sorted first: the draw must not depend on the order in which files were found.
        return random.Random(seed).sample(sorted(tasks, key=lambda t: t.key), len(tasks))[:count]
    groups: dict[tuple[str, ...], list[Task]] = defaultdict(list)
    for task in tasks:
        groups[tuple(task.stratum[AXES.index(axis)] for axis in spread)].append(task)
    for group in groups.values():
        group.sort(key=lambda task: (-task.score, task.key))
    # Groups with the least sure task go first.
    order = sorted(groups.values(), key=lambda group: (-group[0].score, group[0].key))
    chosen: list[Task] = []
    turn = 0
    while len(chosen) < len(tasks) and (count is None or len(chosen) < count):
        row = sorted((group[turn] for group in order if turn < len(group)), key=lambda task: (-task.score, task.key))
        chosen.extend(row)
        turn += 1
    return chosen[:count]


def doubled(tasks: list[Task], share: float, seed: int) -> list[Task]:
    """The tasks, and a second copy of `share` of them for another annotator, so that agreement can be measured."""
    chosen = random.Random(seed).sample(tasks, round(len(tasks) * share))
    keys = {task.key for task in chosen}
    copies = [
        Task(t.kind, t.doc_id, t.start, t.end, t.text, t.suggested, t.about, 1, t.score, t.stratum)
        for t in tasks
        if t.key in keys
    ]
    return [*tasks, *copies]
