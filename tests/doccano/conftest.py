"""A doccano server for the whole session of tests, and people who work on it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

sys.path.insert(0, str(Path(__file__).parent))

from people import Person
from server import Server, running_server, server_python


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "doccano: needs a real doccano server, which it installs and starts itself")


def unavailable(reason: str) -> None:
    """Skips with the reason, except in CI, where a test that cannot run is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    from nianbao.annotate.errors import AnnotateError

    try:
        server_python()
    except AnnotateError as error:
        unavailable(f"no doccano: {error}")
    with running_server() as running:
        yield running


@pytest.fixture(scope="session")
def admin(server: Server) -> Person:
    return Person(server.url, server.user, server.password)


@pytest.fixture(scope="session")
def people(server: Server, admin: Person) -> dict[str, Person]:
    """Two annotators, logged in."""
    names = ("anna", "bo")
    for name in names:
        admin.make(name, server.password)
    return {name: Person(server.url, name, server.password) for name in names}


Annotate = Callable[..., Result]


@pytest.fixture
def annotate(server: Server, monkeypatch: pytest.MonkeyPatch) -> Annotate:
    """`nianbao annotate WORDS`, as the administrator; env=… changes what stands in the environment."""
    from nianbao.cli.app import app

    def run(*words: str, **env: str) -> Result:
        named = {
            "NIANBAO_DOCCANO_URL": server.url,
            "NIANBAO_DOCCANO_USER": server.user,
            "NIANBAO_DOCCANO_PASSWORD": server.password,
        }
        return CliRunner().invoke(app, ["annotate", *words], env={**named, **env})

    return run
