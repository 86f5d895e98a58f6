"""The numbers of a printed table given to its rows: the problem for the solver, and what of its answer is believed."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from nianbao.catalogue.labels import Wording
from nianbao.forms.model import RowCells
from nianbao.forms.problem import BEFORE, CROSSED, INSIDE, Label, Problem, Segment
from nianbao.forms.solver import Solution, solve
from nianbao.forms.tokens import Printed, Token

_LEAST_WORDS = 4  # Chinese characters of a row that the form does not have
_TOO_MANY = 100  # numbers, beyond four times as many as the rows have columns: no table of the form is like that
_WORD = re.compile(r"[\u3400-\u9fff]+")
_PLAIN = 200  # what the order of the text costs where it is plainly right


def give_numbers(norm: str, printed: Printed, rows: list[RowCells], tokens: list[Token], wording: Wording) -> bool:
    """Gives each row its numbers; whether they were given anew.

    Rows whose numbers could be another's as well get the readings as `RowCells.doubt`.
    """
    grid = printed.mode == "rows"
    if grid:
        tokens = _lines_of_cells(norm, printed, rows, tokens, wording)
    elif tokens and all(len(row.columns) < 2 for row in rows):
        tokens = _with_empty_units(norm, rows, tokens, wording)
    elif printed.mode == "plain":
        tokens = _with_empty_places(norm, tokens, max(len(row.columns) for row in rows))
    if len(tokens) > _TOO_MANY + 4 * sum(len(row.columns) for row in rows):
        return False
    segments = _segments(norm, printed, rows, tokens, wording)
    best: tuple[Problem, Solution] | None = None
    for labels in _orders(norm, rows, wording):
        problem = Problem(norm, tokens, labels, segments, printed)
        solution = solve(problem)
        if solution is not None and (best is None or solution.cost < best[1].cost):
            best = problem, solution
            if solution.cost <= _PLAIN:
                break
    if best is None:
        return False
    problem, solution = best
    for label, taken in zip(problem.labels, solution.taken, strict=True):
        if label.row is not None:
            _give(norm, label.row, [problem.tokens[n] for n in taken])
            label.row.apart = bool(taken) and problem.distances.one(label, taken[0], taken[-1]) >= CROSSED
    _open_doubtful(problem, solution)
    return True


def is_displaced(rows: list[RowCells]) -> bool:
    """Whether some rows have too many numbers while others lack some, or all need but one."""
    width = max((len(row.columns) for row in rows), default=0)
    plain = [row for row in rows if not row.heading]
    crowded = any(len(row.numbers) > (len(row.columns) or width) for row in plain)
    return crowded and (width == 1 or any(len(row.numbers) < (len(row.columns) or 1) for row in plain))


def is_fragmented(norm: str, printed: Printed, tokens: list[Token], end: int, wording: Wording) -> bool:
    """Whether numbers, or nothing but empty cells, stand on a line of a grid without words: the label is on others."""
    cells = Counter(token.line for token in tokens)
    numbers = {token.line for token in tokens if token.kind != "blank"}
    starts = [*printed.line_starts, end]
    return any(
        (line in numbers or count > 1) and not wording.other_words.search(norm, starts[line], starts[line + 1])
        for line, count in cells.items()
    )


def _lines_of_cells(
    norm: str, printed: Printed, rows: list[RowCells], tokens: list[Token], wording: Wording
) -> list[Token]:
    """Of a grid, the lines with numbers, and those that are empty from end to end, without the places of labels."""
    wide = max((len(row.columns) for row in rows), default=1)
    first = min((token.column for token in tokens if token.kind in ("number", "none")), default=0)
    by_line: dict[int, list[Token]] = {}
    for token in tokens:
        if token.column >= first:
            by_line.setdefault(token.line, []).append(token)
    kept: list[Token] = []
    for line, cells in by_line.items():
        stop = printed.line_starts[line + 1] if line + 1 < len(printed.line_starts) else len(norm)
        if any(token.kind != "blank" for token in cells) or (
            len(cells) >= wide and not wording.other_words.search(norm, printed.line_starts[line], stop)
        ):
            kept += cells
    return kept


def _with_empty_units(norm: str, rows: list[RowCells], tokens: list[Token], wording: Wording) -> list[Token]:
    """In a table of one column a unit in a place of its own with no number behind it prints an empty cell."""
    begin, end = min(row.found.start for row in rows), max(row.end for row in rows)
    empty = wording.empty_unit.finditer(norm, begin, max(end, tokens[-1].end))
    printed = [token for token in tokens if token.kind != "blank"]
    return sorted([*printed, *(Token(m.end(), m.end(), "blank") for m in empty)], key=lambda token: token.start)


def _with_empty_places(norm: str, tokens: list[Token], wide: int) -> list[Token]:
    """Where one blank parts the cells of a line, each further blank before a number prints an empty cell."""
    gaps = [_blanks_before(norm, token.start) for token in tokens]
    if 2 * gaps.count(1) <= len(gaps) - gaps.count(0) or max(gaps) > wide:
        return tokens
    return [
        one
        for token, gap in zip(tokens, gaps, strict=True)
        for one in (*(Token(at, at, "blank") for at in range(token.start - gap + 1, token.start)), token)
    ]


def _blanks_before(norm: str, start: int) -> int:
    """How many blanks stand before a place, behind something on its line."""
    at = start
    while at and norm[at - 1] == " ":
        at -= 1
    return start - at if at and norm[at - 1] != "\n" else 0


def _give(norm: str, row: RowCells, taken: list[Token]) -> None:
    if taken:
        row.tokens = taken
        row.start, row.end = _surroundings(norm, min(t.start for t in taken), max(t.end for t in taken))
    else:
        row.tokens = [token for token in row.tokens if token.kind == "blank"]


def _surroundings(norm: str, start: int, end: int) -> tuple[int, int]:
    """The stretch around a row's numbers up to other words, or to the line's ends: empty cells may have left blanks."""
    while start > 0 and norm[start - 1] == " ":
        start -= 1
    if start > 0 and norm[start - 1] == "\n":
        start -= 1
    while end < len(norm) and norm[end] == " ":
        end += 1
    return start, min(end + 1, len(norm)) if norm[end : end + 1] == "\n" else end


def _orders(norm: str, rows: list[RowCells], wording: Wording) -> Iterator[list[Label]]:
    """The labels in the order of the text, and in that of the form where it is another one."""
    own = sorted((Label(row.found.start, row.found.end, row) for row in rows), key=lambda label: label.start)
    strange = [Label(start, end, None) for start, end in _other_words(norm, own, wording)]
    by_place = sorted([*own, *strange], key=lambda label: label.start)
    yield by_place
    table = rows[0].found.table
    if table.any_order or any(row.found.table is not table for row in rows):
        return
    behind: dict[int, list[Label]] = {}
    index = -1
    for label in by_place:
        if label.row is None:
            behind.setdefault(index, []).append(label)
        else:
            index = label.row.found.row.index
    ordered = list(behind.get(-1, ()))
    for label in sorted(own, key=lambda label: label.row.found.row.index if label.row else -1):
        ordered.append(label)
        ordered += behind.get(label.row.found.row.index if label.row else -1, ())
    if ordered != by_place:
        yield ordered


def _other_words(norm: str, labels: list[Label], wording: Wording) -> list[tuple[int, int]]:
    """Stretches of words between the labels that belong to none: perhaps rows that the form does not have.

    Pieces of the form's own labels are none, such as those of a group's name that stands beside its rows.
    """
    own = "\n".join(key for label in labels[:1] if label.row for row in label.row.found.table.rows for key in row.keys)
    stretches: list[tuple[int, int]] = []
    for label, following in pairwise(labels):
        found = _WORD.finditer(norm, label.end, following.start)
        words = [m for m in found if m.group().strip(wording.units) and m.group() not in own]
        if sum(m.end() - m.start() for m in words) >= _LEAST_WORDS:
            stretches.append((words[0].start(), words[-1].end()))
    return stretches


def _segments(
    norm: str, printed: Printed, rows: list[RowCells], tokens: Sequence[Token], wording: Wording
) -> list[Segment]:
    """Tokens that stand together on a line, and which lines follow each other without words but those of one label."""
    labels = sorted((row.found.start, row.found.end) for row in rows)
    starts = [start for start, _ in labels]
    found: list[Segment] = []
    run = first = 0
    for at in range(1, len(tokens) + 1):
        if at < len(tokens):
            one, other = tokens[at - 1], tokens[at]
            between = norm[one.end : other.start]
            label = bisect_right(starts, one.start) - 1
            behind = max(one.end, labels[label][1]) if label >= 0 else one.end  # what stands inside it parts nothing
            rest = norm[behind : other.start]
            words = any(_WORD.match(c) and c not in wording.units for c in rest)  # a page's address is none
            apart = words or (one.line != other.line if printed.mode == "rows" else "\n" in between)
            if not apart:
                continue
        else:
            words = False
        found.append(Segment(first, at, run))
        first, run = at, run + words
    return found


def _open_doubtful(problem: Problem, solution: Solution) -> None:
    """Leaves open what only the order of labels and numbers says, where neither a sum nor the count confirms it.

    A row apart from its label keeps its numbers if they obey its sum; in a table of one column, if all are given.
    """
    found = zip(problem.labels, solution.taken, solution.others, strict=True)
    rows = [(label, label.row, taken, others) for label, taken, others in found if label.row]
    counted = _is_counted(problem, solution)
    settled = _counted_runs(problem, solution)
    torn = set() if problem.grid else _torn_runs(problem, solution) - set(settled.values())
    shifted = set() if counted or problem.grid else _shifted(problem, solution)
    scattered = bool(torn) or any(row.apart for _, row, _, _ in rows)
    for label, row, taken, others in rows:
        if label in settled:
            continue
        if scattered and not taken and not problem.grid and not row.heading:
            row.apart = True  # a gap behind its label is no empty cell
        if label in shifted:
            row.apart, row.tokens = True, []
            continue
        if taken and not counted and _run(problem, taken[0]) in torn and not _is_own_line(problem, label, taken):
            row.apart, row.tokens = True, []
        if taken and scattered and not counted and not _is_confirmed(problem, label, row, taken):
            row.apart, row.tokens = True, []
        if not row.apart:
            continue
        values = [problem.values[at] for at in taken]
        summed = bool(problem.sums_of(row)) and len(values) == len(row.columns) and None not in values
        # In a torn table zeros, whose sum always holds, prove nothing.
        held = summed and (not torn or any(values)) and problem.sums_hold(row, values)
        if not (counted or held) or (len(others) > 1 and not counted and not _same_values(problem, others)):
            row.tokens = []


def _shifted(problem: Problem, solution: Solution) -> set[Label]:
    """The rows that got numbers from above their label which may be those of words that the form does not have.

    The rows below them that got theirs from above as well may be shifted with them.
    """
    taken = dict(zip(problem.labels, solution.taken, strict=True))
    shifted: set[Label] = set()
    starts = [label.start for label in problem.distances.by_place]
    chain = False
    for label in problem.labels:
        own = taken[label]
        if label.row is None or not own:
            continue
        first = problem.tokens[own[0]].start
        if first >= label.start:
            chain = False
            continue
        above = problem.distances.by_place[bisect_right(starts, first) - 1]
        chain = chain or (above.start < first and above.row is None and not taken[above])
        if chain:
            shifted.add(label)
    return shifted


def _is_counted(problem: Problem, solution: Solution) -> bool:
    """Whether a table of one column prints as many cells as rows, numbers and empty ones, and all are given."""
    used = {at for taken in solution.taken for at in taken}
    for label, taken in zip(problem.labels, solution.taken, strict=True):
        if label.row and (len(label.row.columns) != 1 or (not taken and not label.row.heading)):
            return False
    return all(at in used or token.kind != "number" for at, token in enumerate(problem.tokens))


def _counted_runs(problem: Problem, solution: Solution) -> dict[Label, int]:
    """The rows of one column that got a run of as many cells as there are rows before it, each in its turn."""
    found: dict[Label, int] = {}
    for at, (first, stop) in (problem.counted() if not problem.grid else {}).items():
        plain = [n for n in range(at, len(problem.labels)) if _is_plain(problem.labels[n])][: stop - first]
        if [solution.taken[n] for n in plain] == [(token,) for token in range(first, stop)]:
            found |= {problem.labels[n]: _run(problem, first) for n in plain}
    return found


def _is_plain(label: Label) -> bool:
    return label.row is not None and not label.row.heading


def _run(problem: Problem, at: int) -> int:
    return problem.segments[problem.segment_of[at]].run


def _is_own_line(problem: Problem, label: Label, taken: tuple[int, ...]) -> bool:
    """Whether numbers are all those of their line, so that none of them can be another row's.

    A number alone on a line may be anything, such as a page's, unless the line is its label's.
    """
    segment = problem.segments[problem.segment_of[taken[0]]]
    if (segment.first, segment.last) != (taken[0], taken[-1] + 1):
        return False
    return len(taken) > 1 or problem.distances.one(label, taken[0], taken[0]) <= INSIDE


def _is_confirmed(problem: Problem, label: Label, row: RowCells, taken: tuple[int, ...]) -> bool:
    """Whether in a scattered table numbers are plainly a row's: as many as it has columns, and obeying its sums.

    A line of its own may break its sum, which is the report's own affair. Where there is no sum, the number of a table
    of one column, or the numbers on several lines, stand right behind their label with no other ones.
    """
    at, where = taken[0], problem.distances.one(label, taken[0], taken[-1])
    alone = problem.run_end[at] == taken[-1] + 1 and (at == 0 or problem.run_end[at - 1] == at)
    if len(row.columns) == 1:
        return where <= INSIDE or (alone and where < BEFORE)
    if len(row.columns) not in (len(taken), sum(problem.tokens[at].kind != "blank" for at in taken)):
        return False
    if not problem.sums_of(row) and problem.segment(taken[0]).last <= taken[-1]:
        return alone and where < BEFORE  # on several lines: two rows may stand a column after the other
    values = [problem.values[at] for at in taken]
    broken = len(values) == len(row.columns) and None not in values and not problem.sums_hold(row, values)
    return not broken or _is_own_line(problem, label, taken)


def _torn_runs(problem: Problem, solution: Solution) -> set[int]:
    """The runs of numbers of which some are left over, in a table of one column all runs of several numbers.

    None of their numbers can be trusted to be where it seems.
    """
    used = {at for taken in solution.taken for at in taken}
    wide = max((len(label.row.columns) for label in problem.labels if label.row), default=1)
    left = Counter(
        _run(problem, at) for at, token in enumerate(problem.tokens) if token.kind == "number" and at not in used
    )
    if wide > 1:
        edges = {at for at in range(len(problem.tokens)) if _is_edge(problem, at)}
        at_edge = Counter(_run(problem, at) for at in edges - used if problem.tokens[at].kind == "number")
        rows = Counter(_run(problem, taken[0]) for taken in solution.taken if taken)
        telling = Counter(
            _run(problem, taken[0]) for taken in solution.taken if any(problem.values[at] for at in taken)
        )
        # One left at the end of a run is the number of a page, where the others are more than zeros.
        torn = {run for run, count in left.items() if count > 1 or not at_edge[run] or 2 * telling[run] < rows[run]}
        return torn | {run for run in _broken_runs(problem, solution) if rows[run] > 1}
    sizes = Counter(_run(problem, at) for at, token in enumerate(problem.tokens) if token.kind == "number")
    return {run for run, size in sizes.items() if size > 1}


def _broken_runs(problem: Problem, solution: Solution) -> set[int]:
    """The runs in which the numbers of a row, which are no line of their own, break its sum."""
    found: set[int] = set()
    for label, taken in zip(problem.labels, solution.taken, strict=True):
        values = [problem.values[at] for at in taken]
        if label.row is None or len(values) != len(label.row.columns) or len(values) < 2 or None in values:
            continue
        if not problem.sums_hold(label.row, values) and not _is_own_line(problem, label, taken):
            found.add(_run(problem, taken[0]))
    return found


def _is_edge(problem: Problem, at: int) -> bool:
    """Whether a token begins or ends its run."""
    last = len(problem.tokens) - 1
    before, behind = at == 0 or _run(problem, at - 1) != _run(problem, at), at == last
    return before or behind or _run(problem, at + 1) != _run(problem, at)


def _same_values(problem: Problem, others: set[tuple[int, ...]]) -> bool:
    return len({tuple(problem.values[at] for at in taken) for taken in others}) == 1
