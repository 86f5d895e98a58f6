"""The recogniser: RapidOCR with the models that its package ships, on onnxruntime, without a network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from nianbao.reading.config import load_config
from nianbao.reading.source import ReadWarning

if TYPE_CHECKING:
    import numpy as np

MISSING = 'pip install "nianbao[ocr]" reads it by text recognition'
"""What to do where the extra is not installed."""

# More share the work badly, and a run over many documents has a process a core.
_THREADS = 1


def is_installed() -> bool:
    """Whether text can be recognised."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


def was_recognised(what: str) -> ReadWarning:
    """What is said of text that was recognised."""
    return ReadWarning("ocr", f"{what} read by text recognition; digits that it doubts are ambiguous")


@dataclass(slots=True, frozen=True)
class RecognisedCharacter:
    """A character that was recognised. `at`: its middle, as a share of its line's width; `confidence` in 0..1."""

    text: str
    at: float
    confidence: float


@cache
def _engine() -> Any:
    """Loaded once a process; it keeps no state between pictures.

    Raises:
        ImportError: the extra is not installed.
    """
    from rapidocr import RapidOCR

    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,
            "Det.limit_side_len": load_config("ocr.yaml")["search_side"],
            "Det.limit_type": "max",
            # Short lines are most: they are not filled up to the width of long ones.
            "Rec.rec_img_shape": [3, 48, 48],
            "EngineConfig.onnxruntime.intra_op_num_threads": _THREADS,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


def find_lines(image: np.ndarray) -> list[np.ndarray]:
    """The quadrangles (four corners from the upper left, in pixels) of a picture's lines of text."""
    found = _engine()._load_det_model()(image)
    return [] if found.boxes is None else list(found.boxes)


def read_lines(crops: Sequence[np.ndarray]) -> list[list[RecognisedCharacter]]:
    """The characters in each picture of one line."""
    if not crops:
        return []
    from rapidocr.ch_ppocr_rec import TextRecInput

    result = _engine()._load_rec_model()(TextRecInput(img=list(crops), return_word_box=True))
    return [_pieces(text, info) for text, info in zip(result.txts or (), result.word_results, strict=True)]


def _pieces(text: str, info: Any) -> list[RecognisedCharacter]:
    columns = [column for word in info.word_cols for column in word]
    pieces: list[RecognisedCharacter] = []
    before = 0
    for char, confidence in zip(text, info.confs, strict=False):
        # Blanks have no column of their own.
        column = before if char.isspace() or not columns else columns.pop(0)
        before = column
        pieces.append(RecognisedCharacter(char, (column + 0.5) / max(info.line_txt_len, 1.0), float(confidence)))
    return pieces
