"""Hugging Face data sets, streamed: a repository by its id, a folder of data files, or what `save_to_disk` left."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from nianbao.reading.errors import ReadError
from nianbao.reading.files import InputFile
from nianbao.reading.record import Record
from nianbao.reading.records import COLUMNS, from_row, lacks_columns


def shards(entry: InputFile) -> int:
    """In how many files the data set lies, which several processes can read side by side.

    Raises:
        ReadError: it cannot be opened.
    """
    with _opened(entry) as data:
        return int(getattr(data, "num_shards", 1))


def rows(entry: InputFile, max_bytes: int) -> Iterator[Record]:
    """The documents of the data set, or of the one of its files that `entry.shard` names.

    Raises:
        ReadError: it cannot be opened, lacks a column, or breaks off.
    """
    place = f"{entry.path}[{entry.split}]"
    with _opened(entry) as data:
        if entry.shard is not None:
            index, count = entry.shard
            place = f"{place}#{index}"
            data = data.shard(num_shards=count, index=index) if count > 1 else data
        if data.column_names is not None and not set(COLUMNS) <= set(data.column_names):
            raise lacks_columns(data.column_names, place)
        for number, row in enumerate(data, start=1):
            yield Record(partial(from_row, row, place, number, max_bytes))


@contextmanager
def _opened(entry: InputFile) -> Iterator[Any]:
    place = f"{entry.path}[{entry.split}]"
    try:
        import datasets
    except ImportError as error:
        raise ReadError(
            "needs Hugging Face datasets; install nianbao[datasets]", path=place, kind="missing_part"
        ) from error
    verbosity = datasets.logging.get_verbosity()
    datasets.logging.set_verbosity(datasets.logging.CRITICAL)
    # A folder of its own: the default cache lies in the user's home, which need not be writable.
    with tempfile.TemporaryDirectory(prefix="nianbao-") as cache:
        try:
            yield _open(datasets, entry, cache)
        except ReadError:
            raise
        except Exception as error:
            raise ReadError(
                f"cannot be read as a Hugging Face data set: {error}; check the name and the split",
                path=place,
                kind="unreadable",
            ) from error
        finally:
            datasets.logging.set_verbosity(verbosity)


def _open(datasets: Any, entry: InputFile, cache: str) -> Any:
    if (entry.path / "dataset_dict.json").is_file() or (entry.path / "state.json").is_file():
        saved = datasets.load_from_disk(str(entry.path))
        return saved[entry.split] if isinstance(saved, dict) else saved
    return datasets.load_dataset(str(entry.path), split=entry.split, streaming=True, cache_dir=cache)
