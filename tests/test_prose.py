"""Prose: which number counts what, of which year and part, and which number counts nothing."""

from __future__ import annotations

import re
from copy import deepcopy

import pytest

from nianbao.catalogue import Catalogue
from nianbao.language.script import normalize
from nianbao.prose.context import Reference
from nianbao.prose.knowledge import Knowledge
from nianbao.prose.lexicon import ConceptLexicon, expand
from nianbao.prose.link import Antecedent
from nianbao.prose.linking import Link, Linker
from nianbao.prose.mentions import MentionReader
from nianbao.prose.reflow import ProseParagraph

_MARK = re.compile(r"<([a-z_.]+)(?:/(\w+))?(?:@(\d{4}))?(?:=([\d.]+))?>(.*?)</>", re.S)


@pytest.fixture(scope="module")
def link():
    knowledge = Catalogue.load().compiled(Knowledge)
    reader, linker = MentionReader(knowledge), Linker(knowledge)

    def run(
        text: str, year: int | None = 2018, headings: tuple[str, ...] = (), agency: str | None = None
    ) -> list[Link]:
        norm = normalize(text)
        mentions = reader.read(norm, [ProseParagraph(0, len(norm), headings)], Reference(year, agency))
        return [found for found in linker.link(mentions) if found.metric is not None]

    return run


def marked(text: str) -> tuple[str, set[tuple[str, str | None, int, float, str]]]:
    """The plain text, and the facts that its marks tell: <metric/applicant@year=value>words</>."""
    expected, plain, at = set(), "", 0
    for match in _MARK.finditer(text):
        metric, applicant, year, value, words = match.groups()
        plain += text[at : match.start()] + words
        expected.add((metric, applicant, int(year or 2018), float(value if value is not None else words), words))
        at = match.end()
    return plain + text[at:], expected


def facts(text: str, links: list[Link]) -> set[tuple[str, str | None, int, float, str]]:
    return {
        (
            found.metric,
            None if found.applicant == "total" else found.applicant,
            found.year,
            found.value,
            text[found.mention.start : found.mention.end],
        )
        for found in links
    }


@pytest.mark.parametrize(
    "text",
    [
        # names before and after their numbers
        "全年收到政府信息公开申请<requests.received>28</>件,其中当面申请<requests.received_in_person>1</>件。",
        "<requests.concluded_on_time>26</>件为按时办结,<requests.concluded_extended>2</>件延期办结,均系公开申请。",
        "受理的<requests.received>31</>宗公开申请中,<outcomes.granted>20</>宗予以公开。",
        # one by one
        "收到申请<requests.received>20</>件,当面、信函、网络提交的分别为"
        "<requests.received_in_person>3</>、<requests.received_mail>5</>、<requests.received_online>12</>件。",
        "同意公开、部分公开和不予公开申请分别为<outcomes.granted>10</>件、<outcomes.partly_granted>3</>件和<outcomes.refused>1</>件。",
        "因公开工作引起的行政复议<reviews.total>2</>件,行政诉讼<litigation.total>1</>件。",
        # results belong to the suit named last
        "行政复议<reviews.total>5</>件,其中维持<reviews.upheld>4</>件,纠正<reviews.corrected>1</>件;"
        "行政诉讼<litigation.total>2</>件,驳回<litigation.upheld>2</>件。",
        # applicants
        "本机关新收申请<requests.received>65</>件,其中自然人申请<requests.received/natural_person>62</>件、"
        "商业企业<requests.received/commercial>3</>件。",
        # money, thousands, ten thousands
        "收取检索费<requests.fees_charged>126.5</>元。",
        "门户网站访问量<website.visits=1204000>120.4万</>次。",
        # other years and series
        "主动公开政府信息<disclosure.total>743</>条,上年为<disclosure.total@2017>655</>条,增长13.4%。",
        "收到申请<requests.received>118</>件,同比增加29件;2016年同期为<requests.received@2016>89</>件。",
        "微信公众号粉丝由<wechat.followers@2017=98000>9.8万</>增至<wechat.followers=126000>12.6万</>。",
        # sums of parts
        "承办人大代表建议<proposals.deputies>11</>件,政协提案<proposals.cppcc>19</>件,合计<proposals.total>30</>件。",
        # blanks and line breaks of the layout
        "其中 网上 申\n请 <requests.received_online=11>1 1</> 件 , 信 函 申 请 <requests.received_mail>4</> 件 。",
        # a slip in a word
        "其中信画申请<requests.received_mail>10</>件。",
        # 均 says nothing of what came before the year
        "收到公开申请<requests.received>18</>件。上年结转<requests.carried_in>3</>件,均已办结。",
        # a share of what the sentence counted is not the same once more
        "发布政策解读<response.interpretations>23</>篇,其中图文解读15篇、视频解读8篇。",
        # the agency's other cases
        "行政复议机关受理的4件复议案件均与征收有关,与政府信息公开无关。",
        "全县复议案件86件,其中涉及信息公开<reviews.total>5</>件。",
        # suits of one kind
        "未经复议直接起诉的行政诉讼<litigation.direct.total>4</>件,结果维持<litigation.direct.upheld>2</>件。",
        # plans, first places, pronouns, other years, fractions of a count
        "拟新设查阅点2个,安排公开专项经费10万元。",
        "公开信息最多的乡镇为柳河镇,达212条。",
        "通过网站和微信公开信息,前者登载432条。",
        "从2008年5月到2012年12月,全市共公开政府信息<disclosure.cumulative=316000>31.6万</>条。",
        "主动公开政府信息1.245条。",
        # who asked holds up to the semicolon
        "自然人申请予以公开<outcomes.granted/natural_person>17</>件、部分公开<outcomes.partly_granted/natural_person>3</>件;"
        "企业申请予以公开<outcomes.granted/commercial>2</>件。",
        "收到申请<requests.received>9</>件,其中自然人<requests.received/natural_person>8</>件,"
        "答复<requests.replied>7</>件。",
        # one by one, through words between; of bodies, nobody's
        "网站、微博、微信主动公开信息分别为<disclosure.website>821</>条、<disclosure.weibo>130</>条、<disclosure.wechat>94</>条。",
        "申请较多的是教育、民政、水利三个部门,分别受理57件、41件、36件。",
        "网站和微信公众号是主阵地,在这两个平台上分别发布了<disclosure.website>76</>条和<disclosure.wechat>32</>条。",
        # what happened, not who: 场市政府
        "举办<response.press_conferences>19</>场市政府新闻发布会。其中,防汛新闻发布会举行15场。",
        # running totals and the year's own
        "自2008年5月1日至2018年12月31日,受理申请35件,其中今年受理<requests.received>8</>件。",
        "政府网站累计公开1984条,本年<disclosure.website>591</>条。",
        # lists of what exists, ranges of reasons, a body's channels
        "新增依申请公开政府信息目录364条。",
        '否决公开申请<outcomes.refused>42</>件,其中"免予公开范围"12件。',
        "网站、公报主动公开政府规章<regulations.disclosed>13</>件(含新制定<regulations.issued>5</>件)。",
        "2018年主动公开信息<disclosure.total>658</>条,目前累计公开3397条。",
        # what a number counts stands behind it; digits of a name; a count in brackets; who was told to
        "公布3篇预决算信息。",
        '举办"护航2018"行动新闻发布会。',
        "微信公众号(1个)推出信息<disclosure.wechat>163</>条。",
        "公报刊登规章等12件,政策解读83件。",
        "答复《县长信箱》来信<mailbox.letters>2</>件,全部在规定时限内答复。",
        # few words
        "收申请<requests.received>6</>件。同意<outcomes.granted>4</>件,不同意<outcomes.refused>2</>件。",
    ],
)
def test_numbers_find_their_metric(link, text):
    plain, expected = marked(text)
    assert facts(plain, link(plain)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2018年,我局未收到政府信息公开申请。", {"requests.received"}),
        ("未发生因政府信息公开申请行政复议、提起行政诉讼的情况。", {"reviews.total", "litigation.total"}),
        (
            "没有收到申请,也未发生行政复议,未收取任何费用。",
            {"requests.received", "reviews.total", "requests.fees_charged"},
        ),
        ("行政复议、行政诉讼均无。", {"reviews.total", "litigation.total"}),
        # denials that count nothing
        ("收到的申请无一不按时答复,没有超期。", set()),
        ("并非没有收到申请。", set()),
        ("应当对没有收到申请的情况予以说明。", set()),
        ("全年无逾期答复申请的现象。", set()),
        ("没有一件申请超过法定期限答复。", set()),
        ("公报免费赠阅各级图书馆。", set()),
        ("我办无行政许可、行政处罚职能。", set()),
        ("确保依申请公开渠道畅通无阻。", set()),
        ("未向依申请公开对象收取复印、邮寄、传真等费用。", {"requests.fees_charged"}),
        # the channels, not all requests
        ("没有以传真、电子邮件方式提出的申请。", {"requests.received_fax", "requests.received_email"}),
    ],
)
def test_denials_state_zeros_only_of_what_they_deny(link, text, expected):
    found = link(text)
    assert {one.metric for one in found} == expected
    assert all(one.value == 0 and one.status == "stated" for one in found)


@pytest.mark.parametrize(
    ("heading", "body", "expected"),
    [
        ("四、收费情况", "无。", {"requests.fees_charged"}),
        ("五、行政复议、提起行政诉讼的情况", "未发生。", {"reviews.total", "litigation.total"}),
        ("三、存在的问题", "没有专职人员。", set()),
        ("五、行政复议、提起行政诉讼的情况", "2018年未收到申请。", {"requests.received"}),
    ],
)
def test_a_bare_denial_speaks_of_its_heading(link, heading, body, expected):
    assert {one.metric for one in link(body, headings=(heading,))} == expected


def test_one_number_may_count_two_things(link):
    assert {one.metric for one in link("收到申请公开政府信息的信函2件。")} == {
        "requests.received",
        "requests.received_mail",
    }
    found = link("受理依申请公开事项2条,按照职能,按期办结。")
    assert ("requests.concluded_on_time", 2, "stated") in {(one.metric, one.value, one.status) for one in found}


def test_a_channel_beside_counted_ones_has_a_zero_of_its_own(link):
    found = link("受理申请12件,其中信函申请12件,无当面申请和传真申请。")
    assert {one.metric for one in found if one.value == 0} == {"requests.received_in_person", "requests.received_fax"}


def test_all_said_of_one_kind_of_applicant_takes_no_total(link):
    found = link("收到申请46件,其中企业6件。企业申请均予以公开。")
    assert {(one.metric, one.applicant, one.value) for one in found} == {
        ("requests.received", "total", 46),
        ("requests.received", "commercial", 6),
    }


def test_all_takes_the_number_of_the_total_before(link):
    text = "全年办理依申请公开4件,均不属于本行政机关公开范围。"
    stated = [one for one in link(text) if one.status == "stated"]
    assert [(one.metric, one.value) for one in stated] == [("outcomes.not_this_agency", 4)]
    assert text[stated[0].mention.start : stated[0].mention.end] == "均不属于本行政机关公开范围"


@pytest.mark.parametrize(
    "text",
    [
        "12345热线受理诉求466件。",
        "受理行政许可申请5120件。",
        "举办防汛抢险培训6期。",
        "机构职能类信息5条,规划计划类信息12条。",
        "制作政府信息3978条,其中作为依申请公开信息46条,不予公开信息1854条。",
        "自2008年以来累计收到申请83件。",
        "同比增加29件,办结率98%。",
        "每周更新信息5条。",
        "2019年计划收到申请100件。",
        "联系电话23165327,邮编350400,国办发〔2016〕80号。",
    ],
)
def test_other_peoples_numbers_stay_open(link, text):
    assert link(text) == []


def test_a_part_of_the_agency_is_no_whole(link):
    text = "全市收到申请501件,其中市国土资源局收到127件,各乡镇收到20件。"
    found = link(text, agency="吉川市人民政府")
    assert [(one.value, one.scope) for one in found] == [(501, None), (127, "市国土资源局"), (20, "各乡镇")]


def test_wordings_expand_and_the_longest_wins():
    assert sorted(expand("同意(部分)?公开")) == ["同意公开", "同意部分公开"]
    lexicon = ConceptLexicon({"A": ["公开"], "B": ["不予公开"], "C": ["不属于本~范围"]})
    found = [(c.start, c.end, set(c.names)) for c in lexicon.scan("不予公开,不属于本机关公开范围")]
    assert found == [(0, 4, {"B"}), (5, 15, {"C"})]


def test_a_slip_is_read_only_as_a_whole_word():
    lexicon = ConceptLexicon({"A": ["复议"], "B": ["复义"]}, {"议": "义"})
    assert [set(c.names) for c in lexicon.scan("复义")] == [{"B"}]
    assert [set(c.names) for c in ConceptLexicon({"A": ["复议"]}, {"议": "义"}).scan("行政复义义务")] == [{"A"}]


def test_rules_name_metrics_of_the_registry_and_one_job_each():
    catalogue = Catalogue.load()
    assert {rule.metric for rule in catalogue.rules.rules} <= {metric.id for metric in catalogue.metrics}
    assert len({rule.name for rule in catalogue.rules.rules}) == len(catalogue.rules.rules)


def test_all_after_a_list_of_parts_speaks_of_the_whole(link):
    found = link("受理公开申请52件(其中自然人45件,法人7件),均按时办结。")
    told = {(one.metric, one.applicant, one.value) for one in found}
    assert ("requests.concluded_on_time", None, 52.0) in told
    assert not any(value == 7 for _, _, value in told)


def test_a_ground_in_brackets_is_that_of_the_whole_number(link):
    found = link("不予公开申请1件(涉及个人隐私)。")
    assert {one.metric for one in found} == {"outcomes.refused", "outcomes.refused.privacy"}


def test_an_agency_called_by_its_short_name_is_the_whole(link):
    agency = "松河流域管理局"
    assert [one.scope for one in link("流域局接收公开申请21件。", agency=agency)] == [None]
    assert [one.scope for one in link("其中水政处接收公开申请3件。", agency=agency)] == ["水政处"]


def test_a_part_keeps_its_numbers_until_another_subject(link):
    found = link("全市收到申请100件;市本级收到申请44件,办结申请31件;全市办结申请98件。", agency="安河市人民政府")
    assert [(one.value, one.scope) for one in found] == [
        (100, None),
        (44, "市本级"),
        (31, "市本级"),
        (98, None),
    ]


def test_the_form_of_2019_told_in_words(link):
    found = link("行政许可事项上一年58项,本年减少4项。", year=2019)
    assert [(one.metric, one.year, one.value) for one in found] == [
        ("licensing.items_previous_year", 2019, 58.0),
        ("licensing.items_change", 2019, -4.0),
    ]


@pytest.mark.parametrize(
    "text",
    [
        # a running total and the year's own number beside it
        "截至2018年底,镇里累计主动公开政府信息733条,本年度新增88条。",
        "到年末累计公开政府信息2,410条,其中2018年新增316条。",
        "目前共公开政府信息509条,今年新增61条。",
        "截至2018年12月,累计收到公开申请47件,其中2018年9件。",
        "至2018年底,门户网站累计发布信息9,120条,今年1,044条。",
    ],
)
def test_the_years_own_number_is_not_the_running_total(link, text):
    found = [one for one in link(text) if one.metric != "disclosure.cumulative"]
    assert [one.mention.value for one in found] == [float(re.findall(r"[\d,]+", text)[-1].replace(",", ""))]


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("2018年累计主动公开政府信息264条。", "disclosure.total"),
        ("我局累计主动公开政府信息71条,其中全文电子化71条。", "disclosure.total"),
        ("微信公众号粉丝12.4万人,今年新增2.1万人。", "wechat.followers"),
    ],
)
def test_a_total_that_is_the_years_own_stays(link, text, metric):
    assert link(text)[0].metric == metric


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        # anything between the outlet and its verb
        ("官网及时向社会发布各类信息716条。", "disclosure.website"),
        ("微信公众号(2个)全年推送信息143条。", "disclosure.wechat"),
        ("政务微博由专人维护,坚持每日更新,全年累计发布34条。", "disclosure.weibo"),
        ("通过门户网站主动发布消息359条。", "disclosure.website"),
        # a list of contents names nothing
        ("通过政府网站公开规范性文件、政策解读、人事任免等信息84条。", "disclosure.website"),
        ("主动公开行政许可、行政处罚、财政预决算等各类信息97条。", "disclosure.total"),
        # all ways of publishing together
        ("通过网站、微博、微信等渠道主动公开政府信息412条。", "disclosure.total"),
        ("利用门户网站、公开栏、电子屏等多种方式公开信息205条。", "disclosure.total"),
        # several outlets, and nobody says which
        ("网站和微信平台共发布信息318条。", None),
        ("微博、微信合计发布信息77条。", None),
        ("门户网站与政务新媒体共推送信息640条。", None),
    ],
)
def test_an_outlet_has_its_own_numbers_only(link, text, metric):
    assert [one.metric for one in link(text)] == ([metric] if metric else [])


@pytest.mark.parametrize(
    "text",
    [
        "坚持以公开为常态、不公开为例外,全年主动公开政府信息318条。",
        "按照公开为常态、不公开为例外的原则,主动公开政府信息27条。",
        "落实“公开是原则、不公开是例外”,以不公开为例外,主动公开政府信息5条。",
    ],
)
def test_a_principle_names_no_part(link, text):
    assert [(one.metric, one.scope) for one in link(text)] == [("disclosure.total", None)]


@pytest.mark.parametrize(
    "text",
    [
        "全年制发公文362份,其中主动公开291份,依申请公开54份,不予公开17份。",
        "公文属性:主动公开61件,依申请公开40件,不公开23件。",
        "生成信息中,主动公开类88份、依申请公开类12份、不予公开类9份。",
        "对照《条例》第九至十二条规定的范围逐条梳理。",
        "依照第19、20条公开信息。",
        "“清风2016”专项行动开展检查,公开信息。",
        "对申请做到“登记一件、办理一件、反馈一件”。",
        "网站和微信为例外的做法。",
        "最短的一件申请当日办结。",
        "没有产生行政诉讼方面的费用支出。",
    ],
)
def test_what_counts_no_disclosure_and_no_request(link, text):
    assert link(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("本镇没有依申请公开信息的办理事项。", {"requests.received"}),
        ("全年未发生依申请公开信息受理事项。", {"requests.received"}),
        ("局里没有因公开不及时等情形,引起群众提起行政复议、行政诉讼。", {"reviews.total", "litigation.total"}),
        ("不存在政府信息公开收费和减免情形。", {"requests.fees_charged", "requests.fees_waived"}),
        ("无涉及政府信息公开的行政诉讼。", {"litigation.total"}),
        ("信息公开类行政复议及行政诉讼0件。", {"reviews.total", "litigation.total"}),
        ("手册免费派发各村。", set()),
        ("公报免费送到社区。", set()),
        ("收到信函申请1件,无书面、网络申请。", set()),
    ],
)
def test_zeros_with_words_between(link, text, expected):
    zeros = [one for one in link(text) if one.value == 0]
    assert {one.metric for one in zeros} == expected


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("收取检索费14元、复印费26元,合计40元。", {40.0}),
        ("县直单位公开政府信息58条,乡镇公开政府信息30条,全县共88条。", {88.0}),
        ("办培训班2期,街道办培训班3期,合计5期。", {5.0}),
    ],
)
def test_parts_of_one_metric_are_open_beside_their_sum(link, text, values):
    assert {one.value for one in link(text) if one.scope is None} == values


@pytest.mark.parametrize("written", ["三到五", "3-5", "两三"])
def test_a_range_is_ambiguous(link, written):
    (found,) = link(f"全年收到政府信息公开申请{written}件。")
    assert (found.status, found.value, found.metric) == ("ambiguous", None, "requests.received")
    assert found.mention.readings is not None and len(found.mention.readings) == 2


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("全年接受公众咨询145人次。", "consultations.total"),
        ("接待现场咨询53人次。", "consultations.in_person"),
        ("接听电话咨询92人次。", "consultations.phone"),
        ("答复网上咨询18人次。", "consultations.online"),
        ("处理信函咨询4件。", "consultations.mail"),
        ("全县设申请受理点34个。", "capacity.acceptance_points"),
        ("自2008年以来累计主动公开政府信息9,208条。", "disclosure.cumulative"),
        ("全文电子化信息390条。", "disclosure.full_text"),
        ("减免检索费46元。", "requests.fees_waived"),
        ("查阅点全年接待查阅312人次。", "reading_points.visitors"),
        ("抖音号发布短视频144条。", "new_media.posts"),
        ("政务新媒体粉丝总量187万。", "new_media.followers"),
        ("网上开展意见征集9次。", "opinions.solicitations"),
        ("举办政府开放日活动6场。", "open_days.events"),
        ("办理局长信箱来信46封。", "mailbox.letters"),
        ("向县档案馆移送公开文件208份。", "archives.transferred"),
        ("有7件不属于政府信息公开申请。", "requests.not_government_information"),
    ],
)
def test_what_reports_state_beside_the_forms(link, text, metric):
    assert [one.metric for one in link(text, year=2018)] == [metric]


def test_linking_changes_nothing_that_it_is_given() -> None:
    knowledge = Catalogue.load().compiled(Knowledge)
    reader, linker = MentionReader(knowledge), Linker(knowledge)
    text = normalize(
        "至年底累计主动公开信息960条,其中本年新增210条。全县收到申请31件(其中县公安局收到12件,办结11件),均已答复。"
        "上年许可事项58项,本年减少4项。行政复议案件9件,其中涉及信息公开1件。"
    )
    mentions = reader.read(text, [ProseParagraph(0, len(text), ())], Reference(2019, None))
    before = deepcopy(mentions)
    first = linker.link(mentions)
    assert mentions == before
    assert linker.link(mentions) == first


def test_a_number_looks_back_no_further_than_its_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    knowledge = Catalogue.load().compiled(Knowledge)
    reader, linker = MentionReader(knowledge), Linker(knowledge)
    looked = 0
    original = Link.__getattribute__

    def counting(self: Link, name: str) -> object:
        nonlocal looked
        looked += 1
        return original(self, name)

    def cost(count: int) -> int:
        nonlocal looked
        looked = 0
        text = "收到申请12件,其中自然人7件,企业5件,合计12件,均按时答复。" * count
        mentions = reader.read(text, [ProseParagraph(0, len(text), ())], Reference(2018, None))
        linker.link(mentions)
        return looked

    monkeypatch.setattr(Link, "__getattribute__", counting)
    monkeypatch.setattr(Antecedent, "__getattribute__", counting)
    assert cost(80) < 5 * cost(20)


def test_a_part_named_in_one_item_of_a_list_is_not_the_next_items(link):
    found = link("受理申请146件。按受理机关分,市级部门92件,县区54件;按申请方式分,网上88件,信函41件。")
    assert {(one.metric, one.scope) for one in found if one.metric.startswith("requests.received_")} == {
        ("requests.received_online", None),
        ("requests.received_mail", None),
    }
