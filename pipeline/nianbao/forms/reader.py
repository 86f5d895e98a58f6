"""Tables out of a text: regions, rows, cells, with what each cell means and how sure that is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from nianbao.catalogue.forms import Table
from nianbao.catalogue.identities import Identity
from nianbao.forms.align import Instance, align_rows
from nianbao.forms.collect import collect_rows, table_end
from nianbao.forms.compact import Compact
from nianbao.forms.emit import emit_cells
from nianbao.forms.gaps import place_traces, traces, usual_gap
from nianbao.forms.glued import lacks_digits, place_glued
from nianbao.forms.headless import collect_headless, headless_instances
from nianbao.forms.knowledge import FormKnowledge
from nianbao.forms.leftover import stray_behind
from nianbao.forms.lexicon import Lexicon
from nianbao.forms.model import Region, RowCells, TableReading
from nianbao.forms.numbering import settle_numbers
from nianbao.forms.place import (
    is_loose,
    place_blank_lines,
    place_empty_rows,
    place_exact,
    place_explicit,
    settle_order,
)
from nianbao.forms.regions import find_pieces, numbers_behind
from nianbao.forms.repair import fill_heads, fill_missing
from nianbao.forms.said import Said
from nianbao.forms.sentences import is_sentence
from nianbao.forms.separators import with_tabs
from nianbao.forms.sparse import place_sparse
from nianbao.forms.tokens import Mode
from nianbao.forms.touched import place_touched

_YEAR = re.compile(r"(?<!\d)(20\d\d) ?年")
_BREAK_IN_CELL = re.compile(r"<br ?/?>")
_BEGINNING = 600  # characters
_PRINTED_FORM = 6  # rows of a form without a number: a table all the same


class TableReader:
    """Reads the statutory tables of documents; what it knows of them is handed in."""

    def __init__(self, knowledge: FormKnowledge) -> None:
        self.knowledge = knowledge

    def regions(self, norm: str, grids: Sequence[Any] = ()) -> list[Region]:
        """Where the tables of the forms stand in a normalised text, in order."""
        return self.read(norm, norm, grids).regions

    def read(self, text: str, norm: str, grids: Sequence[Any] = (), report_year: int | None = None) -> TableReading:
        """Reads every statutory table of a document.

        Args:
            text: the document's text; `norm`: its normalised view, of the same length. All offsets are into both.
            grids: true grids where the format has them.
            report_year: decides between forms that print the same cells.
        """
        knowledge = self.knowledge
        told, norm = norm, _BREAK_IN_CELL.sub(_blanks, with_tabs(norm, knowledge.wording))
        compact = Compact(norm, knowledge.wording)
        instances = _instances(norm, compact, knowledge.lexicon)
        year = report_year or _year(norm)
        for instance in instances:
            instance.form = _form_of_year(instance.table, year, knowledge.forms.years)
        printed = [
            (instance, *_collect(text, norm, compact, instances, index, grids, knowledge.identities))
            for index, instance in enumerate(instances)
        ]
        said = _place_cells(norm, instances, printed)
        traceless = any(lacks_digits(norm, rows, mode) for _, rows, mode in printed)
        regions: list[Region] = []
        cells: list[dict[str, Any]] = []
        ceilings = [*(instance.start for instance in instances[1:]), len(norm)]
        for (instance, rows, mode), ceiling in zip(printed, ceilings, strict=False):
            place_glued(norm, instance.table, rows, mode, said, knowledge.identities, traceless)
            place_touched(norm, instance.table, rows, said, knowledge.identities)
            headed = sum(head.column is not None for head in instance.heads) > 1
            loose = is_loose(norm, instance, rows) or stray_behind(norm, rows, instance.end, ceiling, knowledge.wording)
            if not loose:
                place_sparse(norm, instance.table, rows, mode, knowledge.identities)
            place_empty_rows(norm, rows, headed, mode, loose)
            read = emit_cells(text, norm, compact, instance, rows, ceiling, report_year, knowledge)
            if read or len(instance.rows) >= _PRINTED_FORM:
                stop = max([instance.end, *(cell["end"] for cell in read)])
                if is_sentence(told, instance.start, stop):
                    continue
                form = read[0]["form"] if read else instance.form or instance.table.form
                regions.append(Region(instance.start, stop, form, instance.table.name))
                cells += read
        return TableReading(regions, cells)


def _blanks(match: re.Match[str]) -> str:
    return " " * len(match.group())


def _year(norm: str) -> int | None:
    """The year that the beginning of a text speaks of most."""
    years = _YEAR.findall(norm, 0, _BEGINNING)
    return int(max(years, key=years.count)) if years else None


def _form_of_year(table: Table, year: int | None, years: dict[str, tuple[int, int]]) -> str | None:
    return next((form for form in table.forms if year and years[form][0] <= year <= years[form][1]), None)


def _place_cells(norm: str, instances: list[Instance], printed: list[tuple[Instance, list[RowCells], Mode]]) -> Said:
    """Fills the cells that the layout tells apart."""
    for instance, rows, _ in printed:
        place_exact(norm, rows)
        settle_order(norm, instance, rows)
    plain = [(instance, rows) for instance, rows, mode in printed if mode == "plain"]
    heads = [(head.start, head.end) for instance, _ in plain for head in instance.heads]
    gap = usual_gap(norm, [row for _, rows in plain for row in rows], heads)
    traced = any(traces(norm, rows, gap)[0] for _, rows in plain)
    for instance, rows, mode in printed:
        if mode == "plain":
            place_blank_lines(norm, rows)
            place_traces(norm, instance.table, rows, gap, traced)
        else:
            place_explicit(norm, instance, rows, mode)
    return Said(norm, instances)


def _instances(norm: str, compact: Compact, lexicon: Lexicon) -> list[Instance]:
    found: list[Instance] = []
    for piece in find_pieces(norm, compact, lexicon):
        headless = any(table.headless for table in lexicon.families[piece.family])
        read = headless_instances if headless else align_rows
        found += read(norm, compact, piece, lexicon)
    return found


def _collect(
    text: str,
    norm: str,
    compact: Compact,
    instances: list[Instance],
    index: int,
    grids: Sequence[Any],
    identities: tuple[Identity, ...],
) -> tuple[list[RowCells], Mode]:
    """The rows of one printed table, those with damaged labels too."""
    instance = instances[index]
    ceiling = instances[index + 1].start if index + 1 < len(instances) else len(norm)
    end = table_end(norm, compact, instance, ceiling)
    if instance.table.headless:
        last = max(head.last for head in instance.heads)
        end = max(end, numbers_behind(norm, compact, instance.table, last))
        headless = collect_headless(text, norm, instance, end, grids, compact.wording)
        return headless or collect_rows(text, norm, compact, instance, end, grids, ceiling, identities)
    floor = instances[index - 1].end if index else 0
    fill_missing(norm, compact, instance, floor, min(ceiling, end + 60))
    fill_heads(norm, compact, instance)
    settle_numbers(norm, compact, instance)
    end = table_end(norm, compact, instance, ceiling)
    return collect_rows(text, norm, compact, instance, end, grids, ceiling, identities)
