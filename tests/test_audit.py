"""What the audit says of a report, and what it leaves unsaid: prose beside tables, parts beside wholes, shares."""

from __future__ import annotations

from typing import Any

import pytest

from nianbao.audit import Auditor, Report
from nianbao.catalogue import Catalogue
from nianbao.schema import Fact, Finding

CATALOGUE = Catalogue.load()
METRICS = CATALOGUE.metrics
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
    if METRICS.get(metric).by_applicant:
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


def test_what_is_left_is_not_the_whole() -> None:
    facts = said("requests.replied", 62, quote="延长6件，其余62件均按时答复。"), fact("requests.replied", 68, 90)
    assert names(*facts) == []


@pytest.mark.parametrize(("prose", "table"), [(128, 182), (1285, 128), (4128, 4528), (31, 30), (2, 4)])
def test_slips_are_near(prose: int, table: int) -> None:
    assert names(said("disclosure.website", prose), fact("disclosure.website", table, 90)) == ["said_twice"]


def test_a_far_number_is_said_only_of_what_prose_names_without_ambiguity() -> None:
    assert names(said("disclosure.website", 31), fact("disclosure.website", 940, 90)) == []
    [one] = findings(said("requests.received", 4), fact("requests.received", 10, 90))
    assert (one.check, one.severity) == ("said_twice", "warning")


def test_a_doubtful_reading_of_prose_is_no_finding() -> None:
    assert names(said("requests.received", 28, confidence=0.5), fact("requests.received", 27, 90)) == []
    assert names(said("requests.received", 8, confidence=0.75), fact("requests.received", 7, 90)) == []


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
    assert names(said("requests.received", 26, quote="自然人提出的有26件，"), *facts) == []
    # Where nobody is named it is the number of all.
    [one] = findings(said("requests.received", 26), *facts)
    assert (one.check, one.severity) == ("said_twice", "warning")


def test_prose_that_is_believed_less_for_what_the_table_says_is_heard_by_itself() -> None:
    left = said("requests.replied", 78, confidence=0.1)
    left.metric = None
    table = fact("requests.replied", 79, 90)

    def heard(value: int, confidence: float) -> list[tuple[str, str, str]]:
        alone = said("requests.replied", value, confidence=confidence)
        found = AUDITOR.audit([Report("a", [left, table], apart=[alone])])
        return [(one.check, one.severity, one.fault) for one in found]

    assert heard(78, 0.97) == [("said_twice", "warning", "report")]
    assert heard(78, 0.7) == [("said_twice", "doubt", "report")]
    assert heard(78, 0.5) == heard(79, 0.97) == heard(31, 0.97) == []


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


def test_two_sentences_that_name_one_thing_must_say_one_number() -> None:
    def told(value: int, name: str | None = "收到申请") -> list[str]:
        return names(said("requests.received", 128), said("requests.received", value, 300, metric_text=name))

    assert names(
        said("requests.received", 128, metric_text="收到申请"), said("requests.received", 126, 300)
    ) == ["said_twice_in_prose"]  # fmt: skip
    assert told(128) == told(900) == []


def test_parts_in_prose_are_not_more_than_their_whole() -> None:
    whole = said("requests.received", 12, 0)
    assert names(whole, said("requests.received_online", 8, 20), said("requests.received_mail", 4, 40)) == []
    [one] = findings(whole, said("requests.received_online", 9, 20), said("requests.received_mail", 4, 40))
    assert (one.check, one.left, one.relation, one.right) == ("parts_exceed_whole", 13, ">", 12)


def test_what_is_counted_in_another_unit_is_no_part() -> None:
    assert names(said("requests.received", 12, 0), said("requests.received_online", 90, 20, unit="条")) == []


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


def test_digits_of_a_share_are_not_taken_for_its_number() -> None:
    quote = "其中网络申请9件，占69%，信函申请16件，占64%。"
    found = names(said("requests.received", 25), said("requests.received_online", 9, 30, quote=quote))
    assert found == ["share"]


def test_a_rate_of_growth_is_no_share() -> None:
    assert share("同比增长43.1%") == share("较上年占比提高43.1%") == []


def test_a_share_of_what_is_not_given_is_left_alone() -> None:
    assert names(said("requests.received_mail", 14, 30, quote="信函申请14件，占43.1%")) == []


def test_numbers_of_one_sentence_may_be_the_whole_of_its_shares() -> None:
    quote = "其中网络申请5件，占41.7%，信函申请7件，占58.3%。"
    online, mail = (said(f"requests.received_{way}", n, 30 * n, quote=quote) for way, n in (("online", 5), ("mail", 7)))
    assert names(said("requests.received", 37), online, mail) == []


def test_all_parts_of_an_unnamed_whole_may_be_what_shares_are_taken_of() -> None:
    def told(first: int) -> list[str]:
        deputies = said("proposals.deputies", 12, 0, quote=f"人大建议12件，占{first}%")
        return names(deputies, said("proposals.cppcc", 28, 60, quote="政协提案28件，占70%"))

    assert told(30) == [] and told(40) == ["share"]


def test_a_likely_reading_beside_the_table_is_a_warning() -> None:
    [one] = findings(said("disclosure.website", 28, confidence=0.93), fact("disclosure.website", 27, 90))
    assert (one.severity, one.fault, one.sure) == ("warning", "report", 0.93)
    assert names(said("disclosure.website", 2, confidence=0.78), fact("disclosure.website", 3, 90)) == []
    [one] = findings(said("disclosure.website", 2, confidence=0.93), fact("disclosure.website", 3, 90))
    assert one.severity == "doubt"


# Tables.


def column(received: float | None, carried_in: float | None, concluded: float, over: float | None) -> list[Finding]:
    """The totals of table 3, None an empty cell."""
    metrics = ("requests.received", "requests.carried_in", "requests.concluded", "requests.carried_out")
    values = (received, carried_in, concluded, over)
    return findings(
        *(
            fact(name, value, 10 * at, status="blank" if value is None else "reported")
            for at, (name, value) in enumerate(zip(metrics, values, strict=True))
        )
    )


def test_empty_cells_count_as_nothing_only_where_the_table_prints_no_zero() -> None:
    assert column(9, None, 9, None) == []
    [one] = column(9, None, 8, None)
    assert (one.check, one.severity, one.fault) == ("balance", "warning", "report")
    assert "空白格" in one.message_zh and "empty cells" in one.message_en
    # A table that prints its zeros means something else by an empty cell.
    assert column(9, None, 8, 0) == []


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


# What the form requires.

TITLES = ("总体情况", "主动公开政府信息情况", "收到和处理政府信息公开申请情况", "政府信息公开行政复议、行政诉讼情况",
          "存在的主要问题及改进情况", "其他需要报告的事项")  # fmt: skip
CELLS = {1: "normative_documents.in_force", 2: "requests.received", 3: "reviews.total"}


def laid_out(
    without: int | tuple[int, ...] | None = None,
    untabled: tuple[int, ...] = (),
    empty: int | None = None,
    stop: int = 6,
    **more: Any,
) -> list[Finding]:
    """A report by the form of 2021, some of it left out."""
    text, headings, facts = "禾泽县人民政府2021年政府信息公开工作年度报告\n", [], []
    for at, title in enumerate(TITLES[:stop]):
        if at == without or (isinstance(without, tuple) and at in without):
            continue
        start = len(text)
        text += f"{'一二三四五六'[at]}、{title}\n"
        headings.append({"level": 1, "text": text[start:-1], "start": start, "end": len(text) - 1})
        if at in CELLS and at not in untabled:
            facts.append(fact(CELLS[at], 5, len(text)))
            text += "5\n"
        elif at not in untabled and at != empty:
            text += "今年以来按照要求扎实推进各项工作，取得了新的成效。" * 9 + "\n"
    report = Report("a", facts, {**DOC, "warnings": [], **more}, text, headings)
    return [one for one in AUDITOR.audit([report]) if one.check.startswith(("section", "table", "cut", "not_"))]


def test_a_report_with_all_that_is_required_lacks_nothing() -> None:
    assert laid_out() == []


@pytest.mark.parametrize("at", [4, 5])
def test_a_required_section_that_is_missing_is_named(at: int) -> None:
    [one] = laid_out(without=at)
    assert (one.check, one.severity, one.fault) == ("section_missing", "error", "report")
    assert TITLES[at] in one.message_zh and (one.doc_id, one.agency) == ("a", "禾泽县人民政府")


def test_a_heading_with_nothing_under_it_is_an_empty_section() -> None:
    [one] = laid_out(empty=4)
    assert (one.check, one.left_quote) == ("section_empty", "五、存在的主要问题及改进情况")
    assert one.left_at[0].startswith("a:")


def test_a_part_right_under_a_heading_is_what_it_says() -> None:
    text = "某县2021年政府信息公开工作年度报告\n" + "".join(
        f"{title}\n" for title in ("一、总体情况", "（一）主动公开")
    )
    text += "今年公开政府信息三十条，各项工作稳步推进。" * 12 + "\n二、其他需要报告的事项\n无。\n"
    headings = [
        {"level": level, "text": title, "start": text.index(title), "end": text.index(title) + len(title)}
        for level, title in ((1, "一、总体情况"), (2, "（一）主动公开"), (1, "二、其他需要报告的事项"))
    ]
    report = Report("a", [said("requests.received", 3)], {**DOC, "warnings": []}, text, headings)
    assert "section_empty" not in {one.check for one in AUDITOR.audit([report])}


def test_one_table_that_is_missing_is_the_reports_several_may_be_the_pages() -> None:
    [one] = laid_out(untabled=(3,))
    assert (one.check, one.severity, one.fault) == ("table_missing", "error", "report")
    assert {(one.severity, one.fault) for one in laid_out(untabled=(2, 3))} == {("warning", "unknown")}


def test_a_table_in_a_picture_is_a_matter_of_reading() -> None:
    [one] = laid_out(untabled=(3,), warnings=["images: two pictures"])
    assert (one.check, one.severity, one.fault) == ("table_unread", "doubt", "reading")


def test_a_text_that_stops_early_is_cut_off_and_lacks_nothing_by_its_own_fault() -> None:
    [one] = laid_out(stop=2)
    assert (one.check, one.severity, one.fault) == ("cut_off", "doubt", "unknown")


def test_what_lacks_half_of_it_is_a_part_of_a_report() -> None:
    [one] = laid_out(without=(1, 3, 4))
    assert (one.check, one.severity, one.fault) == ("not_by_the_form", "doubt", "unknown")


def test_earlier_years_are_free_to_do_without() -> None:
    report = Report("a", [said("requests.received", 3, year=2012, report_year=2012)], text="年报" * 200, headings=[])
    assert AUDITOR.audit([report]) == []


def test_an_empty_table_is_said_to_be_empty() -> None:
    blank = [fact("reviews.total", None, 10, status="blank"), fact("requests.received", 3, 40)]
    found = AUDITOR.audit([Report("a", blank, {**DOC, "characters": 4000, "warnings": []})])
    assert ("table_empty", "warning") in {(one.check, one.severity) for one in found}


SPOKEN = (
    "一、概述\n今年以来按照要求扎实推进。",
    "二、主动公开政府信息的情况\n全年主动公开政府信息三十条。",
    "三、依申请公开的情况\n收到申请两件，均已答复。",
    "四、收费及减免情况\n没有收取任何费用。",
    "五、行政复议和行政诉讼情况\n没有因此引起的复议和诉讼。",
    "六、存在的问题和改进措施\n仍有不足，将努力改进。",
)  # fmt: skip


def free(without: int | None = None, year: int = 2012, agency: str = "禾泽县人民政府", **more: Any) -> list[Finding]:
    """A report in a layout of its own, from before 2019, some of it left out."""
    text, headings = f"{agency}{year}年政府信息公开工作年度报告\n", []
    for at, words in enumerate(SPOKEN):
        if at != without:
            title = words.partition("\n")[0]
            headings.append({"level": 1, "text": title, "start": len(text), "end": len(text) + len(title)})
            text += words + "各项工作稳步进行，成效不断显现。" * 3 + "\n"
    facts = [said("disclosure.total", 30, year=year, report_year=year, agency=agency)]
    document = {**DOC, "agency": agency, "warnings": [], "characters": len(text), **more}
    return AUDITOR.audit([Report("a", facts, document, text, headings)])


def test_before_2019_what_is_not_spoken_of_at_all_is_missing_wherever_it_may_stand() -> None:
    assert free() == free(without=0) == []
    [one] = free(without=3)
    assert (one.check, one.severity, one.fault) == ("part_missing", "warning", "report")
    assert "收费及减免" in one.message_zh
    assert [one.severity for one in free(without=3, warnings=["images: a picture"])] == ["doubt"]
    # Without its last part the text may have been cut off, and a university reports by rules of its own.
    assert free(without=5) == free(without=3, agency="云泽大学") == []


def test_the_statistics_of_2014_may_be_a_file_of_their_own() -> None:
    [one] = free(year=2016)
    assert (one.check, one.severity, one.fault) == ("table_missing", "doubt", "unknown")
    assert "政府信息公开情况统计表" in one.message_zh and free(year=2016, agency="云泽大学") == []


def test_a_university_reports_by_rules_of_its_own() -> None:
    blank = [fact("reviews.total", None, 10, status="blank", agency="云泽大学")]
    document = {**DOC, "agency": "云泽大学", "characters": 4000, "warnings": []}
    assert [one.check for one in AUDITOR.audit([Report("a", blank, document)])] == []


# Every identity.

IDENTITIES = [one for one in CATALOGUE.identities if not one.same and not one.applicants]


def side(terms: tuple[str, ...], value: float, at: int, **more: Any) -> list[Fact]:
    """Cells for the terms of one side that sum to `value`, the first holding what the others leave."""
    found: list[str] = []
    for term in terms:
        rows = [one.id for one in METRICS if one.id.startswith(term.removesuffix("*"))]
        found += rows[:3] if term.endswith(".*") else [term.removesuffix("?")]
    values = [value - len(found) + 1, *[1.0] * (len(found) - 1)]
    return [fact(name, value, at + 10 * n, **more) for n, (name, value) in enumerate(zip(found, values, strict=True))]


@pytest.mark.parametrize("identity", IDENTITIES, ids=[one.name for one in IDENTITIES])
def test_every_identity_is_broken_by_one_and_holds_without(identity: Any) -> None:
    first, last = CATALOGUE.forms.years[identity.forms[0]] if identity.forms else (2020, 2020)
    year = min(last, 2023) if first >= 2014 else first

    def broken(left: float) -> set[str]:
        this = {"year": year, "report_year": year, "doc_id": "this"}
        before = {"year": year - 1, "report_year": year - 1, "doc_id": "before"}
        reports = [Report("this", side(identity.right, 40, 900, **this))]
        if identity.last:
            more = side(identity.left, 7, 0, **this) if identity.left else []
            reports[0] = Report("this", [*more, *reports[0].facts])
            reports.append(Report("before", side(identity.last, left - (7 if more else 0), 0, **before)))
        else:
            facts = [*side(identity.left, left, 0, **this), *reports[0].facts]
            reports[0] = Report("this", facts, forms=list(identity.forms[:1]) * len(facts))
        return {one.check for one in AUDITOR.audit(reports)} & {identity.name}

    assert broken(40) == set()
    assert broken(41) == {identity.name}
    assert broken(39) == (set() if identity.at_most else {identity.name})
