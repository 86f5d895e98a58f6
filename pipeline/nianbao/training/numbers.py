"""Corpora of numbers for `spacy train configs/number_linker.cfg`: marked texts, simulated reports, DocBins of either.

A reference Doc is a whole marked text, or the stretch of a simulated report around some numbers with the heading above
it; it carries `mentions`, `structure` and `truths`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, DocBin
from spacy.training import Example
from spacy.vocab import Vocab

from nianbao.catalogue import Catalogue
from nianbao.extractor import Extractor, load
from nianbao.pipes import extensions
from nianbao.pipes.mentions import from_plain
from nianbao.prose.knowledge import Knowledge
from nianbao.prose.linking import Link, Linker
from nianbao.prose.network.labels import NONE
from nianbao.prose.network.stretch import Candidate, StretchReader
from nianbao.reading.source import Source
from nianbao.simulate import generate
from nianbao.training.gold import gold_labels, gold_parts
from nianbao.training.marked import MarkedText, read_marked
from nianbao.training.stated_facts import StatedFact, of_marked, of_report, truths

READ = ("nianbao_tables", "nianbao_structure", "nianbao_mentions")
_DIGITS = re.compile(r"\d+")


class NumberReader:
    """Reads training texts as the pipeline reads reports, as far as their mentions, and tells what these are."""

    def __init__(self) -> None:
        self.extractor = Extractor(load(linker="rules"))
        knowledge = Catalogue.load().compiled(Knowledge)
        self.by_applicant = knowledge.by_applicant
        self.linker = Linker(knowledge)

    def read(self, source: Source, said: Iterable[StatedFact], year: int | None = None) -> Doc:
        """The source as a Doc with mentions, structure and truths.

        Args:
            said: what it says. year: the report year of a text too short to name it, known to be of a report.
        """
        doc = self.extractor.make_doc(source)
        for name in READ:
            if name == "nianbao_mentions" and year is not None:
                doc._.structure = {**doc._.structure, "report_year": year, "is_report": True}
            doc = self.extractor.nlp.get_pipe(name)(doc)
        mentions = [from_plain(plain) for plain in doc._.mentions]
        links: dict[int, list[Link]] = defaultdict(list)
        for link in self.linker.link(mentions):
            links[id(link.mention)].append(link)
        doc._.truths = truths(mentions, links, said, doc._.structure["report_year"])
        return doc

    def marked(self, text: MarkedText) -> Doc:
        """A marked text. Whom a metric by applicants counts, where the mark does not say: all of them."""
        doc = self.read(Source(text.id, text.text), of_marked(text), text.year)
        for truth in doc._.truths:
            if not truth["applicant"] and self.by_applicant.intersection(truth["metrics"]):
                truth["applicant"] = "total"
        return _copied(doc, ("mentions", "structure", "regions", "source_id", "truths"))

    def gold(self, part: dict[str, Any]) -> Doc:
        """A stretch that people judged (see `gold_parts`), without the truths."""
        return self.read(Source(part["doc_id"], part["text"]), (), part["report_year"])


def marked_docs(folder: Path, leave_out: str = "", only: str = "") -> Iterator[Doc]:
    """The marked texts of a folder that are of reports, in the order of its files.

    Args:
        leave_out: stem of a file that is not read. only: stem of the one file that is.

    Raises:
        FileNotFoundError: there is no marked text in the folder.
    """
    files = sorted(folder.glob("*.txt"))
    if not files:
        raise FileNotFoundError(f"no marked texts in {folder}")
    reader = NumberReader()
    for path in files:
        if path.stem in leave_out.split(",") or (only and path.stem not in only.split(",")):
            continue
        for text in read_marked(path):
            if text.report:
                yield reader.marked(text)


def gold_docs(folder: Path) -> Iterator[Doc]:
    """The texts of a folder of gold with the metrics that people left to their numbers.

    Raises:
        FileNotFoundError: there is no gold in the folder.
    """
    reader = NumberReader()
    for part in gold_parts(folder):
        doc = reader.gold(part)
        labels = gold_labels(part)
        for mention, truth in zip(doc._.mentions, doc._.truths, strict=True):
            metrics = labels.get((mention["start"], mention["end"]), [NONE])
            truth["metrics"] = [metric or NONE for metric in metrics]
            if reader.by_applicant.intersection(truth["metrics"]):
                truth["applicant"] = "total"
        yield _copied(doc, ("mentions", "structure", "regions", "source_id", "truths"))


def simulated_docs(reports: int, seed: int, split: str, most: int = 0) -> Iterator[Doc]:
    """The stretches of simulated reports that hold numbers; what differs from an earlier one in digits alone is not
    given again.

    Args:
        reports, seed, split: as for `nianbao.simulate.generate`. most: stretches at most; 0: all.
    """
    reader = NumberReader()
    seen: set[str] = set()
    for report in generate(reports, seed=seed, split=split, negatives=0.0):  # type: ignore[arg-type]
        doc = reader.read(Source(report.id, report.text), of_report(report))
        for excerpt in _excerpts(doc):
            key = _DIGITS.sub("0", excerpt.text)
            if key in seen:
                continue
            seen.add(key)
            yield excerpt
            if most and len(seen) >= most:
                return


def _excerpts(doc: Doc) -> Iterator[Doc]:
    text, norm = extensions.views(doc)
    mentions, structure = doc._.mentions, doc._.structure
    candidates = [Candidate(m["start"], m["end"], m["kind"]) for m in mentions]
    headings = [(heading["start"], heading["end"]) for heading in structure["headings"]]
    walls = [at for region in doc._.regions for at in (region["start"], region["end"])]
    for stretch in StretchReader(lambda *_: ()).cut(norm, candidates, headings, walls):
        above = [h for h in headings if h[1] <= stretch.begin][-1:]
        title = "".join(text[start:end] for start, end in above) + "\n"
        begin, end = stretch.begin, max(stretch.end, *(candidates[n].end for n in stretch.candidates))
        shift = len(title) - begin
        out = by_characters(doc.vocab, title + text[begin:end])
        out._.source_id = f"{doc._.source_id}:{begin}"
        out._.structure = {
            "headings": [{"start": 0, "end": len(title) - 1, "level": 1, "text": title[:-1]}] if above else [],
            "report_year": structure["report_year"],
            "agency": structure["agency"],
        }
        out._.mentions = [_moved(mentions[number], shift) for number in stretch.candidates]
        out._.truths = [
            {**doc._.truths[n], "name": _span(doc._.truths[n]["name"], shift, begin, end)} for n in stretch.candidates
        ]
        yield out


def by_characters(vocab: Vocab, text: str) -> Doc:
    """A Doc of single characters, so that batches are counted in what the network reads."""
    return Doc(vocab, words=list(text), spaces=[False] * len(text))


def _moved(mention: dict[str, Any], shift: int) -> dict[str, Any]:
    moved = dict(mention, start=mention["start"] + shift, end=mention["end"] + shift)
    moved["names"] = [None if name is None else [name[0] + shift, name[1] + shift] for name in mention["names"]]
    moved["clause"] = [at + shift for at in mention["clause"]]
    return moved


def _span(span: list[int] | None, shift: int, begin: int, end: int) -> list[int] | None:
    return [at + shift for at in span] if span and begin <= span[0] < span[1] <= end else None


def create_corpus(
    path: str | None = None,
    texts: str | None = None,
    times: int = 1,
    leave_out: str = "",
    only: str = "",
    reports: int = 0,
    most: int = 0,
    seed: int = 0,
    split: str = "train",
) -> Callable[[Language], Iterator[Example]]:
    """The reader registered as `nianbao.NumberCorpus.v1`.

    Args:
        path: DocBins to read besides, comma-separated; one that is named twice counts twice. texts: a folder of marked
            texts, each given `times` times, without the files `leave_out` (stems, comma-separated) or the files `only`.
        reports, most, seed, split: of simulated reports.
    """
    kept: list[Doc] = []

    def read(nlp: Language) -> Iterator[Example]:
        if not kept:
            extensions.register()
            parts = path.split(",") if path else []
            stored = {part: list(DocBin().from_disk(part).get_docs(nlp.vocab)) for part in dict.fromkeys(parts)}
            for part in parts:
                kept.extend(stored[part])
            if texts:
                kept.extend(list(marked_docs(Path(texts), leave_out, only)) * times)
            if reports:
                kept.extend(simulated_docs(reports, seed, split, most))
        for reference in kept:
            yield Example(_bare(reference), reference)

    return read


def _bare(reference: Doc) -> Doc:
    """What the component is given: the reference without its truths."""
    return _copied(reference, ("mentions", "structure", "regions", "source_id"))


def _copied(doc: Doc, names: Iterable[str]) -> Doc:
    copy = by_characters(doc.vocab, extensions.views(doc)[0])
    for name in names:
        setattr(copy._, name, getattr(doc._, name))
    return copy


def write_corpus(docs: Iterable[Doc], out: Path) -> int:
    """Writes Docs with all that they carry into a DocBin; returns how many."""
    stored = DocBin(store_user_data=True)
    for doc in docs:
        extensions.forget_views(doc)
        stored.add(doc)
    stored.to_disk(out)
    return len(stored)


def main() -> None:
    """The command line: a corpus as a DocBin, for `spacy evaluate` and `--corpora.train.path`."""
    import argparse

    parser = argparse.ArgumentParser(description="Write a corpus of numbers as a DocBin.")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--texts", type=Path, help="a folder of marked texts")
    parser.add_argument("--only", default="", help="stems of its files, comma-separated; all of them by default")
    parser.add_argument("--reports", type=int, default=0, help="so many simulated reports")
    parser.add_argument("--seed", type=int, default=12)
    parser.add_argument("--split", choices=["train", "held_out", "all"], default="held_out")
    options = parser.parse_args()
    docs = list(marked_docs(options.texts, only=options.only)) if options.texts else []
    if options.reports:
        docs += simulated_docs(options.reports, options.seed, options.split)
    print(f"{write_corpus(docs, options.out):,} documents in {options.out}")


if __name__ == "__main__":
    main()
