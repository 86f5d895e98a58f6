"""The grammar: what is held out stays out, every metric has its wordings, and none of them is borrowed."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from nianbao.catalogue import Catalogue
from nianbao.language.script import normalize
from nianbao.simulate import generate
from nianbao.simulate.grammar import Pool, Production, held_out, pool
from nianbao.simulate.numbers import chinese
from nianbao.simulate.synonyms import Synonyms
from nianbao.simulate.template import Choice, MentionNode, Node, Sequence, Stated, TextNode, parse

METRICS = Catalogue.load().metrics

FREQUENT = [
    "disclosure.total",
    "disclosure.website",
    "disclosure.wechat",
    "requests.received",
    "requests.concluded",
    "requests.replied",
    "requests.received_online",
    "requests.received_mail",
    "requests.received_in_person",
    "requests.carried_out",
    "requests.fees_charged",
    "outcomes.granted",
    "outcomes.refused",
    "outcomes.partly_granted",
    "outcomes.not_this_agency",
    "outcomes.nonexistent",
    "reviews.total",
    "litigation.total",
    "complaints.total",
    "normative_documents.issued",
    "response.interpretations",
    "response.press_conferences",
    "training.sessions",
    "training.participants",
    "training.meetings",
    "capacity.staff",
    "capacity.budget",
    "proposals.deputies",
    "proposals.cppcc",
    "website.visits",
    "wechat.followers",
]


@pytest.fixture(scope="module")
def everything() -> Pool:
    return pool("all")


def sentences(productions: Pool) -> list[Production]:
    return [one for steps in productions.topics.values() for step in steps for one in step.productions]


def test_training_never_uses_a_held_out_production() -> None:
    train, held = pool("train").ids(), pool("all").ids() - pool("train").ids()
    assert len(held) > 300
    used: set[str] = set()
    for report in generate(80, seed=21, split="train", negatives=0.1):
        used.update(report.meta["productions"])
    assert used and not used & held
    assert used <= train


def test_held_out_reports_word_their_facts_in_held_out_sentences_alone() -> None:
    train = {one.id for one in sentences(pool("train"))}
    frames = {one.id for kind in pool("train").frames.values() for one in kind}
    used: set[str] = set()
    for report in generate(80, seed=22, split="held_out", negatives=0.1):
        used.update(report.meta["productions"])
    assert used
    assert not used & (train | frames)


def test_every_step_with_three_productions_holds_a_quarter_of_them_out(everything: Pool) -> None:
    train = pool("train")
    for topic, steps in everything.topics.items():
        for step, kept in zip(steps, train.topics[topic], strict=True):
            count = len(step.productions)
            out = count - len(kept.productions)
            assert out == (max(1, count // 4) if count >= 3 else 0), step.name


def test_the_division_depends_on_the_ids_alone() -> None:
    ids = [f"step:{number:08x}" for number in range(40)]
    assert held_out(ids) == held_out(list(reversed(ids)))
    assert len(held_out(ids)) == 10
    assert held_out(ids[:2]) == set()


def test_productions_can_be_held_out_by_id(everything: Pool) -> None:
    out = {one.id for one in sentences(everything) if one.id.startswith("requests.received:")}
    for report in generate(30, seed=2, hold_out=out, negatives=0):
        assert not out & set(report.meta["productions"])


def test_every_metric_has_its_wordings(everything: Pool) -> None:
    counts: Counter[str] = Counter()
    for one in sentences(everything):
        template = one.template
        counts.update({ref[0] for ref in (*template.numbers, *template.zeros, *template.wholes)})
    metrics = [metric.id for metric in METRICS]
    assert {metric for metric in metrics if counts[metric] < 3} == set()
    assert {metric for metric in FREQUENT if counts[metric] < 6} == set()
    assert all(len(everything.names[metric]["full"]) >= 3 for metric in metrics)
    assert len(sentences(everything)) > 600
    assert sum(len(kind) for kind in everything.plain.values()) > 200


def texts(node: Node) -> Iterator[str]:
    if isinstance(node, TextNode):
        yield node.text
    elif isinstance(node, Sequence):
        for child in node.nodes:
            yield from texts(child)
    elif isinstance(node, Choice):
        for child in node.options:
            yield from texts(child)
    elif isinstance(node, MentionNode | Stated):
        yield from texts(node.body)


def test_no_sentence_is_copied_from_a_real_report(everything: Pool, shared: Path) -> None:
    """No stretch of eighteen characters of a sentence stands in a real report; names that the forms give are theirs."""
    real = "".join(
        re.sub(r"\s", "", normalize(path.read_text("utf-8"))) for path in sorted((shared / "reports").iterdir())
    )
    statutory = re.compile(
        "条例|维持具体行政行为或者驳回原告|安全、公共安全|收到和处理政府信息公开申请|行政复议|行政机关"
    )
    kinds = [
        everything.plain[kind] for kind in everything.plain if not kind.startswith(("negative.regulation", "contents"))
    ]
    copied = [
        piece
        for group in [sentences(everything), *kinds]
        for one in group
        for text in texts(one.template.node)
        for piece in pieces(re.sub(r"\s", "", normalize(text)), 18)
        if piece in real and not statutory.search(piece)
    ]
    assert copied == []


def pieces(text: str, length: int) -> Iterator[str]:
    for at in range(len(text) - length + 1):
        yield text[at : at + length]


@pytest.mark.parametrize(
    "source",
    [
        "收到[申请<件>。",
        "收到{申请|",
        "收到<件@r",
        "收到$，",
        "«没有申请",
        "收到<件@requests.received:^x>",
        "收到]申请",
    ],
)
def test_a_production_that_does_not_parse_says_which(source: str) -> None:
    with pytest.raises(ValueError, match=r"production|reference"):
        parse(source, "requests.received", "requests")


def test_a_production_says_what_it_needs() -> None:
    template = parse(
        "$P收到[申请]<件>，$PREV<件@^1>，«无[复议@rv]»。", "requests.received", ids={"rv": "reviews.total"}
    )
    assert template.numbers == [("requests.received", "total", 0, 0), ("requests.received", "total", 1, 0)]
    assert template.zeros == [("reviews.total", "total", 0, 0)]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "零"),
        (10, "十"),
        (12, "十二"),
        (105, "一百零五"),
        (110, "一百一十"),
        (2500, "两千五百"),
        (25800, "两万五千八百"),
        (100005, "十万零五"),
    ],
)
def test_numbers_in_chinese(number: int, text: str) -> None:
    assert chinese(number) == text


def test_words_are_put_otherwise_but_never_those_that_are_kept() -> None:
    words = pool("train").synonyms
    rng = random.Random(4)
    used: list[str] = []
    synonyms = Synonyms(rng, words, 0.5, used)
    text = "受理机构收到政府信息公开申请28件"
    found = {synonyms.reword(text) for _ in range(200)}
    assert len(found) > 5 and all(one.startswith("受理机构") and one.endswith("28件") for one in found)
    assert used and not {one for one in used if one not in pool("train").ids()}
    assert Synonyms(rng, words, 0.0, used).reword(text) == text


def test_distractors_stand_between_facts_and_say_nothing() -> None:
    kinds = {"d_requests", "d_hotline", "d_courts", "d_response", "d_proposals"}
    seen: set[str] = set()
    for report in generate(40, seed=31, noise=0, negatives=0):
        seen |= {one.split(":")[0] for one in report.meta["productions"]} & kinds
        facts = {(fact.start, fact.end) for fact in report.facts}
        assert not facts & {(span.start, span.end) for span in report.spans if span.label == "OTHER"}
    assert seen == kinds
