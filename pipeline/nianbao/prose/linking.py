"""From mentions to metrics: the rules judge each mention, then what one takes from another is filled in.

What of it is believed, beside a network's opinion, is `nianbao.prose.decision`'s.
"""

from __future__ import annotations

from itertools import takewhile

from nianbao.prose.consistency import Consistency
from nianbao.prose.knowledge import Knowledge
from nianbao.prose.link import Antecedent, Link, since
from nianbao.prose.mention import Mention
from nianbao.prose.rules import ABSTAIN, ANY_UNIT, RuleSet, Verdict, View
from nianbao.prose.totals import RunningTotals

# Confidence of a number that takes its metric from the running total beside it.
_OWN = 0.85
# How many sentences back 以上 points at most.
_POINTED_BACK = 12
# A sum that no word announces (共: 合计95件) is believed of numbers that do not add up by chance.
_NO_CHANCE = 10


def _view(mention: Mention, candidate: int, given: frozenset[str], universal: frozenset[str]) -> View:
    bare_zero = mention.value == 0 and not mention.unit
    unit = ANY_UNIT if bare_zero or mention.kind in ("zero", "all", "done") else mention.unit
    return View(
        # 已 said of the only one says what 均 says of many.
        near=frozenset(mention.candidates[candidate]) | (universal if mention.kind == "done" else frozenset()),
        sentence=frozenset(mention.in_sentence),
        paragraph=frozenset(mention.in_paragraph),
        headings=tuple(frozenset(names) for names in mention.headings),
        topics=mention.topics[candidate],
        unit=unit,
        earlier=frozenset(mention.just_before),
        special_heading=mention.special_heading,
        special=mention.special,
        report_year=mention.report_year,
        zero=mention.kind == "zero",
        given=given,
        joint=mention.joint,
    )


def judge(
    mention: Mention, rules: RuleSet, universal: frozenset[str], given: frozenset[str] = frozenset()
) -> tuple[Verdict, int]:
    """The verdict of the closest candidate that says anything, and that candidate's number.

    `universal`: the concepts that speak of all (均, 全部). `given`: metrics that the document has told already.
    """
    for candidate in range(len(mention.candidates)):
        verdict = rules.judge(_view(mention, candidate, given, universal))
        if verdict.metric is not None:
            return verdict, candidate
    return ABSTAIN, 0


class Linker:
    """Links a document's mentions.

    Args:
        knowledge: its rules judge; `rules` stands in their place where it is given.
    """

    def __init__(self, knowledge: Knowledge, rules: RuleSet | None = None) -> None:
        self.rules = knowledge.rules if rules is None else rules
        self.roles = knowledge.roles
        self.by_applicant = knowledge.by_applicant
        self._sums = knowledge.sums
        self._applicants = knowledge.applicants
        self.table = knowledge.links
        self._consistency = Consistency(knowledge)
        self._totals = RunningTotals(self.roles, self.table)

    def verdicts(self, mentions: list[Mention]) -> list[tuple[Verdict, int]]:
        """What the rules say of each mention by itself, and of which of its candidates."""
        return [judge(mention, self.rules, self.roles.all) for mention in mentions]

    def link(self, mentions: list[Mention], verdicts: list[tuple[Verdict, int]] | None = None) -> list[Link]:
        """Links of the mentions: at least one for every number; for stated numbers only where a metric is sure.

        Args:
            mentions: a document's, in its order.
            verdicts: theirs, where they are known already.
        """
        links: list[Link] = []
        antecedents: list[Antecedent] = []
        given: frozenset[str] = frozenset()
        verdicts = verdicts or self.verdicts(mentions)
        pairs = self._totals.pairs(mentions, verdicts)
        own = {at: Verdict(metric, None, _OWN) for at, metric in pairs.values()}
        for at, (mention, (verdict, candidate)) in enumerate(zip(mentions, verdicts, strict=True)):
            if mention.kind == "maybe_zero":
                continue
            if at in own:
                verdict, candidate = own[at], 0
            elif not given.isdisjoint(self.rules.once):
                verdict, candidate = judge(mention, self.rules, self.roles.all, given)
            if mention.kind in ("all", "done"):
                found = self._taken(mention, verdict, candidate, links)
            else:
                exclusion = mention.exclusion or ("beside_own" if at in pairs else None)
                found = self._own(mention, verdict, candidate, exclusion, links, antecedents)
            self._narrow(found, links)
            self._consistency.settle_carried(found, links)
            links.extend(found)
            new = frozenset(link.metric for link in found if link.metric and link.scope is None)
            if not new <= given:
                given = given | new
        self._consistency.settle_applicants(links)
        self._consistency.one_a_sentence(links)
        return links

    def _own(
        self,
        mention: Mention,
        verdict: Verdict,
        candidate: int,
        exclusion: str | None,
        links: list[Link],
        antecedents: list[Antecedent],
    ) -> list[Link]:
        metric, year = verdict.metric, mention.year
        stated = mention.kind == "zero"
        applicant = self.applicant(mention, candidate)
        confidence = verdict.confidence * (0.95 if candidate else 1.0)
        if metric is None and not stated:
            metric = self._head_metric(mention, links) if applicant else self._series(mention, exclusion, antecedents)
            metric = self._following(mention, links) if metric is None and exclusion is None else metric
            confidence = 0.8
        unexcluded = metric
        change = self._change(mention, exclusion, links)
        if not stated and not applicant and exclusion is None:
            metric = self._consistency.sum_up(mention, metric, links)
        if exclusion == "running_total":
            metric, year = self.table.running.get(metric or ""), mention.report_year
        elif (
            exclusion is not None
            or (mention.joint and metric in self.table.one_outlet)
            or self._is_share(mention, metric, applicant, links)
            or self._is_category(mention, metric, links)
            or self._consistency.is_less_than_its_part(mention, metric, links)
        ):
            metric = None
        if change is not None:
            metric, year = change, mention.report_year
        if metric is not None and metric.endswith(self.table.items_before):
            # The form's column 上一年项目数量 belongs to the report's own year.
            year = mention.report_year
        if stated and (metric is None or self._consistency.contradicted(mention, metric, links)):
            return []
        scope = mention.scope or self._inherited_scope(mention, links)
        if not stated:
            antecedents.append(Antecedent(mention, unexcluded, year, scope, exclusion))
        return [
            Link(
                mention=mention,
                metric=name,
                applicant=(applicant or "total") if name in self.by_applicant else None,
                value=mention.value if change is None or mention.value is None else mention.sign * mention.value,
                status="stated" if stated else "ambiguous" if mention.readings else "reported",
                confidence=confidence if name else 0.5,
                rule=verdict.rule,
                runner_up=verdict.runner_up,
                name=mention.names[candidate],
                year=year,
                scope=scope,
                exclusion=exclusion,
            )
            for name in (metric, *(verdict.also if metric == verdict.metric and metric else ()))
        ]

    def _is_share(self, mention: Mention, metric: str | None, applicant: str | None, links: list[Link]) -> bool:
        """收费2.37万元(其中检索费0.21万元), 解读23篇,其中视频解读8篇: a share, not the same metric once more.

        发布会191场。其中,疫情发布会151场: of the sentence before, too.
        """
        if metric is None or applicant or mention.kind not in ("count", "money") or mention.value is None:
            return False
        if not self.roles.newly.isdisjoint(mention.candidates[0]):
            # 共收到39件,其中新收37件
            return False
        if mention.scope or (mention.opener != "(" and not mention.among):
            return False
        return any(
            link.metric == metric
            and link.year == mention.year
            and link.value is not None
            and mention.value < link.value
            and link.applicant in (None, "total")
            and link.mention.paragraph == mention.paragraph
            for link in since(links, mention.sentence - 1)
        )

    def _is_category(self, mention: Mention, metric: str | None, links: list[Link]) -> bool:
        """主动公开信息61条,其中…,回复网络申请5条: a kind of what was published."""
        table = self.table
        if metric is None or not mention.among or mention.unit not in table.category_units:
            return False
        if not metric.startswith(table.no_category) or not self.roles.taken_up.isdisjoint(mention.candidates[0]):
            return False
        return any(
            (link.metric or "").startswith(table.categories_of)
            and link.mention.paragraph == mention.paragraph
            and (link.value or 0.0) > (mention.value or 0.0)
            for link in since(links, mention.sentence - 1)
        )

    def _change(self, mention: Mention, exclusion: str | None, links: list[Link]) -> str | None:
        """上一年58项,本年减少4项: the change beside the items of the year before."""
        if exclusion != "difference" or not links or links[-1].mention.sentence != mention.sentence:
            return None
        before = links[-1].metric or ""
        table = self.table
        return before.replace(table.items_before, table.items_change) if table.previous in before else None

    def applicant(self, mention: Mention, candidate: int = 0) -> str | None:
        """Who asked, where the words near the number name one kind of applicant."""
        near = mention.candidates[candidate]
        found = [self._applicants[name] for name in near if name in self._applicants]
        if not found and not self.roles.citizen.isdisjoint(near) and mention.among:
            return "natural_person"
        if not found and not self.roles.other.isdisjoint(near) and self._applicants.keys() & mention.just_before:
            return "other"
        return found[0] if len(found) == 1 else None

    def _head_metric(self, mention: Mention, links: list[Link]) -> str | None:
        """其中自然人…: the metric of the last whole number of the sentence that is counted by applicant."""
        for link in since(links, mention.sentence - 1):
            if link.mention.paragraph != mention.paragraph:
                break
            if link.metric in self.by_applicant:
                return (
                    link.metric if mention.unit == link.mention.unit or mention.unit in self.table.case_units else None
                )
        return None

    def _following(self, mention: Mention, links: list[Link]) -> str | None:
        """举办培训2期、76人次: what a number counts that only goes on about the one before."""
        if not links or links[-1].mention.sentence != mention.sentence or mention.opener == ";":
            return None
        metric, units = self.table.follows.get(links[-1].metric or "", (None, frozenset()))
        if metric is None or mention.unit not in units or links[-1].scope != mention.scope:
            return None
        own = {*mention.candidates[0]} - {*links[-1].mention.candidates[0]}
        return metric if own <= self.roles.silent | self.roles.neutral else None

    def _series(self, mention: Mention, exclusion: str | None, antecedents: list[Antecedent]) -> str | None:
        """The metric of the number before, for one that only adds a year (上年为655条), a part or a sum."""
        if not antecedents or not self.roles.silent.issuperset(mention.candidates[0]):
            return None
        whole = self._whole_of(mention, antecedents)
        if whole is not None:
            return whole
        same = [entry for entry in antecedents[-4:] if entry.mention.unit == mention.unit]
        before = same[-1] if same else antecedents[-1]
        metric, distance = before.metric, mention.sentence - before.mention.sentence
        if metric is None or distance > 1 or not same or before.mention.paragraph != mention.paragraph:
            return None
        if mention.year != before.year or (before.exclusion is not None and before.exclusion != "organisations"):
            return metric
        if distance == 0 and (exclusion or mention.scope or (mention.sums and before.scope)):
            return metric
        if distance == 0 and before.scope and mention.whole:
            return metric
        return None

    def _whole_of(self, mention: Mention, antecedents: list[Antecedent]) -> str | None:
        """合计95件 after the numbers of its parts, when they do add up to it."""
        if not mention.sums and (mention.value or 0) < _NO_CHANCE:
            return None
        near = takewhile(lambda one: mention.sentence - one.mention.sentence <= 1, reversed(antecedents))
        parts = [one for one in near if one.metric and one.mention.value is not None]
        if len(parts) < 2:
            return None
        for whole, kinds in self._sums.items():
            if self._add_up([one for one in parts if one.metric in kinds], mention):
                return whole
        by_who = [p for p in parts if not self._applicants.keys().isdisjoint(p.mention.candidates[0])]
        return by_who[0].metric if self._add_up(by_who, mention) and len({p.metric for p in by_who}) == 1 else None

    def _add_up(self, parts: list[Antecedent], whole: Mention) -> bool:
        return len(parts) > 1 and sum(part.mention.value or 0.0 for part in parts) == whole.value

    def _inherited_scope(self, mention: Mention, links: list[Link]) -> str | None:
        """Inside brackets, after 其中 and in a list, a number is about the same part as the number before."""
        if not links or links[-1].mention.sentence != mention.sentence:
            return None
        goes_on = mention.opener in ("(", "、") or mention.nested or mention.listed
        if mention.opener == "," and mention.verb_first and not links[-1].mention.among:
            # 市本级收到744件,办结731件: the subject goes on.
            goes_on = True
        return links[-1].scope if goes_on and not mention.whole else None

    def _taken(self, mention: Mention, verdict: Verdict, candidate: int, links: list[Link]) -> list[Link]:
        """均/全部/已…: the number of the last total of the paragraph, when exactly one thing can be meant."""
        applicant = self.applicant(mention, candidate)
        # 其余均已答复 speaks of a rest that nobody counted.
        if (verdict.metric is None and applicant is None) or not self.roles.remainder.isdisjoint(
            mention.candidates[candidate]
        ):
            return []
        sources = self.table.sources(verdict.metric or "requests.")
        reach = mention.sentence - (_POINTED_BACK if mention.points_back else 2)
        source = next((link for link in since(links, reach) if self._is_whole(link, sources)), None)
        if source is None or source.metric not in sources:
            return []
        if source.mention.paragraph != mention.paragraph and not (
            mention.points_back and mention.paragraph - source.mention.paragraph == 1
        ):
            return []
        if not source.value or source.scope is not None:
            return []
        distance = mention.sentence - source.mention.sentence
        said_of_all = verdict.metric in self.table.of_all or (verdict.metric or "").endswith(self.table.pending)
        if mention.kind == "done" and (distance or (source.value != 1 and not said_of_all)):
            return []
        if distance > 1 and not mention.points_back:
            return []
        wanted = [(metric, "total") for metric in (verdict.metric, *verdict.also) if metric and metric != source.metric]
        if applicant and source.metric in self.by_applicant:
            # 律师事务所申请均予以公开: not of the whole.
            of_part = (verdict.metric or "").startswith(self.table.parts_of_requests)
            wanted = [] if of_part else [*wanted, (source.metric, applicant)]
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
                name=mention.names[candidate],
                year=source.year,
                scope=mention.scope,
            )
            for metric, who in wanted
        ]

    def _narrow(self, found: list[Link], links: list[Link]) -> None:
        """行政复议案件86件,其中涉及信息公开5件: only the 5 are the report's, the 86 are open."""
        for link in found:
            mention = link.mention
            near_links = since(links, mention.sentence)
            last = next((other for other in near_links if other.metric in self.table.all_cases), None)
            if last is None or not mention.among:
                return
            if link.metric not in (None, last.metric):
                return
            near = frozenset(mention.candidates[0])
            if self.roles.disclosure & near and near <= self.roles.silent | self.roles.request:
                if mention.value is None or last.value is None or link.exclusion or mention.value > last.value:
                    return
                link.metric, last.metric = last.metric, None
                link.confidence, link.name = 0.8, last.name

    def _is_whole(self, link: Link, sources: tuple[str, ...]) -> bool:
        """Whether 均 could mean the link's number: no part of those that it can mean, but maybe one that it cannot."""
        if link.metric is None or link.applicant not in (None, "total"):
            return False
        parts = (*(f"{source}_" for source in sources), *self.table.parts_of_requests)
        return link.metric in sources or not link.metric.startswith(parts)
