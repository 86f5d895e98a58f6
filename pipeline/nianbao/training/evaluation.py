"""All figures of the extractor: facts, headings, links, calibration, abstention, ablation, each regime left out."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spacy.tokens import Doc

from nianbao.extractor import Extractor
from nianbao.pipes.mentions import from_plain
from nianbao.reading import read_all
from nianbao.reading.source import Source
from nianbao.simulate import SimulatedReport, generate
from nianbao.training.scoring import Tally
from nianbao.training.truth import of_simulated
from nianbao.training.variants import Pipe
from nianbao.weak import NONE

_LINKER = "nianbao_linker"
BINS = 10


@dataclass(slots=True)
class Item:
    """A document read as far as its mentions, its gold, and the simulated report where it is one."""

    doc: Doc
    gold: Mapping[str, Any]
    report: SimulatedReport | None = None


def real_items(shared: Path, extractor: Extractor) -> Iterator[Item]:
    """The real reports of a folder with reports/ and gold/."""
    for source in read_all([shared / "reports"]):
        gold = json.loads((shared / "gold" / f"{source.id}.json").read_text("utf-8"))
        yield Item(_mentions(source, extractor), gold)


def simulated_items(extractor: Extractor, count: int, seed: int, **options: Any) -> Iterator[Item]:
    """Simulated reports; `options` as for `nianbao.simulate.generate`, whose split is "held_out" here by default."""
    for report in generate(count, seed=seed, **{"split": "held_out", **options}):
        yield Item(_mentions(Source(report.id, report.text), extractor), report.to_gold(), report)


def measure_pipeline(
    extractor: Extractor, shared: Path | None, simulated: int, seed: int
) -> dict[str, dict[str, float | int]]:
    """Figures of a whole pipeline as it is, of facts and headings, on real reports and on simulated ones.

    Args:
        shared: a folder with reports/ and gold/; None: no real reports.
        simulated: how many held-out simulated reports; seed: theirs.
    """
    sets: dict[str, Iterable[tuple[Source, Mapping[str, Any]]]] = {}
    if shared is not None:
        folder = shared / "gold"
        sources = read_all([shared / "reports"])
        sets["real"] = ((s, json.loads((folder / f"{s.id}.json").read_text("utf-8"))) for s in sources)
    reports = generate(simulated, seed=seed, split="held_out")
    sets["simulated"] = ((Source(report.id, report.text), report.to_gold()) for report in reports)
    found = {}
    for name, pairs in sets.items():
        tally = Tally()
        for source, gold in pairs:
            result = extractor.run(source)
            tally.add(gold, result.facts.to_dicts(), result.structure["headings"])
        found[name] = tally.figures()
    return found


def _mentions(source: Source, extractor: Extractor) -> Doc:
    doc = extractor.make_doc(source)
    for name, pipe in extractor.nlp.pipeline:
        if name == _LINKER:
            break
        doc = pipe(doc)
    return doc


@dataclass(slots=True)
class Links:
    """How mentions were linked. `answers`: (confidence, whether right) of each answered mention."""

    answers: list[tuple[float, bool]] = field(default_factory=list)
    named: int = 0
    named_answered: int = 0
    removed: int = 0
    removed_abstained: int = 0

    def add(self, item: Item, removed: Collection[str] = ()) -> None:
        """One simulated document whose links are set."""
        assert item.report is not None
        mentions = [from_plain(data) for data in item.doc._.mentions]
        best: dict[tuple[int, int], dict[str, Any]] = {}
        for link in item.doc._.links:
            if link["metric"] or (link["start"], link["end"]) not in best:
                best[link["start"], link["end"]] = link
        done: set[tuple[int, int]] = set()
        for mention, truth in zip(mentions, of_simulated(mentions, item.report), strict=True):
            place = (mention.start, mention.end)
            if truth is None or place in done or not item.report.is_report:
                continue
            done.add(place)
            link = best.get(place)
            answered = link is not None and link["metric"] is not None
            if truth != {NONE} and truth <= set(removed):
                self.removed += 1
                self.removed_abstained += not answered
                continue
            if truth != {NONE}:
                self.named += 1
                self.named_answered += answered
            if link is not None and answered:
                self.answers.append((link["confidence"], link["metric"] in truth))

    def figures(self) -> dict[str, float | None]:
        """Accuracy where it answers, share answered of mentions with a metric, calibration error, abstention."""
        right = [good for _, good in self.answers]
        return {
            "link_accuracy": _ratio(sum(right), len(right)),
            "link_answered": _ratio(self.named_answered, self.named),
            "link_ece": round(expected_calibration_error(self.answers), 4) if self.answers else None,
            "abstains_on_removed": _ratio(self.removed_abstained, self.removed),
        }


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def bins(answers: Iterable[tuple[float, bool]]) -> list[tuple[int, float, float]]:
    """(answers, mean confidence, share right) of each tenth of the confidence scale that has any."""
    groups: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for confidence, right in answers:
        groups[min(int(confidence * BINS), BINS - 1)].append((confidence, right))
    return [
        (len(group), sum(c for c, _ in group) / len(group), sum(r for _, r in group) / len(group))
        for group in groups
        if group
    ]


def expected_calibration_error(answers: Sequence[tuple[float, bool]]) -> float:
    """The mean distance of confidence from the share of right answers, over tenths, weighted by their size."""
    return sum(n * abs(confidence - right) for n, confidence, right in bins(answers)) / max(len(answers), 1)


def measure(
    items: Iterable[Item], pipe: Pipe, extractor: Extractor, removed: Collection[str] = ()
) -> tuple[dict[str, Any], Links]:
    """The figures of one linker on documents that are read as far as their mentions."""
    tally, links = Tally(), Links()
    names = extractor.nlp.pipe_names
    rest: list[Pipe] = [extractor.nlp.get_pipe(name) for name in names[names.index(_LINKER) + 1 :]]
    for item in items:
        doc = pipe(item.doc)
        for step in rest:
            doc = step(doc)
        tally.add(item.gold, doc._.facts, doc._.structure["headings"])
        if item.report is not None:
            links.add(item, removed)
    return tally.figures() | (links.figures() if links.answers else {}), links
