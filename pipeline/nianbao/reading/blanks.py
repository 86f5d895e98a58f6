"""White space as readers of formatted text see it."""

from __future__ import annotations

import re

_SPACES = re.compile(r"[ \t\n\f\r]+")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff\x00"))
# No-break, full-width and the typographic spaces: blank at the ends of a line and in an empty cell.
_BLANKS = " \t\n\r\f\v\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_WIDE = re.compile(r"[\u2e80-\u303f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uff60]")


def collapse(text: str) -> str:
    """White space as a browser shows it; a line break of the source between Chinese characters is none."""
    text = text.translate(_INVISIBLE).strip(_BLANKS)
    return _SPACES.sub(_space, text)


def _space(match: re.Match[str]) -> str:
    if "\n" in match.group() or "\r" in match.group():
        text = match.string
        if _WIDE.match(text[match.start() - 1]) and _WIDE.match(text[match.end()]):
            return ""
    return " "
