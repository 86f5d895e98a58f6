"""Texts as the pages of a crawl: what menus, programs, styles and footers put around them; and own near misses."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any, Literal

from nianbao.reading.config import load_config
from nianbao.simulate import generate

Split = Literal["train", "held_out"]
ENCODINGS = ("utf-8", "utf-8", "gb18030", "references")
_SLOT = re.compile(r"\$(PLACE|BODY|YEAR|NEXT|N|PCT|DATE)")


def dress(rng: random.Random, text: str, split: Split, kilobytes: tuple[int, int] = (8, 60)) -> bytes:
    """A page around a text, of about so many kilobytes, in one of the encodings of Chinese sites."""
    words = load_config("gate/pages.yaml")[split]
    title = text.strip().split("\n", 1)[0][:60]
    body = "\n".join(_block(rng, words, line) for line in text.split("\n") if line.strip())
    size = rng.randint(*kilobytes) * 1000
    head, foot = _around(rng, words, max(size - 3 * len(body), 0))
    name = rng.choice((title, rng.choice(words["menu"])))
    encoding = rng.choice(ENCODINGS)
    declared = "gb2312" if encoding == "gb18030" else "utf-8"
    html = (
        f'<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="{declared}">\n<title>{escape(name)}</title>\n'
        f'{head}\n<div class="{rng.choice(words["classes"])}">\n{_heading(rng, title)}\n{body}\n</div>\n{foot}\n'
        "</body>\n</html>\n"
    )
    if encoding == "references":
        return re.sub(r"[^\x00-\x7f]", lambda m: f"&#{ord(m[0])};", html).encode("ascii")
    return html.encode(encoding, "replace")


def _heading(rng: random.Random, title: str) -> str:
    """The title above a text; few sites make it a heading of HTML's."""
    tag = rng.choice(("h1", "h2", "p", "div"))
    return f"<{tag}>{escape(title)}</{tag}>"


def _block(rng: random.Random, words: dict[str, Any], line: str) -> str:
    if "\t" in line:
        return "<tr>" + "".join(f'<td width="80">{escape(cell)}</td>' for cell in line.split("\t")) + "</tr>"
    if rng.random() < 0.3:
        return f'<p style="text-indent:2em"><span style="font-size:16px;font-family:宋体">{escape(line)}</span></p>'
    return f'<p class="{rng.choice(words["classes"])}">{escape(line)}</p>'


def _around(rng: random.Random, words: dict[str, Any], size: int) -> tuple[str, str]:
    """What stands above and below the text: programs and styles first, as they fill pages, then menus."""
    programs, length = [], 0
    while length < size * 0.8:
        programs.append(_program(rng, words) if rng.random() < 0.6 else _style(rng, words))
        length += len(programs[-1])
    cut = rng.randint(0, len(programs))
    menu, beside = (
        "".join(f'<li><a href="/{rng.randint(1, 9999)}.html">{word}</a></li>' for word in _some(rng, words[name]))
        for name in ("menu", "beside")
    )
    tools = "".join(f"<span>{word}</span>" for word in _some(rng, words["tools"]))
    crumb = f"<div>{escape(rng.choice(words['crumb']))}</div>"
    head = "\n".join(programs[:cut]) + f"</head>\n<body>\n<ul>{menu}</ul>\n{crumb}\n{tools}"
    foot = f"<ul>{beside}</ul>\n" + "".join(f"<p>{word}</p>" for word in _some(rng, words["footer"]))
    return head, foot + "\n".join(programs[cut:])


def _some(rng: random.Random, words: Sequence[str]) -> list[str]:
    return rng.sample(words, rng.randint(len(words) // 5, len(words)))


def _program(rng: random.Random, words: dict[str, Any]) -> str:
    lines = "".join(
        f'function {name}{rng.randint(1, 99)}(a, b) {{ if (a < b) {{ $("#{name}").show(); }} return a + {n}; }}\n'
        for name, n in ((rng.choice(words["names"]), rng.randint(1, 999)) for _ in range(12))
    )
    return f'<script type="text/javascript">\n{lines}</script>\n'


def _style(rng: random.Random, words: dict[str, Any]) -> str:
    rules = "".join(
        f".{rng.choice(words['classes'])} li a {{ width: {rng.randint(1, 900)}px; color: #333; }}\n" for _ in range(12)
    )
    return f"<style>\n{rules}</style>\n<!-- {rng.choice(words['menu'])} -->\n"


def near_misses(count: int, seed: int, split: Split) -> Iterator[str]:
    """Texts that are no reports, of the simulator's kinds and, for training, of configs/gate/near_misses.yaml.

    The simulator's are short: several of a kind, one after another, are as long as reports.
    """
    rng = random.Random(f"near misses/{seed}")
    by_kind: dict[str, list[str]] = {}
    for report in generate(2 * count, seed, split=split, negatives=1.0):
        by_kind.setdefault(str(report.meta["negative"]), []).append(report.text)
    for _ in range(count):
        if split == "train" and rng.random() < 0.5:
            yield _own(rng)
            continue
        texts = rng.choice(list(by_kind.values()))
        first, *more = (rng.choice(texts) for _ in range(rng.choice((1, 1, 2, 4, 8))))
        yield "\n".join([first, *(_headless(text) for text in more)])


def _headless(text: str) -> str:
    return text.partition("\n")[2] or text


def _own(rng: random.Random) -> str:
    kind = rng.choice(list(load_config("gate/near_misses.yaml")["kinds"].values()))
    sentences = [s for _ in range(rng.choice((1, 1, 2, 3))) for s in _some(rng, kind["sentences"])]
    return filled(rng, "\n".join([rng.choice(kind["titles"]), *sentences]))


def filled(rng: random.Random, text: str) -> str:
    """The text with its $PLACE, $BODY, $YEAR, $NEXT, $N, $PCT and $DATE drawn, places and years once a text."""
    names = load_config("gate/near_misses.yaml")["names"]
    place = rng.choice(names["places"]) + rng.choice(names["place_ends"])
    year = rng.randint(2008, 2024)

    def draw(match: re.Match[str]) -> str:
        numbers = {"N": str(round(10 ** rng.uniform(0, 4))), "PCT": f"{rng.uniform(1, 100):.1f}%"}
        date = f"{year + 1}年{rng.randint(1, 12)}月{rng.randint(1, 28)}日"
        fixed = {"PLACE": place, "BODY": place + rng.choice(names["bodies"]), "YEAR": str(year), "NEXT": str(year + 1)}
        return (numbers | fixed | {"DATE": date})[match[1]]

    return _SLOT.sub(draw, text)
