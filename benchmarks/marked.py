#!/usr/bin/env python3
"""Score the reading of prose on marked texts (see `nianbao.training.marked`), metric by metric.

    python benchmarks/marked.py FILE... [--linker rules] [--errors] [--by-metric] [--calibration]

A fact is right when metric, applicant, year, value and whole-or-part agree with a mark of the same text. The text's
head says year and agency; headings are found as in `extract`. Running totals and marks of parts count as open.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from nianbao.extractor import Extractor, load
from nianbao.language.numbers import parse_number
from nianbao.language.script import normalize
from nianbao.reading.source import Source
from nianbao.training.ablation import HIGH, calibration_error
from nianbao.training.marked import FactMark, MarkedText, read_marked
from nianbao.training.scoring import f1, fact_key

Key = tuple[Any, ...]


class MarkedReader:
    """Reads marked texts with a pipeline, year and agency as their heads give them."""

    def __init__(self, linker: str = "decided") -> None:
        self.extractor = Extractor(load(linker=linker))

    def facts(self, item: MarkedText) -> list[dict[str, Any]]:
        """The rows of the text's prose."""
        nlp = self.extractor.nlp
        doc = self.extractor.make_doc(Source(item.id, item.text))
        for name, pipe in nlp.pipeline:
            doc = pipe(doc)
            if name == "nianbao_structure":
                own = {"is_report": item.report, "report_year": item.year, "agency": item.agency}
                doc._.structure = {**doc._.structure, **own}
        return list(doc._.facts)


def gold_of(item: MarkedText) -> Iterator[tuple[FactMark, Key]]:
    """The facts that the marks tell, with the key that a right fact must have."""
    for mark in item.marks:
        value = mark.value
        if value is None:
            value = parse_number(normalize(item.text[mark.start : mark.end]).rstrip("余多"))
        fact = {
            "metric": mark.metric,
            "applicant": mark.applicant,
            "year": mark.year or item.year,
            "value": value,
            "scope": mark.scope,
        }
        if not mark.running:
            yield mark, fact_key(fact)


def compare(item: MarkedText, facts: Iterable[dict[str, Any]]) -> tuple[set[Key], set[Key], set[Key]]:
    """Right, extra and missed keys; facts of parts and optional marks are neither."""
    must, may = set(), set()
    for mark, key in gold_of(item):
        (may if mark.optional or mark.scope else must).add(key)
    seen = {fact_key(fact) for fact in facts if fact["metric"] and fact["status"] != "ambiguous"}
    extra = {key for key in seen - must - may if key[-1]}
    return must & seen, extra, must - seen


def confidences(item: MarkedText, facts: Iterable[dict[str, Any]]) -> Iterator[tuple[float, bool]]:
    """(confidence, whether right) of the linked facts, those about parts and optional marks left out."""
    marks = list(gold_of(item))
    must = {key for mark, key in marks if not (mark.optional or mark.scope)}
    may = {key for _, key in marks} - must
    for fact in facts:
        key = fact_key(fact)
        if fact["metric"] and fact["status"] != "ambiguous" and key not in may and key[-1]:
            yield fact["confidence"], key in must


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--linker", default="rules", choices=["rules", "network", "decided"])
    parser.add_argument("--errors", action="store_true", help="print the texts with errors, and what is wrong")
    parser.add_argument("--by-metric", action="store_true")
    parser.add_argument("--calibration", action="store_true", help="how far confidence is from the truth")
    args = parser.parse_args()
    reader = MarkedReader(args.linker)
    for path in args.files:
        counts: dict[str, Counter[str]] = {}
        wrong = linked = 0
        told: list[tuple[float, bool]] = []
        for item in read_marked(path):
            facts = reader.facts(item)
            told += confidences(item, facts)
            right, extra, missed = compare(item, facts)
            slots = {key[:3] for key in right | missed}
            linked += len(right | extra)
            wrong += sum(key[:3] in slots for key in extra)
            for name, keys in (("right", right), ("extra", extra), ("missed", missed)):
                for key in keys:
                    counts.setdefault(key[0], Counter())[name] += 1
            if args.errors and (extra or missed):
                print(f"### {item.id}\n{item.text}")
                for name, keys in (("EXTRA ", extra), ("MISSED", missed)):
                    for key in sorted(keys, key=str):
                        print("    ", name, *key)
        total: Counter[str] = sum(counts.values(), Counter())
        print(_line(path.stem, total), f"wrong {wrong / max(linked, 1):.4f}")
        if args.calibration:
            sure = [right for confidence, right in told if confidence >= HIGH]
            share = sum(sure) / max(len(sure), 1)
            error = calibration_error(told)
            print(f"    calibration error {error:.4f}; of {len(sure)} facts at {HIGH} or more {share:.1%} are right")
        for metric in sorted(counts) if args.by_metric else ():
            print("   ", _line(metric, counts[metric]))
    return 0


def _line(name: str, counts: Counter[str]) -> str:
    p, r, f = f1(counts["right"], counts["extra"], counts["missed"])
    return f"{name:44s} P {p:.3f} R {r:.3f} F {f:.3f} ({counts['right']} +{counts['extra']} -{counts['missed']})"


if __name__ == "__main__":
    raise SystemExit(main())
