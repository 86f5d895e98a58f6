#!/usr/bin/env python3
"""The site of a simulated country: how long it takes, from facts to pages, and how large its largest page is.

    python benchmarks/site.py [--agencies 3000]

Agencies × 10 years, as benchmarks/panel.py has them. Aims: two minutes, no page over 500 kB.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

from nianbao.catalogue import Catalogue
from nianbao.panel import build
from nianbao.review.site import build_site
from nianbao.simulate.country import write_country

MOST_SECONDS, MOST_BYTES = 120, 500_000


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--agencies", type=int, default=3000)
    agencies = parser.parse_args().agencies
    with tempfile.TemporaryDirectory() as folder:
        facts = Path(folder) / "facts.parquet"
        planted = write_country(facts, agencies)
        print(f"country        {planted.documents:,} documents, {planted.facts:,} facts")
        start, cpu = time.perf_counter(), time.process_time()
        catalogue = Catalogue.load()
        with build([facts], catalogue=catalogue) as panel:
            between, cpu_between = time.perf_counter() - start, time.process_time() - cpu
            built = build_site(panel, Path(folder) / "site", catalogue)
        long, cpu = time.perf_counter() - start, time.process_time() - cpu
        sizes = {path: path.stat().st_size for path in (Path(folder) / "site").rglob("*.html")}
        large = [path.name for path, size in sizes.items() if size > MOST_BYTES]
        print(f"panel          {between:6.1f} s (of the processors {cpu_between:.1f} s)")
        print(f"site, in all   {long:6.1f} s (aim {MOST_SECONDS}; of the processors {cpu:.1f} s)")
        print(f"pages          {built.pages:,}; the largest {built.largest / 1000:,.0f} kB; over the aim: {len(large)}")
    print(f"peak memory    {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:6.0f} MB")


if __name__ == "__main__":
    main()
