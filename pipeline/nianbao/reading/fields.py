"""What the form fields of a page show, and the markup of elements that it does not show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nianbao.reading.config import load_config

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

FIELDS = frozenset(["input", "textarea", "select"])
"""The elements that show a value of theirs."""


def field_value(node: LexborNode) -> str:
    """The value that a field shows: what is typed in it, or the option that is chosen."""
    if node.tag == "textarea":
        return node.text()
    if node.tag == "select":
        options = node.css("option")
        chosen = [option for option in options if "selected" in option.attributes]
        return (chosen or options)[0].text() if options else ""
    attributes = node.attributes
    kind = (attributes.get("type") or "").strip().lower()
    return (attributes.get("value") or "") if kind in load_config("html.yaml")["fields"]["inputs"] else ""


def unseen_markup(node: LexborNode) -> str:
    """The markup inside an element; of a text area the text that it holds."""
    if node.tag == "textarea":
        return node.text()
    markup = node.html or ""
    return markup[markup.find(">") + 1 : markup.rfind("</")]
