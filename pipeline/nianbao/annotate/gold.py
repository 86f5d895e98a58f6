"""The folder of gold: what stands after a pull, as JSONL, DocBin and facts, written whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import DocBin, Span
from spacy.util import filter_spans

from nianbao.annotate.errors import AnnotateError
from nianbao.annotate.facts import Decisions, carry_facts, decide, fact_lines
from nianbao.annotate.judge import Adjudication, Annotation, link_agreement, settle, span_agreement
from nianbao.annotate.marks import Layer, Mark
from nianbao.annotate.places import ABOUT, JudgedStretch, from_plain, merge, stitch, to_plain
from nianbao.annotate.pull import Harvest, Pulled
from nianbao.annotate.settings import Settings
from nianbao.annotate.suggest import Values
from nianbao.pipes import extensions
from nianbao.writing.atomic import Pending, reporting

_ENTITIES = ("METRIC", "VALUE", "PERIOD", "SCOPE")


@dataclass(slots=True)
class PullReport:
    """How a pull changed the gold. `unaligned`: spans that do not lie on token boundaries, not in the DocBin."""

    written: list[str] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    conflicts: list[dict[str, Any]] = field(default_factory=list)
    agreement: list[dict[str, Any]] = field(default_factory=list)
    undecided: int = 0
    unaligned: list[str] = field(default_factory=list)


def update(folder: Path, settings: Settings, harvests: dict[str, Harvest]) -> PullReport:
    """Brings the gold of `folder` up to what was pulled.

    Places that were not pulled stay as they are. All files are complete on the disk before the first is put in
    place; where nothing changed, nothing is written.

    Raises:
        AnnotateError: the gold that is there cannot be read.
        WriteError: the system refused; the old gold is whole.
    """
    report = PullReport()
    old = _read(folder)
    files: dict[str, bytes] = {}
    links = _links(old.links, harvests.get("links"), settings, report)
    files["links.jsonl"] = _lines(links)
    decisions: Decisions = {
        (row["doc_sha256"], row["start"], row["end"]): row["metrics"] for row in links if row["metrics"]
    }
    for kind in ("spans", "lines"):
        new = _places(harvests[kind], kind, settings, report) if kind in harvests else []
        places = merge(old.places[kind], new)
        for place in places:
            decide(settings.catalogue, place, decisions)
        parts = list(stitch(places))
        report.places[kind] = len(places)
        files[f"{kind}.jsonl"] = _lines(to_plain(part, part.layer) for part in parts)
        files[f"{kind}.suggested.jsonl"] = _lines(to_plain(part, part.suggested) for part in parts)
        files[f"{kind}.spacy"] = _docbin(places, settings.spans_key, report) if places else b""
        if kind == "spans":
            files["facts.jsonl"] = _lines(fact_lines(parts))
    report.places["links"] = len(links)
    conflicts = [row for row in old.conflicts if row["project"] not in harvests] + report.conflicts
    agreement = [row for row in old.agreement if row["project"] not in harvests] + report.agreement
    files["conflicts.jsonl"] = _lines(conflicts)
    files["agreement.json"] = (json.dumps(agreement, indent=1) + "\n").encode() if agreement else b""
    report.written = _write(folder, files)
    return report


@dataclass(slots=True)
class _Old:
    places: dict[str, list[JudgedStretch]]
    links: list[dict[str, Any]]
    conflicts: list[dict[str, Any]]
    agreement: list[dict[str, Any]]


def _read(folder: Path) -> _Old:
    try:
        places = {kind: read_places(folder, kind) for kind in ("spans", "lines")}
        agreement = folder / "agreement.json"
        return _Old(
            places,
            read_lines(folder / "links.jsonl"),
            read_lines(folder / "conflicts.jsonl"),
            json.loads(agreement.read_text("utf-8")) if agreement.exists() else [],
        )
    except (ValueError, KeyError, TypeError) as error:
        raise AnnotateError(
            f"the gold in {folder} cannot be read ({error}); mend it, take it out of version control again, or name "
            "another folder with --gold"
        ) from error


def read_places(folder: Path, kind: str) -> list[JudgedStretch]:
    """The places of a project in a folder of gold; none where there is no file.

    Raises:
        ValueError, KeyError: a line that is not ours.
    """
    lines = read_lines(folder / f"{kind}.jsonl")
    before = read_lines(folder / f"{kind}.suggested.jsonl")
    suggested: list[dict[str, Any] | None] = [*before] or [None] * len(lines)
    pairs = zip(lines, suggested, strict=True)
    return [place for line, before in pairs for place in from_plain(line, before)]


def read_values(folder: Path) -> dict[str, tuple[str, Values]]:
    """Document id → (hash of its text, its confirmed prose numbers whose metric no link has decided yet).

    Table cells have their metric from the form, and stretches in dispute have no numbers yet.

    Raises:
        AnnotateError: there is no gold of spans in the folder, or it cannot be read.
    """
    if not (folder / "spans.jsonl").exists():
        raise AnnotateError(f"there is no gold of spans in {folder}; `nianbao annotate pull --gold {folder}` brings it")
    old = _read(folder)
    decided = {(row["doc_sha256"], row["start"], row["end"]) for row in old.links if row["metrics"]}
    found: dict[str, tuple[str, Values]] = {}
    for place in old.places["spans"]:
        if place.provenance["open"]:
            continue
        sha256 = place.about["doc_sha256"]
        values = found.setdefault(place.doc_id, (sha256, {}))[1]
        for mark in place.layer.marks:
            span = place.start + mark.start, place.start + mark.end
            is_prose = mark.label == "VALUE" and any(fact["basis"] != "table" for fact in mark.facts)
            if is_prose and mark.start < mark.end and (sha256, *span) not in decided:
                values[span] = [fact["metric"] for fact in mark.facts]
    return found


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSONL file; none where there is no file."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_bytes().split(b"\n") if line]


def _grouped(tasks: Iterable[Pulled]) -> list[list[Pulled]]:
    groups: dict[str, list[Pulled]] = {}
    for task in tasks:
        groups.setdefault(task.place, []).append(task)
    return list(groups.values())


def _settled(
    group: list[Pulled], settings: Settings, project: str, report: PullReport
) -> tuple[Adjudication, dict[str, Any]]:
    judgements = [one for task in group for one in task.judgements]
    verdict = settle(judgements, settings.rule, settings.adjudicator)
    first = group[0]
    for conflict in verdict.conflicts:
        readings = [
            {"start": a, "end": b, "label": label, "words": first.text[a:b], "by": who}
            for (a, b, label), who in conflict.by.items()
        ]
        where = {"project": project, "doc_id": first.source["doc_id"], "start": first.source["start"]}
        kept = [list(key) for key in conflict.kept]
        report.conflicts.append({**where, "readings": readings, "settled": conflict.settled, "kept": kept})
    provenance = {
        "by": sorted({judgement.who for judgement in judgements}),
        "at": max(judgement.at for judgement in judgements),
        "model": first.source["model"],
        "open": verdict.open,
    }
    return verdict, provenance


def _agree(groups: list[list[Pulled]], project: str, report: PullReport) -> None:
    places: list[list[Annotation]] = [[one for task in group for one in task.judgements] for group in groups]
    found = link_agreement(places) if project == "links" else span_agreement(places)
    report.agreement += [{"project": project, **asdict(one)} for one in found]


def _places(got: Harvest, kind: str, settings: Settings, report: PullReport) -> list[JudgedStretch]:
    groups = _grouped(got.taken)
    _agree(groups, kind, report)
    places = []
    for group in groups:
        verdict, provenance = _settled(group, settings, kind, report)
        task = group[0]
        about = {name: task.source[name] for name in ABOUT}
        marks: Iterable[Mark] = [Mark(*key) for key in sorted(verdict.keys)]
        if kind == "spans":
            marks = carry_facts(settings.catalogue, task.text, marks, task.suggested, about["report_year"])
        else:
            marks = _with_rules(marks, task.suggested)
        places.append(
            JudgedStretch(
                task.source["doc_id"],
                task.source["start"],
                task.source["end"],
                task.text,
                Layer(list(marks), sorted(verdict.relations)),
                task.suggested,
                about,
                provenance,
            )
        )
    return places


def _with_rules(marks: Iterable[Mark], suggested: Layer) -> list[Mark]:
    before = {mark.key: mark for mark in suggested.marks}
    return [before.get(mark.key, mark) for mark in marks]


def _links(
    old: list[dict[str, Any]], got: Harvest | None, settings: Settings, report: PullReport
) -> list[dict[str, Any]]:
    if got is None:
        return old
    groups = _grouped(got.taken)
    _agree(groups, "links", report)
    rows = {(row["doc_id"], row["start"], row["end"]): row for row in old}
    for group in groups:
        verdict, provenance = _settled(group, settings, "links", report)
        source = group[0].source
        names = sorted(key[2] for key in verdict.keys)
        candidates = [mark.label for mark in group[0].suggested.marks]
        # Several are an answer only where the linker itself gave the number several metrics.
        answered = len(names) == 1 or (1 < len(names) == source["linked"] and not set(names) - set(candidates))
        decided = answered and not verdict.open
        report.undecided += not decided
        rows[source["doc_id"], source["start"], source["end"]] = {
            "doc_id": source["doc_id"],
            "doc_sha256": source["doc_sha256"],
            "start": source["start"],
            "end": source["end"],
            "words": source["words"],
            "metrics": [None if name == settings.none_label else name for name in names] if decided else [],
            "suggested": candidates,
            **provenance,
        }
    return [rows[key] for key in sorted(rows)]


@lru_cache(maxsize=1)
def _tokenizer() -> Language:
    extensions.register()
    return spacy.blank("zh", config={"nlp": {"tokenizer": {"@tokenizers": "nianbao.ChineseTokenizer.v1"}}})


def _docbin(places: list[JudgedStretch], spans_key: str, report: PullReport) -> bytes:
    """One Doc a stretch: text that nobody judged, or that is in dispute, would teach that nothing stands there."""
    nlp = _tokenizer()
    bin_ = DocBin(store_user_data=True)
    for part in stitch([place for place in places if not place.provenance["open"]]):
        doc = nlp.make_doc(part.text)
        doc._.source_id = part.doc_id
        doc._.metadata = {"start": part.start, **part.about}
        extensions.forget_views(doc)
        spans: list[Span] = []
        for mark in part.layer.marks:
            if mark.start == mark.end:
                continue
            span = doc.char_span(mark.start, mark.end, label=mark.label)
            if span is None:
                words = part.text[mark.start : mark.end]
                report.unaligned.append(f"{part.doc_id} at {part.start + mark.start}: {mark.label} {words!r}")
            else:
                spans.append(span)
        doc.spans[spans_key] = spans
        doc.set_ents(filter_spans(span for span in spans if span.label_ in _ENTITIES))
        bin_.add(doc)
    return bin_.to_bytes()


def _lines(rows: Iterable[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode("utf-8", "surrogatepass")


def _write(folder: Path, files: dict[str, bytes]) -> list[str]:
    """Writes what differs: first all under hidden names, then all moved into place."""
    with reporting(folder):
        folder.mkdir(parents=True, exist_ok=True)
    changed = {name: data for name, data in files.items() if not _same(folder / name, data)}
    with ExitStack() as stack:
        waiting = []
        for name, data in changed.items():
            pending = Pending(folder / name)
            stack.callback(pending.discard)
            with reporting(folder / name):
                pending.path.write_bytes(data)
            waiting.append(pending)
        for pending in waiting:
            pending.commit()
    return sorted(changed)


def _same(path: Path, data: bytes) -> bool:
    if not path.exists():
        return not data
    return path.read_bytes() == data
