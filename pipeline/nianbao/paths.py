"""Where the package finds its data: configs/ and models/, in a checkout or in an installed wheel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

_PACKAGE = Path(__file__).resolve().parent


def data_dir(name: str) -> Path:
    """The folder `name` ("configs" or "models").

    A wheel carries it inside the package; a checkout has it at the top level.

    Raises:
        FileNotFoundError: neither place has it.
    """
    for place in (_PACKAGE / name, _PACKAGE.parents[1] / name):
        if place.is_dir():
            return place
    raise FileNotFoundError(f"nianbao's folder {name!r} was not found beside or above {_PACKAGE}; reinstall nianbao")


def load_yaml(path: Path) -> Any:
    """A YAML file as plain data, by the safe loader, the one in C where it was built.

    Raises:
        OSError: the file cannot be read.
        yaml.YAMLError: it is no valid YAML.
    """
    import yaml

    return yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
