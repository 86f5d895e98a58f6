"""Fixtures that several test files share."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# A shell that starts the tests in the background has them, and all commands that they start, ignore Ctrl-C.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    with suppress(ValueError):  # not in the main thread
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's top folder."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder that holds reports/, gold/ and contract/: NIANBAO_REPORTS, else ../shared beside the checkout.

    Real reports are not part of the repository. Without them a test skips, except where CI=true: there a missing
    folder is a failure, so that the floors are never left unmeasured by accident.
    """
    folder = Path(os.environ.get("NIANBAO_REPORTS") or ROOT.parent / "shared").resolve()
    missing = [name for name in ("reports", "gold", "contract") if not (folder / name).is_dir()]
    if not missing:
        return folder
    reason = f"no {', '.join(missing)} under {folder}; set NIANBAO_REPORTS to the folder that holds the real reports"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
