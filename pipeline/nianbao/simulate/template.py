"""The language in which productions are written, parsed once into a small tree.

    {a|b|}            one of the alternatives, nested as one likes
    $name             an entry of configs/simulate/lexicon.yaml, or a word of the report's world ($U is 我市)
    [words]           a mention of the step's metric; [words@id] of another one; $N inside is a name of that metric
    <件>              the metric's number with its unit; <件@id:applicant^1%2> another figure: of an applicant,
                      of the year before (^1), of a part of the agency (%2). Units to choose from: <件/宗>.
    <~small:件>       a number that is no fact, drawn from a range of the lexicon; <~diff:件@id>, <~rate@id>,
                      <~change:件@id> (with its word, 增加29件), <~share@id/whole>, <~cum:件@id>,
                      <~rest:件@id>, <~above:件@id> (something greater) are computed from the figures
    «words»           words that state a zero of the metrics mentioned inside, or named: «无@id,id»;
                      in a frame, of the metrics that fill it
    ⟪words⟫           words that state all: the value of the metrics mentioned inside is not zero

Ids that begin with a dot continue the base of the production's file: ".received" in requests.yaml.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

Ref = tuple[str, str, int, int]
"""(metric, applicant, years back, part), as in figures.Key."""

FILLED = "the.metric"
"""Stands for the metric in a frame, which is filled with names as it is used."""

_OPEN = {"{": "}", "[": "]", "<": ">", "«": "»", "⟪": "⟫"}
_CLOSE = frozenset(_OPEN.values()) - {">"}
_COMPUTED = frozenset({"diff", "change", "rate", "cum", "rest", "above"})
_NAME = re.compile(r"\$([A-Za-z_]\w*)", re.ASCII)
_REF = re.compile(r"(?P<id>[a-z_.]*)(?::(?P<who>[a-z_]+))?(?:\^(?P<back>\d))?(?:%(?P<part>\d))?")


@dataclass(slots=True, frozen=True)
class TextNode:
    text: str


@dataclass(slots=True, frozen=True)
class Choice:
    options: tuple[Node, ...]


@dataclass(slots=True, frozen=True)
class Sequence:
    nodes: tuple[Node, ...]


@dataclass(slots=True, frozen=True)
class Name:
    name: str


@dataclass(slots=True, frozen=True)
class MentionNode:
    body: Node
    ref: Ref


@dataclass(slots=True, frozen=True)
class Number:
    units: tuple[str, ...]
    ref: Ref


@dataclass(slots=True, frozen=True)
class Other:
    """A number that is no fact. `kind` is a range's name, or one of those computed."""

    kind: str
    units: tuple[str, ...]
    refs: tuple[Ref, ...]


@dataclass(slots=True, frozen=True)
class Stated:
    body: Node
    refs: tuple[Ref, ...]
    zero: bool


Node = TextNode | Choice | Sequence | Name | MentionNode | Number | Other | Stated


@dataclass(slots=True)
class Template:
    """A parsed production: its tree, and the figures that it needs.

    `numbers` are printed, `zeros` are stated to be zero, `wholes` are stated by words such as 均;
    `computed` are only calculated with.
    """

    source: str
    node: Node
    numbers: list[Ref] = field(default_factory=list)
    zeros: list[Ref] = field(default_factory=list)
    wholes: list[Ref] = field(default_factory=list)
    computed: list[tuple[str, Ref]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)


def parse(source: str, main: str | None = None, base: str = "", ids: Mapping[str, str] | None = None) -> Template:
    """Parse one production.

    Args:
        source: the production as written in YAML.
        main: the metric that `[words]` and `<件>` mean where they name none.
        base: what ids that begin with a dot continue.
        ids: short names of metrics, as the production's file declares them.

    Raises:
        ValueError: a bracket is not closed, or a reference is not one.
    """
    parser = _Parser(source, main, base, ids or {})
    node, at = parser.sequence(0, "")
    if at != len(source):
        raise ValueError(f"production {source!r}: unexpected {source[at]!r} at {at}")
    parser.template.node = node
    return parser.template


def resolve(text: str, main: str | None, base: str, ids: Mapping[str, str]) -> Ref:
    """A reference such as ".received:natural_person^1".

    Raises:
        ValueError: it is not one, or it names no metric and there is no main one.
    """
    match = _REF.fullmatch(text)
    if not match:
        raise ValueError(f"not a reference to a figure: {text!r}")
    metric = ids.get(match["id"], match["id"]) or main
    if not metric:
        raise ValueError(f"reference {text!r} names no metric, and the step has no main one")
    if metric.startswith("."):
        metric = base + metric
    return metric, match["who"] or "total", int(match["back"] or 0), int(match["part"] or 0)


class _Parser:
    def __init__(self, source: str, main: str | None, base: str, ids: Mapping[str, str]) -> None:
        self.source, self.main, self.base, self.ids = source, main, base, ids
        self.template = Template(source, TextNode(""))
        self.mentioned: list[Ref] = []

    def ref(self, text: str) -> Ref:
        return resolve(text, self.main, self.base, self.ids)

    def sequence(self, at: int, until: str) -> tuple[Node, int]:
        nodes: list[Node] = []
        start = at
        source = self.source
        while at < len(source) and source[at] not in until:
            char = source[at]
            if char == "$":
                match = _NAME.match(source, at)
                if not match:
                    raise ValueError(f"production {source!r}: a name is missing after $ at {at}")
                nodes.append(Name(match[1]))
                self.template.names.add(match[1])
                at = match.end()
            elif char in _OPEN:
                node, at = self.bracket(at)
                nodes.append(node)
            elif char in _CLOSE:
                raise ValueError(f"production {source!r}: {char!r} at {at} closes nothing")
            else:
                start = at
                while at < len(source) and source[at] != "$" and source[at] not in until and source[at] not in _OPEN:
                    if source[at] in _CLOSE:
                        raise ValueError(f"production {source!r}: {source[at]!r} at {at} closes nothing")
                    at += 1
                nodes.append(TextNode(source[start:at]))
        return (nodes[0] if len(nodes) == 1 else Sequence(tuple(nodes))), at

    def bracket(self, at: int) -> tuple[Node, int]:
        opened = self.source[at]
        close = _OPEN[opened]
        if opened == "<":
            end = self.source.find(">", at)
            if end < 0:
                raise ValueError(f"production {self.source!r}: < at {at} is not closed")
            return self.number(self.source[at + 1 : end]), end + 1
        if opened == "{":
            return self.choice(at)
        before = len(self.mentioned)
        body, inner = self.sequence(at + 1, close + "@")
        if inner >= len(self.source):
            raise ValueError(f"production {self.source!r}: {opened} at {at} is not closed")
        named = ""
        if self.source[inner] == "@":
            end = self.source.find(close, inner)
            if end < 0:
                raise ValueError(f"production {self.source!r}: {opened} at {at} is not closed")
            named, inner = self.source[inner + 1 : end], end
        if opened == "[":
            ref = self.ref(named)
            self.mentioned.append(ref)
            return MentionNode(body, ref), inner + 1
        refs = [self.ref(part) for part in named.split(",")] if named else self.mentioned[before:]
        if not refs and self.main != FILLED:
            raise ValueError(f"production {self.source!r}: {opened} at {at} states nothing of any metric")
        (self.template.zeros if opened == "«" else self.template.wholes).extend(refs)
        return Stated(body, tuple(refs), opened == "«"), inner + 1

    def choice(self, at: int) -> tuple[Node, int]:
        options: list[Node] = []
        inner = at
        while True:
            node, inner = self.sequence(inner + 1, "|}")
            options.append(node)
            if inner >= len(self.source):
                raise ValueError(f"production {self.source!r}: {{ at {at} is not closed")
            if self.source[inner] == "}":
                return Choice(tuple(options)), inner + 1

    def number(self, content: str) -> Node:
        head, _, named = content.partition("@")
        if head.startswith("~"):
            kind, _, units = head[1:].partition(":")
            parts = named.split("/") if named or kind in _COMPUTED else []
            refs = tuple(self.ref(part) for part in parts)
            self.template.computed.extend((kind, ref) for ref in refs)
            return Other(kind, tuple(units.split("/")), refs)
        ref = self.ref(named)
        self.template.numbers.append(ref)
        return Number(tuple(head.split("/")), ref)
