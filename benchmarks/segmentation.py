"""How well words are cut: boundary and word F1 on sentences cut by hand (tests/data/segmented.txt), and the speed.

python benchmarks/segmentation.py
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import spacy

from nianbao.catalogue import Catalogue
from nianbao.language.segmenter import own_segmenter
from nianbao.language.tokenizer import ChineseTokenizer

SENTENCES = Path(__file__).resolve().parents[1] / "tests" / "data" / "segmented.txt"
Cut = Callable[[str], list[str]]


def sentences() -> list[list[str]]:
    """The sentences cut by hand, each a list of words."""
    lines = SENTENCES.read_text(encoding="utf-8").splitlines()
    return [line.split() for line in lines if line and not line.startswith("#")]


def spans(words: list[str]) -> set[tuple[int, int]]:
    """The words as pairs of offsets."""
    position, found = 0, set()
    for word in words:
        found.add((position, position + len(word)))
        position += len(word)
    return found


def f1(cut: Cut) -> tuple[float, float]:
    """F1 of the words and of the boundaries inside the sentences."""
    scores = []
    for of in (spans, lambda words: {end for _, end in spans(words)} - {sum(map(len, words))}):
        right = given = wanted = 0
        for words in sentences():
            gold, found = of(words), of(cut("".join(words)))
            right, given, wanted = right + len(gold & found), given + len(found), wanted + len(gold)
        scores.append(2 * right / (given + wanted))
    return scores[0], scores[1]


def model_words(text: str) -> list[str]:
    """The words of the pkuseg model alone."""
    cuts = own_segmenter().cuts(text)
    return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]


def main() -> None:
    """Print a table."""
    tokenizer = ChineseTokenizer(spacy.blank("zh").vocab, Catalogue.load().numerals, cache_size=0)
    ways: dict[str, Cut] = {
        "characters": list,
        "pkuseg model alone": model_words,
        "tokenizer": lambda text: [token.text for token in tokenizer(text)],
    }
    text = "".join("".join(words) for words in sentences())
    print(f"{'':20}  words F1  boundaries F1  characters a second")
    for name, cut in ways.items():
        words, boundaries = f1(cut)
        start = time.perf_counter()
        for _ in range(20):
            for sentence in sentences():
                cut("".join(sentence))
        speed = 20 * len(text) / (time.perf_counter() - start)
        print(f"{name:20}  {words:8.3f}  {boundaries:13.3f}  {speed:19,.0f}")


if __name__ == "__main__":
    main()
