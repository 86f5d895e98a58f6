"""The folder that a run over many documents writes: made beside its place as OUT.partial, renamed when it is whole."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from nianbao.batch.part import ERRORS, MANIFEST
from nianbao.batch.summary import Summary
from nianbao.writing.atomic import OutputError, Pending, reporting
from nianbao.writing.columns import DOCUMENTS

_RUN = "_run.json"
_LOCK = "_lock"
_FORMAT = 2


def partial_of(target: Path) -> Path:
    """Where a data set is made."""
    return target.with_name(f"{target.name}.partial")


def aside_of(target: Path) -> Path:
    """Where damaged files of an earlier start are put."""
    return target.with_name(f"{target.name}.damaged")


class Folder:
    """The output of one run; use it in a `with` block, which keeps other runs away.

    Args:
        target: where the data set shall stand.
        model, source, options: what decides the rows: the model's version, the digest of the input, the options.

    Attributes:
        path: where the parts are written.
        finished: the summary of an equal run that is done already.
        set_aside: whether a run whose description was damaged has been put out of the way.
    """

    def __init__(self, target: Path, model: str, source: str, options: dict[str, Any]) -> None:
        self.target = target
        self.path = partial_of(target)
        self.finished: Summary | None = None
        self.set_aside = False
        self._replaced = target.with_name(f"{target.name}.replaced")
        self._run: dict[str, Any] = {"format": _FORMAT, "model": model, "input": source, "options": options}
        self._lock: int | None = None

    def open(self, overwrite: bool) -> None:
        """Begins the run, or takes up one that was broken off.

        Args:
            overwrite: what is in the way, if it is a data set of nianbao, is replaced.

        Raises:
            OutputError: something else is in the way, or nothing can be written there.
        """
        if self.target.exists():
            self._look(overwrite)
            if self.finished is not None:
                return
        try:
            self.path.mkdir(exist_ok=True)
            self._take_lock()
            self._take_up(overwrite)
            for name in (MANIFEST, ERRORS, DOCUMENTS.name):
                (self.path / name).mkdir(exist_ok=True)
            self._clear()
        except OSError as error:
            raise OutputError(
                f"{self.target} cannot be written: {error.strerror or error}; choose a folder in which you may write"
            ) from error

    def __enter__(self) -> Folder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._lock is not None:
            os.close(self._lock)

    def commit(self, summary: Summary) -> None:
        """Puts the whole data set at its place.

        Raises:
            WriteError: the system refused.
        """
        self._write_run({**self._run, "summary": summary.to_dict()})
        with reporting(self.target):
            self._clear()
            (self.path / _LOCK).unlink(missing_ok=True)
            if self.target.exists():
                self._remove(self._replaced)
                self.target.rename(self._replaced)
            self.path.rename(self.target)
            self._remove(self._replaced)

    def discard(self) -> None:
        """Removes the unfinished data set."""
        shutil.rmtree(self.path, ignore_errors=True)

    def _clear(self) -> None:
        """Removes what workers that were lost had begun to write."""
        for left in self.path.rglob(".*.tmp"):
            left.unlink(missing_ok=True)

    def _look(self, overwrite: bool) -> None:
        """Whether what stands at the target may be replaced, or is what is wanted already."""
        if not self.target.is_dir():
            raise OutputError(
                f"{self.target} is a file; a run with --workers or --engine writes a folder: name another"
            )
        found = _read_run(self.target)
        if found is None or "summary" not in found:
            if any(self.target.iterdir()) and not (overwrite and (self.target / _RUN).exists()):
                raise OutputError(
                    f"{self.target} is not empty and holds no facts that such a run wrote; choose another folder"
                )
        elif not overwrite:
            self._compare(found, self.target)
            try:
                self.finished = Summary.from_dict(found["summary"])
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise OutputError(
                    f"{self.target / _RUN} is damaged; choose another folder, or replace it with --overwrite"
                ) from error

    def _take_up(self, overwrite: bool) -> None:
        found = _read_run(self.path)
        if found is None:
            others = [name for name in os.listdir(self.path) if name != _LOCK and not name.startswith(".")]
            if _RUN in others or MANIFEST in others:
                self._set_aside(others)
            elif others:
                raise OutputError(
                    f"{self.path} holds {others[0]}, which no run wrote; remove it or choose another place"
                )
        else:
            try:
                return self._compare(found, self.path)
            except OutputError:
                if not overwrite:
                    raise
            # The description goes last: until then the folder can be told from others.
            for name in sorted(os.listdir(self.path), key=lambda name: name == _RUN):
                if name != _LOCK:
                    self._remove(self.path / name)
        self._write_run(self._run)

    def _set_aside(self, names: list[str]) -> None:
        """Puts a run whose description cannot be read out of the way: nobody knows what its rows come from."""
        aside = aside_of(self.target)
        self._remove(aside)
        aside.mkdir()
        for name in sorted(names, key=lambda name: name == _RUN):
            (self.path / name).rename(aside / name)
        self.set_aside = True

    def _compare(self, found: dict[str, Any], place: Path) -> None:
        """Raises OutputError where the rows there come from elsewhere than this run's would."""
        way_out = "choose another folder, or replace it with --overwrite"
        if found.get("format") != _FORMAT:
            raise OutputError(f"{place} was written by another version of nianbao; {way_out}")
        if found["model"] != self._run["model"]:
            raise OutputError(
                f"{place} holds facts of the model {found['model']}, and this is {self._run['model']}; "
                f"rows of two models are not mixed: {way_out}"
            )
        if found["options"] != self._run["options"]:
            before, now = found["options"], self._run["options"]
            said = ", ".join(
                f"{name} {before.get(name)}, now {now[name]}" for name in now if before.get(name) != now[name]
            )
            raise OutputError(f"{place} was begun with other options ({said}); give the same, {way_out}")
        if found["input"] != self._run["input"]:
            raise OutputError(f"{place} was begun with other documents: files came, went or changed since; {way_out}")

    def _take_lock(self) -> None:
        self._lock = os.open(self.path / _LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OutputError(f"another run is writing {self.path}; wait for its end") from None
        except OSError:
            # A file system without locks: the user must see to it.
            pass

    def _write_run(self, run: dict[str, Any]) -> None:
        pending = Pending(self.path / _RUN)
        try:
            with reporting(self.path):
                pending.path.write_text(json.dumps(run, indent=1) + "\n", encoding="utf-8")
            pending.commit()
        finally:
            pending.discard()

    @staticmethod
    def _remove(path: Path) -> None:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            with suppress(FileNotFoundError):
                path.unlink()


def _read_run(folder: Path) -> dict[str, Any] | None:
    try:
        found = json.loads((folder / _RUN).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    whole = isinstance(found, dict) and found.keys() >= {"format", "model", "input", "options"}
    whole = whole and isinstance(found["options"], dict)
    return found if whole else None
