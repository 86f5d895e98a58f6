"""Where sentences begin: in prose behind the marks that end one, elsewhere with each line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from nianbao.structure.types import BlockKind

_END = re.compile(r"[。!?]+[\"')》\]]*")
_ENDS = frozenset("。!?;:")
_WIDEST_BREAK = 4


def sentence_starts(norm: str, blocks: Iterable[tuple[int, int, BlockKind]]) -> Iterator[int]:
    """Offsets into `norm`, the normalised view, in order: of each block, and of each sentence within prose.

    A sentence goes on over a line break when the line of prose before it does not end one.
    """
    open_end = None
    for start, end, kind in blocks:
        if kind == "blank":
            continue
        if kind != "prose":
            yield start
            open_end = None
            continue
        if open_end is None or start - open_end > _WIDEST_BREAK:
            yield start
        for match in _END.finditer(norm, start, end):
            behind = match.end()
            while behind < end and norm[behind].isspace():
                behind += 1
            if behind < end:
                yield behind
        open_end = None if norm[end - 1 : end] in _ENDS else end
