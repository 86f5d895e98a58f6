"""`Gate`: bytes or text in, passes or not out."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from nianbao.gate.model import GateModel
from nianbao.gate.page import PageReader
from nianbao.paths import data_dir, load_yaml


@lru_cache(maxsize=1)
def _shipped() -> GateModel:
    return GateModel.load(data_dir("models") / "gate")


@lru_cache(maxsize=1)
def page_reader() -> PageReader:
    """Reads pages by the words that ship."""
    words = load_yaml(data_dir("configs") / "gate" / "words.yaml")
    return PageReader(tuple(words["subject"]), words["traditional"])


class Gate:
    """Tells pages that may be annual reports on disclosure from the rest of a crawl.

    A page that nowhere names 公开, in no encoding, is refused by its bytes alone; the others are stripped to their
    text and scored by a linear model. It is made to lose no report: some near misses pass, and the reader that judges
    structure and title (`is_report` of `nianbao structure`) refuses them later.

        >>> from nianbao.gate import Gate
        >>> Gate().is_report("本月气温平均22度，降水偏少，粮食产量增加。")
        (False, 0.0)

    Args:
        folder: of a trained gate; None: the one that ships.
        threshold: the score from which a page passes; None: the model's own.
    """

    def __init__(self, folder: Path | None = None, threshold: float | None = None) -> None:
        self._model = _shipped() if folder is None else GateModel.load(folder)
        self._reader = page_reader()
        self.threshold = self._model.threshold if threshold is None else threshold

    def is_report(self, page: bytes | str) -> tuple[bool, float]:
        """Whether a page or a text passes, and its score, 0..1.

        Args:
            page: the bytes of an HTML page or of a plain text in any encoding of Chinese sites, or a text.
        """
        data = page.encode("utf-8", "replace") if isinstance(page, str) else page
        if not self._reader.names_subject(data):
            return False, 0.0
        score = self._model.score(self._reader.read(data))
        return score >= self.threshold, score
