#!/usr/bin/env python3
"""Score the extractor on a prose challenge file with the contract's scorer.

    python benchmarks/challenge.py [--file tests/data/challenge/dev.jsonl] [--errors]

The scorer is contract/score.py of the test data folder: $NIANBAO_REPORTS, else ../shared beside the checkout.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


def find_scorer() -> Path:
    """The contract's score.py. Raises SystemExit when the test data folder is missing."""
    folder = Path(os.environ.get("NIANBAO_REPORTS", ROOT.parent / "shared"))
    scorer = folder / "contract" / "score.py"
    if not scorer.is_file():
        raise SystemExit(f"no scorer at {scorer}: set NIANBAO_REPORTS to the folder that holds contract/score.py")
    return scorer


def read_challenge(path: Path) -> list[dict[str, Any]]:
    """The items of a challenge file, in order: id, text, tags, gold."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def write_gold(items: list[dict[str, Any]], folder: Path) -> None:
    """Write `texts.jsonl` (id, text) and one gold/ID.json an item, as the scorer reads them."""
    (folder / "gold").mkdir()
    with (folder / "texts.jsonl").open("w", encoding="utf-8") as out:
        for item in items:
            out.write(json.dumps({"id": item["id"], "text": item["text"]}, ensure_ascii=False) + "\n")
            gold = json.dumps({"doc": item["id"], **item["gold"]}, ensure_ascii=False)
            (folder / "gold" / f"{item['id']}.json").write_text(gold, encoding="utf-8")


def write_facts(folder: Path) -> None:
    """Run the shipped pipeline on texts.jsonl: `facts.jsonl` and `structure.jsonl`."""
    from nianbao.extractor import Extractor
    from nianbao.reading.source import Source

    extractor = Extractor()
    with (
        (folder / "facts.jsonl").open("w", encoding="utf-8") as facts,
        (folder / "structure.jsonl").open("w", encoding="utf-8") as structures,
    ):
        for item in read_challenge(folder / "texts.jsonl"):
            result = extractor.run(Source(item["id"], item["text"]))
            for fact in result.facts:
                facts.write(json.dumps(fact.to_dict(), ensure_ascii=False) + "\n")
            structures.write(json.dumps({"doc_id": item["id"], **result.structure}, ensure_ascii=False) + "\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--file", type=Path, default=ROOT / "tests/data/challenge/dev.jsonl")
    parser.add_argument("--errors", action="store_true", help="print every missed and every extra fact")
    args = parser.parse_args()
    scorer = find_scorer()
    with tempfile.TemporaryDirectory(prefix="nianbao-challenge-") as name:
        folder = Path(name)
        write_gold(read_challenge(args.file), folder)
        write_facts(folder)
        command = [
            sys.executable,
            str(scorer),
            str(folder / "gold"),
            str(folder / "facts.jsonl"),
            "--structure",
            str(folder / "structure.jsonl"),
            *(["--errors"] if args.errors else []),
        ]
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
