"""What the audit says of a report, and what it leaves unsaid: prose beside tables, parts beside wholes, shares."""

from __future__ import annotations

from typing import Any

import pytest

from nianbao.audit import Auditor, Report
from nianbao.catalogue import Catalogue
from nianbao.metrics import load_registry
from nianbao.schema import Fact, Finding

CATALOGUE = Catalogue.load()
AUDITOR = Auditor(CATALOGUE)
DOC = {"doc_id": "a", "agency": "禾泽县人民政府", "report_year": 2021}


def fact(metric: str, value: float | None, at: int = 0, **more: Any) -> Fact:
    """One number; `at` is where it stands."""
    text = "" if value is None else f"{value:.0f}"
    row: dict[str, Any] = {
        **DOC, "year": 2021, "metric": metric, "metric_text": None, "applicant": None, "value": value,
        "value_text": text, "unit": "件", "qualifier": "exact", "status": "reported", "basis": "table", "scope": None,
        "section": None, "start": at, "end": at + len(text), "metric_start": None, "metric_end": None,
        "confidence": 0.995, "quote": f"的有{text}件，",
    }  # fmt: skip
    if load_registry().get(metric).by_applicant:
        row["applicant"] = "total"
    return Fact(**row | more)


def said(metric: str, value: float, at: int = 0, **more: Any) -> Fact:
    return fact(metric, value, at, **{"basis": "prose", **more})


def findings(*facts: Fact, text: str | None = None) -> list[Finding]:
    return AUDITOR.audit([Report("a", facts, text=text)])


def names(*facts: Fact) -> list[str]:
    return [one.check for one in findings(*facts)]


# Prose against the table.


def test_prose_beside_the_table_with_a_slip_between_them_is_the_reports_error() -> None:
    [one] = findings(said("requests.received", 28), fact("requests.received", 27, 90))
    assert (one.check, one.severity, one.fault) == ("said_twice", "error", "report")
    assert (one.left, one.relation, one.right) == (28, "≠", 27)
    assert (one.left_at, one.right_at) == (["a:0-2"], ["a:90-92"])
    assert "28" in one.message_zh and "27" in one.message_zh and "28" in one.message_en
    assert one.left_quote == "的有28件，"


@pytest.mark.parametrize(("prose", "table"), [(128, 182), (1285, 128), (4128, 4528), (31, 30), (2, 4)])
def test_slips_are_near(prose: int, table: int) -> None:
    assert names(said("disclosure.website", prose), fact("disclosure.website", table, 90)) == ["said_twice"]


def test_a_far_number_is_said_only_of_what_prose_names_without_ambiguity() -> None:
    assert names(said("disclosure.website", 31), fact("disclosure.website", 940, 90)) == []
    [one] = findings(said("requests.received", 4), fact("requests.received", 10, 90))
    assert (one.check, one.severity) == ("said_twice", "warning")


def test_a_doubtful_reading_of_prose_is_no_finding() -> None:
    assert names(said("requests.received", 28, confidence=0.8), fact("requests.received", 27, 90)) == []


def test_what_is_said_once_as_in_the_table_is_not_contradicted_by_another_sentence() -> None:
    facts = said("requests.received", 27), said("requests.received", 28, 40), fact("requests.received", 27, 90)
    assert names(*facts) == []


@pytest.mark.parametrize(
    ("value", "more"),
    [(20, {"qualifier": "over"}), (30, {"qualifier": "nearly"}), (25, {"qualifier": "approx"})],
)
def test_a_rounded_number_that_allows_for_the_table_is_no_finding(value: int, more: dict[str, Any]) -> None:
    assert names(said("requests.received", value, **more), fact("requests.received", 27, 90)) == []


def test_ten_thousands_are_rounded() -> None:
    assert names(said("disclosure.total", 16_000, value_text="1.6万"), fact("disclosure.total", 16_710, 90)) == []
    assert names(said("disclosure.total", 16_000, value_text="1.6万"), fact("disclosure.total", 17_300, 90)) == [
        "said_twice"
    ]


def carried(quote: str, value: int = 39) -> list[Finding]:
    return findings(
        said("requests.received", value, quote=quote),
        fact("requests.received", 37, 90),
        fact("requests.carried_in", 2, 95),
    )


def test_what_was_carried_in_may_be_counted_where_it_is_said() -> None:
    assert carried("收到申请39件（含上年结转2件）") == []


def test_what_was_carried_in_without_a_word_is_a_doubt() -> None:
    [one] = carried("收到申请39件。")
    assert (one.check, one.severity, one.left, one.right) == ("carried_included", "doubt", 39, 37)


def test_another_number_is_not_excused_by_the_word() -> None:
    [one] = carried("收到申请38件（含上年结转2件）", 38)
    assert (one.check, one.severity) == ("said_twice", "error")


def test_the_number_of_another_kind_of_applicant_was_read_of_the_wrong_one() -> None:
    facts = fact("requests.received", 27, 90), fact("requests.received", 26, 95, applicant="natural_person")
    assert names(said("requests.received", 26), *facts) == []


def suits(whole: int) -> list[str]:
    table = fact("litigation.direct.total", 5, 90), fact("litigation.after_review.total", 3, 95)
    return names(said("litigation.total", whole), *table)


def test_suits_in_prose_are_direct_ones_and_those_after_review() -> None:
    assert suits(8) == []
    assert suits(7) == ["sum_of_parts"]
    assert suits(5) == ["sum_of_parts"]


def test_the_sum_is_not_known_while_a_part_is_blank() -> None:
    table = fact("litigation.direct.total", 5, 90), fact("litigation.after_review.total", None, 95, status="blank")
    assert names(said("litigation.total", 7), *table) == []


# Prose against itself.


def test_parts_in_prose_are_not_more_than_their_whole() -> None:
    whole = said("requests.received", 12, 0)
    assert names(whole, said("requests.received_online", 8, 20), said("requests.received_mail", 4, 40)) == []
    [one] = findings(whole, said("requests.received_online", 9, 20), said("requests.received_mail", 4, 40))
    assert (one.check, one.left, one.relation, one.right) == ("parts_exceed_whole", 13, ">", 12)


def test_parts_may_take_in_what_was_carried_over() -> None:
    facts = said("requests.received", 12, 0), said("requests.carried_in", 1, 10)
    assert names(*facts, said("requests.received_online", 9, 20), said("requests.received_mail", 4, 40)) == []


def test_parts_far_behind_are_those_of_something_else() -> None:
    facts = said("requests.received", 12, 0), said("requests.received_online", 9, 500)
    assert names(*facts, said("requests.received_mail", 4, 540)) == []


def share(words: str, **more: Any) -> list[str]:
    mail = said("requests.received_mail", 14, 30, quote=f"信函申请14件，{words}", **more)
    return names(said("requests.received", 41), mail)


def test_a_share_fits_its_whole_rounded_or_cut_off() -> None:
    assert share("占34.1%") == share("占申请总数的34%") == share("约占34.15%") == []


def test_a_share_that_fits_nothing_is_said() -> None:
    [one] = findings(
        said("requests.received", 41), said("requests.received_mail", 14, 30, quote="信函申请14件，占43.1%")
    )
    assert (one.check, one.left, one.right, one.severity) == ("share", 43.1, 34.1, "warning")


def test_a_rate_of_growth_is_no_share() -> None:
    assert share("同比增长43.1%") == share("较上年占比提高43.1%") == []


def test_a_share_of_what_is_not_given_is_left_alone() -> None:
    assert names(said("requests.received_mail", 14, 30, quote="信函申请14件，占43.1%")) == []


def test_numbers_of_one_sentence_may_be_the_whole_of_its_shares() -> None:
    quote = "其中网络申请5件，占41.7%，信函申请7件，占58.3%。"
    online, mail = (said(f"requests.received_{way}", n, 30 * n, quote=quote) for way, n in (("online", 5), ("mail", 7)))
    assert names(said("requests.received", 37), online, mail) == []


# Tables.


def staff(at: int, total: int, full: int, part: int) -> list[Fact]:
    """Some cells of a form of 2014."""
    numbers = {"capacity.staff": total, "capacity.staff_full_time": full, "capacity.staff_part_time": part}
    numbers |= {"training.sessions": 3, "training.participants": 40, "training.meetings": 2}
    return [fact(name, value, at + 10 * n, unit="人") for n, (name, value) in enumerate(numbers.items())]


def test_a_table_printed_twice_must_say_the_same() -> None:
    assert names(*staff(0, 9, 2, 7), *staff(500, 9, 2, 7)) == []
    found = findings(*staff(0, 9, 2, 7), *staff(500, 8, 2, 7))
    assert ("printed_twice", 9, 8) in {(one.check, one.left, one.right) for one in found}


def test_two_tables_with_other_numbers_are_a_question_of_whose_they_are() -> None:
    other = [fact(one.metric or "", 5 * (one.value or 0), one.start + 900) for one in staff(0, 9, 2, 7)]
    [one] = findings(*staff(0, 9, 2, 7), *other)
    assert (one.check, one.severity, one.fault) == ("two_tables", "doubt", "unknown")


def test_reasons_sum_to_what_was_refused_where_both_are_printed() -> None:
    rows = [fact("outcomes.refused.state_secret", 2, 10), fact("outcomes.refused.process_information", 3, 20)]
    assert names(*rows, fact("outcomes.refused", 5, 0)) == []
    assert names(*rows, fact("outcomes.refused", 6, 0)) == ["refused_rows"]


def test_reasons_named_in_prose_need_not_be_all() -> None:
    assert names(said("outcomes.refused", 6, 0), said("outcomes.refused.state_secret", 2, 40)) == []


def test_a_finding_keeps_its_key_when_the_text_shifts() -> None:
    keys = [
        [one.key for one in findings(said("requests.received", 28, at), fact("requests.received", 27, 90 + at))]
        for at in (0, 7)
    ]
    assert keys[0] == keys[1] and len(set(keys[0])) == 1
