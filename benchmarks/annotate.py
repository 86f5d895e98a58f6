"""How long 5,000 tasks take to a local doccano server and back, and whether what comes back is what went.

python benchmarks/annotate.py [--tasks N] [--confirmed SHARE] [--limit SECONDS]
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "doccano"))

from people import Person
from server import running_server

from nianbao.annotate.environment import client_python
from nianbao.annotate.gold import read_places, update
from nianbao.annotate.marks import Layer, Mark
from nianbao.annotate.pull import harvest
from nianbao.annotate.push import push
from nianbao.annotate.remote import Remote
from nianbao.annotate.settings import load_settings
from nianbao.annotate.setup import set_up
from nianbao.annotate.tasks import Task, digest

SENTENCE = "2016年，𠮷水镇共收到信息公开申请{}件，均已按期答复，其中当面申请{}件；\r\n"


def make(number: int) -> Task:
    """A task of about 400 characters with eight values, offsets beyond the BMP."""
    text = "".join(SENTENCE.format(number + i, number * i + 1) for i in range(11))
    marks = []
    at = 0
    for i in range(8):
        words = str(number + i)
        at = text.index(f"申请{words}件", at) + 2
        marks.append(Mark(at, at + len(words), "VALUE", "benchmark"))
    about = {
        "doc_sha256": digest(text),
        "doc_length": len(text),
        "is_report": True,
        "agency": "𠮷水镇人民政府",
        "report_year": 2016,
    }
    name = hashlib.sha256(str(number).encode()).hexdigest()[:12]
    return Task("spans", f"benchmark/{name}", 0, len(text), text, Layer(marks), about)


def timed(what: str, work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - began
    print(f"{what:<28} {seconds:7.1f} s", flush=True)
    return seconds, result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=5000)
    parser.add_argument("--confirmed", type=float, default=0.1, help="share that an annotator has confirmed")
    parser.add_argument("--limit", type=float, default=60, help="seconds for push and pull together")
    options = parser.parse_args()
    settings = load_settings()
    tasks = [make(number) for number in range(options.tasks)]
    print(f"{len(tasks):,} tasks, {sum(len(t.text) for t in tasks) / len(tasks):.0f} characters each, 8 spans each")
    python = client_python(print)
    with running_server() as server, tempfile.TemporaryDirectory() as folder:
        with Remote(python, server.url, server.user, server.password, settings.session()) as remote:
            set_up(remote, settings, ["spans"], print)
            up, _ = timed("push", lambda: push(remote, settings, tasks, "benchmark", lambda done, total: None))
            admin = Person(server.url, server.user, server.password)
            project = admin.project(settings.projects["spans"].name)
            examples = admin.examples(project)[: round(len(tasks) * options.confirmed)]
            timed("(an annotator confirms)", lambda: [admin.confirm(project, e["id"]) for e in examples])
            down, got = timed("pull", lambda: harvest(remote, settings, "spans"))
            written, _ = timed("gold written", lambda: update(Path(folder), settings, {"spans": got}))
        places = {place.doc_id: place for place in read_places(Path(folder), "spans")}
    sent = {task.doc_id: task for task in tasks}
    assert len(got.tasks) == len(tasks) and not any(task.edited for task in got.tasks) and not got.refused
    assert len(places) == len(examples)
    for name, place in places.items():
        assert place.text == sent[name].text
        assert [mark.key for mark in place.layer.marks] == [mark.key for mark in sent[name].suggested.marks]
    total = up + down + written
    print(f"{'together':<28} {total:7.1f} s; every text and every span came back as it went")
    if total > options.limit:
        sys.exit(f"slower than {options.limit:.0f} s")


if __name__ == "__main__":
    main()
