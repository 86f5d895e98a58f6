"""All knowledge of the genre, read from configs/, validated as one and handed to whoever needs it.

In: a folder of YAML and TSV files, or the bytes of one. Out: an immutable `Catalogue` of metrics, concepts, rules, word
lists and patterns. It goes with a pipeline to disk, to bytes and to other processes as its files. A mistake is a
`ConfigError` that names file and line.
"""

from __future__ import annotations

from nianbao.catalogue.catalogue import Catalogue
from nianbao.catalogue.files import ConfigError
from nianbao.catalogue.metrics import Metric, Registry

__all__ = ["Catalogue", "ConfigError", "Metric", "Registry"]
