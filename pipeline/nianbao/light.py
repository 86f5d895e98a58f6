"""Libraries without what they load only for a command line of their own: a third of the time until a first fact."""

from __future__ import annotations

import gc
import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from types import ModuleType
from typing import Any


@contextmanager
def standing_in(module: str, *names: str) -> Iterator[None]:
    """While it lasts, an import of `module` gives a stand-in, whose functions `names` import the real one when called.

    Nothing is changed where the module is loaded already.
    """
    if module in sys.modules:
        yield
        return
    stand_in = ModuleType(module)
    for name in names:
        setattr(stand_in, name, partial(_call, module, name))
    sys.modules[module] = stand_in
    try:
        yield
    finally:
        if sys.modules.get(module) is stand_in:
            del sys.modules[module]


def _call(module: str, name: str, *args: Any, **kwargs: Any) -> Any:
    return getattr(import_module(module), name)(*args, **kwargs)


def deferred(module: str) -> ModuleType:
    """A module that is read when something of it is first asked for (`importlib.util.LazyLoader`)."""
    if module in sys.modules:
        return sys.modules[module]
    spec = importlib.util.find_spec(module)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"No module named {module!r}", name=module)
    spec.loader = importlib.util.LazyLoader(spec.loader)
    sys.modules[module] = found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


@contextmanager
def unsearched() -> Iterator[None]:
    """While it lasts, Python looks for no garbage: a document's thousands of objects go when it is read, or stay."""
    searched = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searched:
            gc.enable()


@contextmanager
def loading() -> Iterator[None]:
    """`unsearched`, and what was loaded stays: it goes among what is old, without a search."""
    with unsearched():
        yield
        if not gc.get_freeze_count():
            gc.freeze()
            gc.unfreeze()


# `spacy.info` is the one thing that spaCy takes from its command line, which brings weasel, httpx and requests.
with loading(), standing_in("spacy.cli.info", "info"):
    import spacy as spacy
if not hasattr(spacy, "cli"):
    setattr(spacy, "cli", deferred("spacy.cli"))  # noqa: B010  (mypy knows no such attribute)
