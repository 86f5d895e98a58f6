"""What people see: messages without tracebacks, and text from documents made harmless for a terminal."""

from __future__ import annotations

import errno
import os
import re
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer

# Control characters can rewrite a terminal's screen or title, marks of direction can reverse what is read.
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

TERMINATED = 128 + signal.SIGTERM


def clean(text: str) -> str:
    """`text` with every character that acts on a terminal replaced by U+FFFD; new lines and tabs stay."""
    return _UNSAFE.sub("\ufffd", text)


def say(message: str) -> None:
    """A line to standard error."""
    print(clean(message), file=sys.stderr)


def put(text: str) -> None:
    """Text to standard output: its exact UTF-8 bytes to a file or pipe, made harmless for a terminal."""
    out = sys.stdout
    if out.isatty():
        out.write(clean(text))
    else:
        out.flush()
        rest = memoryview(text.encode("utf-8"))
        # Under PYTHONUNBUFFERED the buffer is the raw file, which may take a part only.
        while rest:
            rest = rest[out.buffer.write(rest) :]


class Terminated(BaseException):
    """SIGTERM came, or the terminal went away: what is unfinished is to be removed, as at Ctrl-C."""


@contextmanager
def _terminable() -> Iterator[None]:
    """Within the block SIGTERM raises Terminated, and SIGHUP where nobody wants it ignored (nohup)."""

    def stop(signum: int, frame: object) -> NoReturn:
        raise Terminated

    # Signals belong to the main thread.
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    wanted = [signal.SIGTERM]
    if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
        wanted.append(signal.SIGHUP)
    before = {number: signal.signal(number, stop) for number in wanted}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def polite(debug: bool, left: str = "no file was written") -> Iterator[None]:
    """Ends a command with one line on standard error and an exit code, whatever happens in it.

    `left`: what is there of a command that is interrupted or terminated.

    Exits: 2 wrong usage, 1 failure, 130 interrupted, 141 when the reader of a pipe went away, 143 terminated. With
    `debug`, failures come as Python's traceback.
    """
    from nianbao.reading.errors import ReadError
    from nianbao.writing.atomic import OutputError, WriteError

    try:
        with _terminable():
            yield
            sys.stdout.flush()
    except typer.Exit:
        raise
    except KeyboardInterrupt:
        say(f"Interrupted; {left}.")
        raise typer.Exit(130) from None
    except Terminated:
        say(f"Terminated; {left}.")
        raise typer.Exit(TERMINATED) from None
    except BrokenPipeError:
        # The interpreter flushes once more at exit; there must be somewhere to write to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(141) from None
    except OutputError as error:
        say(f"Error: {error}")
        raise typer.Exit(2) from None
    except Exception as error:
        if debug:
            raise
        if isinstance(error, (ReadError, WriteError)):
            say(f"Error: {error}")
        elif isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
            say(f"Error: {error.filename}: the name is too long for this file system; choose a shorter one.")
        else:
            say(f"Error: {type(error).__name__}: {error}. This is a fault of nianbao; --debug shows where.")
        raise typer.Exit(1) from None
