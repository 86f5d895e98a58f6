"""Tasks of files and folders."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from nianbao import __version__
from nianbao.annotate.gold import read_values
from nianbao.annotate.settings import Settings
from nianbao.annotate.suggest import make_tasks
from nianbao.annotate.tasks import Task, digest
from nianbao.extractor import Extractor, load
from nianbao.reading import ReadError, open_sources


def gather(
    paths: list[Path],
    kind: str,
    settings: Settings,
    model: Path | None,
    gold: Path | None,
    say: Callable[[str], None],
) -> tuple[list[Task], str]:
    """The tasks of all documents for one project, in their order, and the name of the model that suggests.

    Args:
        model: a trained pipeline; None: the one that ships.
        gold: for links, a folder of gold: only the numbers that people confirmed there are asked about.
        say: told of each document that is left out, and why.

    Raises:
        AnnotateError: `gold` holds none.
        OSError: there is no pipeline at `model`.
    """
    confirmed = None if gold is None else read_values(gold)
    extractor = Extractor(load(model))
    linker: Any = None
    if "nianbao_linker" in extractor.nlp.pipe_names:
        linker = extractor.nlp.get_pipe("nianbao_linker")
    tasks: list[Task] = []
    for item in open_sources(paths):
        if isinstance(item, ReadError):
            say(f"{item.level.capitalize()}: {item}")
            continue
        values = None
        if confirmed is not None:
            if item.id not in confirmed:
                continue
            sha256, values = confirmed[item.id]
            if digest(item.text) != sha256:
                say(f"Warning: {item.id} is not the text that was annotated; left out.")
                continue
        doc = extractor.doc(item)
        opinions = None if linker is None else linker.opinions(doc, settings.tasks["candidates"])
        tasks += make_tasks(doc, kind, settings, opinions, values)
    return tasks, f"{model.name if model else 'shipped'} {__version__}"
