"""What else happens to printed tables: notes between pages, groups' names out of place, spaced digits and the like."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from synthetic_tables import Cell, Line, Section

Twist = Callable[[list[Section], list[Cell], random.Random], None]


def page_breaks(sections: list[Section], expected: list[Cell], rng: random.Random) -> None:
    """A page number between two rows."""
    for section in sections:
        if len(section.lines) > 6:
            section.lines.insert(rng.randint(4, len(section.lines) - 1), Line([f"— {rng.randint(2, 9)} —"], head=True))


def repeated_heads(sections: list[Section], expected: list[Cell], rng: random.Random) -> None:
    """The heads printed again on the next page."""
    for section in sections:
        heads = [line for line in section.lines[:3] if line.head]
        if len(section.lines) > 20:
            at = rng.randint(8, len(section.lines) - 4)
            section.lines[at:at] = [Line(list(head.labels), head=True) for head in heads]


def group_name_inside(sections: list[Section], expected: list[Cell], rng: random.Random) -> None:
    """The name of a group of rows, vertically in their middle, stands before a later row of the group."""
    for section in sections:
        for at, line in enumerate(section.lines):
            if len(line.labels) > 1 and line.cells and at + 2 < len(section.lines):
                names, line.labels = line.labels[:-1], line.labels[-1:]
                target = section.lines[min(at + 2, len(section.lines) - 1)]
                if len(target.labels) == 1 and target.cells and "(" not in target.labels[0]:
                    target.labels = [*names, *target.labels]
                else:
                    line.labels = [*names, *line.labels]


def group_name_in_pieces(sections: list[Section], expected: list[Cell], rng: random.Random) -> None:
    """The name of a group broken over the rows of the group, as a page dump has it."""
    for section in sections:
        for at, line in enumerate(section.lines):
            if len(line.labels) > 1 and line.cells and at + 1 < len(section.lines):
                name = line.labels[-2]
                if len(name) > 5 and len(section.lines[at + 1].labels) == 1:
                    line.labels[-2] = name[:5]
                    section.lines[at + 1].labels.insert(0, name[5:])


def thousands(sections: list[Section], expected: list[Cell], rng: random.Random) -> None:
    """Thousands separators."""
    for section in sections:
        for line in section.lines:
            line.cells = [f"{int(cell):,}" if cell.isdigit() else cell for cell in line.cells]


def full_width(sections: list[Section], expected: list[Cell], rng: random.Random) -> None:
    """Full-width digits and forms."""
    wide = {ord(c): ord(c) + 0xFEE0 for c in "0123456789().,:"}
    for section in sections:
        for line in section.lines:
            line.cells = [cell.translate(wide) for cell in line.cells]
            line.labels = [label.translate(wide) for label in line.labels]


def spaced_labels(sections: list[Section], expected: list[Cell], rng: random.Random) -> None:
    """Blanks inside labels."""
    for section in sections:
        for line in section.lines:
            line.labels = [
                re.sub(r"([\u3400-\u9fff])(?=[\u3400-\u9fff])", lambda m: m[1] + " " * (rng.random() < 0.2), s)
                for s in line.labels
            ]


def extra_row(sections: list[Section], expected: list[Cell], rng: random.Random) -> None:
    """A row that the form does not have."""
    for section in sections:
        rows = [at for at, line in enumerate(section.lines) if line.cells and line.labels]
        if len(rows) > 5:
            at = rng.choice(rows[2:-2])
            cells = [str(rng.randint(1, 40)) for _ in section.lines[at].cells]
            section.lines.insert(at, Line(["本地区自行增设的统计内容"], cells, section.lines[at].unit))


def broken_sums(sections: list[Section], expected: list[Cell], rng: random.Random) -> None:
    """A total that the report itself gets wrong."""
    for section in sections:
        rows = [
            line for line in section.lines if len(line.cells) == 7 and line.cells[6].isdigit() and line.cells[6] != "0"
        ]
        if rows:
            line = rng.choice(rows)
            # The expected list is in printed order: the row's cells are found by their place.
            start = _place(sections, line)
            metric, applicant, value = expected[start + 6]
            line.cells[6] = str(int(line.cells[6]) + 1)
            expected[start + 6] = (metric, applicant, (value or 0) + 1)


def cut_off(sections: list[Section], expected: list[Cell], rng: random.Random) -> None:
    """The last table ends in the middle."""
    section = max(sections, key=lambda s: len(s.lines))
    keep = len(section.lines) * 2 // 3
    start = _place(sections, section.lines[keep])
    end = start + sum(len(line.cells) for line in section.lines[keep:])
    if len(section.lines[-1].cells) == 7 or len(section.lines[-1].cells) == 1:
        del expected[start:end]
        del section.lines[keep:]


def printed_twice(sections: list[Section], expected: list[Cell], rng: random.Random) -> None:
    """Every table printed again."""
    for at in range(len(sections) - 1, -1, -1):
        copy = Section(
            sections[at].title, [Line(list(x.labels), list(x.cells), x.unit, x.head) for x in sections[at].lines]
        )
        sections.insert(at + 1, copy)
    expected.extend(list(expected))


def other_columns(sections: list[Section], expected: list[Cell], rng: random.Random) -> None:
    """The columns of applicants in another order, under one row of heads."""
    order = [6, 0, 2, 1, 3, 5, 4]
    names = ["自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]
    for section in sections:
        if any(len(line.cells) == 7 for line in section.lines):
            section.lines[:2] = [Line(["申请人情况", *(names[i] for i in order)], head=True)]
            for line in section.lines:
                if len(line.cells) == 7:
                    line.cells = [line.cells[i] for i in order]


def units_behind(sections: list[Section], expected: list[Cell], rng: random.Random) -> None:
    """The measure word behind each number."""
    for section in sections:
        for line in section.lines:
            if not line.unit and len(line.cells) == 7:
                line.cells = [f"{cell}件" if cell else "" for cell in line.cells]


def no_heads(sections: list[Section], expected: list[Cell], rng: random.Random) -> None:
    """The heads of the requests table are gone."""
    for section in sections:
        if any(len(line.cells) == 7 for line in section.lines):
            section.lines = [line for line in section.lines if not line.head]


def group_totals(sections: list[Section], expected: list[Cell], rng: random.Random) -> None:
    """A group's name on a line of its own that prints the group's total."""
    for section in sections:
        for at in range(len(section.lines) - 1, -1, -1):
            line = section.lines[at]
            if len(line.labels) > 1 and "不予公开" in line.labels[-2]:
                rows = section.lines[at : at + 8]
                if any(not cell.isdigit() for row in rows for cell in row.cells):
                    continue
                total = [sum(int(row.cells[i]) for row in rows) for i in range(7)]
                names, line.labels = line.labels[:-1], line.labels[-1:]
                start = _place(sections, line)
                section.lines.insert(at, Line(names, [str(value) for value in total]))
                keys = ("natural_person", "commercial", "research", "welfare", "legal_service", "other", "total")
                expected[start:start] = [("outcomes.refused", k, float(v)) for k, v in zip(keys, total, strict=True)]


def traditional(sections: list[Section], expected: list[Cell], rng: random.Random) -> None:
    """Traditional script."""
    from opencc import OpenCC

    convert = OpenCC("s2t").convert
    for section in sections:
        section.title = convert(section.title)
        for line in section.lines:
            line.labels = [convert(label) for label in line.labels]
            line.unit = convert(line.unit)


def _place(sections: list[Section], wanted: Line) -> int:
    place = 0
    for section in sections:
        for line in section.lines:
            if line is wanted:
                return place
            place += len(line.cells)
    raise ValueError("no such line")


TWISTS: dict[str, Twist] = {
    name: function
    for name, function in list(globals().items())
    if callable(function) and getattr(function, "__module__", "") == __name__ and not name.startswith("_")
}
