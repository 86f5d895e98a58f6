#!/usr/bin/env python3
"""How fast the extractor reads, on one core, with its correctness beside it.

    python benchmarks/speed.py [--processes 10]

Throughput: the five first reports (000_ to 004_) are each read once, from the file to the facts, by a process that was
warmed on other reports (all the others of the folder and corpus/samples), so that caches hold the forms' lines but
none of the five's sentences. Five over the sum of the times; the median of ten processes. Beside it, in turn with
the same processes: spaCy's own pipelines on the same reports (`benchmarks/baselines.py`), and where the time goes. The
real reports come from $NIANBAO_REPORTS, else ../shared beside the checkout.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FIVE = ("000_", "001_", "002_", "003_", "004_")
BASELINES = {"pkuseg": "stock spaCy, pkuseg alone", "ner": "stock spaCy, pkuseg and ner"}
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}


def shared_folder() -> Path:
    """The folder with reports/, gold/ and contract/. Raises SystemExit where it is missing."""
    folder = Path(os.environ.get("NIANBAO_REPORTS") or ROOT.parent / "shared").resolve()
    if not (folder / "reports").is_dir():
        raise SystemExit(
            f"The speed is measured on real reports, and there are none at {folder}: set NIANBAO_REPORTS to the "
            "folder that holds reports/, gold/ and contract/."
        )
    return folder


def split_reports(shared: Path) -> tuple[list[Path], list[Path]]:
    """The five reports that are timed, and the documents that warm the process."""
    reports = sorted((shared / "reports").iterdir())
    timed = [p for p in reports if p.name.startswith(FIVE)]
    samples = sorted((ROOT / "corpus" / "samples").iterdir())
    return timed, [p for p in (*reports, *samples) if p not in timed]


def warmed(shared: Path) -> tuple[Any, list[Path]]:
    """An extractor that has read the other reports, on one core, and the five that are timed."""
    from nianbao.extractor import Extractor
    from nianbao.reading import Source, open_sources

    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    timed, warming = split_reports(shared)
    extractor = Extractor()
    for source in open_sources(warming):
        if isinstance(source, Source):
            extractor.run(source)
    # As the command does with what is loaded.
    gc.collect()
    gc.freeze()
    return extractor, timed


def measure(shared: Path) -> dict[str, Any]:
    """One process: warm, then each of the five once. Documents a second, mean characters, peak memory in MB, facts."""
    from nianbao.reading import Source, open_sources

    extractor, timed = warmed(shared)
    seconds, cpu, characters, facts = 0.0, 0.0, 0, []
    for path in timed:
        start, cpu_start = time.perf_counter(), time.process_time()
        results = [extractor.run(source) for source in open_sources([path]) if isinstance(source, Source)]
        seconds += time.perf_counter() - start
        cpu += time.process_time() - cpu_start
        characters += sum(len(r.source.text) for r in results)
        facts += [f.to_dict() for r in results for f in r.facts]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    speeds = {"wall": len(timed) / seconds, "cpu": len(timed) / cpu}
    return {**speeds, "characters": characters / len(timed), "peak_mb": peak, "facts": facts}


def where(shared: Path) -> dict[str, float]:
    """One process, warmed in the same way: milliseconds a report of each part."""
    from nianbao.reading import open_sources

    extractor, timed = warmed(shared)
    spent: dict[str, float] = {}

    def clocked(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any) -> Any:
            start = time.process_time()
            done = work(*args)
            spent[name] = spent.get(name, 0.0) + (time.process_time() - start) * 1000 / len(timed)
            return done

        return run

    parts = [(name, clocked(name, part)) for name, part in extractor.nlp.pipeline]
    extractor.nlp._components = parts  # type: ignore[assignment]
    whole = clocked("the whole", extractor.run)
    sources = clocked("reading the file", lambda path: list(open_sources([path])))
    for path in timed:
        for source in sources(path):
            whole(source)
    spent["document and rows"] = spent["the whole"] - sum(spent[name] for name, _ in parts)
    spent["the whole"] += spent["reading the file"]
    return spent


def baseline(shared: Path, name: str) -> float:
    """Documents a second of spaCy's own pipeline on the five: "pkuseg" or "ner"."""
    from baselines import documents_a_second

    from nianbao.reading import Source, open_sources

    timed, _ = split_reports(shared)
    texts = [source.text for source in open_sources(timed) if isinstance(source, Source)]
    return documents_a_second(texts, ner=name == "ner")


def child(*arguments: str) -> subprocess.CompletedProcess[str]:
    """This file, or another command, in a process of its own on one thread. Raises SystemExit with what it said."""
    # Users' Pythons keep what they compiled; some machines that run checks do not.
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(arguments, capture_output=True, text=True, env=variables | ONE_THREAD)
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed:\n{done.stderr}")
    return done


def wall(*arguments: str, times: int = 5) -> float:
    """Median seconds from the start of the command to its end."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        child(*arguments)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def correctness(shared: Path, facts: list[dict[str, Any]]) -> dict[str, float]:
    """F1 of table, prose and blank on the five, by the contract's scorer."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as out:
        out.writelines(json.dumps(fact, ensure_ascii=False) + "\n" for fact in facts)
        out.flush()
        scorer, gold = str(shared / "contract" / "score.py"), str(shared / "gold")
        printed = child(sys.executable, scorer, gold, out.name, "--only", ",".join(FIVE)).stdout
    return {m[1]: float(m[2]) for m in re.finditer(r"^(table|prose|blank) .* F1 ([\d.]+)", printed, flags=re.M)}


def report(shared: Path, processes: int) -> None:
    """Measure everything and print one table."""
    runs, others, spent = [], {name: [] for name in BASELINES}, []
    for _ in range(processes):
        runs.append(json.loads(child(sys.executable, __file__, "--one").stdout))
        spent.append(json.loads(child(sys.executable, __file__, "--where").stdout))
        for name in BASELINES:
            others[name].append(float(child(sys.executable, __file__, "--baseline", name).stdout))
    f1 = correctness(shared, runs[0]["facts"])
    first = "import nianbao, sys; assert nianbao.extract(sys.argv[1])[0]"
    report_path = str(split_reports(shared)[0][0])
    for name, clock in (("documents a second, one core ", "wall"), ("  by the processor's clock    ", "cpu")):
        speeds = sorted(run[clock] for run in runs)
        print(f"{name} {statistics.median(speeds):8.1f}   ({speeds[0]:.1f} to {speeds[-1]:.1f}; median of {processes})")
    print(f"  the five, mean characters    {runs[0]['characters']:8.0f}")
    print("  F1 on the five               " + "  ".join(f"{name} {value:.4f}" for name, value in f1.items()))
    cpu = statistics.median(run["cpu"] for run in runs)
    for name, title in BASELINES.items():
        speed = statistics.median(others[name])
        print(f"{title:30} {speed:8.1f}   the extractor is {cpu / speed:.1f} times as fast")
    for name in spent[0]:
        print(f"  {name:28} {statistics.median(each[name] for each in spent):8.2f} ms a report")
    print(f"start to first report's facts  {wall(sys.executable, '-c', first, report_path):8.2f} s")
    print(f"nianbao --help                 {wall(str(Path(sys.executable).with_name('nianbao')), '--help'):8.2f} s")
    print(f"peak memory                    {max(run['peak_mb'] for run in runs):8.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--processes", type=int, default=10, help="processes that are measured (default 10)")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--where", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--baseline", choices=list(BASELINES), help=argparse.SUPPRESS)
    args = parser.parse_args()
    shared = shared_folder()
    if args.one:
        print(json.dumps(measure(shared)))
    elif args.where:
        print(json.dumps(where(shared)))
    elif args.baseline:
        print(baseline(shared, args.baseline))
    else:
        report(shared, args.processes)


if __name__ == "__main__":
    main()
