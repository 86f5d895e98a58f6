"""The trained linker behind the rules: it says how sure a finding is, and links a little of what they leave open."""

from __future__ import annotations

from nianbao.metrics import load_registry
from nianbao.prose.features import mention_features, without_characters, without_findings
from nianbao.prose.linking import SILENT, Link, Linker, judge
from nianbao.prose.mention import Mention
from nianbao.prose.model import LinkModel, Prediction
from nianbao.prose.rules import Verdict

# Confidence of a rule's finding that the model would not have made: about the share of those that are right.
_DISPUTED = 0.75


_FIRST = 2019
# Concepts of other business, which only a rule that knows them may pass over.
_FOREIGN = frozenset({"BUSINESS", "HOTLINE", "APPROVAL", "OTHER_MEDIA", "SUBMITTED", "LEGAL_PERSON", "NEWLY"})


def _may_count(mention: Mention) -> bool:
    """Whether words near a number that the rules leave open could name a metric at all."""
    near = frozenset(mention.windows[0])
    return mention.barred is None and not near <= SILENT and near.isdisjoint(_FOREIGN)


def _narrowed(mention: Mention, metric: str) -> bool:
    """Whether words or headings narrow the count to one field, so that it is no total of the agency's."""
    return metric.startswith("disclosure.") and (mention.special or mention.special_heading)


class LearnedLinker:
    """Links with the rules, then lets the trained model confirm, change or drop what they found.

    Where the model abstains the rules' finding stands (`fall_back`), or the number stays open. Numbers and denials are
    the model's; what 均, 全部 and 已 take over from another number stays with the rules,
    which see the whole paragraph.
    """

    def __init__(self, linker: Linker, model: LinkModel, known: frozenset[str], fall_back: bool = True) -> None:
        self.linker = linker
        self.model = model
        self.known = known
        self.fall_back = fall_back
        # What the forms first asked for in 2019.
        self.recent = frozenset(m.id for m in load_registry() if not m.forms.keys() & {"local", "2014"})

    def link(self, mentions: list[Mention], norm: str) -> list[Link]:
        """Links of the mentions, in their order; a metric that the registry does not know is none."""
        by_mention: dict[int, list[Link]] = {}
        verdicts = self.linker.verdicts(mentions)
        for link in self.linker.link(mentions, verdicts):
            by_mention.setdefault(id(link.mention), []).append(link)
        asked = [
            mention
            for mention in mentions
            if mention.kind not in ("all", "done")
            and (self._linked(by_mention.get(id(mention))) or _may_count(mention))
        ]
        said = dict(zip(map(id, mentions), verdicts, strict=True))
        rows = [self.features(m, norm, by_mention.get(id(m), []), said[id(m)]) for m in asked]
        predictions = dict(zip(map(id, asked), self.model.predict(rows), strict=True))
        agreed = self._agreed(asked, rows, predictions, by_mention) if self.fall_back else frozenset()
        links: list[Link] = []
        told: dict[int, set[str | None]] = {}
        for found in by_mention.values():
            told.setdefault(found[0].mention.sentence, set()).update(link.metric for link in found)
        for mention in mentions:
            found = by_mention.get(id(mention), [])
            prediction = predictions.get(id(mention))
            if prediction is not None:
                said_here = frozenset(told.get(mention.sentence, ()))
                found = self._decide(mention, found, prediction, id(mention) in agreed, said_here)
            links.extend(found)
        return links

    def _linked(self, found: list[Link] | None) -> bool:
        return bool(found) and any(link.metric for link in found or ())

    def _agreed(
        self,
        asked: list[Mention],
        rows: list[list[str]],
        predictions: dict[int, Prediction],
        by_mention: dict[int, list[Link]],
    ) -> frozenset[int]:
        """The mentions that the rules leave open and that the model may link: where its two halves, the characters
        alone and the concepts alone, say what it says with both. One half alone is sure too easily of wordings that
        it has not met."""
        open_ones = [
            (mention, row)
            for mention, row in zip(asked, rows, strict=True)
            if predictions[id(mention)].metric and not any(link.metric for link in by_mention.get(id(mention), []))
        ]
        halves = self.model.predict(
            [without_findings(row) for _, row in open_ones] + [without_characters(row) for _, row in open_ones]
        )
        spelled, found = halves[: len(open_ones)], halves[len(open_ones) :]
        return frozenset(
            id(mention)
            for (mention, _), one, other in zip(open_ones, spelled, found, strict=True)
            if one.metric == other.metric == predictions[id(mention)].metric
        )

    def features(
        self, mention: Mention, norm: str, found: list[Link], said: tuple[Verdict, int] | None = None
    ) -> list[str]:
        """The mention's features, the rules' findings (`found`, and `said` of it alone) among them."""
        verdict, window = said or judge(mention, self.linker.rules)
        return mention_features(mention, norm, verdict, window, found[0].metric if found else None)

    def _decide(
        self, mention: Mention, found: list[Link], prediction: Prediction, agreed: bool, told: frozenset[str | None]
    ) -> list[Link]:
        """`told`: the metrics that the rules find in the same sentence; another number there is hardly one of them."""
        metric = prediction.metric or None
        if metric not in self.known or mention.barred is not None:
            metric = None
        if metric in self.recent and (mention.year or _FIRST) < _FIRST:
            metric = None
        sure = prediction.confidence >= self.model.threshold
        stands = bool(found) and found[0].metric is not None and found[0].metric in self.known
        if stands and (self.fall_back or (sure and metric == found[0].metric)):
            # The rules are right far more often than not where they speak; the model says how sure to be.
            confidence = prediction.confidence if metric == found[0].metric else _DISPUTED
            for link in found:
                link.confidence, link.runner_up = confidence, prediction.runner_up
            return found
        if self.fall_back and (not agreed or (metric is not None and (_narrowed(mention, metric) or metric in told))):
            sure = False
        if mention.kind in ("zero", "maybe_zero") and (metric is None or not sure):
            return []
        linked = metric if sure else None
        applicant = self.linker.applicant(mention)
        name = next((name for name in mention.names if name[0] >= 0), (-1, -1))
        return [
            Link(
                mention=mention,
                metric=linked,
                applicant=(applicant or "total") if linked in self.linker.by_applicant else None,
                value=mention.value,
                status="stated" if mention.kind in ("zero", "maybe_zero") else "reported",
                confidence=prediction.confidence,
                rule="model",
                runner_up=prediction.runner_up if linked else metric,
                name=name,
            )
        ]
