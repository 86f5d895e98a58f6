"""The words of the genre are data in configs/: what Chinese stands in code is numerals, dates and marks."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

NUMERALS = "〇○零一二两三四五六七八九十百千万亿兆廿卅壹贰叁肆伍陆柒捌玖拾佰仟点分之年月日号第元角"
# The last of the block ends classes of characters and is no word.
_WORD = re.compile(f"(?![{NUMERALS}])[\u4e00-\u9ffe]")

# Rooms that read reports, and how many strings with other characters their code may hold: what is needed to tell a
# numeral from a word that looks like one, and examples in helps and messages. Lower it, never raise it.
MOST = {
    "batch": 0,
    "catalogue": 0,
    "extractor.py": 0,
    "forms": 12,
    "gate": 0,
    "language": 1,
    "panel": 2,
    "pipes": 1,
    "prose": 2,
    "reading": 0,
    "structure": 4,
    "weak": 0,
    "writing": 0,
}


def words(path: Path) -> list[str]:
    """The string literals of a file, docstrings left out, that hold a Chinese character that is no numeral."""
    tree = ast.parse(path.read_text("utf-8"))
    documents = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in documents
        and _WORD.search(node.value)
    ]


@pytest.mark.parametrize("room", MOST)
def test_a_room_holds_no_words_of_the_genre(root: Path, room: str) -> None:
    place = root / "pipeline" / "nianbao" / room
    found = Counter({path.name: len(words(path)) for path in ([place] if place.is_file() else place.rglob("*.py"))})
    assert sum(found.values()) <= MOST[room], {name: count for name, count in found.items() if count}
