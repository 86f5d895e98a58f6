"""Words of documents made safe for a page: escaped, and without characters that act on what is read."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import quote

from markupsafe import Markup, escape

# What no page may hold, and marks of direction, which would turn round the words beside them.
_BROKEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_DIRECTION = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
_UNSAFE_NAME = re.compile(r"[^\w.-]+")
_LONGEST_NAME = 150


def words(text: object) -> Markup:
    """Text for an element: marks of direction stay, each run in an isolate of its own that shows its code."""
    raw = _BROKEN.sub("\ufffd", "" if text is None else str(text))
    if not _DIRECTION.search(raw):
        return escape(raw)
    parts: list[Markup] = []
    at = 0
    for match in _DIRECTION.finditer(raw):
        codes = " ".join(f"U+{ord(sign):04X}" for sign in match.group())
        parts += [
            escape(raw[at : match.start()]),
            Markup('<bdi class="sign" data-code="{}">{}</bdi>').format(codes, match.group()),
        ]
        at = match.end()
    return Markup("").join([*parts, escape(raw[at:])])


def plain(text: object) -> str:
    """Text for an attribute or a title, not yet escaped: what acts on the reading is replaced by U+FFFD."""
    raw = "" if text is None else str(text)
    return raw if raw.isascii() and raw.isprintable() else _DIRECTION.sub("\ufffd", _BROKEN.sub("\ufffd", raw))


def number(value: float | None) -> str:
    """A number as people write it: 58,000 and 0.5."""
    return "" if value is None else f"{value:,.10g}"


def page_name(doc_id: str) -> str:
    """The name of a document's page: the same on every system, another for every id."""
    safe = _UNSAFE_NAME.sub("_", plain(doc_id)).strip("._")
    while len(safe.encode()) > _LONGEST_NAME:
        safe = safe[:-8]
    # Some systems do not tell capitals from small letters; `index` is the list of the pages.
    if not safe or safe != doc_id or safe != safe.lower() or safe == "index":
        digest = hashlib.sha256(doc_id.encode("utf-8", "surrogatepass")).hexdigest()[:10]
        safe = f"{safe or 'report'}-{digest}"
    return safe + ".html"


def page_link(name: str, anchor: str = "") -> str:
    """A relative address of a page by its file's name; never taken for a scheme."""
    return "./" + quote(name, safe="/") + (f"#{anchor}" if anchor else "")


def mark_anchor(start: int, end: int) -> str:
    """The anchor of text[start:end] on its report's page."""
    return f"m{start}-{end}"
