"""Cases one after another: made, read, judged, counted."""

from __future__ import annotations

import json
import random
import signal
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from benchmarks.fuzz.files import MAKERS, damage
from benchmarks.fuzz.material import Material
from benchmarks.fuzz.mutations import mutate
from benchmarks.fuzz.properties import faults

from nianbao.extractor import Extractor, Result
from nianbao.reading import ReadError, Source, open_sources
from nianbao.schema import Fact

_SECONDS = 60
_LONGEST = 6000
_AGAIN = 5
_FAULT_KINDS = ("reader", "extraction")


@dataclass(slots=True, frozen=True)
class Case:
    """An input. `kind`: text, page, or the ending of a file; `names`: the mutations; `data`: of a file."""

    number: int
    kind: str
    text: str
    names: tuple[str, ...]
    data: bytes | None = None


@dataclass(slots=True, frozen=True)
class Fault:
    """Something that does not hold: the property, the case, and what was seen."""

    name: str
    case: Case
    seen: str


@dataclass(slots=True)
class Tally:
    """What was done."""

    inputs: Counter[str] = field(default_factory=Counter)
    documents: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    facts: Counter[str] = field(default_factory=Counter)
    mutations: Counter[str] = field(default_factory=Counter)
    again: int = 0
    faults: list[Fault] = field(default_factory=list)

    def kinds(self) -> Counter[str]:
        """How many faults of each kind."""
        return Counter(fault.name for fault in self.faults)


class Hang(BaseException):
    """A document took longer than any may."""


def make_case(material: Material, seed: int, number: int, share_of_files: float) -> Case:
    """The case of a seed and a number; it does not depend on the others."""
    chance = random.Random(f"{seed}:{number}")
    size = chance.choice((60, 150, 150, 300, 300, 600))
    if chance.random() >= share_of_files:
        text, names = mutate(material.text(chance, size), chance)
        return Case(number, "text", text, tuple(names))
    kind = chance.choice((*MAKERS, "page"))
    if kind == "page":
        page, names = mutate(material.page(chance, size), chance)
        return Case(number, "page", page, tuple(names), damage(page.encode("utf-8", "replace"), chance))
    text, names = mutate(material.text(chance, size), chance)
    return Case(number, kind, text, tuple(names), damage(MAKERS[kind](text, chance), chance))


class Judge:
    """Reads cases with one extractor and says what does not hold."""

    def __init__(
        self, material: Material, seed: int, share_of_files: float, extractor: Extractor | None = None
    ) -> None:
        self._material, self._seed, self._share = material, seed, share_of_files
        self._extractor = extractor or Extractor()
        self._scratch = tempfile.TemporaryDirectory(prefix="nianbao-fuzz-")
        self.tally = Tally()

    def run(self, first: int, count: int) -> None:
        """A batch of cases; some of them once more in another order, at last by an extractor that knows no other."""
        read: list[tuple[Case, Source, str]] = []
        for number in range(first, first + count):
            case = make_case(self._material, self._seed, number, self._share)
            self.tally.inputs[case.kind] += 1
            self.tally.mutations.update(case.names)
            for source in self._sources(case):
                if (rows := self._judge(case, source)) is not None:
                    read.append((case, source, rows))
        chance = random.Random(f"{self._seed}:{first}:order")
        chance.shuffle(read)
        for extractor, some in ((self._extractor, read[: count // _AGAIN]), (Extractor(), read[: count // 50 + 1])):
            for case, source, rows in some:
                self.tally.again += 1
                if _rows(extractor.run(source)) != rows:
                    self._fault("rows that depend on what was read before", case, source.text)
        self._written([(case, json.loads(rows)) for case, _, rows in read])

    def _sources(self, case: Case) -> Iterator[Source]:
        if case.data is None:
            yield Source("text", case.text)
            return
        path = Path(self._scratch.name) / f"case.{'html' if case.kind == 'page' else case.kind}"
        path.write_bytes(case.data)
        with self._guarded(case):
            for item in open_sources([path], max_bytes=200_000):
                if isinstance(item, ReadError):
                    self.tally.refused[case.kind] += 1
                    if item.kind in _FAULT_KINDS:
                        self._fault("reader", case, "".join(traceback.format_exception(item.__cause__ or item)[-4:]))
                elif len(item.text) <= _LONGEST:
                    yield item

    def _judge(self, case: Case, source: Source) -> str | None:
        self.tally.documents[case.kind] += 1
        rows: str | None = None
        with self._guarded(case):
            result = self._extractor.run(source)
            self.tally.facts[case.kind] += len(result.facts)
            for name, seen in faults(source.text, result):
                self._fault(name, case, seen)
            rows = _rows(result)
        return rows

    def _written(self, read: list[tuple[Case, list[dict[str, Any]]]]) -> None:
        """The rows of a batch come back from the formats as they went."""
        from nianbao.writing import open_sink, read_facts

        kept = [row for _, rows in read for row in rows]
        for ending in ("jsonl", "parquet", "csv"):
            path = Path(self._scratch.name) / f"facts.{ending}"
            try:
                with open_sink(path) as sink:
                    sink.write(Fact(**row) for row in kept)
                    sink.commit()
                found = [(row["value"], row["start"], row["end"]) for row in read_facts(path)]
            except Exception:
                self._fault(f"written as {ending}", read[0][0], traceback.format_exc(limit=-3))
                continue
            if found != [(row["value"], row["start"], row["end"]) for row in kept]:
                self._fault(f"written as {ending}", read[0][0], "other rows come back")

    @contextmanager
    def _guarded(self, case: Case) -> Iterator[None]:
        def hang(number: int, frame: FrameType | None) -> None:
            raise Hang

        before = signal.signal(signal.SIGALRM, hang)
        signal.setitimer(signal.ITIMER_REAL, _SECONDS)
        try:
            yield
        except Hang:
            self._fault("time", case, traceback.format_exc(limit=-3))
        except Exception as error:
            self._fault(f"exception {type(error).__name__}", case, traceback.format_exc(limit=-3))
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    def _fault(self, name: str, case: Case, seen: str) -> None:
        self.tally.faults.append(Fault(name, case, seen))


def _rows(result: Result) -> str:
    return json.dumps([fact.to_dict() for fact in result.facts])
