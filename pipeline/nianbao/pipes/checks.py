"""The component that names failed checks in the flags of facts: `nianbao_checks`."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from nianbao.forms.checks import FactChecker
from nianbao.forms.knowledge import FormKnowledge, default_knowledge
from nianbao.pipes import extensions


class Checks:
    """Adds the names of failed identities (configs/identities.yaml) to `flags` of the facts in `doc._.facts`."""

    def __init__(self, name: str = "nianbao_checks", knowledge: FormKnowledge | None = None) -> None:
        self.name = name
        known = knowledge or default_knowledge()
        self.checker = FactChecker(known.forms, known.identities)
        extensions.register()

    def __call__(self, doc: Doc) -> Doc:
        facts = doc._.facts
        extensions.forget_views(doc)
        read_from = {(cell["start"], cell["end"], cell["metric"]): cell["form"] for cell in doc._.cells}
        forms = [read_from.get((fact["start"], fact["end"], fact["metric"])) for fact in facts]
        for failure in self.checker.check(facts, forms):
            for index in failure.facts:
                if failure.check not in facts[index]["flags"]:
                    facts[index]["flags"].append(failure.check)
        doc._.facts = facts
        return doc


@Language.factory("nianbao_checks")
def create(nlp: Language, name: str) -> Checks:
    """The factory that spaCy calls."""
    return Checks(name)
