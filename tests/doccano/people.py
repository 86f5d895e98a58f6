"""An annotator, who works through the server's own interface and knows nothing of nianbao."""

from __future__ import annotations

import http.cookiejar
import json
import urllib.request
from typing import Any


def units(text: str, offset: int) -> int:
    """A place in the text as a browser counts it."""
    return len(text[:offset].encode("utf-16-le")) // 2


class Person:
    """One login. Offsets are code points; the server is told UTF-16 units, as a browser would tell it."""

    def __init__(self, url: str, name: str, password: str) -> None:
        self.url, self.name = f"{url}/v1", name
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self.ask("POST", "auth/login/", {"username": name, "password": password})

    def ask(self, method: str, path: str, data: Any = None) -> Any:
        request = urllib.request.Request(f"{self.url}/{path}", method=method)
        request.add_header("Content-Type", "application/json")
        request.add_header("Accept", "application/json")
        request.add_header("Referer", self.url)
        for cookie in self.cookies:
            if cookie.name == "csrftoken":
                request.add_header("X-CSRFToken", str(cookie.value))
        body = None if data is None else json.dumps(data).encode()
        with self.opener.open(request, body, timeout=60) as answer:
            return json.loads(answer.read() or b"null")

    def project(self, name: str) -> int:
        found = [p["id"] for p in self.ask("GET", "projects?limit=100")["results"] if p["name"] == name]
        assert len(found) == 1, (name, found)
        return int(found[0])

    def make(self, name: str, password: str) -> None:
        """A new user, by an administrator."""
        self.ask("POST", "users/create", {"username": name, "password1": password, "password2": password})

    def enroll(self, project: int, names: list[str]) -> None:
        """Gives users the role of annotators, by an administrator."""
        role = next(item["id"] for item in self.ask("GET", "roles") if item["name"] == "annotator")
        users = {item["username"]: item["id"] for item in self.ask("GET", "users")}
        there = {item["username"] for item in self.ask("GET", f"projects/{project}/members")}
        for name in set(names) - there:
            self.ask("POST", f"projects/{project}/members", {"user": users[name], "role": role})

    def examples(self, project: int) -> list[dict[str, Any]]:
        return list(self.ask("GET", f"projects/{project}/examples?limit=10000")["results"])

    def labels(self, project: int, kind: str = "span") -> dict[str, int]:
        return {item["text"]: item["id"] for item in self.ask("GET", f"projects/{project}/{kind}-types")}

    def spans(self, project: int, example: int) -> list[dict[str, Any]]:
        return list(self.ask("GET", f"projects/{project}/examples/{example}/spans"))

    def add(self, project: int, example: dict[str, Any], start: int, end: int, label: int) -> int:
        text = example["text"]
        data = {"start_offset": units(text, start), "end_offset": units(text, end), "label": label}
        return int(self.ask("POST", f"projects/{project}/examples/{example['id']}/spans", data)["id"])

    def move(self, project: int, example: dict[str, Any], span: int, start: int, end: int) -> None:
        text = example["text"]
        data = {"start_offset": units(text, start), "end_offset": units(text, end)}
        self.ask("PATCH", f"projects/{project}/examples/{example['id']}/spans/{span}", data)

    def delete(self, project: int, example: int, span: int) -> None:
        self.ask("DELETE", f"projects/{project}/examples/{example}/spans/{span}")

    def relate(self, project: int, example: int, first: int, second: int, kind: int) -> None:
        data = {"from_id": first, "to_id": second, "type": kind}
        self.ask("POST", f"projects/{project}/examples/{example}/relations", data)

    def categories(self, project: int, example: int) -> list[dict[str, Any]]:
        return list(self.ask("GET", f"projects/{project}/examples/{example}/categories"))

    def choose(self, project: int, example: int, label: int) -> None:
        """Leaves one category."""
        chosen = self.categories(project, example)
        for category in chosen:
            if category["label"] != label:
                self.ask("DELETE", f"projects/{project}/examples/{example}/categories/{category['id']}")
        if label not in {category["label"] for category in chosen}:
            self.ask("POST", f"projects/{project}/examples/{example}/categories", {"label": label})

    def confirm(self, project: int, example: int) -> None:
        self.ask("POST", f"projects/{project}/examples/{example}/states", {})
