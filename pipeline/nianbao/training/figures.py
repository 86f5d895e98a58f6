"""`nianbao evaluate`: every figure of the extractor, measured, printed and written as JSON and as a table."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spacy.language import Language

from nianbao.extractor import Extractor, load
from nianbao.paths import data_dir
from nianbao.simulate import REGIMES
from nianbao.training.evaluation import Item, bins, measure, real_items, simulated_items
from nianbao.training.variants import NAMES, VARIANTS, Pipe, linker

Say = Callable[[str], None]
SHIPPED = "decided"
REMOVED = 12
"""How many metrics are taken out of the registry to see whether the linker abstains on them."""
COLUMNS = ("table_f", "prose_f", "blank_f", "heading_f", "wrong_share", "false_alarms")
_TITLES = {"real": "On real reports", "simulated": "On simulated reports (held-out productions)"}
_MARKS = ("<!-- figures -->", "<!-- end of figures -->")
LINK_COLUMNS = ("link_accuracy", "link_answered", "link_ece")


def evaluate(
    out: Path,
    shared: Path | None,
    simulated: int = 150,
    seed: int = 4242,
    say: Say = print,
    models: Path | None = None,
) -> dict[str, Any]:
    """Measures everything and writes figures.json, figures.md and, with matplotlib, calibration.png into `out`.

    Args:
        out: a folder, made where it is missing.
        shared: a folder with reports/ and gold/; None: no real reports.
        simulated: how many held-out simulated reports; as many of each regime. seed: their seed.
        say: told what is being measured.
        models: the folder with tagger/, number_linker/ and decision/; None: those that ship.
    """
    models = models or data_dir("models")
    # The linkers are put in one after the other; what is before them is the same for all.
    extractor = Extractor(_before(models))
    sets: dict[str, list[Item]] = {}
    if shared is not None:
        say("reading real reports")
        sets["real"] = list(real_items(shared, extractor))
    say("reading simulated reports with held-out productions")
    sets["simulated"] = list(simulated_items(extractor, simulated, seed))
    found: dict[str, Any] = {"ablation": {}, "calibration": []}
    for kind, pipe in _variants(models, say):
        found["ablation"][kind] = {}
        for name, items in sets.items():
            say(f"{NAMES[kind]} on {name} reports")
            figures, links = measure(items, pipe, extractor)
            found["ablation"][kind][name] = figures
            if name == "simulated":
                found["calibration"] = bins(links.answers)
    shipped = _Shipped(SHIPPED if SHIPPED in found["ablation"] else "rules", models / "decision")
    found["removed"] = _abstention(shipped, sets["simulated"], extractor, seed)
    found["tagger"] = _tagger(models / "tagger", simulated, seed, say)
    found["regimes"] = _regimes(shipped, extractor, simulated, seed, say)
    _write(found, out)
    return found


def _before(models: Path) -> Language:
    """A pipeline whose network is that of `models`, where there is one."""
    nlp = load()
    if "nianbao_number_linker" in nlp.pipe_names and (models / "number_linker").is_dir():
        network: Any = nlp.get_pipe("nianbao_number_linker")
        network.from_disk(models / "number_linker")
    return nlp


def _variants(models: Path, say: Say) -> Iterator[tuple[str, Pipe]]:
    for kind in VARIANTS:
        try:
            yield kind, linker(kind, model=models / "decision")
        except FileNotFoundError:
            say(f"{NAMES[kind]}: no decision, left out")


@dataclass(slots=True, frozen=True)
class _Shipped:
    """The variant that ships, and where its model lies."""

    kind: str
    model: Path


def _abstention(shipped: _Shipped, items: Sequence[Item], extractor: Extractor, seed: int) -> dict[str, Any]:
    """The share of mentions without an answer among those of metrics that the registry was made to forget."""
    told = sorted({f.metric for item in items if item.report for f in item.report.facts if f.basis == "prose"})
    removed = sorted(random.Random(seed).sample(told, min(REMOVED, len(told))))
    figures, links = measure(items, linker(shipped.kind, removed, shipped.model), extractor, removed)
    return {"metrics": removed, "mentions": links.removed, "abstains": figures.get("abstains_on_removed")}


def _tagger(folder: Path, count: int, seed: int, say: Say) -> dict[str, Any]:
    """Figures of the trained taggers on held-out productions; empty where there is no model."""
    if not folder.is_dir():
        return {}
    import spacy

    from nianbao.training.corpora import create_corpus

    say("trained taggers of lines and mentions on held-out simulated reports")
    nlp = spacy.load(folder)
    scores = nlp.evaluate(list(create_corpus(reports=count, seed=seed + 1, split="held_out")(nlp)))
    names = ("lines_acc", "lines_macro_f", "ents_p", "ents_r", "ents_f", "lines_per_type", "ents_per_type")
    return {name: scores.get(name) for name in names}


def _regimes(shipped: _Shipped, extractor: Extractor, count: int, seed: int, say: Say) -> dict[str, dict[str, Any]]:
    """Prose figures on each regime: of the rules, and of what ships."""
    found: dict[str, dict[str, Any]] = {}
    for regime in REGIMES:
        say(f"regime {regime}")
        items = list(simulated_items(extractor, max(count // 3, 1), seed + 7, regimes=[regime]))
        row = {"rules": linker("rules"), "shipped": linker(shipped.kind, model=shipped.model)}
        found[regime] = {name: _prose(measure(items, pipe, extractor)[0]) for name, pipe in row.items()}
    return found


def _prose(figures: dict[str, Any]) -> dict[str, Any]:
    names = ("prose_p", "prose_r", "prose_f", *LINK_COLUMNS)
    return {name: figures.get(name) for name in names}


def _write(found: dict[str, Any], out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    (out / "figures.json").write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")
    (out / "figures.md").write_text(markdown(found), "utf-8")
    plot(found["calibration"], out / "calibration.png")


def markdown(found: dict[str, Any]) -> str:
    """The figures as Markdown tables."""
    lines: list[str] = []
    for name in ("real", "simulated"):
        rows = {NAMES[kind]: sets[name] for kind, sets in found["ablation"].items() if name in sets}
        columns = COLUMNS + (LINK_COLUMNS if name == "simulated" else ())
        lines += _table(_TITLES[name], rows, columns)
    removed = found["removed"]
    share, of = removed["abstains"], removed["mentions"]
    lines += ["", f"{len(removed['metrics'])} metrics removed from the registry: abstains on {share} of {of} mentions."]
    if found["tagger"]:
        names = ("lines_acc", "lines_macro_f", "ents_p", "ents_r", "ents_f")
        lines += _table("Trained taggers (held-out productions)", {"models/tagger": found["tagger"]}, names)
        types = {**(found["tagger"]["lines_per_type"] or {}), **(found["tagger"]["ents_per_type"] or {})}
        lines += _table("Each kind of line and mention (held-out productions)", types, ("p", "r", "f"))
    flat = {f"{regime}, {name}": row for regime, rows in found["regimes"].items() for name, row in rows.items()}
    lines += _table("Each regime (prose, held-out productions)", flat, ("prose_p", "prose_r", "prose_f", *LINK_COLUMNS))
    return "\n".join(lines).strip() + "\n"


def _table(title: str, rows: dict[str, dict[str, Any]], columns: Sequence[str]) -> list[str]:
    if not rows:
        return []
    lines = ["", f"**{title}**", "", "| | " + " | ".join(columns) + " |", "| --- |" + " ---: |" * len(columns)]
    for name, figures in rows.items():
        cells = ("" if figures.get(c) is None else f"{figures[c]:.4g}" for c in columns)
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


def update_card(card: Path, found: dict[str, Any]) -> None:
    """Puts the figures between the marks of a model card.

    Raises:
        ValueError: the card has no marks.
    """
    head, mark, rest = card.read_text("utf-8").partition(_MARKS[0])
    _, end, tail = rest.partition(_MARKS[1])
    if not mark or not end:
        raise ValueError(f"{card} has no place for figures; put {_MARKS[0]} and {_MARKS[1]} where they belong")
    card.write_text(f"{head}{mark}\n\n{markdown(found)}\n{end}{tail}", "utf-8")


def plot(calibration: Sequence[Sequence[float]], path: Path) -> None:
    """Share of right answers against confidence, as a PNG; nothing where matplotlib is not installed."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        return
    figure = Figure(figsize=(4.2, 4.2), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot(xlabel="confidence", ylabel="share right", xlim=(0, 1), ylim=(0, 1))
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    sizes = [20 + 2 * count**0.5 for count, _, _ in calibration]
    axes.scatter([c for _, c, _ in calibration], [r for _, _, r in calibration], s=sizes, color="#1f5fa8")
    figure.savefig(path, metadata={"Software": None})
