"""The extractor of a command: loaded once for the whole process, from --model or as it ships."""

from __future__ import annotations

import atexit
import gc
from pathlib import Path
from typing import TYPE_CHECKING

from nianbao.cli.options import usage

if TYPE_CHECKING:
    from nianbao.extractor import Extractor, Result
    from nianbao.reading import Source


def open_extractor(model: Path | None = None, *, apart: bool = False) -> Extractor:
    """The pipeline at `model`, or the one that ships. Ends the command as wrong usage where there is none."""
    from nianbao.extractor import Extractor

    if model is None:
        extractor = Extractor()
    else:
        from nianbao.extractor import load

        if not (model / "config.cfg").is_file():
            usage(f"{model} holds no pipeline; name a folder that `nianbao train`, `spacy train` or nlp.to_disk wrote")
        extractor = Extractor(load(model))
    extractor.apart = apart
    # What is loaded stays; looking through it for garbage again and again would take a fifth of the time.
    gc.collect()
    gc.freeze()
    atexit.register(gc.unfreeze)
    return extractor


class LateExtractor:
    """The shipped extractor, loaded with the first document: a command with nothing to read does not wait for it."""

    def __init__(self, *, apart: bool = False) -> None:
        self._apart = apart
        self._extractor: Extractor | None = None

    def run(self, source: Source) -> Result:
        """One document's facts and structure."""
        if self._extractor is None:
            self._extractor = open_extractor(apart=self._apart)
        return self._extractor.run(source)
