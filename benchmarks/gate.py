#!/usr/bin/env python3
"""The gate for crawls: how fast it looks at pages on one core, and what it keeps and lets pass.

    python benchmarks/gate.py [--reports 1500]

Reports: simulated ones in held-out wordings, corpus/samples, and the real ones of $NIANBAO_REPORTS (else ../shared
beside the checkout) where there are any. Near misses: corpus/nearmiss, the simulator's documents that are no
reports, in held-out wordings, and the real negatives. Texts stand bare and within pages whose surroundings are held
out too. Precision is that of as many near misses as reports. Speed: megabytes of the pages' bytes a second of the
processor's time, in one process bound to one core.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from nianbao.gate import Gate
from nianbao.reading import read_all
from nianbao.simulate import generate
from nianbao.training.pages import dress, near_misses

ROOT = Path(__file__).resolve().parents[1]
SEED = 2026
OWN_TIMES = 12
"""Pages around each own text and each real one."""


@dataclass(slots=True)
class Case:
    """A page or a text, where it is from, and whether it is a report."""

    group: str
    data: bytes
    is_report: bool


def cases(count: int) -> Iterator[Case]:
    """Everything that the gate is measured on."""
    rng = random.Random(SEED)
    for report in generate(count, SEED, split="held_out", negatives=0.0):
        yield Case("simulated", _dressed(rng, report.text), True)
    for text in near_misses(count, SEED, "held_out"):
        yield Case("simulated", _dressed(rng, text), False)
    own = yaml.safe_load((ROOT / "corpus" / "nearmiss" / "texts.yaml").read_text("utf-8"))
    for text in own.values():
        yield from _several(rng, "own", text, False)
    for source in read_all([ROOT / "corpus" / "samples"]):
        yield from _several(rng, "own", source.text, source.id != "chengchuan_rules")
    yield from _real(rng)


def _real(rng: random.Random) -> Iterator[Case]:
    shared = Path(os.environ.get("NIANBAO_REPORTS") or ROOT.parent / "shared").resolve()
    if not (shared / "reports").is_dir():
        return
    for source in read_all([shared / "reports"]):
        gold = json.loads((shared / "gold" / f"{source.id}.json").read_text("utf-8"))
        yield from _several(rng, "real", source.text, bool(gold.get("is_report", True)))


def _several(rng: random.Random, group: str, text: str, is_report: bool) -> Iterator[Case]:
    yield Case(group, text.encode("utf-8"), is_report)
    for _ in range(OWN_TIMES):
        yield Case(group, dress(rng, text, "held_out"), is_report)


def _dressed(rng: random.Random, text: str) -> bytes:
    return text.encode("utf-8", "replace") if rng.random() < 0.2 else dress(rng, text, "held_out")


def speed(gate: Gate, pages: list[bytes]) -> float:
    """Megabytes a second; the best of three, as the machine is shared."""
    best = 0.0
    for _ in range(3):
        start = time.process_time()
        for data in pages:
            gate.is_report(data)
        best = max(best, sum(map(len, pages)) / (time.process_time() - start) / 1e6)
    return best


def report(count: int) -> None:
    """Measure and print."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    gate = Gate()
    found = list(cases(count))
    passed: dict[tuple[str, bool], list[bool]] = {}
    for case in found:
        passed.setdefault((case.group, case.is_report), []).append(gate.is_report(case.data)[0])
    for (group, is_report), verdicts in sorted(passed.items()):
        what = "reports kept" if is_report else "near misses refused"
        right = sum(verdict == is_report for verdict in verdicts)
        print(f"{group:10} {what:20} {right:5} of {len(verdicts):5}  {right / len(verdicts):.4f}")
    kept = [v for (_, is_report), vs in passed.items() if is_report for v in vs]
    slipped = [v for (_, is_report), vs in passed.items() if not is_report for v in vs]
    recall, false = sum(kept) / len(kept), sum(slipped) / len(slipped)
    print(f"recall on all reports                        {recall:.4f}   (aim 0.995)")
    print(f"precision, as many near misses as reports    {recall / (recall + false):.4f}   (aim 0.95)")
    pages = [case.data for case in found if b"<html" in case.data[:200]]
    mean = sum(map(len, pages)) / len(pages) / 1000
    print(f"pages                                        {len(pages):6,}   (mean {mean:.0f} kB)")
    for name, is_report in (("reports", True), ("near misses", False)):
        some = [c.data for c in found if c.is_report == is_report and b"<html" in c.data[:200]]
        print(f"speed, one core, {name:11}                 {speed(gate, some):6.1f} MB/s (aim 20)")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--reports", type=int, default=1500, help="simulated reports, and as many near misses")
    report(parser.parse_args().reports)


if __name__ == "__main__":
    main()
