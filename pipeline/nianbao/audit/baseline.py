"""What a person has said of findings, kept from one run to the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from nianbao.audit.rules import AuditRules
from nianbao.schema import Finding, State


def states(said: Mapping[str, str], rules: AuditRules) -> dict[str, State]:
    """Key → confirmed or dismissed, from what stands in the column `state`, in the words of configs/audit.yaml.

    Raises:
        ValueError: another word stands there.
    """
    words = {word.lower(): cast(State, state) for state, names in rules.data["states"].items() for word in names}
    unknown = next((word for word in said.values() if word.lower() not in words), None)
    if unknown is not None:
        raise ValueError(f"{unknown!r} in the column state is none of {', '.join(words)}")
    return {key: words[word.lower()] for key, word in said.items()}


def judge(findings: Iterable[Finding], known: Mapping[str, State]) -> list[Finding]:
    """Gives findings the state that a person has given them; the new ones are returned."""
    new = []
    for finding in findings:
        finding.state = known.get(finding.key)
        if finding.state is None:
            new.append(finding)
    return new
