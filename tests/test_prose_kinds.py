"""Prose: kinds of sentences that clerks write and that once went unread or were taken for something else."""

from __future__ import annotations

import pytest

from nianbao.catalogue import Catalogue
from nianbao.language.script import normalize
from nianbao.prose.context import Reference
from nianbao.prose.knowledge import Knowledge
from nianbao.prose.linking import Linker
from nianbao.prose.mentions import MentionReader
from nianbao.prose.reflow import ProseParagraph


@pytest.fixture(scope="module")
def read():
    knowledge = Catalogue.load().compiled(Knowledge)
    reader, linker = MentionReader(knowledge), Linker(knowledge)

    def run(text: str, year: int = 2018, headings: tuple[str, ...] = (), start: int = 0) -> set[tuple[str, float]]:
        norm = normalize(text)
        mentions = reader.read(norm, [ProseParagraph(start, len(norm), headings)], Reference(year, None))
        return {(found.metric, found.value) for found in linker.link(mentions) if found.metric and not found.scope}

    return run


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("全年办培训2场、64人次参加。", {("training.sessions", 2), ("training.participants", 64)}),
        ("组织业务培训3期,培训210人次。", {("training.sessions", 3), ("training.participants", 210)}),
        ("集中培训1次45人。", {("training.sessions", 1), ("training.participants", 45)}),
        ("我办现有专职人员1名,经费3.5万元。", {("capacity.staff_full_time", 1), ("capacity.budget", 35000)}),
        ("设查阅点3个,工作人员7人。", {("capacity.reading_points", 3), ("capacity.staff", 7)}),
        ("收到申请9件,上年度无结转。", {("requests.received", 9), ("requests.carried_in", 0)}),
        ("按要求登记的公开申请一件都没有。", {("requests.received", 0)}),
        ("收到政府信息公开申请6件,并已办理完成。", {("requests.received", 6), ("requests.concluded", 6)}),
        ("局官网全年更新信息932条。", {("disclosure.website", 932)}),
        ("全年在“清溪文旅网”主动公开信息418条。", {("disclosure.website", 418)}),
        ("通过不同渠道公开了1560条政府信息。", {("disclosure.total", 1560)}),
        ("主动公开机构、规划、民政、财政等方面信息377条。", {("disclosure.total", 377)}),
        (
            "在门户网站和公众号发布政府信息840条,其中门户网站511条,公众号329条。",
            {("disclosure.total", 840), ("disclosure.website", 511), ("disclosure.wechat", 329)},
        ),
        ("为做好政府信息公开工作,配备了5名专兼职工作人员。", {("capacity.staff", 5)}),
        ("发布数字图文解读16条。", {("response.interpretations", 16)}),
        ("收到行政复议2件,尚未办结0件。", {("reviews.total", 2), ("reviews.pending", 0)}),
        ("共收到各类依申请公开信件88件。", {("requests.received", 88)}),
        ("通过公示栏等形式发布信息95条。", {("disclosure.other_channels", 95)}),
        ("编辑完成《临溪县人民政府公报》7期。", {("gazette.issues", 7)}),
        ("共收到政府信息依申请公开19件次。", {("requests.received", 19)}),
        ("“临溪发布”微信公众号累计发布信息146条。", {("disclosure.wechat", 146)}),
        (
            "2018年我局累计在官网公开信息950条。2018年在“湖滨发布”公开政府信息221条。",
            {("disclosure.website", 950), ("disclosure.total", 221)},
        ),
        ("由办公室指定2人(兼职)负责政府信息公开工作。", {("capacity.staff_part_time", 2)}),
        (
            "2008年以来累计受理申请35件,2018年受理申请6件。",
            {("requests.received", 6)},
        ),
        (
            "公开了2016年政府信息公开工作年度报告、2017年部门决算,发布政策解读稿件29篇。",
            {("response.interpretations", 29)},
        ),
        ("我局没有依申请公开情况。", {("requests.received", 0)}),
        ("公众号推送微信31期、共144篇。", {("disclosure.wechat", 144)}),
        ("主动公开部门文件、工作动态及公示公告共216条。", {("disclosure.total", 216)}),
        ("依申请公开受理事项为零。", {("requests.received", 0)}),
        ("信息公开收费和减免为零。", {("requests.fees_charged", 0), ("requests.fees_waived", 0)}),
        (
            "办结申请58件,不逾期的55件。",
            {("requests.concluded", 58), ("requests.concluded_on_time", 55)},
        ),
        ("新定规范性文件4件。", {("normative_documents.issued", 4)}),
        (
            "本年新公开规章3件,历年累计对外公开128件。",
            {("regulations.disclosed", 3), ("regulations.disclosed_cumulative", 128)},
        ),
        ("收到申请1件,答复结果为不予公开。", {("requests.received", 1), ("outcomes.refused", 1)}),
        ("全年共收办公开申请67件。", {("requests.received", 67)}),
        ("发布信息时,微博、微信各有120、85条。", {("disclosure.weibo", 120), ("disclosure.wechat", 85)}),
        ("主动公开政府信息21项83条。", {("disclosure.total", 83)}),
        (
            "通过市政府网站公开207条,通过局官方网站公开918条,通过报纸、电视等方式公开14条。",
            {("disclosure.website", 207), ("disclosure.website", 918), ("disclosure.other_channels", 14)},
        ),
        ("收到依申请公开信息8条,同意公开8条。", {("requests.received", 8), ("outcomes.granted", 8)}),
        ("局门户网站阅读总量突破96万次。", {("website.visits", 960000)}),
        ("编印政府公报5期,刊登文件61件。", {("gazette.issues", 5), ("disclosure.gazette", 61)}),
        ("信息公开类行政复议1起,正在办理中。", {("reviews.total", 1), ("reviews.pending", 1)}),
        ("全年一件公开申请也没有收到。", {("requests.received", 0)}),
        ("诉讼1件,均为复议后起诉。", {("litigation.total", 1), ("litigation.after_review.total", 1)}),
    ],
)
def test_what_clerks_write(read, text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "办理完成建议提案办理结果31条。",
        "人大代表建议和政协提案办理结果27件。",
        "信用公示信息226条。",
        "鼠标点击2次即可找到。",
        "向县图书馆、档案馆提供应公开文件37份。",
        "会议纪要及相关解读信息共64条。",
        "用于设备购置、网站建设等费用12万元。",
        "12333回应公众关切3万余次。",
        "设立了2个信息咨询点。",
        "咨询电话58310420转2306。",
        "在报纸刊登各类政务信息1200余条次。",
        "通过微博和公众号等平台发布政策解读、宣传稿件905篇。",
        "对11个设区市开展第三方测评,完善内部管理制度14项。",
        "全年查处行政案件704起。",
        "环保督察办结23件,法院审结8件。",
        "收到查档申请57件。",
        "全年审核答复书48份。",
        "查阅档案收取查档费3.1万元。",
        "企业信用信息公示系统20880条。",
        "咨询投诉由办公室受理(办公室:87650123)。",
        "代市政府受理行政复议214件,代理应诉17件。",
        "因工程招标投诉引起的复议4件、诉讼2件。",
        "本报告包括总体情况、主动公开政府信息情况等6项内容。",
        "做到无空白栏目、无延时更新。",
        "湖滨健康微信平台总点击量达到66万。",
        "完善主动公开、依申请公开、保密审查等10项制度。",
        "对2000年以来的规章和规范性文件进行梳理,其中继续有效3件。",
        "官网之外,中央主要新闻媒体刊发湖滨消息47条,省级媒体刊发78条。",
        "信息公开主要走四条途径。",
        "我镇通过3条途径公开政府信息。",
        "在“清风护农”专栏发布信息130余条。",
        "全年在市政府督办交互平台发布信息93条。",
        "公开政策文件12件。",
        "刊登条例、通告等41件,任免文件12件。",
        "完成政府常务会议配套解读6次。",
        "征地补偿类复议6件。",
    ],
)
def test_other_numbers_stay_open(read, text):
    assert not read(text, headings=("(一)主动公开",))


def test_what_this_agency_does_not_hold(read):
    found = read("收到申请2件,均为自然人申请,且均为非本机关掌握信息。", year=2025)
    assert ("outcomes.unavailable.not_held", 2) in found


def test_decisions_are_told_by_their_number(read):
    text = "其中涉及行政许可类处理决定数4条,行政处罚类处理决定数0条。"
    assert read(text, year=2020) == {("licensing.decisions", 4), ("penalties.decisions", 0)}


def test_a_sentence_goes_on_from_its_heading(read):
    text = "(一)网站发布信息605条,访问3.2万人次。"
    assert read(text, headings=("(一)网站",), start=5) == {("disclosure.website", 605), ("website.visits", 32000)}
    text = "(二)微博、微信分别发布38条、24条。"
    found = read(text, headings=("(二)微博、微信",), start=8)
    assert found == {("disclosure.weibo", 38), ("disclosure.wechat", 24)}


def test_a_part_of_the_requests_is_not_all_of_them(read):
    found = read("对14件申请中的3件,告知其不属于本机关公开职责。", headings=("(二)依申请公开",))
    assert ("requests.received", 3) not in found


def test_kinds_of_what_was_published_count_nothing_else(read):
    text = "主动公开政府信息77条。其中,通知公告类51条,机构职能3条,回复网络申请公开事项4条,提案议案办理6篇。"
    assert read(text) == {("disclosure.total", 77)}
    text = "新增主动公开政府信息290条,其中,政策文件信息88条,占30%;解读信息2条,占1%;人大建议信息7条,占2%。"
    assert ("proposals.deputies", 7) not in read(text)
    assert read("主动公开政府信息140条。在主动公开的信息中,部门公告信息96条。") == {("disclosure.total", 140)}


def test_documents_to_be_asked_for_are_no_requests(read):
    text = "全年发布信息264条,其中,主动公开部门文件41件、依申请公开23件。"
    assert read(text) == {("disclosure.total", 264)}


def test_who_looked_something_up_is_no_clerk(read):
    assert read("安排2名兼职人员负责查阅服务工作。") == {("capacity.staff_part_time", 2)}


def test_what_a_mailbox_refused_is_no_outcome(read):
    found = read("县长信箱收到信件51件,不予受理12件。", headings=("(二)依申请公开",))
    assert {metric for metric, _ in found} == {"mailbox.letters"}


def test_a_way_to_ask_is_no_ground(read):
    found = read("收到申请5件,对其中4件予以公开,1件不公开并告知行政查询途径。")
    assert found == {("requests.received", 5), ("outcomes.granted", 4), ("outcomes.refused", 1)}
