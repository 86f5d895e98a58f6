"""A shard as one row of records, gone through from any number on; where it stands is known at every step."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from nianbao.batch.plan import Item, Shard
from nianbao.reading import ReadError
from nianbao.reading.files import InputFile, digest_of, readable
from nianbao.reading.record import Record
from nianbao.reading.streams import kind_of, open_records


class Stream:
    """The records of a shard in order.

    Attributes:
        next: the number of the record that `advance` gives.
        ended: whether there is none any more.
        remote: whether records come over a network.
        seen: bytes of the shard that the records so far take up, as far as known.
    """

    def __init__(self, shard: Shard, max_bytes: int) -> None:
        self.shard = shard.number
        self.next = 0
        self.ended = False
        self.seen = 0
        self.remote = is_remote(shard)
        self._records = _records(shard, max_bytes)
        self._peeked: Record | None = None

    def peek(self) -> bool:
        """Whether there is one more record."""
        if self._peeked is None and not self.ended:
            self._peeked = next(self._records, None)
            self.ended = self._peeked is None
        return not self.ended

    def advance(self) -> Record | None:
        """The next record."""
        if not self.peek():
            return None
        record, self._peeked = self._peeked, None
        self.next += 1
        if record is not None:
            self.seen = max(self.seen, record.seen)
        return record

    def cut(self) -> None:
        """Gives up what follows."""
        self._records = iter(())
        self._peeked = None
        self.ended = True


def _records(shard: Shard, max_bytes: int) -> Iterator[Record]:
    for item in shard.items:
        if isinstance(item, ReadError):
            yield Record(partial(_itself, item))
        else:
            yield from open_records(item, max_bytes)


def _itself(error: ReadError) -> ReadError:
    return error


def is_remote(shard: Shard) -> bool:
    """Whether records come over a network."""
    return any(
        isinstance(item, InputFile) and item.split is not None and not item.path.exists() for item in shard.items
    )


def about(shard: Shard, number: int) -> tuple[str | None, str | None]:
    """Kind and digest of the file that a record is, for one that could not be read; nulls for a part of a file."""
    item: Item = shard.items[0 if shard.collection else number]
    if isinstance(item, ReadError) or shard.collection:
        return None, None
    return kind_of(item.path), digest_of(item.path)


def place(shard: Shard, number: int, line: int | None) -> tuple[str | None, int | None, str | None]:
    """Path, line and, where it is known from outside, id of a record that could not be read."""
    item: Item = shard.items[0 if shard.collection else number]
    if isinstance(item, ReadError):
        return item.path, item.line, item.doc_id
    if not shard.collection:
        return readable(str(item.path)), None, item.doc_id
    return readable(str(item.path)), line or number + 1, None
