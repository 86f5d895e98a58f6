"""The rules' links and the trained model together: which of the two is followed for each mention."""

from __future__ import annotations

from dataclasses import replace

from nianbao.catalogue import Registry
from nianbao.prose.features import mention_features
from nianbao.prose.linking import Link, Linker, judge
from nianbao.prose.mention import Mention
from nianbao.prose.model import NONE, LinkModel, Prediction
from nianbao.prose.rules import Verdict

# Confidence of a rule's finding whose metric the model does not know: about the share of those that are right.
_UNKNOWN = 0.75
# From this confidence on, a number that the model takes to count nothing stays open although a rule speaks.
_DENIED = 0.75
_FIRST = 2019
# Units of so many things that without a word near it such a number could be anything.
_VAGUE = frozenset({"", "条", "元", "项"})


def rules_say(found: list[Link]) -> str:
    """The metric that the rules give a mention, "" for none."""
    return next((link.metric for link in found if link.metric), NONE)


class LearnedLinker:
    """Links with the rules, then lets the trained model confirm, change or drop what they found.

    Where the model abstains the rules' finding stands (`fall_back`), or the number stays open. Numbers and denials are
    the model's; what 均, 全部 and 已 take over from another number stays with the rules, which see the whole paragraph.

    Args:
        linker: the rules' linker. model: the classifier, which abstains below its threshold.
        known: ids that may be given. metrics: the registry.
        fall_back: whether the rules' finding stands where the model abstains.
    """

    def __init__(
        self, linker: Linker, model: LinkModel, known: frozenset[str], metrics: Registry, fall_back: bool = True
    ) -> None:
        self.linker = linker
        self.model = model
        self.known = known
        self.fall_back = fall_back
        # What the forms first asked for in 2019.
        self.recent = frozenset(m.id for m in metrics if m.forms and not m.forms.keys() & {"local", "2014"})
        # The measure words that the rules know of each metric.
        self.units: dict[str, frozenset[str]] = {}
        for rule in linker.rules.rules:
            self.units[rule.metric] = self.units.get(rule.metric, frozenset()) | rule.units

    def link(self, mentions: list[Mention], norm: str) -> list[Link]:
        """Links of the mentions, in their order; a metric that the registry does not know is none."""
        by_mention: dict[int, list[Link]] = {id(mention): [] for mention in mentions}
        verdicts = self.linker.verdicts(mentions)
        told: dict[int, set[str | None]] = {}
        for link in self.linker.link(mentions, verdicts):
            by_mention[id(link.mention)].append(link)
            told.setdefault(link.mention.sentence, set()).add(link.metric)
        asked, rows, given = [], [], []
        for mention, verdict in zip(mentions, verdicts, strict=True):
            found = by_mention[id(mention)]
            if mention.kind not in ("all", "done") and (rules_say(found) or self._may_count(mention)):
                asked.append(id(mention))
                rows.append(self.features(mention, norm, found, verdict))
                given.append(rules_say(found))
        predictions = dict(zip(asked, self.model.predict(rows, given), strict=True))
        links: list[Link] = []
        for mention in mentions:
            found, prediction = by_mention[id(mention)], predictions.get(id(mention))
            if prediction is not None:
                found = self._decide(mention, found, prediction, frozenset(told.get(mention.sentence, ())))
            links.extend(found)
        return links

    def features(
        self, mention: Mention, norm: str, found: list[Link], said: tuple[Verdict, int] | None = None
    ) -> list[str]:
        """The mention's features, the rules' findings (`found`, and `said` of it alone) among them."""
        verdict, window = said or judge(mention, self.linker.rules, self.linker.roles.all)
        if found:
            mention = replace(mention, scope=found[0].scope, exclusion=found[0].exclusion or mention.exclusion)
        return mention_features(mention, norm, verdict, window, found[0].metric if found else None)

    def _may_count(self, mention: Mention) -> bool:
        """Whether a number that the rules leave open could count a metric at all: by its unit, or by words near it."""
        near, roles = frozenset(mention.candidates[0]), self.linker.roles
        named = mention.unit not in _VAGUE or not near <= roles.silent
        return mention.exclusion is None and named and near.isdisjoint(roles.foreign)

    def _narrowed(self, mention: Mention, metric: str) -> bool:
        """Whether words or headings narrow the count to one field, so that it is no total of the agency's."""
        by_kind = not self.linker.roles.category.isdisjoint(mention.candidates[0])
        return by_kind or (metric.startswith("disclosure.") and (mention.special or mention.special_heading))

    def _may_be(self, mention: Mention, metric: str, told: frozenset[str | None]) -> bool:
        """Whether a number that the rules leave open, or give another metric, could count this one at all.

        `told`: the metrics that the rules find in the same sentence; another number there is hardly one of them.
        """
        if self.fall_back and (metric in told or self._narrowed(mention, metric)):
            return False
        if metric in self.recent and (mention.year or _FIRST) < _FIRST:
            return False
        return mention.kind in ("zero", "maybe_zero") or mention.unit in self.units.get(metric, ())

    def _decide(
        self, mention: Mention, found: list[Link], prediction: Prediction, told: frozenset[str | None]
    ) -> list[Link]:
        metric = prediction.metric or None
        if metric not in self.known or mention.exclusion is not None or (found and found[0].exclusion):
            metric = None
        given = rules_say(found)
        sure = prediction.confidence >= self.model.threshold
        if metric is not None and metric != given and not self._may_be(mention, metric, told):
            metric, sure = None, False
        denied = prediction.metric == NONE and prediction.confidence >= _DENIED
        # Of a metric that it never learned the model cannot say anything, neither for nor against.
        unlearned = bool(given) and given not in self.model.labels
        stands = self.fall_back and (unlearned or (not sure and not denied))
        if given in self.known and (stands or (sure and prediction.metric == given)):
            confidence = prediction.rules_confidence if given in self.model.labels else _UNKNOWN
            for link in found:
                link.confidence, link.runner_up = confidence, prediction.runner_up
            return found
        if mention.kind in ("zero", "maybe_zero") and (metric is None or not sure):
            return []
        linked = metric if sure else None
        applicant = self.linker.applicant(mention)
        name = next((name for name in mention.names if name), None)
        return [
            Link(
                mention=mention,
                metric=linked,
                applicant=(applicant or "total") if linked in self.linker.by_applicant else None,
                value=mention.value,
                status="stated" if mention.kind in ("zero", "maybe_zero") else "reported",
                confidence=prediction.confidence,
                rule="model",
                runner_up=prediction.runner_up if linked else metric or given or None,
                name=name,
                year=found[0].year if found else mention.year,
                scope=found[0].scope if found else mention.scope,
            )
        ]
