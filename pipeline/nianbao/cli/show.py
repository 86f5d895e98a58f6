"""A table of facts with the words they come from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from nianbao.cli.terminal import clean
from nianbao.reading import Source
from nianbao.writing import read_facts

Keep = Callable[[dict[str, Any]], bool]

# Characters of the line that are shown beside a value, and how far from it its metric may begin to be shown too.
_AROUND = 14
_FAR = 50
_PIPED_WIDTH = 150


def print_facts(facts: Path, sources: Iterable[Source], count: int, keep: Keep) -> int:
    """Prints `count` of the rows that `keep` accepts, spread over the documents, with the words around each value.

    Returns:
        how many there were.

    Raises:
        ValueError: the file holds no facts.
        OSError: it cannot be read.
    """
    rows = _spread(facts, count, keep)
    wanted = {row["doc_id"] for row in rows}
    texts = {source.id: source.text for source in sources if source.id in wanted}
    console = Console()
    if not console.is_terminal:
        console = Console(width=_PIPED_WIDTH)
    table = Table(title=f"{len(rows)} facts of {clean(facts.name)}", title_justify="left", header_style="bold")
    for name in ("doc", "year", "metric", "applicant", "value", "unit", "status"):
        table.add_column(name, overflow="fold", justify="right" if name == "value" else "left")
    table.add_column("source words", overflow="fold", min_width=24)
    for row in rows:
        cells = [_cell(row[name]) for name in ("doc_id", "year", "metric", "applicant", "value", "unit", "status")]
        table.add_row(*cells, source_words(texts.get(row["doc_id"]), row))
    if rows:
        console.print(table)
    return len(rows)


def _spread(facts: Path, count: int, keep: Keep) -> list[dict[str, Any]]:
    # Read twice, so that a file of any size is not held. Each document has its share: a form has more rows than prose.
    totals = Counter(row["doc_id"] for row in read_facts(facts) if keep(row))
    places: dict[str, set[int]] = {}
    for i, (doc_id, total) in enumerate(totals.items()):
        share = min(total, count * (i + 1) // len(totals) - count * i // len(totals))
        places[doc_id] = {k * total // share for k in range(share)}
    seen: Counter[str] = Counter()
    chosen = []
    for row in filter(keep, read_facts(facts)):
        if seen[row["doc_id"]] in places[row["doc_id"]]:
            chosen.append(row)
        seen[row["doc_id"]] += 1
    return chosen


def _cell(value: Any) -> Text:
    if isinstance(value, float):
        return Text(f"{value:,.10g}")
    # Text objects, never markup: brackets in a document are brackets.
    return Text("" if value is None else clean(str(value)))


def source_words(text: str | None, row: dict[str, Any]) -> Text:
    """The value in bold among the words around it on its line; without the text, the metric's words and the value."""
    start, end = row["start"], row["end"]
    if text is None or end > len(text):
        return Text.assemble(_plain(row["metric_text"] or ""), " ", (_plain(row["value_text"] or ""), "bold"))
    line_start = text.rfind("\n", 0, start) + 1
    first = max(line_start, start - _AROUND)
    metric_start = row["metric_start"]
    if metric_start is not None and max(line_start, start - _FAR) <= metric_start < first:
        first = metric_start
    line_end = text.find("\n", end)
    last = min(line_end if line_end >= 0 else len(text), end + _AROUND)
    value = _plain(text[start:end]) or "▁"
    words = Text.assemble(_plain(text[first:start]), (value, "bold"), _plain(text[end:last]))
    metric = row["metric_text"]
    # A cell's line may hold the number alone: its label stands elsewhere.
    if metric and metric not in text[first:last]:
        return Text.assemble(_plain(metric), " … ", words)
    return words


def _plain(text: str) -> str:
    return clean(text.replace("\t", " ").replace("\n", " "))
