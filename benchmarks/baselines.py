"""What the same reports cost stock spaCy: pkuseg alone, and pkuseg with a small tok2vec and ner, both for Chinese.

The pkuseg model is the project's own, since pkuseg ships none; the network's weights are random, which costs as much
as trained ones. `benchmarks/speed.py` runs both beside the extractor, since only the ratio travels between machines.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.training import Example

ROOT = Path(__file__).resolve().parents[1]
_TOK2VEC: dict[str, Any] = {
    "@architectures": "spacy.HashEmbedCNN.v2",
    "width": 96,
    "depth": 4,
    "embed_size": 2000,
    "window_size": 1,
    "maxout_pieces": 3,
    "subword_features": True,
    "pretrained_vectors": None,
}
_NER: dict[str, Any] = {
    "@architectures": "spacy.TransitionBasedParser.v2",
    "state_type": "ner",
    "extra_state_tokens": False,
    "hidden_width": 64,
    "maxout_pieces": 2,
    "use_upper": True,
    "tok2vec": _TOK2VEC,
}


def stock(*, ner: bool) -> Language:
    """spaCy's own pipeline for Chinese with pkuseg, with or without a recogniser of entities."""
    tokenizer = {"@tokenizers": "spacy.zh.ChineseTokenizer", "segmenter": "pkuseg"}
    nlp = spacy.blank("zh", config={"nlp": {"tokenizer": tokenizer}})
    nlp.tokenizer.initialize(pkuseg_model=str(ROOT / "models" / "pkuseg"), pkuseg_user_dict="default")  # type: ignore[union-attr]
    if ner:
        pipe: Any = nlp.add_pipe("ner", config={"model": _NER})
        doc = nlp.make_doc("收到申请28件。")
        example = Example.from_dict(doc, {"entities": [(4, 6, "VALUE")]})
        pipe.initialize(lambda: [example], nlp=nlp)
    return nlp


def documents_a_second(texts: list[str], *, ner: bool) -> float:
    """Documents a second of processor time, of texts read one after the other by a warm pipeline."""
    nlp = stock(ner=ner)
    nlp("全年收到申请28件。" * 50)
    start = time.process_time()
    for text in texts:
        nlp(text)
    return len(texts) / (time.process_time() - start)
