"""A run over many documents: tasks to an engine, parts into a folder, and the end when all are there."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Literal

from nianbao.batch import engines
from nianbao.batch.dataset import Folder, aside_of, partial_of
from nianbao.batch.engines import Engine, RunFailed, Told
from nianbao.batch.finish import ERROR_FILE, finish, join_documents
from nianbao.batch.part import keys, manifest_path, read_manifest, set_aside, sound
from nianbao.batch.plan import Input, Shard, Survey, shards, survey
from nianbao.batch.run import NothingRead, errors_path
from nianbao.batch.settings import EXTRACTOR, RunSettings
from nianbao.batch.summary import Summary
from nianbao.batch.version import model_version
from nianbao.reading import MAX_BYTES
from nianbao.writing.atomic import OutputError
from nianbao.writing.output import documents_path

_RETRIES = 5
# Parts are done out of order, by a few: so many missing ones in a row mean that none follows.
_GAP = 64
_EVERY = 0.5
_FILES_A_WORKER = 4


@dataclass(slots=True)
class RunCounts:
    """How far a run is. `documents` and `errors` count what earlier starts did as well, `before` only those.

    `seen` and `size` are bytes of input, `size` 0 where it is unknown.
    """

    documents: int = 0
    facts: int = 0
    errors: int = 0
    before: int = 0
    seen: int = 0
    size: int = 0


Progress = Callable[[RunCounts], None]


def run_many(
    paths: Sequence[Input],
    output: Path,
    *,
    workers: int | None = None,
    engine: Literal["local", "dask"] = "local",
    scheduler: str | None = None,
    overwrite: bool = False,
    max_bytes: int = MAX_BYTES,
    part_size: int = 250,
    time_limit: float = 120.0,
    memory_limit: int = 2_000_000_000,
    filtered: bool = False,
    extractor: str = EXTRACTOR,
    pipeline: str | None = None,
    progress: Progress | None = None,
    debug: bool = False,
) -> Summary:
    """Reads documents in several processes and writes a folder of Parquet files, which appears when it is whole.

    A run that was broken off, however it was, is taken up by the same call: parts that are done stay. The rows do not
    depend on the number of processes, on the engine or on the breaks.

    Args:
        output: the folder. Beside facts it holds `_manifest/` (one row a document: id, sha256 of its text, model,
            status), `_errors.jsonl` and `_run.json`.
        workers: processes of this machine (None: one), or tasks that a cluster does at a time (None: all it can).
        scheduler: address of a dask scheduler; None: a cluster of its own on loopback.
        overwrite: a data set of nianbao at `output` is replaced.
        max_bytes, part_size, time_limit, memory_limit, filtered, extractor, pipeline: see `RunSettings`.
        progress: called every now and then.
        debug: what the processes say goes to standard error.

    Raises:
        OutputError: something is in the way of the output.
        WriteError: the system refused, for instance on a full disk; what is done stays.
        RunFailed: the processes cannot work; what is done stays.
        NothingRead: not one document could be read.
    """
    exclude = {output, partial_of(output), aside_of(output), _table_alone(output)}
    seen = survey(paths, exclude)
    options = {"max_bytes": max_bytes, "part_size": part_size, "filtered": filtered, "extractor": extractor}
    if pipeline is not None:
        options["pipeline"] = pipeline
    model = model_version(pipeline)
    with Folder(output, model, seen.digest, options) as folder:
        folder.open(overwrite)
        if folder.finished is not None:
            _check(output, folder.finished)
            return _placed(folder.finished, output)
        settings = RunSettings(
            str(folder.path.absolute()),
            model,
            **options,  # type: ignore[arg-type]
            time_limit=time_limit,
            memory_limit=memory_limit,
        )
        if engine == "dask":
            opened = engines.dask(settings, workers, scheduler)
        else:
            opened = engines.local(settings, workers or 1, debug)
        with opened as found:
            work = _Run(settings, shards(paths, exclude, part_size), seen, found, progress, aside_of(output))
            work.drive()
        summary = _end(folder, output)
    if work.set_aside or folder.set_aside:
        summary.set_aside = aside_of(output)
    return summary


def _check(output: Path, summary: Summary) -> None:
    """Raises OutputError where a data set that is done has been damaged since."""
    found = Summary()
    for key in keys(output):
        if not sound(output, key):
            raise OutputError(
                f"{output} is damaged (part {key}); choose another folder, or replace it with --overwrite"
            )
        found.add(read_manifest(manifest_path(output, key))[0])
    if (found.documents, found.facts) != (summary.documents, summary.facts):
        raise OutputError(f"{output} lacks some of its parts; choose another folder, or replace it with --overwrite")


def _end(folder: Folder, output: Path) -> Summary:
    summary = finish(folder.path)
    if not summary.documents and not summary.refused:
        if summary.errors:
            (folder.path / ERROR_FILE).replace(errors_path(output))
            summary.errors_file = errors_path(output)
        if not output.exists():
            join_documents(folder.path, _table_alone(output))
        folder.discard()
        raise NothingRead(summary)
    folder.commit(summary)
    return _placed(summary, output)


def _table_alone(output: Path) -> Path:
    """Where the table of documents goes when there is nothing else to give."""
    return documents_path(output.with_name(f"{output.name}.parquet"))


def _placed(summary: Summary, output: Path) -> Summary:
    summary.output = output
    if summary.errors or summary.warnings:
        summary.errors_file = output / ERROR_FILE
    return summary


@dataclass(slots=True)
class _Task:
    shard: Shard
    first: int
    parts: int | None
    done: dict[int, bool]
    heard: set[int] = field(default_factory=set)
    tries: int = 0

    def to_dict(self) -> dict[str, Any]:
        return {"shard": self.shard.to_dict(), "first": self.first, "parts": self.parts, "done": self.done}


class _Run:
    """Hands tasks in, a few ahead of those that are being done, and counts what comes back."""

    def __init__(
        self,
        settings: RunSettings,
        todo: Iterator[Shard],
        seen: Survey,
        engine: Engine,
        progress: Progress | None,
        aside: Path,
    ) -> None:
        self._folder = Path(settings.folder)
        self._aside = aside
        self.set_aside = 0
        self._known: set[str] = set()
        self._todo = todo
        self._engine = engine
        # Where there are files enough, each is gone through once, by one process; else all share each file, and each
        # passes over what the others read.
        self._whole_files = seen.collections >= _FILES_A_WORKER * engine.size
        self._progress = progress
        self._tally = RunCounts(size=seen.size)
        self._last: dict[int, int] = {}
        self._seen: dict[int, int] = {}
        self._heard: SimpleQueue[tuple[_Task, Told]] = SimpleQueue()
        self._done: SimpleQueue[Future[list[Told]]] = SimpleQueue()

    def drive(self) -> None:
        """Does everything.

        Raises:
            RunFailed: it cannot go on.
        """
        tasks = self._tasks()
        waiting: dict[Future[list[Told]], _Task] = {}
        while True:
            while len(waiting) < 2 * self._engine.size and (task := next(tasks, None)) is not None:
                waiting[self._submit(task)] = task
            if not waiting:
                break
            done = self._next_done()
            while not self._heard.empty():
                self._count(*self._heard.get())
            if done is not None and (again := self._settle(done, waiting.pop(done))) is not None:
                waiting[self._submit(again)] = again
            if self._progress is not None:
                self._progress(self._tally)
        for key in keys(self._folder):
            # What no shard of this input names.
            if key not in self._known and not sound(self._folder, key):
                self._put_aside(key)

    def _submit(self, task: _Task) -> Future[list[Told]]:
        future = self._engine.submit(task.to_dict(), lambda said: self._heard.put((task, said)))
        future.add_done_callback(self._done.put)
        return future

    def _next_done(self) -> Future[list[Told]] | None:
        """A task that has ended, waited for a little.

        Not by `concurrent.futures.wait`: Ctrl-C within it leaves the futures locked, and their threads wait for ever.
        """
        try:
            return self._done.get(timeout=_EVERY)
        except Empty:
            return None

    def _settle(self, future: Future[list[Told]], task: _Task) -> _Task | None:
        """Counts a task's parts; gives the task back when it has to be done again."""
        try:
            for said in future.result():
                self._count(task, said)
        except RunFailed:
            raise
        # Whatever a cluster has to say of workers that went away: what they had done is there, the rest is done again.
        except Exception as error:
            task.tries += 1
            if task.tries > _RETRIES:
                lost = f"the cluster lost a task {task.tries} times ({type(error).__name__}: {error})"
                raise RunFailed(lost) from error
            logging.getLogger(__name__).info("a task is done again: %s", error)
            return task
        return None

    def _count(self, task: _Task, said: Told) -> None:
        if said["part"] in task.heard:
            return
        task.heard.add(said["part"])
        self._add(task.shard, said["part"], said["ended"], Summary.from_dict(said["summary"]))
        if task.shard.collection:
            self._saw(task.shard, said["seen"])

    def _add(self, shard: Shard, part: int, ended: bool, summary: Summary) -> None:
        self._known.add(shard.key(part))
        tally = self._tally
        tally.documents += summary.documents + summary.refused
        tally.facts += summary.facts
        tally.errors += summary.errors
        if ended:
            self._last[shard.number] = min(part, self._last.get(shard.number, part))
            self._saw(shard, shard.size)

    def _saw(self, shard: Shard, seen: int) -> None:
        before = self._seen.get(shard.number, 0)
        if seen > before:
            self._seen[shard.number] = seen
            self._tally.seen += seen - before

    def _tasks(self) -> Iterator[_Task]:
        for shard in self._todo:
            done = self._there(shard)
            entry = shard.items[0]
            if not shard.collection:
                if not done:
                    yield _Task(shard, 0, 1, {})
            elif self._whole_files or getattr(entry, "shard", None) is not None:
                last = self._last.get(shard.number)
                if last is None or len(done) <= last:
                    yield _Task(shard, 0, None, done)
            else:
                part = 0
                # Asked anew at every step: by then the end may have been met.
                while (last := self._last.get(shard.number)) is None or part <= last:
                    if part not in done:
                        yield _Task(shard, part, 1, {})
                    part += 1

    def _put_aside(self, key: str) -> None:
        set_aside(self._folder, key, self._aside)
        self.set_aside += 1

    def _there(self, shard: Shard) -> dict[int, bool]:
        """The parts of a shard that an earlier start has done."""
        done: dict[int, bool] = {}
        part = missing = 0
        while missing < (_GAP if shard.collection else 1):
            path = manifest_path(self._folder, shard.key(part))
            if path.exists() and not sound(self._folder, shard.key(part)):
                self._put_aside(shard.key(part))
            if path.exists():
                summary, done[part] = read_manifest(path)
                self._add(shard, part, done[part], summary)
                self._tally.before += summary.documents + summary.refused
                missing = 0
                if done[part]:
                    break
            else:
                missing += 1
            part += 1
        return done
