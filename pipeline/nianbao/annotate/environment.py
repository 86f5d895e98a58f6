"""The environment of the doccano client, made on first use."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from nianbao.annotate.errors import AnnotateError
from nianbao.paths import data_dir


def home() -> Path:
    """Where nianbao keeps what it makes for itself: NIANBAO_HOME, else the platform's cache folder."""
    named = os.environ.get("NIANBAO_HOME")
    if named:
        return Path(named).expanduser()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "nianbao"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "nianbao"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "nianbao"


def client_python(say: Callable[[str], None]) -> Path:
    """The Python that has doccano-client; installs it, with hashes checked, where it is not there yet.

    Raises:
        AnnotateError: it cannot be installed.
    """
    return environment(data_dir("configs") / "annotate" / "client-requirements.txt", home() / "doccano-client", say)


def environment(requirements: Path, folder: Path, say: Callable[[str], None]) -> Path:
    """The Python of an environment that holds exactly `requirements`; kept in `folder` under their hash.

    Raises:
        AnnotateError: it cannot be made.
    """
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    name = hashlib.sha256(requirements.read_bytes() + version.encode()).hexdigest()[:16]
    place = folder / name
    python = place / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    ready = place / ".ready"
    if ready.exists():
        return python
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / ".lock").open("w") as lock:
            # Two commands at once: the second waits, then finds it ready.
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not ready.exists():
                say(f"Making the environment of {folder.name} in {place} (once) …")
                _make(place, python, requirements)
                ready.touch()
    except OSError as error:
        raise AnnotateError(
            f"{folder} cannot hold the environment of {folder.name}: {error.strerror or error}; "
            "set NIANBAO_HOME to a folder in which you may write"
        ) from error
    return python


def _make(place: Path, python: Path, requirements: Path) -> None:
    shutil.rmtree(place, ignore_errors=True)
    # Compiling on first import costs less than compiling all that is never imported.
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    uv = shutil.which("uv")
    install = [uv, "pip", "install", "--quiet", "--python", str(python)] if uv else pip
    for command in (
        [sys.executable, "-m", "venv", str(place)],
        [*install, "--require-hashes", "-r", str(requirements)],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            shutil.rmtree(place, ignore_errors=True)
            last = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1]
            raise AnnotateError(
                f"the environment in {place} could not be made: {last}. It needs the package index once "
                "(the installer's own settings hold, such as PIP_INDEX_URL); mend that and run the command again"
            )
