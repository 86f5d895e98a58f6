"""For engines that hand out data frames, such as Spark's `mapInPandas`: frames of documents in, frames of rows out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from nianbao.batch.run import process
from nianbao.reading import MAX_BYTES, ReadError
from nianbao.reading.records import from_row
from nianbao.writing.columns import arrow_schema

if TYPE_CHECKING:
    import pandas
    import pyarrow

    from nianbao.extractor import Extractor

_PLACE = "data frame"


def read_frames(frames: Iterable[pandas.DataFrame]) -> Iterator[pandas.DataFrame]:
    """Frames with the columns `id` and `text` (others are metadata) to frames of `frame_schema`, one row a document.

    `facts` are the document's rows, `error` says why it has none. The model is loaded once a process.
    """
    import pandas as pd

    columns = frame_schema().names
    for frame in frames:
        rows = []
        for number, row in enumerate(frame.to_dict("records"), start=1):
            facts: list[dict[str, Any]] | None = None
            error = None
            for outcome in process([from_row(row, _PLACE, number, MAX_BYTES)], _extractor()):
                if isinstance(outcome, ReadError):
                    error = outcome.message
                else:
                    facts = [fact.to_dict() for fact in outcome.facts]
            rows.append((str(row.get("id")), facts, error))
        yield pd.DataFrame(rows, columns=columns)


def frame_schema() -> pyarrow.Schema:
    """The columns of `read_frames` as Arrow types."""
    import pyarrow as pa

    facts = pa.list_(pa.struct([field.with_nullable(True) for field in arrow_schema()]))
    return pa.schema([("doc_id", pa.string()), ("facts", facts), ("error", pa.string())])


@cache
def _extractor() -> Extractor:
    from nianbao.extractor import Extractor

    return Extractor()
