"""How a page shows its elements, as far as it decides what is read: hidden, struck through, set high or low."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from nianbao.reading.config import load_config

HIDDEN, STRUCK, RAISED, SHOWN = "hidden", "struck", "raised", "shown"

_COMMENT = re.compile(r"/\*[^*]*+(?:\*(?!/)[^*]*+)*+(?:\*/|\Z)")
# One element by its name, class or id; selectors that say more about its surroundings are not followed.
_SELECTOR = re.compile(r"\s*([a-z][\w-]*)?([.#][\w-]+)?\s*", re.IGNORECASE)
_MOST_STYLE = 500_000


@dataclass(slots=True, frozen=True)
class _Rules:
    hidden: re.Pattern[str]
    shown: re.Pattern[str]
    struck: re.Pattern[str]
    raised: re.Pattern[str]
    struck_elements: frozenset[str]
    raised_elements: frozenset[str]
    raised_names: re.Pattern[str]


@cache
def _rules() -> _Rules:
    looks = load_config("html.yaml")["looks"]
    hidden, shown, struck, raised, names = (
        re.compile(looks[name], re.IGNORECASE) for name in ("hidden", "shown", "struck", "raised", "raised_names")
    )
    struck_elements, raised_elements = frozenset(looks["struck_elements"]), frozenset(looks["raised_elements"])
    return _Rules(hidden, shown, struck, raised, struck_elements, raised_elements, names)


def looked_at() -> frozenset[str]:
    """The elements that have a look of their own, without any attribute."""
    return _rules().struck_elements | _rules().raised_elements


@dataclass(slots=True)
class StyleSheets:
    """What the page's own style sheets say of single elements, classes and ids: selector → look."""

    by_selector: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of_sheets(cls, sheets: Iterable[str]) -> StyleSheets:
        """The looks that the text of `style` elements gives; what stands under a condition (@media) is passed over."""
        looks = cls()
        for sheet in sheets:
            for rule in _without_conditions(_COMMENT.sub("", sheet[:_MOST_STYLE])).split("}"):
                selectors, _, declarations = rule.partition("{")
                if look := _look_of(declarations):
                    looks._add(selectors, look)
        return looks

    def _add(self, selectors: str, look: str) -> None:
        for selector in selectors.split(","):
            found = _SELECTOR.fullmatch(selector)
            if found is not None and found.group(2):
                self.by_selector[f"{(found.group(1) or '').lower()}{found.group(2)}"] = look

    def inline(self, tag: str, attributes: Mapping[str, str | None]) -> str | None:
        """The look by the element's kind and its own attributes; None where neither says anything."""
        rules = _rules()
        declared = attributes.get("style") if attributes else None
        style = _look_of(declared) if declared else None
        if style not in (None, SHOWN):
            return style
        if attributes and "hidden" in attributes and style is None:
            return HIDDEN
        if tag in rules.struck_elements:
            return STRUCK
        named = attributes and rules.raised_names.search(attributes.get("class") or "")
        return RAISED if named or tag in rules.raised_elements else style

    def by_sheet(self, tag: str, attributes: Mapping[str, str | None]) -> str | None:
        """The look that the style sheets give the element by its class or id."""
        if not self.by_selector or not attributes:
            return None
        names = [f".{name}" for name in (attributes.get("class") or "").split()[:20]]
        if attributes.get("id"):
            names.append(f"#{attributes['id']}")
        found = [look for name in names for key in (name, tag + name) if (look := self.by_selector.get(key))]
        return None if SHOWN in found else next(iter(found), None)


def _look_of(declarations: str) -> str | None:
    rules = _rules()
    for pattern, look in ((rules.hidden, HIDDEN), (rules.struck, STRUCK), (rules.raised, RAISED)):
        if pattern.search(declarations):
            return look
    return SHOWN if rules.shown.search(declarations) else None


def _without_conditions(sheet: str) -> str:
    """The sheet without its blocks of rules under an @ rule."""
    parts: list[str] = []
    at = depth = 0
    under = False
    for match in re.finditer(r"@[^{};@]*\{|[{}]", sheet):
        if not under and match.group().startswith("@"):
            parts.append(sheet[at : match.start()])
            under, depth = True, 1
        elif under:
            depth += -1 if match.group() == "}" else 1
            if depth == 0:
                under, at = False, match.end()
    return "".join(parts) if under else "".join([*parts, sheet[at:]])
