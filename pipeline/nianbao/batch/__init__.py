"""Many documents: sources in, one file of facts and one of errors out."""

from __future__ import annotations

from nianbao.batch.run import NothingRead, errors_path, process, run
from nianbao.batch.summary import Summary

__all__ = ["NothingRead", "Summary", "errors_path", "process", "run"]
