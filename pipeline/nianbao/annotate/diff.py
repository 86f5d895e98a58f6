"""What people changed, by label and by what suggested it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nianbao.annotate.errors import AnnotateError
from nianbao.annotate.gold import read_lines
from nianbao.annotate.marks import Mark
from nianbao.annotate.places import JudgedStretch, from_plain


@dataclass(slots=True)
class Counts:
    """Spans of OLD that NEW has too, has at other offsets, under another label or metric, or has not; and new ones."""

    kept: int = 0
    moved: int = 0
    relabelled: int = 0
    removed: int = 0
    added: int = 0

    @property
    def old(self) -> int:
        return self.kept + self.moved + self.relabelled + self.removed

    @property
    def wrong(self) -> float:
        """Share of OLD's spans that did not stay as they were."""
        return 1 - self.kept / self.old if self.old else 0.0


@dataclass(slots=True)
class Diff:
    """Counts by label, and by the rule that made the old span (new spans have none)."""

    labels: dict[str, Counts]
    rules: dict[str, Counts]
    characters: int


def compare(old: Path, new: Path) -> Diff:
    """Compares two files of spans, or the spans of two folders of gold, on the stretches that both have.

    Raises:
        AnnotateError: a file is missing or cannot be read, or they have no stretch in common.
    """
    diff = Diff(defaultdict(Counts), defaultdict(Counts), 0)
    before = {(p.doc_id, p.about["doc_sha256"], p.start, p.end): p for p in _places(old)}
    for place in _places(new):
        known = before.get((place.doc_id, place.about["doc_sha256"], place.start, place.end))
        if known is not None:
            diff.characters += place.end - place.start
            _count(known.layer.marks, place.layer.marks, diff)
    if not diff.characters:
        raise AnnotateError(f"{old} and {new} have no stretch of a document in common; nothing can be compared")
    return diff


def _places(path: Path) -> Iterator[JudgedStretch]:
    file = path / "spans.jsonl" if path.is_dir() else path
    if not file.exists():
        raise AnnotateError(f"{file} does not exist; name a folder of gold or a .jsonl file of spans")
    try:
        for line in read_lines(file):
            yield from from_plain(line)
    except (ValueError, KeyError, TypeError) as error:
        raise AnnotateError(f"{file} is no file of spans: {error}") from error


def _count(old: list[Mark], new: list[Mark], diff: Diff) -> None:
    there = {mark.key: mark for mark in new}
    had = {mark.key for mark in old}
    fresh = [mark for mark in new if mark.key not in had]
    for mark in old:
        change, replaced = _change(mark, there, fresh)
        if replaced is not None:
            fresh.remove(replaced)
        for counts in (diff.labels[mark.label], diff.rules[mark.rule or "(none)"]):
            setattr(counts, change, getattr(counts, change) + 1)
    for mark in fresh:
        diff.labels[mark.label].added += 1


def _change(mark: Mark, there: dict[Any, Mark], fresh: list[Mark]) -> tuple[str, Mark | None]:
    same = there.get(mark.key)
    if same is not None:
        return ("kept" if _metrics(same) == _metrics(mark) else "relabelled"), None
    for other in fresh:
        if (other.start, other.end) == (mark.start, mark.end):
            return "relabelled", other
    for other in fresh:
        if other.label == mark.label and other.start < mark.end and mark.start < other.end:
            return "moved", other
    return "removed", None


def _metrics(mark: Mark) -> list[str | None]:
    return sorted((fact["metric"] for fact in mark.facts), key=str)


def table(title: str, counts: dict[str, Counts], by_wrong: bool) -> list[str]:
    """Counts as lines of text, the worst rule first."""
    names = sorted(counts, key=lambda name: (-counts[name].wrong * by_wrong, -counts[name].removed * by_wrong, name))
    width = max(len(title), *(len(name) for name in names)) if names else len(title)
    head = f"{title:<{width}}  {'kept':>7} {'moved':>7} {'other':>7} {'removed':>7} {'added':>7} {'changed':>8}"
    lines = [head]
    for name in names:
        c = counts[name]
        numbers = f"{c.kept:>7,} {c.moved:>7,} {c.relabelled:>7,} {c.removed:>7,} {c.added:>7,} {c.wrong:>8.1%}"
        lines.append(f"{name:<{width}}  {numbers}")
    return lines
