"""`nianbao check`: the arithmetic that fails, document by document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nianbao.cli.options import Model, usage
from nianbao.cli.reader import open_extractor
from nianbao.cli.terminal import polite, put, say

if TYPE_CHECKING:
    from nianbao.catalogue import Catalogue
    from nianbao.catalogue.identities import Identity
    from nianbao.forms.checks import Failure

_NAMED = 20
_VERDICTS = {"report": "the report contradicts itself", "reading": "the reading is doubtful"}


def check(
    facts: Annotated[Path, typer.Argument(metavar="FACTS", help="An output of extract.", show_default=False)],
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="OUT", help="Also write the failed checks as rows: .jsonl, .csv or .parquet."
        ),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 when a check fails, warnings left aside.")
    ] = False,
    model: Model = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show Python's traceback when something fails.")] = False,
) -> None:
    """Say which sums of reports fail, within a document and from one year to the next.

    Where all its cells are read for certain, the report contradicts itself; else the reading is doubtful.
    """
    with polite(debug):
        from nianbao.catalogue import Catalogue
        from nianbao.forms.checks import FactChecker
        from nianbao.writing import read_documents, read_facts
        from nianbao.writing.checks import check_checks_target, write_checks

        if output is not None:
            check_checks_target(output)
        try:
            rows = list(read_facts(facts))
            unchecked = list(_unchecked(read_documents(facts) or ()))
        except (ValueError, OSError) as error:
            say(f"Error: {error}.")
            raise typer.Exit(2) from None
        catalogue = Catalogue.load() if model is None else _catalogue_of(model)
        failures = FactChecker(catalogue.forms, catalogue.identities).check(rows)
        if output is not None:
            write_checks(_rows(failures, rows), output)
        put("".join(f"{line}\n" for line in (*_lines(failures, rows, catalogue.identities), *unchecked)))
        if strict and any(failure.kind == "error" for failure in failures):
            raise typer.Exit(1)


def _catalogue_of(model: Path) -> Catalogue:
    """The knowledge that a pipeline checks with."""
    from nianbao.pipes.base import CataloguePipe

    nlp = open_extractor(model).nlp
    found = next((pipe.catalogue for _, pipe in reversed(nlp.pipeline) if isinstance(pipe, CataloguePipe)), None)
    if found is None:
        usage(f"the pipeline in {model} reads no reports")
    return found


def _rows(failures: Sequence[Failure], facts: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for one in failures:
        places = [f"{facts[i]['doc_id']}:{facts[i]['start']}-{facts[i]['end']}" for i in one.facts]
        yield {
            "document": one.document,
            "check": one.check,
            "kind": one.kind,
            "left": one.left,
            "right": one.right,
            "verdict": one.verdict,
            "offsets": places,
        }


def _lines(
    failures: Sequence[Failure], facts: Sequence[dict[str, Any]], identities: Sequence[Identity]
) -> Iterator[str]:
    """What is printed: a block a document, then the sum of all."""
    formulas = {identity.name: identity for identity in identities}
    # Sorting keeps the order of the identities within a document.
    by_document = sorted(failures, key=lambda failure: failure.document)
    for document, group in groupby(by_document, key=lambda failure: failure.document):
        yield document
        for one in group:
            identity = formulas[one.check]
            sign = ">" if identity.at_most else "≠"
            yield f"  {one.kind}: {one.check} ({identity.formula}): {one.left:,.10g} {sign} {one.right:,.10g}"
            yield f"    {_VERDICTS[one.verdict]}: {_cells(one, facts)}"
    documents = len({row["doc_id"] for row in facts})
    failing = len({failure.document for failure in failures})
    own = sum(failure.verdict == "report" for failure in failures)
    yield (
        f"{len(failures):,} failed checks in {failing:,} of {documents:,} documents: {own:,} of reports at odds with "
        f"themselves, {len(failures) - own:,} of doubtful readings"
    )


def _unchecked(documents: Iterable[dict[str, Any]]) -> Iterator[str]:
    """What could not be checked, since nothing was read of it."""
    words = {"empty": "reports without a fact", "failed": "documents that could not be read"}
    names: dict[str, list[str]] = {status: [] for status in words}
    for row in documents:
        if row["status"] in names:
            names[row["status"]].append(row["doc_id"] or row["source"] or "?")
    for status, found in names.items():
        if found:
            rest = f" ... and {len(found) - _NAMED:,} more" if len(found) > _NAMED else ""
            yield f"Not checked: {len(found):,} {words[status]}: {', '.join(found[:_NAMED])}{rest}"


def _cells(failure: Failure, facts: Sequence[dict[str, Any]]) -> str:
    """The numbers that take part, those of other documents with their document."""
    words = []
    for index in failure.facts:
        fact = facts[index]
        name = ".".join(part for part in (fact["metric"], fact["applicant"]) if part)
        where = "" if fact["doc_id"] == failure.document else f"{fact['doc_id']}:"
        words.append(f"{name} {fact['value']:,.10g} at {where}{fact['start']}-{fact['end']}")
    return ", ".join(words)
