"""The command `nianbao`: words and options in, exit status and lines for people out, and no logic of its own.

Nothing heavy is imported before a command needs it: `--help` must be instant.
"""

from __future__ import annotations

import os
import signal
import sys


def main() -> None:
    """Runs the command line and exits: 0 done, 1 failed, 2 wrong usage, 130 interrupted, 143 terminated."""
    # Loading takes a moment, and a command may end before it has begun.
    signal.signal(signal.SIGTERM, _terminated)
    # Of products as small as the network's, threads make more waiting than speed.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        from nianbao.cli.app import app

        app(prog_name="nianbao")
    except KeyboardInterrupt:
        # Outside a command nothing has been begun.
        sys.exit(130)


def _terminated(number: int, frame: object) -> None:
    os.write(2, b"Terminated; nothing was under way.\n")
    os._exit(128 + signal.SIGTERM)
