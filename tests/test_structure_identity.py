"""Title, agency, year and period, on own texts."""

from __future__ import annotations

import re
from typing import Any

import pytest

from nianbao.catalogue import Catalogue
from nianbao.language.script import normalize
from nianbao.structure import Structure, analyze

RULES = Catalogue.load().sections

BODY = "\n一、概述\n我们按照要求公开信息80条。\n二、依申请公开情况\n全年收到申请3件,均已答复。\n"


def read(text: str, metadata: dict[str, Any] | None = None) -> Structure:
    return analyze(text, normalize(text), RULES, [], metadata)


# (text above the body, agency, year)
TITLES = [
    ("禾泽县人民政府2018年政府信息公开工作年度报告", "禾泽县人民政府", 2018),
    ("2018年禾泽县人民政府政府信息公开工作年度报告", "禾泽县人民政府", 2018),
    ("2018年度禾泽县卫生健康局信息公开年报", "禾泽县卫生健康局", 2018),
    ("禾泽县卫生局二〇一二年度政府信息公开工作报告", "禾泽县卫生局", 2012),
    ("禾泽县卫生局二○○九年政府信息公开年度报告", "禾泽县卫生局", 2009),
    ("柳洲师范大学2015-2016学年信息公开工作年度报告", "柳洲师范大学", 2016),
    ("柳洲师范大学2015—16学年度信息公开年度报告", "柳洲师范大学", 2016),
    ("柳洲职业技术学院信息公开工作年度报告(2014-2015学年)", "柳洲职业技术学院", 2015),
    ("国家林草总局2013年政府信息公开工作年度报告", "国家林草总局", 2013),
    ("禾 泽 县 人 民 政 府 2018 年 政 府 信 息 公 开 年 度 报 告", "禾泽县人民政府", 2018),
    ("禾泽县人民政府\n2018年度政府信息公开工作年度报告", "禾泽县人民政府", 2018),
    ("禾泽县人民政府办公室\n2018年度\n政府信息公开工作年度报告", "禾泽县人民政府办公室", 2018),
    ("禾泽县人民政府2018年\n政府信息公开工作年度报告", "禾泽县人民政府", 2018),
    ("禾泽县人民政府2018年政府信息\n公开工作年度报告", "禾泽县人民政府", 2018),
    ("禾泽县人民政府关于2018年度政府信息公开工作情况的报告", "禾泽县人民政府", 2018),
    ("关于禾泽县税务局2018年政府信息公开工作情况的报告", "禾泽县税务局", 2018),
    ("禾泽县政府2018年信息公开年度报告", "禾泽县人民政府", 2018),
    ("禾澤縣衛生局2014年政府信息公開工作年度報告", "禾泽县卫生局", 2014),
    ("| 禾泽县民政局2016年政府信息公开工作年度报告 | | |", "禾泽县民政局", 2016),
    ("禾泽县民政局政府信息公开工作年度报告(2016年)", "禾泽县民政局", 2016),
    ("《禾泽县民政局2016年政府信息公开工作年度报告》", "禾泽县民政局", 2016),
    ("禾泽高新技术产业开发区管理委员会2020年政府信息公开工作年度报告", "禾泽高新技术产业开发区管理委员会", 2020),
    ("标题: 禾泽县水务局2017年政府信息公开年度报告\n发布时间: 2018-01-17\n==== 正文 ====", "禾泽县水务局", 2017),
    (
        "首页 > 政府信息公开 > 年度报告\n禾泽县司法局2019年政府信息公开工作年度报告\n发布时间:2020-01-20 浏览次数:113",
        "禾泽县司法局",
        2019,
    ),
]


@pytest.mark.parametrize(("head", "agency", "year"), TITLES)
def test_a_title_names_agency_and_year(head: str, agency: str, year: int) -> None:
    structure = read(head + BODY)
    assert (structure.agency, structure.report_year, structure.is_report) == (agency, year, True)


# (whole text, agency)
AGENCIES = [
    ("禾泽县2018年政府信息公开工作年度报告\n如有疑问,请与禾泽县人民政府办公室联系。" + BODY, "禾泽县人民政府"),
    ("禾泽县2018年政府信息公开工作年度报告\n可在禾泽县政府门户网站下载。" + BODY, "禾泽县人民政府"),
    ("禾泽县2018年政府信息公开工作年度报告\n请与禾泽县政府信息公开工作办公室联系。" + BODY, "禾泽县"),
    ("民政局2018年政府信息公开工作年度报告" + BODY + "禾泽县民政局\n2019年1月16日\n", "禾泽县民政局"),
    ("2018年政府信息公开工作年度报告" + BODY + "禾泽县民政局\n2019年1月16日\n", "禾泽县民政局"),
    ("2018年政府信息公开工作年度报告" + BODY + "禾泽县民政局 2019年1月16日", "禾泽县民政局"),
    ("2018年政府信息公开工作年度报告" + BODY + "柳洲大学\n二〇一九年一月十六日", "柳洲大学"),
    ("2018年政府信息公开工作年度报告\n如有疑问,请与禾泽县教育局办公室联系(电话:12345678)。" + BODY, "禾泽县教育局"),
    ("发布机构: 禾泽县教育局\n2018年政府信息公开工作年度报告" + BODY, "禾泽县教育局"),
    ("2018年政府信息公开工作年度报告\n现将禾泽县2018年政府信息公开情况报告如下。" + BODY, "禾泽县"),
    ("禾泽镇2018年政府信息公开年度报告" + BODY + "沂川县禾泽镇人民政府\n2019年1月16日", "沂川县禾泽镇人民政府"),
    (
        "禾泽旅游度假区2018年政府信息公开年度报告" + BODY + "禾泽旅游度假区管理委员会\n2019年1月16日",
        "禾泽旅游度假区管理委员会",
    ),
    ("政府信息公开年度报告\n禾泽县统计局依据条例编制本报告。" + BODY, "禾泽县统计局"),
    ("和溪市2018年政府信息公开年度报告\n本溪市人民政府网站转载。和溪市人民政府网站公布。" + BODY, "和溪市人民政府"),
    ("本溪市2018年政府信息公开年度报告\n本溪市人民政府网站公布。" + BODY, "本溪市人民政府"),
    ("2018年政府信息公开年度报告" + BODY + "填报单位:贵阳市民政局\n", "贵阳市民政局"),
    ("首页 专题专栏 禾泽县政务服务中心2018年政府信息公开年度报告" + BODY, "禾泽县政务服务中心"),
    ("海关海关2018年政府信息公开工作年度报告" + BODY + "柳洲海关\n2019年1月16日", "柳洲海关"),
    ("柳洲海关海关2018年政府信息公开工作年度报告" + BODY, "柳洲海关"),
    ("盐务总署(机关)2018年政府信息公开工作年度报告" + BODY, "盐务总署"),
    ("依照条例规定,由禾泽县林业局编写2018年政府信息公开年度报告。" + BODY, "禾泽县林业局"),
    ("本报告由禾泽县人民政府办公室根据条例编制。" + BODY, "禾泽县人民政府办公室"),
    ("本报告由禾泽县人民政府信息公开工作领导小组办公室编制。" + BODY, "禾泽县人民政府"),
    ("根据条例,禾泽县税务局编制并公布2018年政府信息公开工作年度报告。" + BODY, "禾泽县税务局"),
    ("现公布沂州省禾泽县统计局2018年度政府信息公开年度报告。" + BODY, "沂州省禾泽县统计局"),
    ("根据条例,特向社会公布禾泽新区2018年政府信息公开工作年度报告。" + BODY, "禾泽新区"),
    ("现公布《禾泽新区2018年政府信息公开年度报告》。" + BODY, "禾泽新区"),
    ("现将2018年禾泽县气象局信息公开工作情况报告如下。" + BODY, "禾泽县气象局"),
    ("有不明之处,可向禾泽县民政局咨询(地址:兴业路1号)。" + BODY, "禾泽县民政局"),
    ("为切实抓好禾泽县审计局信息公开各项工作,现公布本报告。" + BODY, "禾泽县审计局"),
    ("一、概述\n2018年,禾泽县水务局认真落实条例,我局公开信息80条。" + BODY, "禾泽县水务局"),
    ("一、概述\n县水务局持续公开信息。2018年我局公开信息80条。" + BODY, "县水务局"),
    ("一、概述\n2018年,区政府办公室共收到申请3件。区政府办公室依法答复。" + BODY, "区政府办公室"),
    ("水务局2018年政府信息公开年度报告\n2018年禾泽县水务局主动公开信息80条。" + BODY, "禾泽县水务局"),
    ("请与禾泽县卫生健康局办公室联系。\n2018年,市卫健局认真落实条例。" + BODY, "禾泽县卫生健康局"),
    ("禾泽市2018年政府信息公开年度报告\n2018年,禾泽市认真落实条例,在禾泽市人民政府网站公开。" + BODY, "禾泽市"),
    ("2018年禾澤學(xué)院信息公開年度報告\n我校公開信息80條。" + BODY, "禾泽学院"),
    ("本年報(bào)由禾澤縣統(tǒng)計局編寫。" + BODY, "禾泽县统计局"),
    ("2018年政府信息公开年度报告\n县财政局、县教育局要认真落实。" + BODY, None),
    ("本局2018年政府信息公开工作年度报告\n如有疑问请与局办公室联系。" + BODY, None),
    ("2018年政府信息公开工作年度报告\n来源:政府办公室" + BODY, None),
]


@pytest.mark.parametrize(("text", "agency"), AGENCIES)
def test_the_fullest_name_that_the_text_states(text: str, agency: str | None) -> None:
    assert read(text).agency == agency


def test_every_place_that_names_the_agency_is_told_with_its_offsets() -> None:
    text = "本报告由禾泽县统计局\n编制。若有疑问,请与禾泽县统计局办公室联系。" + BODY
    mentions = read(text).agency_mentions
    assert {mention.source for mention in mentions} >= {"maker", "contact"}
    for mention in mentions:
        assert text[mention.start : mention.end].startswith(mention.name)
    assert read(text).to_dict()["agency_mentions"][0][0] == "禾泽县统计局"


def test_an_agency_column_counts_where_the_text_names_none() -> None:
    text = "2018年政府信息公开工作年度报告" + BODY
    assert read(text, {"agency": "禾泽县统计局"}).agency == "禾泽县统计局"
    assert read("禾泽县民政局" + text, {"agency": "禾泽县统计局"}).agency == "禾泽县民政局"


# (text, year, period)
YEARS = [
    ("年度报告\n本报告数据的统计期限自2017年1月1日起至2017年12月31日止。" + BODY, 2017, ("2017-01-01", "2017-12-31")),
    ("年度报告\n统计时限为2017年1月1日至12月31日。" + BODY, 2017, ("2017-01-01", "2017-12-31")),
    ("年度报告\n统计期限:2017.1.1-2017.12.31。" + BODY, 2017, ("2017-01-01", "2017-12-31")),
    ("年度报告\n数据统计时间从2008年5月1日到2008年12月31日。" + BODY, 2008, ("2008-05-01", "2008-12-31")),
    ("年度报告\n统计期限为二〇一七年1月1日至二〇一七年12月31日。" + BODY, 2017, ("2017-01-01", "2017-12-31")),
    ("年度报告\n统计期限自201911日至20191231日止。" + BODY, 2019, ("2019-01-01", "2019-12-31")),
    ("年度报告\n统计期限为2017年2月30日至2017年12月31日。" + BODY, 2017, (None, "2017-12-31")),
    ("年度报告\n本学年指2015年9月1日至2016年8月31日。" + BODY, 2016, ("2015-09-01", "2016-08-31")),
    ("年度报告\n现公布2012年度政府信息公开年度报告。" + BODY, 2012, (None, None)),
    ("禾泽县民政局2017年政府信息公开工作年度报告\n发布时间:2018-03-02\n统计期限自至。" + BODY, 2017, (None, None)),
    ("2017年,我局共收到政府信息公开申请28件,比2016年增加5件。", 2017, (None, None)),
    ("年度报告\n统计期限为二○一○年一月一日至二○一○年十二月三十一日。" + BODY, 2010, ("2010-01-01", "2010-12-31")),
    ("2022年收到申请89件,其中4件结转至2023年办理。", 2022, (None, None)),
    ("2018年结转的申请7件,2019年新收的58件均已办结。", 2019, (None, None)),
    ("2015年11月,我局收到申请1件,已答复。", 2015, (None, None)),
    ("截至2015年底,全区累计公开信息900条。", 2015, (None, None)),
    ("2018年我局将进一步加强工作。2017年共公开信息900条。", 2017, (None, None)),
    ("2018年工作打算:继续努力。2017年我局共公开信息900条。", 2017, (None, None)),
    ("2016年公开信息80条,2017年公开信息90条。", 2017, (None, None)),
    ("根据《禾泽县2020年政务公开工作要点》,我局公开信息80条。", None, (None, None)),
    ("按照国办发〔2016〕80号文件,我局公开信息80条。", None, (None, None)),
    ("我局公开信息80条,收到申请2件。", None, (None, None)),
    ("政府信息公开工作年度报告" + BODY + "禾泽县民政局\n2018年1月16日\n", None, (None, None)),
    ("发布时间:2018-01-16\n禾泽县民政局政府信息公开工作年度报告" + BODY, None, (None, None)),
]


@pytest.mark.parametrize(("text", "year", "period"), YEARS)
def test_year_and_period_are_read_and_never_guessed(
    text: str, year: int | None, period: tuple[str | None, str | None]
) -> None:
    structure = read(text)
    assert (structure.report_year, (structure.period_start, structure.period_end)) == (year, period)


@pytest.mark.parametrize(
    ("metadata", "year"),
    [({"year": 2013}, 2013), ({"year": "2013"}, 2013), ({"year": 2013.0}, 2013), ({"year": 1013}, None)]
    + [({"year": value}, None) for value in ("about 2013", None, True, 2013.5, float("nan"))],
)
def test_a_year_column_counts_only_where_the_text_says_nothing(metadata: dict[str, Any], year: int | None) -> None:
    assert read("禾泽县民政局政府信息公开工作年度报告" + BODY, metadata).report_year == year
    assert read("禾泽县民政局2011年政府信息公开工作年度报告" + BODY, metadata).report_year == 2011


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("禾泽县人民政府2018\n\n政府信息公开工作年度报告", "禾泽县人民政府2018政府信息公开工作年度报告"),
        ("年 度 报 告", "年 度 报 告"),
        ("禾澤縣衛生局2014年政府信息公開工作年度報告", "禾澤縣衛生局2014年政府信息公開工作年度報告"),
        (
            "索引号: | 1234/2020-1 | 公开方式: | 主动公开 |\n禾泽县2019年政府信息公开工作年度报告 | |||",
            "禾泽县2019年政府信息公开工作年度报告",
        ),
    ],
)
def test_the_title_is_given_as_printed(head: str, title: str) -> None:
    text = head + BODY
    structure = read(text)
    assert structure.title == title
    printed = "".join(text[line.start : line.end] for line in structure.blocks if line.kind == "title")
    assert re.sub(r"\s", "", printed) == re.sub(r"\s", "", title)


def test_a_title_in_a_text_without_line_breaks() -> None:
    head = "当前位置：首页政务公开年报 禾泽县2019年政府信息公开年度报告 来源：政府办 时间：2020-01-23 打印 关闭 --> "
    text = (
        head + "禾泽县2019年政府信息公开年度报告 根据条例要求，现公布本报告，全文由六个部分组成。"
        "一、总体情况2019年，我县公开信息80条，受理申请2件，均在法定期限内答复，未发生行政复议和行政诉讼，未收取任何费用，"
        "并开展了两次业务培训，累计培训人员一百余人次，群众满意度较高，社会反响良好，信息公开平台运行平稳有序。"
    )
    structure = read(text)
    assert structure.title == "禾泽县2019年政府信息公开年度报告"
    assert structure.report_year == 2019
    kinds = [(line.kind, text[line.start : line.end]) for line in structure.blocks]
    assert [kind for kind, _ in kinds] == ["furniture", "title", "prose", "heading", "prose"]
    assert kinds[1][1] == structure.title
    assert kinds[2][1].lstrip().startswith("根据条例要求")
