"""The columns of a fact as the types of the file formats, taken from the Fact itself."""

from __future__ import annotations

from functools import cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin, get_type_hints

from nianbao.schema import COLUMNS, Fact

if TYPE_CHECKING:
    import pyarrow

SQL_TYPES = {str: "VARCHAR", int: "BIGINT", float: "DOUBLE", list: "VARCHAR[]"}

values = attrgetter(*COLUMNS)
"""A fact's values in the order of the columns."""


@cache
def kinds() -> dict[str, tuple[type, bool]]:
    """Column → (str, int, float or list; whether it can be null)."""
    hints = get_type_hints(Fact)
    return {name: _kind(hints[name]) for name in COLUMNS}


def _kind(hint: Any) -> tuple[type, bool]:
    if get_origin(hint) is UnionType:
        (kind,) = (part for part in get_args(hint) if part is not NoneType)
        return _kind(kind)[0], True
    if get_origin(hint) is Literal:
        return str, False
    return get_origin(hint) or hint, False


@cache
def arrow_schema() -> pyarrow.Schema:
    """The columns as Arrow types; flags as list<string>."""
    import pyarrow as pa

    types = {str: pa.string(), int: pa.int64(), float: pa.float64(), list: pa.list_(pa.string())}
    return pa.schema([pa.field(name, types[kind], nullable=null) for name, (kind, null) in kinds().items()])
