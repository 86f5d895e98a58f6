"""Structure: what a document is, who wrote it, about which year, and the blocks that its text is made of.

In: the text, its normalised view, the places of tables, what the source says of itself, and what is known of the
genre (`nianbao.catalogue.sections.Rules`). Out: a `Structure`: title, agency, year, period, headings, and every
stretch of the text as one block of one kind (title, heading, prose, table, furniture, blank). `paragraphs` joins the
prose to paragraphs, each with its headings. Nothing here knows of spaCy.
"""

from nianbao.structure.analysis import analyze
from nianbao.structure.paragraphs import Paragraph, paragraphs
from nianbao.structure.sentences import sentence_starts
from nianbao.structure.types import Block, BlockKind, Heading, Structure, TextRange

__all__ = [
    "Block",
    "BlockKind",
    "Heading",
    "Paragraph",
    "Structure",
    "TextRange",
    "analyze",
    "paragraphs",
    "sentence_starts",
]
