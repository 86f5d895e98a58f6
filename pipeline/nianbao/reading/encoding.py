"""Bytes to text: the encodings in which Chinese sites write, declared or not."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice

from nianbao.reading.config import load_config
from nianbao.reading.damaged import mend, with_passages

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    # The UTF-32 mark of little-endian order begins with the UTF-16 one: longer first.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
# gb18030 holds gbk and gb2312; big5hkscs holds big5. cp950 has the box characters that big5hkscs lacks.
_CANDIDATES = ("gb18030", "big5hkscs", "cp950")
_SAME = {"gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "hz": "gb18030", "big5": "big5hkscs"}
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""")
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_CJK = re.compile(r"[\u3400-\u9fff]")
_DECLARATION_BYTES = 4096
# Chinese in seven bits, between these signs (RFC 1843).
_HZ = re.compile(rb"~\{(?:[!-~]{2})+~\}")


class EncodingError(ValueError):
    """No encoding gives plausible text."""


@dataclass(slots=True, frozen=True)
class Decoded:
    """`text` without a byte order mark.

    `dropped`: bytes of an unfinished last character that were left out. `lost`: marks (U+FFFD) in the text for bytes
    that say nothing. `others`: passages that were in another encoding than the rest.
    """

    text: str
    encoding: str
    dropped: int = 0
    lost: int = 0
    others: int = 0


def declared_encoding(data: bytes) -> str | None:
    """The Chinese encoding that an HTML `meta` element or an XML declaration names; None: none or another."""
    found = _DECLARED.search(data, 0, _DECLARATION_BYTES)
    if found is None:
        return None
    try:
        name = codecs.lookup(found.group(1).decode("ascii")).name
    except LookupError:
        return None
    name = _SAME.get(name, name)
    # The name comes from the document, and codecs holds more than encodings of text (rot13, zlib).
    return name if name in _CANDIDATES else None


def decode(data: bytes, declared: str | None = None) -> Decoded:
    """Text of `data`: by its byte order mark, as UTF-8, as declared, else by the most plausible Chinese.

    A declaration alone is not believed: pages of Chinese sites often declare one encoding and are written in another.
    An unfinished character at the very end (a download cut short) is left out and counted. Where no encoding fits
    the whole, it is read passage by passage, and what is left of damaged bytes is marked and counted.

    Raises:
        EncodingError: nothing fits.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            decoded = _strict(data[len(mark) :], encoding)
            if decoded is None:
                raise EncodingError(f"it begins like {encoding}, but goes on with bytes that {encoding} has not")
            return decoded
    if _HZ.search(data) and (hz := _strict(data, "hz")) is not None and plausibility(hz.text) >= _threshold():
        return hz
    utf8 = _strict(data, "utf-8")
    if utf8 is not None and (utf8.text.isascii() or _CJK.search(utf8.text)):
        return utf8
    tried = [utf8] if utf8 else []
    for encoding in dict.fromkeys([declared, *_CANDIDATES] if declared else _CANDIDATES):
        decoded = _strict(data, encoding)
        if decoded is not None:
            tried.append(decoded)
    # max keeps the first of equals: a declared encoding wins over an undeclared one that reads as well.
    best = max(tried, key=lambda d: plausibility(d.text), default=None)
    if best is not None and plausibility(best.text) >= _threshold():
        found = with_passages(data, best.text, best.encoding, plausibility)
        return replace(best, text=found.text, others=found.others)
    if utf8 is not None:
        return utf8
    encodings = tuple(dict.fromkeys(filter(None, ("utf-8", declared, *_CANDIDATES))))
    mended = mend(data, encodings, plausibility, _threshold())
    if mended is None:
        raise EncodingError(
            "its encoding is none of UTF-8, UTF-16 with a byte order mark, GB18030, Big5 (or the file is damaged); "
            "convert it to UTF-8, for instance with iconv"
        )
    return Decoded(mended.text, mended.encoding, lost=mended.lost, others=mended.others)


def _threshold() -> float:
    return float(load_config("reading.yaml")["plausibility"]["threshold"])


def plausibility(text: str) -> float:
    """How much of the non-ASCII text is frequent in Chinese: 0..1; about 0.6 for Chinese, under 0.1 for mojibake."""
    settings = load_config("reading.yaml")["plausibility"]
    common = _common()
    runs = islice(_FOREIGN.finditer(text), settings["sample"])
    sample = "".join(m.group()[: settings["sample"]] for m in runs)[: settings["sample"]]
    return sum(c in common for c in sample) / len(sample) if sample else 0.0


@cache
def _common() -> frozenset[str]:
    text = load_config("reading.yaml")["plausibility"]["common"]
    return frozenset(text) - {" ", "\n"}


def _strict(data: bytes, encoding: str) -> Decoded | None:
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
        text = decoder.decode(data)
        pending = decoder.getstate()[0]
    except UnicodeError:
        return None
    return Decoded(text, encoding, len(pending))
