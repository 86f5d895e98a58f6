"""What the reader of tables knows of the genre: metrics, forms, identities and wordings, handed in as one object."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from nianbao.forms.definition import Forms, parse_forms
from nianbao.forms.identities import Identity, parse_identities
from nianbao.forms.lexicon import Lexicon
from nianbao.forms.wording import Wording, parse_wording
from nianbao.forms.yamlfile import read_yaml
from nianbao.metrics import Registry, load_registry
from nianbao.paths import data_dir


@dataclass(frozen=True, slots=True)
class FormKnowledge:
    """Everything that tables are read and checked by. `lexicon`: every label in one pattern, made from the forms."""

    registry: Registry
    forms: Forms
    identities: tuple[Identity, ...]
    wording: Wording
    lexicon: Lexicon = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lexicon", Lexicon(self.forms))

    def __reduce__(self) -> tuple[Any, ...]:
        return FormKnowledge, (self.registry, self.forms, self.identities, self.wording)


def read_knowledge(configs: Path, registry: Registry) -> FormKnowledge:
    """Reads forms/, identities.yaml and labels.yaml of a folder.

    Raises:
        ConfigError: a mistake in one of them; it names file and line.
        FileNotFoundError: a file is missing, or there is no form at all.
    """
    forms = parse_forms(((path, read_yaml(path)) for path in sorted((configs / "forms").glob("*.yaml"))), registry)
    path = configs / "identities.yaml"
    identities = parse_identities(path, read_yaml(path), registry, set(forms.years))
    path = configs / "labels.yaml"
    return FormKnowledge(registry, forms, identities, parse_wording(path, read_yaml(path)))


@lru_cache(maxsize=1)
def default_knowledge() -> FormKnowledge:
    """The knowledge that ships: the one place in which this room looks for files."""
    return read_knowledge(data_dir("configs"), load_registry())
