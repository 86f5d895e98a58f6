"""PDF files written by hand: Chinese text and ruled tables at given places, nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

HEIGHT, WIDTH = 842, 595


class Page:
    """Drawing instructions; places in points from the upper left corner."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def text(self, x: float, y: float, words: str, size: int = 10) -> Page:
        """A line of text with its foot at y."""
        code = words.encode("utf-16-be").hex()
        self.parts.append(f"BT /F1 {size} Tf {x} {HEIGHT - y} Td <{code}> Tj ET")
        return self

    def rule(self, x0: float, y0: float, x1: float, y1: float) -> Page:
        """A line of half a point."""
        self.parts.append(f"0.5 w {x0} {HEIGHT - y0} m {x1} {HEIGHT - y1} l S")
        return self

    def box(self, x0: float, top: float, x1: float, bottom: float, words: str = "", sides: str = "tblr") -> Page:
        """A cell with its text; `sides` names those that are drawn: t, b, l, r."""
        ends = {"t": (x0, top, x1, top), "b": (x0, bottom, x1, bottom), "l": (x0, top, x0, bottom)}
        ends["r"] = (x1, top, x1, bottom)
        for side in sides:
            self.rule(*ends[side])
        return self.text(x0 + 4, (top + bottom) / 2 + 4, words) if words else self

    def row(
        self, top: float, words: Sequence[str], x0: float = 60, widths: Sequence[float] = (), high: int = 20
    ) -> Page:
        """A row of boxes side by side."""
        for text, width in zip(words, widths or [100] * len(words), strict=True):
            self.box(x0, top, x0 + width, top + high, text)
            x0 += width
        return self

    def sideways(self, clockwise: bool = True) -> Page:
        """All that was drawn so far, turned by a quarter: what stood above is at the right, or at the left."""
        matrix = f"0 -1 1 0 0 {HEIGHT}" if clockwise else f"0 1 -1 0 {WIDTH} 0"
        self.parts = [f"q {matrix} cm 1 0 0 1 0 {WIDTH - HEIGHT} cm", *self.parts, "Q"]
        return self

    def picture(self) -> Page:
        """A picture over the whole page, as scanners make it."""
        data = "BI /W 1 /H 1 /BPC 8 /CS /G ID \x40 EI"
        self.parts.append(f"q {WIDTH} 0 0 {HEIGHT} 0 0 cm {data} Q")
        return self


def write(path: Path, pages: Iterable[Page], trailer: str = "") -> Path:
    """The file. Its font stands for every Chinese character by its UCS-2 code."""
    bodies = [page.parts for page in pages]
    font = "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [4 0 R] >>"
    info = "<< /Registry (Adobe) /Ordering (GB1) /Supplement 2 >>"
    below = "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /FontDescriptor 5 0 R "
    descriptor = "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 4 /FontBBox [0 -200 1000 900] "
    kids = " ".join(f"{6 + 2 * i} 0 R" for i in range(len(bodies)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(bodies)} >>",
        font,
        f"{below}/CIDSystemInfo {info} >>",
        f"{descriptor}/Ascent 880 /Descent -120 /CapHeight 880 /ItalicAngle 0 /StemV 80 >>",
    ]
    for i, parts in enumerate(bodies):
        body = "\n".join(parts)
        resources = "<< /Font << /F1 3 0 R >> >>"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] "
            f"/Resources {resources} /Contents {7 + 2 * i} 0 R >>"
        )
        objects.append(f"<< /Length {len(body)} >>\nstream\n{body}\nendstream")
    data = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(data))
        data += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    start = len(data)
    data += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode()
    data += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer}>>\nstartxref\n{start}\n%%EOF\n".encode()
    path.write_bytes(data)
    return path
