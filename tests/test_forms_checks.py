"""The identities on facts: what fails is named with its numbers and facts, the report told from the reading."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import spacy

from nianbao.catalogue import Catalogue
from nianbao.forms.checks import FactChecker, Failure
from nianbao.forms.knowledge import FormKnowledge
from nianbao.forms.reader import TableReader
from nianbao.language.script import normalize
from nianbao.paths import data_dir
from nianbao.schema import APPLICANTS, COLUMNS

Row = dict[str, Any]
CHECKER = FactChecker(Catalogue.load().forms, Catalogue.load().identities)


class Document:
    """Facts of one document, each at its own place."""

    def __init__(self, doc_id: str = "a", agency: str | None = None, report_year: int = 2021) -> None:
        self.facts: list[Row] = []
        self.doc_id, self.agency, self.report_year = doc_id, agency, report_year

    def add(self, metric: str, value: float | None, **more: Any) -> Document:
        row: Row = dict.fromkeys(COLUMNS)
        at = 10 * len(self.facts)
        row.update(doc_id=self.doc_id, agency=self.agency, report_year=self.report_year, year=self.report_year)
        row.update(metric=metric, value=value, start=at, end=at + 2, basis="table", qualifier="exact", flags=[])
        row.update(status="blank" if value is None else "reported", confidence=0.99)
        row.update(more)
        self.facts.append(row)
        return self

    def row(self, metric: str, values: list[float], **more: Any) -> Document:
        for applicant, value in zip(APPLICANTS, values, strict=True):
            self.add(metric, value, applicant=applicant, **more)
        return self

    def failures(self) -> list[tuple[str, float, float]]:
        return [(failure.check, failure.left, failure.right) for failure in CHECKER.check(self.facts)]


def requests(received: int, carried_in: int, granted: int, concluded: int, carried_out: int) -> Document:
    """A requests table in which only natural persons ask."""
    document = Document()
    for metric, value in (
        ("requests.received", received),
        ("requests.carried_in", carried_in),
        ("outcomes.granted", granted),
        ("outcomes.partly_granted", 0),
        ("outcomes.refused.state_secret", 0),
        ("outcomes.unavailable.not_held", 0),
        ("outcomes.not_processed.petition", 0),
        ("outcomes.other.not_corrected", 0),
        ("requests.concluded", concluded),
        ("requests.carried_out", carried_out),
    ):
        document.row(metric, [value, 0, 0, 0, 0, 0, value])
    return document


def test_a_sound_table_fails_nothing() -> None:
    assert requests(30, 2, 31, 31, 1).failures() == []


def test_balance_fails_in_the_columns_where_it_does() -> None:
    assert requests(30, 2, 31, 31, 0).failures() == [("balance", 32, 31), ("balance", 32, 31)]


def test_outcomes_must_sum_to_the_total() -> None:
    assert ("outcomes_sum", 30, 31) in requests(30, 2, 30, 31, 1).failures()


def test_applicants_must_sum_to_the_total() -> None:
    document = Document().row("requests.received", [3, 1, 0, 0, 0, 0, 5])
    assert document.failures() == [("applicants_sum", 4, 5)]


def test_an_empty_cell_is_no_zero_and_judges_nothing() -> None:
    document = Document()
    for applicant in APPLICANTS:
        document.add("requests.received", None if applicant == "other" else 1, applicant=applicant)
    assert document.failures() == []


def test_the_report_is_blamed_only_where_every_cell_is_certain() -> None:
    certain = Document().row("requests.received", [3, 1, 0, 0, 0, 0, 5])
    doubtful = Document().row("requests.received", [3, 1, 0, 0, 0, 0, 5], confidence=0.9)
    assert [failure.verdict for failure in CHECKER.check(certain.facts)] == ["report"]
    assert [failure.verdict for failure in CHECKER.check(doubtful.facts)] == ["reading"]


def test_a_failure_names_its_facts_and_their_places() -> None:
    document = Document().add("reviews.upheld", 1).add("reviews.corrected", 0).add("reviews.other", 0)
    document.row("requests.received", [1, 0, 0, 0, 0, 0, 1])
    document.add("reviews.pending", 0).add("reviews.total", 3)
    (failure,) = CHECKER.check(document.facts)
    assert isinstance(failure, Failure)
    assert (failure.check, failure.kind, failure.left, failure.right) == ("reviews_sum", "error", 1, 3)
    assert failure.facts == (0, 1, 2, 10, 11)
    assert failure.offsets == ((0, 2), (10, 12), (20, 22), (100, 102), (110, 112))


def test_prose_against_table() -> None:
    document = Document().add("requests.received", 28, applicant="total")
    document.add("requests.received", 27, applicant="total", basis="prose")
    assert document.failures() == [("said_twice", 28, 27)]
    about = Document().add("requests.received", 28, applicant="total")
    about.add("requests.received", 30, applicant="total", basis="prose", qualifier="approx")
    assert about.failures() == []


def test_two_tables_in_one_document_are_summed_apart() -> None:
    document = Document(report_year=2017)
    for staff, full, part in ((9, 2, 7), (7, 1, 6)):
        document.add("capacity.staff", staff).add("capacity.staff_full_time", full)
        document.add("capacity.staff_part_time", part).add("response.other", 0)
    assert "staff_sum" not in {check for check, _, _ in document.failures()}


def test_staff_that_does_not_add_up() -> None:
    document = Document(report_year=2017).add("capacity.staff", 10).add("capacity.staff_full_time", 2)
    document.add("capacity.staff_part_time", 7).add("response.other", 0)
    assert document.failures() == [("staff_sum", 9, 10)]


def test_a_part_of_the_agency_is_not_checked_against_the_whole() -> None:
    document = Document().add("requests.received", 28, applicant="total")
    document.add("requests.received", 12, applicant="total", basis="prose", scope="市本级")
    assert document.failures() == []


@pytest.mark.parametrize("left_out", ["requests.concluded", "requests.carried_out", "requests.carried_in"])
def test_an_identity_with_a_missing_side_is_not_judged(left_out: str) -> None:
    document = requests(30, 2, 31, 31, 0)
    document.facts = [fact for fact in document.facts if fact["metric"] != left_out]
    assert "balance" not in {check for check, _, _ in document.failures()}


def test_the_component_names_the_checks_in_the_flags() -> None:
    nlp = spacy.blank("zh")
    nlp.add_pipe("nianbao_checks")
    doc = nlp.make_doc("表")
    doc._.facts = Document().row("requests.received", [3, 1, 0, 0, 0, 0, 5]).facts
    doc = nlp.get_pipe("nianbao_checks")(doc)
    assert all(fact["flags"] == ["applicants_sum"] for fact in doc._.facts)


def test_an_identity_of_a_local_form_is_checked(tmp_path: Path) -> None:
    configs = tmp_path / "configs"
    shutil.copytree(data_dir("configs"), configs)
    (configs / "forms" / "local_0000.yaml").write_text(
        """
forms:
  local_0000: {name: 某省试行表, years: [2009, 2012]}
tables:
  - table: province
    anchors: [本年受理件数]
    columns: [{key: number, labels: [本年数]}]
    layouts: [[number]]
    rows:
      - {label: 本年受理件数, metric: requests.received}
      - {label: 传真提出件数, metric: requests.received_fax}
      - {label: 信函提出件数, metric: requests.received_mail}
""",
        "utf-8",
    )
    with (configs / "identities.yaml").open("a", encoding="utf-8") as stream:
        stream.write(
            """
  - name: province_sum
    formula: 传真 + 信函 = 受理
    forms: [local_0000]
    kind: error
    left: [requests.received_fax, requests.received_mail]
    right: [requests.received]
"""
        )
    knowledge = Catalogue.load(configs).compiled(FormKnowledge)
    text = "统计指标 本年数\n本年受理件数 9\n传真提出件数 3\n信函提出件数 5\n"
    cells = TableReader(knowledge).read(text, normalize(text)).cells
    assert [(cell["metric"], cell["value"], cell["form"]) for cell in cells] == [
        ("requests.received", 9.0, "local_0000"),
        ("requests.received_fax", 3.0, "local_0000"),
        ("requests.received_mail", 5.0, "local_0000"),
    ]
    document = Document()
    for cell in cells:
        document.add(cell["metric"], cell["value"])
    checker = FactChecker(knowledge.forms, knowledge.identities)
    failures = checker.check(document.facts, [cell["form"] for cell in cells])
    assert [(one.check, one.left, one.right) for one in failures] == [("province_sum", 8.0, 9.0)]
