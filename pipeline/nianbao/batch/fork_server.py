"""The process that loads the model once and forks the workers that read with it.

It stands between the run and its workers: whatever a document does to a worker, the next worker is there in
milliseconds, with the model loaded, told to leave that document out, and its memory is shared with the loaded one.
`python -m nianbao.batch.fork_server` speaks lines of JSON on its standard input and output.
"""

from __future__ import annotations

import gc
import json
import os
import selectors
import signal
import sys
import traceback
from collections import deque
from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

from nianbao.batch.checkpoint import Checkpoint, Position
from nianbao.batch.settings import RunSettings

if TYPE_CHECKING:
    from nianbao.batch.run import DocumentReader
    from nianbao.batch.worker import Gate

_OUT_OF_MEMORY = 77
_TRIES = 3


class PeerGone(Exception):
    """The worker ended, or the run that wants its work; `status` as of os.waitpid, None for the run."""

    def __init__(self, status: int | None) -> None:
        super().__init__(status)
        self.status = status


class LineReader:
    """Lines from a file descriptor."""

    def __init__(self, handle: int) -> None:
        self.handle = handle
        self._whole: deque[bytes] = deque()
        self._rest = b""

    def ready(self) -> list[bytes]:
        """The whole lines that have come, after one read; to be called when there is something to read.

        Raises:
            EOFError: the other end is closed.
        """
        data = os.read(self.handle, 1 << 16)
        if not data:
            raise EOFError
        *lines, self._rest = (self._rest + data).split(b"\n")
        return lines

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            while not self._whole:
                self._whole.extend(self.ready())
        except EOFError:
            raise StopIteration from None
        return self._whole.popleft()


class ForkServer:
    """Forks a worker, gives it tasks, and puts another in its place when it is lost.

    Args:
        wanted: file descriptor from which tasks come; its end is the end of the server.
        told: file descriptor to which the outcomes go.
    """

    def __init__(self, settings: RunSettings, wanted: LineReader, told: int) -> None:
        self._settings = settings
        self._wanted = wanted
        self._told = told
        self._mark = Checkpoint()
        _ready_arrow()
        self._extractor = load_extractor(settings)
        self._gate = _load_gate() if settings.filtered else None
        self._child: int | None = None
        self._to = -1
        self._from = LineReader(-1)
        # What is loaded is never collected, so that the workers' collectors leave its pages shared.
        gc.collect()
        gc.freeze()

    def serve(self) -> None:
        """Does one task after another."""
        try:
            for line in self._wanted:
                self._do({**json.loads(line), "bad": {}, "cut": None})
        except PeerGone:
            pass
        finally:
            self._end_child()

    def _do(self, task: dict[str, Any]) -> None:
        failures = 0
        while True:
            try:
                return self._follow(task)
            except PeerGone as gone:
                if gone.status is None:
                    raise
                failures += not self._blame(task, self._mark.place(), gone.status)
                if failures == _TRIES:
                    said = f"a worker ended {_TRIES} times between two documents ({_cause(gone.status)[1]})"
                    return self._say({"failed": said})

    def _follow(self, task: dict[str, Any]) -> None:
        """Gives the task to the worker and passes on what it says, to the task's end."""
        if self._child is None:
            self._fork()
        try:
            write_line(self._to, task)
        except BrokenPipeError:
            self._buried()
        with selectors.DefaultSelector() as waiting:
            for lines in (self._from, self._wanted):
                waiting.register(lines.handle, selectors.EVENT_READ, lines)
            while True:
                for key, _ in waiting.select():
                    if key.data is self._wanted:
                        # Nobody asks for more while a task is under way: it is the end.
                        raise PeerGone(None)
                    for line in self._heard():
                        said = json.loads(line)
                        if "part" in said:
                            task["done"][said["part"]] = said["ended"]
                        self._say(said)
                        if "end" in said or "failed" in said:
                            return

    def _heard(self) -> list[bytes]:
        try:
            return self._from.ready()
        except EOFError:
            self._buried()

    def _buried(self) -> NoReturn:
        assert self._child is not None
        _, status = os.waitpid(self._child, 0)
        self._forget()
        raise PeerGone(status)

    def _blame(self, task: dict[str, Any], place: Position | None, status: int) -> bool:
        """Notes the document at which the worker was lost; False: it was at none, or is beyond help."""
        if place is None or task["cut"] == place.record:
            return False
        if place.record in task["bad"]:
            # It is not even read any more, and cannot be passed over.
            task["cut"] = place.record
            return True
        kind, said = _cause(status)
        message = {
            "time_limit": f"took longer than the limit of {self._settings.time_limit:g} s a document; "
            "raise it with --time-limit, or leave the document out",
            "memory_limit": f"needs more than the limit of {self._settings.memory_limit / 1_000_000:,.0f} MB of memory "
            "a document; raise it with --memory-limit, or leave the document out",
            "crash": f"ended the process that read it ({said}); please report it with the document",
        }[kind]
        task["bad"][place.record] = {
            "kind": kind,
            "message": message,
            "sha256": place.sha256,
            "id": place.doc_id,
            "line": place.line,
        }
        return True

    def _fork(self) -> None:
        tasks, outcomes = os.pipe(), os.pipe()
        self._mark.clear()
        child = os.fork()
        if child == 0:
            for handle in (tasks[1], outcomes[0], self._wanted.handle, self._told):
                os.close(handle)
            _work(self._settings, self._extractor, self._gate, self._mark, tasks[0], outcomes[1])
        os.close(tasks[0])
        os.close(outcomes[1])
        self._child, self._to, self._from = child, tasks[1], LineReader(outcomes[0])

    def _forget(self) -> None:
        os.close(self._to)
        os.close(self._from.handle)
        self._child = None

    def _end_child(self) -> None:
        if self._child is not None:
            os.kill(self._child, signal.SIGKILL)
            os.waitpid(self._child, 0)
            self._forget()

    def _say(self, message: dict[str, Any]) -> None:
        try:
            write_line(self._told, message)
        except BrokenPipeError:
            raise PeerGone(None) from None


def _work(
    settings: RunSettings, extractor: DocumentReader, gate: Gate | None, mark: Checkpoint, tasks: int, outcomes: int
) -> NoReturn:
    """The forked worker's life."""
    from nianbao.batch.worker import Unreachable, Worker, limit_memory
    from nianbao.writing.atomic import OutputError, WriteError

    status = 1
    try:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        limit_memory(settings.memory_limit)
        worker = Worker(settings, extractor, mark, lambda said: write_line(outcomes, said), gate)
        for line in LineReader(tasks):
            try:
                worker.run(json.loads(line))
                write_line(outcomes, {"end": True})
            except (OutputError, WriteError, Unreachable) as error:
                signal.setitimer(signal.ITIMER_REAL, 0)
                write_line(outcomes, {"failed": str(error)})
        status = 0
    except MemoryError:
        status = _OUT_OF_MEMORY
    except BrokenPipeError:
        pass
    except BaseException:
        traceback.print_exc()
    finally:
        # No cleaning up: what is open here is the parent's.
        os._exit(status)


def _cause(status: int) -> tuple[str, str]:
    """The kind of a worker's end, and its name."""
    code = os.waitstatus_to_exitcode(status)
    if code == _OUT_OF_MEMORY:
        return "memory_limit", "out of memory"
    if code == -signal.SIGALRM:
        return "time_limit", "out of time"
    return "crash", signal.Signals(-code).name if code < 0 else f"exit status {code}"


def write_line(handle: int, message: dict[str, Any]) -> None:
    """A message as one line of JSON. Raises BrokenPipeError where nobody reads."""
    rest = memoryview(json.dumps(message).encode() + b"\n")
    while rest:
        rest = rest[os.write(handle, rest) :]


def _ready_arrow() -> None:
    """Lets Arrow find out now, and once for all workers, that it need not know pandas.

    It imports pandas at the first array that it makes, which takes a second and 50 MB in every process.
    """
    import pyarrow as pa
    import pyarrow.parquet  # the workers share it

    class Absent:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "pandas":
                raise ImportError(name)

    absent: Any = Absent()
    sys.meta_path.insert(0, absent)
    try:
        pa.array([""], pa.string())
    finally:
        sys.meta_path.remove(absent)


def load_extractor(settings: RunSettings) -> DocumentReader:
    """What `settings.extractor` names, made."""
    if settings.pipeline is not None:
        from nianbao.extractor import Extractor, load

        return Extractor(load(settings.pipeline))
    module, _, name = settings.extractor.partition(":")
    extractor: DocumentReader = getattr(import_module(module), name)()
    return extractor


def _load_gate() -> Gate:
    from nianbao.gate import Gate as Model

    model = Model()
    return lambda page: model.is_report(page)[0]


def main() -> None:
    """Reads the settings from the first line, says that it is ready, and serves."""
    # What libraries print must not get between the lines.
    told = os.dup(1)
    os.dup2(2, 1)
    # Ctrl-C goes to the whole terminal; only the run decides what ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    wanted = LineReader(0)
    try:
        first = next(wanted, None)
        if first is None:
            return
        settings = RunSettings(**json.loads(first))
        from nianbao.batch.version import model_version

        if model_version() != settings.model:
            failed = f"has {model_version()}, and the run was begun with {settings.model}; install the same everywhere"
            return write_line(told, {"failed": f"this machine ({os.uname().nodename}) {failed}"})
        server = ForkServer(settings, wanted, told)
    # Whatever keeps the model from loading is told to the run, which says it to the user.
    except Exception as error:
        return write_line(told, {"failed": f"the model could not be loaded ({type(error).__name__}: {error})"})
    write_line(told, {"ready": True})
    server.serve()


if __name__ == "__main__":
    main()
