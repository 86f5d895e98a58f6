"""Each write of each command failing in turn, as on a full disk.

    python -m benchmarks.breaks [NAME ...] [--stride 1] [--lasting]

A library preloaded into the command and all its processes counts what they write, rename, open and settle below the
output's folder, and lets one call fail (with --lasting: it and all after it). The command must end with whole output,
or with exit status 1 or 2, a message, and nothing half; the next run must complete with the same output. Needs Linux
and a C compiler. Kills at random moments: `python benchmarks/batch.py --only kill --kills 50`.
"""

from __future__ import annotations

import argparse
import os
import sys

from benchmarks.breaks.faults import COMMANDS, preloaded, run_all


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.breaks", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=" ".join(command.name for command in COMMANDS))
    parser.add_argument("--stride", type=int, default=1, help="let only each N-th write fail")
    parser.add_argument("--lasting", action="store_true", help="all writes fail from there on")
    args = parser.parse_args()
    if "FAULT_COUNT" not in os.environ:
        return preloaded(["-m", "benchmarks.breaks", *sys.argv[1:]])
    return 1 if run_all(args.names, args.stride, args.lasting) else 0


if __name__ == "__main__":
    sys.exit(main())
