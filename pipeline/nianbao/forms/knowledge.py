"""What the reader of tables makes of a catalogue; `catalogue.compiled(FormKnowledge)` makes it once."""

from __future__ import annotations

from nianbao.catalogue import Catalogue
from nianbao.forms.lexicon import Lexicon


class FormKnowledge:
    """Everything that tables are read and checked by. `lexicon`: every label in one pattern, made from the forms."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.registry = catalogue.metrics
        self.forms = catalogue.forms
        self.identities = catalogue.identities
        self.wording = catalogue.labels
        self.lexicon = Lexicon(self.forms)
