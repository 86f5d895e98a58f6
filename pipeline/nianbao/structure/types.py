"""What the structure of a document is: its headings, its blocks, who wrote it and about which year."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol

BlockKind = Literal["title", "heading", "prose", "table", "furniture", "blank"]


class TextRange(Protocol):
    """A table's place: anything with `start` and `end`, offsets into the text, end exclusive."""

    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...


@dataclass(slots=True, frozen=True)
class Heading:
    """A section heading as printed: `text == document_text[start:end]`. `level`: 1 一、 2 (一) 3 1. 4 (1) 5 ①."""

    level: int
    text: str
    start: int
    end: int


class Block(NamedTuple):
    """A stretch of one printed line that is of one kind. A line whose heading runs on into its paragraph is two.

    The blank lines between two printed ones are one Block of kind blank.
    """

    start: int
    end: int
    kind: BlockKind


class NameMention(NamedTuple):
    """A place that names the reporting agency. `source`: what kind; `start`, `end`: offsets, None outside the text."""

    name: str
    source: str
    weight: float
    start: int | None = None
    end: int | None = None


@dataclass(slots=True)
class Structure:
    """A document's structure. All offsets are code points into the text, ends exclusive.

    `score` is how far the genre's features speak for an annual report (`is_report` is `score >= threshold` of
    configs/sections.yaml), `reasons` the features that spoke, with their points. Periods are ISO dates.
    Headings and blocks stand in the order of the text; blocks do not overlap. `agency_mentions`: every place that
    voted on the agency. `warnings`: `no_title` a report that has lost its title, `undecided` whether it is a report is
    nearly as likely as not; each with what happened behind a colon.
    """

    is_report: bool
    title: str | None = None
    agency: str | None = None
    report_year: int | None = None
    period_start: str | None = None
    period_end: str | None = None
    headings: list[Heading] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    score: float = 0.0
    reasons: list[str] = field(default_factory=list)
    agency_mentions: list[NameMention] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    _paths: list[str] | None = field(default=None, repr=False, compare=False)

    def section_path(self, offset: int) -> str | None:
        """The headings above `offset`, outermost first, joined by " > "; None above the first heading."""
        at = bisect_right(self.headings, offset, key=lambda heading: heading.start) - 1
        if at < 0:
            return None
        if self._paths is None:
            self._paths = _paths(self.headings)
        return self._paths[at]

    def kind_at(self, offset: int) -> BlockKind | None:
        """The kind of the block that holds `offset`; None between blocks."""
        at = bisect_right(self.blocks, offset, key=lambda block: block.start) - 1
        return self.blocks[at].kind if at >= 0 and offset < self.blocks[at].end else None

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as it travels on `doc._.structure`; blocks as [start, end, kind]."""
        return {
            "is_report": self.is_report,
            "title": self.title,
            "agency": self.agency,
            "report_year": self.report_year,
            "period_start": self.period_start,
            "period_end": self.period_end,
            "headings": [{"level": h.level, "text": h.text, "start": h.start, "end": h.end} for h in self.headings],
            "blocks": [list(block) for block in self.blocks],
            "score": self.score,
            "reasons": list(self.reasons),
            "agency_mentions": [list(mention) for mention in self.agency_mentions],
            "warnings": list(self.warnings),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Structure:
        """The inverse of `to_dict`."""
        plain = {key: value for key, value in data.items() if key not in ("headings", "blocks", "agency_mentions")}
        headings = [Heading(**heading) for heading in data["headings"]]
        blocks = [Block(*block) for block in data["blocks"]]
        mentions = [NameMention(*mention) for mention in data.get("agency_mentions", ())]
        return cls(**plain, headings=headings, blocks=blocks, agency_mentions=mentions)


def _paths(headings: list[Heading]) -> list[str]:
    paths: list[str] = []
    above: list[Heading] = []
    for heading in headings:
        while above and above[-1].level >= heading.level:
            above.pop()
        above.append(heading)
        # A heading broken over two lines reads as one in a path.
        paths.append(" > ".join("".join(h.text.split("\n")) for h in above))
    return paths
