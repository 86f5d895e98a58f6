"""The process that reads: it goes through a shard, part by part, and may be lost at any document."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nianbao.batch.checkpoint import Checkpoint
from nianbao.batch.part import PartWriter
from nianbao.batch.plan import Shard
from nianbao.batch.run import process
from nianbao.batch.settings import RunSettings
from nianbao.batch.stream import Stream, about, is_remote, place
from nianbao.reading import ReadError, Source
from nianbao.reading.kinds import sha256_of
from nianbao.reading.open import duplicate, place_of
from nianbao.reading.record import Record, refused

if TYPE_CHECKING:
    from nianbao.batch.run import DocumentReader

Gate = Callable[[bytes | str], bool]
"""Says of a page's bytes, or of a text, whether it is to be read."""


class Unreachable(Exception):
    """What comes over the network broke off: what follows is not lost, it has to be asked for again."""


class Worker:
    """Does tasks one after another with one extractor.

    Args:
        mark: where the worker says which record it is at.
        tell: takes what is to be said of each part that is done.
        gate: None: every page is read.
    """

    def __init__(
        self,
        settings: RunSettings,
        extractor: DocumentReader,
        mark: Checkpoint,
        tell: Callable[[dict[str, Any]], None],
        gate: Gate | None = None,
    ) -> None:
        self._settings = settings
        self._extractor = extractor
        self._mark = mark
        self._tell = tell
        self._gate = gate
        self._stream: Stream | None = None

    def run(self, task: dict[str, Any]) -> None:
        """Makes the parts of a task that are not there yet.

        Args:
            task: `shard`; `first` part and number of `parts` (None: all that follow); `done`: number → whether it is
                the last, of the parts that are there; `bad`: record → why it is not to be read; `cut`: the record
                at which the shard cannot be gone through, so that what follows is given up.

        Raises:
            WriteError: the system refused.
            Unreachable: a data set on the network does not answer.
            MemoryError: a document went over the limit; this process must not be used again.
        """
        shard = Shard.from_dict(task["shard"])
        done = {int(part): bool(last) for part, last in task["done"].items()}
        bad = {int(record): error for record, error in task["bad"].items()}
        part, ended = task["first"], False
        try:
            while not ended and (task["parts"] is None or part < task["first"] + task["parts"]):
                ended = done[part] if part in done else self._part(shard, part, bad, task["cut"])
                part += 1
        finally:
            # Whatever broke off, no clock may run on: it would end this process in the midst of something else.
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _part(self, shard: Shard, part: int, bad: dict[int, dict[str, Any]], cut: int | None) -> bool:
        first = part * self._settings.part_size
        stream = self._open(shard, first)
        while stream.next < first and self._advance(stream, cut) is not None:
            pass
        with PartWriter(Path(self._settings.folder), shard.key(part), self._settings.model) as made:
            ids: dict[str, str] = {}
            while stream.next < first + self._settings.part_size:
                number = stream.next
                record = self._advance(stream, cut)
                if number in bad and number >= first and (record is not None or number == cut):
                    made.add_record(_lost(shard, number, bad[number]), bad[number]["sha256"])
                elif record is not None:
                    self._read(shard, number, record, made, ids)
                if record is None:
                    break
            # The next part tells what cannot be gone through.
            ended = stream.ended or (stream.next != cut and not self._more(stream))
            self._rest()
            if not part or made.has_records:
                made.commit(ended)
        self._tell({"part": part, "ended": ended, "seen": stream.seen, "summary": made.summary.to_dict()})
        return ended

    def _open(self, shard: Shard, first: int) -> Stream:
        stream = self._stream
        if stream is None or stream.shard != shard.number or stream.next > first:
            stream = self._stream = Stream(shard, self._settings.max_bytes)
        return stream

    def _advance(self, stream: Stream, cut: int | None) -> Record | None:
        if stream.next == cut:
            stream.cut()
            return None
        self._watch(stream.next, stream.remote)
        return stream.advance()

    def _more(self, stream: Stream) -> bool:
        self._watch(stream.next, stream.remote)
        return stream.peek()

    def _read(self, shard: Shard, number: int, record: Record, made: PartWriter, ids: dict[str, str]) -> None:
        self._watch(number)
        path, remote = place(shard, number, None)[0], is_remote(shard)
        if self._gate is not None and record.page is not None and not self._gate(record.page):
            made.add_record(refused(path, record.doc_id, record.line))
            return
        item = record.read()
        if isinstance(item, ReadError):
            _memory(item)
            if remote and item.kind == "unreadable":
                raise Unreachable(str(item))
            made.add_record(item)
            return
        sha256 = sha256_of(item.text)
        self._mark.read(number, sha256, item.id, item.line)
        if self._gate is not None and record.page is None and not self._gate(item.text):
            made.add_record(refused(item.path, item.id, item.line), sha256)
        elif item.id in ids:
            made.add_record(duplicate(item, ids[item.id]), sha256)
        else:
            ids[item.id] = place_of(item)
            self._extract(item, made, sha256)

    def _extract(self, source: Source, made: PartWriter, sha256: str) -> None:
        for outcome in process([source], self._extractor):
            if isinstance(outcome, ReadError):
                _memory(outcome)
                made.add_record(outcome, sha256)
            else:
                made.add_result(outcome, sha256)

    def _watch(self, number: int, remote: bool = False) -> None:
        """From here on the record with this number is to blame for whatever happens, and its time runs."""
        self._mark.at(number)
        # The system ends the process: nothing that hangs, not even a C library, can hold it off.
        # What comes over the network takes its time and is no document's fault.
        signal.setitimer(signal.ITIMER_REAL, 0 if remote else self._settings.time_limit)

    def _rest(self) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        self._mark.clear()


def _memory(error: ReadError) -> None:
    """A process that ran out of memory in the middle of something is not to be trusted with the next document."""
    if isinstance(error.__cause__, MemoryError):
        # What is left to do is no longer the document's time.
        signal.setitimer(signal.ITIMER_REAL, 0)
        raise MemoryError


def _lost(shard: Shard, number: int, why: dict[str, Any]) -> ReadError:
    path, line, doc_id = place(shard, number, why["line"])
    lost = ReadError(why["message"], path=path, line=line, doc_id=why["id"] or doc_id, kind=why["kind"])
    lost.format, lost.sha256 = about(shard, number)
    return lost


def limit_memory(more: int) -> None:
    """Lets this process have at most so many bytes of addresses more than it has, on Linux.

    No core files either: the crash of a document is no reason to fill a disk.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    except OSError:
        return
    most = pages * os.sysconf("SC_PAGE_SIZE") + more
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
