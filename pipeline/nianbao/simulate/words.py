"""The words of a report's own world: its agency, its year, its dates, telephones and document numbers."""

from __future__ import annotations

import random
from collections.abc import Callable

from nianbao.simulate.data import load
from nianbao.simulate.world import World


class WordBank:
    """$U, $AG, $YL and the rest of the names that the lexicon does not hold.

    What identifies the agency (telephone, site, office, parts) is drawn once a report; a date or a document
    number is drawn anew each time.
    """

    def __init__(self, rng: random.Random, world: World) -> None:
        self.rng, self.world = rng, world
        agency, period = world.agency, world.period
        data = load("world")
        self.parts = tuple(rng.sample(agency.parts, 2))
        area_code = f"0{rng.randint(310, 998)}"
        latin = "".join(rng.choice("bcdfghjklmnpqrstwxyz") for _ in range(rng.choice((2, 3, 4))))
        office = rng.choice(data["offices"])
        first, last = (f"{y}年{m}月{d}日" for y, m, d in (period.first, period.last))
        self._fixed: dict[str, str] = {
            "AG": agency.name,
            "AREA": agency.area,
            "U": agency.itself,
            "ALL": agency.whole,
            "LEADERS": agency.leaders,
            "PART1": self.parts[0],
            "PART2": self.parts[1],
            "YL": period.label(),
            "YLB": f"{period.label()}度" if not period.academic else period.label(),
            "PYL": period.label(1),
            "PREV2": period.label(2),
            "NEXT": period.label(-1),
            "YEND": last,
            "YFROM": first,
            "YFROMTO": f"{first}至{last}",
            "YCN": period.in_characters(),
            "Y": str(period.year),
            "SITE": rng.choice((f"{agency.area}政府网站", f"{agency.name}网站", f"{agency.area}门户网站", "门户网站")),
            "OFFICE": rng.choice((agency.itself, agency.name)) + office,
            "URL": f"http://www.{latin}.gov.cn",
            "MAIL": f"{latin}xxgk@{rng.choice(('163.com', '126.com', f'{latin}.gov.cn'))}",
            "TEL": f"{area_code}-{rng.randint(2000000, 8999999)}",
            "FAX": f"{area_code}-{rng.randint(2000000, 8999999)}",
            "ZIP": f"{rng.randint(100, 859)}{rng.randint(0, 999):03d}",
            "ROAD": rng.choice(data["roads"]) + rng.choice(data["road_parts"]) + f"{rng.randint(1, 399)}号",
            "PUBLISHED": "{}年{}月{}日".format(*world.published),
            "PUBLISHED_ISO": "{}-{:02d}-{:02d}".format(*world.published),
            "INDEX": f"{rng.randint(10**7, 10**9)}/{world.published[0]}-{rng.randint(1, 99999):05d}",
            "CITY": agency.places["city"] + "市",
        }
        self._drawn: dict[str, Callable[[], str]] = {
            "DOC": self._document_number,
            "DATE": lambda: f"{rng.randint(1, 12)}月{rng.randint(1, 28)}日",
            "MONTH": lambda: f"{rng.randint(1, 12)}月",
            "TIME": lambda: f"{rng.randint(8, 17)}:{rng.randint(0, 59):02d}",
        }

    def get(self, name: str) -> str:
        """The word.

        Raises:
            KeyError: no lexicon entry and no word of the world has this name.
        """
        drawn = self._drawn.get(name)
        return drawn() if drawn else self._fixed[name]

    def _document_number(self) -> str:
        rng = self.rng
        head = self.world.agency.places["city"][0] + rng.choice(("政办发", "政办函", "政发", "府办", "办发", "公开办"))
        return f"{head}〔{self.world.period.year - rng.choice((0, 0, 0, 1))}〕{rng.randint(1, 199)}号"
