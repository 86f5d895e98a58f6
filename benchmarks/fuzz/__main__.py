"""Mutated texts and files through every reader and the whole pipeline.

    python -m benchmarks.fuzz --n 10000 [--seed 1] [--files 0.25] [--until 06:00] [--save DIR]
    python -m benchmarks.fuzz --seed 1 --case 4711

Of everything that is read must hold: no exception and no endless reading; offsets; values of at most fifteen digits,
that are what their digits say, touch no further digits and cross no line; the same rows in any order and by an
extractor that has read nothing else; rows that come back from the files that they are written to. What does not hold
is printed by kind with the numbers of its cases, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from datetime import datetime
from pathlib import Path

from benchmarks.fuzz.material import Material
from benchmarks.fuzz.running import Judge, Tally, make_case

_BATCH = 200
_SHOWN = 3


def show(tally: Tally, seconds: float) -> None:
    """A line for each kind of input, then the faults by kind."""
    print(f"{'kind':<10}{'inputs':>10}{'documents':>11}{'refused':>9}{'facts':>11}")
    for kind in sorted(tally.inputs):
        counts = (tally.inputs[kind], tally.documents[kind], tally.refused[kind])
        print(f"{kind:<10}{counts[0]:>10,}{counts[1]:>11,}{counts[2]:>9,}{tally.facts[kind]:>11,}")
    print("mutations: " + ", ".join(f"{name} {count:,}" for name, count in sorted(tally.mutations.items())))
    total = sum(tally.inputs.values())
    print(f"{total:,} inputs in {seconds:,.0f} s, {tally.again:,} read once more; {len(tally.faults):,} faults")
    for name, count in tally.kinds().most_common():
        cases = [fault.case.number for fault in tally.faults if fault.name == name]
        print(f"  {name}: {count:,}; cases {', '.join(map(str, cases[:8]))}{' ...' if len(cases) > 8 else ''}")
        for fault in [fault for fault in tally.faults if fault.name == name][:_SHOWN]:
            print(f"    {fault.case.number} {fault.case.kind} {'+'.join(fault.case.names)}: {fault.seen[-1200:]}")


def save(tally: Tally, seed: int, folder: Path) -> None:
    """A file for each fault: its case, what was done, what was seen."""
    folder.mkdir(parents=True, exist_ok=True)
    for fault in tally.faults:
        name = f"{seed}-{fault.case.number}-{fault.name.replace(' ', '_')}"
        about = {"fault": fault.name, "kind": fault.case.kind, "mutations": fault.case.names, "seen": fault.seen}
        (folder / f"{name}.json").write_text(json.dumps({**about, "text": fault.case.text}, indent=1), "utf-8")
        if fault.case.data is not None:
            (folder / f"{name}.{fault.case.kind}").write_bytes(fault.case.data)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--n", type=int, default=10_000, help="how many inputs")
    parser.add_argument("--first", type=int, default=0, help="the number of the first")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--files", type=float, default=0.25, help="the share of files; the others are texts")
    parser.add_argument("--simulated", type=int, default=200, help="simulated reports that the cases are cut from")
    parser.add_argument("--until", metavar="HH:MM", help="end at this time of today, whatever was done")
    parser.add_argument("--save", type=Path, metavar="DIR", help="keep the cases that show a fault")
    parser.add_argument("--case", type=int, metavar="NUMBER", help="only this case; prints its text first")
    args = parser.parse_args()
    material = Material.gather(args.simulated, args.seed)
    judge = Judge(material, args.seed, args.files)
    begin = time.monotonic()
    if args.case is not None:
        print(make_case(material, args.seed, args.case, args.files))
        judge.run(args.case, 1)
    else:
        done = 0
        while done < args.n and not (args.until and f"{datetime.now():%H:%M}" >= args.until):
            count = min(_BATCH, args.n - done)
            judge.run(args.first + done, count)
            done += count
            if done % (50 * _BATCH) == 0:
                print(f"{done:,} in {time.monotonic() - begin:,.0f} s: {dict(judge.tally.kinds())}", flush=True)
    show(judge.tally, time.monotonic() - begin)
    if args.save is not None:
        save(judge.tally, args.seed, args.save)
    return 1 if judge.tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
