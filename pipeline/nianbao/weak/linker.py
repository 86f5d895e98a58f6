"""The label model as a linker: what the labelling functions agree on, without any trained model."""

from __future__ import annotations

from dataclasses import replace

from nianbao.prose.linking import Link, Linker
from nianbao.prose.mention import Mention
from nianbao.weak.functions import NONE, Collector
from nianbao.weak.label_model import LabelModel, Posterior
from nianbao.weak.votes import Votes


class LabelLinker:
    """Links as the rules do, then with the label model's labels in place of the most specific rule's.

    What 均, 全部 and 已 take over from another number, and what a number takes over from the one before it (其中自然人
    20件), stays as the rules have it: no function votes on it.

    Args:
        linker: the rules' linker.
        collector: of votes. model: fitted. threshold: probability below which a metric is not answered.
    """

    def __init__(self, linker: Linker, collector: Collector, model: LabelModel, threshold: float = 0.5) -> None:
        self.linker = linker
        self.collector = collector
        self.model = model
        self.threshold = threshold

    def link(self, mentions: list[Mention]) -> list[Link]:
        """Links of one document's mentions, in their order."""
        functions = self.collector.trust()
        votes = self.collector.collect(mentions)
        posteriors = self.model.predict(Votes.of(votes, functions))
        links: dict[int, list[Link]] = {id(mention): [] for mention in mentions}
        for link in self.linker.link(mentions):
            links[id(link.mention)].append(link)
        found: list[Link] = []
        for mention, given, posterior in zip(mentions, votes, posteriors, strict=True):
            own = links[id(mention)]
            judged = mention.kind not in ("all", "done") and any(vote.function.startswith("rule/") for vote in given)
            found.extend(self._relabelled(mention, own, posterior) if judged else own)
        return found

    def _relabelled(self, mention: Mention, links: list[Link], posterior: Posterior) -> list[Link]:
        metric = posterior.label if posterior.label != NONE and posterior.probability >= self.threshold else None
        if not links or any(link.metric == metric for link in links):
            return links
        if mention.kind == "zero" and metric is None:
            return []
        applicant = (links[0].applicant or "total") if metric in self.linker.by_applicant else None
        return [
            replace(
                links[0],
                metric=metric,
                applicant=applicant,
                confidence=posterior.probability if metric else 0.5,
                rule="label model",
                runner_up=posterior.runner_up,
            )
        ]
