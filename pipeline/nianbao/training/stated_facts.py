"""What a training text says where, and from it the truth of each mention that the pipeline reads in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from nianbao.prose.linking import Link
from nianbao.prose.mention import Mention
from nianbao.prose.network.labels import NONE, year_label
from nianbao.simulate import SimulatedReport
from nianbao.training.marked import MarkedText

_ZEROS = ("zero", "maybe_zero")


@dataclass(slots=True, frozen=True)
class StatedFact:
    """One fact at text[start:end]; `value` None: digits say it. `name`: span of its metric's name."""

    start: int
    end: int
    metric: str
    value: float | None
    applicant: str | None = None
    year: int | None = None
    part: bool = False
    running: bool = False
    name: tuple[int, int] | None = None
    optional: bool = False


def of_marked(text: MarkedText) -> list[StatedFact]:
    """What the marks of a text say."""
    return [
        StatedFact(
            m.start, m.end, m.metric, m.value, m.applicant, m.year, m.scope is not None, m.running, optional=m.optional
        )
        for m in text.marks
    ]


def of_report(report: SimulatedReport) -> list[StatedFact]:
    """What the prose of a simulated report says, its running totals among them."""
    found = []
    for fact in report.facts:
        if fact.basis != "prose":
            continue
        name = None
        if fact.metric_start is not None and fact.metric_end is not None:
            name = fact.metric_start, fact.metric_end
        value = fact.value if fact.status == "stated" else None
        found.append(
            StatedFact(
                fact.start,
                fact.end,
                fact.metric,
                value,
                fact.applicant,
                fact.year,
                fact.scope is not None,
                False,
                name,
                fact.optional,
            )
        )
    found += [
        StatedFact(span.start, span.end, "", None, running=True)
        for span in report.spans
        if span.label == "OTHER" and span.kind == "cum"
    ]
    return found


def truths(
    mentions: Sequence[Mention], links: dict[int, list[Link]], said: Iterable[StatedFact], report_year: int | None
) -> list[dict[str, Any]]:
    """What each mention truly is, as `nianbao.pipes.number_linker` learns it.

    Args:
        mentions: of one document. links: those that the rules give each, by its id: they part the metrics of one
            clause among its mentions, and lend the span of a name that the text's author did not give.
        said: what the document says. report_year: the year that it is about.
    """
    every = list(said)
    shared: dict[tuple[int, int], list[Mention]] = defaultdict(list)
    found: dict[int, dict[str, Any]] = {}
    for mention in mentions:
        if mention.kind in ("count", "money"):
            found[id(mention)] = _of_number(mention, links.get(id(mention), []), every, report_year)
        else:
            shared[mention.start, mention.end].append(mention)
    for (start, end), group in shared.items():
        zeros = group[0].kind in _ZEROS
        here = [s for s in every if s.value is not None and s.start < end and start < s.end]
        here = [s for s in here if (s.value == 0) == zeros]
        for mention, own in _share_out(group, here, links):
            found[id(mention)] = _truth(own, links.get(id(mention), []), report_year)
    return [found[id(mention)] for mention in mentions]


def _of_number(mention: Mention, links: list[Link], said: list[StatedFact], report_year: int | None) -> dict[str, Any]:
    here = [s for s in said if s.value is None and s.start < mention.end and mention.start < s.end]
    # 为零 and 28件均已答复 are numbers to the reader and statements to the author.
    here = here or [s for s in said if s.value == mention.value and s.start <= mention.start and mention.end <= s.end]
    return _truth(here, links, report_year)


def _share_out(
    group: list[Mention], said: list[StatedFact], links: dict[int, list[Link]]
) -> Iterator[tuple[Mention, list[StatedFact] | None]]:
    """The facts of one clause among the mentions that stand for it; None where it cannot be told."""
    if not said:
        yield from ((mention, []) for mention in group)
        return
    rules = {id(m): links[id(m)][0].metric if links.get(id(m)) else None for m in group}
    metrics = {s.metric for s in said}
    left = [s for s in said if s.metric not in rules.values()]
    unsure = [m for m in group if rules[id(m)] not in metrics]
    for mention in group:
        if rules[id(mention)] in metrics:
            yield mention, [s for s in said if s.metric == rules[id(mention)]]
        elif len(group) == 1:
            yield mention, said
        elif not left:
            yield mention, []
        else:
            yield mention, left if len(unsure) == 1 else None


def _truth(said: list[StatedFact] | None, links: list[Link], report_year: int | None) -> dict[str, Any]:
    empty = {"applicant": "", "year": 0, "running": False, "part": False, "name": None}
    if said is None:
        return {"metrics": [], **empty}
    counted = [s for s in said if s.metric and not s.running]
    # 办结4件, which may imply 4 answers, is told as what it says.
    counted = [s for s in counted if not s.optional] or counted
    if not counted:
        return {"metrics": [NONE], **empty, "running": any(s.running for s in said)}
    ruled = {link.metric: link.name for link in links if link.metric}
    first = next((s for s in counted if s.metric in ruled), counted[0])
    name = first.name or ruled.get(first.metric)
    return {
        "metrics": sorted({s.metric for s in counted}),
        "applicant": first.applicant or "",
        "year": year_label(first.year, report_year),
        "running": False,
        "part": first.part,
        "name": list(name) if name else None,
    }
