"""Files that appear whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_FULL = (errno.ENOSPC, errno.EDQUOT)


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
        self._before: Path | None = None
        self._placed = self._stood = False
        self.path = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
        check_target(target)
        try:
            self.path.touch(exist_ok=False)
        except OSError as error:
            if error.errno in _FULL:
                raise OutputError(
                    f"{target} cannot be written: the disk is full; make room or choose another place"
                ) from error
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
            self._placed = True
            _sync(self.target.parent)

    def keep(self) -> None:
        """Keeps what stands at the target until `discard`, so that `undo` can put it back."""
        self._before, self._stood = self.path.with_name(f"{self.path.name}.before"), self.target.exists()
        # Some file systems have no links: what stands there is then not put back.
        with suppress(OSError):
            os.link(self.target, self._before)

    def undo(self) -> None:
        """What stood at the target before `place` stands there again. Does what the system lets it do."""
        with suppress(OSError):
            if self._placed and self._before is not None and self._before.exists():
                os.replace(self._before, self.target)
            elif self._placed and not self._stood:
                self.target.unlink()

    def discard(self) -> None:
        """Removes the hidden files, and what a database lays beside one, where they are still there."""
        for name in (self.path.name, f"{self.path.name}.wal", f"{self.path.name}.before"):
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
        what = "the disk is full" if error.errno in _FULL else error.strerror or str(error)
        raise WriteError(
            f"{target} could not be written: {what}; nothing was left there. Make room or choose another place, "
            "and run again"
        ) from error


def write_whole(target: Path, data: bytes) -> None:
    """A file of these bytes, whole or not at all.

    Raises:
        OutputError: see `Pending`.
        WriteError: the system refused.
    """
    pending = Pending(target)
    try:
        with reporting(target):
            pending.path.write_bytes(data)
        pending.commit()
    finally:
        pending.discard()


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """A folder to fill, under a hidden name beside its target, where the end of the block puts it; else it goes.

    Raises:
        OutputError: the target has no name of its own, such as `.`.
        WriteError: the system refused.
    """
    if not target.name or target.name == "..":
        raise OutputError(f"{target} cannot be replaced as a whole; name a new folder in it")
    pending = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    try:
        with reporting(target):
            pending.mkdir()
            yield pending
            place_folder(pending, target)
    finally:
        shutil.rmtree(pending, ignore_errors=True)


def place_folder(pending: Path, target: Path) -> None:
    """Moves a finished folder to its place; a folder that stands there goes, but not before the other is there.

    Raises:
        OSError: the system refused; what stood there stands there again.
    """
    before = pending.with_name(f"{pending.name}.before")
    if target.exists():
        os.replace(target, before)
    try:
        os.replace(pending, target)
    except OSError:
        if before.exists():
            os.replace(before, target)
        raise
    shutil.rmtree(before, ignore_errors=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
