"""The registry of canonical metrics, read from configs/metrics.tsv."""

from __future__ import annotations

from nianbao.metrics.registry import ConfigError, Metric, Registry, load_registry, read_registry

__all__ = ["ConfigError", "Metric", "Registry", "load_registry", "read_registry"]
