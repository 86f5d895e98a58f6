"""A country's agencies over the years, with what an audit over reports should find planted in it.

    from nianbao.simulate.nation import nation
    made = nation(cities=20)

Places and numbers are invented; bodies follow the reform of 2018. What is planted is known, so that it can be counted
who finds it, and what is said without reason.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from nianbao.catalogue import Catalogue, Registry
from nianbao.schema import Fact

YEARS = range(2014, 2024)
REFORM = 2019
_SYLLABLES = "澄栖桐鹭澜泽屿岚汀沅沐溪霁蓼川梧洲陵浦原岭阳宁塘荻苇潆棠"
_BODIES = ("民政局", "财政局", "教育局", "水务局", "统计局", "审计局")
_WEB = (
    "disclosure.website",
    "disclosure.wechat",
    "disclosure.weibo",
    "disclosure.other_channels",
    "disclosure.gazette",
)
_COUNTS = (*_WEB, "training.participants", "training.meetings", "response.interpretations", "capacity.staff")
_OPENINGS = ("坚持公开为常态", "对照年度要点", "围绕群众关切", "结合本地实际", "按照统一部署", "在上级指导下")
_ENDINGS = ("各项任务按时完成", "公开质量稳步提升", "群众满意度有所提高", "工作机制更加健全", "平台运行总体平稳")
_MIDDLES = (
    "通过网站发布信息{}条",
    "微信推送{}条",
    "举办培训{}人次",
    "发布解读材料{}篇",
    "召开会议{}次",
    "受理申请{}件",
)


@dataclass(slots=True)
class Made:
    """`facts`, and rows of a table of `documents` that have none; `listed`: rows of a list of agencies.

    `findings`: (check, document) of what is planted. `joined`: pairs of names that are one agency, `apart`: pairs that
    are linked and are not. `foreign`: names of agencies that have another's or another year's numbers, or more than
    their whole, which may jump. `gaps`: (agency, year) without a report; `unread`: with an unread one.
    """

    facts: list[list[Fact]] = field(default_factory=list)
    documents: list[dict[str, Any]] = field(default_factory=list)
    listed: list[dict[str, Any]] = field(default_factory=list)
    findings: set[tuple[str, str]] = field(default_factory=set)
    joined: set[tuple[str, str]] = field(default_factory=set)
    apart: set[tuple[str, str]] = field(default_factory=set)
    foreign: set[str] = field(default_factory=set)
    gaps: set[tuple[str, int]] = field(default_factory=set)
    unread: set[tuple[str, int]] = field(default_factory=set)


@dataclass(slots=True)
class _Agency:
    """`names`: year → name. `numbers`: year → metric → value. `words`: of its texts."""

    names: dict[int, str]
    numbers: dict[int, dict[str, float]]
    words: list[str]
    parent: str | None = None


def nation(cities: int, seed: int = 0, catalogue: Catalogue | None = None) -> Made:
    """So many cities, each with three counties and their bodies.

    Args:
        catalogue: its metrics are reported; None: the one that ships.
    """
    metrics = (catalogue or Catalogue.load()).metrics
    made = Made()
    bodies: list[_Agency] = []
    governments: list[list[_Agency]] = []
    for index in range(cities):
        rng = random.Random(f"nation/{seed}/{index}")
        counties = [_place(4 * index + at) for at in range(4)]
        city, counties = counties[0], counties[1:]
        governments.append(_governments(rng, city, counties, made))
        for county in counties:
            bodies += _bodies(rng, county, made)
    everyone = [*bodies, *(one for group in governments for one in group)]
    rng = random.Random(f"nation/{seed}")
    texts = _plant(rng, bodies, governments, made)
    lost = _lose(rng, [one for one in bodies if id(one) not in texts.touched], made)
    for agency in everyone:
        _list(agency, made)
        for year, name in agency.names.items():
            if (id(agency), year) not in lost:
                made.facts.append(_report(metrics, agency, name, year, texts.other.get((id(agency), year))))
    return made


@dataclass(slots=True)
class _Texts:
    """`other`: (agency, year) → whose numbers and words stand in that report. `touched`: agencies with an error."""

    other: dict[tuple[int, int], tuple[_Agency, int]] = field(default_factory=dict)
    touched: set[int] = field(default_factory=set)


def _place(index: int) -> str:
    name = ""
    while index or len(name) < 2:
        index, at = divmod(index, len(_SYLLABLES))
        name += _SYLLABLES[at]
    return name


def _governments(rng: random.Random, city: str, counties: list[str], made: Made) -> list[_Agency]:
    """The counties' governments and the city's, whose numbers take in theirs and its own."""
    below = []
    for at, county in enumerate(counties):
        kind = dict.fromkeys(YEARS, "县")
        if at == 0 and rng.random() < 0.3:
            kind |= {year: "市" for year in YEARS if year >= 2018}
            made.joined.add((f"{county}县人民政府", f"{county}市人民政府"))
        names = {year: f"{county}{kind[year]}人民政府" for year in YEARS}
        if at == 1 and rng.random() < 0.3:
            names |= {year: f"{county}县人民政府办公室" for year in YEARS if year < 2016}
            made.joined.add((f"{county}县人民政府办公室", f"{county}县人民政府"))
        below.append(_agency(rng, names, parent=f"{city}市人民政府"))
    above = _agency(rng, dict.fromkeys(YEARS, f"{city}市人民政府"))
    for year, numbers in above.numbers.items():
        own = numbers["requests.received"]
        numbers["own"] = own
        numbers["requests.received"] = own + sum(one.numbers[year]["requests.received"] for one in below)
        numbers["requests.concluded"] = numbers["requests.received"] + numbers["requests.carried_in"]
        numbers["requests.concluded"] -= numbers["requests.carried_out"]
        reviews = sum(one.numbers[year]["reviews.total"] for one in below)
        numbers["reviews.upheld"] += reviews
        numbers["reviews.total"] += reviews
    return [above, *below]


def _bodies(rng: random.Random, county: str, made: Made) -> Iterator[_Agency]:
    for body in rng.sample(_BODIES, 4):
        yield _agency(rng, dict.fromkeys(YEARS, f"{county}县{body}"))
    old, new = f"{county}县环境保护局", f"{county}县生态环境局"
    made.joined.add((old, new))
    yield _agency(rng, {year: old if year < REFORM else new for year in YEARS})
    merged = f"{county}县市场监督管理局"
    for body in ("工商行政管理局", "质量技术监督局"):
        made.apart.add((f"{county}县{body}", merged))
        yield _agency(rng, {year: f"{county}县{body}" for year in YEARS if year < REFORM})
    yield _agency(rng, {year: merged for year in YEARS if year >= REFORM})
    made.apart.add((f"{county}县民政局", f"{county}县医疗保障局"))
    yield _agency(rng, {year: f"{county}县医疗保障局" for year in YEARS if year >= REFORM})


def _agency(rng: random.Random, names: dict[int, str], parent: str | None = None) -> _Agency:
    """An agency whose numbers grow and shrink a little every year, and whose words stay its own."""
    level = {metric: 10 ** rng.uniform(1.3, 3.2) for metric in _COUNTS}
    requests = 10 ** rng.uniform(1.2, 2.5)
    numbers: dict[int, dict[str, float]] = {}
    waiting, in_force = rng.randint(0, 3), rng.randint(20, 60)
    for year in names:
        found: dict[str, float] = {}
        for metric in _COUNTS:
            level[metric] *= rng.uniform(0.8, 1.3)
            found[metric] = max(3, round(level[metric]))
        requests *= rng.uniform(0.8, 1.3)
        over = rng.randint(0, 3)
        found["requests.received"] = max(8, round(requests))
        found["requests.carried_in"], found["requests.carried_out"] = waiting, over
        found["requests.concluded"] = found["requests.received"] + waiting - over
        issued, repealed = rng.randint(1, 9), rng.randint(0, 6)
        in_force += issued - repealed
        found["normative_documents.issued"], found["normative_documents.repealed"] = issued, repealed
        found["normative_documents.in_force"] = in_force
        results = {f"reviews.{name}": rng.randint(0, 4) for name in ("upheld", "corrected", "other", "pending")}
        if year < REFORM:
            results["reviews.pending"] = 0
        found |= results | {"reviews.total": sum(results.values())}
        waiting = over
        numbers[year] = found
    words = [f"{rng.choice(_OPENINGS)}，{one}，{rng.choice(_ENDINGS)}" for one in _MIDDLES]
    return _Agency(names, numbers, words, parent)


def _plant(rng: random.Random, bodies: list[_Agency], governments: list[list[_Agency]], made: Made) -> _Texts:
    """Errors, each in an agency of its own."""
    texts = _Texts()
    whole = [one for one in bodies if len(one.names) == len(YEARS)]
    rng.shuffle(whole)
    share = max(1, len(whole) // 20)
    groups = [whole[at * share : (at + 1) * share] for at in range(7)]
    for agency in groups[0]:
        year = rng.choice(YEARS[2:])
        back = rng.choice((1, 1, 2))
        texts.other[id(agency), year] = (agency, year - back)
        made.findings.add(("report_repeated", _doc(agency, year)))
        _carry(agency, year, back, made)
    for agency, other in zip(groups[1], groups[2], strict=True):
        year = rng.choice(YEARS[1:-1])
        texts.other[id(agency), year] = (other, year)
        made.findings.add(("same_report", max(_doc(agency, year), _doc(other, year))))
        _carry(agency, year, 0, made, other)
    for agency in groups[3]:
        year = rng.choice(YEARS[1:-1])
        metric = rng.choice(_WEB)
        for before in YEARS:
            agency.numbers[before][metric] = max(150, agency.numbers[before][metric])
        agency.numbers[year][metric] = 10 * agency.numbers[year - 1][metric]
        made.findings.add(("slipped_digit", _doc(agency, year)))
    for agency in groups[4]:
        year = rng.choice([year for year in YEARS if year >= REFORM])
        last, this = agency.numbers[year - 1], agency.numbers[year]
        this["requests.carried_in"] = last["requests.carried_out"] + 2
        this["requests.concluded"] += 2
        made.findings.add(("carried_over", _doc(agency, year)))
    for agency in groups[5]:
        year = rng.choice([year for year in YEARS if year >= 2022])
        agency.numbers[year]["normative_documents.in_force"] += 5
        for later in range(year + 1, YEARS[-1] + 1):
            agency.numbers[later]["normative_documents.in_force"] += 5
        made.findings.add(("normative_documents_in_force_over_years", _doc(agency, year)))
    for group in governments[::5]:
        year = rng.choice(YEARS)
        above, below = group[0], group[1]
        below.numbers[year]["requests.received"] += above.numbers[year]["requests.received"]
        made.foreign |= set(below.names.values())
        below.numbers[year]["requests.concluded"] += above.numbers[year]["requests.received"]
        made.findings |= {("part_above_whole", _doc(above, year)), ("parts_and_whole", _doc(above, year))}
    for group in governments[1::5]:
        year = rng.choice(YEARS)
        group[0].numbers[year]["own"] += 1
        made.findings.add(("parts_and_whole", _doc(group[0], year)))
    texts.touched |= {id(agency) for group in groups for agency in group}
    return texts


def _carry(agency: _Agency, year: int, back: int, made: Made, other: _Agency | None = None) -> None:
    """What else a report with foreign numbers breaks: what is carried from and to it, and documents in force."""
    made.foreign |= set(agency.names.values())
    source = (other or agency).numbers[year - back]
    for last, this, at in (
        (agency.numbers[year - 1], source, year),
        (source, agency.numbers.get(year + 1), year + 1),
    ):
        if this is None:
            continue
        if at >= REFORM and last["requests.carried_out"] != this["requests.carried_in"]:
            made.findings.add(("carried_over", _doc(agency, at)))
        force = last["normative_documents.in_force"] + this["normative_documents.issued"]
        force -= this["normative_documents.repealed"] + this["normative_documents.in_force"]
        if force and at >= 2022:
            made.findings.add(("normative_documents_in_force_over_years", _doc(agency, at)))


def _lose(rng: random.Random, bodies: list[_Agency], made: Made) -> set[tuple[int, int]]:
    """Reports that do not exist, and some that hold no facts."""
    lost: set[tuple[int, int]] = set()
    for agency in bodies:
        years = list(agency.names)
        # Between the first and the last report: what a list alone could tell is planted by the list.
        if len(years) > 4 and rng.random() < 0.2:
            year = rng.choice(years[1:-1])
            name = agency.names[year]
            lost.add((id(agency), year))
            if rng.random() < 0.5:
                made.gaps.add((name, year))
            else:
                made.unread.add((name, year))
                row = {"doc_id": f"{name}/{year}", "agency": name, "report_year": year, "status": "empty"}
                made.documents.append(row)
    return lost


def _list(agency: _Agency, made: Made) -> None:
    for name in dict.fromkeys(agency.names.values()):
        years = [year for year, one in agency.names.items() if one == name]
        made.listed.append({"agency": name, "from": years[0], "to": years[-1], "parent": agency.parent or ""})


def _doc(agency: _Agency, year: int) -> str:
    return f"{agency.names[year]}/{year}"


def _report(metrics: Registry, agency: _Agency, name: str, year: int, other: tuple[_Agency, int] | None) -> list[Fact]:
    """The table, then prose that names some of its numbers in the agency's own words."""
    source, at = other or (agency, year)
    numbers = source.numbers[at]
    doc_id = f"{name}/{year}"
    facts = []
    place = 500
    for metric, value in numbers.items():
        if metric == "own" or (year < 2021 and metric.startswith("normative_documents.")):
            continue
        if year < REFORM and metric in ("reviews.pending", "requests.carried_in"):
            continue
        facts.append(_fact(metrics, doc_id, name, year, metric, value, place, "table", ""))
        place += 12
    names = ("disclosure.website", "disclosure.wechat", "training.participants", "response.interpretations")
    place = 20
    for sentence, metric in zip(source.words, (*names, "training.meetings", "requests.received"), strict=True):
        facts.append(_fact(metrics, doc_id, name, year, metric, numbers[metric], place, "prose", sentence))
        place += 40
    if "own" in numbers:
        facts.append(
            _fact(metrics, doc_id, name, year, "requests.received", numbers["own"], 400, "prose", "", "市本级")
        )
    return facts


def _fact(
    metrics: Registry, doc_id: str, agency: str, year: int, metric: str, value: float, at: int, basis: Any, words: str,
    scope: str | None = None,
) -> Fact:  # fmt: skip
    known = metrics.get(metric)
    text = f"{value:.0f}"
    return Fact(
        doc_id=doc_id,
        agency=agency,
        report_year=year,
        year=year,
        metric=metric,
        metric_text=known.name_zh,
        applicant="total" if known.by_applicant else None,
        value=float(value),
        value_text=text,
        unit=known.unit,
        qualifier="exact",
        status="reported",
        basis=basis,
        scope=scope,
        section=None,
        start=at,
        end=at + len(text),
        metric_start=None,
        metric_end=None,
        confidence=0.99,
        quote=words.format(text),
    )
