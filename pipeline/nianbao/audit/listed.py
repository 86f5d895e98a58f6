"""A list of agencies: who should report, from when to when, and whose part an agency is."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from nianbao.language.numeral import are_digits


@dataclass(frozen=True, slots=True)
class Listed:
    """An agency of a list. `first`, `last`: the years for which it owes a report, None: open. `parent`: its whole."""

    agency: str
    first: int | None = None
    last: int | None = None
    parent: str | None = None
    region_code: str | None = None
    level: str | None = None


def read_list(path: Path) -> list[Listed]:
    """A .csv file in UTF-8 with the column agency, and where they are known from, to, parent, region_code, level.

    Raises:
        ValueError: the file is no such list. Names the line.
        OSError: it cannot be read.
    """
    found: dict[str, Listed] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.DictReader(stream)
            if "agency" not in (rows.fieldnames or ()):
                raise ValueError(f"{path} has no column agency; its first line must name the columns")
            for line, row in enumerate(rows, start=2):
                given = {name: (value or "").strip() for name, value in row.items() if isinstance(value, str)}
                if not given.get("agency"):
                    continue
                first, last = (_year(path, line, given.get(name, "")) for name in ("from", "to"))
                parent, code, level = (given.get(name) or None for name in ("parent", "region_code", "level"))
                found.setdefault(given["agency"], Listed(given["agency"], first, last, parent, code, level))
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{path} is no .csv file in UTF-8: {error}") from error
    return list(found.values())


def _year(path: Path, line: int, text: str) -> int | None:
    if not text:
        return None
    if not are_digits(text) or len(text) != 4:
        raise ValueError(f"{path}:{line} has {text!r} for a year; four digits are needed")
    return int(text)
