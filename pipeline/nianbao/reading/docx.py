"""Word files (.docx): paragraphs as lines, tables as true grids, frames as what stands in them."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from nianbao.language.numeral import are_digits
from nianbao.reading.article import Article
from nianbao.reading.blanks import collapse
from nianbao.reading.errors import ReadError
from nianbao.reading.files import over_limit, too_large
from nianbao.reading.frames import data_tables
from nianbao.reading.layout import Layout, UnplacedCell
from nianbao.reading.nodes import TEXT, Node
from nianbao.reading.pictures import telling_pictures, with_pictures
from nianbao.reading.source import Source
from nianbao.reading.word import BOX, HIDDEN, StyledText, W, children, is_deleted, number

# A zip that unpacks to more than this many times the limit of a text is no document.
_UNPACKED_FACTOR = 40
_OLE = b"\xd0\xcf\x11\xe0"
_EXTENT = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}extent"
_BLIP = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_IMAGE = "{urn:schemas-microsoft-com:vml}imagedata"
# English metric units in a pixel; a picture of fewer pixels is an icon or a line.
_PIXEL, _LEAST = 9525, 80


def from_bytes(data: bytes, doc_id: str, place: str, max_bytes: int) -> Source:
    """A document from the bytes of a .docx file.

    Raises:
        ReadError: it is no .docx, unpacks to too much, holds no text, or python-docx is not installed.
    """
    document = _open(data, place, max_bytes)
    styles = getattr(document.part, "_styles_part", None)
    body = document.element.body
    reader = _Reader(StyledText.of(None if styles is None else styles.element), _data_tables(body))
    reader.read(body)
    shown = Article(reader.layout.text(), tuple(reader.layout.grids))
    told = telling_pictures(shown, [offset for offset, _ in reader.pictures], None)
    pictures = [(reader.pictures[i][0], _blob(document.part, reader.pictures[i][1])) for i in told]
    article, warnings = with_pictures(shown, pictures)
    text = article.text
    if not text.strip() and not pictures:
        raise ReadError("is empty; fetch it again or leave it out", path=place, doc_id=doc_id, kind="empty")
    if over_limit(text, max_bytes):
        raise too_large(place, max_bytes)
    return Source(doc_id, text, article.grids, path=place, warnings=warnings, places=article.places)


def _blob(part: Any, picture: Any) -> bytes | None:
    """The bytes of a picture; None where the document only refers to it."""
    name = picture.get(f"{_R}embed") or picture.get(f"{_R}id")
    try:
        return bytes(part.related_parts[name].blob)
    except (KeyError, AttributeError):
        return None


def _open(data: bytes, place: str, max_bytes: int) -> Any:
    """The document as python-docx gives it."""
    try:
        import docx
    except ImportError as error:
        raise ReadError('needs python-docx: pip install "nianbao[docx]"', path=place, kind="missing_extra") from error
    if data.startswith(_OLE):
        message = "is an old Word file or locked with a password; save it as .docx without one"
        raise ReadError(message, path=place, kind="locked")
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            unpacked = sum(entry.file_size for entry in package.infolist())
        if unpacked > _UNPACKED_FACTOR * max_bytes:
            raise too_large(place, max_bytes)
        # python-docx parses with entities and network switched off.
        document = docx.Document(BytesIO(data))
        _ = document.element.body.tag
        return document
    except ReadError:
        raise
    # A damaged package comes as whatever error its first broken part leads to.
    except Exception as error:
        message = "is no Word document, or a damaged one; open it in Word and save it again as .docx"
        raise ReadError(message, path=place, kind="damaged") from error


@dataclass(slots=True)
class _Reader:
    """Writes the blocks of a body in order. `tables`: those that hold data; `pictures`: offsets and their elements."""

    words: StyledText
    tables: set[Any]
    layout: Layout = field(default_factory=Layout)
    pictures: list[tuple[int, Any]] = field(default_factory=list)

    def read(self, container: Any) -> None:
        """The paragraphs and tables of a body, cell or text box; those inside content controls too.

        XML that nests deeper than 256 elements is refused by its parser, so the depth is bounded.
        """
        for block in children(container, (f"{W}p", f"{W}tbl")):
            if block.tag == f"{W}p":
                self._paragraph(block)
            elif block in self.tables:
                self.layout.add_table(_table(block, self.words))
            else:
                for row in children(block, (f"{W}tr",)):
                    for cell in [] if is_deleted(row) else children(row, (f"{W}tc",)):
                        self.read(cell)

    def _paragraph(self, paragraph: Any) -> None:
        for part in self.words.text(paragraph, boxes=False).split("\n"):
            if line := collapse(part):
                self.layout.add(line)
        self.pictures += [(self.layout.offset, picture) for picture in _pictures(paragraph, boxes=False)]
        for box in _shown(paragraph, BOX):
            self.read(box)


def _shown(node: Any, *tags: str, boxes: bool = True) -> Iterator[Any]:
    """The outermost elements of these kinds under a node that are shown."""
    waiting = list(reversed(node))
    while waiting:
        child = waiting.pop()
        if child.tag in tags:
            yield child
        elif child.tag not in HIDDEN and (boxes or child.tag != BOX):
            waiting.extend(reversed(child))


def _pictures(node: Any, *, boxes: bool = True) -> Iterator[Any]:
    """The pictures under a node that are no icons."""
    for shape in _shown(node, f"{W}drawing", f"{W}pict", f"{W}object", boxes=boxes):
        extent = next(shape.iter(_EXTENT), None)
        sizes = [] if extent is None else [extent.get("cx", ""), extent.get("cy", "")]
        if any(are_digits(size) and len(size) < 15 and int(size) < _LEAST * _PIXEL for size in sizes):
            continue
        yield from _shown(shape, _BLIP, _IMAGE, boxes=False)


def _data_tables(body: Any) -> set[Any]:
    """The tables that hold data; the others are frames."""
    nodes: list[Node] = []
    elements: list[Any] = []
    tags = {f"{W}tbl": "table", f"{W}tc": "td"}
    waiting: list[Any] = [body]
    above: list[int] = []
    while waiting:
        element = waiting.pop()
        if element is None:
            nodes[above.pop()].end = len(nodes)
            continue
        if element.tag in HIDDEN:
            continue
        if element.tag == f"{W}t":
            nodes.append(Node(TEXT, above[-1] if above else -1, len(nodes) + 1, element.text or "", {}))
            elements.append(None)
        elif element.tag in tags:
            nodes.append(Node(tags[element.tag], above[-1] if above else -1, 0, "", {}))
            elements.append(element)
            above.append(len(nodes) - 1)
            waiting.append(None)
        waiting.extend(reversed(element))
    characters = [len("".join(node.text.split())) for node in nodes]
    for i in range(len(nodes) - 1, -1, -1):
        if nodes[i].parent >= 0:
            characters[nodes[i].parent] += characters[i]
    return {elements[i] for i in data_tables(nodes, characters)}


def _table(table: Any, words: StyledText) -> list[list[UnplacedCell]]:
    rows: list[list[UnplacedCell]] = []
    # For each column the cell that a vertical merge goes on from.
    above: dict[int, UnplacedCell] = {}
    for r, tr in enumerate(row for row in children(table, (f"{W}tr",)) if not is_deleted(row)):
        row: list[UnplacedCell] = []
        before = tr.find(f"{W}trPr/{W}gridBefore")
        col = 0 if before is None else number(before)
        for tc in children(tr, (f"{W}tc",)):
            if is_deleted(tc):
                continue
            properties = tc.find(f"{W}tcPr")
            span = _span(properties)
            merge = None if properties is None else properties.find(f"{W}vMerge")
            going_on = merge is not None and merge.get(f"{W}val", "continue") == "continue"
            if going_on and col in above:
                above[col].rowspan += 1
            else:
                text = collapse(words.text(tc))
                slot = UnplacedCell(text, r, col, 1, span, unread=not text and next(_pictures(tc), None) is not None)
                row.append(slot)
                above[col] = slot
            col += span
        rows.append(row)
    return rows


def _span(properties: Any) -> int:
    span = None if properties is None else properties.find(f"{W}gridSpan")
    return 1 if span is None else max(number(span), 1)
