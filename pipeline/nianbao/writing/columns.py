"""The columns of a fact as the types of the file formats, taken from the Fact itself."""

from __future__ import annotations

from functools import cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin, get_type_hints

from nianbao.schema import COLUMNS, Fact

if TYPE_CHECKING:
    import pyarrow

Kind = Literal["str", "int", "float", "words", "numbers"]
SQL_TYPES: dict[Kind, str] = {
    "str": "VARCHAR",
    "int": "BIGINT",
    "float": "DOUBLE",
    "words": "VARCHAR[]",
    "numbers": "DOUBLE[]",
}

values = attrgetter(*COLUMNS)
"""A fact's values in the order of the columns."""


@cache
def kinds() -> dict[str, tuple[Kind, bool]]:
    """Column → (kind of value, a list of words or of numbers being one; whether it can be null)."""
    hints = get_type_hints(Fact)
    return {name: _kind(hints[name]) for name in COLUMNS}


def _kind(hint: Any) -> tuple[Kind, bool]:
    if get_origin(hint) is UnionType:
        (kind,) = (part for part in get_args(hint) if part is not NoneType)
        return _kind(kind)[0], True
    if get_origin(hint) is Literal:
        return "str", False
    if get_origin(hint) is list:
        return ("words" if get_args(hint) == (str,) else "numbers"), False
    plain: dict[Any, Kind] = {str: "str", int: "int", float: "float"}
    return plain[hint], False


@cache
def arrow_schema() -> pyarrow.Schema:
    """The columns as Arrow types; lists as list<string> and list<double>."""
    import pyarrow as pa

    types = {
        "str": pa.string(),
        "int": pa.int64(),
        "float": pa.float64(),
        "words": pa.list_(pa.string()),
        "numbers": pa.list_(pa.float64()),
    }
    return pa.schema([pa.field(name, types[kind], nullable=null) for name, (kind, null) in kinds().items()])
