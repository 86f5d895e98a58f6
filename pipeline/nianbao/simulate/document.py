"""A report put together: title, sections from the outline, tables, furniture, joined as a layout joins them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from nianbao.simulate.annotated import Annotated, Builder
from nianbao.simulate.data import load
from nianbao.simulate.figures import SimulatedFigures
from nianbao.simulate.layouts import KIND, LAYOUTS
from nianbao.simulate.numbers import chinese
from nianbao.simulate.plan import write_step, write_topic
from nianbao.simulate.prose import ProseWriter, Sentence
from nianbao.simulate.tables import PrintedCell, PrintedGrid, TableMaker
from nianbao.simulate.template import Template, parse

HEADING = "HEADING"
TABLE = "TABLE"
_LEVELS = {"C、": 1, "（C）": 2, "A.": 3, "A、": 3, "A．": 3, "A. ": 3, "C、 ": 1, "（A）": 4}


@dataclass(slots=True)
class DocumentBlock:
    """A piece of the document: a line of text, or a table. `run_on`: the next block follows in the same line."""

    kind: str
    text: Annotated | None = None
    grid: PrintedGrid | None = None
    level: int = 0
    run_on: bool = False


@dataclass(slots=True)
class Joining:
    """How blocks are joined: what stands between them, before a paragraph, and before a heading."""

    separator: str = "\n"
    indent: str = ""
    heading_mark: str = ""


@dataclass(slots=True)
class Plan:
    """What one report is to be like."""

    layout: str
    forms: dict[str, str]
    quirks: frozenset[str]
    furniture: float
    figures: SimulatedFigures
    verbosity: float = 1.0
    second: SimulatedFigures | None = None
    numbering: list[str] = field(default_factory=list)


class Composer:
    """Writes the blocks of one report."""

    def __init__(self, rng: random.Random, writer: ProseWriter, tables: TableMaker, plan: Plan) -> None:
        self.rng, self.writer, self.tables, self.plan = rng, writer, tables, plan
        self.blocks: list[DocumentBlock] = []
        self.counters = [0, 0, 0]
        self._items: dict[str, Callable[[str], list[Sentence]]] = {
            "topic": self._topic,
            "step": self._step,
        }

    def compose(self) -> list[DocumentBlock]:
        """The whole report."""
        self._front()
        outline = load("outline")
        regime = self.writer.world.regime
        sections = self.rng.choice(outline["2019" if regime == "2021" else regime])
        for section in sections:
            if self.rng.random() < section.get("chance", 1.0):
                self._section(section)
        self._back()
        return self.blocks

    # --- before and after the sections

    def _lines(self, name: str, kind: str) -> None:
        for text in self.rng.choice(_document(name)):
            self.blocks.append(DocumentBlock(kind, self.writer.phrase(text)))

    def _front(self) -> None:
        rng = self.rng
        if rng.random() < self.plan.furniture:
            self._lines("navigation", "furniture")
        if rng.random() < self.plan.furniture:
            self._lines("metadata", "furniture")
        self._title()
        kinds = ["preamble", "contents", "span", "contact"]
        kept = [kind for kind, chance in zip(kinds, (0.95, 0.4, 0.8, 0.75), strict=True) if rng.random() < chance]
        self._paragraphs([Sentence(self.writer.plain(kind)) for kind in kept])

    def _title(self) -> None:
        data = _document
        if self.writer.world.period.academic:
            lines = [self.rng.choice(data("titles_academic"))]
        elif (draw := self.rng.random()) < 0.12:
            lines = self.rng.choice(data("titles_in_two_lines"))
        elif draw < 0.17:
            lines = [self.rng.choice(data("titles_in_characters"))]
        elif draw < 0.19:
            lines = [self.rng.choice(data("titles_bare"))]
        else:
            lines = [self.rng.choice(data("titles"))]
        for line in lines:
            self.blocks.append(DocumentBlock("title", self.writer.phrase(line)))

    def _back(self) -> None:
        if self.rng.random() < 0.45:
            self._lines("signatures", "note")
        if self.rng.random() < self.plan.furniture:
            self._lines("footers", "furniture")

    # --- sections

    def _section(self, section: dict[str, Any]) -> None:
        title = self.rng.choice(_titles(tuple(section["h"])))
        if self.rng.random() >= section.get("bare", 0.0):
            self._heading(0, title)
        elif title.source.startswith("附表"):
            self._heading(0, title, bare=True)
        else:
            self.blocks.append(DocumentBlock("caption", self.writer.phrase(title)))
        self._say(section.get("do", ()), 1)
        for part in section.get("parts", ()):
            self._heading(1, self.rng.choice(_titles(tuple(part["h"]))))
            self._say(part["do"], 2)

    def _heading(self, depth: int, title: Annotated | Template, bare: bool = False, run_on: bool = False) -> None:
        if not isinstance(title, Annotated):
            title = self.writer.phrase(title)
        number, level = "", 1
        if not bare:
            self.counters[depth:] = [self.counters[depth] + 1] + [0] * (len(self.counters) - depth - 1)
            pattern = self.plan.numbering[depth]
            count = self.counters[depth]
            number = pattern.replace("C", chinese(count)).replace("A", str(count))
            level = _LEVELS[pattern]
        self.blocks.append(DocumentBlock("heading", Annotated(number) + title, level=level, run_on=run_on))

    def _say(self, items: list[str], depth: int) -> None:
        """Fill one section: sentences are gathered into paragraphs, tables stand alone."""
        sentences: list[Sentence] = []
        for item in items:
            kind, *rest = item.split()
            if kind == "table":
                self._paragraphs(sentences)
                sentences = []
                self._table(rest[0])
            elif kind in self._items:
                sentences += self._items[kind](rest[0])
            else:
                count = round(self.rng.randint(int(rest[0]), int(rest[1])) * self.plan.verbosity)
                fillers = self._fillers(kind, count)
                if kind in load("document")["minor"] and count > 1 and depth < 3 and self.rng.random() < 0.3:
                    self._paragraphs(sentences)
                    sentences = []
                    self._minor(kind, fillers, depth)
                else:
                    sentences += self._enumerated(kind, fillers)
        if not sentences and items and not any(item.startswith("table") for item in items):
            sentences = [Sentence(self.writer.plain("omitted"))]
        own = [sentence for sentence in sentences if sentence.heading]
        self._paragraphs([sentence for sentence in sentences if not sentence.heading])
        for sentence in own:
            if sentence.heading and depth < 3:
                self._heading(depth, sentence.heading)
                self._paragraph(sentence.body)

    def _fillers(self, kind: str, count: int) -> list[Sentence]:
        """Different sentences of one kind, in the order in which they are listed."""
        pool = self.writer.fillers(kind)
        chosen = sorted(self.rng.sample(range(len(pool)), min(count, len(pool))))
        return [self.writer.sentence(pool[at]) for at in chosen if self._computable(pool[at].template)]

    def _enumerated(self, kind: str, sentences: list[Sentence]) -> list[Sentence]:
        """At times 一是, 二是 before all but the first."""
        if kind in load("habits")["enumerated"] and len(sentences) > 1 and self.rng.random() < 0.4:
            for number, sentence in enumerate(sentences[1:], 1):
                sentence.body = Annotated(f"{chinese(number)}是") + sentence.body
        return sentences

    def _computable(self, template: Template) -> bool:
        return all(self.writer.figures.cumulative.get(ref[:2]) for _, ref in template.computed)

    def _minor(self, kind: str, sentences: list[Sentence], depth: int) -> None:
        """Each sentence under a small heading of its own, in a line by itself or run on."""
        titles = _titles(tuple(load("document")["minor"][kind]))
        titles = self.rng.sample(titles, min(len(titles), len(sentences)))
        run_on = self.rng.random() < 0.6
        for index, sentence in enumerate(sentences):
            if index < len(titles):
                self._heading(depth, titles[index], run_on=run_on)
            self._paragraph(sentence.body)

    def _topic(self, name: str) -> list[Sentence]:
        """The topic's sentences, at times with numbers about something else between them."""
        habits = load("habits")
        sentences = []
        for sentence in write_topic(self.writer, name):
            sentences.append(sentence)
            if not sentence.heading and self.rng.random() < habits["distracted"]:
                sentences += self._fillers(self.rng.choice(habits["distractors"][name]), 1)
        return sentences

    def _step(self, name: str) -> list[Sentence]:
        for steps in self.writer.pool.topics.values():
            for step in steps:
                if step.name == name:
                    sentence = write_step(self.writer, step)
                    return [sentence] if sentence else []
        raise KeyError(f"the outline asks for step {name!r}, which no topic has")

    def _table(self, name: str) -> None:
        form = self.plan.forms.get(name, self.writer.world.regime)
        grid = self.tables.make(name, form)
        self.blocks.append(DocumentBlock("table", grid=grid))
        if "printed_twice" in self.plan.quirks:
            self.blocks.append(DocumentBlock("table", grid=grid))
        if self.plan.second and name in ("2014", "local"):
            other = TableMaker(self.rng, self.writer.world, self.plan.second, self.tables.style)
            self.blocks.append(DocumentBlock("table", grid=other.make(name, form)))
        if "cut_off" in self.plan.quirks:
            del grid.rows[self.rng.randint(len(grid.rows) // 2, len(grid.rows)) :]
        elif self.rng.random() < 0.15:
            self.blocks.append(DocumentBlock("note", self.writer.phrase(self.rng.choice(_document("table_notes")))))

    def _paragraphs(self, sentences: list[Sentence]) -> None:
        at = 0
        while at < len(sentences):
            size = self.rng.choice((2, 3, 4, 6, 9))
            builder = Builder()
            group = sentences[at : at + size]
            for index, sentence in enumerate(group):
                body = sentence.body
                if index + 1 < len(group) and body.text.endswith("。") and self.rng.random() < 0.12:
                    body = body.edit([(len(body) - 1, len(body), self.rng.choice("，；；"))])
                builder.add(body)
            self._paragraph(builder.build())
            at += size

    def _paragraph(self, text: Annotated) -> None:
        if text.text:
            self.blocks.append(DocumentBlock("prose", text))


def assemble(rng: random.Random, blocks: list[DocumentBlock], layout: str, page_breaks: bool) -> Annotated:
    """The document's text: every block with its KIND, headings with their level, tables as the layout prints them."""
    joining = _joining(rng, layout)
    builder = Builder()
    for index, block in enumerate(blocks):
        if block.grid is not None:
            grid = _with_page_break(rng, block.grid) if page_breaks else block.grid
            table = LAYOUTS[layout](rng, grid)
            with builder.span(TABLE, grid):
                builder.add(table)
        elif block.text is not None:
            _add_line(builder, block, joining)
        if index + 1 < len(blocks):
            builder.add("。" if block.run_on else joining.separator)
    return builder.build()


def _add_line(builder: Builder, block: DocumentBlock, joining: Joining) -> None:
    text = block.text or Annotated()
    builder.add(joining.heading_mark if block.kind == "heading" and not block.run_on else "")
    builder.add(joining.indent if block.kind in ("prose", "heading") else "")
    with builder.span(KIND, block.kind):
        if block.kind == "heading":
            with builder.span(HEADING, block.level):
                builder.add(text)
        else:
            builder.add(text)


def _joining(rng: random.Random, layout: str) -> Joining:
    if layout == "html":
        return Joining()
    if layout == "glued":
        separator = rng.choice(("", " ", "\n"))
        return Joining(separator, "")
    separator = rng.choice(("\n", "\n", "\n\n", "\n\n", "\n \n"))
    mark = "## " if layout in ("markdown", "shuffled") and rng.random() < 0.25 else ""
    return Joining(separator, "" if mark else rng.choice(("", "", "　　", "  ")), mark)


def _with_page_break(rng: random.Random, grid: PrintedGrid) -> PrintedGrid:
    """The table over two pages: a page number amid its rows, its heads repeated at times."""
    if len(grid.rows) < 8:
        return grid
    at = rng.randint(4, len(grid.rows) - 2)
    broken: list[list[PrintedCell]] = [[PrintedCell(f"— {rng.randint(2, 12)} —", "note")]]
    if rng.random() < 0.5:
        broken.append([PrintedCell(cell.text, cell.role) for cell in grid.rows[0] if cell.role == "column_head"])
    return PrintedGrid(grid.name, [*grid.rows[:at], *(row for row in broken if row), *grid.rows[at:]])


@cache
def _document(name: str) -> list[Any]:
    """An entry of document.yaml, its texts parsed."""
    return [
        [parse(text) for text in entry] if isinstance(entry, list) else parse(entry) for entry in load("document")[name]
    ]


@cache
def _titles(texts: tuple[str, ...]) -> list[Template]:
    return [parse(text) for text in texts]
