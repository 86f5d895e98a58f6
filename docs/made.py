"""Pages of the site that follow from something else: the catalogue, the commands, other documents of the repository.

MkDocs calls `on_files` (mkdocs.yml, hooks).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.structure.files import File

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

    from nianbao.catalogue import Catalogue

ROOT = Path(__file__).resolve().parents[1]
# Tables of many columns take the room of the page's contents.
WIDE = "---\nhide: [toc]\n---\n\n"
FORMS = {"local": "local", "2014": "2014", "2019": "2019", "2021": "2021"}
# Documents that live beside what they describe: page → its document.
ELSEWHERE = {
    "zh.md": "README.zh-CN.md",
    "annotation.md": "annotations/README.md",
    "guideline.md": "annotations/guideline.md",
    "models.md": "models/README.md",
}
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s#]+)(#[^)]*)?\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages that are made, and the pictures that they show."""
    from nianbao.catalogue import Catalogue

    catalogue = Catalogue.load()
    pages = {
        "reference/commands.md": commands(),
        "reference/metrics.md": metrics(catalogue),
        "reference/forms.md": forms(catalogue),
        "reference/checks.md": checks(catalogue),
        "figures.md": figures(),
    }
    for page, text in pages.items():
        files.append(File.generated(config, page, content=WIDE + text))
    for page, source in ELSEWHERE.items():
        text = (ROOT / source).read_text("utf-8")
        files.append(File.generated(config, page, content=moved(text, Path(source).parent)))
    for picture in sorted((*ROOT.glob("annotations/pictures/*.png"), *ROOT.glob("models/figures/*.png"))):
        place = picture.relative_to(ROOT).as_posix()
        files.append(File.generated(config, place, abs_src_path=str(picture)))
    return files


def moved(text: str, folder: Path) -> str:
    """A document of `folder` as a page of the site's top: what its links name is found, or named without a link."""
    pages = {source: page for page, source in ELSEWHERE.items()}

    def link(match: re.Match[str]) -> str:
        picture, words, target, anchor = match[1], match[2], match[3], match[4] or ""
        if "://" in target:
            return match[0]
        place = Path(os.path.normpath(folder / target)).as_posix()
        if picture or place in pages or place.startswith("docs/"):
            return f"{picture}[{words}]({pages.get(place, place.removeprefix('docs/'))}{anchor})"
        return words if words.endswith(target) or Path(words).name == Path(place).name else f"{words} (`{place}`)"

    return _LINK.sub(link, text)


def commands() -> str:
    """What each command says with --help."""
    from typer.main import get_command
    from typer.testing import CliRunner

    from nianbao.cli.app import app

    def said(*words: str) -> str:
        done = CliRunner().invoke(app, [*words, "--help"], prog_name="nianbao", env={"COLUMNS": "100"})
        return done.output.strip()

    parts = ["# Commands", "What `nianbao COMMAND --help` says.", _fenced(said())]
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        parts += [f"## nianbao {name}", _fenced(said(name))]
        for below in getattr(command, "commands", {}):
            parts += [f"### nianbao {name} {below}", _fenced(said(name, below))]
    return "\n\n".join(parts) + "\n"


def _fenced(text: str) -> str:
    return f"```text\n{text}\n```"


def metrics(catalogue: Catalogue) -> str:
    """The registry, a table for each first word of the ids."""
    series: dict[str, list[str]] = {}
    for one in catalogue.series.segments:
        series.setdefault(one.metric, []).append(f"{one.first}–{one.last or ''}")
    groups: dict[str, list[str]] = {}
    for metric in catalogue.metrics:
        forms = ", ".join(FORMS[name] for name in FORMS if metric.forms.get(name))
        row = (
            f"`{metric.id}`",
            metric.name_zh,
            metric.name_en,
            metric.unit + (" by applicant" if metric.by_applicant else ""),
            forms or "prose",
            "; ".join(series.get(metric.id, ())),
            metric.comparability,
        )
        groups.setdefault(metric.id.partition(".")[0], []).append(_row(row))
    head = _head("id", "in Chinese", "in English", "unit", "forms", "comparable years", "what changed")
    parts = [
        "# Metrics",
        f"The {len(catalogue.metrics)} canonical metrics of `configs/metrics.tsv`. Read the last column "
        "before you draw a line across 2014, 2019 or 2021.",
    ]
    for name, rows in groups.items():
        parts.append(f"## {name}\n\n{head}\n" + "\n".join(rows))
    return "\n\n".join(parts) + "\n"


def forms(catalogue: Catalogue) -> str:
    """The statutory forms: their tables, rows, and the metric of each cell."""
    parts = [
        "# Forms",
        "The tables that reports are made of, from `configs/forms/`. A row's metrics stand in the order of its "
        "columns. `–`: the form has the cell, the registry no metric.",
    ]
    for name, (first, last) in catalogue.forms.years.items():
        years = f"from {first} on" if last > 3000 else f"{first} to {last}"
        parts.append(f"## {name}\n\nReports for {years}.")
        for table in catalogue.forms.tables:
            if name in table.forms and any(row.form in (None, name) for row in table.rows):
                parts.append(
                    f"### {name}: {table.name}\n\n{_head('row', 'label', 'metrics')}\n"
                    + "\n".join(_rows(table.rows, name))
                )
    return "\n\n".join(parts) + "\n"


def _rows(rows: Iterable[object], form: str) -> Iterator[str]:
    for row in rows:
        if row.form in (None, form):  # type: ignore[attr-defined]
            cells = dict.fromkeys(f"`{metric}`" if metric else "–" for metric in row.cells.values())  # type: ignore[attr-defined]
            yield _row((row.number, row.label, " ".join(cells) or "(heading)"))  # type: ignore[attr-defined]


def checks(catalogue: Catalogue) -> str:
    """The identities that facts are checked against."""
    rows = [
        _row((f"`{one.name}`", one.formula, ", ".join(one.forms) or "all", "error" if one.error else "warning"))
        for one in catalogue.identities
    ]
    return "\n\n".join(
        (
            "# Checks",
            "What should hold, from `configs/identities.yaml`. A warning: reports may differ for good reasons.",
            _head("check", "formula", "forms", "kind") + "\n" + "\n".join(rows),
        )
    )


def figures() -> str:
    """What README says of figures and limits, and the pictures of the measurements."""
    readme = (ROOT / "README.md").read_text("utf-8")
    sections = [re.search(rf"^## {name}\n.*?(?=^## )", readme, flags=re.M | re.S) for name in ("Figures", "Limits")]
    said = [moved(found[0].strip(), Path(".")) for found in sections if found]
    pictures = [
        "## Pictures",
        "Tables and prose under growing damage (`benchmarks/robustness.py`):",
        "![F1 under growing damage](robustness.png)",
        "How often a fact of a given confidence is right:",
        "![Calibration](models/figures/calibration.png)",
        "What corrections are worth ([Annotation](annotation.md)):",
        "![Learning curve](annotations/pictures/learning_curve.png)",
    ]
    return "\n\n".join(("# Figures", *said, *pictures)) + "\n"


def _head(*names: str) -> str:
    return _row(names) + "\n" + _row(["---"] * len(names))


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
