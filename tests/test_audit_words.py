"""What the audit finds in words: each kind of finding in texts that are read, and silence on a near miss."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from nianbao.audit import Auditor, Report
from nianbao.audit.tree import Tree
from nianbao.catalogue import Catalogue
from nianbao.extractor import Extractor, Result
from nianbao.reading import Source

DATA = Path(__file__).parent / "data" / "audit"
FORMS, WITHIN, OVER = (
    yaml.safe_load((DATA / f"{name}.yaml").read_text("utf-8")) for name in ("forms", "within", "over")
)
AUDITOR = Auditor(Catalogue.load())


@cache
def extractor() -> Extractor:
    return Extractor(apart=True)


@cache
def read(doc_id: str, text: str) -> Result:
    return extractor().run(Source(doc_id, text))


def written(form: str, put: Mapping[str, Any]) -> str:
    """The text of a report by the form with what is put into its slots."""
    slots = {name: str(value) for name, value in {**FORMS[form]["slots"], **put}.items()}
    assert put.keys() <= FORMS[form]["slots"].keys()
    # A slot may hold others.
    return str(FORMS[form]["text"]).format_map(slots).format_map(slots)


def report(form: str, put: Mapping[str, Any], doc_id: str = "a") -> Report:
    text = written(form, put)
    found = read(doc_id, text)
    return Report(doc_id, found.facts, None, text, found.structure["headings"], found.forms, found.apart)


def found(form: str, put: Mapping[str, Any]) -> list[str]:
    """Every finding, but for those that the form has as it is."""
    lines = [f"{one.check} {one.severity} {one.fault}" for one in AUDITOR.audit([report(form, put)])]
    for line in FORMS[form].get("says", ()):
        lines.remove(line)
    return sorted(lines)


@pytest.mark.parametrize("name", WITHIN)
def test_what_is_wrong_in_a_report_is_found_from_its_words_and_nothing_else(name: str) -> None:
    case = WITHIN[name]
    assert found(case["form"], case["put"]) == sorted(case["finds"])


@pytest.mark.parametrize("name", WITHIN)
def test_a_near_miss_is_no_finding(name: str) -> None:
    case = WITHIN[name]
    assert found(case["form"], case["near"]) == sorted(case.get("near_finds", ()))


def over(case: Mapping[str, Any], puts: list[Mapping[str, Any]]) -> list[str]:
    """Every finding over reports, but for those that each has by itself because of its form."""
    given = [report(one["form"], put, str(at)) for at, (one, put) in enumerate(zip(case["reports"], puts, strict=True))]
    lines = [
        f"{one.doc_id} {one.check} {one.severity} {one.fault}"
        for one in AUDITOR.audit(given, Tree(case.get("parents", {})))
    ]
    for at, one in enumerate(case["reports"]):
        for line in FORMS[one["form"]].get("says", ()):
            lines.remove(f"{at} {line}")
    return sorted(lines)


@pytest.mark.parametrize("name", OVER)
def test_what_is_wrong_between_reports_is_found_from_their_words_and_nothing_else(name: str) -> None:
    case = OVER[name]
    assert over(case, [one["put"] for one in case["reports"]]) == sorted(case["finds"])


@pytest.mark.parametrize("name", OVER)
def test_a_near_miss_between_reports_is_no_finding(name: str) -> None:
    case = OVER[name]
    assert over(case, case["near"]) == sorted(case.get("near_finds", ()))


def test_every_identity_and_every_kind_of_finding_has_its_words() -> None:
    told = {line.split()[0] for case in WITHIN.values() for line in case["finds"]}
    told |= {line.split()[1] for case in OVER.values() for line in case["finds"]}
    told |= {line.split()[0] for form in FORMS.values() for line in form.get("says", ())}
    catalogue = AUDITOR.catalogue
    assert told == {one.name for one in catalogue.identities} | AUDITOR.rules.checks.keys()
