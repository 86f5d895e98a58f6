"""A real doccano server on loopback, for tests: `with running_server() as server:`; also a command by itself.

The environments are kept outside the repository, in NIANBAO_TEST_CACHE or ~/.cache/nianbao-test, and made from
the package index where they are missing.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from nianbao.annotate.environment import environment

HERE = Path(__file__).resolve().parent
START_SECONDS = 60
# The worker looks for tasks every second otherwise, and each test waits for several.
SETTINGS = """from config.settings.production import *
from kombu.transport.sqlalchemy import Transport
Transport.polling_interval = 0.05
"""


def cache() -> Path:
    return Path(os.environ.get("NIANBAO_TEST_CACHE") or Path.home() / ".cache" / "nianbao-test")


def server_python() -> Path:
    """Raises AnnotateError where it cannot be installed."""
    return environment(HERE / "server-requirements.txt", cache() / "doccano", lambda line: print(line, flush=True))


@dataclass
class Server:
    """A server and its worker, each of which can be stopped and started."""

    python: Path
    folder: Path
    port: int
    user: str = "admin"
    password: str = "only-for-tests"
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def backend(self) -> Path:
        return next(self.python.parents[1].glob("lib/python*/site-packages/backend"))

    def environ(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("HOME", "LANG", "PATH") if name in os.environ}
        return {
            **kept,
            "PATH": f"{self.python.parent}{os.pathsep}{kept.get('PATH', '')}",
            "DOCCANO_HOME": str(self.folder),
            "STANDALONE": "True",
            "DEBUG": "False",
            "DJANGO_SETTINGS_MODULE": "quick_settings",
            "PYTHONPATH": str(self.folder),
            "DATABASE_URL": f"sqlite:///{self.folder}/db.sqlite3",
            "MEDIA_ROOT": str(self.folder / "media"),
            "CELERY_BROKER_URL": f"sqla+sqlite:///{self.folder}/broker.sqlite3",
            "SECRET_KEY": "only-for-tests",
            "DOCCANO_PAGE_SIZE": "200",
        }

    def command(self, *words: str) -> None:
        done = subprocess.run(
            [str(self.python.parent / words[0]), *words[1:]], env=self.environ(), capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(words[:2])} failed: {done.stderr[-2000:]}")

    def __post_init__(self) -> None:
        (self.folder / "quick_settings.py").write_text(SETTINGS, "utf-8")

    def start_web(self) -> None:
        self._start(
            "web",
            *("gunicorn", "--bind", f"127.0.0.1:{self.port}", "--workers", "2", "--preload", "--timeout", "120"),
            *("--chdir", str(self.backend), "config.wsgi"),
        )

    def start_worker(self) -> None:
        self._start("worker", "doccano", "task", "--concurrency", "1")

    def _start(self, name: str, *words: str) -> None:
        log = (self.folder / f"{name}.log").open("ab")
        self.processes[name] = subprocess.Popen(
            [str(self.python.parent / words[0]), *words[1:]],
            env=self.environ(),
            stdout=log,
            stderr=log,
            # A group of its own, so that the workers that it forks end with it.
            start_new_session=True,
        )

    def stop(self, name: str) -> None:
        """Ends it and what it forked, at once, as a machine that fails would."""
        process = self.processes.pop(name, None)
        if process is not None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=10)

    def wait_for_queue(self) -> None:
        """Until the worker has made its queue: it dies when the server, asked for its health, makes one first."""
        stop = time.monotonic() + START_SECONDS
        while time.monotonic() < stop:
            with suppress(sqlite3.Error), closing(sqlite3.connect(self.folder / "broker.sqlite3", timeout=5)) as broker:
                if broker.execute("SELECT 1 FROM kombu_queue WHERE name = 'celery'").fetchone():
                    return
            time.sleep(0.05)

    def wait(self) -> None:
        """Until the server, and its worker where one is started, answer."""
        request = urllib.request.Request(f"{self.url}/v1/health/", headers={"Accept": "application/json"})
        stop = time.monotonic() + START_SECONDS
        while time.monotonic() < stop:
            try:
                with urllib.request.urlopen(request, timeout=10):
                    return
            except urllib.error.HTTPError:
                if "worker" not in self.processes:
                    return
            except OSError:
                pass
            time.sleep(0.05)
        logs = "\n".join(path.read_text("utf-8", "replace")[-2000:] for path in self.folder.glob("*.log"))
        raise RuntimeError(f"doccano did not start within {START_SECONDS} s:\n{logs}")


def blank_database(python: Path) -> Path:
    """An empty database with an administrator, made once for each environment: it takes longer than the server."""
    kept = python.parents[1] / "blank.sqlite3"
    if not kept.exists():
        with tempfile.TemporaryDirectory(dir=kept.parent) as name:
            server = Server(python, Path(name), 0)
            server.command("doccano", "init")
            server.command("doccano", "createuser", "--username", server.user, "--password", server.password)
            (server.folder / "db.sqlite3").replace(kept)
    return kept


@contextmanager
def running_server() -> Iterator[Server]:
    """A fresh server with an administrator; stopped and removed at the end."""
    python = server_python()
    blank = blank_database(python)
    folder = Path(tempfile.mkdtemp(prefix="nianbao-doccano-"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Server(python, folder, port)
    try:
        shutil.copyfile(blank, folder / "db.sqlite3")
        server.start_worker()
        server.start_web()
        server.wait_for_queue()
        server.wait()
        yield server
    finally:
        for name in list(server.processes):
            server.stop(name)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    with running_server() as server:
        print(server.url, server.user, server.password, flush=True)
        with suppress(KeyboardInterrupt):
            sys.stdin.read()
