"""Many documents: sources in, facts and errors out, as two files or (`nianbao.batch.many`) as a folder."""

from __future__ import annotations

from nianbao.batch.run import NothingRead, errors_path, process, run
from nianbao.batch.summary import Summary

__all__ = ["NothingRead", "Summary", "errors_path", "process", "run"]
