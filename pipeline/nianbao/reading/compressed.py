"""Compressed files as streams of bytes: nothing is unpacked to disk, and memory holds one block."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from nianbao.reading.errors import ReadError
from nianbao.reading.files import open_regular, readable

_CODECS = {".gz": "gzip", ".zst": "zstd"}
_BUFFER = 1 << 18


@contextmanager
def open_unpacked(path: Path) -> Iterator[tuple[BinaryIO, BinaryIO]]:
    """The bytes of a file, unpacked where its ending is .gz or .zst, and the file itself.

    Raises:
        ReadError: it is no regular file, or what it is packed in is broken or cut short.
    """
    codec = _CODECS.get(path.suffix.lower())
    with open_regular(path) as stream:
        if codec is None:
            yield stream, stream
            return
        import pyarrow as pa

        try:
            with io.BufferedReader(cast(io.RawIOBase, pa.CompressedInputStream(stream, codec)), _BUFFER) as unpacked:
                yield cast(BinaryIO, unpacked), stream
        except OSError as error:
            raise ReadError(
                f"is broken or cut short ({error}); what came before is read; fetch it again",
                path=readable(str(path)),
                kind="unreadable",
            ) from error
