"""Values as cells of a spreadsheet: one line, no formula, no longer than Excel takes, lists in one way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

SEPARATOR = ";"
LONGEST = 32_767
"""What a cell of Excel holds, in units of UTF-16."""

# A cell that begins so is a formula to spreadsheets, full-width signs included, and some look past blanks; the
# apostrophes are those that `guard` adds, so that it can be undone.
_FORMULA = re.compile(r"'*(?:\s*[=+\-@＝＋－＠]|[\t\r])")
_NUMBER = re.compile(r"[+\-＋－]?[\d０-９][\d０-９.,，．]*[%％]?")
_BREAK = r"\n\r\v\f\x1c-\x1e\x85\u2028\u2029"
_BREAKS = re.compile(rf"[ \t]*[{_BREAK}][ \t{_BREAK}]*")
_HAS_BREAK = re.compile(f"[{_BREAK}]")


def cell(value: Any) -> Any:
    """A value as .csv holds it: texts and lists as guarded text, numbers as they are, nothing for null."""
    if isinstance(value, (list, dict)):
        return cut(guard(one_line(joined(value)))) if value else ""
    return cut(guard(one_line(value))) if isinstance(value, str) else value


def joined(items: Iterable[Any] | Mapping[str, Any]) -> str:
    """A list as text, its items parted by ";"; a place in a document is VALUE@DOCUMENT:START-END.

    >>> joined(["sum", "parts"])
    'sum;parts'
    >>> joined([{"value": 60.0, "value_text": "六十", "doc_id": "a", "start": 5, "end": 7, "basis": "prose"}])
    '60@a:5-7 (prose)'
    """
    parts = [f"{name}={item(one)}" for name, one in items.items()] if isinstance(items, Mapping) else map(item, items)
    # An item that holds the separator itself, such as an id, must not become two.
    return SEPARATOR.join(part.replace(SEPARATOR, "；") for part in parts)


def item(value: Any) -> str:
    """One item of a list as text."""
    if not isinstance(value, Mapping):
        return str(value)
    if not value.keys() >= {"doc_id", "start", "end"}:
        return " ".join(f"{name}={item(one)}" for name, one in value.items() if one is not None)
    number = value.get("value")
    name = f"{value['metric']}=" if value.get("metric") else ""
    said = [str(value[key]) for key in ("basis", "status", "from") if value.get(key)]
    number = f"{number:.10g}" if isinstance(number, float) else value.get("value_text") if number is None else number
    place = value["doc_id"] if value["start"] is None else f"{value['doc_id']}:{value['start']}-{value['end']}"
    return f"{name}{'' if number is None else number}@{place}" + (f" ({', '.join(said)})" if said else "")


def one_line(text: str) -> str:
    """`text` with each run of line breaks, and the blanks around it, as one blank."""
    return _BREAKS.sub(" ", text) if _HAS_BREAK.search(text) else text


def cut(text: str) -> str:
    """`text` as long as a cell may be; what was cut ends in "…"."""
    if 2 * len(text) <= LONGEST or len(text.encode("utf-16-le", "surrogatepass")) <= 2 * LONGEST:
        return text
    kept = text.encode("utf-16-le", "surrogatepass")[: 2 * (LONGEST - 1)]
    return kept.decode("utf-16-le", "ignore") + "…"


def guard(text: str) -> str:
    """`text` as a spreadsheet may open it: an apostrophe before what would run as a formula.

    Documents come from anywhere, and .csv is what people open by a double click. Numbers ("-3", "+1.5%") stay as
    they are; the exact characters of all else stand in the other formats, and `unguard` gives them back.
    """
    return f"'{text}" if is_formula(text) else text


def unguard(text: str) -> str:
    """The inverse of `guard`."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def is_formula(text: str) -> bool:
    """Whether a spreadsheet that takes `text` for input would run it."""
    return _FORMULA.match(text) is not None and not _NUMBER.fullmatch(text)
