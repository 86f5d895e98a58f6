"""From mentions to metrics: the rules judge each mention, then what one mention takes from another is filled in."""

from __future__ import annotations

from dataclasses import dataclass

from nianbao.prose.context import sums
from nianbao.prose.features import mention_features, without_characters, without_findings
from nianbao.prose.mentions import Mention
from nianbao.prose.model import LinkModel, Prediction
from nianbao.prose.rules import ABSTAIN, ANY_UNIT, RuleSet, Verdict, View

APPLICANT_CONCEPTS = {
    "NATURAL_PERSON": "natural_person",
    "COMMERCIAL": "commercial",
    "RESEARCH": "research",
    "WELFARE": "welfare",
    "LEGAL_SERVICE": "legal_service",
    "OTHER_ORG": "other",
}
# What 均 or 已 in a later clause can take its number from.
_REQUEST_TOTALS = ("requests.received", "requests.concluded", "requests.replied")
_SUITS = ("reviews.total", "litigation.total", "litigation.direct.total", "litigation.after_review.total")


@dataclass(slots=True)
class Link:
    """A mention's metric. `metric` None: an open number. `name`: span of the words that name the metric."""

    mention: Mention
    metric: str | None
    applicant: str | None
    value: float | None
    status: str
    confidence: float
    rule: str | None
    runner_up: str | None
    name: tuple[int, int]


# 已 said of the only one says what 均 says of many.
_ALSO = {"done": frozenset({"ALL"})}


def _view(mention: Mention, window: int, given: frozenset[str]) -> View:
    bare_zero = mention.value == 0 and not mention.unit
    unit = ANY_UNIT if bare_zero or mention.kind in ("zero", "all", "done") else mention.unit
    return View(
        near=frozenset(mention.windows[window]) | _ALSO.get(mention.kind, frozenset()),
        sentence=frozenset(mention.in_sentence),
        paragraph=frozenset(mention.in_paragraph),
        headings=tuple(frozenset(names) for names in mention.headings),
        topics=mention.topics[window],
        unit=unit,
        earlier=frozenset(mention.just_before),
        special_heading=mention.special_heading,
        special=mention.special,
        report_year=mention.report_year,
        zero=mention.kind == "zero",
        given=given,
    )


def judge(mention: Mention, rules: RuleSet, given: frozenset[str] = frozenset()) -> tuple[Verdict, int]:
    """The verdict of the closest window that says anything, and that window's number."""
    for window in range(len(mention.windows)):
        verdict = rules.judge(_view(mention, window, given))
        if verdict.metric is not None:
            return verdict, window
    return ABSTAIN, 0


class Linker:
    """Links a document's mentions.

    Args:
        rules: the labelling rules.
        by_applicant: ids of the metrics that have the applicant dimension.
    """

    def __init__(self, rules: RuleSet, by_applicant: frozenset[str]) -> None:
        self.rules = rules
        self.sums = sums()
        self.by_applicant = by_applicant

    def verdicts(self, mentions: list[Mention]) -> list[tuple[Verdict, int]]:
        """What the rules say of each mention by itself, and of which of its windows."""
        return [judge(mention, self.rules) for mention in mentions]

    def link(self, mentions: list[Mention], verdicts: list[tuple[Verdict, int]] | None = None) -> list[Link]:
        """Links of the mentions: at least one for every number; for stated numbers only where a metric is sure.

        Args:
            mentions: a document's, in its order.
            verdicts: theirs, where they are known already.
        """
        links: list[Link] = []
        # What each number would count if nothing barred it, for those that lean on it.
        leaning: list[tuple[Mention, str | None]] = []
        given: frozenset[str] = frozenset()
        for mention, (verdict, window) in zip(mentions, verdicts or self.verdicts(mentions), strict=True):
            if mention.kind == "maybe_zero":
                continue
            if not given.isdisjoint(self.rules.once):
                verdict, window = judge(mention, self.rules, given)
            if mention.kind in ("all", "done"):
                found = self._taken(mention, verdict, window, links)
            else:
                found = self._own(mention, verdict, window, links, leaning)
            links.extend(found)
            new = frozenset(link.metric for link in found if link.metric and mention.scope is None)
            if not new <= given:
                given = given | new
        return links

    def _own(
        self,
        mention: Mention,
        verdict: Verdict,
        window: int,
        links: list[Link],
        leaning: list[tuple[Mention, str | None]],
    ) -> list[Link]:
        metric = verdict.metric
        stated = mention.kind == "zero"
        applicant = self.applicant(mention, window)
        confidence = verdict.confidence * (0.95 if window else 1.0)
        if metric is None and not stated:
            metric = self._head_metric(mention, links) if applicant else self._series(mention, leaning)
            confidence = 0.8
        if not stated:
            leaning.append((mention, metric))
        if mention.barred is not None or self._is_share(mention, metric, applicant, links):
            metric = None
        if metric is None and stated:
            return []
        scope = mention.scope or self._inherited_scope(mention, links)
        mention.scope = scope
        found = []
        for name in (metric, *(verdict.also if metric == verdict.metric and metric else ())):
            found.append(
                Link(
                    mention=mention,
                    metric=name,
                    applicant=(applicant or "total") if name in self.by_applicant else None,
                    value=mention.value,
                    status="stated" if stated else "reported",
                    confidence=confidence if name else 0.5,
                    rule=verdict.rule,
                    runner_up=verdict.runner_up,
                    name=mention.names[window],
                )
            )
        return found

    def _is_share(self, mention: Mention, metric: str | None, applicant: str | None, links: list[Link]) -> bool:
        """收费2.37万元(其中检索费0.21万元), 解读23篇,其中视频解读8篇: a share, not the same metric once more."""
        if metric is None or applicant or mention.kind not in ("count", "money") or mention.value is None:
            return False
        if mention.scope or (mention.opener != "(" and not mention.among):
            return False
        return any(
            link.metric == metric
            and link.mention.year == mention.year
            and link.value is not None
            and mention.value < link.value
            and link.applicant in (None, "total")
            for link in reversed(links)
            if link.mention.sentence == mention.sentence
        )

    def applicant(self, mention: Mention, window: int = 0) -> str | None:
        """Who asked, where the words near the number name one kind of applicant."""
        found = [APPLICANT_CONCEPTS[name] for name in mention.windows[window] if name in APPLICANT_CONCEPTS]
        if not found and "OTHER_WORD" in mention.windows[window] and APPLICANT_CONCEPTS.keys() & mention.just_before:
            return "other"
        return found[0] if len(found) == 1 else None

    def _head_metric(self, mention: Mention, links: list[Link]) -> str | None:
        """其中自然人…: the metric of the last whole number of the sentence that is counted by applicant."""
        for link in reversed(links):
            if link.mention.paragraph != mention.paragraph or mention.sentence - link.mention.sentence > 1:
                break
            if link.metric in self.by_applicant:
                return link.metric
        return None

    def _series(self, mention: Mention, leaning: list[tuple[Mention, str | None]]) -> str | None:
        """The metric of the number before, for one that only adds a year (上年为655条), a part or a sum."""
        if not leaning or not _says_nothing(mention):
            return None
        whole = self._whole_of(mention, leaning)
        if whole is not None:
            return whole
        same = [entry for entry in leaning[-4:] if entry[0].unit == mention.unit]
        before, metric = same[-1] if same else leaning[-1]
        distance = mention.sentence - before.sentence
        if metric is None or distance > 1 or before.paragraph != mention.paragraph or before.unit != mention.unit:
            return None
        if mention.year != before.year or (before.barred is not None and before.barred != "organisations"):
            return metric
        if distance == 0 and (mention.barred or mention.scope or (mention.sums and before.scope)):
            return metric
        return None

    def _whole_of(self, mention: Mention, leaning: list[tuple[Mention, str | None]]) -> str | None:
        """合计95件 after the numbers of its parts, when they do add up to it."""
        if not mention.sums:
            return None
        parts = [(m, metric) for m, metric in leaning if 0 <= mention.sentence - m.sentence <= 1]
        for whole, kinds in self.sums.items():
            values = [m.value for m, metric in parts if metric in kinds and m.value is not None]
            if len(values) > 1 and sum(values) == mention.value:
                return whole
        by_who = [(m, metric) for m, metric in parts if metric and APPLICANT_CONCEPTS.keys() & set(m.windows[0])]
        values = [m.value for m, _ in by_who if m.value is not None]
        if len(values) > 1 and sum(values) == mention.value and len({metric for _, metric in by_who}) == 1:
            return by_who[0][1]
        return None

    def _inherited_scope(self, mention: Mention, links: list[Link]) -> str | None:
        """Inside brackets a number is about the same part as the number before the bracket."""
        if mention.opener != "(" or not links or links[-1].mention.sentence != mention.sentence:
            return None
        return links[-1].mention.scope

    def _taken(self, mention: Mention, verdict: Verdict, window: int, links: list[Link]) -> list[Link]:
        """均/全部/已…: the number of the last total of the paragraph, when exactly one thing can be meant."""
        applicant = self.applicant(mention, window)
        # 其余均已答复 speaks of a rest that nobody counted.
        if (verdict.metric is None and applicant is None) or "REMAIN" in mention.windows[window]:
            return []
        sources = _sources(verdict.metric or "requests.")
        source = next((link for link in reversed(links) if _is_whole(link, sources)), None)
        if source is None or source.mention.paragraph != mention.paragraph or source.metric not in sources:
            return []
        if source is None or not source.value or source.mention.scope is not None:
            return []
        distance = mention.sentence - source.mention.sentence
        if distance > (1 if mention.kind == "all" else 0) or (mention.kind == "done" and source.value != 1):
            return []
        mention.year = source.mention.year
        wanted = [(metric, "total") for metric in (verdict.metric, *verdict.also) if metric and metric != source.metric]
        if applicant and source.metric in self.by_applicant:
            wanted.append((source.metric, applicant))
        return [
            Link(
                mention=mention,
                metric=metric,
                applicant=who if metric in self.by_applicant else None,
                value=source.value,
                status="stated",
                confidence=0.85 * (verdict.confidence or 0.9),
                rule=verdict.rule,
                runner_up=verdict.runner_up,
                name=mention.names[window],
            )
            for metric, who in wanted
        ]


# Confidence of a rule's finding that the model would not have made: about the share of those that are right.
_DISPUTED = 0.75


def _may_count(mention: Mention) -> bool:
    """Whether words near a number that the rules leave open could name a metric at all."""
    return mention.barred is None and not frozenset(mention.windows[0]) <= _SILENT


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
        for mention in mentions:
            found = by_mention.get(id(mention), [])
            prediction = predictions.get(id(mention))
            links.extend(
                found if prediction is None else self._decide(mention, found, prediction, id(mention) in agreed)
            )
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

    def _decide(self, mention: Mention, found: list[Link], prediction: Prediction, agreed: bool) -> list[Link]:
        metric = prediction.metric or None
        if metric not in self.known or mention.barred is not None:
            metric = None
        sure = prediction.confidence >= self.model.threshold
        stands = bool(found) and found[0].metric is not None and found[0].metric in self.known
        if stands and (self.fall_back or (sure and metric == found[0].metric)):
            # The rules are right far more often than not where they speak; the model says how sure to be.
            confidence = prediction.confidence if metric == found[0].metric else _DISPUTED
            for link in found:
                link.confidence, link.runner_up = confidence, prediction.runner_up
            return found
        if self.fall_back and (not agreed or (metric is not None and _narrowed(mention, metric))):
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


def _is_whole(link: Link, sources: tuple[str, ...]) -> bool:
    """Whether 均 could mean the link's number: no part of those that it can mean, but maybe one that it cannot."""
    if link.metric is None or link.applicant not in (None, "total"):
        return False
    parts = (*(f"{source}_" for source in sources), "outcomes.")
    return link.metric in sources or not link.metric.startswith(parts)


def _sources(metric: str) -> tuple[str, ...]:
    """The totals that a later 均 can speak of, for a metric that it names."""
    if metric.startswith("outcomes.") and metric.count(".") == 2:
        return (metric.rpartition(".")[0], *_REQUEST_TOTALS)
    if metric.startswith(("requests.", "outcomes.")):
        return _REQUEST_TOTALS
    if metric.startswith("reviews."):
        return ("reviews.total",)
    if metric.startswith("capacity.staff_"):
        return ("capacity.staff",)
    for part in ("litigation.direct.", "litigation.after_review."):
        if metric.startswith(part):
            return (part + "total",)
    return _SUITS[1:] if metric.startswith("litigation.") else ()


# Concepts that a number in a series may have around it without naming a metric of its own.
_SILENT = frozenset(
    [
        "OTHER_WORD",
        "DIFFERENCE",
        "ALL",
        "REMAIN",
        "ASK",
        "RECEIVE",
        "GOVINFO",
        "INFO",
        "CUMULATIVE",
        "DISCLOSE",
        "CATEGORY",
    ]
)


def _says_nothing(mention: Mention) -> bool:
    return frozenset(mention.windows[0]) <= _SILENT
