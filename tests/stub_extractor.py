"""An extractor that takes every number for a fact: tests of files and commands need no better one.

Run as a program, it is `nianbao` with this extractor; with NIANBAO_TEST_PAUSE it waits so many seconds a document.
"""

from __future__ import annotations

import os
import re
import sys
import time
from types import ModuleType, SimpleNamespace

from nianbao.reading import Source
from nianbao.schema import Fact


class Extractor:
    """`run` as the real one has it."""

    def __init__(self, **_: object) -> None:
        pass

    def run(self, source: Source) -> SimpleNamespace:
        time.sleep(float(os.environ.get("NIANBAO_TEST_PAUSE", 0)))
        if "引发错误" in source.text:
            raise RuntimeError("a fault in a component")
        is_report = "年度报告" in source.text
        metric = "requests.received" if is_report else None
        facts = [
            Fact(
                *(source.id, "栖霞镇", 2018, 2018, metric, None, None, float(m.group()), m.group(), "件"),
                *("exact", "reported", "prose", None, None, m.start(), m.end(), None, None, 0.5),
            )
            for m in re.finditer(r"[0-9]{1,9}", source.text)
        ]
        structure = {"is_report": is_report, "title": source.text.partition("\n")[0], "agency": None, "headings": []}
        return SimpleNamespace(source=source, facts=facts, structure=structure, warnings=source.warnings)


def module() -> ModuleType:
    """What stands in for nianbao.extractor."""
    stub = ModuleType("nianbao.extractor")
    stub.Extractor = Extractor  # type: ignore[attr-defined]
    return stub


if __name__ == "__main__":
    sys.modules["nianbao.extractor"] = module()
    from nianbao.cli import main

    main()
