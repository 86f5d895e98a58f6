#!/usr/bin/env python3
"""What network and decision cost beside the rules: processor time of each component, both pipelines in one process.

    python benchmarks/linkers.py [PATH...] [--simulated 40] [--rounds 5]

Every document goes through both pipelines in turn, round after round; of each component the fastest round counts, so
that what else the machine does weighs as little as it can. BLAS has one thread.
"""

from __future__ import annotations

import argparse
import os
import time
from collections import defaultdict
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"

from nianbao.extractor import Extractor, load
from nianbao.reading import read_all
from nianbao.reading.source import Source
from nianbao.simulate import generate

WAYS = ("rules", "decided")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("paths", type=Path, nargs="*")
    parser.add_argument("--simulated", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    sources = list(read_all(args.paths)) if args.paths else []
    made = generate(args.simulated, seed=5, split="held_out", negatives=0.0)
    sources += [Source(report.id, report.text) for report in made]
    readers = {way: Extractor(load(linker=way)) for way in WAYS}
    best: dict[tuple[str, str, int], float] = {}
    for _ in range(args.rounds + 1):
        for number, source in enumerate(sources):
            for way, reader in readers.items():
                doc = reader.make_doc(source)
                for name, pipe in reader.nlp.pipeline:
                    begun = time.process_time()
                    doc = pipe(doc)
                    key = way, name, number
                    best[key] = min(best.get(key, 1e9), time.process_time() - begun)
    means: dict[tuple[str, str], float] = defaultdict(float)
    for (way, name, _), seconds in best.items():
        means[way, name] += 1000 * seconds / len(sources)
    print(f"{len(sources)} reports; milliseconds of processor time a report\n")
    print(f"| component | {' | '.join(WAYS)} |\n| --- | ---: | ---: |")
    for name in readers[WAYS[-1]].nlp.pipe_names:
        print(
            f"| {name} | "
            + " | ".join(f"{means[way, name]:.2f}" if (way, name) in means else "" for way in WAYS)
            + " |"
        )
    total = {way: sum(spent for (own, _), spent in means.items() if own == way) for way in WAYS}
    print("| all | " + " | ".join(f"{total[way]:.2f}" for way in WAYS) + " |")
    linked = ("nianbao_number_linker", "nianbao_linker")
    more = sum(means["decided", name] for name in linked) - means["rules", "nianbao_linker"]
    print(f"\nnetwork and decision add {more:.2f} ms")


if __name__ == "__main__":
    main()
