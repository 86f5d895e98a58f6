"""The pictures of the guideline, taken anew from a real server: `python tests/doccano/pictures.py`.

Texts are written here with the labels that are right on them: `[words]V` is a VALUE, by the letters of _LABELS;
`[words]V2` has a relation from `[words]M2`.
"""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from people import Person
from server import HERE, cache, running_server

from nianbao.annotate.environment import client_python, environment
from nianbao.annotate.marks import Key, Layer, Mark
from nianbao.annotate.push import push
from nianbao.annotate.remote import Remote
from nianbao.annotate.settings import Settings, load_settings
from nianbao.annotate.setup import set_up
from nianbao.annotate.suggest import make_tasks
from nianbao.annotate.tasks import Task, digest
from nianbao.extractor import Extractor
from nianbao.reading.source import Source

OUT = HERE.parents[1] / "annotations" / "pictures"
_LABELS = {
    **{"M": "METRIC", "V": "VALUE", "P": "PERIOD", "S": "SCOPE", "H": "HEADING1"},
    **{"t": "title", "h": "heading", "p": "prose", "d": "table_head", "r": "table_row_label"},
    **{"v": "table_value", "n": "table_note", "f": "furniture"},
}
_MARK = re.compile(rf"\[([^\]]*)\]([{''.join(_LABELS)}])(\d*)")

# Picture → kind of project, height of the window, text.
MARKED = {
    "hard_parts": (
        "spans",
        560,
        "[二、收到和办理申请情况]H\n"
        "[2016年]P，本镇[收到信息公开申请]M1[28]V1件，其中[自然人]M2[20]V2件、[法人]M3[8]V3件。\n"
        "[当面]M4、[网络申请]M5分别为[8]V4件、[20]V5件，比上年增加3件，增长12%。\n",
    ),
    "hard_zeros": (
        "spans",
        620,
        "[三、复议诉讼和收费情况]H\n"
        "[未发生行政复议、行政诉讼]V。上述[申请]M1[均已按时答复]V1。\n"
        "[𠮷水镇财政所]S[收取检索费]M2[1.2万]V2元；[2015年]P[收取]M3[8,000余]V3元。\n"
        "依据〔2016〕5号文件第17条，第3次会议讨论了收费办法。\n",
    ),
    "lines": (
        "lines",
        800,
        "[𠮷水镇2020年政府信息公开工作年度报告]t\n[一、总体情况。]h[2020年，𠮷水镇共收到信息公开申请28件。]p\n"
        "[申请人情况]d | [自然人]d | [总计]d |\n[一、本年新收政府信息公开申请数量]r | [28]v | [28]v |\n"
        "[注：含上年结转2件。]n\n[打印本页 关闭窗口]f\n",
    ),
}
REPORT = (
    "𠮷水镇2020年政府信息公开工作年度报告\n一、总体情况\n2020年，𠮷水镇共收到信息公开申请28件，上年结转2件，"
    "历年累计收到申请315件。\n"
)


def marked(text: str) -> tuple[str, Layer]:
    """A text without its marks, and the marks."""
    plain, layer, at = "", Layer(), 0
    metrics: dict[str, Key] = {}
    for match in _MARK.finditer(text):
        plain += text[at : match.start()]
        mark = Mark(len(plain), len(plain) + len(match[1]), _LABELS[match[2]])
        plain, at = plain + match[1], match.end()
        layer.marks.append(mark)
        if match[2] == "M":
            metrics[match[3]] = mark.key
        elif match[2] == "V" and match[3]:
            layer.relations.append((metrics[match[3]], mark.key))
    return plain + text[at:], layer


def by_name(settings: Settings) -> Iterator[tuple[str, str, int, Task]]:
    """Picture, kind of project, height of the window, task."""
    for name, (kind, height, text) in MARKED.items():
        plain, layer = marked(text)
        data = {"doc_sha256": digest(plain), "doc_length": len(plain), "is_report": True, "agency": ""}
        yield name, kind, height, Task(kind, name, 0, len(plain), plain, layer, {**data, "report_year": 2016})
    extractor = Extractor()
    doc = extractor.doc(Source("吉水镇_2020", REPORT))
    linker: Any = extractor.nlp.get_pipe("nianbao_linker")
    tasks = make_tasks(doc, "links", settings, linker.opinions(doc, 5))
    yield "links", "links", 620, next(task for task in tasks if task.about["words"] == "28")


def main() -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("no chromium; on Debian: apt-get install chromium fonts-noto-cjk")
    python = environment(HERE / "browser-requirements.txt", cache() / "playwright", print)
    shipped = load_settings()
    with running_server() as server:
        admin = Person(server.url, server.user, server.password)
        for name, kind, height, task in by_name(shipped):
            project = dataclasses.replace(shipped.projects[kind], name=f"nianbao {kind} ({name})")
            settings = dataclasses.replace(shipped, projects={**shipped.projects, kind: project})
            login = (server.url, server.user, server.password, settings.session())
            with Remote(client_python(print), *login) as remote:
                set_up(remote, settings, [kind], print)
                push(remote, settings, [task], "pictures", lambda done, total: None)
            job = {"url": server.url, "user": server.user, "password": server.password, "page": 1, "label": None}
            job |= {"project": admin.project(project.name), "chromium": chromium, "height": height, "kind": kind}
            job["picture"] = str(OUT / f"{name}.png")
            subprocess.run([str(python), str(HERE / "browser.py")], input=json.dumps(job), text=True, check=True)


if __name__ == "__main__":
    Path(OUT).mkdir(exist_ok=True)
    main()
