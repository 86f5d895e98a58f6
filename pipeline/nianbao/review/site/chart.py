"""Small charts as SVG, drawn when the site is built: a page of a site needs no library and fetches nothing."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from nianbao.review.words import number, plain

_WIDTH, _HEIGHT = 560, 216
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 12, 28, 28
_BASE = _HEIGHT - _BOTTOM


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
        self._years = self._drawn_years()

    def x(self, year: float) -> float:
        """The middle of a year."""
        return round(_LEFT + (year - self.first + 0.5) * self.step, 1)

    def draw(self, title: str, ticks: Iterable[tuple[float, str]], inner: Iterable[str]) -> Markup:
        """The whole chart around what is drawn in it. `ticks`: height and words of each line across."""
        across = "".join(
            f'<path class="grid" d="M{_LEFT} {y}H{_WIDTH - _RIGHT}"/>'
            f'<text class="t" x="{_LEFT - 6}" y="{y + 4}" text-anchor="end">{_safe(words)}</text>'
            for y, words in ticks
        )
        return Markup(  # noqa: S704  (all words in it are escaped)
            f'<svg class="chart" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="group" aria-label="{_safe(title)}">'
            f"{across}{self._years}{''.join(inner)}</svg>"
        )

    def _drawn_years(self) -> str:
        parts = [
            f'<text class="t" x="{self.x(year)}" y="{_HEIGHT - 8}">{year}</text>'
            for year in range(self.first, self.last + 1)
            if self.step >= 36 or (year - self.first) % 2 == 0
        ]
        for year, name in self.changes.items():
            x = self.x(year - 0.5)
            parts.append(
                f'<path class="change" d="M{x} {_TOP - 8}V{_BASE}"/>'
                f'<text class="t form" x="{x + 3}" y="{_TOP - 10}">{_safe(name)}</text>'
            )
        return "".join(parts)


def lines(frame: Frame, title: str, drawn: Sequence[Line]) -> Markup:
    """Points of each year, joined where they may be compared; a blank cell is a square at the foot."""
    top, ticks = _scale(max((p.value for line in drawn for p in line.points if p.value is not None), default=0))

    def y(value: float) -> float:
        return round(_BASE - (_BASE - _TOP) * value / top, 1)

    parts = []
    for color, line in enumerate(drawn):
        parts.append(f'<path class="l c{color}" d="{_path(frame, line.points, y)}"/>')
        parts += [_point(color, point, frame.x(point.year), y(max(point.value or 0, 0))) for point in line.points]
    return frame.draw(title, [(y(value), number(value)) for value in ticks], parts)


def _point(color: int, point: Point, x: float, y: float) -> str:
    kind = f'class="p{" none" if point.value is None else ""} c{color}" data-year="{point.year}"'
    said = f"<title>{_safe(point.label)}</title>"
    if point.value is None:
        shape = f'<rect {kind} x="{x - 3.5}" y="{_BASE - 8}" width="7" height="7">{said}</rect>'
    else:
        shape = f'<circle {kind} cx="{x}" cy="{y}" r="3.2">{said}</circle>'
    if point.contradicted:
        shape += f'<circle class="ring" cx="{x}" cy="{y}" r="6.5"/>'
    return f'<a href="{_safe(point.href)}" tabindex="-1">{shape}</a>' if point.href else shape


def _path(frame: Frame, points: Sequence[Point], y: Callable[[float], float]) -> str:
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
    height = _BASE - _TOP
    parts: list[str] = []
    for bar in bars:
        whole = sum(part.value for part in bar.parts)
        x, foot = round(frame.x(bar.year) - width / 2, 1), float(_BASE)
        for part in bar.parts:
            high = height * part.value / whole
            foot -= high
            parts.append(
                f'<rect class="b c{part.color}" data-year="{bar.year}" x="{x}" y="{foot:.1f}" width="{width}" '
                f'height="{high:.1f}"><title>{_safe(part.label)}</title></rect>'
            )
        if not bar.whole:
            place = f'x="{x - 2:.1f}" y="{_TOP - 2}" width="{width + 4:.1f}" height="{height + 2}"'
            parts.append(f'<rect class="unsure" {place}/>')
    ticks = [(round(_BASE - height * part, 1), f"{part:.0%}") for part in (0, 0.5, 1)]
    return frame.draw(title, ticks, parts)


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
        left, box = round(x - width / 2, 1), round(max(y(lower) - y(upper), 1.5), 1)
        parts.append(
            f'<g class="spread" data-year="{one.year}"><title>{_safe(one.label)}</title>'
            f'<path class="l c0" d="M{x} {y(low)}V{y(high)}"/>'
            f'<rect class="b c0" x="{left}" y="{y(upper)}" width="{width}" height="{box}"/>'
            f'<path class="mid" d="M{left} {y(middle)}h{width}"/></g>'
        )
    ticks = [(y(value), number(value)) for value in (0, *(10.0**power for power in range(1, top + 1)))]
    return frame.draw(title, ticks, parts)


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


def _safe(text: object) -> str:
    return str(escape(plain(text)))
