"""The frame of every page: templates, styles and scripts of this package, and a policy that allows those alone."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from nianbao import __version__
from nianbao.paths import data_dir, load_yaml
from nianbao.review.words import number, page_link, plain, words
from nianbao.writing.atomic import write_whole

ASSETS = Path(__file__).resolve().parent / "assets"
LANGUAGES = ("zh", "en")
NOTHING = "'none'"


@dataclass(frozen=True, slots=True)
class Language:
    """The words of a page's own in one language; `name` is zh or en."""

    name: str
    words: Mapping[str, str]
    statuses: Mapping[str, str]
    applicants: Mapping[str, str]
    qualifiers: Mapping[str, str]
    roles: Mapping[str, str]


@cache
def settings() -> dict[str, Any]:
    """configs/review.yaml."""
    found: dict[str, Any] = load_yaml(data_dir("configs") / "review.yaml")
    return found


def language(name: str) -> Language:
    """The words of zh or en.

    Raises:
        ValueError: another language.
    """
    if name not in LANGUAGES:
        raise ValueError(f"pages are in {' or '.join(LANGUAGES)}, not in {name!r}")
    read = settings()
    parts = ("words", "statuses", "applicants", "qualifiers", "kinds")
    return Language(name, *(read[part][name] for part in parts))


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(ASSETS),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        # What is written out without a filter is safe in an attribute too.
        finalize=lambda value: plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value,
    )
    environment.filters.update(words=words, number=number, link=page_link)
    return environment


@cache
def _asset(names: tuple[str, ...]) -> tuple[Markup, str]:
    """The files one after the other, and their digest for the policy."""
    content = "\n".join((ASSETS / name).read_text("utf-8") for name in names)
    digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
    return Markup(content), f"'sha256-{digest}'"  # noqa: S704  (this package's own file)


def render(template: str, styles: tuple[str, ...], scripts: tuple[str, ...], lang: Language, **values: Any) -> str:
    """A whole page. `values` are escaped; what is a Markup is taken for a page's own.

    Args:
        template: of assets/. styles, scripts: files of assets/ that go into the page.
    """
    style, style_digest = _asset(styles)
    script, script_digest = _asset(scripts)
    policy = (
        f"default-src 'none'; style-src {style_digest}; script-src {script_digest if scripts else NOTHING}; "
        f"img-src data:; base-uri {NOTHING}; form-action {NOTHING}"
    )
    return (
        _environment()
        .get_template(template)
        .render(
            style=style,
            script=script if scripts else None,
            policy=policy,
            lang=lang,
            w=lang.words,
            version=__version__,
            **values,
        )
    )


def data(value: Any) -> Markup:
    """Plain data for `<script type="application/json">`, in which no character can end the element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for sign in ("<", ">", "&", "\u2028", "\u2029"):
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text.encode("utf-8", "replace").decode())  # noqa: S704  (escaped above)


def write_page(target: Path, page: str) -> None:
    """Writes a page, whole or not at all.

    Raises:
        OutputError: the target is a folder, or its folder is missing.
        WriteError: the system refused.
    """
    write_whole(target, page.encode("utf-8", "replace"))
