"""Documents that are no annual reports: regulations, notices, news, work reports, budgets, empty templates."""

from __future__ import annotations

import random
from functools import cache

from nianbao.simulate.annotated import Annotated, Builder
from nianbao.simulate.data import load
from nianbao.simulate.document import DocumentBlock
from nianbao.simulate.figures import SimulatedFigures
from nianbao.simulate.grammar import Pool
from nianbao.simulate.numbers import chinese
from nianbao.simulate.prose import ProseWriter, Style
from nianbao.simulate.tables import TableMaker, TableStyle
from nianbao.simulate.template import Template, parse
from nianbao.simulate.world import World


def compose_negative(rng: random.Random, world: World, productions: Pool) -> tuple[list[DocumentBlock], str, list[str]]:
    """The blocks of one such document, its kind, and the ids of the productions used."""
    kind = rng.choice(list(load("negatives")))
    spec = load("negatives")[kind]
    writer = ProseWriter(rng, world, SimulatedFigures(), productions, Style())
    blocks = [DocumentBlock("title", writer.phrase(_parsed(rng.choice(spec["titles"]))))]
    article = 0
    for index, part in enumerate(spec["parts"]):
        if "h" in part:
            title = writer.phrase(_parsed(rng.choice(part["h"])))
            number = f"第{chinese(index + 1)}章 " if spec.get("articles") else f"{chinese(index + 1)}、"
            blocks.append(DocumentBlock("heading", Annotated(number) + title, level=1))
        sentences = _sentences(rng, writer, f"negative.{kind}.{index}", part["n"])
        if spec.get("articles"):
            for sentence in sentences:
                article += 1
                blocks.append(DocumentBlock("prose", Annotated(f"第{chinese(article)}条　") + sentence))
        else:
            blocks += [DocumentBlock("prose", text) for text in _grouped(rng, sentences)]
    if spec.get("tables"):
        maker = TableMaker(rng, world, SimulatedFigures(), TableStyle(blank="all"))
        blocks += [
            DocumentBlock("table", grid=maker.make(name, "2021")) for name in ("article20", "requests", "reviews")
        ]
    return blocks, kind, writer.used


def _sentences(rng: random.Random, writer: ProseWriter, kind: str, between: list[int]) -> list[Annotated]:
    pool = writer.pool.plain[kind]
    count = min(rng.randint(*between), len(pool))
    return [writer.sentence(pool[at]).body for at in sorted(rng.sample(range(len(pool)), count))]


def _grouped(rng: random.Random, sentences: list[Annotated]) -> list[Annotated]:
    """Sentences as paragraphs of one or several; what does not end a sentence stands alone."""
    groups: list[Annotated] = []
    builder = Builder()
    for sentence in sentences:
        builder.add(sentence)
        if not sentence.text.endswith("。") or rng.random() < 0.4:
            groups.append(builder.build())
            builder = Builder()
    if builder.length:
        groups.append(builder.build())
    return groups


@cache
def _parsed(text: str) -> Template:
    return parse(text)
