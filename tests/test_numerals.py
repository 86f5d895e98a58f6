"""Numbers in text: where they stand, what they are worth, what they count, and what is no number of anything."""

from __future__ import annotations

import math
import re

import cn2an
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from guards import ends
from nianbao.catalogue import Catalogue
from nianbao.language.measures import read_measures
from nianbao.language.numerals import Numeral, find_numerals, parse_number
from nianbao.language.script import normalize

MEASURES = Catalogue.load().compiled(read_measures)

Expected = tuple[str, float, str, str | None]


def marked(case: str) -> tuple[str, list[tuple[int, int]]]:
    """`收到<28>件` as its text and the offsets of what stood in the angle brackets."""
    text, spans = "", []
    for part in re.split(r"(<[^<>]+>)", case):
        if part.startswith("<"):
            spans.append((len(text), len(text) + len(part) - 2))
            part = part[1:-1]
        text += part
    return text, spans


def found(text: str) -> list[Numeral]:
    return find_numerals(MEASURES, normalize(text))


COUNTS: list[tuple[str, float, str, str | None]] = [
    ("收到申请<28>件", 28, "exact", "件"),
    ("收到申请<４>件", 4, "exact", "件"),
    ("收到申请<伍拾>件", 50, "exact", "件"),
    ("主动公开<一〇五>条", 105, "exact", "条"),
    ("主动公开<二ΟΟ六>条", 2006, "exact", "条"),
    ("访问量<123万4567>次", 1234567, "exact", "次"),
    ("公开信息<1 234>条", 1234, "exact", "条"),
    ("公开信息<2 7>条", 27, "exact", "条"),
    ("收到近<百>件", 100, "nearly", "件"),
    ("收到申请 <4> 件,", 4, "exact", "件"),
    ("公开信息<1,234>条", 1234, "exact", "条"),
    ("公开信息<12，345>条", 12345, "exact", "条"),
    ("公开信息<1,234,567>条", 1234567, "exact", "条"),
    ("访问量<23.1万>人次", 231000, "exact", "人次"),
    ("点击<3亿5千万>次", 350000000, "exact", "次"),
    ("公开<9万余>条", 90000, "over", "条"),
    ("公开<20余万>条", 200000, "over", "条"),
    ("向网站报送<700余>条信息", 700, "over", "条"),
    ("举办活动<30多>场次", 30, "over", "场次"),
    ("共<两万五千八百余>条", 25800, "over", "条"),
    ("发布<百余>篇", 100, "over", "篇"),
    ("印发上<千>份", 1000, "over", "份"),
    ("印发<三百二十>份", 320, "exact", "份"),
    ("收到<二十八>件", 28, "exact", "件"),
    ("涉及<两>个部门", 2, "exact", "个"),
    ("全年办理<一百零五>宗", 105, "exact", "宗"),
    ("办结<廿八>件", 28, "exact", "件"),
    ("关注人数超过<5000>人", 5000, "over", "人"),
    ("突破<10万>人次", 100000, "over", "人次"),
    ("逾<300>条", 300, "over", "条"),
    ("约<300>条", 300, "approx", "条"),
    ("答复<300>件左右", 300, "approx", "件"),
    ("近<300>条", 300, "nearly", "条"),
    ("不足<20>件", 20, "nearly", "件"),
    ("达<300>条", 300, "exact", "条"),
    ("答复<300>件以上", 300, "over", "件"),
    ("网上预约<12>次", 12, "exact", "次"),
    ("其余<73>件均已办结", 73, "exact", "件"),
    ("制发规范性文件<48>,其中", 48, "exact", None),
    ("其他情形数<12>,占比", 12, "exact", None),
    ("建成<15.48万>平方米", 154800, "exact", "平方米"),
    ("梳理<8>大类", 8, "exact", "大类"),
    ("收到行政诉讼<一>起", 1, "exact", "起"),
    ("召开新闻发布会<一>次。", 1, "exact", "次"),
    ("全年梳理<25>项目前已办结", 25, "exact", "项"),
    ("收到申请<28>\n件,全部办结", 28, "exact", "件"),
    ("本级\n<-12>\n项", -12, "exact", None),
    ("申请数<二十八>。", 28, "exact", None),
    ("传真申请为<零>。", 0, "exact", None),
    ("投诉举报<零>件。", 0, "exact", "件"),
    ("本年度通过政府公报和政府网站等渠道主动公开<4\n6>条,", 46, "exact", "条"),
    ("网站公开<2,\n980>条。", 2980, "exact", "条"),
    ("本年度通过政府公报和政府网站等渠道主动公开<2,\n980>条信息", 2980, "exact", "条"),
]


@pytest.mark.parametrize(("case", "value", "qualifier", "unit"), COUNTS)
def test_counts(case: str, value: float, qualifier: str, unit: str | None) -> None:
    text, [(start, end)] = marked(case)
    counts = [n for n in found(text) if n.kind == "count"]
    assert [(n.start, n.end, n.value, n.qualifier, n.unit) for n in counts] == [(start, end, value, qualifier, unit)]
    if unit is not None:
        assert text[counts[0].end : counts[0].unit_end].strip() == unit


@pytest.mark.parametrize(
    ("case", "value"),
    [
        ("经费<23.1万>元", 231000),
        ("经费<65.9万>元", 659000),
        ("收取<1,250>元", 1250),
        ("收取<12元5角>", 12.5),
        ("收取<叁佰>元", 300),
        ("投入<3.2亿>元", 320000000),
        ("投入<536万>元", 5360000),
        ("投入<12.5 万>元", 125000),
        ("收费<五百>元", 500),
        ("人民币<200>元", 200),
    ],
)
def test_money_is_in_yuan(case: str, value: float) -> None:
    text, [(start, end)] = marked(case)
    [numeral] = found(text)
    assert (numeral.kind, numeral.start, numeral.end, numeral.value, numeral.unit) == ("money", start, end, value, "元")


@pytest.mark.parametrize(
    ("case", "value"),
    [
        ("增长<9.5>%", 9.5),
        ("增长<９．５>％", 9.5),
        ("增长<百分之9.5>", 9.5),
        ("增长<百分之十二>", 12),
        ("<百分之百>", 100),
        ("下降<3>个百分点", 3),
        ("千人之<5>‰", 0.5),
    ],
)
def test_percentages_are_no_counts(case: str, value: float) -> None:
    text, [(start, end)] = marked(case)
    [numeral] = found(text)
    assert (numeral.kind, numeral.start, numeral.end, numeral.value) == ("percent", start, end, value)


NO_COUNTS: list[tuple[str, str]] = [
    ("<2017>年公开", "year"),
    ("<二〇一七>年度", "year"),
    ("<二○一七>年", "year"),
    ("<二0一七>年", "year"),
    ("<2015>-<2016>学年", "year"),
    ("<2016>、<2017>年", "year"),
    ("按照省<2017>政务公开要点", "year"),
    ("某县人民政府<2017>\n工作年度报告", "year"),
    ("<2019年1月1日>", "date"),
    ("<2019-12-31>", "date"),
    ("<2019/12/31>", "date"),
    ("<2019.12.31>", "date"),
    ("<12月31日>止", "date"),
    ("<3月份>", "date"),
    ("<1-12月>", "date"),
    ("<十二月三十一日>", "date"),
    ("<201911日>至<20191231日>", "date"),
    ("<2018年11日>", "date"),
    ("自<202011>起", "date"),
    ("<16:27>", "time"),
    ("<24>小时", "time"),
    ("<20>个工作日内", "time"),
    ("<三>年", "time"),
    ("国办发〔<2016〕80>号", "document_number"),
    ("国办发[<2017]15>号", "document_number"),
    ("某政办函〔<201763>号", "document_number"),
    ("国务院令第<711>号", "document_number"),
    ("电话:<0123-4567890>", "phone"),
    ("电 话 : <23456789>", "phone"),
    ("传真(<0571)23456789>", "phone"),
    ("<12345>热线", "phone"),
    ("拨打<110>", "phone"),
    ("电话:<0571-23456789>、<23456780>", "phone"),
    ("邮编:<123456>", "postcode"),
    ("邮  编：<123456>", "postcode"),
    ("第<二十>条第(<五>)项", "ordinal"),
    ("第<3>次", "ordinal"),
    ("第<三>方评估", "ordinal"),
    ("县人大<三>次会议", "ordinal"),
    ("县人大<一>次会议", "ordinal"),
    ("<一>、概述", "enumerator"),
    ("(<二>)主动公开", "enumerator"),
    ("<1>.主动公开", "enumerator"),
    ("(<3>)网站", "enumerator"),
    ("<①>网站<②>公报", "enumerator"),
    ("<一>是加强领导;<二>是", "enumerator"),
    ("<12>、其他", "enumerator"),
    ("<http://www.example.cn/2017/12.htm>", "identifier"),
    ("<3x17@example.com>", "identifier"),
    ("<5G>网络", "identifier"),
    ("<1234567890123456>件", "unclear"),
    ("“<1+14>”政策", "other"),
    ("某路<16>号", "other"),
    ("大楼<14>层", "other"),
    ("每月<一>次", "other"),
    ("明确<一>名领导", "other"),
    ("附件<1>:统计表", "other"),
]


@pytest.mark.parametrize(("case", "kind"), NO_COUNTS)
def test_numbers_of_another_kind(case: str, kind: str) -> None:
    text, spans = marked(case)
    assert [(n.start, n.end, n.kind) for n in found(text)] == [(*span, kind) for span in spans]


IN_WORDS = """进一步 统一部署 一律公开
之一 一方面 一直 一把手 十分重要 万一 双随机、一公开 三公经费 五公开 两微一端 十三五
党的十九大 千方百计 一次性告知 属于三类内部事务信息 放管服 一定 一些 数十件 几百条 半数 单一、渠道不畅 一致 一体化"""


@pytest.mark.parametrize("text", IN_WORDS.split())
def test_numerals_inside_words_are_nothing(text: str) -> None:
    assert found(text) == []


def test_numbers_in_the_cells_of_a_table_are_not_joined() -> None:
    assert [n.value for n in found("主动公开\n4\n6\n条")] == [4, 6]
    assert [n.value for n in found("本年度通过政府公报和政府网站等渠道主动公开4\n6\n")] == [4, 6]
    assert [n.kind for n in found("本年度通过政府公报和政府网站等渠道主动公开2016\n3条")] == ["count", "count"]


@pytest.mark.parametrize(
    "text",
    [
        "收到申请4\n6件,其中办结3件",
        "本年度我镇收到的信息公开申请4\n6件,比上年度有所增加,均在规定的期限之内作出了书面答复,没有逾期的。",
        "全年通过网站、公报、公开栏等各种渠道公开信息的有关情况如下,其中主要的有三类\n二是公报和公开栏公开信息4\n6件。",
    ],
)
def test_a_number_cut_where_the_line_had_room_is_left_open(text: str) -> None:
    first = found(text)[0] if "三类" not in text else next(n for n in found(text) if n.start > 40)
    assert (first.kind, first.readings, text[first.start : first.end]) == ("unclear", (46, 6), "4\n6")


def test_a_list_without_thousands() -> None:
    text = "分别为3,5,12件"
    assert [n.value for n in found(text)] == [3, 5, 12]


def test_an_item_number_that_touches_its_paragraph() -> None:
    kinds = [(n.kind, n.value) for n in found("\n1.2017年公开\n2.3个部门\n共1.5万条")]
    assert kinds == [("enumerator", 1), ("year", 2017), ("enumerator", 2), ("count", 3), ("count", 15000)]


def test_items_inside_a_run_on_paragraph_are_told_by_their_series() -> None:
    text = "公开情况1、行政权力清单方面梳理事项36项,全部公开2、财政资金方面公开5条"
    assert [(n.kind, n.value) for n in found(text)] == [
        ("enumerator", 1),
        ("count", 36),
        ("enumerator", 2),
        ("count", 5),
    ]
    assert [n.kind for n in found("其中网站5、微博3、其他2")] == ["count"] * 3


def test_a_unit_is_not_read_from_the_next_cell() -> None:
    numeral, _ = found("主动公开数\n条\n960\n件\n12\n")
    assert numeral.unit is None


@given(st.text(st.sampled_from("0129一二十百万亿零〇点分之第余多约近件条个元%年月日号.,:()〔〕-/、。\n 是A@①")))
@settings(max_examples=1500, deadline=None)
def test_offsets_hold_on_any_mixture(text: str) -> None:
    end = 0
    for numeral in find_numerals(MEASURES, text):
        assert end <= numeral.start < numeral.end <= numeral.unit_end <= len(text)
        end = numeral.unit_end
        if numeral.unit is not None and numeral.unit_end > numeral.end:
            assert text[numeral.end : numeral.unit_end].strip() != ""


@given(st.text(st.sampled_from("019一十万件条年号.,(第\n ")), st.integers(0, 8), st.integers(0, 8))
@settings(max_examples=400, deadline=None)
def test_a_stretch_reads_as_if_it_were_the_whole(text: str, left: int, right: int) -> None:
    start, end = min(left, len(text)), max(len(text) - right, min(left, len(text)))
    alone = [(n.start + start, n.end + start, n.kind) for n in find_numerals(MEASURES, text[start:end])]
    assert [(n.start, n.end, n.kind) for n in find_numerals(MEASURES, text, start, end)] == alone


_DIGITS = "零一二三四五六七八九"


def in_chinese(number: int) -> str:
    """A reference writer of 0..99,999,999, by the textbook rule and unlike the reader."""
    if number >= 10_000:
        high, low = divmod(number, 10_000)
        rest = "" if not low else ("零" if low < 1000 else "") + in_chinese(low)
        return in_chinese(high) + "万" + rest
    digits = f"{number:04d}"
    written = "".join(_DIGITS[int(d)] + unit if d != "0" else "零" for d, unit in zip(digits, "千百十 ", strict=True))
    return re.sub("零+", "零", written.replace(" ", "")).strip("零") or "零"


STYLES = {
    "plain": str,
    "thousands": lambda n: f"{n:,}",
    "full width": lambda n: str(n).translate({i: i + 0xFEE0 for i in range(0x30, 0x3A)}),
    "chinese": in_chinese,
    "ten thousands": lambda n: f"{n / 10_000:.4f}".rstrip("0").rstrip(".") + "万",
}


@given(st.integers(0, 99_999_999), st.sampled_from(sorted(STYLES)))
@settings(max_examples=600, deadline=None)
def test_every_style_reads_back(number: int, style: str) -> None:
    # Eight digits may be a date, 20520201.
    assume(not re.fullmatch(r"(19|20)\d\d(0[1-9]|1[0-2])[0-3]\d", str(number)))
    written = STYLES[style](number)
    assert parse_number(written) == number
    [numeral] = found(f"共收到申请{written}件,")
    assert (numeral.value, numeral.unit, numeral.kind) == (number, "件", "count")
    assert numeral.end - numeral.start == len(written)


@given(st.integers(1, 9_999_999_999))
@settings(max_examples=400, deadline=None)
def test_chinese_numerals_as_cn2an_writes_them(number: int) -> None:
    assert parse_number(cn2an.an2cn(number)) == number


@pytest.mark.parametrize(
    ("written", "value"), [("两万五", 25_000), ("三百五", 350), ("一亿十万", 100_100_000), ("廿八", 28)]
)
def test_spoken_short_forms(written: str, value: float) -> None:
    assert parse_number(written) == value


NO_NUMBERS = ["", " ", "—", "-", "/", "无", "12%", "12件", "3 4", "1,23", "5.", "2万3万", "9" * 10_000, "万"]


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_is_no_whole_number(text: str) -> None:
    assert parse_number(text) is None


def test_signs_in_cells() -> None:
    assert (parse_number("-3"), parse_number("＋5"), parse_number(" 0 ")) == (-3, 5, 0)


HOSTILE = [
    "1",
    "1,234",
    "1,234,",
    "234,",
    "一",
    "1.",
    "万",
    "1a",
    "(",
    "1、",
    "第",
    "1-",
    "百分之",
    "2016〕",
    "约",
    "1~",
]
HOSTILE += ["一、", "1万", "3件", "a.", "2017年", "(1)", "零", "1@", "1 ", " "]


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    with ends():
        numerals = find_numerals(MEASURES, piece * (200_000 // len(piece)))
    assert all(not math.isinf(n.value) for n in numerals)


@pytest.mark.parametrize(
    ("case", "readings"),
    [
        ("收到<三到五>件", (3, 5)),
        ("收到<3-5>件", (3, 5)),
        ("收到<两三>件", (2, 3)),
        ("约<3,000-5,000>件", (3000, 5000)),
    ],
)
def test_a_range_has_readings_and_no_value(case: str, readings: tuple[float, ...]) -> None:
    text, [(start, end)] = marked(case)
    (numeral,) = found(text)
    assert (numeral.start, numeral.end, numeral.kind, numeral.readings) == (start, end, "unclear", readings)
    assert math.isnan(numeral.value)


@pytest.mark.parametrize(
    "text",
    [
        "第9至12条",
        "第九至十二条",
        "第19、20条",
        "队伍三次",
        "²件",
        "٣件",
        "①件",
        "Ⅻ条",
        "窗口一件公开申请也没有收到。",
        "一起复议案件都未发生",
    ],
)
def test_articles_words_and_other_digits_are_no_counts(text: str) -> None:
    assert [n for n in found(text) if n.kind == "count" and n.value != 3] == []


@pytest.mark.parametrize("text", ["收到一件申请，也没有超期。", "受理一件复议也未逾期。", "全年申请一件，均已答复。"])
def test_one_that_was_counted_is_one(text: str) -> None:
    assert [n.value for n in found(text) if n.kind == "count"] == [1.0]


@pytest.mark.parametrize("written", ["99.6𝟖", "5𝟒87", "𝟒87", "1,23𝟒"])
def test_digits_of_two_scripts_are_one_number_that_nobody_knows(written: str) -> None:
    (found,) = find_numerals(MEASURES, f"增长{written}%,共", 0, len(f"增长{written}%,共"))
    assert (found.kind, f"增长{written}%,共"[found.start : found.end]) == ("unclear", written)
