"""All tables in one file: facts, documents, failed checks, panel and codebook, as a workbook or a SQLite database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nianbao.catalogue import Catalogue
from nianbao.panel import build
from nianbao.panel.load import documents as tables_of_documents
from nianbao.panel.load import tables as tables_of_facts
from nianbao.schema import Document, Fact
from nianbao.sharing.rows import CHECKS, CODEBOOK, codebook, failed_checks, panel_rows, panel_table
from nianbao.writing import open_sink
from nianbao.writing.atomic import OutputError, check_target
from nianbao.writing.columns import DOCUMENTS, FACTS, TableSchema
from nianbao.writing.datasette import write_metadata
from nianbao.writing.sinks import ALL_TABLES
from nianbao.writing.words import heads

if TYPE_CHECKING:
    import pyarrow

    from nianbao.panel import Panel


def check_book(target: Path) -> None:
    """Refuses what `write_book` cannot write, before any work.

    Raises:
        OutputError: unknown ending, missing or unwritable folder, or a part of the package that is not installed.
    """
    check_target(target)
    if target.suffix.lower() not in ALL_TABLES:
        raise OutputError(
            f"{target} has an ending that cannot hold all tables; use one of {' '.join(sorted(ALL_TABLES))}"
        )
    with open_sink(target):
        pass


def write_book(
    facts: Sequence[Path],
    target: Path,
    *,
    lang: str = "en",
    catalogue: Catalogue | None = None,
    memory: str = "2GB",
) -> dict[str, int]:
    """Writes facts and all that follows from them, whole or not at all; gives the number of rows of each table.

    The panel is there where the facts are of several agencies or years. It and the checks need duckdb, and are left
    out where that is not installed. Beside a .sqlite file stands what Datasette shows with it.

    Args:
        facts: outputs of extract, or folders of them.
        lang: of a workbook's heads, zh or en.
        catalogue: whose metrics the facts speak of; None: the one that ships.
        memory: for the panel; what is more goes to disk.

    Raises:
        OutputError: see `check_book`.
        PanelError: a path holds no facts.
        WriteError: the system refused, or a sheet would be too long.
    """
    check_book(target)
    known = catalogue or Catalogue.load()
    used: set[str] = set()
    with ExitStack() as opened:
        panel = opened.enter_context(build(facts, memory=memory, catalogue=known)) if find_spec("duckdb") else None
        rows: dict[TableSchema, Iterable[Any]] = {
            FACTS: _facts(facts, used),
            DOCUMENTS: _plain((part for path in facts for part in tables_of_documents(path)), Document),
        }
        if panel is not None:
            rows[CHECKS] = failed_checks(panel.connection, known)
            if _several(panel):
                table = panel_table(panel.connection)
                rows[table] = panel_rows(panel.connection, table)
        # Last: by then the facts have said which metrics they use.
        rows[CODEBOOK] = codebook(known, used)
        counts = dict.fromkeys((table.name for table in rows), 0)
        sink = opened.enter_context(open_sink(target, tuple(rows), heads(lang)))
        for table, found in rows.items():
            sink.write(_counted(found, counts, table.name), table)
        sink.commit()
    if target.suffix.lower() == ".sqlite":
        write_metadata(target, tuple(rows))
    return counts


def _several(panel: Panel) -> bool:
    [(found,)] = panel.connection.execute("SELECT count(DISTINCT (agency_id, year)) FROM panel").fetchall()
    return bool(found > 1)


def _facts(paths: Sequence[Path], used: set[str]) -> Iterator[Fact]:
    for fact in _plain((part for path in paths for part in tables_of_facts(path)), Fact):
        if fact.metric is not None:
            used.add(fact.metric)
        yield fact


def _plain(parts: Iterable[pyarrow.Table], row: type) -> Iterator[Any]:
    for part in parts:
        yield from (row(**found) for found in part.to_pylist())


def _counted(rows: Iterable[Any], counts: dict[str, int], name: str) -> Iterator[Any]:
    for row in rows:
        counts[name] += 1
        yield row
