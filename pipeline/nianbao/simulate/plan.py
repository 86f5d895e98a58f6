"""What a topic says, in which order: productions that fit the figures, and nothing said twice."""

from __future__ import annotations

import random

from nianbao.simulate.grammar import Condition, GrammarStep, ListSpec, Production
from nianbao.simulate.prose import Binding, ProseWriter, Sentence
from nianbao.simulate.template import Ref

_COMPARED = frozenset({"diff", "change", "rate"})
FRAME_SHARE = 0.22
"""How much of a step's weight generic frames have, against the step's own productions."""


def write_topic(writer: ProseWriter, topic: str) -> list[Sentence]:
    """The sentences of one topic. Steps come in their order, each with its chance."""
    sentences = []
    for step in writer.pool.topics[topic]:
        if writer.rng.random() >= step.chance or (step.regimes and writer.world.regime not in step.regimes):
            continue
        if any(not writer.figures.total(metric) for metric in step.needs):
            continue
        sentence = write_step(writer, step)
        if sentence:
            sentences.append(sentence)
            writer.last = step.name
    return sentences


def write_step(writer: ProseWriter, step: GrammarStep) -> Sentence | None:
    """One sentence for the step, or None where nothing fits."""
    if step.metric and (step.metric, "total", 0, 0) in writer.said:
        return None
    zeros_as_digits = writer.style.zeros_as_digits and writer.rng.random() < 0.5
    fitting = [production for production in step.productions if fits(writer, production, zeros_as_digits)]
    # Few productions fit small figures; the frames keep them from being said over and over.
    if writer.rng.random() < max(FRAME_SHARE, 1.2 / (len(fitting) + 1)):
        sentence = _frame(writer, step)
        if sentence or not fitting:
            return sentence
    chosen = writer.rng.choices(fitting, [production.weight for production in fitting])[0]
    return writer.sentence(chosen)


def fits(writer: ProseWriter, production: Production, zeros_as_digits: bool) -> bool:
    """Whether the figures bear this production out, and it has something new to say."""
    template = production.template
    values = writer.figures.values
    if not writer.suits(production):
        return False
    if any((metric, "total", 0, 0) not in writer.said for metric in production.after):
        return False
    for ref in template.numbers:
        value = values.get(ref)
        if value is None or value < 0 or (value == 0 and not zeros_as_digits):
            return False
    if any(values.get(ref) != 0 for ref in template.zeros) or any(not values.get(ref) for ref in template.wholes):
        return False
    if not all(_computable(writer, kind, ref) for kind, ref in template.computed):
        return False
    if not all(_holds(writer, condition) for condition in production.when):
        return False
    facts = {(metric, applicant, 0, 0) for metric, applicant, _, _ in template.numbers}
    facts.update(template.zeros, template.wholes)
    return not facts or 2 * len(facts & writer.said) <= len(facts)


def _computable(writer: ProseWriter, kind: str, ref: Ref) -> bool:
    """Whether a difference, rate, share or rest can be taken from the figures without nonsense."""
    metric, applicant, back, part = ref
    value = writer.figures.values.get(ref)
    if value is None:
        return False
    if kind in _COMPARED:
        before = writer.figures.values.get((metric, applicant, back + 1, part))
        return before is not None and before > 0 and value > 0 and value != before
    if kind == "rest":
        return writer.figures.values[metric, "total", back, part] > value
    return value > 0


def _holds(writer: ProseWriter, condition: Condition) -> bool:
    left, operator, right = (
        side if isinstance(side, (int, str)) else writer.figures.values.get(side) for side in condition
    )
    if left is None or right is None:
        return False
    if operator == "=":
        return left == right
    return left < right if operator == "<" else left > right  # type: ignore[operator]


def _frame(writer: ProseWriter, step: GrammarStep) -> Sentence | None:
    if step.listed:
        return _list_frame(writer, step.listed)
    if not step.metric:
        return None
    ref: Ref = (step.metric, "total", 0, 0)
    value = writer.figures.values.get(ref)
    if value is None or value < 0:
        return None
    frames = writer.pool.frames["single" if value else "zero"]
    return writer.sentence(writer.rng.choice(frames), Binding(ref=ref))


def _list_frame(writer: ProseWriter, listed: ListSpec) -> Sentence | None:
    """Several metrics of a list in one sentence; those that are zero in a clause of their own, or left out."""
    rng, values = writer.rng, writer.figures.values
    new = [ref for ref in listed.refs if ref in values and ref not in writer.said]
    present = tuple(ref for ref in new if values[ref] > 0)
    zeros = tuple(ref for ref in new if values[ref] == 0)
    if not present:
        if len(zeros) < 2 or rng.random() < 0.8:
            return None
        some = tuple(rng.sample(zeros, rng.randint(2, min(4, len(zeros)))))
        return writer.sentence(rng.choice(writer.pool.frames["zero_several"]), Binding(refs=some))
    kept = _some(rng, present)
    # After another subject 其中 alone would hang in the air.
    adrift = listed.whole is not None and writer.last != listed.whole[0]
    frames = [
        frame
        for frame in writer.pool.frames["list"]
        if (zeros or "ZEROS" not in frame.template.names)
        and (len(kept) > 1 or "NUMBERS" not in frame.template.names)
        and (not adrift or "LEAD" in frame.template.names)
    ]
    items = (rng.choice(writer.pool.frames["items.a"]), rng.choice(writer.pool.frames["items.b"]))
    writer.used.extend(item.id for item in items)
    binding = Binding(
        refs=kept,
        zeros=tuple(rng.sample(zeros, rng.randint(1, min(3, len(zeros))))) if zeros else (),
        whole=listed.whole,
        lead=rng.choice(listed.leads),
        short=True,
        items=items,
    )
    if not frames:
        return None
    return writer.sentence(rng.choice(frames), binding)


def _some(rng: random.Random, refs: tuple[Ref, ...]) -> tuple[Ref, ...]:
    """All of them mostly, sometimes fewer; in the form's order mostly."""
    if len(refs) > 2 and rng.random() < 0.3:
        refs = tuple(sorted(rng.sample(refs, len(refs) - 1), key=refs.index))
    if rng.random() < 0.15:
        refs = tuple(rng.sample(refs, len(refs)))
    return refs
