"""The solver of tables whose numbers left their rows: what it costs as tables get longer and more."""

from __future__ import annotations

import pytest

from nianbao.catalogue import Catalogue
from nianbao.forms import assign
from nianbao.forms.knowledge import FormKnowledge
from nianbao.forms.problem import Problem
from nianbao.forms.reader import TableReader
from nianbao.forms.solver import Solution
from nianbao.language.script import normalize

READER = TableReader(Catalogue.load().compiled(FormKnowledge))
LABELS = (
    "一、本年新收政府信息公开申请数量",
    "二、上年结转政府信息公开申请数量",
    "(一)予以公开",
    "(二)部分公开",
    "1.属于国家秘密",
    "2.其他法律行政法规禁止公开",
    "(七)总计",
    "四、结转下年度继续办理",
)
NUMBERS = (41, 2, 20, 9, 1, 12, 42, 1)


def page(number: int) -> str:
    """A table whose labels come before its numbers, which stand column by column, a cell a line."""
    columns = [NUMBERS, *([0] * len(LABELS) for _ in range(5)), NUMBERS]
    cells = [str(cell) for column in columns for cell in column]
    return "\n".join([f"第{number}号", *LABELS, *cells, ""])


def test_more_tables_are_as_many_times_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    states = 0
    solve = assign.solve

    def counted(problem: Problem) -> Solution | None:
        nonlocal states
        states += (len(problem.labels) + 1) * (len(problem.tokens) + 1)
        return solve(problem)

    monkeypatch.setattr(assign, "solve", counted)
    work = []
    for count in (4, 16):
        text, states = "".join(map(page, range(count))), 0
        read = READER.read(text, normalize(text), report_year=2021).cells
        assert sum(cell["status"] == "reported" for cell in read) == count * len(LABELS) * 7
        work.append(states)
    assert 0 < work[1] <= 4.2 * work[0]
    assert work[1] <= 2 * 16 * (len(LABELS) + 3) * (7 * len(LABELS) + 2)
