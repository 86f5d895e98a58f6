"""Files that appear whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class OutputError(ValueError):
    """The output cannot be written where or as it was asked for; known before any work."""


class WriteError(Exception):
    """Writing failed midway, for instance on a full disk; no file is left behind."""


class Pending:
    """A file under a hidden name beside its target, until `commit` moves it there.

    The same folder means the same file system, so that the move is one step. Who opens it calls `discard` on every
    way out, also after an error or Ctrl-C; after `commit` that does nothing.

    Raises:
        OutputError: the folder is missing or not writable, or the target is a folder.
    """

    def __init__(self, target: Path) -> None:
        self.target = target
        self.path = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
        check_target(target)
        try:
            self.path.touch(exist_ok=False)
        except OSError as error:
            raise OutputError(
                f"{target} cannot be written: {error.strerror}; choose a folder in which you may write"
            ) from error

    def commit(self) -> None:
        """Moves the file to its target, after its bytes have reached the disk.

        Raises:
            WriteError: the system refused.
        """
        self.settle()
        self.place()

    def settle(self) -> None:
        """Waits until the file's bytes have reached the disk.

        Raises:
            WriteError: the system refused.
        """
        with reporting(self.target):
            _sync(self.path)

    def place(self) -> None:
        """Moves the settled file to its target: of several files all are settled before the first is moved.

        Raises:
            WriteError: the system refused.
        """
        with reporting(self.target):
            os.replace(self.path, self.target)
            _sync(self.target.parent)

    def discard(self) -> None:
        """Removes the hidden file, and what a database lays beside it, where they are still there."""
        for name in (self.path.name, f"{self.path.name}.wal"):
            with suppress(OSError):
                self.path.with_name(name).unlink()


def check_target(target: Path) -> None:
    """Refuses a target that cannot become a file.

    Raises:
        OutputError: it is a folder, or its folder does not exist.
    """
    if target.is_dir():
        raise OutputError(f"{target} is a folder; name a file in it, for instance {target / 'facts.parquet'}")
    folder = target.parent
    if not folder.exists():
        raise OutputError(f"the folder {folder} does not exist; make it first: mkdir -p {folder}")
    if not folder.is_dir():
        raise OutputError(f"{folder} is not a folder; choose another place for {target.name}")


@contextmanager
def reporting(target: Path) -> Iterator[None]:
    """Turns the system's errors into WriteError, with what to do."""
    try:
        yield
    except OSError as error:
        what = "the disk is full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else error.strerror or str(error)
        raise WriteError(
            f"{target} could not be written: {what}; nothing was left there. Make room or choose another place, "
            "and run again"
        ) from error


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
