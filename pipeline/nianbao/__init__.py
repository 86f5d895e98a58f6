"""nianbao reads Chinese government information-disclosure annual reports into traceable facts.

>>> import nianbao
>>> facts = nianbao.extract("平湖县2017年政府信息公开工作年度报告\\n一、概述\\n全年主动公开政府信息8756条。")
>>> facts[0].metric, facts[0].value
('disclosure.total', 8756.0)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Catalogue", "Extractor", "Fact", "FactList", "Source", "extract", "load"]

if TYPE_CHECKING:
    from nianbao.catalogue import Catalogue
    from nianbao.extractor import Extractor, FactList, extract, load
    from nianbao.reading import Source
    from nianbao.schema import Fact

# Loaded on first use: `nianbao --help` must not pay for spaCy.
_HOMES = {
    "Catalogue": "nianbao.catalogue",
    "Extractor": "nianbao.extractor",
    "Fact": "nianbao.schema",
    "FactList": "nianbao.extractor",
    "Source": "nianbao.reading",
    "extract": "nianbao.extractor",
    "load": "nianbao.extractor",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'nianbao' has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*__all__, "__version__", "__doc__"})
