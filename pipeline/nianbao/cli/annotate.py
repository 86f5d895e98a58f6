"""`nianbao annotate`: documents to annotators in doccano, and their work back."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nianbao.cli.options import must_exist
from nianbao.cli.terminal import clean, polite, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from nianbao.annotate.remote import Remote
    from nianbao.annotate.settings import Settings

app = typer.Typer(
    help="Documents to annotators in doccano, and their corrections back as gold.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


class ProjectName(StrEnum):
    """The three projects."""

    spans = "spans"
    lines = "lines"
    links = "links"


class Sample(StrEnum):
    """What to annotate first."""

    uncertain = "uncertain"
    random = "random"
    all = "all"


Url = Annotated[
    str,
    typer.Option("--url", envvar="NIANBAO_DOCCANO_URL", help="Where doccano answers, for instance https://host:8000."),
]
User = Annotated[str, typer.Option("--user", envvar="NIANBAO_DOCCANO_USER", help="A project administrator's name.")]
Config = Annotated[
    Path | None, typer.Option("--config", metavar="YAML", help="Instead of configs/annotate.yaml.", show_default=False)
]
Kinds = Annotated[list[ProjectName] | None, typer.Option("--project", help="Only this one; may be repeated.")]
Gold = Annotated[Path, typer.Option("--gold", metavar="FOLDER", help="Where the gold is kept.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show Python's traceback when something fails.")]
Seed = Annotated[int, typer.Option("--seed", help="For --sample random and --double.")]

_GOLD = Path("annotations/gold")


@app.command()
def setup(url: Url, user: User, project: Kinds = None, config: Config = None, debug: Debug = False) -> None:
    """Make the projects on the server, with labels, colours, keys and guideline; what is there stays.

    The password comes from NIANBAO_DOCCANO_PASSWORD, the keyring (service "nianbao-doccano") or a prompt.
    """
    with _words(debug):
        from nianbao.annotate.setup import set_up

        settings = _settings(config)
        with _connected(url, user, settings) as server:
            set_up(server, settings, _kinds(project), _tell)


@app.command()
def push(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", help="Documents.", show_default=False)],
    url: Url,
    user: User,
    project: Annotated[ProjectName, typer.Option("--project", help="Which project.")] = ProjectName.spans,
    sample: Annotated[Sample, typer.Option("--sample", help="random for honest test sets.")] = Sample.uncertain,
    count: Annotated[int | None, typer.Option("-n", "--count", min=1, help="At most so many tasks.")] = None,
    seed: Seed = 0,
    double: Annotated[
        float, typer.Option("--double", min=0, max=1, help="Share of tasks pushed twice, to measure agreement.")
    ] = 0,
    gold: Annotated[
        Path | None,
        typer.Option("--gold", metavar="FOLDER", help="For links: ask about the numbers that people confirmed there."),
    ] = None,
    model: Annotated[
        Path | None, typer.Option("--model", help="A trained pipeline; default: the one that ships.")
    ] = None,
    config: Config = None,
    debug: Debug = False,
) -> None:
    """Cut documents into tasks, with the pipeline's suggestions, and send them; a task is sent only once."""
    with _words(debug):
        from nianbao.annotate.gather import gather
        from nianbao.annotate.push import push as send
        from nianbao.annotate.select import doubled, select

        settings = _settings(config)
        if gold is not None and project is not ProjectName.links:
            say("Error: --gold is for --project links; spans and lines are suggested by the pipeline.")
            raise typer.Exit(2)
        must_exist(paths)
        tasks, name = gather(paths, project.value, settings, model, gold, say)
        chosen = select(tasks, sample.value, count, seed, settings.sampling["spread"])
        chosen = doubled(chosen, double, seed)
        if not chosen:
            say("Error: the documents hold nothing to annotate for this project.")
            raise typer.Exit(1)
        with _progress("tasks sent") as progress, _connected(url, user, settings) as server:
            done = send(server, settings, chosen, name, progress)
        there = f", {done.there:,} were there already" if done.there else ""
        _tell(f"{settings.projects[project.value].name}: {done.sent:,} tasks sent{there}")


@app.command()
def pull(
    url: Url, user: User, project: Kinds = None, gold: Gold = _GOLD, config: Config = None, debug: Debug = False
) -> None:
    """Take confirmed tasks back as gold: JSONL, DocBin, facts; conflicts are listed and settled by the config's rule.

    Ends with 1 where tasks were refused; the others are in the gold.
    """
    with _words(debug):
        from nianbao.annotate.gold import update
        from nianbao.annotate.pull import harvest, need_all, summary_lines
        from nianbao.annotate.setup import find_project

        settings = _settings(config)
        with _progress("answers read") as progress, _connected(url, user, settings, progress) as server:
            kinds = [
                kind
                for kind in _kinds(project)
                # Without --project, a project that was never set up is simply not used.
                if project or find_project(server, settings.projects[kind]) is not None
            ]
            harvests = {kind: harvest(server, settings, kind) for kind in kinds or ["spans"]}
        report = update(gold, settings, harvests)
        for kind, got in harvests.items():
            for line in summary_lines(kind, got):
                _tell(line)
        for line in _report_lines(report, gold):
            _tell(line)
        need_all(harvests.values())


@app.command()
def status(url: Url, user: User, config: Config = None, debug: Debug = False) -> None:
    """Show how far each project is, and who confirmed how much."""
    with _words(debug):
        from nianbao.annotate.setup import find_project

        settings = _settings(config)
        with _connected(url, user, settings) as server:
            for project in settings.projects.values():
                found = find_project(server, project)
                if found is None:
                    _tell(f"{project.name}: not set up")
                    continue
                got = server.ask(f'the project "{project.name}"', "progress", project=found["id"])
                who = ", ".join(f"{m['user']} {m['done']:,}" for m in got["members"] if m["done"]) or "nobody yet"
                _tell(f"{project.name}: {got['done']:,} of {got['total']:,} tasks confirmed ({who})")


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="A folder of gold or a .jsonl of spans.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The same, later.")],
    debug: Debug = False,
) -> None:
    """Show what people changed from OLD to NEW, by label and by labelling function.

    After a pull, gold/spans.suggested.jsonl against gold/spans.jsonl tells which rule its corrections speak against.
    """
    with _words(debug):
        from nianbao.annotate.diff import compare, table

        found = compare(old, new)
        for line in [*table("label", found.labels, False), "", *table("labelling function", found.rules, True)]:
            _tell(line)


def _report_lines(report: Any, gold: Path) -> Iterator[str]:
    places = ", ".join(f"{count:,} {kind}" for kind, count in report.places.items() if count) or "nothing"
    yield f"{gold}: {places}; " + (f"wrote {', '.join(report.written)}" if report.written else "nothing changed")
    for one in report.agreement:
        yield f"Agreement on {one['project']}, {one['first']} and {one['second']}: " + (
            f"{one['measure']} {one['value']:.3f} on {one['tasks']:,} tasks"
        )
    for conflict in report.conflicts:
        readings = "; ".join(f"{r['label']} {r['words']!r} by {', '.join(r['by'])}" for r in conflict["readings"])
        yield (
            f"Conflict in {conflict['project']}, {conflict['doc_id']} at {conflict['start']}: {readings} → "
            + (conflict["settled"])
        )
    if report.undecided:
        yield f"{report.undecided:,} link tasks are confirmed with none or several metrics left; they decide nothing"
    for words in report.unaligned:
        yield f"Not on token boundaries, so not in the DocBin: {words}"


@contextmanager
def _words(debug: bool) -> Iterator[None]:
    from nianbao.annotate.errors import AnnotateError

    with polite(debug):
        try:
            yield
        except AnnotateError as error:
            if debug:
                raise
            text = str(error)
            say(f"Error: {text[:1].upper()}{text[1:]}.")
            raise typer.Exit(1) from None


@contextmanager
def _connected(
    url: str, user: str, settings: Settings, progress: Callable[[int, int], None] | None = None
) -> Iterator[Remote]:
    from nianbao.annotate.environment import client_python
    from nianbao.annotate.remote import Remote

    password = _password(user)
    with Remote(client_python(say), url, user, password, settings.session(), progress) as server:
        yield server


def _password(user: str) -> str:
    named = os.environ.get("NIANBAO_DOCCANO_PASSWORD")
    if named is not None:
        return named
    try:
        import keyring  # type: ignore[import-not-found, unused-ignore]

        kept = keyring.get_password("nianbao-doccano", user)
    # No package, or no keyring on this machine.
    except Exception:
        kept = None
    if kept is not None:
        return str(kept)
    if not sys.stdin.isatty():
        say("Error: No password; set NIANBAO_DOCCANO_PASSWORD, or run this in a terminal to be asked.")
        raise typer.Exit(2)
    return str(typer.prompt(f"Password of {user}", hide_input=True, err=True))


def _settings(config: Path | None) -> Settings:
    from nianbao.annotate.settings import load_settings

    return load_settings(config)


def _kinds(project: list[ProjectName] | None) -> list[str]:
    return [kind.value for kind in project or ProjectName]


def _tell(line: str) -> None:
    print(clean(line))


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A line that counts on standard error, where that is a terminal."""
    shown = sys.stderr.isatty()

    def show(done: int, total: int) -> None:
        if shown:
            print(f"\r{done:,} of {total:,} {what}", end="", file=sys.stderr, flush=True)

    try:
        yield show
    finally:
        if shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
