"""Files of every kind that is read, made of a text, and damaged."""

from __future__ import annotations

import bz2
import email.mime.multipart
import email.mime.text
import gzip
import io
import json
import random
import zipfile
from collections.abc import Callable
from html import escape

Maker = Callable[[str, random.Random], bytes]


def _clean(text: str) -> str:
    """Without halves of surrogate pairs and signs that XML cannot hold."""
    return "".join(c for c in text if c in "\n\t" or (ord(c) >= 32 and not 0xD800 <= ord(c) < 0xE000 and c < "\ufffe"))


def txt(text: str, chance: random.Random) -> bytes:
    """In one of the encodings, or in two of them."""
    encodings = ("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-32")
    data = text.encode(chance.choice(encodings), "replace")
    return data + text.encode(chance.choice(encodings), "replace") if chance.random() < 0.1 else data


def html(text: str, chance: random.Random) -> bytes:
    """Lines as paragraphs or as rows of a table."""
    rows = []
    for line in text.split("\n"):
        cells = [f"<t{chance.choice('dh')}{_spans(chance)}>{escape(cell)}" for cell in line.split("|")]
        rows.append("<tr>" + "".join(cells) if chance.random() < 0.5 else f"<p>{escape(line)}</p>")
    page = f"<html><head><title>{escape(text[:30])}</title></head><body><table>{''.join(rows)}</table></body></html>"
    return page.encode(chance.choice(("utf-8", "gb18030")), "replace")


def _spans(chance: random.Random) -> str:
    if chance.random() < 0.7:
        return ""
    return f" {chance.choice(('colspan', 'rowspan', 'width'))}={chance.choice(('0', '2', '-1', '99999', '²', 'x', ''))}"


def csv(text: str, chance: random.Random) -> bytes:
    """Lines as records."""
    mark = chance.choice((",", "\t", ";"))
    quote = chance.choice(("", '"'))
    lines = (mark.join(f"{quote}{cell}{quote}" for cell in line.split("|")) for line in text.split("\n"))
    return "\r\n".join(lines).encode(chance.choice(("utf-8-sig", "gb18030")), "replace")


def jsonl(text: str, chance: random.Random) -> bytes:
    """A text as it is, halves of surrogate pairs too, and a year of some kind."""
    years = (2018, "2018", "²018", None, 2018.0, [], 10**30, "二〇一八", True, -1)
    rows = [{"id": str(i), "text": part, "year": chance.choice(years)} for i, part in enumerate(text.split("\n\n"))]
    return "\n".join(json.dumps(row, ensure_ascii=chance.random() < 0.9) for row in rows).encode("utf-8", "replace")


def jsonl_gz(text: str, chance: random.Random) -> bytes:
    """The same, compressed."""
    return gzip.compress(jsonl(text, chance), mtime=0)


def parquet(text: str, chance: random.Random) -> bytes:
    """A table of texts."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    out, parts = io.BytesIO(), _clean(text).split("\n\n")
    ids = pa.array([str(i) for i in range(len(parts))])
    pq.write_table(pa.table({"id": ids if chance.random() < 0.8 else pa.array(range(len(parts))), "text": parts}), out)
    return out.getvalue()


def xlsx(text: str, chance: random.Random) -> bytes:
    """Lines as rows of a sheet; numbers as numbers, now and then."""
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "nan_inf_to_errors": True}) as book:
        sheet = book.add_worksheet()
        for row, line in enumerate(_clean(text).split("\n")[:200]):
            for column, cell in enumerate(line.split("|")[:50]):
                bare = cell.strip()
                if bare.isascii() and bare.isdigit() and chance.random() < 0.7:
                    sheet.write_number(row, column, float(bare[:300]))
                else:
                    sheet.write_string(row, column, cell[:32_000])
        if chance.random() < 0.3:
            sheet.merge_range(0, 60, 1, 62, "12")
    return out.getvalue()


def docx(text: str, chance: random.Random) -> bytes:
    """Paragraphs and tables."""
    from docx import Document

    document, out = Document(), io.BytesIO()
    for line in _clean(text).split("\n")[:60]:
        cells = line.split("|")
        if len(cells) > 1 and chance.random() < 0.5:
            table = document.add_table(1, len(cells[:20]))
            for cell, words in zip(table.rows[0].cells, cells, strict=False):
                cell.text = words
        else:
            document.add_paragraph(line)
    document.save(out)
    return out.getvalue()


def pdf(text: str, chance: random.Random) -> bytes:
    """A page of lines with a font that has no shapes; its objects have no table of their places."""
    shown = []
    for i, line in enumerate(_clean(text).split("\n")[:40]):
        code = line[:60].encode("utf-16-be", "replace").hex()
        shown.append(
            f"BT /F1 {chance.choice((9, 10, 12))} Tf {chance.choice((50, 60))} {780 - 18 * i} Td <{code}> Tj ET"
        )
    body = "\n".join(shown)
    font = "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [4 0 R] >>"
    shows = "/Resources << /Font << /F1 3 0 R >> >> /Contents 6 0 R"
    info = "<< /Registry (Adobe) /Ordering (GB1) /Supplement 2 >>"
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [5 0 R] /Count 1 >>",
        font,
        f"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /CIDSystemInfo {info} >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] {shows} >>",
        f"<< /Length {len(body)} >>\nstream\n{body}\nendstream",
    )
    made = "".join(f"{number} 0 obj\n{content}\nendobj\n" for number, content in enumerate(objects, start=1))
    return f"%PDF-1.4\n{made}trailer\n<< /Size 7 /Root 1 0 R >>\n%%EOF\n".encode("latin-1")


def mht(text: str, chance: random.Random) -> bytes:
    """A page saved with its pictures."""
    whole = email.mime.multipart.MIMEMultipart("related")
    whole["Subject"] = "page"
    whole.attach(email.mime.text.MIMEText(html(text, chance).decode("utf-8", "replace"), "html", "utf-8"))
    return whole.as_bytes()


def archive(text: str, chance: random.Random) -> bytes:
    """A .zip with documents and with another in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as made:
        for name in chance.sample(sorted(MAKERS.keys() - {"zip", "zip.gz"}), 2):
            made.writestr(f"{chance.choice(('a', '报告', '..', 'b/c'))}/x.{name}", MAKERS[name](text, chance))
    return out.getvalue()


def warc(text: str, chance: random.Random) -> bytes:
    """Two pages of a crawl."""
    made = b""
    for number in range(2):
        page = html(text, chance)
        body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(page) + page
        head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://x.example/{number}\r\n"
        head += "WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000000>\r\nWARC-Date: 2020-01-01T00:00:00Z\r\n"
        head += "Content-Type: application/http; msgtype=response\r\n"
        made += head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body + b"\r\n\r\n"
    return made


def rtf(text: str, chance: random.Random) -> bytes:
    """What only LibreOffice reads."""
    return ("{\\rtf1 " + "".join(f"\\u{ord(c) % 32768}?" for c in text[:200]) + "}").encode()


def other(text: str, chance: random.Random) -> bytes:
    """Bytes that are no document at all."""
    return chance.choice((b"", b"\0" * 50, chance.randbytes(300), bz2.compress(text.encode("utf-8", "replace"))))


MAKERS: dict[str, Maker] = {
    "txt": txt,
    "md": txt,
    "html": html,
    "csv": csv,
    "tsv": csv,
    "jsonl": jsonl,
    "jsonl.gz": jsonl_gz,
    "parquet": parquet,
    "xlsx": xlsx,
    "docx": docx,
    "pdf": pdf,
    "mht": mht,
    "zip": archive,
    "warc": warc,
    "rtf": rtf,
    "doc": other,
    "xls": other,
}
"""By ending. Pictures are left out: their reader takes seconds."""


def damage(data: bytes, chance: random.Random) -> bytes:
    """The bytes as they are, or cut, changed, doubled, or lost."""
    if not data or chance.random() < 0.3:
        return data
    found = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 8))):
        at = chance.randrange(len(found)) if found else 0
        size = chance.choice((1, 2, 16, 200))
        match chance.randrange(5):
            case 0:
                found[at : at + size] = chance.randbytes(size)
            case 1:
                del found[at : at + size]
            case 2:
                found[at:at] = found[at : at + size]
            case 3:
                found[at : at + size] = b"\0" * size
            case _:
                if found:
                    found[at % len(found)] ^= 1 << chance.randrange(8)
    if chance.random() < 0.15:
        del found[chance.randrange(len(found) + 1) :]
    return bytes(found)
