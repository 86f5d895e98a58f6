"""What numbers of a sentence or a paragraph say of each other: sums and their parts, zeros, one number of one thing."""

from __future__ import annotations

from nianbao.prose.knowledge import Knowledge
from nianbao.prose.link import Link, since
from nianbao.prose.mention import Mention

_MOST_PARTS = 12
# How many sentences back a count contradicts a zero.
_REACH = 6


class Consistency:
    """Holds a number against those linked before it."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._roles, self._sums, self._table = knowledge.roles, knowledge.sums, knowledge.links

    def contradicted(self, mention: Mention, metric: str, links: list[Link]) -> bool:
        """收到信函申请1件,无书面、网络申请: no zero of what the same paragraph counted, whole or by its parts."""
        counted = (metric, *self._sums.get(metric, ()))
        return any(
            link.metric in counted
            and link.mention.paragraph == mention.paragraph
            and link.year == mention.year
            and link.scope == mention.scope
            and link.applicant in (None, "total")
            and bool(link.value)
            for link in since(links, mention.sentence - _REACH)
        )

    def one_a_sentence(self, links: list[Link]) -> None:
        """新闻发布会14场、吹风会6场: of several numbers of one thing in one sentence one counts it."""
        slots: dict[tuple[int, str, str | None, int | None], list[Link]] = {}
        for link in links:
            if link.metric and link.status == "reported" and link.scope is None and link.value is not None:
                slots.setdefault((link.mention.sentence, link.metric, link.applicant, link.year), []).append(link)
        for same in slots.values():
            if len({link.value for link in same}) == 1 or self._each_has_its_outlet(same):
                continue
            newly = [link for link in same if not self._roles.newly.isdisjoint(link.mention.candidates[0])]
            sums = [link for link in same if link.mention.sums or link.mention.whole]
            kept = newly if len(newly) == 1 else sums if len(sums) == 1 else [max(same, key=lambda one: one.confidence)]
            for link in same:
                if link.value != kept[0].value:
                    link.metric = link.applicant = None
                    link.confidence = 0.5

    def _each_has_its_outlet(self, same: list[Link]) -> bool:
        """市政府网站公开1298条,局官网公开424条: of two sites."""
        named = [link for link in same if not self._roles.outlet.isdisjoint(link.mention.candidates[0])]
        return same[0].metric in self._table.one_outlet and len(named) == len(same)

    def settle_applicants(self, links: list[Link]) -> None:
        """自然人申请予以公开21件、部分公开4件;企业申请予以公开5件、不予处理1件: who asked holds up to the semicolon."""
        groups: list[list[Link]] = []
        for link in links:
            if not groups or link.mention.sentence != groups[-1][-1].mention.sentence or link.mention.opener == ";":
                groups.append([])
            groups[-1].append(link)
        asked = {at: who for at, group in enumerate(groups) if (who := self._only_asker(group))}
        for at, who in asked.items():
            first = next(link for link in groups[at] if link.applicant)
            others = {asked.get(near) for near in (at - 1, at + 1) if self._same_sentence(groups, at, near)}
            if first.metric != self._table.received or others - {None, who}:
                for link in groups[at]:
                    link.applicant = who if link.applicant else None

    @staticmethod
    def _same_sentence(groups: list[list[Link]], at: int, near: int) -> bool:
        return 0 <= near < len(groups) and groups[near][0].mention.sentence == groups[at][0].mention.sentence

    def _only_asker(self, group: list[Link]) -> str | None:
        """The one kind of applicant that a group of links names, with its first number of requests."""
        told = [link for link in group if link.applicant and link.status == "reported"]
        who = {link.applicant for link in told} - {"total"}
        sums = any(link.mention.sums or link.mention.whole for link in told)
        return who.pop() if len(who) == 1 and told[0].applicant in who and not sums else None

    def is_less_than_its_part(self, mention: Mention, metric: str | None, links: list[Link]) -> bool:
        """网站发布2139条,其中政务信息发布393条: no total is smaller than what the sentence counted as its part."""
        parts = self._sums.get(metric or "", ())
        return mention.among and any(
            link.metric in parts and (link.value or 0.0) > (mention.value or 0.0) and link.scope is None
            for link in since(links, mention.sentence)
        )

    def sum_up(self, mention: Mention, metric: str | None, links: list[Link]) -> str | None:
        """收复印费18元、邮寄费40元,合计58元: a number that is the sum of several of one metric; these are its parts."""
        if mention.kind not in ("count", "money") or not mention.value or mention.scope:
            return metric
        named = metric is not None or self._roles.silent.issuperset(mention.candidates[0])
        parts: list[Link] = []
        for link in since(links, mention.sentence - 1):
            if link.mention.paragraph != mention.paragraph or not named or len(parts) == _MOST_PARTS:
                break
            if link.metric is None or link.status != "reported" or link.mention.unit != mention.unit:
                continue
            if link.metric != (metric or (parts[0].metric if parts else link.metric)):
                break
            if link.value and link.year == mention.year and link.applicant in (None, "total"):
                parts.append(link)
                if len(parts) > 1 and sum(part.value or 0.0 for part in parts) == mention.value:
                    whole = link.metric
                    for part in parts:
                        part.metric = part.applicant = None
                        part.confidence = 0.5
                    return whole
        return metric

    def settle_carried(self, found: list[Link], links: list[Link]) -> None:
        """共收到39件,其中新收37件,上年结转2件: the 39 are not all of this year."""
        for link in found:
            if link.metric != self._table.carried_in:
                continue
            received = [
                other
                for other in since(links, link.mention.sentence)
                if other.metric == self._table.received and other.applicant == "total"
            ]
            values = {other.value for other in received}
            for other in received:
                if (other.value or 0.0) - (link.value or 0.0) in values and link.value:
                    other.metric = other.applicant = None
