"""How far a run is, on standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from nianbao.cli.terminal import say

if TYPE_CHECKING:
    from nianbao.batch import Summary
    from nianbao.batch.many import RunCounts

# Where no terminal is looking, a line now and then is for the log.
_LOGGED = 60.0


@contextmanager
def progress_of_one() -> Iterator[Callable[[Summary], None] | None]:
    """A line that counts, where standard error is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    with _line() as show:
        yield lambda summary: show(f"{summary.documents:,} documents, {summary.facts:,} facts{_unread(summary.errors)}")


@contextmanager
def progress_of_many() -> Iterator[Callable[[RunCounts], None]]:
    """Documents, documents a second and the time left: a line that changes on a terminal, else one a minute."""
    clock = Clock()
    if sys.stderr.isatty():
        with _line() as show:
            yield lambda tally: show(clock.text(tally))
        return
    last = time.monotonic()

    def log(tally: RunCounts) -> None:
        nonlocal last
        text = clock.text(tally)
        if time.monotonic() - last >= _LOGGED:
            last = time.monotonic()
            say(text)

    yield log


class Clock:
    """Speed and time left of a run, from what it did since it was started."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._start: float | None = None
        self._seen = 0

    def text(self, tally: RunCounts) -> str:
        """One line. Documents that an earlier start did count as done, but not for the speed."""
        if self._start is None:
            self._start, self._seen = self._now(), tally.seen
        seconds = max(self._now() - self._start, 0.001)
        speed = (tally.documents - tally.before) / seconds
        said = f"{tally.documents:,} documents, {speed:,.1f} a second, {tally.facts:,} facts{_unread(tally.errors)}"
        done = tally.seen - self._seen
        if tally.size and done > 0:
            left = seconds * max(tally.size - tally.seen, 0) / done
            said += f", {100 * tally.seen / tally.size:.0f}%, {_time(left)} left"
        return said


def _unread(errors: int) -> str:
    return f", {errors:,} not read" if errors else ""


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min" if minutes else f"{rest} s"


@contextmanager
def _line() -> Iterator[Callable[[str], None]]:
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Starting")
        yield lambda text: bar.update(task, description=text)
