#!/usr/bin/env python3
"""Runs over several processes: how much faster two are than one, what memory they take, and what a break costs.

    python benchmarks/batch.py [-n 2000] [--kills 10] [--only speed|memory|kill] [--keep DIR]

speed    n simulated documents with one worker and with two, the median of the runs; the rows must be the same. The
         ratio by the wall clock needs two idle cores; the one by the processor's clock (documents a second of
         processor time of the slower worker) does not, but knows nothing of what the two take from each other.
memory   the same documents with two workers: for each process its memory (proportional set size: what it shares with
         others counted in part) after the first tenth and the largest after that. -n 200000 is the run of an archive.
kill     the same documents; the whole run is ended by kill -9 at so many random moments, then started again. The rows
         must be those of a run without a break.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

ROW_GROUP = 250
SECONDS = 2.0


def make(path: Path, count: int, seed: int) -> None:
    """Simulated documents as one Parquet file with the columns id and text."""
    from nianbao.simulate import generate

    schema = pa.schema([("id", pa.string()), ("text", pa.string())])
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        rows: list[dict[str, str]] = []
        for number, report in enumerate(generate(count, seed=seed), start=1):
            rows.append({"id": report.id, "text": report.text})
            if len(rows) == ROW_GROUP or number == count:
                writer.write_table(pa.Table.from_pylist(rows, schema=schema))
                rows.clear()


def command(docs: Path, out: Path, workers: int) -> list[str]:
    """The run as people start it."""
    return [sys.executable, "-m", "nianbao.cli", "extract", str(docs), "-o", str(out), "--workers", str(workers)]


def facts(out: Path) -> list[str]:
    """All rows as text, sorted."""
    from nianbao.writing import read_facts

    return sorted(json.dumps(row, ensure_ascii=False) for row in read_facts(out))


def clear(out: Path) -> Path:
    """A place where nothing of an earlier benchmark stands."""
    for path in (out, out.with_name(f"{out.name}.partial")):
        shutil.rmtree(path, ignore_errors=True)
    return out


def run(docs: Path, out: Path, workers: int) -> tuple[float, float]:
    """Seconds by the wall clock and by the processor's, of all processes. Raises CalledProcessError."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(command(docs, out, workers), check=True, capture_output=True)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def speed(docs: Path, folder: Path, count: int, times: int) -> None:
    """Prints the ratio of two workers to one."""
    measured: dict[int, list[tuple[float, float]]] = defaultdict(list)
    rows: list[list[str]] = []
    for turn in range(times):
        for workers in (1, 2):
            out = clear(folder / f"speed-{workers}-{turn}")
            measured[workers].append(run(docs, out, workers))
            if turn == 0:
                rows.append(facts(out))
    print(f"{'workers':<10}{'seconds':>10}{'docs/s':>10}{'processor s':>14}")
    wall: dict[int, float] = {}
    for workers, runs in measured.items():
        wall[workers] = statistics.median(one[0] for one in runs)
        processor = statistics.median(one[1] for one in runs)
        print(f"{workers:<10}{wall[workers]:>10.1f}{count / wall[workers]:>10.1f}{processor:>14.1f}")
    one, two = (statistics.median(run[1] for run in measured[workers]) for workers in (1, 2))
    print(f"two to one, wall clock                {wall[1] / wall[2]:.2f}")
    print(f"two to one, were two cores idle       {2 * one / two:.2f}   (from processor time)")
    print(f"rows of one and two the same          {'yes' if rows[0] == rows[1] else 'NO'} ({len(rows[0]):,})")


def descendants(pid: int) -> Iterator[int]:
    """The processes below one."""
    try:
        # A child stands with the thread that made it.
        found = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return
    for child in (int(number) for line in found for number in line.split()):
        yield child
        yield from descendants(child)


def megabytes(pid: int) -> dict[str, float]:
    """Rss, Pss and Private memory of a process; empty when it is gone."""
    found: dict[str, float] = defaultdict(float)
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
            name, value, *_ = line.split()
            found["Private" if name.startswith("Private") else name.rstrip(":")] += int(value) / 1024
    except (OSError, ValueError):
        return {}
    return found


def memory(docs: Path, folder: Path, count: int) -> None:
    """Prints what each process takes, over time."""
    samples: dict[int, list[tuple[int, dict[str, float]]]] = defaultdict(list)
    out = clear(folder / "memory")
    with subprocess.Popen(command(docs, out, 2), stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            time.sleep(SECONDS)
            parts = len(list((folder / "memory.partial" / "_manifest").glob("part-*")))
            for pid in (process.pid, *descendants(process.pid)):
                if found := megabytes(pid):
                    samples[pid].append((parts, found))
    if process.returncode:
        raise SystemExit(f"the run ended with {process.returncode}")
    total = -(-count // ROW_GROUP)
    print(f"{'process':<12}{'after a tenth':>16}{'most later':>12}{'growth':>9}{'Rss, most':>12}   (MB, two workers)")
    for number, one in enumerate(sorted(samples)):
        warm = [found["Pss"] for parts, found in samples[one] if parts >= total / 10]
        if warm:
            name = "run" if number == 0 else f"process {number}"
            most = max(found["Rss"] for _, found in samples[one])
            print(f"{name:<12}{warm[0]:>16.0f}{max(warm):>12.0f}{max(warm) - warm[0]:>9.0f}{most:>12.0f}")


def kill(docs: Path, folder: Path, kills: int, expected: list[str], seconds: float) -> None:
    """Prints whether a run that is killed again and again gives the rows of one that is not."""
    chance = random.Random(7)
    out = clear(folder / "killed")
    done = started = 0
    while not out.exists():
        started += 1
        limit = chance.uniform(1, max(2.0, 2 * seconds / kills)) if done < kills else None
        with subprocess.Popen(command(docs, out, 2), stdout=subprocess.DEVNULL) as process:
            try:
                process.wait(limit)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                done += 1
    same = facts(out) == expected
    print(f"killed {done} times, started {started} times: rows {'the same' if same else 'DIFFER'} ({len(expected):,})")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("-n", type=int, default=2000, help="simulated documents (default 2,000)")
    parser.add_argument("--seed", type=int, default=17)
    parser.add_argument("--times", type=int, default=3, help="runs for the speed (default 3)")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--only", choices=("speed", "memory", "kill"))
    parser.add_argument("--keep", type=Path, help="a folder for what is made; documents that are there are used again")
    args: Any = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = "1"
    with tempfile.TemporaryDirectory(prefix="nianbao-batch-") as name:
        folder = args.keep or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        docs = folder / f"documents-{args.n}-{args.seed}.parquet"
        if not docs.exists():
            make(docs, args.n, args.seed)
        if args.only in (None, "speed"):
            speed(docs, folder, args.n, args.times)
        if args.only in (None, "memory"):
            memory(docs, folder, args.n)
        if args.only in (None, "kill"):
            seconds, _ = run(docs, clear(folder / "whole"), 2)
            kill(docs, folder, args.kills, facts(folder / "whole"), seconds)


if __name__ == "__main__":
    main()
