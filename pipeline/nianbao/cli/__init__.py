"""The command `nianbao`. Nothing heavy is imported before a command needs it: `--help` must be instant."""

from __future__ import annotations

import sys


def main() -> None:
    """Runs the command line and exits: 0 done, 1 failed, 2 wrong usage, 130 interrupted."""
    try:
        from nianbao.cli.app import app

        app(prog_name="nianbao")
    except KeyboardInterrupt:
        # Outside a command nothing has been begun.
        sys.exit(130)
