"""Pages as browsers save them whole (.mht, .mhtml; RFC 2557): a mail whose first page is the document."""

from __future__ import annotations

from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from nianbao.reading import html, plain
from nianbao.reading.errors import ReadError
from nianbao.reading.source import Source

_DEEPEST = 20
_MOST_PARTS = 5_000


def from_bytes(data: bytes, doc_id: str, place: str, max_bytes: int) -> Source:
    """A document from the bytes of a saved page.

    Raises:
        ReadError: no page or text is in it, or that cannot be read.
    """
    page = _page(data, place)
    try:
        content = page.get_payload(decode=True)
    except (ValueError, LookupError) as error:
        raise _damaged(place) from error
    if not isinstance(content, bytes):
        raise _damaged(place)
    content = _as_declared(content, page.get_content_charset())
    reader = html.from_bytes if page.get_content_type() == "text/html" else plain.from_bytes
    return reader(content, doc_id, place, max_bytes)


def _page(data: bytes, place: str) -> EmailMessage:
    """The first part that is a page, else the first that is a text."""
    if data.count(b"\n--") > _MOST_PARTS or data.lower().count(b"multipart/") > _DEEPEST:
        raise ReadError(
            f"has more than {_MOST_PARTS:,} parts, or parts within parts; save the page again as .html",
            path=place,
            kind="too_large",
        )
    try:
        message = BytesParser(EmailMessage, policy=policy.default).parsebytes(data)
        parts = [part for part in message.walk() if isinstance(part, EmailMessage)]
        for kind in ("text/html", "application/xhtml+xml", "text/plain"):
            for part in parts:
                if part.get_content_type() == kind and not part.is_multipart():
                    return part
    except (ValueError, LookupError, IndexError, AttributeError, TypeError, RecursionError) as error:
        raise _damaged(place) from error
    raise ReadError("holds no page; save it again as .html", path=place, kind="empty")


def _as_declared(content: bytes, charset: str | None) -> bytes:
    """The part's bytes as UTF-8 with its mark, where its head names the encoding and it keeps to that."""
    if charset is None:
        return content
    try:
        return b"\xef\xbb\xbf" + content.decode(charset).removeprefix("\ufeff").encode("utf-8")
    # What the head says is not believed more than what a page says of itself; a name with a null is a ValueError.
    except (LookupError, ValueError):
        return content


def _damaged(place: str) -> ReadError:
    return ReadError("is no saved page, or a damaged one; save it again as .html", path=place, kind="damaged")
