"""What the project's components share: their knowledge comes from a catalogue, which travels with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import srsly
from spacy.pipeline import Pipe

from nianbao.catalogue import Catalogue
from nianbao.pipes import extensions

P = TypeVar("P", bound="CataloguePipe")
STATE = "state.msgpack"


class CataloguePipe(Pipe):
    """A component that reads with a catalogue.

    A subclass says in `compile` what it makes of `self.catalogue`, in `settings` what else its `__init__` takes, and in
    `state` what else it has learnt. `to_disk`, `to_bytes` and pickle keep all three; nothing of it is code.

    Args:
        catalogue: the knowledge to read with. name: of the component in its pipeline.
    """

    def __init__(self, catalogue: Catalogue, name: str) -> None:
        extensions.register()
        self.name = name
        self.catalogue = catalogue
        self._ready = False

    def compile(self) -> None:
        """Makes what `self.catalogue` says ready for use."""

    def settings(self) -> dict[str, Any]:
        """The arguments of `__init__` beside catalogue and name, as plain data."""
        return {}

    def state(self) -> dict[str, bytes]:
        """What it has learnt, as bytes by name."""
        return {}

    def restore(self, state: dict[str, bytes]) -> None:
        """Takes over what `state` gave."""

    def use(self, catalogue: Catalogue) -> None:
        """Reads with another catalogue from now on."""
        self.catalogue = catalogue
        self._ready = False

    def ready(self) -> None:
        """Compiles the catalogue unless that is done: with the first document, or with what is read from disk."""
        if not self._ready:
            self.compile()
            self._ready = True

    def to_bytes(self, *, exclude: Any = ()) -> bytes:
        """Catalogue and what was learnt, as msgpack."""
        return bytes(srsly.msgpack_dumps({"catalogue": self.catalogue.to_bytes(), **self.state()}))

    def from_bytes(self: P, data: bytes, *, exclude: Any = ()) -> P:
        """Takes over what `to_bytes` gave. Returns itself.

        Raises:
            ValueError: the bytes are not of such a component.
        """
        found = srsly.msgpack_loads(data)
        if not isinstance(found, dict) or "catalogue" not in found:
            raise ValueError(f"these bytes hold no {type(self).__name__}; write them with its to_bytes")
        self.use(Catalogue.from_bytes(found.pop("catalogue")))
        self.restore(found)
        return self

    def to_disk(self, path: str | Path, *, exclude: Any = ()) -> None:
        """Writes the bytes of `to_bytes` into the folder `path`."""
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / STATE).write_bytes(self.to_bytes())

    def from_disk(self: P, path: str | Path, *, exclude: Any = ()) -> P:
        """Reads what `to_disk` wrote. Returns itself."""
        return self.from_bytes((Path(path) / STATE).read_bytes())

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), self.catalogue, self.name, self.settings(), self.to_bytes())


class ScoredPipe(CataloguePipe):
    """A component with a scorer, for `spacy evaluate` and `Language.evaluate`."""

    def __init__(self, catalogue: Catalogue, name: str, scorer: Callable[..., dict[str, Any]] | None = None) -> None:
        super().__init__(catalogue, name)
        self.scorer = scorer

    def settings(self) -> dict[str, Any]:
        return {"scorer": self.scorer}


def _restored(kind: type[P], catalogue: Catalogue, name: str, settings: dict[str, Any], data: bytes) -> P:
    return kind(catalogue, name, **settings).from_bytes(data)
