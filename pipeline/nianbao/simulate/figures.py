"""The numbers of one report: they obey the forms' arithmetic, except where a report is made to break it."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field

from nianbao.schema import APPLICANTS
from nianbao.simulate.data import load
from nianbao.simulate.world import World

Key = tuple[str, str, int, int]
"""(metric, applicant, years back, part): ("requests.received", "total", 0, 0) is the whole of the report year."""

PERSONS = APPLICANTS[:-1]
PARTED = ("disclosure.total", "disclosure.website", "requests.received", "requests.concluded", "capacity.staff")


@dataclass(slots=True)
class SimulatedFigures:
    """Values in canonical units (money in yuan). `broken` names the identities that the report breaks."""

    values: dict[Key, float] = field(default_factory=dict)
    cumulative: dict[tuple[str, str], float] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def get(self, metric: str, applicant: str = "total", back: int = 0, part: int = 0) -> float | None:
        return self.values.get((metric, applicant, back, part))

    def put(self, metric: str, value: float, applicant: str = "total") -> None:
        self.values[metric, applicant, 0, 0] = value

    def total(self, metric: str) -> float:
        return self.values.get((metric, "total", 0, 0), 0)

    def contradicted(self, rng: random.Random) -> SimulatedFigures:
        """The figures as the prose of a careless report tells them: one of them differs from the tables."""
        told = SimulatedFigures(dict(self.values), self.cumulative)
        names = [name for name in load("figures")["told_wrong"] if told.total(name) > 2]
        if names:
            name = rng.choice(names)
            told.put(name, told.total(name) + rng.choice((-1, 1, 2, 10)))
            told.broken.append(name)
        return told


def make_figures(rng: random.Random, world: World) -> SimulatedFigures:
    """All metrics of one report, with other years, parts and running totals where reports give them."""
    figures = SimulatedFigures()
    _year(rng, world, figures)
    earlier = SimulatedFigures()
    _year(rng, world, earlier)
    years = rng.choice((1, 2, 3, 5))
    for (metric, applicant, _, _), value in figures.values.items():
        figures.cumulative[metric, applicant] = value + years * earlier.values.get((metric, applicant, 0, 0), 0)
    _other_years(rng, figures)
    _parts(rng, figures)
    return figures


def break_one(rng: random.Random, figures: SimulatedFigures, regime: str) -> None:
    """Change one figure so that an identity of the form no longer holds, as hurried reports do."""
    names = load("figures")["breakable"][regime]
    for name in rng.sample(names, len(names)):
        value = figures.get(name)
        if value is not None and value >= 2:
            figures.put(name, value + rng.choice((-1, 1, 1, 2)))
            figures.broken.append(name)
            return


def _year(rng: random.Random, world: World, figures: SimulatedFigures) -> None:
    scale = world.agency.scale * math.exp(rng.gauss(0, 0.4))
    for metric, (mean, zero) in load("figures")["simple"].items():
        figures.put(metric, _count(rng, mean * scale ** load("figures")["exponent"].get(metric, 1.0), zero))
    _documents(rng, world, figures)
    _money(rng, scale, figures)
    _subsets(rng, figures)
    received = _count(rng, 14 * scale, 0.3 if scale < 1 else 0.06)
    if world.regime in ("2019", "2021"):
        _matrix(rng, received, figures, three_others=world.regime == "2021")
    else:
        _requests_2014(rng, received, figures, local=world.regime == "local")
    _channels(rng, figures, email=world.regime != "2014" and rng.random() < 0.5)
    _courts(rng, scale, figures, pending=world.regime in ("2019", "2021"))
    for metric, since in load("figures")["since"].items():
        if world.period.year < since:
            del figures.values[metric, "total", 0, 0]
    if world.agency.academic:
        for key in figures.values:
            if key[0].startswith(tuple(load("figures")["not_academic"])):
                figures.values[key] = 0


def _count(rng: random.Random, mean: float, zero: float) -> int:
    """A count with a long tail; zero with the given probability and whenever the mean is tiny."""
    if rng.random() < zero:
        return 0
    return int(rng.lognormvariate(math.log(max(mean, 0.3)), 0.7) + 0.5)


def split(rng: random.Random, total: int, weights: list[float]) -> list[int]:
    """Whole numbers that sum to the total, about in proportion to the weights, some of them zero."""
    noisy = [w * rng.gammavariate(0.7, 1.0) for w in weights]
    whole = sum(noisy) or 1.0
    shares = [int(total * w / whole) for w in noisy]
    for _ in range(total - sum(shares)):
        shares[rng.choices(range(len(weights)), weights)[0]] += 1
    return shares


def _matrix(rng: random.Random, received: int, figures: SimulatedFigures, three_others: bool) -> None:
    """The requests table of 2019 and 2021: received + carried in = concluded + carried out, for each applicant."""
    data = load("figures")
    leaves: dict[str, float] = dict(data["outcomes_2019"])
    if three_others:
        leaves |= data["outcomes_others_2021"]
    else:
        leaves["outcomes.other"] = 0.4
    groups = [name for name in data["groups"] if name not in leaves]
    carried = _count(rng, 0.05 * received, 0.5)
    weights = data["persons"]
    rows = {"requests.received": split(rng, received, weights), "requests.carried_in": split(rng, carried, weights)}
    outcomes: dict[str, list[int]] = {leaf: [] for leaf in leaves}
    rows["requests.carried_out"], rows["requests.concluded"] = [], []
    for got, before in zip(rows["requests.received"], rows["requests.carried_in"], strict=True):
        left = min(got, _count(rng, 0.04 * got, 0.6))
        rows["requests.carried_out"].append(left)
        rows["requests.concluded"].append(got + before - left)
        parts = split(rng, got + before - left, list(leaves.values()))
        for leaf, part in zip(leaves, parts, strict=True):
            outcomes[leaf].append(part)
    for group in groups:
        members = [counts for leaf, counts in outcomes.items() if leaf.startswith(group + ".")]
        rows[group] = [sum(column) for column in zip(*members, strict=True)]
    for metric, counts in (rows | outcomes).items():
        for person, value in zip(PERSONS, counts, strict=True):
            figures.put(metric, value, person)
        figures.put(metric, sum(counts))
    figures.put("requests.replied", figures.total("requests.concluded"))


def _requests_2014(rng: random.Random, received: int, figures: SimulatedFigures, local: bool) -> None:
    """The requests of the 2014 and local forms: outcomes sum to the replies, reasons to the refusals."""
    data = load("figures")
    weights, reasons = dict(data["outcomes_2014"]), dict(data["reasons_2014"])
    if local:
        weights, reasons = dict(data["outcomes_local"]), dict(data["reasons_local"])
        more = data["outcomes_local_more"]
        for metric in more:
            figures.put(metric, 0)
        if rng.random() < 0.5:
            weights |= more
    concluded = received - min(received, _count(rng, 0.03 * received, 0.7))
    figures.put("requests.received", received)
    figures.put("requests.concluded", concluded)
    figures.put("requests.replied", concluded)
    figures.put("requests.carried_out", received - concluded)
    for metric, value in zip(weights, split(rng, concluded, list(weights.values())), strict=True):
        figures.put(metric, value)
    refused = int(figures.total("outcomes.refused"))
    for metric, value in zip(reasons, split(rng, refused, list(reasons.values())), strict=True):
        figures.put(metric, value)


def _channels(rng: random.Random, figures: SimulatedFigures, email: bool) -> None:
    """How requests came in, and how long they took. The form of 2014 has no row for electronic mail."""
    weights = dict(load("figures")["channels"])
    if not email:
        weights.pop("requests.received_email")
        figures.put("requests.received_email", 0)
    for metric, value in zip(
        weights, split(rng, int(figures.total("requests.received")), list(weights.values())), strict=True
    ):
        figures.put(metric, value)
    concluded = int(figures.total("requests.concluded"))
    extended = min(concluded, _count(rng, 0.06 * concluded, 0.5))
    figures.put("requests.concluded_extended", extended)
    figures.put("requests.concluded_on_time", concluded - extended)


def _courts(rng: random.Random, scale: float, figures: SimulatedFigures, pending: bool) -> None:
    """Reviews and litigation by result; from 2019 on litigation is split by whether a review went before."""
    results = ["upheld", "corrected", "other"] + (["pending"] if pending else [])
    weights = [6.0, 1.0, 2.0, 1.0][: len(results)]
    groups = ["reviews", "litigation.direct", "litigation.after_review"] if pending else ["reviews", "litigation"]
    for group in groups:
        total = _count(rng, 1.2 * scale, 0.5 if scale > 3 else 0.75)
        figures.put(f"{group}.total", total)
        for result, value in zip(results, split(rng, total, weights), strict=True):
            figures.put(f"{group}.{result}", value)
    if pending:
        for result in (*results, "total"):
            parts = (figures.total(f"litigation.{way}.{result}") for way in ("direct", "after_review"))
            figures.put(f"litigation.{result}", sum(parts))


def _documents(rng: random.Random, world: World, figures: SimulatedFigures) -> None:
    """Regulations (only provinces, cities and ministries make them) and normative documents."""
    makes_law = world.agency.kind in ("province", "city", "ministry")
    for group, mean, zero in (("regulations", 4.0, 0.3 if makes_law else 1.0), ("normative_documents", 9.0, 0.3)):
        size = mean if group == "regulations" else mean * world.agency.scale**0.7
        issued = _count(rng, size, zero)
        disclosed = issued - min(issued, _count(rng, 0.1 * issued, 0.8))
        in_force = issued + _count(rng, 6 * size, zero)
        figures.put(f"{group}.issued", issued)
        figures.put(f"{group}.disclosed", disclosed)
        figures.put(f"{group}.disclosed_cumulative", disclosed + _count(rng, 5 * size, zero))
        figures.put(f"{group}.repealed", _count(rng, 0.4 * size, max(zero, 0.5)))
        figures.put(f"{group}.in_force", in_force)
    figures.put("disclosure.normative_documents", figures.total("normative_documents.disclosed"))


def _money(rng: random.Random, scale: float, figures: SimulatedFigures) -> None:
    for metric, (mean, zero, step) in load("figures")["money"].items():
        if rng.random() < zero:
            figures.put(metric, 0)
            continue
        steps = max(1, int(rng.lognormvariate(math.log(mean * scale / step), 0.9)))
        figures.put(metric, round(steps * step + (rng.randint(1, 99) / 100 if rng.random() < 0.15 else 0), 2))


def _subsets(rng: random.Random, figures: SimulatedFigures) -> None:
    """Parts of wholes: channels may overlap, leading officials are some of those present, staff and proposals sum."""
    for part, whole, low, high in load("figures")["subsets"]:
        figures.put(part, round(figures.total(whole) * rng.uniform(low, high)))
    for whole, *parts in load("figures")["sums"]:
        figures.put(whole, sum(figures.total(part) for part in parts))
    for metric in load("figures")["signed"]:
        figures.put(metric, rng.choice((0, 0, 0, 1, 1, -1)) * _count(rng, 4, 0.2))


def _other_years(rng: random.Random, figures: SimulatedFigures) -> None:
    for metric in load("figures")["compared"]:
        value = figures.get(metric)
        for back in (1, 2):
            if value is None:
                break
            value = max(0, round(value * rng.uniform(0.55, 1.5)) + rng.choice((-1, 0, 0, 1, 2)))
            figures.values[metric, "total", back, 0] = value


def _parts(rng: random.Random, figures: SimulatedFigures) -> None:
    for metric in PARTED:
        whole = int(figures.total(metric))
        first = round(whole * rng.uniform(0.2, 0.8))
        figures.values[metric, "total", 0, 1] = first
        figures.values[metric, "total", 0, 2] = whole - first
