"""The stub extractor, with documents that take their process down. Run as a program it is a run over processes.

python tests/stub_poison.py DOCS OUT WORKERS
"""

from __future__ import annotations

import os
import signal
import time
from types import SimpleNamespace

from nianbao.reading import Source
from stub_extractor import Extractor as Plain

EXTRACTOR = "stub_poison:Extractor"


class Extractor(Plain):
    """`run` as the real one has it."""

    def run(self, source: Source) -> SimpleNamespace:
        if "挂起" in source.text:
            time.sleep(1000)
        if "内存" in source.text:
            bytearray(10_000_000_000)
        if "崩溃" in source.text:
            os.kill(os.getpid(), signal.SIGSEGV)
        return super().run(source)


if __name__ == "__main__":
    from nianbao.batch.many import run_many
    from nianbao.cli import main

    (run_many.__kwdefaults__ or {})["extractor"] = EXTRACTOR
    main()
