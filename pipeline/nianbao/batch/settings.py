"""What every process of a run over many documents has to know."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

EXTRACTOR = "nianbao.extractor:Extractor"


@dataclass(slots=True, frozen=True)
class RunSettings:
    """The same for all processes and for every start of one run.

    Args:
        folder: where the parts are written.
        model: `model_version` of the process that began the run.
        max_bytes: a longer document is refused.
        part_size: documents in one part.
        time_limit: seconds that one document may take.
        memory_limit: bytes that one document may need beyond what the process has.
        filtered: whether pages that are no reports are left out unread.
        pipeline: the folder of the pipeline to read with; None: the one that ships.
        extractor: "module:name" of what makes an extractor, called without arguments.
    """

    folder: str
    model: str
    max_bytes: int
    part_size: int = 250
    time_limit: float = 120.0
    memory_limit: int = 2_000_000_000
    filtered: bool = False
    extractor: str = EXTRACTOR
    pipeline: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)
