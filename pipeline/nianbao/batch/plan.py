"""What there is to do: the input cut into shards, and shards into parts, the same way at every start."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nianbao.reading import ReadError
from nianbao.reading.files import Dataset, InputFile, find
from nianbao.reading.streams import is_collection

Input = str | Path | Dataset
Item = InputFile | ReadError


@dataclass(slots=True)
class Shard:
    """One file of many documents, or a row of files that are one document each.

    `number` counts the shards of a run. `size`: bytes. A row of files is one part; a file of many documents has as
    many parts as it turns out to hold.
    """

    number: int
    items: list[Item]
    size: int
    collection: bool

    def key(self, part: int) -> str:
        """The name of a part: in the order of the names, parts stand in the order of the input."""
        return f"{self.number:06d}-{part:06d}"

    def to_dict(self) -> dict[str, Any]:
        """Plain data; `from_dict` is the inverse."""
        items = [_item_to_dict(item) for item in self.items]
        return {"number": self.number, "items": items, "size": self.size, "collection": self.collection}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Shard:
        """The shard that `to_dict` told of."""
        return cls(**{**data, "items": [_item_from_dict(item) for item in data["items"]]})


def _item_to_dict(item: Item) -> dict[str, Any]:
    if isinstance(item, ReadError):
        return {"error": item.to_dict()}
    return {"path": str(item.path), "id": item.doc_id, "given": item.given, "split": item.split, "shard": item.shard}


def _item_from_dict(data: dict[str, Any]) -> Item:
    if "error" in data:
        return ReadError.from_dict(data["error"])
    shard = tuple(data["shard"]) if data["shard"] else None
    return InputFile(Path(data["path"]), data["id"], data["given"], data["split"], shard)


@dataclass(slots=True)
class Survey:
    """The input as a whole, seen without reading it; `digest` changes when a file comes, goes or changes."""

    files: int = 0
    collections: int = 0
    size: int = 0
    digest: str = ""
    _hash: Any = field(default_factory=hashlib.sha256, repr=False)

    def add(self, item: Item) -> None:
        """Counts one file or folder."""
        if isinstance(item, ReadError):
            self._hash.update(f"{item.doc_id}\0{item.kind}\0".encode("utf-8", "surrogateescape"))
            return
        size, changed = _stat(item)
        self.files += 1
        self.collections += is_collection(item)
        self.size += size
        about = (item.doc_id, item.path.suffix, item.split, size, changed)
        self._hash.update("\0".join(map(str, about)).encode("utf-8", "surrogateescape") + b"\n")

    def close(self) -> Survey:
        """Sets the digest."""
        self.digest = self._hash.hexdigest()[:16]
        return self


def survey(paths: Iterable[Input], exclude: Collection[Path]) -> Survey:
    """Goes through the input once: names, sizes and times of change."""
    seen = Survey()
    for item in find(paths, exclude):
        seen.add(item)
    return seen.close()


def shards(paths: Iterable[Input], exclude: Collection[Path], part_size: int) -> Iterator[Shard]:
    """The input in its order, as shards."""
    number = 0
    waiting: list[Item] = []
    size = 0
    for item in find(paths, exclude):
        single = isinstance(item, ReadError) or not is_collection(item)
        if waiting and (not single or len(waiting) == part_size):
            yield Shard(number, waiting, size, collection=False)
            number, waiting, size = number + 1, [], 0
        if single:
            waiting.append(item)
            size += 0 if isinstance(item, ReadError) else _stat(item)[0]
            continue
        for one in _files_of(item):
            yield Shard(number, [one], 0 if isinstance(one, ReadError) else _stat(one)[0], collection=True)
            number += 1
    if waiting:
        yield Shard(number, waiting, size, collection=False)


def _files_of(item: Item) -> Iterator[Item]:
    """The files of a Hugging Face data set, which several processes can read side by side; any other file is one."""
    if isinstance(item, ReadError) or item.split is None:
        yield item
        return
    from nianbao.reading.hub import shards as count_of

    try:
        count = count_of(item)
    except ReadError:
        # It is told when it is read.
        count = 1
    for index in range(count):
        yield InputFile(item.path, item.doc_id, item.given, item.split, (index, count) if count > 1 else None)


def _stat(item: InputFile) -> tuple[int, int]:
    """Size in bytes and time of change; zeros for what is not there."""
    # A data set may be a folder.
    files = [item.path] if item.split is None else sorted(item.path.rglob("*"))
    size = changed = 0
    for path in files:
        try:
            status = path.stat()
        except OSError:
            continue
        size += status.st_size
        changed = max(changed, status.st_mtime_ns)
    return size, changed
