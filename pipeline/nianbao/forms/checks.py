"""Facts against the identities: what fails, by how much, and whether the report or the reading is to blame."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nianbao.catalogue.forms import Forms
from nianbao.catalogue.identities import Identity, expand, expand_side
from nianbao.schema import APPLICANTS

# Above this the cells of a failed sum are taken as read right: the report itself is at odds.
CERTAIN = 0.96
_PARTS = tuple(applicant for applicant in APPLICANTS if applicant != "total")
Fact = Mapping[str, Any]
_Columns = Mapping[str, set[str]]
_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Failure:
    """One check that fails. `facts` are indices into the list that was checked, `offsets` their (start, end).

    `verdict`: "report" where every cell is certain, else "reading". `kind`: error or warning. `split`: how many of
    `facts` make the left side, the rest the right. `holds`: it does not fail after all (`FactChecker.compare`).
    `blanks`: empty cells of a table that prints no zero took part as nothing.
    """

    document: str
    check: str
    kind: str
    left: float
    right: float
    verdict: str
    facts: tuple[int, ...]
    offsets: tuple[tuple[int, int], ...]
    split: int
    holds: bool = False
    blanks: bool = False


class _Table:
    """The numbers of one printed table, or of a document's prose, by metric and applicant; which cells are blank."""

    def __init__(self, prose: bool = False) -> None:
        self.prose = prose
        self.cells: dict[tuple[str, str], int] = {}
        self.unsure: set[tuple[str, str]] = set()
        self.blank: set[tuple[str, str]] = set()

    def columns(self) -> tuple[_Columns, _Columns, _Columns]:
        """The metrics of `cells`, `unsure` and `blank`, by applicant: of a table to which nothing is added any more."""
        return _columns(self.cells), _columns(self.unsure), _columns(self.blank)


def _columns(cells: Iterable[tuple[str, str]]) -> _Columns:
    found: dict[str, set[str]] = defaultdict(set)
    for metric, applicant in cells:
        found[applicant].add(metric)
    return dict(found)


class FactChecker:
    """Checks facts against the identities that were handed in.

    With `blanks`, the empty cells of a table that prints no zero at all count as nothing in its sums; else they, and
    those of every other table, leave their sums unjudged: a blank is not a zero.
    """

    def __init__(self, forms: Forms, identities: Sequence[Identity], *, blanks: bool = False) -> None:
        self._blanks = blanks
        self.identities = tuple(identities)
        # Prose names the rows below a whole as it likes: what is missing there is no zero.
        self._partial = {
            one.name for one in identities if any(term.endswith(".*") for term in (*one.left, *one.right))
        }  # fmt: skip
        self._years = forms.years
        self._metrics = {name: forms.metrics(name) for name in forms.years}
        self._by_applicant = {
            name: metrics & {m for table in forms.tables if table.by_applicant for m in table.metrics(name)}
            for name, metrics in self._metrics.items()
        }

    def check(self, facts: Sequence[Fact], forms: Sequence[str | None] = ()) -> list[Failure]:
        """Every identity within a document that fails on these facts, in the order of documents, then of identities.

        Args:
            facts: rows with the contract's columns, of one document or many.
            forms: for each fact the form of the table that it was read from, where that is known.
        """
        return [one for one in self.compare(facts, forms) if not one.holds]

    def compare(self, facts: Sequence[Fact], forms: Sequence[str | None] = ()) -> list[Failure]:
        """As `check`, with the identities that hold among the others."""
        by_document: dict[str, list[int]] = defaultdict(list)
        for index, fact in enumerate(facts):
            if fact["metric"] is not None and fact["scope"] is None:
                by_document[fact["doc_id"] or ""].append(index)
        failures: list[Failure] = []
        for indices in by_document.values():
            tables = [
                (table, self._form_of(table, facts, forms), self._columns(table, facts))
                for table in _tables(facts, indices)
            ]
            for identity in self.identities:
                if identity.same:
                    failures += _said_twice(facts, indices, identity)
                elif not identity.last:
                    partial = identity.name in self._partial
                    for table, form, columns in tables:
                        if (not identity.forms or form in identity.forms) and not (partial and table.prose):
                            failures += _check_table(facts, table, columns, identity)
        return failures

    def _columns(self, table: _Table, facts: Sequence[Fact]) -> tuple[_Columns, _Columns, _Columns]:
        """The columns of a finished table; its empty cells are forgotten where they are not to count as nothing."""
        if not self._blanks or any(facts[index]["value"] == 0 for index in table.cells.values()):
            table.blank.clear()
        return table.columns()

    def _form_of(self, table: _Table, facts: Sequence[Fact], forms: Sequence[str | None]) -> str:
        """The form that the cells say; else, of those of the year, the one that names most of their metrics."""
        said = [form for index in table.cells.values() if forms and (form := forms[index])]
        if said:
            return max(sorted(set(said)), key=said.count)
        cells = (*table.cells, *table.unsure)
        metrics = {metric for metric, _ in cells}
        names = self._by_applicant if any(column != "total" for _, column in cells) else self._metrics
        years = {facts[index]["report_year"] for index in table.cells.values()} - {None}
        used = [form for form in names if any(self._years[form][0] <= year <= self._years[form][1] for year in years)]
        return max(used or names, key=lambda form: len(metrics & names[form]))


def _tables(facts: Sequence[Fact], indices: list[int]) -> list[_Table]:
    """Table facts of one year in printed order; a cell that comes again opens the next table. Prose is one more."""
    open_tables: dict[tuple[Any, str], _Table] = {}
    tables: list[_Table] = []
    for index in sorted(indices, key=lambda i: facts[i]["start"]):
        fact = facts[index]
        cell = (fact["metric"], fact["applicant"] or "total")
        group = (fact["year"], fact["basis"])
        table = open_tables.get(group)
        again = table is not None and (cell in table.cells or cell in table.unsure)
        if again and table is not None and fact["basis"] == "prose":
            table.cells.pop(cell, None)
            table.unsure.add(cell)
            continue
        if table is None or again:
            table = open_tables[group] = _Table(fact["basis"] == "prose")
            tables.append(table)
        if fact["value"] is None or fact["qualifier"] != "exact":
            table.unsure.add(cell)
            if fact["status"] == "blank":
                table.blank.add(cell)
        else:
            table.cells[cell] = index
    return tables


def _check_table(
    facts: Sequence[Fact], table: _Table, columns: tuple[_Columns, _Columns, _Columns], identity: Identity
) -> Iterator[Failure]:
    cells, unsures, blanks = columns
    if identity.applicants:
        yield from _applicants(facts, table, cells.get("total", _NONE), identity)
        return
    for applicant in APPLICANTS if identity.per_applicant else ("total",):
        if not (given := cells.get(applicant)):
            continue
        blank = blanks.get(applicant, _NONE)
        given = given | blank
        right = expand_side(identity.right, given)
        if not right:
            continue
        left = expand_side(identity.left, given)
        unsure = unsures.get(applicant, _NONE) - blank
        if identity.at_most and left is None:
            left = [found for term in identity.left if (found := expand(term, given))]
        if not left or any(expand(term, unsure) for term in (*identity.left, *identity.right)):
            continue
        sides = [[(metric, applicant) for part in side for metric in part] for side in (left, right)]
        yield from _compare(facts, identity, table, sides)


def _applicants(
    facts: Sequence[Fact], table: _Table, metrics: Collection[str], identity: Identity
) -> Iterator[Failure]:
    for metric in sorted(metrics):
        parts = [(metric, applicant) for applicant in _PARTS]
        if metric.startswith(identity.applicants) and all(one in table.cells or one in table.blank for one in parts):
            yield from _compare(facts, identity, table, [parts, [(metric, "total")]])


def _compare(
    facts: Sequence[Fact], identity: Identity, table: _Table, cells: Sequence[Sequence[tuple[str, str]]]
) -> Iterator[Failure]:
    sides = [[table.cells[one] for one in side if one in table.cells] for side in cells]
    if not all(sides):
        return
    sums = [sum(facts[i]["value"] for i in side) for side in sides]
    excess = sums[0] - sums[1] if identity.at_most else abs(sums[0] - sums[1])
    holds = excess <= identity.tolerance + 1e-6
    blanks = any(one in table.blank for side in cells for one in side)
    yield _failure(facts, identity, sums[0], sums[1], [*sides[0], *sides[1]], len(sides[0]), holds, blanks)


def _failure(
    facts: Sequence[Fact],
    identity: Identity,
    left: float,
    right: float,
    indices: list[int],
    split: int,
    holds: bool = False,
    blanks: bool = False,
) -> Failure:
    certain = all(facts[i]["confidence"] >= CERTAIN for i in indices)
    return Failure(
        document=facts[indices[-1]]["doc_id"] or "",
        check=identity.name,
        kind="error" if identity.error else "warning",
        left=left,
        right=right,
        verdict="report" if certain else "reading",
        facts=tuple(indices),
        offsets=tuple((facts[i]["start"], facts[i]["end"]) for i in indices),
        split=split,
        holds=holds,
        blanks=blanks,
    )


def _said_twice(facts: Sequence[Fact], indices: list[int], identity: Identity) -> Iterator[Failure]:
    """Exact numbers for one metric, applicant and year: each against the first."""
    said: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for index in indices:
        fact = facts[index]
        if fact["value"] is not None and fact["qualifier"] == "exact":
            said[fact["metric"], fact["applicant"], fact["year"]].append(index)
    for same in said.values():
        for other in same[1:]:
            first = same[0]
            values = facts[first]["value"], facts[other]["value"]
            yield _failure(facts, identity, *values, [first, other], 1, holds=values[0] == values[1])
