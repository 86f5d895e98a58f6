#!/usr/bin/env python3
"""How the time of reading grows with the text: `python -m benchmarks.sizes [--sizes 25 50 100 200]`.

Each shape is one thing in excess: lines, numerals in a sentence, headings, rows of a table, a line without end. A
report of so many thousand characters is read by a warm pipeline, with BLAS in one thread as the command line has it;
printed are the processor's seconds of the fastest of some runs, the exponent of the growth between the two largest
sizes (1: as the text grows), and the facts that came out.
"""

from __future__ import annotations

import argparse
import math
import os
import time
from collections.abc import Callable

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"  # before numpy is loaded

from nianbao.extractor import Extractor
from nianbao.reading.source import Source

TITLE = "云泽市人民政府2021年政府信息公开工作年度报告\n"


def repeated(head: str, piece: Callable[[int], str], size: int) -> str:
    """`head`, then pieces by number until the text has `size` characters."""
    parts, length, number = [head], len(head), 0
    while length < size:
        part = piece(number)
        parts.append(part)
        length += len(part)
        number += 1
    return "".join(parts)[:size]


SHAPES: dict[str, Callable[[int], str]] = {
    "lines of prose": lambda size: repeated(
        TITLE + "一、概述\n", lambda n: f"第{n % 9}批工作中公开信息{n}条，收到申请{n % 40}件，办结{n % 30}件。\n", size
    ),
    "numerals in one sentence": lambda size: repeated(
        TITLE + "一、概述\n全年公开信息", lambda n: f"甲类{n}条、乙类{n + 1}条，", size
    ),
    "one line without marks": lambda size: repeated(TITLE, lambda n: f"公开信息{n}条收到申请{n}件", size),
    "headings": lambda size: repeated(TITLE, lambda n: f"{n + 1}.做好第{n}项工作\n公开信息{n}条。\n", size),
    "rows of a pipe table": lambda size: repeated(
        TITLE + "| 指标 | 单位 | 数量 |\n", lambda n: f"| 主动公开政府信息数{n} | 条 | {n} |\n", size
    ),
    "rows of the form again and again": lambda size: repeated(
        TITLE, lambda n: f"（一）予以公开 {n} 0 0 0 0 0 {n}\n（二）部分公开 0 0 0 0 0 {n} {n}\n", size
    ),
    "digits in one line": lambda size: repeated(TITLE + "申请数量", lambda n: f"{n}0", size),
    "one cell a line": lambda size: repeated(TITLE, lambda n: f"予以公开\n{n}\n0\n0\n0\n0\n0\n{n}\n", size),
    "labels first, then numbers column by column": lambda size: repeated(
        TITLE,
        lambda n: (
            f"一、本年新收政府信息公开申请数量\n(一)予以公开\n(七)总计\n四、结转下年度继续办理\n{n}\n{n}\n{n}\n0\n"
            + "0\n" * 20
            + f"{n}\n{n}\n{n}\n0\n"
        ),
        size,
    ),
    "list page": lambda size: repeated(
        "政府信息公开年报\n",
        lambda n: f"某某县第{n}局{2008 + n % 15}年政府信息公开工作年度报告 2022-01-{n % 28 + 1:02d}\n",
        size,
    ),
}


def seconds(extractor: Extractor, text: str, runs: int) -> tuple[float, int]:
    """Processor seconds of the fastest run, and the number of facts."""
    best, facts = math.inf, 0
    for _ in range(runs):
        begin = time.process_time()
        facts = len(extractor.run(Source("size", text)).facts)
        best = min(best, time.process_time() - begin)
        if best > 5:
            break
    return best, facts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[25, 50, 100, 200], help="thousands of characters")
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--only", help="shapes whose name contains this")
    options = parser.parse_args()
    extractor = Extractor()
    extractor.run(Source("warm", SHAPES["lines of prose"](5000)))
    print(f"{'shape':44s}" + "".join(f"{size:>8d}k" for size in options.sizes) + "   exponent   facts")
    for name, make in SHAPES.items():
        if options.only and options.only not in name:
            continue
        found = [seconds(extractor, make(size * 1000), options.runs) for size in options.sizes]
        times = [one for one, _ in found]
        ratio = options.sizes[-1] / options.sizes[-2] if len(times) > 1 else math.nan
        exponent = math.log(times[-1] / max(times[-2], 1e-4)) / math.log(ratio) if len(times) > 1 else math.nan
        shown = "".join(f"{one:9.2f}" for one in times)
        print(f"{name:44s}{shown}{exponent:11.2f} {found[-1][1]:7d}", flush=True)


if __name__ == "__main__":
    main()
