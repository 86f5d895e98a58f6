"""Statutory tables with known cells, printed in many layouts and with the damage that crawls do; for tests only.

A document is (text, grids, expected): expected is the multiset of (metric, applicant, value), None for an empty cell.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from nianbao.catalogue import Catalogue
from nianbao.catalogue.forms import Table
from nianbao.forms.knowledge import FormKnowledge
from nianbao.reading.source import Grid, GridCell

METRICS = Catalogue.load().metrics

Cell = tuple[str | None, str | None, float | None]
APPLICANT_HEADS = ("商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他")
RESULTS = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
WHOLES = {
    "disclosure.total": ("disclosure.website", "disclosure.gazette", "disclosure.other_channels"),
    "requests.received": (
        "requests.received_in_person",
        "requests.received_fax",
        "requests.received_email",
        "requests.received_online",
        "requests.received_mail",
    ),
    "requests.replied": ("outcomes.granted", "outcomes.partly_granted", "outcomes.refused"),
}
PROSE = (
    "本报告按照有关规定编制,统计期限自2018年1月1日起至12月31日止,如有疑问请致电0123-4567890。",
    "全年共发布各类信息312条,其中通知公告45条,办理群众来信17件。",
    "下一步将继续完善制度,加强培训,提高公开质量。",
)


@dataclass
class Line:
    """One printed row: labels from left to right, a unit where the form has one, and its cells ("" is blank)."""

    labels: list[str]
    cells: list[str] = field(default_factory=list)
    unit: str = ""
    head: bool = False


@dataclass
class Section:
    """One printed table."""

    title: str
    lines: list[Line]


def _tables() -> dict[str, Table]:
    return {table.name: table for table in Catalogue.load().compiled(FormKnowledge).forms.tables}


class Maker:
    """Draws the numbers of one report and writes down what a reader should find."""

    def __init__(self, rng: random.Random, blank: float = 0.0) -> None:
        self.rng, self.blank = rng, blank
        self.expected: list[Cell] = []

    def number(self, large: int = 60, zero: float = 0.6) -> int:
        if self.rng.random() < zero:
            return 0
        return (
            int(self.rng.paretovariate(0.7)) % (large * 10) if self.rng.random() < 0.2 else self.rng.randint(1, large)
        )

    def cell(self, metric: str | None, applicant: str | None, value: int, scale: int = 1) -> str:
        if self.rng.random() < self.blank:
            self.expected.append((metric, applicant, None))
            return ""
        self.expected.append((metric, applicant, float(value * scale)))
        return str(value)

    def requests(self, year: int) -> Section:
        table = _tables()["requests"]
        rows = [r for r in table.rows if r.form in (None, f"national_{year}")]
        leaves = [r for r in rows if (r.cells["total"] or "").startswith("outcomes.") and not r.heading]
        if year == 2021:
            leaves = [r for r in leaves if r.label != "其他处理"]
        vectors = {r.index: self.vector() for r in leaves}
        total = [sum(v[i] for v in vectors.values()) for i in range(7)]
        out = self.vector(zero=0.9)
        received, carried = [], []
        for i in range(6):
            both = total[i] + out[i]
            before = min(both, self.number(5, 0.9))
            carried.append(before)
            received.append(both - before)
        by_metric = {
            "requests.received": [*received, sum(received)],
            "requests.carried_in": [*carried, sum(carried)],
            "requests.concluded": total,
            "requests.carried_out": out,
        }
        lines = [
            Line(["申请人情况", "自然人", "法人或其他组织", "总计"], head=True),
            Line(list(APPLICANT_HEADS), head=True),
        ]
        pending: list[str] = []
        for row in rows:
            metric = row.cells["total"]
            label = f"{row.number}{'、' if row.number in '一二三四' and row.number else ''}{row.label}"
            if row.heading or (year == 2021 and row.label == "其他处理"):
                pending.append(label)
                continue
            vector = by_metric.get(metric) or vectors[row.index]
            cells = [self.cell(metric, key, value) for key, value in zip(table.layouts[0], vector, strict=True)]
            lines.append(Line([*pending, label], cells))
            pending = []
        return Section("三、收到和处理政府信息公开申请情况", lines)

    def pair(self, large: int) -> tuple[int, ...]:
        """This year's number and a running total."""
        value = self.number(large, 0.4)
        return value, value + self.number(2 * large, 0.3)

    def vector(self, zero: float = 0.7) -> list[int]:
        if self.rng.random() < zero:
            return [0] * 7
        parts = [self.number(90, 0.1)] + [self.number(20, 0.8) for _ in range(5)]
        return [*parts, sum(parts)]

    def reviews(self) -> Section:
        table = _tables()["reviews"]
        cells = []
        for row in table.rows:
            parts = [self.number(20, 0.6) for _ in range(4)]
            keys = ("upheld", "corrected", "other", "pending", "total")
            cells += [self.cell(row.cells[k], None, v) for k, v in zip(keys, [*parts, sum(parts)], strict=True)]
        heads = [
            Line(["行政复议", "行政诉讼"], head=True),
            Line([*RESULTS, "未经复议直接起诉", "复议后起诉"], head=True),
            Line([*RESULTS, *RESULTS], head=True),
        ]
        return Section("四、政府信息公开行政复议、行政诉讼情况", [*heads, Line([], cells)])

    def article20(self, year: int) -> Section:
        table = _tables()["article20"]
        groups = {
            2019: (("一", 0, 2, 0), ("五", 2, 4, 2), ("六", 4, 6, 2), ("八", 6, 7, 3), ("九", 7, 8, 4)),
            2021: (("一", 0, 2, 1), ("五", 2, 3, 5), ("六", 4, 6, 5), ("八", 6, 7, 6)),
        }[year]
        lines = []
        for item, low, high, layout_index in groups:
            layout = table.layouts[layout_index]
            lines.append(Line([f"第二十条第({item})项"], head=True))
            heads = {"items_change": "本年增/减", "amount": "本年收费金额(单位:万元)"}
            names = [heads.get(key) or _official(key) for key in layout]
            lines.append(Line(["信息内容", *names], head=True))
            for row in table.rows[low:high]:
                scale = 10_000 if "amount" in layout else 1
                numbers = {key: self.number(900, 0.3) for key in layout}
                if "disclosed" in numbers:
                    numbers["disclosed_cumulative"] += numbers["disclosed"]
                cells = [self.cell(row.cells[key], None, numbers[key], scale) for key in layout]
                label = "规范性文件" if year == 2019 and row.label == "行政规范性文件" else row.label
                lines.append(Line([label], cells))
        return Section("二、主动公开政府信息情况", lines)

    def statistics(self) -> Section:
        table = _tables()["statistics"]
        lines = [Line(["统计指标", "单位", "统计数"], head=True)]
        for row in table.rows:
            label = f"{row.number}{'、' if row.number and row.number in '一二三四五六七八九' else ''}{row.label}"
            if row.heading:
                lines.append(Line([label], [], ""))
                continue
            metric = row.cells["value"]
            by_applicant = metric.split(".")[0] in ("requests", "outcomes") and metric in _by_applicant()
            scale = 10_000 if row.unit == "万元" else 1
            value = self.number(3000 if metric.startswith("disclosure") else 80, 0.4)
            lines.append(
                Line([label], [self.cell(metric, "total" if by_applicant else None, value, scale)], row.unit or "")
            )
        return Section("附件:政府信息公开情况统计表", lines)

    def local(self, year: int = 2012) -> Section:
        table = _tables()["local"]
        rows = [r for r in table.rows if not r.weak and self.rng.random() < 0.75][:18]
        lines = [Line(["指标名称", "计量单位", f"{year}年度", "历年累计"], head=True)]
        numbers = [self.pair(2000 if (row.cells["value"] or "").startswith("disclosure") else 50) for row in rows]
        place = {row.cells["value"]: at for at, row in enumerate(rows) if row.cells["value"]}
        for whole, parts in WHOLES.items():
            inside = [place[part] for part in parts if part in place]
            if whole in place and inside:
                numbers[place[whole]] = tuple(sum(numbers[at][i] for at in inside) for i in (0, 1))
        for row, (value, cumulative) in zip(rows, numbers, strict=True):
            metric = row.cells["value"]
            applicant = "total" if metric in _by_applicant() else None
            scale = 10_000 if row.unit == "万元" and metric else 1
            cell = self.cell(metric, applicant, value, scale)
            self.expected.append((None, None, float(cumulative)))
            lines.append(Line([f"{row.number}{row.label}"], [cell, str(cumulative)], row.unit or "条"))
        return Section("附件1:政府信息公开情况统计表", lines)


def _by_applicant() -> set[str]:

    return {metric.id for metric in METRICS if metric.by_applicant}


def _official(key: str) -> str:
    names = {
        "decisions_2019": "处理决定数量",
        "decisions_2021": "本年处理决定数量",
        "issued_2019": "本年新制作数量",
        "disclosed": "本年新公开数量",
        "disclosed_cumulative": "对外公开总数量",
        "issued_2021": "本年制发件数",
        "repealed": "本年废止件数",
        "in_force": "现行有效件数",
        "items_previous_year": "上一年项目数量",
        "projects": "采购项目数量",
        "total_amount": "采购总金额",
    }
    return names[key]


def report(form: str, rng: random.Random, blank: float = 0.0) -> tuple[list[Section], list[Cell]]:
    """The tables of a report under a form, and their cells."""
    maker = Maker(rng, blank)
    if form == "2014":
        sections = [maker.statistics()]
    elif form == "local":
        sections = [maker.local()]
    else:
        year = int(form)
        sections = [maker.article20(year), maker.requests(year), maker.reviews()]
    return sections, maker.expected


# --- layouts -------------------------------------------------------------------------------------------------------


def one_cell_a_line(section: Section, rng: random.Random, gap: str = "\n\n") -> str:
    cells = [c for line in section.lines for c in (*line.labels, *([line.unit] if line.unit else []), *line.cells)]
    return section.title + gap + gap.join(cells) + gap


def short_lines(section: Section, rng: random.Random) -> str:
    return one_cell_a_line(section, rng, "\n")


def pipe_after_each_cell(section: Section, rng: random.Random) -> str:
    cells = [c for line in section.lines for c in (*line.labels, *([line.unit] if line.unit else []), *line.cells)]
    return section.title + "\n" + "".join(f"{c} |\n" if c else "|\n" for c in cells)


def markdown(section: Section, rng: random.Random) -> str:
    width = max(_width(line) for line in section.lines)
    rows = []
    for number, line in enumerate(section.lines):
        left = [*line.labels, *([line.unit] if line.unit else [])]
        gap = width - len(left) - len(line.cells)
        cells = [*left, *[""] * (gap if line.cells else 0), *line.cells, *[""] * (0 if line.cells else gap)]
        rows.append("| " + " | ".join(cells) + " |")
        if number == 0:
            rows.append("|" + " --- |" * width)
    return section.title + "\n\n" + "\n".join(rows) + "\n"


def _width(line: Line) -> int:
    return len(line.labels) + bool(line.unit) + len(line.cells)


def tabs(section: Section, rng: random.Random) -> str:
    rows = ["\t".join([*line.labels, *([line.unit] if line.unit else []), *line.cells]) for line in section.lines]
    return section.title + "\n" + "\n".join(rows) + "\n"


def spaces(section: Section, rng: random.Random) -> str:
    rows = [" ".join([*line.labels, *([line.unit] if line.unit else []), *line.cells]) for line in section.lines]
    return section.title + "\n" + "\n".join(rows) + "\n"


def inline(section: Section, rng: random.Random) -> str:
    return section.title + " " + spaces(section, rng).partition("\n")[2].replace("\n", " ")


def glued(section: Section, rng: random.Random) -> str:
    return section.title + "".join("".join([*line.labels, line.unit, *line.cells]) for line in section.lines)


def fragments(section: Section, rng: random.Random) -> str:
    """Markdown in which a long label stands in two pieces, one line above and one below its numbers."""
    rows = []
    for line in section.lines:
        left = [*line.labels, *([line.unit] if line.unit else [])]
        if line.cells and line.labels and len(line.labels[-1]) > 8 and rng.random() < 0.5:
            label = line.labels[-1]
            cut = rng.randint(3, len(label) - 3)
            empty = " | " * len(line.cells)
            rows += [f"| {' | '.join([*line.labels[:-1], label[:cut]])} |{empty}|"]
            rows += ["| " + " | ".join(["", *([line.unit] if line.unit else []), *line.cells]) + " |"]
            rows += [f"| {label[cut:]} |{empty}|"]
        else:
            rows.append("| " + " | ".join([*left, *line.cells]) + " |")
    return section.title + "\n\n" + "\n".join(rows) + "\n"


def labels_after(section: Section, rng: random.Random) -> str:
    """A dump of a PDF: a label that is broken over two lines has its numbers between them, or before both."""
    rows = []
    for line in section.lines:
        numbers = " ".join([*([line.unit] if line.unit else []), *line.cells])
        if line.cells and line.labels and len(line.labels[-1]) > 8 and rng.random() < 0.6:
            label = line.labels[-1]
            cut = rng.randint(4, len(label) - 3)
            rows += line.labels[:-1]
            rows += [label[:cut], numbers, label[cut:]] if rng.random() < 0.5 else [numbers, label[:cut], label[cut:]]
        else:
            rows.append(" ".join([*line.labels, numbers]).strip())
    return section.title + "\n" + "\n".join(rows) + "\n"


def broken_labels(section: Section, rng: random.Random) -> str:
    """One cell a line, labels broken over two lines."""
    out = []
    for line in section.lines:
        for label in line.labels:
            if len(label) > 7 and rng.random() < 0.5:
                cut = rng.randint(3, len(label) - 2)
                out += [label[:cut], label[cut:]]
            else:
                out.append(label)
        out += [*([line.unit] if line.unit else []), *line.cells]
    return section.title + "\n" + "\n".join(out) + "\n"


LAYOUTS: dict[str, Callable[[Section, random.Random], str]] = {
    "one_cell_a_line": one_cell_a_line,
    "short_lines": short_lines,
    "pipe_after_each_cell": pipe_after_each_cell,
    "markdown": markdown,
    "tabs": tabs,
    "spaces": spaces,
    "inline": inline,
    "glued": glued,
    "fragments": fragments,
    "labels_after": labels_after,
    "broken_labels": broken_labels,
}


# --- damage --------------------------------------------------------------------------------------------------------


def damage(sections: list[Section], rng: random.Random, level: float) -> None:
    """Brackets, numbering and single characters of labels get lost; wide forms come in."""
    for section in sections:
        for line in section.lines:
            line.labels = [_damage(label, rng, level) for label in line.labels]


def _damage(label: str, rng: random.Random, level: float) -> str:
    if rng.random() < level:
        label = label.replace("(", "").replace(")", "") if rng.random() < 0.5 else _lose_number(label)
    if len(label) > 5 and rng.random() < level / 2:
        cut = rng.randrange(2, len(label))
        label = label[:cut] + label[cut + 1 :]
    if rng.random() < level:
        label = label.replace("(", "（").replace(")", "）").replace(",", "，")
    return label


def _lose_number(label: str) -> str:
    for number in "一二三四五六七":
        label = label.replace(f"({number})", rng_choice(number))
    return label


def rng_choice(number: str) -> str:
    return "()" if number in "一三五七" else f"({number}"


def document(
    form: str,
    layout: str,
    seed: int,
    blank: float = 0.0,
    noise: float = 0.0,
    twist: Callable[[list[Section], list[Cell], random.Random], None] | None = None,
) -> tuple[str, tuple[Grid, ...], list[Cell]]:
    """One report: prose, its tables in a layout, prose."""
    rng = random.Random(f"{form}-{layout}-{seed}")
    sections, expected = report(form, rng, blank)
    if twist is not None:
        twist(sections, expected, rng)
    expected = [cell for cell in expected if cell[0]]
    damage(sections, rng, noise)
    if layout == "html":
        return (*_html(sections, rng), expected)
    parts = [f"某县2020年政府信息公开工作年度报告\n一、总体情况\n{PROSE[0]}{PROSE[1]}\n"]
    parts += [LAYOUTS[layout](section, rng) for section in sections]
    parts += [f"五、存在的主要问题及改进情况\n{PROSE[2]}\n"]
    joined = "" if layout == "glued" else "\n"
    return joined.join(parts), (), expected


def _html(sections: list[Section], rng: random.Random) -> tuple[str, tuple[Grid, ...]]:
    """A text as the HTML reader writes it, a row a line with tabs, and the true grid beside it."""
    text = f"某县2020年政府信息公开工作年度报告\n{PROSE[0]}\n"
    grids = []
    for section in sections:
        text += section.title + "\n"
        begin, cells = len(text), []
        for row, line in enumerate(section.lines):
            for column, written in enumerate([*line.labels, *([line.unit] if line.unit else []), *line.cells]):
                cells.append(GridCell(len(text), len(text) + len(written), row, column, 1, 1, line.head))
                text += written + "\t"
            text = text[:-1] + "\n"
        grids.append(Grid(begin, len(text) - 1, tuple(cells)))
    return text + f"五、存在的主要问题\n{PROSE[2]}\n", tuple(grids)


def score(expected: list[Cell], cells: list[dict]) -> Counter[str]:
    """Counts of right, wrong, missed and extra cells, of numbers and (with "blank_" before it) of empty cells."""
    want = Counter(expected)
    have = Counter(
        (c["metric"], c["applicant"], c["value"]) for c in cells if c["metric"] and c["status"] != "ambiguous"
    )
    slots = {(m, a) for m, a, v in expected if v is not None}
    result: Counter[str] = Counter()
    for key, count in (want & have).items():
        result["blank_tp" if key[2] is None else "tp"] += count
    for key, count in (want - have).items():
        result["blank_fn" if key[2] is None else "fn"] += count
    for key, count in (have - want).items():
        result["blank_fp" if key[2] is None else "fp"] += count
        if key[2] is not None and key[:2] in slots:
            result["wrong"] += count
    result["ambiguous"] = sum(c["status"] == "ambiguous" for c in cells)
    return result
