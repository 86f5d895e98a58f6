"""A doccano server as seen from here: requests to the client program, and its failures in plain words."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from nianbao.annotate.errors import AnnotateError, RemoteError

_PROGRAM = Path(__file__).with_name("client.py")

_WORDS = {
    "gone": "no doccano answers at {url}; start it, or check the address (--url or NIANBAO_DOCCANO_URL)",
    "login": "doccano at {url} does not accept the user {user!r} with this password; "
    "check --user and NIANBAO_DOCCANO_PASSWORD",
    "not_doccano": "what answers at {url} is not doccano ({text}); check the address (--url or NIANBAO_DOCCANO_URL)",
    "forbidden": "the user {user!r} may not do this at {url} ({text}); a project administrator must",
    "missing": "{what} is not on the server any more ({url}); run `nianbao annotate setup` to make it anew, "
    "or put it back",
    "worker": "the worker of doccano at {url} does not take tasks ({text}); start it (`doccano task`, or the container "
    "of that name) and run the command again",
    "import": "doccano at {url} could not do the task: {text}",
    "settings": "{what} at {url}: {text}; set it to shared annotation (collaborative) and run again",
    "server": "doccano at {url} failed ({text}); its log says why",
    "fault": "the doccano client failed: {text}",
}


class Doccano(Protocol):
    """What the commands ask of a server."""

    url: str
    user_name: str

    def ask(self, what: str, request: str, **arguments: Any) -> Any:
        """The answer to a request of `client.Session`. `what` names the thing for messages."""
        ...


class Remote:
    """A running client program, logged in; use it as a context.

    Raises:
        RemoteError: no server, wrong password, or any later failure; the message says what to do.
    """

    def __init__(
        self,
        python: Path,
        url: str,
        user: str,
        password: str,
        settings: dict[str, Any],
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        self.url, self.user_name = url.rstrip("/"), user
        self._progress = progress
        self._process = subprocess.Popen(  # noqa: S603
            [str(python), "-I", str(_PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        try:
            me = self.ask("the login", "open", url=self.url, user=user, password=password, **settings)
        except BaseException:
            self.close()
            raise
        self.user_id: int = me["id"]

    def __enter__(self) -> Remote:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the program."""
        self._process.kill()
        self._process.communicate()

    def ask(self, what: str, request: str, **arguments: Any) -> Any:
        """See `Doccano.ask`."""
        source, sink = self._process.stdout, self._process.stdin
        assert source is not None and sink is not None
        try:
            sink.write(json.dumps({"do": request, **arguments}) + "\n")
            sink.flush()
            for line in source:
                message = json.loads(line)
                if "progress" in message:
                    if self._progress:
                        self._progress(message["progress"]["done"], message["progress"]["of"])
                    continue
                if "error" in message:
                    raise self._error(what, **message["error"])
                return message["ok"]
        except (BrokenPipeError, ValueError):
            pass
        raise AnnotateError("the doccano client ended unexpectedly; run the command again")

    def _error(self, what: str, kind: str, text: str) -> RemoteError:
        words = _WORDS.get(kind, _WORDS["fault"])
        return RemoteError(kind, words.format(url=self.url, user=self.user_name, what=what, text=text))


def check_worker(server: Doccano) -> None:
    """Makes sure that a task would be taken, before one is given.

    Raises:
        RemoteError: the worker is not running.
    """
    parts = server.ask("the health check", "health")
    state = parts.get("CeleryHealthCheckCelery", "OK")
    if state not in ("OK", "working"):
        text = f"{state}; {server.url}/v1/health/"
        raise RemoteError("worker", _WORDS["worker"].format(url=server.url, text=text))
