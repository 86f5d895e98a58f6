"""Many documents: sources in, facts and errors out, as two files or (`nianbao.batch.many`) as a folder.

In: sources as they stream by, an extractor or the settings to make one in each process. Out: a file of facts and one
of documents; or, with several processes or a cluster, parts, a manifest of every document and errors, which are the
same rows whatever the number of processes, and go on where a break left them. A document that fails costs itself
alone.
"""

from __future__ import annotations

from nianbao.batch.run import NothingRead, errors_path, process, run
from nianbao.batch.summary import Summary

__all__ = ["NothingRead", "Summary", "errors_path", "process", "run"]
