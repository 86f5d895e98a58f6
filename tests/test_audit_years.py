"""What the audit says of reports beside each other: repeated, jumping, under two names, parts above their whole."""

from __future__ import annotations

import random
from typing import Any

import pytest

from nianbao.audit import Auditor, Report
from nianbao.audit.numbers import slipped
from nianbao.audit.tree import Tree
from nianbao.catalogue import Catalogue
from nianbao.panel.who import agencies
from nianbao.schema import Fact, Finding

METRICS = Catalogue.load().metrics

AUDITOR = Auditor(Catalogue.load())
NAMES = [one.id for one in METRICS if "2014" in one.forms and not one.by_applicant][:12]
NUMBERS = [214, 37, 88, 19, 156, 402, 73, 11, 95, 60, 8, 133]
WORDS = [
    "本局坚持以公开为常态，全年召开专题会议{0}次，",
    "通过网站发布信息{1}条；回应社会关切{2}次。",
    "下一年将继续推进政务公开工作。截至{3}月底，目录已更新完毕；",
]


def fact(doc: str, agency: str, year: int, metric: str, value: float, at: int, **more: Any) -> Fact:
    """A cell of a table."""
    row: dict[str, Any] = {
        "doc_id": doc, "agency": agency, "report_year": year, "year": year, "metric": metric, "metric_text": None,
        "applicant": "total" if METRICS.get(metric).by_applicant else None, "value": float(value),
        "value_text": str(value), "unit": "件", "qualifier": "exact", "status": "reported", "basis": "table",
        "scope": None, "section": None, "start": at, "end": at + len(str(value)), "metric_start": None,
        "metric_end": None, "confidence": 0.99, "quote": "",
    }  # fmt: skip
    return Fact(**row | more)


def report(
    year: int, numbers: list[int], agency: str = "禾泽县民政局", doc: str = "", words: str | None = None
) -> Report:
    """A report with these numbers and a text that names some of them."""
    doc = doc or f"{agency}/{year}"
    facts = [
        fact(doc, agency, year, name, n, 1000 + 10 * at)
        for at, (name, n) in enumerate(zip(NAMES, numbers, strict=True))
    ]
    text = "".join(WORDS).format(*numbers) if words is None else words
    return Report(doc, facts, None, f"{agency}{year}年政府信息公开工作年度报告\n{text}")


def checks(*reports: Report, tree: Tree | None = None) -> list[Finding]:
    wanted = {"report_repeated", "numbers_repeated", "slipped_digit", "same_report", "same_numbers"}
    wanted |= {"text_repeated", "same_text"}
    wanted |= {"part_above_whole", "parts_above_whole", "parts_and_whole", "carried_over"}
    return [one for one in AUDITOR.audit(reports, tree) if one.check in wanted]


OTHER = [n + 3 + n // 4 for n in NUMBERS]
UNLIKE = (
    "今年情况与往年不同，另作说明。新设一个窗口，由专人值守；群众来访都有回音；各科室按月报送清单。档案数字化已完成；"
)


# Over the years.


def test_a_report_that_repeats_last_years_is_an_error_with_both_named() -> None:
    [one] = checks(report(2020, NUMBERS), report(2021, NUMBERS))
    assert (one.check, one.severity, one.fault, one.doc_id) == (
        "report_repeated",
        "error",
        "report",
        "禾泽县民政局/2021",
    )
    assert "2020" in one.message_zh and "禾泽县民政局/2020" in one.message_en and (one.left, one.right) == (12, 12)
    assert one.left_at[0].startswith("禾泽县民政局/2021:") and one.right_at[0].startswith("禾泽县民政局/2020:")


def test_the_report_of_two_years_before_is_found_as_well() -> None:
    [one] = checks(report(2019, NUMBERS), report(2020, OTHER), report(2021, NUMBERS))
    assert one.check == "report_repeated" and "2019" in one.message_en


def test_the_same_words_with_new_numbers_are_a_habit_and_no_finding() -> None:
    assert checks(report(2020, NUMBERS), report(2021, OTHER)) == []


def test_the_same_numbers_in_other_words_are_a_warning() -> None:
    [one] = checks(report(2020, NUMBERS), report(2021, NUMBERS, words=UNLIKE))
    assert (one.check, one.severity) == ("numbers_repeated", "warning")


def test_reports_that_count_nothing_are_alike_and_no_copies() -> None:
    assert checks(report(2020, [0] * 12), report(2021, [0] * 12)) == []
    assert checks(report(2020, [1, 2] + [0] * 10), report(2021, [1, 2] + [0] * 10)) == []


_OFFICES = "秘书科 信息科 法规科 督查科 综合科 人事科 财务科 档案室 信访室 联络处 后勤处 服务台"
LONG = "".join(f"第{at}项工作由{office}牵头，全年推进有序；" for at, office in enumerate(_OFFICES.split()))
LONG += LONG.replace("推进有序", "总结及时")


def few(year: int, values: list[int], agency: str = "禾泽县民政局", words: str = LONG) -> Report:
    return report(year, values + [0] * 10, agency, words=words)


def test_a_long_text_that_comes_again_with_its_few_numbers_is_a_doubt() -> None:
    [one] = checks(few(2020, [3, 7]), few(2021, [3, 7]))
    assert (one.check, one.severity, one.right) == ("text_repeated", "doubt", 2) and "2020" in one.message_en
    assert checks(few(2020, [3, 7]), few(2021, [3, 8])) == []
    assert checks(few(2020, [3, 7]), few(2021, [3, 7], words=LONG.replace("推进", "进展"))) == []
    [one] = checks(few(2021, [3, 7]), few(2021, [3, 7], "白石县水务局"))
    assert one.check == "same_text" and checks(few(2021, [3, 7]), few(2021, [4, 7], "白石县水务局")) == []


def website(*values: int) -> list[Finding]:
    return checks(
        *(
            Report(f"a{at}", [fact(f"a{at}", "禾泽县民政局", 2019 + at, "disclosure.website", value, 5)])
            for at, value in enumerate(values)
        )
    )


def test_ten_times_last_years_number_is_a_doubt_with_both() -> None:
    [one] = website(312, 3120)
    assert (one.check, one.severity, one.left, one.right) == ("slipped_digit", "doubt", 312, 3120)
    assert (one.left_at, one.right_at) == (["a0:5-8"], ["a1:5-9"])


def test_a_jump_that_goes_back_is_a_slip_one_that_stays_is_not() -> None:
    assert [(one.doc_id, one.check) for one in website(312, 3120, 330)] == [("a1", "slipped_digit")]
    assert website(312, 3120, 2950) == []


@pytest.mark.parametrize("values", [(312, 1400), (312, 31000), (4, 40), (0, 500)])
def test_growth_small_numbers_and_other_factors_are_no_slips(values: tuple[int, int]) -> None:
    assert website(*values) == []


def test_slips_of_the_pen() -> None:
    assert slipped(128, 182) and slipped(128, 1288) and slipped(4128, 4528) and slipped(1280, 128)
    assert not slipped(128, 219) and not slipped(12, 21) and not slipped(128, 12800)


def test_what_is_carried_over_arrives_under_the_new_name() -> None:
    def year(doc: str, agency: str, at: int, metric: str, value: int) -> Report:
        return Report(doc, [fact(doc, agency, at, metric, value, 0)])

    old = year("a", "青禾县环境保护局", 2018, "requests.carried_out", 4)
    assert [one.check for one in checks(old, year("b", "青禾县生态环境局", 2019, "requests.carried_in", 3))] == [
        "carried_over"
    ]
    assert checks(old, year("b", "青禾县生态环境局", 2019, "requests.carried_in", 4)) == []
    assert checks(old, year("b", "青禾县水务局", 2019, "requests.carried_in", 3)) == []


# Over agencies.


def test_one_report_under_two_names() -> None:
    [one] = checks(report(2021, NUMBERS), report(2021, NUMBERS, "白石县水务局"))
    assert (one.check, one.severity) == ("same_report", "error")
    assert {one.doc_id, one.right_at[0].partition(":")[0]} == {"禾泽县民政局/2021", "白石县水务局/2021"}


def test_a_copy_is_found_where_each_of_its_numbers_is_many_agencies() -> None:
    rng = random.Random(1)
    given = [report(2021, [rng.randint(2, 6) for _ in NUMBERS], f"第{at}号局") for at in range(60)]
    given.append(report(2021, [int(one.value or 0) for one in given[7].facts], "白石县水务局"))
    assert [(one.check, one.doc_id) for one in checks(*given)] == [("same_report", "第7号局/2021")]


def test_the_same_numbers_of_two_agencies_in_their_own_words() -> None:
    [one] = checks(report(2021, NUMBERS), report(2021, NUMBERS, "白石县水务局", words=UNLIKE))
    assert (one.check, one.severity) == ("same_numbers", "warning")


def test_half_a_name_is_the_same_agency_and_other_numbers_are_another_report() -> None:
    assert checks(report(2021, NUMBERS), report(2021, NUMBERS, "民政局")) == []
    assert checks(report(2021, NUMBERS), report(2021, OTHER, "白石县水务局")) == []
    assert checks(report(2020, NUMBERS), report(2021, [*NUMBERS[:8], 5, 6, 7, 9], "白石县水务局")) == []


def body(agency: str, received: int, own: int | None = None) -> Report:
    facts = [fact(agency, agency, 2021, "requests.received", received, 0)]
    if own is not None:
        facts.append(fact(agency, agency, 2021, "requests.received", own, 20, scope="市本级", basis="prose"))
    return Report(agency, facts)


TREE = Tree({"青禾县人民政府": "澄泽市人民政府", "白石县人民政府": "澄泽市人民政府"})


def whole(total: int, own: int | None = None) -> list[str]:
    parts = body("青禾县人民政府", 30), body("白石县人民政府", 40)
    return [one.check for one in checks(body("澄泽市人民政府", total, own), *parts, tree=TREE)]


def test_parts_are_not_more_than_their_whole() -> None:
    assert whole(90) == []
    assert whole(60) == ["parts_above_whole"]
    assert whole(35) == ["part_above_whole"]


def test_the_agency_itself_and_all_parts_make_the_whole() -> None:
    assert whole(90, own=20) == []
    assert whole(90, own=15) == ["parts_and_whole"]


def test_the_sum_is_not_asked_for_while_a_part_has_no_report() -> None:
    found = checks(body("澄泽市人民政府", 90, 15), body("青禾县人民政府", 30), tree=TREE)
    assert found == []


def test_counties_are_parts_of_their_prefecture_by_their_codes() -> None:
    found = checks(body("福建省福州市人民政府", 20), body("福建省福州市平潭县人民政府", 30))
    assert [one.check for one in found] == ["part_above_whole"]


# Who.


def ids(*named: tuple[str, range]) -> dict[str, str]:
    return {one.name: one.id for one in agencies((name, year) for name, years in named for year in years)}


def test_a_renamed_body_keeps_its_identity_with_the_evidence() -> None:
    named = [("青禾县环境保护局", y) for y in range(2014, 2019)] + [("青禾县生态环境局", y) for y in (2019, 2020)]
    old, new = agencies(named)
    assert old.id == new.id and old.label == "青禾县生态环境局"
    [link] = old.links
    assert (link.kind, link.since) == ("renamed", 2019) and link.sure >= 0.9
    assert "环境保护局→生态环境局" in link.evidence_zh and "2014–2018" in link.evidence_en


def test_two_names_in_use_at_once_are_two_agencies() -> None:
    found = ids(("青禾县环境保护局", range(2014, 2021)), ("青禾县生态环境局", range(2019, 2022)))
    assert len(set(found.values())) == 2


def test_the_same_body_of_another_place_is_another() -> None:
    found = ids(("青禾县环境保护局", range(2014, 2019)), ("白石县生态环境局", range(2019, 2022)))
    assert len(set(found.values())) == 2


def test_merged_bodies_are_named_and_not_joined() -> None:
    old = ("青禾县工商行政管理局", range(2014, 2019)), ("青禾县质量技术监督局", range(2014, 2019))
    found = agencies(
        (name, year) for name, years in (*old, ("青禾县市场监督管理局", range(2019, 2021))) for year in years
    )
    assert len({one.id for one in found}) == 3
    [new] = [one for one in found if one.name.endswith("市场监督管理局")]
    assert sorted((one.kind, one.old) for one in new.links) == [
        ("merged", "青禾县工商行政管理局"),
        ("merged", "青禾县质量技术监督局"),
    ]


def test_an_office_writes_its_governments_report_where_they_never_both_report() -> None:
    one = ids(("青禾县人民政府办公室", range(2014, 2017)), ("青禾县人民政府", range(2017, 2020)))
    assert len(set(one.values())) == 1
    two = ids(("青禾县人民政府办公室", range(2014, 2018)), ("青禾县人民政府", range(2017, 2020)))
    assert len(set(two.values())) == 2


def test_a_county_that_became_a_city_keeps_its_series_with_a_doubt() -> None:
    old, new = sorted(
        agencies([("白石县人民政府", 2017), ("白石市人民政府", 2018)]), key=lambda one: one.first_year or 0
    )
    assert old.id == new.id and new.links[0].kind == "place" and new.links[0].sure < 0.9


def test_codes_newer_than_2018_are_known_with_what_was_before() -> None:
    old, new = sorted(
        agencies([("陕西省神木县人民政府", 2015), ("陕西省神木市人民政府", 2019)]), key=lambda one: one.first_year or 0
    )
    assert (old.region_code, new.region_code) == ("610821", "610881")
    assert old.id == new.id and "610821→610881" in new.links[0].evidence_zh
