"""`nianbao check`: what an auditor would ask of reports, and whose error it seems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nianbao.cli.options import DEFAULT_MEGABYTES, MaxSize, Model, must_exist, must_spare, usage
from nianbao.cli.reader import LateExtractor, open_extractor
from nianbao.cli.terminal import polite, put, say
from nianbao.cli.view import Lang

if TYPE_CHECKING:
    from nianbao.audit import Report
    from nianbao.catalogue import Catalogue
    from nianbao.schema import Finding

_NAMED = 20
_FAULTS = {
    "en": {"report": "the report's error", "reading": "the reading is doubtful", "unknown": "not known whose error"},
    "zh": {"report": "报告有误", "reading": "读取存疑", "unknown": "未能判明谁误"},
}
_SEVERITIES = {
    "en": {"error": "error", "warning": "warning", "doubt": "doubt"},
    "zh": {"error": "错误", "warning": "提示", "doubt": "存疑"},
}
UNREAD = 3
"""Exit code where what was given could not be read in full."""


@dataclass(slots=True)
class _Given:
    """What is to be checked, and what of it could not be."""

    reports: list[Report] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)
    documents: int = 0


def check(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH", help="Outputs of extract, or reports themselves.", show_default=False),
    ],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="OUT", help="Also write the findings as rows: .jsonl, .csv, .parquet."),
    ] = None,
    page: Annotated[
        Path | None, typer.Option("--page", metavar="HTML", help="Also write the findings as a page.")
    ] = None,
    texts: Annotated[
        list[Path] | None,
        typer.Option("--text", metavar="PATH", help="The documents of extract's output, for checks of their texts."),
    ] = None,
    listed: Annotated[
        Path | None,
        typer.Option("--agencies", metavar="LIST", help="A .csv with agency and parent: whose numbers take in whose."),
    ] = None,
    baseline: Annotated[
        Path | None,
        typer.Option(
            "--baseline",
            metavar="FILE",
            help="Rows of an earlier check; what its column state confirms or dismisses is not shown again.",
        ),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 when there is a new error, with 3 when something is unread.")
    ] = False,
    lang: Annotated[Lang, typer.Option(help="The language of what is said.")] = Lang.en,
    model: Model = None,
    max_size: MaxSize = DEFAULT_MEGABYTES,
    debug: Annotated[bool, typer.Option("--debug", help="Show Python's traceback when something fails.")] = False,
) -> None:
    """Say what does not go together in reports: within one, over an agency's years, and over agencies.

    An error is what a form's arithmetic forbids, every cell being read for certain; a warning is against habit, a doubt
    worth a look. A draft is checked as it is: nianbao check DRAFT.docx.
    """
    with polite(debug):
        from nianbao.audit import Auditor
        from nianbao.audit.baseline import judge, states
        from nianbao.audit.listed import read_list
        from nianbao.audit.tree import Tree
        from nianbao.catalogue import Catalogue
        from nianbao.writing.checks import read_states, write_checks
        from nianbao.writing.plain import check_plain_target

        if output is not None:
            check_plain_target(output)
        must_exist([*paths, *(texts or ()), *(one for one in (listed, baseline) if one)])
        must_spare([*paths, *(texts or ()), *([listed] if listed else ())], output, page)
        catalogue = Catalogue.load() if model is None else _catalogue_of(model)
        auditor = Auditor(catalogue)
        try:
            known = states(read_states(baseline), auditor.rules) if baseline else {}
            tree = Tree({one.agency: one.parent for one in (read_list(listed) if listed else ()) if one.parent})
            given = _read(paths, texts or [], model, max_size)
        except (ValueError, OSError) as error:
            say(f"Error: {error}.")
            raise typer.Exit(2) from None
        findings = auditor.audit(given.reports, tree)
        new = judge(findings, known)
        if output is not None:
            write_checks(findings, output)
        if page is not None:
            from nianbao.review.findings import write_findings

            write_findings(findings, page, lang.value)
        said = auditor.rules.data["printed"][lang.value]
        lines = (*_lines(new, lang.value), _sum(new, len(findings), given, said), *_unchecked(given, said))
        put("".join(f"{line}\n" for line in lines))
        if strict and any(one.severity == "error" for one in new):
            raise typer.Exit(1)
        if strict and given.unread:
            raise typer.Exit(UNREAD)


def _catalogue_of(model: Path) -> Catalogue:
    """The knowledge that a pipeline checks with."""
    from nianbao.pipes.base import CataloguePipe

    nlp = open_extractor(model).nlp
    found = next((pipe.catalogue for _, pipe in reversed(nlp.pipeline) if isinstance(pipe, CataloguePipe)), None)
    if found is None:
        usage(f"the pipeline in {model} reads no reports")
    return found


def _read(paths: Sequence[Path], texts: list[Path], model: Path | None, max_size: float) -> _Given:
    from nianbao.audit.auditor import reports_of
    from nianbao.writing import holds_facts, read_documents, read_facts

    given = _Given()
    reports = [path for path in paths if not holds_facts(path)]
    for path in paths:
        if path in reports:
            continue
        rows, documents = list(read_facts(path)), list(read_documents(path) or ())
        given.reports += reports_of(rows, documents)
        given.documents += len({row["doc_id"] for row in rows})
        names = ((row["status"], row["doc_id"] or row["source"] or "?") for row in documents)
        given.unread += [(status, name) for status, name in names if status in ("empty", "failed")]
    if reports:
        _extract(given, reports, model, max_size)
    if texts:
        _add_texts(given, texts, max_size)
    return given


def _extract(given: _Given, paths: list[Path], model: Path | None, max_size: float) -> None:
    """Reads reports as they are."""
    from nianbao.audit import Report
    from nianbao.batch import process
    from nianbao.batch.document import of_result
    from nianbao.reading import ReadError, open_sources

    before = given.documents
    reader = LateExtractor(apart=True) if model is None else open_extractor(model, apart=True)
    for outcome in process(open_sources(paths, max_bytes=round(max_size * 1_000_000)), reader):
        if isinstance(outcome, ReadError):
            say(f"{outcome.level.capitalize()}: {outcome}")
            if outcome.level == "error":
                given.unread.append(("failed", outcome.doc_id or str(outcome.path or "?")))
            continue
        row = of_result(outcome, "").to_dict()
        given.documents += 1
        if row["status"] in ("empty", "no_report"):
            given.unread.append((row["status"], row["doc_id"]))
        if row["is_report"]:
            headings = outcome.structure["headings"]
            text = outcome.source.text
            apart = outcome.apart
            given.reports.append(Report(row["doc_id"], outcome.facts, row, text, headings, outcome.forms, apart))
    if given.documents == before:
        raise ValueError(f"{', '.join(map(str, paths))} holds neither facts nor a document that can be read")


def _add_texts(given: _Given, paths: list[Path], max_size: float) -> None:
    """Gives reports known by their facts the texts that these stand in."""
    from nianbao.reading import ReadError, open_sources

    waiting = {report.doc_id: report for report in given.reports}
    for item in open_sources(paths, max_bytes=round(max_size * 1_000_000)):
        if isinstance(item, ReadError):
            say(f"{item.level.capitalize()}: {item}")
        elif (report := waiting.get(item.id)) is not None:
            report.text = item.text


def _lines(new: Sequence[Finding], lang: str) -> Iterator[str]:
    """A block a document."""
    severities, faults = _SEVERITIES[lang], _FAULTS[lang]
    for document, group in groupby(new, key=lambda one: one.doc_id):
        yield document
        for one in group:
            message = one.message_zh if lang == "zh" else one.message_en
            yield f"  {severities[one.severity]}: {one.check}: {message}"
            for quote, places in ((one.left_quote, one.left_at), (one.right_quote, one.right_at)):
                if quote or places:
                    yield f"    {quote} [{', '.join(_place(place, document) for place in places)}]"
            yield f"    {faults[one.fault]} ({one.sure:.0%})"


def _sum(new: Sequence[Finding], found: int, given: _Given, said: Mapping[str, str]) -> str:
    """The sum of all, in the words of configs/audit.yaml."""
    counts: Counter[str] = Counter(one.severity for one in new)
    numbers = {
        "new": len(new), "failing": len({one.doc_id for one in new}), "documents": given.documents,
        "known": found - len(new), **{severity: counts[severity] for severity in _SEVERITIES["en"]},
    }  # fmt: skip
    told = {name: f"{number:,}" for name, number in numbers.items()}
    return said["sum"].format(**told) + (said["known"].format(**told) if found > len(new) else "")


def _place(place: str, document: str) -> str:
    """A place within the document that the block is about needs no name."""
    return place.removeprefix(f"{document}:")


def _unchecked(given: _Given, said: Mapping[str, str]) -> Iterator[str]:
    """What could not be checked, since nothing was read of it."""
    for status in ("empty", "failed", "no_report"):
        if names := [name for one, name in given.unread if one == status]:
            yield said["unchecked"].format(count=f"{len(names):,}", what=said[status], names=_listed(names, said))


def _listed(names: Iterable[Any], said: Mapping[str, str]) -> str:
    every = list(names)
    rest = said["more"].format(count=f"{len(every) - _NAMED:,}") if len(every) > _NAMED else ""
    return ", ".join(every[:_NAMED]) + rest
