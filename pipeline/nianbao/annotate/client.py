"""The program that speaks to doccano. It runs in an environment of its own, where nianbao cannot be imported.

doccano-client needs pydantic 1, spaCy needs pydantic 2. Requests come as JSON lines on standard input, the answers
go as JSON lines to standard output: {"ok": …}, {"error": {"kind", "text"}}, and before them {"progress": …}. The
password comes in the first request and is never in arguments, the environment or a log.
"""

from __future__ import annotations

import json
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import requests
from doccano_client import DoccanoClient
from doccano_client.exceptions import DoccanoAPIError
from doccano_client.repositories.data_upload import DataUploadRepository
from requests.adapters import HTTPAdapter

_KINDS = {"SequenceLabeling": ("span", "spans"), "DocumentClassification": ("category", "categories")}
_POLL = 0.1


class RequestFailure(Exception):
    """An error with the word by which the other side tells it."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


class _Patient(HTTPAdapter):
    """Gives every request a limit of time; requests itself would wait for ever."""

    def __init__(self, seconds: float, connections: int) -> None:
        self.seconds = seconds
        super().__init__(pool_connections=connections, pool_maxsize=connections)

    def send(self, *args: Any, **kwargs: Any) -> Any:
        kwargs["timeout"] = (min(10.0, self.seconds), self.seconds)
        return super().send(*args, **kwargs)


class Session:
    """One login. Methods are the requests that may be made; arguments and results are plain data."""

    def __init__(self, say: Callable[[dict[str, Any]], None]) -> None:
        self._say = say

    def open(
        self,
        url: str,
        user: str,
        password: str,
        request_seconds: float,
        health_seconds: float,
        task_seconds: float,
        connections: int,
    ) -> dict[str, Any]:
        """Logs in; returns the user as the server knows them."""
        self._health_seconds, self._task_seconds = health_seconds, task_seconds
        self._pool = ThreadPoolExecutor(connections)
        self._client = DoccanoClient(url)
        self._api = self._client._base_repository
        for scheme in ("http://", "https://"):
            self._api._session.mount(scheme, _Patient(request_seconds, connections))
        try:
            self._client.login(user, password)
        except DoccanoAPIError as error:
            code = error.response.status_code
            raise RequestFailure("login" if code in (400, 401, 403) else "not_doccano", f"HTTP {code}") from None
        except requests.exceptions.RequestException as error:
            # A URL that is none is an error of the same family, and no server will ever answer it.
            gone = isinstance(error, requests.ConnectionError | requests.Timeout)
            raise RequestFailure("gone" if gone else "not_doccano", type(error).__name__) from None
        me = self._api.get("me").json()
        return {"id": me["id"], "username": me["username"]}

    def health(self) -> dict[str, str]:
        """What the server says of its parts; "CeleryHealthCheckCelery" is the worker."""
        try:
            response = self._api._session.get(f"{self._api.api_url}/health/", headers={"accept": "application/json"})
            return {str(part): str(state) for part, state in response.json().items()}
        except ValueError:
            return {}

    def projects(self) -> list[dict[str, Any]]:
        """All projects that the user is a member of."""
        return list(self._pages("projects"))

    def create_project(self, **settings: Any) -> int:
        """Makes a project; returns its id."""
        return int(self._client.create_project(**settings).id or 0)

    def update_project(self, project: int, **settings: Any) -> None:
        self._client.update_project(project, **settings)

    def label_types(self, project: int, type: str) -> list[dict[str, Any]]:
        return [label.dict() for label in self._client.list_label_types(project, type)]

    def create_label_types(self, project: int, type: str, labels: list[dict[str, Any]]) -> int:
        """Makes all of them or none, in one request."""
        if not labels:
            return 0
        rows = [
            {"text": label["name"], "suffix_key": label.get("key"), "background_color": label["color"]}
            for label in labels
        ]
        with TemporaryDirectory() as folder:
            path = Path(folder) / "labels.json"
            path.write_text(json.dumps(rows), "ascii")
            self._client.upload_label_type(project, str(path), type)
        return len(labels)

    def upload(self, project: int, path: str, task: str) -> None:
        """Imports a JSONL file and waits for it."""
        upload_id = DataUploadRepository(self._api).upload(path)
        # The ids of relations are only read by the importer of this name, whatever the project's own type is.
        data = {"uploadIds": [upload_id], "task": task, "format": "JSONL"}
        if task == "DocumentClassification":
            data.update(column_data="text", column_label="label")
        task_id = self._api.post(f"projects/{project}/upload", json=data).json()["task_id"]
        result = self._wait(task_id)
        if isinstance(result, dict) and result.get("error"):
            raise RequestFailure("import", json.dumps(result["error"][:3], ensure_ascii=False))

    def export(self, project: int, path: str, confirmed: bool) -> None:
        """Writes the project's examples to `path` as JSON lines; only the confirmed ones if so asked."""
        request = {"format": "JSONL", "exportApproved": confirmed}
        task_id = self._api.post(f"projects/{project}/download", json=request).json()["task_id"]
        self._wait(task_id)
        with TemporaryDirectory() as folder:
            packed = Path(folder) / "export.zip"
            resource = f"projects/{project}/download"
            with packed.open("wb") as out:
                for chunk in self._api.get(resource, params={"taskId": task_id}, stream=True).iter_content(1 << 16):
                    out.write(chunk)
            with zipfile.ZipFile(packed) as archive:
                if "all.jsonl" not in archive.namelist():
                    raise RequestFailure("settings", "the project does not share its annotations")
                with archive.open("all.jsonl") as source, Path(path).open("wb") as out:
                    while block := source.read(1 << 20):
                        out.write(block)

    def details(self, project: int, type: str, labels: list[int], states: list[int]) -> dict[str, Any]:
        """Who made the labels of the examples `labels`, and who confirmed the examples `states`, and when."""
        kind = _KINDS[type][1]
        found: dict[str, dict[str, Any]] = {"labels": {}, "states": {}}
        wanted = [("labels", kind, i) for i in labels] + [("states", "states", i) for i in states]

        def fetch(item: tuple[str, str, int]) -> tuple[str, int, Any]:
            what, resource, example = item
            answer = self._api.get(f"projects/{project}/examples/{example}/{resource}").json()
            return what, example, answer["results"] if isinstance(answer, dict) else answer

        for done, (what, example, answer) in enumerate(self._pool.map(fetch, wanted), 1):
            found[what][str(example)] = answer
            if done % 50 == 0 or done == len(wanted):
                self._say({"done": done, "of": len(wanted)})
        return found

    def users(self) -> dict[str, str]:
        """User id → name."""
        return {str(user["id"]): user["username"] for user in self._api.get("users").json()}

    def progress(self, project: int) -> dict[str, Any]:
        """Counts of examples, and what each member has confirmed."""
        whole = self._api.get(f"projects/{project}/metrics/progress").json()
        members = self._api.get(f"projects/{project}/metrics/member-progress").json()
        return {"total": whole["total"], "done": whole["complete"], "members": members.get("progress", members)}

    def delete_examples(self, project: int, ids: list[int]) -> int:
        if ids:
            # An empty list would delete everything.
            self._client.bulk_delete_examples(project, ids)
        return len(ids)

    def _wait(self, task_id: str) -> Any:
        began = asked = time.monotonic()
        while True:
            status = self._api.get(f"tasks/status/{task_id}").json()
            if status["ready"]:
                if status["error"]:
                    raise RequestFailure("import", str(status["error"]))
                return status["result"]
            now = time.monotonic()
            if now - began > self._task_seconds:
                raise RequestFailure("worker", f"no end after {self._task_seconds:.0f} s")
            if now - asked > self._health_seconds:
                if self.health().get("CeleryHealthCheckCelery", "OK") not in ("OK", "working"):
                    raise RequestFailure("worker", "the worker does not answer")
                asked = time.monotonic()
            time.sleep(_POLL)

    def _pages(self, resource: str) -> Iterator[dict[str, Any]]:
        page = self._api.get(resource).json()
        yield from page["results"]
        while page["next"]:
            # Behind a proxy the server may name itself otherwise: only the query is taken from its answer.
            page = self._api.get(f"{resource}?{page['next'].partition('?')[2]}").json()
            yield from page["results"]


def _failure(error: Exception) -> tuple[str, str]:
    if isinstance(error, RequestFailure):
        return error.kind, str(error)
    if isinstance(error, DoccanoAPIError):
        code = error.response.status_code
        kind = {401: "forbidden", 403: "forbidden", 404: "missing"}.get(code, "server")
        return kind, f"HTTP {code}: {error.response.text[:300]}"
    if isinstance(error, requests.exceptions.JSONDecodeError):
        return "not_doccano", "an answer that is not JSON"
    if isinstance(error, requests.RequestException):
        return "gone", type(error).__name__
    return "fault", f"{type(error).__name__}: {error}"


def main() -> None:
    """Answers requests until standard input ends."""
    # The client library prints; only answers may reach the other side.
    out, sys.stdout = sys.stdout, sys.stderr

    def answer(message: dict[str, Any]) -> None:
        out.write(json.dumps(message) + "\n")
        out.flush()

    session = Session(lambda progress: answer({"progress": progress}))
    for line in sys.stdin:
        request = json.loads(line)
        name = request.pop("do")
        try:
            if name.startswith("_"):
                raise RequestFailure("fault", f"no request {name!r}")
            answer({"ok": getattr(session, name)(**request)})
        except Exception as error:
            kind, text = _failure(error)
            answer({"error": {"kind": kind, "text": text}})


if __name__ == "__main__":
    main()
