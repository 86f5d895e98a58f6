"""What the prose room makes of a catalogue: lexicon, patterns, rules and measure words, compiled once."""

from __future__ import annotations

import re
from collections.abc import Mapping

from nianbao.catalogue import Catalogue
from nianbao.language.measures import read_measures
from nianbao.prose.lexicon import ConceptLexicon
from nianbao.prose.rules import RuleSet


class Knowledge:
    """The compiled knowledge that readers of prose are handed; `catalogue.compiled(Knowledge)` makes it once.

    `lexicon`: finds concepts. `roles`, `applicants`: what they are. `lists`, `patterns`, `sums`, `recent_years` and
    `links`: see `nianbao.catalogue.clauses`. `rules`: the regex seeds. `by_applicant`, `money`: ids of metrics that
    are told by applicant, or counted in yuan.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        concepts, clauses = catalogue.concepts, catalogue.clauses
        self.lexicon = ConceptLexicon(concepts.wordings, concepts.confusables)
        self.roles = concepts.roles
        self.applicants = concepts.applicants
        self.lists = clauses.lists
        self.patterns: Mapping[str, re.Pattern[str]] = clauses.patterns
        self.sums = clauses.sums
        self.recent_years = clauses.recent_years
        self.links = clauses.links
        self.rules = RuleSet(
            catalogue.rules.rules, catalogue.rules.topics, self.roles.one("disclosure"), self.links.one_outlet
        )
        self.measures = catalogue.compiled(read_measures)
        self.metrics = catalogue.metrics
        self.by_applicant = frozenset(metric.id for metric in catalogue.metrics if metric.by_applicant)
        self.money = frozenset(metric.id for metric in catalogue.metrics if metric.unit == "元")
