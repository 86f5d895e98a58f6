"""A mention: one number of the prose, or words that state one, with what surrounds it.

A mention is plain data, so that it survives serialisation, and it holds what rules and models look at.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Mention:
    """One number or stated number in its clause.

    `candidates`: the concepts of its candidate spans, the closest reading first; a later one is for when the closer
    names nothing. `names`: where their words stand, None for nowhere in the sentence. `topics`: for each candidate and
    topic group, the concept that stands nearest.
    `kind`: count, money, zero (words deny), maybe_zero (they deny what no rule knows), all (均, 全部: the number is
    an earlier one) or done (已, of one case). `exclusion`: why the number cannot be a count of the year (difference,
    running_total, rate, no_unit, organisations, broken, plan, superlative, holding, unnamed, unrelated), or None.
    `sums`: it sums up those before it (合计).
    `opener`: the delimiter before its clause. `among`: 其中 stands before it in its sentence;
    `nested`: its clause begins with 其中, a part of the number before. `sign`: -1 where a difference shrinks.
    `whole`: its clause begins with 全市, 全县; `verb_first`: with what was done to requests. `readings`: the numbers
    that it may be where it is not one (三到五件). `runs`: words say that it has been adding up (截至…底, 累计),
    `adds_up` that they stand in its own clause; `own_at`: where words before it say that it is the year's own
    (本年新增), None for nowhere. `joint`: several outlets share it (网站和微信). `points_back`: its clause begins with
    以上 or 上述. `listed`: it goes on about the subject of its item in a list of parts (县公安局15件,收取1500元;…).
    """

    start: int
    end: int
    kind: str
    value: float | None
    unit: str
    qualifier: str
    sentence: int
    paragraph: int
    clause: tuple[int, int]
    candidates: list[list[str]]
    names: list[tuple[int, int] | None]
    in_sentence: list[str]
    just_before: list[str]
    in_paragraph: list[str]
    headings: list[list[str]]
    topics: list[dict[str, str]]
    year: int | None = None
    own_year: bool = False
    scope: str | None = None
    exclusion: str | None = None
    special_heading: bool = False
    special: bool = False
    report_year: int | None = None
    sums: bool = False
    opener: str = ""
    among: bool = False
    nested: bool = False
    sign: float = 1.0
    whole: bool = False
    verb_first: bool = False
    readings: list[float] | None = None
    runs: bool = False
    adds_up: bool = False
    own_at: int | None = None
    joint: bool = False
    points_back: bool = False
    listed: bool = False
