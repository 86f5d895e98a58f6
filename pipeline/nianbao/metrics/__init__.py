"""The registry of canonical metrics that ships; see `nianbao.catalogue`, which hands it to whoever is given one."""

from __future__ import annotations

from functools import lru_cache

from nianbao.catalogue import Catalogue
from nianbao.catalogue.files import ConfigError
from nianbao.catalogue.metrics import Metric, Registry

__all__ = ["ConfigError", "Metric", "Registry", "load_registry"]


@lru_cache(maxsize=1)
def load_registry() -> Registry:
    """The registry that ships, read once a process."""
    return Catalogue.load().metrics
