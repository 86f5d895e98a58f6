"""What a simulated report is known to say: facts, mentions, and the spans that carry them."""

from __future__ import annotations

from dataclasses import dataclass

from nianbao.schema import Basis, Qualifier, Status

METRIC, VALUE, STATED, OTHER = "METRIC", "VALUE", "STATED", "OTHER"
PERIOD, SCOPE, AGENCY = "PERIOD", "SCOPE", "AGENCY"
BLANK = "BLANK"


@dataclass(slots=True)
class MentionData:
    """A metric named in the text; the span of label METRIC has it as its data."""

    metric: str
    applicant: str = "total"


@dataclass(slots=True)
class NumberSlot:
    """A fact as it is written down; the span of label VALUE, STATED or BLANK has it as its data.

    `value` is what the words say, in the metric's canonical unit; `mention` is what names the metric. `implied` are
    metrics of the same value that a reader may take from the same words, as optional facts.
    """

    metric: str
    applicant: str
    year: int
    value: float | None
    qualifier: Qualifier
    status: Status
    basis: Basis
    scope: str | None = None
    mention: MentionData | None = None
    implied: tuple[str, ...] = ()


@dataclass(slots=True)
class OtherNumber:
    """A number that is no fact of any canonical metric; the span of label OTHER has it as its data."""

    kind: str
