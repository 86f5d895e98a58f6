"""Where the tasks of a run are done: processes of this machine, or a dask cluster. Both do the same in `run_task`."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import Any, cast

from nianbao.batch.fork_server import LineReader, write_line
from nianbao.batch.settings import RunSettings
from nianbao.writing.atomic import OutputError

Told = dict[str, Any]
"""What a server says of a part: `part`, `ended`, `seen`, `summary`."""

# Two numeric libraries that each take all cores would only stand in each other's way, and a process with threads must
# not be forked. Arrow's own allocator reserves addresses that the limit of memory would count.
_ENVIRONMENT = {
    **{f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "VECLIB_MAXIMUM")},
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}
_PATIENCE = 2.0
_TRIES = 3
_ANSWER = "20s"


class RunFailed(Exception):
    """The run cannot go on; what is done stays, and the same command goes on from there."""


class ServerLost(Exception):
    """A server ended without a word: the system killed it, or its machine is short of memory."""


class ServerProcess:
    """The end of a server (`nianbao.batch.fork_server`) at which tasks are given.

    Raises:
        RunFailed: the model cannot be loaded there.
        ServerLost: it ended.
    """

    def __init__(self, settings: RunSettings, debug: bool = False) -> None:
        self.settings = settings
        # -P: the folder that the run was started in may hold anything, modules too.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "nianbao.batch.fork_server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if debug else subprocess.DEVNULL,
            env=os.environ | _ENVIRONMENT,
            start_new_session=True,
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._to = os.dup(self._process.stdin.fileno())
        self._process.stdin.close()
        self._from = LineReader(self._process.stdout.fileno())
        try:
            self._send(settings.to_dict())
            self._hear()
        except BaseException:
            self.close()
            raise

    def run(self, task: dict[str, Any], on_part: Callable[[Told], None] | None = None) -> list[Told]:
        """Does a task; `on_part` hears of each part as it is done.

        Raises:
            RunFailed: it cannot be done.
            ServerLost: the server ended; another can take up the task.
        """
        self._send(task)
        parts = []
        while "end" not in (said := self._hear()):
            parts.append(said)
            if on_part is not None:
                on_part(said)
        return parts

    def close(self) -> None:
        """Ends the server and its worker, whatever they are doing."""
        # Where nobody wants its work any more it ends its worker, then itself.
        with suppress(OSError):
            os.close(self._to)
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _send(self, message: dict[str, Any]) -> None:
        try:
            write_line(self._to, message)
        except (BrokenPipeError, OSError) as error:
            raise ServerLost from error

    def _hear(self) -> Told:
        try:
            line = next(self._from, None)
        except (OSError, ValueError) as error:
            raise ServerLost from error
        if line is None:
            raise ServerLost
        said: Told = json.loads(line)
        if "failed" in said:
            raise RunFailed(said["failed"])
        return said


class ServerPool:
    """One server a thread, made when it is first needed."""

    def __init__(self, debug: bool = False) -> None:
        self._debug = debug
        self._here = threading.local()
        self._all: set[ServerProcess] = set()
        self._closed = False

    def run(
        self, task: dict[str, Any], settings: RunSettings, on_part: Callable[[Told], None] | None = None
    ) -> list[Told]:
        """Does a task in this thread's server.

        Raises:
            RunFailed: it cannot be done.
        """
        for _ in range(_TRIES):
            if self._closed:
                break
            try:
                return self._server(settings).run(task, on_part)
            except ServerLost:
                self._drop()
        raise RunFailed(f"a process that reads documents was ended from outside {_TRIES} times; is the memory enough?")

    def close(self) -> None:
        """Ends all servers, and what they are doing."""
        self._closed = True
        while self._all:
            self._all.pop().close()

    def _server(self, settings: RunSettings) -> ServerProcess:
        server: ServerProcess | None = getattr(self._here, "server", None)
        if server is not None and server.settings != settings:
            self._drop()
            server = None
        if server is None:
            server = self._here.server = ServerProcess(settings, self._debug)
            self._all.add(server)
            if self._closed:
                self._drop()
                raise ServerLost
        return server

    def _drop(self) -> None:
        server: ServerProcess | None = getattr(self._here, "server", None)
        self._here.server = None
        if server is not None:
            self._all.discard(server)
            server.close()


@dataclass(slots=True, frozen=True)
class Engine:
    """Where tasks are done, `size` at a time.

    `submit` hands one in; its second argument hears of parts as they are done, where the engine can tell.
    """

    submit: Callable[[dict[str, Any], Callable[[Told], None]], Future[list[Told]]]
    size: int


@contextmanager
def local(settings: RunSettings, workers: int, debug: bool = False) -> Iterator[Engine]:
    """Processes of this machine: a thread for each waits for its server."""
    servers = ServerPool(debug)
    threads = ThreadPoolExecutor(workers, thread_name_prefix="nianbao")

    def submit(task: dict[str, Any], on_part: Callable[[Told], None]) -> Future[list[Told]]:
        return threads.submit(servers.run, task, settings, on_part)

    try:
        yield Engine(submit, workers)
    finally:
        servers.close()
        threads.shutdown(cancel_futures=True)


_OF_CLUSTER = ServerPool()


def run_in_cluster(task: dict[str, Any], settings: dict[str, Any]) -> list[Told]:
    """What a worker of a cluster does: the task in a server of its own, which stays for the next task.

    Raises:
        RunFailed: it cannot be done.
    """
    return _OF_CLUSTER.run(task, RunSettings(**settings))


def end_servers() -> None:
    """Ends the servers of a cluster's worker, after a run."""
    global _OF_CLUSTER
    _OF_CLUSTER.close()
    _OF_CLUSTER = ServerPool()


@contextmanager
def dask(settings: RunSettings, workers: int | None = None, scheduler: str | None = None) -> Iterator[Engine]:
    """A dask cluster: the one whose scheduler is at an address, or one of this machine's own, on loopback alone.

    Args:
        workers: how many tasks at a time, and processes of an own cluster; None: as many as there are threads or cores.

    Raises:
        OutputError: dask is not installed.
        RunFailed: no scheduler answers.
    """
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise OutputError("--engine dask needs dask: pip install 'nianbao[cluster]'") from None
    with ExitStack() as stack:
        if scheduler is None:
            cluster = LocalCluster(
                host="127.0.0.1",
                n_workers=workers or os.cpu_count(),
                threads_per_worker=1,
                # What needs memory are the servers, which have limits of their own.
                memory_limit=0,
                dashboard_address="127.0.0.1:0",
                silence_logs=logging.CRITICAL,
            )
            client = stack.enter_context(Client(stack.enter_context(cluster)))
        else:
            try:
                client = stack.enter_context(Client(scheduler, timeout=_ANSWER))
            except OSError as error:
                raise RunFailed(f"no dask scheduler answers at {scheduler} ({error}); check the address") from error
        cluster_tasks = client.get_executor(pure=False)

        def submit(task: dict[str, Any], on_part: Callable[[Told], None]) -> Future[list[Told]]:
            return cast("Future[list[Told]]", cluster_tasks.submit(run_in_cluster, task, settings.to_dict()))

        try:
            yield Engine(submit, workers or sum(client.nthreads().values()) or 1)
        finally:
            with suppress(Exception):
                client.run(end_servers)
