"""Small charts as SVG, drawn when the site is built: a page of a site needs no library and fetches nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from nianbao.review.words import number, plain

_WIDTH, _HEIGHT = 560, 216
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 12, 28, 28
_BASE = _HEIGHT - _BOTTOM

_POINT = Markup('<circle class="p c{c}" data-year="{year}" cx="{x}" cy="{y}" r="3.2"><title>{title}</title></circle>')
_NONE = Markup(
    '<rect class="p none c{c}" data-year="{year}" x="{x}" y="{y}" width="7" height="7"><title>{title}</title></rect>'
)
_LINK = Markup('<a href="{href}" tabindex="-1">{inner}</a>')


@dataclass(frozen=True, slots=True)
class Point:
    """A number of a year. `segment`: numbers of two segments may not be compared, and no line joins them.

    `value`: None for a cell that is blank or can be read in several ways; `status` says which.
    """

    year: int
    value: float | None
    status: str
    segment: str
    contradicted: bool
    href: str | None
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """The numbers of one metric, in the order of the years."""

    name: str
    points: Sequence[Point]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a year's whole; `label` says what it is."""

    color: int
    value: float
    label: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A year's parts; `whole`: their sum is the total that is printed."""

    year: int
    parts: Sequence[Part]
    whole: bool


@dataclass(frozen=True, slots=True)
class Spread:
    """Quantiles of a year's numbers: 10, 25, 50, 75 and 90 of 100."""

    year: int
    quantiles: tuple[float, float, float, float, float]
    label: str


class Frame:
    """The years from left to right, and the lines where the form changed.

    Args:
        years: the first and the last.
        changes: first year of a form → its name as it is shown.
    """

    def __init__(self, years: tuple[int, int], changes: dict[int, str]) -> None:
        self.first, self.last = years
        self.step = (_WIDTH - _LEFT - _RIGHT) / max(self.last - self.first + 1, 1)
        self.changes = {year: name for year, name in changes.items() if self.first < year <= self.last}

    def x(self, year: float) -> float:
        """The middle of a year."""
        return round(_LEFT + (year - self.first + 0.5) * self.step, 1)

    def draw(self, title: str, ticks: Sequence[tuple[float, str]], inner: Markup) -> Markup:
        """The whole chart around what is drawn in it. `ticks`: height and words of each line across."""
        parts = [
            Markup(
                '<path class="grid" d="M{} {}H{}"/><text class="t" x="{}" y="{}" text-anchor="end">{}</text>'
            ).format(_LEFT, y, _WIDTH - _RIGHT, _LEFT - 6, y + 3.5, words)
            for y, words in ticks
        ]
        for year in range(self.first, self.last + 1):
            if self.step >= 30 or (year - self.first) % 2 == 0:
                parts.append(Markup('<text class="t" x="{}" y="{}">{}</text>').format(self.x(year), _HEIGHT - 8, year))
        for year, name in self.changes.items():
            x = self.x(year - 0.5)
            parts.append(
                Markup('<path class="change" d="M{0} {1}V{2}"/><text class="t form" x="{3}" y="{4}">{5}</text>').format(
                    x, _TOP - 8, _BASE, x + 3, _TOP - 14 + 4, name
                )
            )
        return Markup('<svg class="chart" viewBox="0 0 {} {}" role="group" aria-label="{}">{}{}</svg>').format(
            _WIDTH, _HEIGHT, plain(title), Markup("").join(parts), inner
        )


def lines(frame: Frame, title: str, drawn: Sequence[Line]) -> Markup:
    """Points of each year, joined where they may be compared; a blank cell is a square at the foot."""
    top, ticks = _scale(max((p.value for line in drawn for p in line.points if p.value is not None), default=0))

    def y(value: float) -> float:
        return round(_BASE - (_BASE - _TOP) * value / top, 1)

    parts: list[Markup] = []
    for color, line in enumerate(drawn):
        parts.append(Markup('<path class="l c{}" d="{}"/>').format(color, _path(frame, line.points, y)))
        for point in line.points:
            x, height = frame.x(point.year), y(max(point.value or 0, 0))
            if point.value is None:
                shape = _NONE.format(c=color, year=point.year, x=x - 3.5, y=_BASE - 8, title=point.label)
            else:
                shape = _POINT.format(c=color, year=point.year, x=x, y=height, title=point.label)
            if point.contradicted:
                shape += Markup('<circle class="ring" cx="{}" cy="{}" r="6.5"/>').format(x, height)
            parts.append(_LINK.format(href=point.href, inner=shape) if point.href else shape)
    return frame.draw(title, [(y(value), number(value)) for value in ticks], Markup("").join(parts))


def _path(frame: Frame, points: Sequence[Point], y: object) -> str:
    assert callable(y)
    steps: list[str] = []
    before: Point | None = None
    for point in points:
        if point.value is None:
            before = None
            continue
        joined = before is not None and before.segment == point.segment and point.year == before.year + 1
        steps.append(f"{'L' if joined else 'M'}{frame.x(point.year)} {y(point.value)}")
        before = point
    return "".join(steps)


def shares(frame: Frame, title: str, bars: Sequence[Bar]) -> Markup:
    """A bar a year, its parts from the foot up."""
    width = round(min(34.0, frame.step * 0.66), 1)
    parts: list[Markup] = []
    for bar in bars:
        whole = sum(part.value for part in bar.parts)
        x, foot = round(frame.x(bar.year) - width / 2, 1), float(_BASE)
        for part in bar.parts:
            height = (_BASE - _TOP) * part.value / whole
            foot -= height
            parts.append(
                Markup(
                    '<rect class="b c{}" data-year="{}" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>'
                ).format(part.color, bar.year, x, round(foot, 1), width, round(height, 1), part.label)
            )
        if not bar.whole:
            parts.append(
                Markup('<rect class="unsure" x="{}" y="{}" width="{}" height="{}"/>').format(
                    x - 2, _TOP - 2, width + 4, _BASE - _TOP + 2
                )
            )
    ticks = [(round(_BASE - (_BASE - _TOP) * part, 1), f"{part:.0%}") for part in (0, 0.5, 1)]
    return frame.draw(title, ticks, Markup("").join(parts))


def spreads(frame: Frame, title: str, found: Sequence[Spread]) -> Markup:
    """For each year the deciles as a line, the quartiles as a box, the median as a stroke; logarithmic."""
    most = max((one.quantiles[4] for one in found), default=0)
    top = max(1, math.ceil(math.log10(max(most, 1) + 1)))

    def y(value: float) -> float:
        return round(_BASE - (_BASE - _TOP) * math.log10(max(value, 0) + 1) / top, 1)

    width = round(min(26.0, frame.step * 0.5), 1)
    parts = []
    for one in found:
        x, (low, lower, middle, upper, high) = frame.x(one.year), one.quantiles
        parts.append(
            Markup(
                '<g class="spread" data-year="{year}"><title>{title}</title><path class="l c0" d="M{x} {a}V{e}"/>'
                '<rect class="b c0" x="{left}" y="{d}" width="{width}" height="{high}"/>'
                '<path class="mid" d="M{left} {c}h{width}"/></g>'
            ).format(
                year=one.year,
                title=one.label,
                x=x,
                a=y(low),
                e=y(high),
                left=round(x - width / 2, 1),
                d=y(upper),
                width=width,
                high=round(max(y(lower) - y(upper), 1.5), 1),
                c=y(middle),
            )
        )
    ticks = [(y(value), number(value)) for value in (0, *(10.0**power for power in range(1, top + 1)))]
    return frame.draw(title, ticks, Markup("").join(parts))


def _scale(most: float) -> tuple[float, list[float]]:
    """The height of the chart and the values of the lines across: three or four round ones."""
    if most <= 0:
        return 1.0, [0.0, 1.0]
    step = 10.0 ** math.floor(math.log10(most / 3))
    step = next((factor * step for factor in (1, 2, 5, 10) if most / (factor * step) <= 4), 10 * step)
    if most >= 1:
        step = max(step, 1.0)
    count = max(1, math.ceil(most / step))
    return count * step, [at * step for at in range(count + 1)]
