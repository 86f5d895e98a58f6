"""The tables of a run and their columns as the types of the file formats, taken from the rows' own classes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin, get_type_hints

from nianbao.schema import Document, Fact, Finding

if TYPE_CHECKING:
    import pyarrow

Kind = Literal["str", "int", "float", "bool", "words", "numbers"]
SQL_TYPES: dict[Kind, str] = {
    "str": "VARCHAR",
    "int": "BIGINT",
    "float": "DOUBLE",
    "bool": "BOOLEAN",
    "words": "VARCHAR[]",
    "numbers": "DOUBLE[]",
}


@dataclass(slots=True, frozen=True)
class TableSchema:
    """A table that a run writes: its name in files that hold several, and the class of its rows."""

    name: str
    row: type

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of its columns, in order."""
        return tuple(field.name for field in fields(self.row))


FACTS = TableSchema("facts", Fact)
DOCUMENTS = TableSchema("documents", Document)
CHECKS = TableSchema("checks", Finding)


@cache
def values(table: TableSchema = FACTS) -> Callable[[Any], tuple[Any, ...]]:
    """What gives a row's values in the order of the columns."""
    return attrgetter(*table.columns)


@cache
def kinds(table: TableSchema = FACTS) -> dict[str, tuple[Kind, bool]]:
    """Column → (kind of value, a list of words or of numbers being one; whether it can be null)."""
    hints = get_type_hints(table.row)
    return {name: _kind(hints[name]) for name in table.columns}


def _kind(hint: Any) -> tuple[Kind, bool]:
    if get_origin(hint) in (UnionType, Union):
        (kind,) = (part for part in get_args(hint) if part is not NoneType)
        return _kind(kind)[0], True
    if get_origin(hint) is Literal:
        return "str", False
    if get_origin(hint) is list:
        return ("words" if get_args(hint) == (str,) else "numbers"), False
    plain: dict[Any, Kind] = {str: "str", int: "int", float: "float", bool: "bool"}
    return plain[hint], False


@cache
def arrow_schema(table: TableSchema = FACTS) -> pyarrow.Schema:
    """The columns as Arrow types; lists as list<string> and list<double>."""
    import pyarrow as pa

    types = {
        "str": pa.string(),
        "int": pa.int64(),
        "float": pa.float64(),
        "bool": pa.bool_(),
        "words": pa.list_(pa.string()),
        "numbers": pa.list_(pa.float64()),
    }
    return pa.schema([pa.field(name, types[kind], nullable=null) for name, (kind, null) in kinds(table).items()])
