"""Reports, one after another: `generate`. The same seed and index give the same report, alone or in a row."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from nianbao.catalogue import Catalogue
from nianbao.simulate.data import load, weighted
from nianbao.simulate.document import Composer, Plan, assemble
from nianbao.simulate.figures import break_one, make_figures
from nianbao.simulate.finish import finish
from nianbao.simulate.grammar import SPLITS, Pool, Split, pool
from nianbao.simulate.layouts import LAYOUTS
from nianbao.simulate.negatives import compose_negative
from nianbao.simulate.noise import damage
from nianbao.simulate.prose import ProseWriter, Style
from nianbao.simulate.report import SimulatedReport
from nianbao.simulate.tables import TableMaker, TableStyle
from nianbao.simulate.world import World, make_world

REGIMES = ("local", "2014", "2019", "2021")
NOISE_LEVELS = (0, 1, 2, 3)
QUIRKS = ("extra_row", "printed_twice", "cut_off", "old_form", "total_first", "page_break", "two_tables")


def generate(
    n: int,
    seed: int = 0,
    *,
    start: int = 0,
    split: Split = "all",
    regimes: Sequence[str] | None = None,
    layouts: Sequence[str] | None = None,
    noise: int | Sequence[int] | None = None,
    negatives: float = 0.1,
    quirks: Sequence[str] | None = None,
    hold_out: Collection[str] = (),
    only: Collection[str] = (),
    catalogue: Catalogue | None = None,
) -> Iterator[SimulatedReport]:
    """`n` simulated reports, made one at a time.

        >>> from nianbao.simulate import generate
        >>> report = next(generate(1, seed=7, split="train"))
        >>> fact = report.facts[0]
        >>> report.text[fact.start : fact.end] == fact.value_text
        True

    Args:
        seed, start: the reports are those with the indices start, start + 1 … of this seed; each depends on
            its own index alone, so a range can be made in parts.
        split: which productions to use, see `nianbao.simulate.grammar`: "train" never uses a held-out one,
            "held_out" words its facts in held-out sentences alone.
        regimes: "local" (2008 to 2013), "2014", "2019", "2021"; all, by their own weights, where none is given.
        layouts: names from `LAYOUTS`; all alike where none is given.
        noise: a level from 0 (clean) to 3 (wrecked), or several to draw from; all alike where none is given.
        negatives: the share of documents that are no annual reports.
        quirks: what tables are made to do in every report, from `QUIRKS`; drawn rarely where none is given.
        hold_out: ids of productions that are not used. only: ids of the sentences that may bear facts.
        catalogue: the metrics and forms to write by; None: those that ship.

    Raises:
        ValueError: an unknown split, regime, layout, noise level or quirk.
    """
    levels = NOISE_LEVELS if noise is None else (noise,) if isinstance(noise, int) else tuple(noise)
    _check("regime", regimes, REGIMES)
    _check("layout", layouts, tuple(LAYOUTS))
    _check("noise level", levels, NOISE_LEVELS)
    _check("quirk", quirks, QUIRKS)
    _check("split", (split,), SPLITS)
    # Checked here, not in the generator, so that a wrong argument is known before anything is written.
    productions = pool(split, frozenset(hold_out), frozenset(only))
    chosen = _Choice(
        tuple(regimes) if regimes else None,
        tuple(layouts) if layouts else tuple(LAYOUTS),
        levels,
        negatives,
        quirks,
        catalogue or Catalogue.load(),
    )
    return (_one(seed, index, productions, chosen) for index in range(start, start + n))


@dataclass(slots=True, frozen=True)
class _Choice:
    """What reports are drawn from."""

    regimes: tuple[str, ...] | None
    layouts: tuple[str, ...]
    levels: tuple[int, ...]
    negatives: float
    quirks: Sequence[str] | None
    catalogue: Catalogue


def _one(seed: int, index: int, productions: Pool, chosen: _Choice) -> SimulatedReport:
    rng = random.Random(f"{seed}/{index}")
    level = rng.choice(chosen.levels)
    layout = rng.choice(chosen.layouts)
    world = make_world(rng, chosen.catalogue, chosen.regimes)
    meta = {"seed": seed, "index": index, "split": productions.split, "regime": world.regime}
    meta |= {"layout": layout, "noise": level}
    name = f"sim-{seed}-{index:06d}"
    if rng.random() < chosen.negatives:
        return _negative(rng, name, world, productions, meta)
    return _report(rng, name, world, productions, meta, chosen.quirks)


def _check(what: str, given: Sequence[Any] | None, known: Sequence[Any]) -> None:
    for one in given or ():
        if one not in known:
            raise ValueError(f"unknown {what} {one!r}; it must be one of {', '.join(map(str, known))}")


def _report(
    rng: random.Random,
    name: str,
    world: World,
    productions: Pool,
    meta: dict[str, Any],
    quirks: Sequence[str] | None,
) -> SimulatedReport:
    chosen = frozenset(quirks) if quirks is not None else _quirks(rng)
    figures = make_figures(rng, world)
    if rng.random() < load("habits")["broken"]:
        break_one(rng, figures, world.regime)
    told = figures
    if rng.random() < load("habits")["contradicted"]:
        told = figures.contradicted(rng)
    writer = ProseWriter(rng, world, told, productions, _style(rng))
    tables = TableMaker(rng, world, figures, _table_style(rng, world, chosen, meta["layout"]))
    plan = Plan(
        layout=meta["layout"],
        forms=_forms(rng, world, chosen),
        quirks=chosen,
        furniture=load("noise")["chances"]["furniture"][meta["noise"]],
        figures=figures,
        verbosity=rng.choice(load("habits")["verbosity"]),
        second=make_figures(rng, world) if "two_tables" in chosen else None,
        numbering=rng.choice(load("outline")["numbering"]),
    )
    blocks = Composer(rng, writer, tables, plan).compose()
    text = assemble(rng, blocks, meta["layout"], "page_break" in chosen)
    text, damages = damage(rng, text, meta["noise"], keep_lines=meta["layout"] == "html")
    meta |= {
        "form": plan.forms["form"],
        "quirks": sorted(chosen),
        "broken": figures.broken + [f"prose: {metric}" for metric in told.broken if metric not in figures.broken],
        "damages": damages,
        "blank": tables.style.blank,
        "productions": writer.used,
    }
    return finish(name, text, world, meta, is_report=True)


def _negative(rng: random.Random, name: str, world: World, productions: Pool, meta: dict[str, Any]) -> SimulatedReport:
    blocks, kind, used = compose_negative(rng, world, productions)
    text = assemble(rng, blocks, meta["layout"], page_breaks=False)
    text, damages = damage(rng, text, meta["noise"], keep_lines=meta["layout"] == "html")
    meta |= {"form": None, "negative": kind, "quirks": [], "broken": [], "damages": damages, "productions": used}
    return finish(name, text, world, meta, is_report=False)


def _quirks(rng: random.Random) -> frozenset[str]:
    return frozenset(name for name, chance in load("habits")["quirks"].items() if rng.random() < chance)


def _forms(rng: random.Random, world: World, quirks: frozenset[str]) -> dict[str, str]:
    """The form of each table: that of the regime, or with the quirk "old_form" the one before it."""
    form = world.regime
    if "old_form" in quirks and form == "2021":
        form = "2019"
    return {"form": form, "article20": form, "requests": form}


def _style(rng: random.Random) -> Style:
    habits = load("habits")
    return Style(
        request_unit=weighted(rng, habits["request_units"]),
        item_unit=weighted(rng, habits["item_units"]),
        commas=rng.random() < habits["commas"],
        chinese_share=rng.choice(habits["chinese_shares"]),
        exact=rng.random() < habits["exact"],
        zeros_as_digits=rng.random() < habits["zeros_as_digits"],
        synonyms=rng.choice(habits["synonyms"]),
    )


def _table_style(rng: random.Random, world: World, quirks: frozenset[str], layout: str) -> TableStyle:
    habits = load("habits")
    blank = weighted(rng, habits["blanks_since_2019" if world.regime in ("2019", "2021") else "blanks"])
    if blank == "zeros" and layout == "glued" and world.regime != "2014":
        # Where nothing parts the columns, nobody could say which of them is blank.
        blank = "none"
    return TableStyle(
        blank=blank,
        wide=rng.random() < 0.7,
        commas=rng.random() < habits["table_commas"],
        units_in_cells=rng.random() < 0.15,
        caption=rng.random() < 0.7,
        extra_row="extra_row" in quirks,
        total_first="total_first" in quirks,
    )
