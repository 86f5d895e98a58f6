"""What the cases are made of: pieces of simulated reports, of the samples and of pages that are no reports."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nianbao.reading import Source, open_sources

_ROOT = Path(__file__).resolve().parents[2]
_FOLDERS = ("corpus/samples", "corpus/nearmiss", "corpus/foreign")
_TITLE = "平川县{year}年政府信息公开工作年度报告\n"


@dataclass(slots=True, frozen=True)
class Material:
    """Texts and pages that cases are cut from."""

    texts: tuple[str, ...]
    pages: tuple[str, ...]

    @classmethod
    def gather(cls, simulated: int, seed: int) -> Material:
        """The samples of the repository and so many simulated reports, in every form, layout and state of wreckage."""
        from nianbao.simulate import generate

        texts, pages = [], []
        for report in generate(simulated, seed=seed):
            texts.append(report.text)
            if report.html is not None:
                pages.append(report.html)
        found = (item for name in _FOLDERS for item in open_sources([_ROOT / name]) if (_ROOT / name).is_dir())
        texts += [item.text for item in found if isinstance(item, Source)]
        pages += [path.read_text("gb18030", "replace") for path in sorted((_ROOT / "corpus/samples").glob("*.html"))]
        return cls(tuple(texts), tuple(pages))

    def text(self, chance: random.Random, size: int) -> str:
        """A text of about `size` characters: a title and stretches of lines from one text or several."""
        parts = [_TITLE.format(year=chance.randint(2008, 2023))] if chance.random() < 0.8 else []
        rest = size
        while rest > 0:
            part = _stretch(chance.choice(self.texts), chance, min(rest, chance.choice((60, 200, size))))
            parts.append(part)
            rest -= len(part) + 1
            if chance.random() < 0.2:
                break
        return "\n".join(parts)

    def page(self, chance: random.Random, size: int) -> str:
        """A stretch of the source of a page."""
        page = chance.choice(self.pages)
        start = max(0, page.find("<body")) if chance.random() < 0.5 else chance.randrange(len(page))
        return page[start : start + 4 * size]


def _stretch(text: str, chance: random.Random, size: int) -> str:
    start = text.rfind("\n", 0, chance.randrange(max(1, len(text)))) + 1
    return text[start : start + size]


def lines_of(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each line."""
    start = 0
    for line in text.split("\n"):
        yield start, start + len(line)
        start += len(line) + 1
