"""Component nianbao_tagged_headings: headings that the rules left among the prose, found by the trained line tagger."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.pipeline import Pipe
from spacy.tokens import Doc

from nianbao.paths import data_dir
from nianbao.pipes import extensions
from nianbao.structure import Block, Heading, Structure

# What can be a heading without an enumerator that the rules know: short, no sentence, no cell.
_CANDIDATE = re.compile(r"[^。;|\n]{2,30}")
_SENTENCE = re.compile(r"[,:]|\d{2}|[条件次人]\b")
_CONTEXT = 2
_REMEMBERED = 5_000


class TaggedHeadings(Pipe):
    """Adds to the headings of `doc._.structure` the lines that the tagger takes for one.

    A cascade: only short lines of prose without a sentence's signs reach the network, each with two lines before and
    after it, and what stood in the same surroundings before is remembered. It stands behind nianbao_structure and is
    off by default: see models/README.md for what it gains.

    Args:
        model: the trained pipeline's folder; None: the one that ships. threshold: probability from which a line is
            taken for a heading.
    """

    def __init__(
        self, model: str | Path | None = None, threshold: float = 0.95, name: str = "nianbao_tagged_headings"
    ) -> None:
        extensions.register()
        self.name = name
        self.path = model
        self.threshold = threshold
        self._nlp: Language | None = None
        self._known: OrderedDict[tuple[str, int], int] = OrderedDict()

    @property
    def nlp(self) -> Language:
        """The trained pipeline, loaded when the first line needs it.

        Raises:
            OSError: there is none.
        """
        if self._nlp is None:
            self._nlp = spacy.load(self.path or data_dir("models") / "tagger", exclude=["ner"])
        return self._nlp

    def __call__(self, doc: Doc) -> Doc:
        structure = Structure.from_dict(doc._.structure)
        if not structure.is_report:
            return doc
        _, norm = extensions.views(doc)
        windows = list(self._windows(norm, structure.blocks))
        levels = self._levels([(text, at) for text, at, _ in windows])
        found = {number: level for (_, _, number), level in zip(windows, levels, strict=True) if level}
        if not found:
            return doc
        text, _ = extensions.views(doc)
        for number, level in found.items():
            line = structure.blocks[number]
            structure.headings.append(Heading(level, text[line.start : line.end], line.start, line.end))
            structure.blocks[number] = Block(line.start, line.end, "heading")
        structure.headings.sort(key=lambda heading: heading.start)
        doc._.structure = structure.to_dict()
        return doc

    def __reduce__(self) -> tuple[Any, ...]:
        return TaggedHeadings, (self.path, self.threshold, self.name)

    @staticmethod
    def _windows(norm: str, lines: list[Block]) -> Iterable[tuple[str, int, int]]:
        """(text of the surroundings, offset of the line in it, the line's number) of each candidate."""
        printed = [number for number, line in enumerate(lines) if line.kind != "blank"]
        for at, number in enumerate(printed):
            line = lines[number]
            words = norm[line.start : line.end]
            if line.kind != "prose" or not _CANDIDATE.fullmatch(words) or _SENTENCE.search(words):
                continue
            around = printed[max(0, at - _CONTEXT) : at + _CONTEXT + 1]
            before = [norm[lines[n].start : lines[n].end][-60:] for n in around if n < number]
            after = [norm[lines[n].start : lines[n].end][:60] for n in around if n > number]
            start = sum(len(part) + 1 for part in before)
            yield "\n".join([*before, words, *after]), start, number

    def _levels(self, windows: list[tuple[str, int]]) -> list[int]:
        """The heading level of each candidate, 0 for none."""
        new = list(dict.fromkeys(window for window in windows if window not in self._known))
        for window, doc in zip(new, self.nlp.pipe(text for text, _ in new) if new else (), strict=True):
            self._known[window] = self._level(doc._.line_labels, window[1])
        levels = [self._known[window] for window in windows]
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return levels

    def _level(self, labels: list[Any], start: int) -> int:
        for left, _, label, probability in labels:
            if left == start and label.startswith("heading-") and probability >= self.threshold:
                return int(label[-1])
        return 0


@Language.factory(
    "nianbao_tagged_headings",
    assigns=["doc._.structure"],
    requires=["doc._.structure"],
    default_config={"model": None, "threshold": 0.95},
)
def create(nlp: Language, name: str, model: str | None, threshold: float) -> TaggedHeadings:
    """The component, as spaCy's registry wants it."""
    return TaggedHeadings(model, threshold, name)
