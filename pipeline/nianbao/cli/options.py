"""Words that several commands share."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from nianbao.cli.terminal import say


class Lang(StrEnum):
    """The languages of what people read."""

    zh = "zh"
    en = "en"


Heads = Annotated[Lang, typer.Option("--lang", help="The language of a workbook's heads (.xlsx).")]
Paths = Annotated[
    list[Path],
    typer.Argument(
        metavar="PATH", help='Files or folders (with all below), or "-" for standard input.', show_default=False
    ),
]
# nianbao.reading.MAX_BYTES, which is not imported before a command needs it.
DEFAULT_MEGABYTES = 5
OptionalPaths = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="PATH", help='Files or folders (with all below), or "-" for standard input.', show_default=False
    ),
]
MaxSize = Annotated[
    float, typer.Option("--max-size", metavar="MB", min=0.001, help="Refuse documents that are larger.")
]
Model = Annotated[
    Path | None,
    typer.Option("--model", metavar="DIR", show_default=False, help="Read with this pipeline, trained or saved."),
]
Debug = Annotated[bool, typer.Option("--debug", help="Show Python's traceback when something fails.")]


def must_exist(paths: list[Path]) -> None:
    """Ends the command as wrong usage where a path leads nowhere."""
    for path in paths:
        if str(path) != "-" and not path.exists() and not path.is_symlink():
            usage(f"{path} does not exist; check the name")


def must_spare(paths: Iterable[Path], *outputs: Path | None) -> None:
    """Ends the command as wrong usage where it would write over what it reads."""
    for output in outputs:
        for path in paths:
            if output is not None and path.is_file() and output.exists() and path.samefile(output):
                usage(f"{output} is what is to be read, and would be written over; choose another place")


def usage(message: str) -> NoReturn:
    """Ends the command as wrong usage."""
    say(f"Error: {message}.")
    raise typer.Exit(2)
