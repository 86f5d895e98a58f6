"""Structure: what a document is, who wrote it, about which year, and the blocks that its text is made of.

In go the text, its normalised view, the places of tables and what the source says of itself; out comes a `Structure`:
title, agency, year, period, headings, and every stretch of the text as one block of one kind (title, heading, prose,
table, furniture, blank). `paragraphs` joins the prose to paragraphs, each with its headings. What is known of the
genre comes in as `nianbao.catalogue.sections.Rules`. Nothing here knows of spaCy.
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
