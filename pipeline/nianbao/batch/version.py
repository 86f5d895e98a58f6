"""Which model made a row: everything that decides what is read out of a text, as one word."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import nianbao
from nianbao.paths import data_dir

# Rooms that have no part in what is read out of a text.
_OTHER_ROOMS = {"annotate", "batch", "cli", "panel", "simulate", "training", "weak", "writing"}
# Work on training leaves files of its own beside what is read.
_BESIDE = {"simulate", "annotate", "tagger", "figures"}
_DATA = {"configs": (".yaml", ".tsv", ".txt"), "models": (".npz", ".json", ".msgpack", ".skops")}


@cache
def model_version(pipeline: str | None = None) -> str:
    """The package's version and a digest of its code, configs/ and models/, so far as they decide what a row says.

    Two machines with the same word give the same rows. `pipeline`: the folder of one that does not ship; its files
    count then as well.
    """
    digest = hashlib.sha256()
    package = Path(nianbao.__file__).parent
    files = [
        (package, path)
        for place in sorted(package.iterdir())
        if place.name not in _OTHER_ROOMS and (place.is_dir() or place.suffix == ".py")
        for path in _under(place, (".py",))
    ]
    for name, endings in _DATA.items():
        folder = data_dir(name)
        files += [(folder, path) for path in _under(folder, endings)]
    if pipeline is not None:
        files += [(Path(pipeline), path) for path in sorted(Path(pipeline).rglob("*")) if path.is_file()]
    for folder, path in files:
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return f"{nianbao.__version__}+{digest.hexdigest()[:12]}"


def _under(place: Path, endings: tuple[str, ...]) -> list[Path]:
    if place.is_file():
        return [place]
    found = (path for path in place.rglob("*") if path.suffix in endings)
    return sorted(path for path in found if path.relative_to(place).parts[0] not in _BESIDE)
