#!/usr/bin/env python3
"""The panel of a simulated country: how long it takes to build, and what is found of what is planted.

    python benchmarks/panel.py [--agencies 3000]

Agencies × 10 years in the forms of 2014, 2019 and 2021, as facts. Planted: copies of reports on other sites (whole, in
part, without the agency's name or with half of it, without the year), later versions, contradictions (prose against
table, table against table, a number told anew a year later, a version against the one before), and reports without a
number, which are alike and yet no copies.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

from nianbao.catalogue import Catalogue
from nianbao.panel import Panel, build
from nianbao.panel.write import widen, write_table
from nianbao.simulate.country import YEARS, Planted, write_country

COMPARABLE = ("requests.received", "reviews.total", "requests.concluded", "litigation.total")
"""Metrics whose series the registry says may be compared across the three forms."""


def shares(found: set[object], true: set[object]) -> str:
    """Recall and precision, and what they are shares of."""
    both = len(found & true)
    return f"found {both:7,} of {len(true):7,}   wrongly {len(found - true):5,}"


def judge(built: Panel, planted: Planted, agencies: int) -> None:
    """Prints what was found."""
    rows = built.connection.execute("SELECT doc_id, role, copy_of FROM documents").fetchall()
    copies: set[object] = {(doc, of) for doc, role, of in rows if role == "copy"}
    older: set[object] = {doc for doc, role, _ in rows if role == "older"}
    unplaced: set[object] = {doc for doc, role, _ in rows if role == "unplaced"}
    print(f"copies                         {shares(copies, set(planted.copies.items()))}")
    print(f"older versions                 {shares(older, set(planted.older))}")
    print(f"documents without a place      {shares(unplaced, set(planted.nobody))}")
    cells: set[object] = set(
        built.connection.execute(
            "SELECT agency, year, metric, applicant FROM panel WHERE len(contradictions) > 0"
        ).fetchall()
    )
    print(f"contradictions                 {shares(cells, set(planted.contradicted))}")
    for metric in COMPARABLE:
        [(whole,)] = built.connection.execute(
            "SELECT count(*) FROM (SELECT agency_id FROM panel WHERE metric = ? AND coalesce(applicant, 'total') = "
            "'total' AND series IS NOT NULL GROUP BY agency_id HAVING count(DISTINCT year) = ? "
            "AND count(DISTINCT series) = 1)",
            [metric, len(YEARS)],
        ).fetchall()
        print(f"whole series of {metric:19} {whole:6,} of {agencies:6,} agencies")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--agencies", type=int, default=3000)
    agencies = parser.parse_args().agencies
    with tempfile.TemporaryDirectory() as folder:
        facts = Path(folder) / "facts.parquet"
        planted = write_country(facts, agencies)
        print(f"country                        {planted.documents:,} documents, {planted.facts:,} facts")
        start, cpu = time.perf_counter(), time.process_time()
        with build([facts]) as built:
            write_table(built.connection, "panel", Path(folder) / "panel.parquet")
            long, cpu = time.perf_counter() - start, time.process_time() - cpu
            widen(built.connection, Catalogue.load().metrics)
            write_table(built.connection, "wide", Path(folder) / "wide.parquet")
            wide = time.perf_counter() - start - long
            print(f"panel, from facts to file      {long:6.1f} s (aim 60; of the processors {cpu:.1f} s)")
            print(f"--wide, besides                {wide:6.1f} s")
            print(f"rows                           {built.rows:,}")
            judge(built, planted, agencies)
    print(f"peak memory                    {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:6.0f} MB")


if __name__ == "__main__":
    main()
