"""A page's bytes to its bare text, roughly and fast: enough to judge it by, not to read it by."""

from __future__ import annotations

import codecs
import html
import re
from functools import cache
from itertools import islice
from typing import NamedTuple

from nianbao.language.script import to_simplified

MAX_BYTES = 2_000_000
"""What of a page is looked at."""

_ENCODINGS = ("utf-8", "gb18030", "big5hkscs", "utf-16-le", "utf-16-be")
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_HIDDEN = ((b"<script", b"</script"), (b"<style", b"</style"), (b"<!--", b"-->"))
# Nothing here looks further than the next angle bracket: a page of open tags must not take the square of its length.
_TAG = re.compile(rb"<[A-Za-z/!?][^<>]*>")
_TITLE = re.compile(rb"<(title|h[1-3])\b[^<>]*>", re.IGNORECASE)
_TITLES, _TITLE_BYTES = 40, 2_000
_TITLE_LINES, _TITLE_LENGTH = 4, 240
# Decimal, of five digits: what every Chinese character but a few is.
_REFERENCE = re.compile(r"&#([1-9][0-9]{4});")
_BIG5 = re.compile(rb"charset\s*=\s*[\"']?\s*big-?5", re.IGNORECASE)


class PageParts(NamedTuple):
    """`title`: what its title and headings say, or the first lines of a plain text; `text`: all of it, in one piece.

    Both in simplified characters; bytes that no encoding has are U+FFFD.
    """

    title: str
    text: str


def read_text(text: str) -> PageParts:
    """A text that is plain and in simplified characters already."""
    lines = [line for line in text[:600].split("\n") if line.strip()]
    return PageParts("\n".join(lines[:_TITLE_LINES])[:_TITLE_LENGTH], text)


def _titles(page: bytes) -> bytes:
    """What the first titles and headings of a page hold."""
    found = []
    for opening in islice(_TITLE.finditer(page), _TITLES):
        held = page[opening.end() : opening.end() + _TITLE_BYTES]
        end = held.lower().find(b"</" + opening[1].lower())
        if end >= 0:
            found.append(held[:end])
    return b"\n".join(found)


def _unescaped(text: str) -> str:
    """As html.unescape, which alone would be slow on pages that are all character references."""
    parts = _REFERENCE.split(text)
    parts[1::2] = map(_references().__getitem__, parts[1::2])
    text = "".join(parts)
    return html.unescape(text) if "&" in text else text


@cache
def _references() -> dict[str, str]:
    return {str(code): chr(code) for code in range(10_000, 100_000)}


def _without_hidden(data: bytes) -> bytes:
    """The page without its programs, styles and comments. An element that never ends hides nothing."""
    low = data.lower()
    for opening, closing in _HIDDEN:
        if opening not in low:
            continue
        parts, at = [], 0
        while (start := low.find(opening, at)) >= 0:
            end = low.find(closing, start)
            if end < 0:
                break
            parts.append(data[at:start])
            at = end + len(closing) if closing == b"-->" else end
        parts.append(data[at:])
        data = b"".join(parts)
        low = data.lower()
    return data


def _can_encode(word: str, encoding: str) -> bool:
    try:
        word.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


class PageReader:
    """Reads pages by the words of configs/gate/words.yaml.

    Args:
        subject: the word that no report lacks, as simplified and as traditional script have it.
        traditional: characters that only traditional texts have, frequent in this genre.
    """

    def __init__(self, subject: tuple[str, str], traditional: str) -> None:
        self._subject, self._traditional = subject, tuple(traditional)
        self._needles = sorted({w.encode(e) for w in subject for e in _ENCODINGS if _can_encode(w, e)})
        self._references = [
            re.compile(b"".join(rb"&#(?:%d|[xX]0*(?i:%x));" % (ord(c), ord(c)) for c in word)) for word in subject
        ]

    def names_subject(self, data: bytes) -> bool:
        """Whether the subject stands in the bytes, in any encoding of Chinese sites or as character references."""
        if not data.isascii() and any(needle in data for needle in self._needles):
            return True
        return b"&#" in data and any(pattern.search(data) for pattern in self._references)

    def read(self, data: bytes) -> PageParts:
        """The page or plain text in some bytes, of which the first `MAX_BYTES` are looked at."""
        data = data[:MAX_BYTES]
        if b"</" not in data or data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return read_text(self._plain(data))
        shown = _without_hidden(data)
        return PageParts(
            self._plain(_TAG.sub(b" ", _titles(shown)))[:_TITLE_LENGTH], self._plain(_TAG.sub(b" ", shown))
        )

    def _plain(self, data: bytes) -> str:
        text = self._decoded(data)
        if "&" in text:
            text = _unescaped(text)
        return to_simplified(text) if any(character in text for character in self._traditional) else text

    def _decoded(self, data: bytes) -> str:
        for mark, encoding in _MARKS:
            if data.startswith(mark):
                return data[len(mark) :].decode(encoding, "replace")
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            # A page cut off, or with one bad byte, is still UTF-8.
            if error.start > len(data) - 4 or (error.start > 400 and not data[: error.start].isascii()):
                return data.decode("utf-8", "replace")
        return data.decode("big5hkscs" if self._is_big5(data) else "gb18030", "replace")

    def _is_big5(self, data: bytes) -> bool:
        if _BIG5.search(data, 0, 4096):
            return True
        return self._subject[1].encode("big5hkscs") in data and not any(
            word.encode("gb18030") in data for word in self._subject
        )
