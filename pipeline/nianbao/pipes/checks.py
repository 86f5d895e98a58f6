"""The component that names failed checks in the flags of facts: `nianbao_checks`."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from nianbao.catalogue import Catalogue
from nianbao.forms.checks import FactChecker
from nianbao.pipes import extensions
from nianbao.pipes.base import CataloguePipe


class Checks(CataloguePipe):
    """Adds the names of failed identities (configs/identities.yaml) to `flags` of the facts in `doc._.facts`."""

    def compile(self) -> None:
        self.checker = FactChecker(self.catalogue.forms, self.catalogue.identities)

    def __call__(self, doc: Doc) -> Doc:
        self.ready()
        facts = doc._.facts
        extensions.forget_views(doc)
        for failure in self.checker.check(facts, forms_of(doc)):
            for index in failure.facts:
                if failure.check not in facts[index]["flags"]:
                    facts[index]["flags"].append(failure.check)
        doc._.facts = facts
        return doc


def forms_of(doc: Doc) -> list[str | None]:
    """For each of `doc._.facts` the form of the table that it was read from."""
    read_from = {(cell["start"], cell["end"], cell["metric"]): cell["form"] for cell in doc._.cells}
    return [read_from.get((fact["start"], fact["end"], fact["metric"])) for fact in doc._.facts]


@Language.factory(
    "nianbao_checks",
    assigns=["doc._.facts"],
    requires=["doc._.facts", "doc._.cells"],
    default_config={"catalogue": {"@misc": "nianbao.Catalogue.v1"}},
)
def create(nlp: Language, name: str, catalogue: Catalogue) -> Checks:
    """The factory that spaCy calls."""
    return Checks(catalogue, name)
