"""Makes models/pkuseg: writes segmented sentences from configs/segmentation.yaml and trains spacy-pkuseg on them.

    python -m nianbao.language.train_segmenter models/pkuseg

The sentences are made of the project's own templates and lexicon and of words of pkuseg's shipped dictionary; no
report goes in. The same command gives the same model.
"""

from __future__ import annotations

import random
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from nianbao.language.lexicon import own_lexicon
from nianbao.language.segmenter import FEATURES, LAYOUT, WEIGHTS, Segmenter
from nianbao.paths import data_dir, load_yaml

ITERATIONS = 10
_SLOT = re.compile(r"\{(\w+)\}")
_DIGITS = "一二三四五六七八九十"


class Sentences:
    """Segmented sentences, made up at random from templates; the same seed gives the same sentences."""

    def __init__(
        self, settings: dict[str, Any], lexicon: dict[str, list[str]], dictionary: dict[int, list[str]]
    ) -> None:
        self._random = random.Random(settings["seed"])
        self._templates = [template.split(" ") for template in settings["templates"]]
        words = lexicon | {f"w{size}": of_size for size, of_size in dictionary.items()}
        self._places: str = settings["places"]
        self._slots: dict[str, Callable[[], str]] = {
            name: partial(self._random.choice, choices) for name, choices in words.items()
        }
        self._slots |= {
            "n": self._number,
            "zh": lambda: self._random.choice(_DIGITS),
            "year": lambda: str(self._random.randint(2008, 2025)),
            "place": self._place,
            "person": lambda: self._random.choice(settings["surnames"]) + self._place(),
            "many": self._many,
        }

    def __iter__(self) -> Iterator[str]:
        while True:
            yield " ".join(self._fill(part) for part in self._random.choice(self._templates))

    def _fill(self, part: str) -> str:
        return _SLOT.sub(lambda slot: self._slots[slot[1]](), part)

    def _number(self) -> str:
        return str(int(10 ** self._random.uniform(0, 4.5)))

    def _place(self) -> str:
        return "".join(self._random.sample(self._places, self._random.choice((1, 2, 2, 2))))

    def _many(self) -> str:
        return " 、 ".join(self._slots[self._random.choice(("w2", "w2", "general", "w3", "w4"))]() for _ in range(3))


def dictionary_words(more_characters: str, ends: str) -> dict[int, list[str]]:
    """Words of two to four characters from the dictionary that spacy-pkuseg ships, by length, in its order.

    Args:
        more_characters: that words may be made of, beside those of the lexicon. ends: of words of three characters.
    """
    import pickle

    import spacy_pkuseg

    # A file of the installed package, needed in training only: what ships is read without pickle.
    with (Path(spacy_pkuseg.__file__).parent / "dicts" / "default.pkl").open("rb") as file:
        words = pickle.load(file).split()  # noqa: S301
    known = set(more_characters) | {c for words in own_lexicon().values() for word in words for c in word}
    by_size: dict[int, list[str]] = {2: [], 3: [], 4: []}
    for word in words:
        if len(word) in by_size and known.issuperset(word):
            by_size[len(word)].append(word)
    # Three characters are names of people, most of them; words with a common ending are what reports use.
    by_size[3] = [word for word in by_size[3] if word[2] in ends]
    return by_size


def train(folder: Path) -> None:
    """Train and write the files of the model to `folder`."""
    import spacy_pkuseg

    settings = load_yaml(data_dir("configs") / "segmentation.yaml")
    dictionary = dictionary_words(settings["more_characters"], settings["dictionary_ends"])
    sentences = iter(Sentences(settings, own_lexicon(), dictionary))
    random.seed(settings["seed"])
    np.random.seed(settings["seed"])
    with tempfile.TemporaryDirectory() as place:
        training, held_out, model = Path(place, "train"), Path(place, "test"), Path(place, "model")
        training.write_text("\n".join(next(sentences) for _ in range(settings["sentences"])), encoding="utf-8")
        held_out.write_text("\n".join(next(sentences) for _ in range(settings["held_out"])), encoding="utf-8")
        spacy_pkuseg.train(str(training), str(held_out), str(model), train_iter=ITERATIONS)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FEATURES).write_bytes((model / FEATURES).read_bytes())
        with np.load(model / WEIGHTS) as arrays:
            # Three decimals segment alike and compress to a third.
            np.savez_compressed(folder / WEIGHTS, sizes=arrays["sizes"], w=arrays["w"].round(3))
    (folder / LAYOUT).unlink(missing_ok=True)
    (folder / LAYOUT).write_bytes(Segmenter.from_disk(folder).layout())


if __name__ == "__main__":
    train(Path(sys.argv[1]))
