"""A finding from its two sides: places, quotes, key and words, made in one way for all checks."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nianbao.audit.rules import AuditRules
from nianbao.catalogue import Registry
from nianbao.catalogue.identities import Identity
from nianbao.schema import Fact, Fault, Finding, Severity

_QUOTED = 3
_LONGEST = 120


@dataclass(slots=True)
class Maker:
    """Makes findings: `metrics` and `identities` give them names."""

    rules: AuditRules
    metrics: Registry
    identities: Mapping[str, Identity]

    def certain(self, facts: Sequence[Fact]) -> bool:
        """Whether every one of them was read for certain."""
        return all(fact.confidence >= self.rules.certain[fact.basis] for fact in facts)

    def make(
        self,
        check: str,
        left: Sequence[Fact],
        right: Sequence[Fact],
        *,
        sums: tuple[float, float] | None = None,
        relation: str | None = "≠",
        severity: Severity = "error",
        fault: Fault | None = None,
        sure: float | None = None,
        at: Fact | None = None,
        note: str | None = None,
        **words: str,
    ) -> Finding:
        """A finding about facts. `note`: one of configs/audit.yaml, said behind the message.
        `sums`: the two sides where they are not the facts' sums; `at`: whose document it is.

        Without `fault` it is the report's error where every fact was read for certain, else the reading's; of a
        doubtful reading an error is no more than a doubt.
        """
        cells = [*left, *right]
        least = min((fact.confidence for fact in cells), default=1.0)
        if fault is None:
            fault = "report" if self.certain(cells) else "reading"
        if sure is None:
            sure = least if fault == "report" else 1 - least / 2
        if fault == "reading":
            severity = "doubt"
        one = at or (right or left)[-1]
        numbers = sums or (_sum(left), _sum(right))
        said = {"quote": _quotes(left[:1]), **self._names((left or right)[0]), **words}
        zh, en = self._said(check, said, numbers, relation)
        if note is not None:
            zh, en = zh + self.rules.data["notes"][note]["zh"], en + self.rules.data["notes"][note]["en"]
        return Finding(
            doc_id=one.doc_id,
            agency=one.agency,
            report_year=one.report_year,
            check=check,
            severity=severity,
            left=numbers[0],
            relation=relation,
            right=numbers[1],
            left_at=[_place(fact) for fact in left],
            right_at=[_place(fact) for fact in right],
            left_quote=_quotes(left),
            right_quote=_quotes(right),
            fault=fault,
            sure=round(sure, 2),
            message_zh=zh,
            message_en=en,
            key=_key(one.doc_id, check, [*map(_cell, left), "|", *map(_cell, right), numbers]),
        )

    def missing(
        self,
        check: str,
        doc: Mapping[str, Any],
        what: str,
        *,
        severity: Severity,
        fault: Fault,
        sure: float,
        quote: str = "",
        left_at: Sequence[str] = (),
        right_at: Sequence[str] = (),
        numbers: tuple[float | None, float | None] = (None, None),
        relation: str | None = None,
        **words: str,
    ) -> Finding:
        """A finding about a document as a whole. `doc`: doc_id, agency, report_year. `what`: tells it from others."""
        zh, en = self._said(check, {"what": what, **words}, numbers, relation)
        return Finding(
            doc_id=doc["doc_id"],
            agency=doc.get("agency"),
            report_year=doc.get("report_year"),
            check=check,
            severity=severity,
            left=numbers[0],
            relation=relation,
            right=numbers[1],
            left_at=list(left_at),
            right_at=list(right_at),
            left_quote=quote,
            right_quote="",
            fault=fault,
            sure=round(sure, 2),
            message_zh=zh,
            message_en=en,
            key=_key(doc["doc_id"], check, [what]),
        )

    def _names(self, fact: Fact) -> dict[str, str]:
        metric = self.metrics.get(fact.metric) if fact.metric is not None and fact.metric in self.metrics else None
        zh, en = (metric.name_zh, metric.name_en) if metric else (fact.metric_text or "", fact.metric_text or "")
        return {"name": zh, "name_en": en, "applicant": fact.applicant or ""}

    def _said(
        self, check: str, words: Mapping[str, str], numbers: tuple[float | None, float | None], relation: str | None
    ) -> tuple[str, str]:
        left, right = ("" if one is None else f"{one:,.10g}" for one in numbers)
        if (identity := self.identities.get(check)) is not None and check not in self.rules.checks:
            applicant = words.get("applicant", "")
            zh, en = (
                f" [{names.get(applicant, applicant)}]" if identity.per_applicant and applicant else ""
                for names in (self.rules.applicants["zh"], self.rules.applicants["en"])
            )
            return (
                f"{identity.formula}{zh}：{left} {relation} {right}",
                f"{identity.english or check.replace('_', ' ')}{en}: {left} {relation} {right}",
            )
        said = self.rules.checks[check]
        fields = {"left": left, "right": right, **words}
        return said["zh"].format(**fields), said["en"].format(**fields)


def _sum(facts: Sequence[Fact]) -> float:
    return sum(fact.value or 0.0 for fact in facts)


def _place(fact: Fact) -> str:
    return f"{fact.doc_id}:{fact.start}-{fact.end}"


def _quotes(facts: Sequence[Fact]) -> str:
    shown = [fact.quote or fact.value_text or "" for fact in facts[:_QUOTED]]
    more = f" / … +{len(facts) - _QUOTED}" if len(facts) > _QUOTED else ""
    return " / ".join(" ".join(one.split())[:_LONGEST] for one in dict.fromkeys(shown)) + more


def _cell(fact: Fact) -> str:
    return f"{fact.doc_id}/{fact.metric}/{fact.applicant}/{fact.year}/{fact.basis}"


def _key(doc_id: str, check: str, parts: Sequence[object]) -> str:
    said = "\n".join(map(str, (doc_id, check, *parts)))
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:16]
