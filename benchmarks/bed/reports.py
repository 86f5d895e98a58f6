"""Reports made from a seed: text, true grids where the layout has them, and gold facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any

from benchmarks.bed.building import FORMS, build, data
from benchmarks.bed.fragments import Glued, PdfDump, Shuffled
from benchmarks.bed.layouts import Html, Layout, Lines, Markdown, Ocr, Spaced
from benchmarks.bed.table import Cell, Table
from benchmarks.bed.wreckage import LEVELS, wreck

if TYPE_CHECKING:
    from nianbao.reading import Source

LAYOUTS: dict[str, type[Layout]] = {
    "html": Html,
    "markdown": Markdown,
    "shuffled": Shuffled,
    "lines": Lines,
    "spaced": Spaced,
    "glued": Glued,
    "pdf": PdfDump,
    "ocr": Ocr,
}
_YEARS = {"2014": (2014, 2018), "2019": (2019, 2020), "2021": (2021, 2024)}
_SECTIONS = {"article_20": "二、主动公开政府信息情况", "requests": "三、收到和处理政府信息公开申请情况"}
_SECTIONS |= {"proceedings": "四、政府信息公开行政复议、行政诉讼情况"}


@dataclass(frozen=True)
class Report:
    """A report: `raw` as its file would be, `gold` as the contract's annotation.md says."""

    form: str
    layout: str
    level: int
    suffix: str
    raw: str
    gold: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.gold["doc"])

    def source(self) -> Source:
        """The report as the pipeline's own readers give it."""
        from nianbao.reading import Source
        from nianbao.reading.html import to_text

        if self.suffix != "html":
            return Source(self.id, self.raw)
        text, grids, *_ = to_text(self.raw)
        return Source(self.id, text, grids)


def generate(family: str, count: int, seed: int, layouts: list[str] | None = None) -> Iterator[Report]:
    """`count` reports of each form, layout and noise level; the same for the same family and seed."""
    for form in FORMS:
        for layout in layouts or LAYOUTS:
            for level in LEVELS:
                for number in range(count):
                    yield one(form, layout, level, f"{family}-{seed}-{number}")


def one(form: str, layout: str, level: int, seed: str) -> Report:
    """One report."""
    name = f"{form}-{layout}-{level}-{seed}"
    rng = Random(name)
    frame = data()["frame"]
    year = rng.randint(*_YEARS[form])
    if form == "2019" and level >= 2 and rng.random() < 0.2:
        year = 2021  # Some went on with the old form.
    agency = rng.choice(frame["places"]) + rng.choice(frame["bodies"])
    words = Words(agency, year, rng)
    pieces = wreck(build(form, rng), level, layout, rng)
    script = script_of(level, rng)
    for table in (table for group in pieces for table in group):
        for cell in table.cells():
            cell.text = script(cell.text)
    style = LAYOUTS[layout](rng, level)
    style.prepare([table for group in pieces for table in group])
    title = words.say(rng.choice(frame["titles"]))
    blocks = [
        style.paragraph(script(text)) for text in (title, "一、总体情况", words.some("opening"), *words.prose(level))
    ]
    for group in pieces:
        blocks += laid_out(group, style, words, script)
    blocks += [style.paragraph(script(text)) for text in words.ending(form)]
    cells = [cell for group in pieces for table in group for cell in table.values()]
    gold = {"doc": name, "is_report": True, "agency": agency, "report_year": year, "headings": []}
    return Report(form, layout, level, style.suffix, style.join(blocks), gold | {"facts": facts(cells, year)})


def laid_out(pieces: list[Table], style: Layout, words: Words, script: Any) -> Iterator[str]:
    """One table's pages with what stands around them."""
    kind = pieces[0].kind
    lead = [_SECTIONS[kind]] if kind in _SECTIONS else [words.say("附件:{year}年政府信息公开情况统计表")]
    if kind == "statistics" and words.rng.random() < 0.7:
        lead.append(words.some("fill_line"))
    if kind == "requests" and words.rng.random() < 0.2:
        lead.append("单位:件")
    if style.level >= 2 and words.rng.random() < 0.25:
        yield style.table(oddity(script, words.rng))
    yield from (style.paragraph(script(text)) for text in lead)
    for number, table in enumerate(pieces):
        # The second copy of a table that is printed twice begins anew; only its own pages are parted.
        yield style.table(table)
        if style.level >= 1 and words.rng.random() < 0.25:
            yield style.paragraph(script(words.some("notes")))
        if number + 1 < len(pieces):
            parting = style.page(script(words.say("{agency}{year}年政府信息公开工作年度报告")), table)
            if parting:
                yield style.paragraph(parting)


def oddity(script: Any, rng: Random) -> Table:
    """A small table of other things."""
    things = data()["frame"]["oddities"]
    rows = [[Cell(script(label), "other", 0), Cell(str(count), "other", 1)] for label, count in things]
    head = [Cell(script("事项"), "head", 0), Cell(script("数量"), "head", 1)]
    return Table("oddity", 2, [head], rng.sample(rows, 2))


class Words:
    """The sentences around the tables: ours, with numbers that are no facts."""

    def __init__(self, agency: str, year: int, rng: Random) -> None:
        self.agency, self.year, self.rng = agency, year, rng

    def say(self, text: str) -> str:
        """A sentence with its gaps filled."""
        year, many, few = self.year, self.rng.randint(11, 99), self.rng.randint(2, 9)
        return text.format(agency=self.agency, year=year, next=year + 1, n=many, d=few)

    def some(self, kind: str) -> str:
        """One sentence of a kind."""
        return self.say(self.rng.choice(data()["frame"][kind]))

    def prose(self, level: int) -> list[str]:
        """Paragraphs before the tables."""
        return [self.some("distractors") for _ in range(self.rng.randint(1, 2 + level))]

    def ending(self, form: str) -> list[str]:
        """Paragraphs after the tables; the form of 2014 is an annex at the end."""
        if form == "2014":
            return [self.say("{agency}{next}年1月20日")]
        return ["五、存在的主要问题及改进情况", self.some("problems"), "六、其他需要报告的事项", self.some("closing")]


def script_of(level: int, rng: Random) -> Any:
    """The script of a report: simplified, or traditional with or without Taiwan's words."""
    if level < 2 or rng.random() >= 0.3:
        return str
    return converter("s2twp" if level >= 3 and rng.random() < 0.3 else "s2t").convert


@cache
def converter(name: str) -> Any:
    """An OpenCC converter."""
    from opencc import OpenCC

    return OpenCC(name)


def facts(cells: list[Cell], year: int) -> list[dict[str, Any]]:
    """The gold of the cells as printed; a fact that one print settles is certain though another does not."""
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for cell in sorted(cells, key=lambda cell: cell.optional):
        assert cell.slot is not None
        metric, applicant = cell.slot
        status = "stated" if cell.stated else "blank" if cell.value is None else "reported"
        row = {"metric": metric, "applicant": applicant, "year": year, "value": cell.value, "qualifier": "exact"}
        row |= {"status": status, "basis": "table", "scope": None}
        if cell.optional:
            row["optional"] = True
        rows.setdefault((metric, applicant, cell.value), row)
    return list(rows.values())
