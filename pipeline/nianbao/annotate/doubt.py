"""How unsure the pipeline is: of a number, and of the stretch of text that an annotator gets to see."""

from __future__ import annotations

from typing import Any

from spacy.tokens import Doc

from nianbao.pipes.linker import Opinion

Opinions = dict[tuple[int, int], Opinion]
"""Span of a number → what the linker thinks of it."""


class Doubts:
    """The doubt of each number of a document, by the weights of `sampling` in configs/annotate.yaml.

    doubt = uncertainty · (1 - confidence of the linker's decision) + disagreement · [the rules alone answer otherwise]
            + failed_check · [a fact of the number fails a check]

    A number of a table, or where the rules link alone, has the confidence of its fact.

    Args:
        doc: read by the whole pipeline.
        sampling: the weights, and `worst`, how many of a stretch's numbers its doubt is the mean of.
        opinions: of the linker; empty where the rules link alone.
    """

    def __init__(self, doc: Doc, sampling: dict[str, Any], opinions: Opinions) -> None:
        self._weights, self._worst = sampling["weights"], int(sampling["worst"])
        failed = {(fact["start"], fact["end"]) for fact in doc._.facts if fact["flags"]}
        rows = [*doc._.links, *(fact for fact in doc._.facts if fact["basis"] == "table")]
        self._doubts: dict[tuple[int, int], float] = {}
        for row in rows:
            place = row["start"], row["end"]
            own = self._doubt(row, opinions.get(place), place in failed)
            self._doubts[place] = max(own, self._doubts.get(place, 0.0))

    def _doubt(self, row: dict[str, Any], opinion: Opinion | None, failed: bool) -> float:
        confidence = float(row["confidence"]) if opinion is None else opinion.confidence
        disputed = opinion is not None and opinion.disputed
        weights = self._weights
        return float(
            weights["uncertainty"] * (1 - confidence)
            + weights["disagreement"] * disputed
            + weights["failed_check"] * failed
        )

    def of(self, start: int, end: int) -> float:
        """The doubt of a number; one that the pipeline does not have so is disputed, and nothing is known of it."""
        unknown = float(self._weights["uncertainty"] + self._weights["disagreement"])
        return self._doubts.get((start, end), unknown)

    def between(self, start: int, end: int) -> float:
        """The mean doubt of the least sure numbers of a stretch; 0 where it has none."""
        found = [doubt for (left, right), doubt in self._doubts.items() if start <= left and right <= end]
        worst = sorted(found, reverse=True)[: self._worst]
        return sum(worst) / len(worst) if worst else 0.0
