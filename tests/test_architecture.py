"""The rooms of the package import each other only as README's architecture table says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def rules(root: Path) -> dict[str, set[str]]:
    """Room → rooms it may import, read from the table `| room | holds | may import |` of README.md."""
    table: dict[str, set[str]] = {}
    for line in (root / "README.md").read_text("utf-8").splitlines():
        cells = [c.strip() for c in line.strip("|").split("|")]
        if len(cells) == 3 and (rooms := re.findall(r"`(\w+)/?`", cells[0])):
            for room in rooms:
                table[room] = set(re.findall(r"`(\w+)/?`", cells[2]))
                if cells[2] == "all":
                    table[room] = {"*"}
    return table


def rooms(package: Path) -> dict[str, list[Path]]:
    """Room → its Python files; a room is a module or a folder directly under the package."""
    found: dict[str, list[Path]] = {}
    for path in sorted(package.rglob("*.py")):
        room = path.relative_to(package).parts[0].removesuffix(".py")
        found.setdefault(room, []).append(path)
    found.pop("__init__", None)
    return found


def imported_rooms(path: Path, package: Path) -> Iterator[tuple[str, int]]:
    """(room, line) of every import of the package's own modules, wherever in the file it stands."""
    here = ("nianbao", *path.relative_to(package).parts[:-1])
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(here[: len(here) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, (base, node.module)))
            names = [f"nianbao.{a.name}" for a in node.names] if module == "nianbao" else [module]
        else:
            continue
        for name in names:
            parts = name.split(".")
            if parts[0] == "nianbao" and len(parts) > 1:
                yield parts[1], node.lineno


def test_readme_names_every_room_and_no_other(root: Path, rules: dict[str, set[str]]) -> None:
    assert set(rules) == set(rooms(root / "pipeline" / "nianbao"))


def test_rooms_import_only_what_the_table_allows(root: Path, rules: dict[str, set[str]]) -> None:
    package = root / "pipeline" / "nianbao"
    house = rooms(package)
    broken = [
        f"{path.relative_to(root)}:{line}: {room} imports {target}"
        for room, paths in house.items()
        for path in paths
        for target, line in imported_rooms(path, package)
        if target in house and target != room and not {target, "*"} & rules.get(room, set())
    ]
    assert broken == []


def test_no_room_reaches_back(rules: dict[str, set[str]]) -> None:
    """The table itself has no cycle: what flows down the line never flows up."""
    settled: set[str] = set()
    waiting = {room: set(rules) - {room} if targets == {"*"} else targets for room, targets in rules.items()}
    while ready := {room for room, targets in waiting.items() if room not in settled and targets <= settled}:
        settled |= ready
    assert settled == set(rules), f"cycle among {sorted(set(rules) - settled)}"


def test_no_modules_import_each_other_in_a_circle(root: Path) -> None:
    """What is imported when a module is loaded; `TYPE_CHECKING` and imports inside functions are no part of it."""
    package = root / "pipeline" / "nianbao"
    names = {
        ".".join(("nianbao", *path.relative_to(package).with_suffix("").parts)).removesuffix(".__init__"): path
        for path in package.rglob("*.py")
    }
    graph: dict[str, set[str]] = {}
    for name, path in names.items():
        imports = [node for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.ImportFrom)]
        wanted = {whole for node in imports for a in node.names for whole in (f"{node.module}.{a.name}", node.module)}
        graph[name] = {one for one in wanted if one in names} - {name, "nianbao"}
    assert list(TopologicalSorter(graph).static_order())


MOST_LINES = 400
MOST_BODY = 60


def classes(package: Path) -> dict[str, list[str]]:
    """Class name → the modules that define it, private ones left out."""
    found: dict[str, list[str]] = {}
    for path in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found.setdefault(node.name, []).append(str(path.relative_to(package)))
    return found


def test_no_class_name_means_two_things(root: Path) -> None:
    twice = {name: places for name, places in classes(root / "pipeline" / "nianbao").items() if len(places) > 1}
    assert twice == {}


def test_files_are_short_and_functions_fit_a_screen(root: Path) -> None:
    """Signatures and docstrings are not counted: what a command's options say is data."""
    long = []
    for path in sorted((root / "pipeline" / "nianbao").rglob("*.py")):
        text = path.read_text("utf-8")
        if text.count("\n") > MOST_LINES:
            long.append(str(path))
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                first = node.body[bool(ast.get_docstring(node)) and len(node.body) > 1]
                if (node.end_lineno or 0) - first.lineno >= MOST_BODY:
                    long.append(f"{path}:{node.lineno} {node.name}")
    assert long == [], long


def test_what_a_digit_is_is_said_in_one_place(root: Path) -> None:
    asked = re.compile(r"\.(isdigit|isdecimal|isnumeric)\b")
    own = root / "pipeline" / "nianbao"
    found = {str(path.relative_to(own)) for path in own.rglob("*.py") if asked.search(path.read_text(encoding="utf-8"))}
    # Digits of other scripts, which touch a number and make it unclear, are asked for where Arabic numbers are read.
    assert found <= {"language/numeral.py", "language/arabic.py"}
