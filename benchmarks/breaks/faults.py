"""Commands whose writes fail in turn: each ends in whole output or with a message, and the next run completes."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass, field
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any, NoReturn

_HERE = Path(__file__).parent
_ROOT = _HERE.parents[1]
_SECONDS = 600
Contents = dict[str, Any]


@dataclass(slots=True, frozen=True)
class Command:
    """A command that writes below a folder. `words`: {out} is that folder, {docs}, {facts} what it reads."""

    name: str
    words: tuple[str, ...]


COMMANDS = (
    *(Command(ending, ("extract", "{docs}", "-o", f"{{out}}/f.{ending}")) for ending in ("jsonl", "csv", "parquet")),
    *(Command(ending, ("extract", "{docs}", "-o", f"{{out}}/f.{ending}")) for ending in ("duckdb", "sqlite", "xlsx")),
    Command("workers", ("extract", "{docs}", "-o", "{out}/f", "--workers", "2", "--part-size", "2")),
    Command("panel", ("panel", "{facts}", "-o", "{out}/p.parquet", "--documents", "{out}/d.csv")),
    Command("site", ("site", "{facts}", "-o", "{out}/site")),
    Command("export", ("export", "{facts}", "-o", "{out}/e.xlsx")),
    Command("dataset", ("export", "{facts}", "--dataset", "{out}/set")),
    Command("view", ("view", "{docs}/r2015.txt", "-o", "{out}/pages")),
    Command("filter", ("filter", "{docs}", "-o", "{out}/kept.jsonl")),
    Command("crawl", ("filter", "{docs}", "-o", "{out}/kept.warc.gz")),
    Command("simulate", ("simulate", "-n", "3", "-o", "{out}/made")),
    Command("check", ("check", "{facts}", "-o", "{out}/found.csv")),
    Command("coverage", ("coverage", "{facts}", "-o", "{out}/years.parquet")),
    Command("agencies", ("agencies", "{facts}", "-o", "{out}/who.csv")),
    Command("plot", ("plot", "{facts}", "-o", "{out}/lines.svg")),
)


_WITH_STUB = frozenset(("jsonl", "csv", "parquet", "duckdb", "sqlite", "xlsx", "workers"))
"""Where extraction itself is not what is tried."""
_STUB = "stub_extractor"


@dataclass(slots=True, frozen=True)
class Ended:
    """How a command ended, and what it said on standard error."""

    code: int
    said: str


@dataclass(slots=True)
class Outcome:
    """What came of a command: how many writes there were, how many were let fail, and what did not hold."""

    writes: int = 0
    tried: int = 0
    whole: int = 0
    faults: list[str] = field(default_factory=list)


def compile_shim(folder: Path) -> Path:
    """The library that lets writes fail.

    Raises:
        OSError, subprocess.CalledProcessError: there is no C compiler, or no Linux.
    """
    target = folder / "fault.so"
    words = ["cc", "-shared", "-fPIC", "-O2", "-o", str(target), str(_HERE / "fault.c"), "-ldl"]
    subprocess.run(words, check=True, capture_output=True)
    return target


class Faults:
    """Runs commands with a write that fails, each in a process forked from this one, which must have the library."""

    def __init__(self, scratch: Path, places: dict[str, Path]) -> None:
        self._scratch, self._places = scratch, places
        self._set = ctypes.CDLL(None).fault_at
        self._set.argtypes = (ctypes.c_long, ctypes.c_int)
        self._count = Path(os.environ["FAULT_COUNT"])

    def run(self, command: Command, stride: int = 1, lasting: bool = False) -> Outcome:
        """Lets each write of a command fail in turn, or each `stride`-th of them."""
        outcome = Outcome()
        done, expected = self._do(command, self._folder("whole"), 0)
        if done.code:
            raise RuntimeError(f"{command.name} fails by itself: {done.said}")
        outcome.writes = self._counted()
        for at in range(1, outcome.writes + 1, stride):
            outcome.tried += 1
            for said in self._one(command, at, lasting, expected, outcome):
                outcome.faults.append(f"{command.name}, write {at}: {said}")
        return outcome

    def _one(self, command: Command, at: int, lasting: bool, expected: Contents, outcome: Outcome) -> Iterator[str]:
        folder = self._folder("broken")
        done, found = self._do(command, folder, at, lasting)
        said = done.said.strip().splitlines()[-1:] or [""]
        whole = found == expected
        outcome.whole += whole
        if done.code == 0:
            if not whole:
                yield f"exit 0 with {_difference(found, expected)}"
        elif done.code not in (1, 2):
            yield f"exit {done.code}: {said[0]}"
        elif "fault of nianbao" in done.said or "Traceback" in done.said or not said[0]:
            yield f"no clear message: {done.said.strip()[-300:]}"
        elif found and not whole and not _kept(found, expected):
            yield f"exit {done.code}, and half an output: {_difference(found, expected)}"
        again, found = self._do(command, folder, 0)
        # Of a command that wrote all, the next may say that it is there already.
        if found != expected or (again.code and not (whole and done.code == 0 and again.code == 2)):
            yield f"the next run: exit {again.code}, {_difference(found, expected)} {again.said[-300:]}"
        if left := [path.name for path in folder.rglob(".*.tmp*")]:
            yield f"left behind: {left}"

    def _folder(self, name: str) -> Path:
        # Always of the same name: outputs name their own place.
        folder = self._scratch / "out"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return folder

    def _do(self, command: Command, folder: Path, at: int, lasting: bool = False) -> tuple[Ended, Contents]:
        with self._count.open("r+b") as count:
            count.write(bytes(8))
        places = {"out": str(folder)} | {name: str(path) for name, path in self._places.items()}
        words = [word.format(**places) for word in command.words]
        told = self._scratch / "told"
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            _be(words, told, at, lasting, self._set, stub=command.name in _WITH_STUB)
        _, status = os.waitpid(child, 0)
        return Ended(os.waitstatus_to_exitcode(status), told.read_text("utf-8", "replace")), contents(folder)

    def _counted(self) -> int:
        found: int = struct.unpack("l", self._count.read_bytes())[0]
        return found


def _be(words: list[str], told: Path, at: int, lasting: bool, put: Any, stub: bool) -> NoReturn:
    """The life of a forked process: the command."""
    code = 99
    try:
        signal.alarm(_SECONDS)
        handle = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 1)
        os.dup2(handle, 2)
        # For its own processes.
        os.environ.update(FAULT_AT=str(at), FAULT_LASTING="1" if lasting else "")
        if stub:
            _put_stub()
        put(at, lasting)
        sys.argv = ["nianbao", *words]
        import_module("nianbao.cli").main()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
    except BaseException:
        traceback.print_exc()
    finally:
        put(0, 0)
        sys.stderr.flush()
        os._exit(code)


def _put_stub() -> None:
    """The extractor of the tests, in this process and in those that it starts."""
    tests = str(_ROOT / "tests")
    sys.path.insert(0, tests)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (tests, os.environ.get("PYTHONPATH"))))
    sys.modules["nianbao.extractor"] = import_module(_STUB).module()
    run_many = import_module("nianbao.batch.many").run_many
    run_many.__kwdefaults__["extractor"] = f"{_STUB}:Extractor"


def _kept(found: Contents, expected: Contents) -> bool:
    """Whether what is there is whole, file by file, or what a run that was broken off leaves for the next one."""
    return all(
        name.partition("/")[0].endswith((".partial", ".errors.jsonl")) or found[name] == expected.get(name)
        for name in found
    ) and not any(name.endswith("_run.json") and ".partial" not in name for name in found)


def _difference(found: Contents, expected: Contents) -> str:
    lacks = sorted(expected.keys() - found.keys())
    more = sorted(found.keys() - expected.keys())
    other = sorted(name for name in found.keys() & expected.keys() if found[name] != expected[name])
    return f"lacking {lacks[:4]}, more {more[:4]}, other {other[:4]}"


def contents(folder: Path) -> Contents:
    """File → its bytes, or its rows where bytes differ from run to run; hidden files are none."""
    found: Contents = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_file() and not path.name.startswith(".") and path.name != "_lock":
            try:
                found[name] = _READERS.get(path.suffix, Path.read_bytes)(path)
            except Exception as error:
                found[name] = f"cannot be read: {type(error).__name__}: {error}"
    return found


def _duckdb(path: Path) -> Any:
    import duckdb

    with duckdb.connect(str(path), read_only=True) as database:
        names = [name for (name,) in database.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        return {name: database.table(name).fetchall() for name in sorted(names)}


def _sqlite(path: Path) -> Any:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(path)) as database:
        return list(database.iterdump())


def _workbook(path: Path) -> Any:
    import zipfile

    with zipfile.ZipFile(path) as book:
        return {name: book.read(name) for name in book.namelist() if name != "docProps/core.xml"}


def _parquet(path: Path) -> Any:
    import pyarrow.parquet as pq

    return pq.ParquetFile(path).read().to_pylist()


def _run_file(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


_READERS: dict[str, Callable[[Path], Any]] = {
    ".duckdb": _duckdb,
    ".sqlite": _sqlite,
    ".xlsx": _workbook,
    ".parquet": _parquet,
    ".json": _run_file,
}


def prepare(scratch: Path) -> dict[str, Path]:
    """Four short documents and their facts."""
    docs = scratch / "docs"
    docs.mkdir()
    for year in range(2015, 2019):
        text = f"平川县{year}年政府信息公开工作年度报告\n一、依申请公开情况\n收到政府信息公开申请{year - 2000}件。\n"
        (docs / f"r{year}.txt").write_text(text, encoding="utf-8")
    (docs / "empty.txt").write_text("", encoding="utf-8")
    facts = scratch / "facts.parquet"
    words = [sys.executable, "-m", "nianbao.cli", "extract", str(docs), "-o", str(facts)]
    subprocess.run(words, check=True, capture_output=True)
    return {"docs": docs, "facts": facts}


def run_all(names: list[str], stride: int, lasting: bool) -> int:
    """All commands, or those named; prints a line for each and returns how many faults there were."""
    broken = 0
    scratch = Path(os.environ["FAULT_COUNT"]).parent
    places = prepare(scratch)
    for name in ("duckdb", "pyarrow.parquet", "xlsxwriter", "nianbao.batch", "nianbao.panel.build", "nianbao.cli.app"):
        import_module(name)
    # What the command line itself needs is loaded by its first use.
    with suppress(SystemExit), redirect_stdout(StringIO()):
        sys.argv = ["nianbao", "text", "--help"]
        import_module("nianbao.cli").main()
    for command in COMMANDS:
        if names and command.name not in names:
            continue
        outcome = Faults(scratch, places).run(command, stride, lasting)
        broken += len(outcome.faults)
        print(
            f"{command.name:<8} {outcome.writes:>5} writes, {outcome.tried:>4} let fail, "
            f"{outcome.whole:>4} ended whole, {len(outcome.faults)} faults",
            flush=True,
        )
        for said in outcome.faults[:12]:
            print(f"    {said}", flush=True)
    return broken


def preloaded(words: list[str]) -> int:
    """Runs a program of Python once more, with the library that lets writes fail."""
    with tempfile.TemporaryDirectory(prefix="nianbao-breaks-") as folder:
        scratch = Path(folder)
        (scratch / "count").write_bytes(bytes(8))
        environment = {**os.environ, "LD_PRELOAD": str(compile_shim(scratch)), "FAULT_DIR": str(scratch / "out")}
        environment |= {"FAULT_COUNT": str(scratch / "count"), "FAULT_AT": "0"}
        return subprocess.run([sys.executable, *words], env=environment, check=False).returncode
