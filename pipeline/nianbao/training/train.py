"""Training by the committed configuration: `python -m nianbao.training.train --out build/tagger`."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from nianbao import __version__
from nianbao.paths import data_dir


def train_tagger(out: Path, overrides: dict[str, Any] | None = None) -> Path:
    """Trains the taggers of lines and mentions by configs/train.cfg and puts the best pipeline into `out`.

    Args:
        out: a folder, replaced when training is done.
        overrides: settings of the configuration by their dotted names, as `spacy train` takes them.

    Returns:
        `out`.
    """
    from spacy.cli.train import train

    with tempfile.TemporaryDirectory(prefix="nianbao-train-") as scratch:
        train(data_dir("configs") / "train.cfg", scratch, overrides=overrides or {})
        best = Path(scratch) / "model-best"
        if out.exists():
            shutil.rmtree(out)
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(best, out)
    _sign(out / "meta.json")
    return out


def assemble(models: Path) -> Path:
    """Puts the whole pipeline, with number linker and decision of `models`, into `models`/pipeline, for `spacy.load`.

    Returns:
        The folder; it is replaced when the pipeline is written.

    Raises:
        FileNotFoundError: there is no number linker or no decision in `models`.
    """
    from nianbao.extractor import load
    from nianbao.prose.decision.model import DecisionModel

    nlp = load()
    network: Any = nlp.get_pipe("nianbao_number_linker")
    network.from_disk(models / "number_linker")
    linker: Any = nlp.get_pipe("nianbao_linker")
    linker.model = DecisionModel.load(models / "decision")
    linker.use(linker.catalogue)
    out = models / "pipeline"
    with tempfile.TemporaryDirectory(prefix=".pipeline-", dir=models) as scratch:
        nlp.to_disk(Path(scratch) / "whole")
        if out.exists():
            shutil.rmtree(out)
        (Path(scratch) / "whole").rename(out)
    return out


def _sign(path: Path) -> None:
    """Says in a pipeline's meta.json what it is; spaCy leaves that empty."""
    meta = json.loads(path.read_text("utf-8"))
    meta |= {
        "name": "nianbao_tagger",
        "version": __version__,
        "description": "Kinds of lines and mentions in Chinese government information-disclosure annual reports",
        "license": "Apache-2.0",
        "sources": [{"name": "nianbao's simulated reports", "license": "Apache-2.0"}],
    }
    path.write_text(json.dumps(meta, ensure_ascii=False, indent=2) + "\n", "utf-8")


def small(reports: int, steps: int) -> dict[str, Any]:
    """Overrides for a run on so many simulated reports and steps."""
    return {
        "corpora.train.reports": reports,
        "corpora.dev.reports": max(reports // 15, 4),
        "training.max_steps": steps,
        "training.eval_frequency": max(steps // 5, 1),
    }


def main() -> None:
    """The command line: where to write, and, for a try, how many reports and steps."""
    import argparse

    parser = argparse.ArgumentParser(description="Train the taggers of lines and mentions.")
    parser.add_argument("--out", type=Path, required=True, help="a folder, replaced when training is done")
    parser.add_argument("--reports", type=int, default=0, help="simulated reports; 0: as configured")
    parser.add_argument("--steps", type=int, default=500, help="steps, where --reports is not 0")
    parser.add_argument("--weak", type=Path, help="a DocBin of weak labels to learn from as well")
    options = parser.parse_args()
    overrides: dict[str, Any] = small(options.reports, options.steps) if options.reports else {}
    if options.weak is not None:
        overrides["paths.weak"] = str(options.weak)
    train_tagger(options.out, overrides)


if __name__ == "__main__":
    main()
