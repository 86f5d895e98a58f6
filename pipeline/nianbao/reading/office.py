"""Old Word files, WPS and RTF: made a .docx by LibreOffice, where that is installed."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from nianbao.reading import docx
from nianbao.reading.errors import ReadError
from nianbao.reading.source import Source

SECONDS = 90
"""What LibreOffice may take for one document."""

_PROGRAMS = ("soffice", "libreoffice")
_LARGEST = 500_000_000


def from_bytes(data: bytes, doc_id: str, place: str, max_bytes: int) -> Source:
    """A document from the bytes of a .doc, .wps or .rtf file.

    Raises:
        ReadError: LibreOffice is not installed, takes too long, or cannot read it.
    """
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        raise ReadError(
            "is read through LibreOffice, which is not installed (soffice is not on the PATH); install it, or save "
            "the file as .docx",
            path=place,
            kind="missing_program",
        )
    with tempfile.TemporaryDirectory(prefix="nianbao-") as folder:
        made = _converted(program, data, Path(folder), place)
        return docx.from_bytes(made, doc_id, place, max_bytes)


def _converted(program: str, data: bytes, folder: Path, place: str) -> bytes:
    given, out = folder / "document.doc", folder / "out"
    given.write_bytes(data)
    out.mkdir()
    # A profile of its own: two at a time would lock each other out, and the user's has settings and macros.
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    words = ["--headless", "--norestore", "--nolockcheck", "--nodefault", "--convert-to", "docx", "--outdir", str(out)]
    process = subprocess.Popen(  # noqa: S603  (no shell, and no word of it comes from the document)
        [program, profile, *words, str(given)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        start_new_session=True,
    )
    with suppress(OSError, ValueError):
        _bound(process.pid)
    try:
        process.wait(SECONDS)
    except subprocess.TimeoutExpired:
        message = f"takes LibreOffice more than {SECONDS} s; save it as .docx"
        raise ReadError(message, path=place, kind="time_limit") from None
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    made = next(iter(sorted(out.glob("*.docx"))), None)
    if made is None or made.stat().st_size > _LARGEST:
        raise ReadError("cannot be read by LibreOffice; save it as .docx", path=place, kind="damaged")
    return made.read_bytes()


def _bound(pid: int) -> None:
    """Ends the program by itself where this process is lost, and frees it of this process's own limit of memory."""
    if hasattr(resource, "prlimit"):
        resource.prlimit(pid, resource.RLIMIT_CPU, (2 * SECONDS, 2 * SECONDS))
        hard = resource.prlimit(pid, resource.RLIMIT_AS)[1]
        resource.prlimit(pid, resource.RLIMIT_AS, (hard, hard))
