"""Short texts whose facts are marked where they stand: what people write to teach the number linker.

    ### north-014 year=2016 agency=云泽市水务局
    二、依申请公开情况
    全年收到政府信息公开申请[28|requests.received]件，其中企业提出[3|requests.received applicant=commercial]件，
    较上年增加5件；{均按时办结|requests.concluded_on_time=28}。{未发生行政复议|reviews.total=0}。

A text begins with `###`, its id and what holds for all of it (`year`, the report year; `agency`;
`report=no`). `[28|ID]` is a number that counts ID, `{words|ID=V}` words that state V of ID. After the id may
stand `applicant=`, `year=` (another year), `scope=` (a part of the agency, as written), `optional`; further
facts of the same words after `;`. `total` before an id makes a running total of it (`[960|total
disclosure.total]`): seen, but no fact of the year. A number without a mark counts nothing of the registry.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_MARK = re.compile(r"\[([^\[\]|{}]+)\|([^\[\]{}]+)\]|\{([^\[\]|{}]+)\|([^\[\]{}]+)\}")
_HEAD = re.compile(r"###\s+(\S+)(.*)")


@dataclass(slots=True, frozen=True)
class FactMark:
    """One fact said in a text: `text[start:end]` are the digits, or the words that state it.

    `value`: what the words state, None for digits (they say it themselves). `year`: of the fact where it is not the
    report's. `running`: a total since earlier years, which is no fact of the year.
    """

    start: int
    end: int
    metric: str
    value: float | None = None
    applicant: str | None = None
    year: int | None = None
    scope: str | None = None
    optional: bool = False
    running: bool = False


@dataclass(slots=True)
class MarkedText:
    """A text and its marks, in their order. `year`: the report year; `report`: whether it is of a yearly report."""

    id: str
    text: str
    year: int | None
    agency: str | None
    report: bool
    marks: list[FactMark] = field(default_factory=list)


def read_marked(path: Path) -> Iterator[MarkedText]:
    """The texts of a file.

    Raises:
        ValueError: a head or a mark that cannot be understood; names the file, the text and the mark.
    """
    head, lines = None, []
    for line in [*path.read_text("utf-8").split("\n"), "### end"]:
        found = _HEAD.match(line)
        if found is None:
            lines.append(line)
            continue
        if head is not None:
            yield _text(path, head, "\n".join(lines).strip("\n"))
        head, lines = found, []


def _text(path: Path, head: re.Match[str], body: str) -> MarkedText:
    place = f"{path.name}, {head[1]}"
    known = {"year", "agency", "report"}
    said = dict(part.partition("=")[::2] for part in head[2].split())
    if said.keys() - known:
        raise ValueError(f"{place}: {sorted(said.keys() - known)} in the head; known are {sorted(known)}")
    pieces: list[str] = []
    marks: list[FactMark] = []
    position = length = 0
    for found in _MARK.finditer(body):
        words, meaning = (found[1], found[2]) if found[1] else (found[3], found[4])
        pieces += [body[position : found.start()], words]
        start = length + found.start() - position
        position, length = found.end(), start + len(words)
        marks += [_mark(place, start, length, part.split(), stated=bool(found[3])) for part in meaning.split(";")]
    text = "".join([*pieces, body[position:]])
    left = re.search(r"[\[\]{}|]", text)
    if left:
        raise ValueError(
            f"{place}: a mark that does not close near {text[max(0, left.start() - 15) : left.start() + 15]!r}"
        )
    year = int(said["year"]) if said.get("year") else None
    return MarkedText(head[1], text, year, said.get("agency") or None, said.get("report") != "no", marks)


def _mark(place: str, start: int, end: int, parts: list[str], stated: bool) -> FactMark:
    running = bool(parts) and parts[0] == "total"
    parts = parts[1:] if running else parts
    if not parts:
        raise ValueError(f"{place}: a mark without a metric")
    metric, given, value = parts[0].partition("=")
    if stated != bool(given):
        raise ValueError(f"{place}: {parts[0]!r}: words in {{}} state a value (ID=0), digits in [] say it themselves")
    more = dict(part.partition("=")[::2] for part in parts[1:])
    unknown = more.keys() - {"applicant", "year", "scope", "optional"}
    if unknown:
        raise ValueError(f"{place}: {sorted(unknown)[0]!r} after {metric}; known are applicant, year, scope, optional")
    return FactMark(
        start,
        end,
        metric,
        float(value) if given else None,
        more.get("applicant"),
        int(more["year"]) if "year" in more else None,
        more.get("scope"),
        "optional" in more,
        running,
    )
