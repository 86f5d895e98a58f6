"""`nianbao score`: an output of extract against gold files."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from nianbao.cli.options import Debug, usage
from nianbao.cli.terminal import polite, put


def score(
    gold: Annotated[
        Path, typer.Argument(metavar="GOLD", help="A folder of gold files, NAME.json.", show_default=False)
    ],
    facts: Annotated[Path, typer.Argument(metavar="FACTS", help="An output of extract.", show_default=False)],
    structure: Annotated[
        Path | None,
        typer.Option("--structure", metavar="FILE", help="An output of structure: headings, years, agencies too."),
    ] = None,
    metrics: Annotated[
        Path | None,
        typer.Option("--metrics", metavar="FILE", help="Judge only the ids in this table's first column."),
    ] = None,
    only: Annotated[
        str, typer.Option("--only", metavar="WORDS", help="Documents with one of these in their name.")
    ] = "",
    skip: Annotated[str, typer.Option("--skip", metavar="WORDS", help="Leave out documents with one of these.")] = "",
    errors: Annotated[bool, typer.Option("--errors", help="List what was missed and what is extra.")] = False,
    debug: Debug = False,
) -> None:
    """Say how much of gold was found: precision, recall and F1 of tables, prose, blank cells and headings.

    A fact is right when metric, applicant, year, value and whole-or-part agree. Open facts and ambiguous ones count
    for nothing, facts of a part only where gold lists them.
    """
    with polite(debug):
        from nianbao.training.scoring import GROUPS, Tally, f1
        from nianbao.writing import read_facts

        if not gold.is_dir():
            usage(f"{gold} is no folder of gold files")
        try:
            found = _by_document(read_facts(facts))
            read = {row["doc_id"]: row for row in _lines(structure)} if structure is not None else None
            known = None if metrics is None else frozenset(_ids(metrics))
        except (ValueError, OSError) as error:
            usage(str(error))
        tally = Tally(known=known, errors=[] if errors else None)
        identity: Counter[str] = Counter()
        for path in sorted(gold.glob("*.json")):
            if not _wanted(path.stem, only, skip):
                continue
            known_gold = json.loads(path.read_text("utf-8"))
            own = read.get(path.stem, {}) if read is not None else None
            headings = None if own is None else own.get("headings", ())
            tally.add({**known_gold, "doc": path.stem}, found.get(path.stem, ()), headings)
            if own is not None:
                _count_identity(known_gold, own, identity)
        for line in tally.errors or ():
            put(line + "\n")
        for group in (*GROUPS, *(("heading",) if read is not None else ())):
            counts = [tally.counts[group, what] for what in ("right", "extra", "missed")]
            p, r, f = f1(*counts)
            right, extra, missed = counts
            put(f"{group:8} P {p:.4f} R {r:.4f} F1 {f:.4f}  (right {right}, extra {extra}, missed {missed})\n")
        put(
            f"wrong values {tally.wrong} of {tally.linked} linked; non-reports with linked facts {tally.false_alarms}\n"
        )
        if read is not None:
            pairs = (f"{what} {identity[what]} of {identity[of]}" for what, of in _IDENTITY.items())
            put(f"right: {', '.join(pairs)}\n")


_IDENTITY = {"is_report": "documents", "report_year": "reports", "agency": "agencies"}


def _count_identity(gold: Mapping[str, Any], found: Mapping[str, Any], counts: Counter[str]) -> None:
    counts["documents"] += 1
    counts["is_report"] += found.get("is_report") == gold.get("is_report", True)
    if not gold.get("is_report", True):
        return
    counts["reports"] += 1
    counts["report_year"] += found.get("report_year") == gold.get("report_year")
    if gold.get("agency"):
        counts["agencies"] += 1
        counts["agency"] += "".join((found.get("agency") or "").split()) == "".join(gold["agency"].split())


def _by_document(rows: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row["doc_id"]].append(row)
    return found


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in path.read_text("utf-8").split("\n") if line.strip())


def _ids(path: Path) -> Iterator[str]:
    return (line.split("\t")[0] for line in path.read_text("utf-8").splitlines()[1:] if line.strip())


def _wanted(name: str, only: str, skip: str) -> bool:
    return (not only or any(word in name for word in only.split(","))) and not (
        skip and any(word in name for word in skip.split(","))
    )
